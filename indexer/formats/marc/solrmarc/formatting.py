"""How a value is cleaned, cut and put together: what `clean`, `stripPunct`, `toUpper`, `substring`, `format` do."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from indexer.formats.marc import titles
from indexer.formats.marc.specs import remembered, trim

Change = Callable[[Sequence[str]], list[str]]
Clean = Callable[[str], str]

_FLAGS = (
    "cleanEnd",
    "cleanEach",
    "stripPunct",
    "stripAccent",
    "toUpper",
    "toLower",
    "toTitleCase",
    "untrimmed",
    "stripInd",
)
_SORT = {"cleanEach", "stripAccent", "stripPunct", "stripInd"}
_BOTH_CLEAN = re.compile(r"clean(?!E)")
_CODE_SET = re.compile(r"\[[-a-z0-9]*\]")
_CODES = "abcdefghijklmnopqrstuvwxyz0123456789"
_AFTER_WORD = " .-/"  # what follows begins a word, and is made a capital


@dataclass(frozen=True, slots=True)
class Format:
    """How the values of one part are made. `separate` makes each subfield a value; else they are put together with
    `separator`. `template` is the whole of a value, with `$a` for a subfield, `%1` for an indicator, `%tag`."""

    separate: bool
    separator: str = ""
    cut: tuple[int, int | None] | None = None
    flags: frozenset[str] = frozenset()
    maps: tuple[Change, ...] = ()
    template: str = ""
    tag: str = ""
    indicators: str = ""
    subfields: dict[str, str] = field(default_factory=dict)


def flags_of(word: str) -> frozenset[str]:
    """What a step asks for; nothing for a word that is none. SolrMarc looks whether the word *contains* these names."""
    found = {flag for flag in _FLAGS if flag in word}
    for sort, case in (("titleSortUpper", "toUpper"), ("titleSortLower", "toLower")):
        if sort in word:
            found |= _SORT | {case}
    if _BOTH_CLEAN.search(word):
        found |= {"cleanEach", "cleanEnd"}
    return frozenset(found)


def with_patterns(format: Format, patterns: Iterable[str]) -> Format:
    """The format with the parameters of `format(...)`: `a=>(%d)`, `tag=>%tag: `, `ind=>[%1%2]`, or a template."""
    subfields = dict(format.subfields)
    for pattern in patterns:
        name, arrow, form = pattern.partition("=>")
        if arrow and len(name) == 1:
            subfields[name] = form
        elif arrow and _CODE_SET.fullmatch(name):
            members = code_set(name)
            subfields.update((code, form) for code in _CODES if code in members)
        elif arrow and "tag" in name:
            format = replace(format, tag=form)
        elif arrow and "ind" in name:
            format = replace(format, indicators=form)
        elif not format.template and pattern != "format":
            format = replace(format, template=pattern)
    return replace(format, subfields=subfields)


def code_set(codes: str) -> frozenset[str]:
    """The subfields that `ab` or `[a-c]` name; `[^c]` names `c`."""
    body = codes.strip("[]").removeprefix("^")
    if not codes.startswith("["):
        return frozenset(body)
    found: set[str] = set()
    place = 0
    while place < len(body):
        if body[place + 1 : place + 2] == "-" and place + 2 < len(body):
            found.update(map(chr, range(ord(body[place]), ord(body[place + 2]) + 1)))
            place += 3
        else:
            found.add(body[place])
            place += 1
    return frozenset(found)


def cleaner(flags: frozenset[str]) -> Clean:
    """The function that cleans one subfield, as far as its text alone decides."""
    if not flags - {"cleanEnd", "stripInd"}:
        return trim
    if flags >= {"cleanEach", "stripAccent", "stripPunct", "toLower"} and "untrimmed" not in flags:
        return lambda text: titles.sort_form(trim(text))
    trimmed = "untrimmed" not in flags
    more = bool(flags - {"cleanEach", "cleanEnd", "untrimmed"})

    def clean(text: str) -> str:
        if trimmed:
            text = trim(text)
        if "cleanEach" in flags:
            text = titles.clean_data(text)
        if not more:
            return text
        if "stripAccent" in flags:
            text = titles.without_accents(text)
        if "stripPunct" in flags:
            text = titles.without_punctuation(text)
        if trimmed:
            text = trim(text)
        if "toLower" in flags:
            return text.lower()
        if "toUpper" in flags:
            return text.upper()
        return title_case(text) if "toTitleCase" in flags else text

    return remembered(clean)


def title_case(text: str) -> str:
    """Words with a capital; a text of capitals alone is first made small, and `o'neil` is `O'Neil`."""
    loud = not any(unicodedata.category(char) == "Ll" for char in text)
    made = []
    before, since = " ", 0
    for char in text:
        starts = before in _AFTER_WORD or (before == "'" and since <= 2)
        if starts and char.islower():
            made.append(_single(char, char.upper()))
        elif loud and since >= 1 and char.isupper():
            made.append(_single(char, char.lower()))
        else:
            made.append(char)
        since = 0 if char in _AFTER_WORD else since + 1
        before = char
    return "".join(made)


def _single(char: str, changed: str) -> str:
    return changed if len(changed) == 1 else char


def cut(text: str, span: tuple[int, int | None]) -> str:
    """A part of a text; nothing where it does not reach that far."""
    start, end = span
    if start < 0:
        return text  # SolrMarc's word for no cut at all
    if start > len(text) or (end is not None and (end > len(text) or end < start)):
        return ""
    return text[start:end]
