"""The functions that VuFind's stylesheets call by `php:function`, under the names by which they are called.

What they take and give is that of XSLT with PHP: a node set comes as a list of elements and texts, everything else as
text, number or truth; a function gives a text, a number, a truth, None for nothing, or `Elements`, a node set. None of
them reaches a network or writes anything. Specified by what VuFind 9 to 11 do with them; where that is an accident of
PHP, `indexer.derive` says what is kept.
"""

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from indexer.derive import authors, dates, titles
from indexer.derive.work_keys import work_keys
from indexer.formats import xml
from indexer.formats.xslt.coverage import label, limits

Node = etree._Element | str
Given = Sequence[Node] | str | float | bool
Function = Callable[..., Any]

NETWORK = "fetches from the network, which a stylesheet may not do here"


@dataclass(frozen=True, slots=True)
class Elements:
    """A node set of elements of this name, one for each text."""

    name: str
    texts: list[str]


class NotHere(Exception):
    """What a stylesheet asks for and does not get: the text says why."""


def text(given: Given) -> str:
    """XPath's string(): of a node set the first node's value."""
    if isinstance(given, bool):
        return "1" if given else ""  # as PHP
    if isinstance(given, str):
        return str(given)
    if isinstance(given, float | int):
        return f"{given:g}"
    return value(given[0]) if given else ""


def value(node: Node) -> str:
    """All the text in a node."""
    return str(node) if isinstance(node, str) else xml.text(node)


def values(given: Given) -> list[str]:
    """The values of a node set; a text by itself is one."""
    if isinstance(given, str | float | bool):
        return [text(given)]
    return [value(node) for node in given]


def _strip_articles(given: Given) -> str:
    return titles.strip_articles(text(given))


def _xml_as_text(given: Given) -> str:
    nodes = [] if isinstance(given, str | float | bool) else given
    return "".join(
        etree.tostring(node, encoding="unicode", with_tail=False) if isinstance(node, etree._Element) else str(node)
        for node in nodes
    )


def _without_tag(given: Given, tag: Given) -> str:
    """The XML of elements without their children of this qualified name."""
    whole = []
    for node in [] if isinstance(given, str | float | bool) else given:
        if not isinstance(node, etree._Element):
            continue
        kept = copy.deepcopy(node)
        for child in list(kept):
            if isinstance(child.tag, str) and xml.qualified_name(child) == text(tag):
                _take_out(kept, child)
        whole.append(kept)
    return _xml_as_text(whole)


def _take_out(parent: etree._Element, child: etree._Element) -> None:
    """Removes the child; the text behind it stays."""
    before = child.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (child.tail or "") or None
    else:
        parent.text = (parent.text or "") + (child.tail or "") or None
    parent.remove(child)


def _explode(delimiter: Given, given: Given) -> Elements:
    return Elements("part", text(given).split(text(delimiter)))


def _implode(glue: Given, pieces: Given) -> str:
    return text(glue).join(piece.strip(titles.PHP_WHITE_SPACE) for piece in values(pieces))


def _is_inverted(name: Given) -> bool:
    """Whether the surname stands first: there is a comma, and not one before a title alone."""
    parts = text(name).split(",")
    if len(parts) < 2:
        return False
    return parts[-1].strip(" .").lower() not in authors.SUFFIXES or len(parts) > 2


def _invert(name: Given) -> str:
    words = text(name)
    match = re.search(r"[ \t\n\r\f\v]+(?=[^ \t\n\r\f\v]+$)", words)
    return f"{words[match.end() :]}, {words[: match.start()]}" if match else words


def _invert_names(names: Given) -> Elements:
    return Elements("name", [name if _is_inverted(name) else _invert(name) for name in values(names)])


def _work_keys(
    uniform: Given,
    main: Given,
    trimmed: Given,
    creators: Given,
    include: Given = "",
    exclude: Given = "",
    rules: Given = "",
) -> Elements:
    keys = work_keys(
        values(main),
        values(creators),
        uniform_titles=values(uniform),
        trimmed_titles=values(trimmed) or ("",),
        include=text(include) or None,
        exclude=text(exclude) or None,
        rules=text(rules),
    )
    return Elements("workKey", keys)


def _coordinates(coverage: Given) -> str | None:
    found = limits(text(coverage))
    return "ENVELOPE({},{},{},{})".format(*found) if found else None


def _shown_coordinates(coverage: Given) -> str | None:
    found = limits(text(coverage))
    return " ".join(found) if found else None


def _harvest_text(url: Given) -> str:
    if not text(url):
        return ""
    raise NotHere(NETWORK)


def _refused(*_given: Given) -> str:
    raise NotHere(NETWORK)


def tracked(*_given: Given) -> str:
    """The dates of first and last indexing: they are put in when the document is sent (load.dates), not made of it."""
    return ""


def php(function: Callable[..., Any]) -> Function:
    """One of PHP's own, on texts."""
    return lambda *given: function(*map(text, given))


def _str_pad(text: str, length: str, pad: str = " ", side: str = "1") -> str:
    """PHP's; `side` 0 is left, 1 right, 2 both."""
    missing = int(float(length)) - len(text.encode())
    if missing <= 0 or not pad:
        return text
    left = missing if side == "0" else missing // 2 if side == "2" else 0
    fill = pad * missing
    return fill[:left] + text + fill[: missing - left]


#: Those that are called by class and name; `mapString` needs the folder of the maps and is made with it.
FUNCTIONS: dict[str, Function] = {
    "VuFind::getFirstIndexed": tracked,
    "VuFind::getLastIndexed": tracked,
    "VuFind::harvestTextFile": _harvest_text,
    "VuFind::harvestWithParser": lambda _url: "",  # as VuFind without a full-text parser
    "VuFind::harvestWithAperture": lambda *_given: "",
    "VuFind::harvestWithTika": lambda *_given: "",
    "VuFind::getParser": lambda: "None",
    "VuFind::stripBadChars": lambda given: re.sub("[^\\t\\n\\r\\x20-\ud7ff\ue000-\ufffd]", " ", text(given)),
    "VuFind::stripArticles": _strip_articles,
    "VuFind::stripAccents": lambda given: titles.strip_accents(text(given)),
    "VuFind::stripPunctuation": lambda given: titles.strip_punctuation(text(given)),
    "VuFind::removeOuterBrackets": lambda given: titles.remove_outer_brackets(text(given)),
    "VuFind::solrMarcStyleCleanData": lambda given: titles.clean_data(text(given)),
    "VuFind::titleSortLower": lambda given: titles.title_sort_lower(text(given)),
    "VuFind::xmlAsText": _xml_as_text,
    "VuFind::removeTagAndReturnXMLasText": _without_tag,
    "VuFind::explode": _explode,
    "VuFind::implode": _implode,
    "VuFind::extractBestDateOrRange": lambda given: dates.best_date(values(given)) if given else "",
    "VuFind::extractEarliestYear": lambda given: dates.earliest_year(values(given)),
    "VuFind::isInvertedName": _is_inverted,
    "VuFind::invertName": _invert,
    "VuFind::invertNames": _invert_names,
    "VuFindGeo::getAllCoordinatesFromCoverage": _coordinates,
    "VuFindGeo::getDisplayCoordinatesFromCoverage": _shown_coordinates,
    "VuFindGeo::getLabelFromCoverage": lambda given: label(text(given)),
    "VuFindSitemap::getDocument": _refused,
    "VuFindWorkKeys::getWorkKeys": _work_keys,
}

#: Those of PHP itself that stylesheets name in `php_function`; lengths and places count characters.
PHP_FUNCTIONS: dict[str, Function] = {
    "strtolower": php(titles.lower),
    "mb_strtolower": php(titles.lower),
    "strtoupper": php(str.upper),
    "mb_strtoupper": php(str.upper),
    "ucfirst": php(lambda given: given[:1].upper() + given[1:]),
    "lcfirst": php(lambda given: given[:1].lower() + given[1:]),
    "trim": php(lambda given, these=titles.PHP_WHITE_SPACE: given.strip(these)),
    "ltrim": php(lambda given, these=titles.PHP_WHITE_SPACE: given.lstrip(these)),
    "rtrim": php(lambda given, these=titles.PHP_WHITE_SPACE: given.rstrip(these)),
    "str_pad": php(_str_pad),
    "str_replace": php(lambda old, new, given: given.replace(old, new) if old else given),
    "strrev": php(lambda given: given[::-1]),
    "strlen": php(lambda given: float(len(given.encode()))),
    "mb_strlen": php(lambda given: float(len(given))),
}
