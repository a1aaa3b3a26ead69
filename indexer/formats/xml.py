"""One parser for every XML format: no entities of its own making, no DTD, no network, bounded depth and size.

Comments and processing instructions are dropped while parsing: XPath's string value of an element leaves them out.
"""

from typing import cast

from lxml import etree

from indexer.formats import mend
from indexer.model.errors import RecordError

# Not collect_ids=False, however fast: with it libxml2 2.14 loads an external DTD whatever load_dtd says.
_parser = etree.XMLParser(
    encoding="utf-8",  # what `Record.raw` is, whatever its declaration still says
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)

_normalized = etree.XPath("normalize-space()", smart_strings=False)


def parse(raw: bytes, repairs: list[str] | None = None) -> etree._Element:
    """The root element of a record. What had to be mended in it (see `mend`) is put to `repairs` in words.

    Raises RecordError with line, column and reason where it is not well-formed, and for a document type declaration:
    records have none, and it is where entities that reach for files or blow up are declared.
    """
    try:
        root = etree.fromstring(raw, _parser)
    except etree.XMLSyntaxError as error:
        root, mended = _mended(raw, error)
        if repairs is not None:
            repairs += mended
    if root is None:
        raise RecordError("XML: the record is empty")
    if b"!" in raw and b"<!DOCTYPE" in raw and root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise RecordError("XML: a document type declaration (DOCTYPE) is not accepted inside a record")
    return root


def _mended(raw: bytes, first: etree.XMLSyntaxError) -> tuple[etree._Element, list[str]]:
    whole, repairs = mend.xml(raw)
    if whole == raw:
        raise RecordError(_reason(first, raw)) from None
    try:
        return etree.fromstring(whole, _parser), repairs
    except etree.XMLSyntaxError as error:
        raise RecordError(_reason(error, whole)) from None


def text(element: etree._Element) -> str:
    """The string value of an element in XPath's sense: all the text in it, that of its descendants included."""
    if len(element):
        return "".join(element.itertext())  # type: ignore[arg-type]
    return element.text or ""


def qualified_name(element: etree._Element) -> str:
    """The element's name as it stands in the record, prefix included (XPath's name())."""
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def normalize_space(value: str) -> str:
    """XPath's normalize-space(): space, tab, CR and LF only. A no-break space is a character like others."""
    return b" ".join(value.encode().split()).decode()


def all_text(root: etree._Element, *, before: str = "") -> str:
    """The string value of a whole record, with `before` right in front of it, white space normalised."""
    if not before:
        return cast(str, _normalized(root))
    value = etree.tostring(root, encoding="utf-8", method="text", with_tail=False)
    return b" ".join((before.encode() + value).split()).decode()


def _reason(error: etree.XMLSyntaxError, raw: bytes) -> str:
    """What is wrong and where; lines are counted from the record's first one, not from the file's."""
    line, column = error.position
    reason = (error.msg or "not well-formed").partition(", line ")[0]
    try:
        raw.decode()
    except UnicodeDecodeError as wrong:
        before = raw[: wrong.start]
        line, column = before.count(b"\n") + 1, wrong.start - before.rfind(b"\n")
        reason = f"byte 0x{raw[wrong.start]:02X} is not UTF-8"
    return f"XML line {line} of the record, column {column}: {reason}"
