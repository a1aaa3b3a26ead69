"""The text of elements of JATS, with that of the markup in it."""

import re

from lxml import etree

Element = etree._Element

_SPACES = re.compile(r"[ \t\r\n]+")
_TEX_BODY = re.compile(r"\\begin\{document\}(.*)\\end\{document\}", re.DOTALL)

# Elements whose text stands apart from what is before and after it, also where no white space says so.
# fmt: off
_BLOCKS = frozenset([
    "address", "aff", "ack", "app", "array", "attrib", "boxed-text", "break", "caption", "chem-struct-wrap", "code",
    "def", "def-item", "def-list", "disp-formula", "disp-formula-group", "disp-quote", "fig", "fig-group", "fn-group",
    "glossary", "graphic", "kwd", "label", "list", "list-item", "media", "p", "preformat", "sec", "sig", "sig-block",
    "speaker", "speech", "statement", "subtitle", "supplementary-material", "table", "table-wrap", "table-wrap-foot",
    "tbody", "td", "term", "tfoot", "th", "thead", "title", "tr", "verse-group", "verse-line",
])
# fmt: on

# Elements that are no part of what stands around them.
IN_TEXT = frozenset({"fn", "label", "object-id", "annotation", "annotation-xml", "institution-id"})
IN_TITLES = IN_TEXT | {"xref"}
IN_GROUPS = IN_TITLES | {"contrib-group", "email", "address", "aff", "contrib-id", "role"}
_IN_BODY = frozenset({"ref-list", "object-id", "annotation", "annotation-xml"})
_NOTES = frozenset({"fn", "aff", "corresp", "author-notes"})  # what a mark (xref) may stand for that is not read


def body_text(root: Element) -> str:
    """The text of the article's body without the references in it, "" where there is no body."""
    return " ".join([text(part, _IN_BODY) for part in root if local(part) == "body"])


def local(element: Element) -> str:
    """The element's name without its namespace."""
    tag: str = element.tag
    return tag.rpartition("}")[2] if tag[:1] == "{" else tag


def text(element: Element, skip: frozenset[str] = IN_TEXT) -> str:
    """The text of an element with that of its markup, without the elements named in `skip`, white space normalised."""
    if not len(element):
        found = element.text or ""
    else:
        pieces: list[str] = []
        _collect(element, skip, pieces)
        found = "".join(pieces)
    return _SPACES.sub(" ", found).strip(" ")


def _collect(element: Element, skip: frozenset[str], pieces: list[str]) -> None:
    name = local(element)
    if name == "math":
        pieces.append(_math(element))
        return
    pieces.append(element.text or "")
    for child in element:
        inside = local(child)
        if inside == "tex-math":
            if name != "alternatives" or not any(local(other) == "math" for other in element):
                pieces.append(_tex(child))
        elif inside not in skip and not (inside == "xref" and child.get("ref-type") in _NOTES):
            if inside in _BLOCKS:
                pieces.append(" ")
                _collect(child, skip, pieces)
                pieces.append(" ")
            else:
                _collect(child, skip, pieces)
        pieces.append(child.tail or "")


def _math(element: Element) -> str:
    """The text of MathML: white space between its elements means nothing."""
    pieces = [(element.text or "").strip()]
    for child in element:
        if local(child) not in ("annotation", "annotation-xml"):
            pieces.append(_math(child))
        pieces.append((child.tail or "").strip())
    return "".join(pieces)


def _tex(element: Element) -> str:
    """A formula in TeX, without the whole document that publishers put around it."""
    found = element.text or ""
    body = _TEX_BODY.search(found)
    return (body[1] if body else found).strip().strip("$")
