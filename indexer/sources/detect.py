"""Recognise what a file holds by its first bytes: root element, namespaces, first key, leader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from indexer.formats.registry import of_root
from indexer.sources import marc
from indexer.sources.json import is_lines
from indexer.sources.messages import is_certain, size_of_messages
from indexer.sources.nesting import WRAPPERS, place_of
from indexer.sources.oai import RECORD_START
from indexer.sources.pubmed import ROOTS as PUBMED_ROOTS
from indexer.sources.solr_xml import ROOTS as SOLR_ROOTS
from indexer.sources.text import is_staff_view
from indexer.sources.window import Window
from indexer.sources.xml import Scanner, Tag, namespace, namespaces, show

HEAD = 1 << 20  # bytes that are looked at
_OAI_ROOTS = frozenset({b"OAI-PMH", b"ListRecords", b"GetRecord"})

_JUNK = 64 << 10  # bytes
_PICA = re.compile(rb"[0-9]{3}[@A-Z](?:/[0-9]{2,3})? ?[\x1f$]")  # plain or normalised, its first field

_SOLR_CHILD = re.compile(rb"<(?:field|str|arr|doc|id|query|lst|result)(?=[\s/>])")

_FRONT = re.compile(rb"<(?:[^\s<>/:]+:)?front[\s/>]")  # the front matter of an article in JATS
_NAME = re.compile(rb"<([^\s<>/!?]+)")
_RECORD_DATA = re.compile(rb"<((?:[^\s<>/:]+:)?recordData)[\s/>]")
_DIAGNOSTIC = re.compile(rb"<(?:[^\s<>/:]+:)?message(?:\s[^<>]*)?>([^<]+)<")
_EMPTY_LIST = re.compile(rb"\s*\[\s*\]\s*")
_EMPTY_ROOT = re.compile(rb"\s*(?:<[?!][^<>]*>\s*)*<([^\s<>/!?]+)(?=[\s/>])[^<>]*?(?:/>|>\s*</\1\s*>)\s*")
_RESULT = re.compile(rb"<result[\s/>]")


@dataclass(frozen=True, slots=True)
class Kind:
    """`container` says which splitter reads it; `root` is the root's, or a bare record's, qualified name.

    With the container "none" nothing reads it, and `problem` and `advice` say why. `message`: how many bytes at the
    beginning are a message of whoever sent it.
    """

    container: str
    root: bytes = b""
    format: str | None = None
    problem: str = ""
    advice: str = ""
    message: int = 0


def detect(head: bytes, *, whole: bool, name: str, format: str | None, elements: tuple[bytes, ...] = ()) -> Kind:
    """Say what a file is.

    `head` is its beginning in UTF-8 (`whole`: there is no more), `name` its name, which counts for `.delete` lists
    only; `format` (the profile's) decides where the content does not tell, and what its records are called
    (`elements`) everywhere but in answers of OAI-PMH servers.
    """
    kind = _kind(head, whole=whole, name=name, format=format, elements=elements)
    size = size_of_messages(head)
    if not size or b"html" in elements:
        return kind
    rest = head[size:]
    behind = _kind(rest, whole=whole, name=name, format=format, elements=elements)
    match behind.container:
        case "none" | "deletes" | "staff_view":
            return kind
        case "marc":  # its reader tells of what stands before a leader, and can be one of several
            return behind if marc.START.match(rest) else kind
        case "json_lines":  # and this one of what is no object; an error may also be an object among others
            return kind if head.lstrip().startswith(b"{") else behind
        case "documents" if head.lstrip().startswith(b"{") and rest.startswith(b"{"):
            return kind
        case "csv" if not is_certain(head):
            return kind
        case _:
            return replace(behind, message=size)


def _kind(head: bytes, *, whole: bool, name: str, format: str | None, elements: tuple[bytes, ...]) -> Kind:
    start = head.lstrip(b" \t\r\n")
    if name.rpartition("!")[2].endswith(".delete") or re.search(r"\.delete\.[a-z0-9]{2,4}$", name):
        return Kind("deletes") if start or not whole else _empty(head)
    if not start and whole:
        return _empty(head)
    if start.startswith(b"<"):
        return _xml(start, format, elements, whole=whole)
    if re.match(rb'\[\s*[\[{\]]|\{\s*["}]|\x1e\s*\{', start):
        return Kind("json_lines" if is_lines(start, whole) else "documents")
    if format == "csv":  # a table is told by nothing in it
        return Kind("csv")
    if is_staff_view(head):
        return Kind("staff_view")
    if marc.is_marc(start):
        return Kind("marc")
    if format == "delete":
        return Kind("deletes")
    if _PICA.match(start):
        return Kind("none", problem="this is PICA+ (fields such as 003@ and 021A)", advice="Export it as MARC 21.")
    if format == "marc" and (marc.FIELD_END in head or marc.END in head):  # whatever its first record has suffered
        return Kind("marc")
    if (at := start.find(b"<?xml", 0, _JUNK)) > 0:  # behind a message of the program that wrote it
        return _xml(start[at:], format, elements, whole=whole)
    return _unknown(f"begins with '{show(start, 40)}'", "")


def is_empty(kind: Kind, head: bytes) -> bool:
    """Whether a file without records says so itself: a table of a header alone, a list or a wrapper with nothing in it.

    What is said inside of answers is left to those who read them.
    """
    match kind.container:
        case "csv":
            return True
        case "documents":
            return head.lstrip().startswith(b"{") or bool(_EMPTY_LIST.fullmatch(head))
        case "solr_xml":
            return bool(_EMPTY_ROOT.fullmatch(head) or _RESULT.search(head))
        case _:
            return bool(_EMPTY_ROOT.fullmatch(head))


def _xml(start: bytes, format: str | None, elements: tuple[bytes, ...] = (), *, whole: bool) -> Kind:
    tags = Scanner(Window([start]), re.compile(rb"(?!)")).tags()
    root = next(tags, None)
    if root is None or root.closing:
        return _unknown(f"begins with '{show(start, 40)}'", "It looks like XML and has no root element.")
    local = root.local
    inherited = namespaces(root.raw)
    if local in _OAI_ROOTS or (local == b"record" and RECORD_START.match(start, root.offset)):
        return Kind("oai", root.name)
    if elements:
        return _named(start, root, format, elements, whole=whole)
    if root.name in PUBMED_ROOTS:
        return Kind("pubmed", root.name)
    if root.name in SOLR_ROOTS and (_SOLR_CHILD.search(start) or root.name == b"add"):
        return Kind("solr_xml", root.name)
    if marc.XML_START.match(start, root.offset) and not namespace(root.name, inherited):
        return Kind("elements", root.name, "marc")
    if of_root(namespace(root.name, inherited), local) and local not in WRAPPERS:
        return Kind("elements", root.name)
    if local == b"article" and (_FRONT.search(start) or b"article-type" in root.raw):
        return Kind("elements", root.name, "jats")
    if local == b"pmc-articleset":  # what E-utilities answer
        return Kind("collection", b"article", "jats")
    if local.lower() == b"html":
        return _unknown("this is an HTML page", "A server may have answered with an error page. Fetch the file again.")
    child = None if root.empty else next(tags, None)
    return _wrapped(start, root, child, inherited, format) or _nested(start, root, child, format, whole=whole)


def _named(start: bytes, root: Tag, format: str | None, elements: tuple[bytes, ...], *, whole: bool) -> Kind:
    """Where the elements are whose names the profile gives."""
    if root.local in elements:
        return Kind("elements", root.name)
    place = place_of(start, whole=whole, wanted=format, elements=elements)
    if place is None:
        names = " or ".join(f"<{show(name)}>" for name in elements)
        return _unknown(f"the root element is <{show(root.raw[1:-1])}>, with no {names} in it", "")
    return Kind("listed" if place.listed else "nested", place.unit)


def _nested(start: bytes, root: Tag, child: Tag | None, format: str | None, *, whole: bool) -> Kind:
    """What a root holds that is not known, and whose first child is not either: records, deeper in it or behind."""
    if harvested := RECORD_START.search(start, root.offset + len(root.raw)):
        parent = _NAME.match(start, start.rfind(b"<", 0, harvested.start()))
        return Kind("oai", parent.group(1) if parent else root.name)
    if root.local == b"searchRetrieveResponse":
        found = _RECORD_DATA.search(start)
        if found is None:
            said = _DIAGNOSTIC.search(start)
            why = f": {show(said.group(1).strip(), 200)}" if said else ""
            return _unknown(f"this answer of an SRU server holds no records{why}", "Look at the query it was asked.")
        return Kind("nested", found.group(1))
    if root.local != b"mets" and (place := place_of(start, whole=whole, wanted=format)) is not None:
        return Kind("listed" if place.listed else "nested", place.unit)
    if child is not None and not child.closing and format is not None and root.local in WRAPPERS:
        return Kind("collection", child.name)
    if format is not None:
        return Kind("elements", root.name)
    return _unknown(f"the root element is <{show(root.raw[1:-1])}>", "")


def _wrapped(
    start: bytes, root: Tag, child: Tag | None, inherited: Mapping[bytes, bytes], format: str | None
) -> Kind | None:
    """What a root that says nothing by itself wraps: its first child tells."""
    if child is not None and not child.closing:
        found = namespace(child.name, {**inherited, **namespaces(child.raw)})
        if RECORD_START.match(start, child.offset):
            return Kind("oai", root.name)
        if child.name in PUBMED_ROOTS:
            return Kind("pubmed", root.name)
        if marc.XML_START.match(start, child.offset) and not found:
            return Kind("collection", child.name, "marc")
        if of_root(found, child.local):
            return Kind("collection", child.name)
        if child.local == b"article" and _FRONT.search(start, child.offset):
            return Kind("collection", child.name, "jats")
    elif root.local in WRAPPERS:
        return Kind("collection", root.name)
    return None


def _unknown(what: str, advice: str) -> Kind:
    known = "Give --profile for the format of its records, or leave the file out."
    return Kind("none", problem=f"format not recognised: {what}", advice=advice or known)


def _empty(head: bytes) -> Kind:
    problem = "holds nothing but white space" if head else "is empty"
    return Kind("none", problem=problem, advice="Nothing was read from it. Fetch or export the file again.")
