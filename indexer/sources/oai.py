"""OAI-PMH 2.0 answers (http://www.openarchives.org/OAI/openarchivesprotocol.html): ListRecords and GetRecord.

Also several answers one after the other in a file, and records with their headers in a wrapper of any name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from indexer.formats.registry import of_root
from indexer.model.records import Fault, Header, Record
from indexer.sources.nesting import WRAPPERS, Found, format_of, inside
from indexer.sources.record_factory import RecordFactory
from indexer.sources.window import Window
from indexer.sources.xml import (
    Broken,
    Piece,
    Scanner,
    Tag,
    declare,
    end_of,
    namespace,
    namespaces,
    show,
    start_tag,
    text,
)
from indexer.sources.xml_faults import faults_at_end, loose_text

# A MARCXML <record> may stand in an OAI one; only the latter begins with a header.
RECORD_START = re.compile(rb"<((?:[^\s<>/:]+:)?)record(?:\s[^<>]*)?>\s*<\1header(?=[\s/>])")

_HEADER = re.compile(rb"\s*<((?:[^\s<>/:]+:)?)header(\s[^<>]*)?(?:/>|>(.*?)</\1header\s*>)", re.S)
_DELETED = re.compile(rb"""\sstatus\s*=\s*["']\s*deleted\s*["']""", re.I)
_ENTRY = re.compile(rb"<(?:[^\s<>/:]+:)?(identifier|datestamp|setSpec)(?:\s[^<>]*)?>([^<]*(?:<![^<]*)*)</")
_METADATA = re.compile(rb"<(?:[^\s<>/:]+:)?metadata(?:\s[^<>]*)?>")
_MORE = re.compile(rb"\s*<[^/!?\s]")
_TAG = re.compile(rb"""\s*(<([^\s<>/!?]+)[^<>"']*(?:(?:"[^<"]*"|'[^<']*')[^<>"']*)*>)""")
_HEADERS_ID = "oai_dc"  # the format whose documents have the id of the header
_OF_A_RECORD = re.compile(rb"<(?:[^\s<>/:]+:)?(?:header|identifier|metadata)(?=[\s/>])")
ERROR_CODE = re.compile(rb"""\scode\s*=\s*["']([^"']*)["']""")


def records(window: Window, place: RecordFactory, root: bytes) -> Iterator[Record | Fault]:
    """Give each record with its header: its metadata's child element, or a tombstone (section 2.5.1)."""
    scanner = Scanner(window, RECORD_START, nests="others")
    inherited: Mapping[bytes, bytes] = {}
    listing = False
    seen = False
    for tag in scanner.tags():
        if scanner.loose is not None:
            yield from _beside(loose_text(scanner, place))
        local = tag.local
        if local == b"record" and not tag.closing:
            seen = True
            piece = scanner.element(tag)
        elif tag is scanner.root or tag.name == root:
            listing = local != b"OAI-PMH" and not tag.closing
            seen = seen or listing
            inherited = namespaces(tag.raw)
            continue
        elif local in (b"ListRecords", b"GetRecord"):
            seen = True
            listing = not tag.closing and not tag.empty
            inherited = {**inherited, **namespaces(tag.raw)}
            continue
        elif local == b"error" and not tag.closing:
            seen = True
            fault = _error(scanner.element(tag), tag, place)
            if fault is not None:
                yield replace(fault, beside=True)
            continue
        elif listing and local != b"resumptionToken":
            piece = scanner.stray(tag)
        else:
            continue
        if piece is None:
            break
        found = _record(piece, tag, inherited, place)
        if isinstance(found, Fault) and piece.problem:
            found = replace(found, beside=_is_beside(piece, window))
        if isinstance(found, list):
            yield from found
        else:
            yield found
    if not seen and window.error is None and not scanner.unclosed:
        yield place.fault(
            "this OAI-PMH answer holds no records",
            "Only answers to ListRecords and GetRecord do. Harvest with verb=ListRecords.",
        )
    yield from _beside(faults_at_end(scanner, place))


def _beside(faults: Iterable[Fault]) -> Iterator[Fault]:
    return (replace(fault, beside=True) for fault in faults)


def _is_beside(broken: Piece, window: Window) -> bool:
    """Whether this is no record's: a message of the server's, or the half of a record at which a page was cut off, and
    which comes again with the rest of it.
    """
    if _OF_A_RECORD.search(broken.raw) is None:
        return True
    return window.ended and not window.held and b"resumptionToken" not in broken.raw


def _record(
    piece: Piece, tag: Tag, inherited: Mapping[bytes, bytes], place: RecordFactory
) -> Record | Fault | list[Record | Fault]:
    raw, offset, problem = piece
    if problem:
        return place.reject(problem, raw, offset)
    header_match = _HEADER.match(raw, len(tag.raw))
    if header_match is None:
        return place.reject("has no OAI-PMH header", raw, offset)
    try:
        header = _header(header_match)
    except ValueError as error:
        return place.reject(f"its OAI-PMH header: {error}", raw, offset)
    if header.deleted:
        if not header.identifier:
            return place.reject("is deleted and has no identifier", raw, offset)
        return place.record(place.format or "oai_dc", b"", offset, header)
    metadata = _METADATA.search(raw, header_match.end())
    child = _child(raw, metadata.end()) if metadata else None
    if metadata is None or child is None:
        return place.reject("has no metadata", raw, offset)
    if child.empty:
        end = child.offset + len(child.raw)
    else:
        try:
            end = end_of(raw, child.offset + len(child.raw), child.name, None, final=True)
        except Broken:
            return place.reject(f"its metadata has <{show(child.name)}> in itself too many times", raw, offset)
    if end < 0:
        return place.reject(f"its metadata has no end tag </{show(child.name)}>", raw, offset)
    if tag.raw != b"<record>" or metadata.end() - metadata.start() != len(b"<metadata>"):
        inherited = {**inherited, **namespaces(tag.raw), **namespaces(metadata.group())}
    body = raw[child.offset : end]
    declared = namespaces(child.raw)
    known = of_root(namespace(child.name, {**inherited, **declared}), child.local)
    several = _MORE.match(raw, end) is not None  # which the schema does not allow
    if place.elements or several or known is None or child.local in WRAPPERS:
        whole = raw[child.offset :] if several else body
        if found := _wrapped(whole, child, inherited, place, several=several):
            alike = sum(not one.problem and one.format == _HEADERS_ID for one in found)
            if alike > 1 and header.identifier:  # the last would win, and the others be counted as indexed
                return place.reject(
                    f"its metadata holds {alike} records, which would all have the id of its header",
                    raw,
                    offset,
                    "The protocol allows one (section 2.5). Tell whoever runs the server.",
                )
            return [
                place.reject(one.problem, one.raw, offset)
                if one.problem
                else place.record(one.format, one.raw, offset, header)
                for one in found
            ]
    format = known or format_of(child, body, 0, inherited, place.format, place.elements) or place.format
    if format is None and child.name == b"article" and b"<front" in body:
        format = "jats"  # JATS without its namespace
    if format is None:
        return place.reject(
            f"its metadata is <{show(child.name)}>, which is not a known format",
            raw,
            offset,
            "Harvest it with metadataPrefix=oai_dc, or give --profile for its format.",
        )
    return place.record(format, declare(body, child.raw, inherited), offset, header)


def _wrapped(
    body: bytes, child: Tag, inherited: Mapping[bytes, bytes], place: RecordFactory, *, several: bool
) -> list[Found]:
    """The records in metadata that is none itself: in a collection all, in another wrapper the one that it has."""
    if not several and format_of(child, body, 0, inherited, place.format, place.elements):
        return []
    found = list(inside(body, inherited, place.format, place.elements))
    return found if several or child.local in WRAPPERS or len(found) == 1 else []


def _child(raw: bytes, at: int) -> Tag | None:
    match = _TAG.match(raw, at)
    if match is None:
        return start_tag(raw, at)  # behind a comment, or none at all
    return Tag(match.group(2), False, match.group(1).endswith(b"/>"), match.group(1), match.start(1))


def _header(match: re.Match[bytes]) -> Header:
    identifier: str | None = None
    datestamp: str | None = None
    sets: list[str] = []
    for name, content in _ENTRY.findall(match.group(3) or b""):
        value = text(content)
        if name == b"setSpec":
            sets.append(value)
        elif name == b"identifier":
            identifier = value or None
        else:
            datestamp = value or None
    return Header(identifier, datestamp, tuple(sets), deleted=bool(_DELETED.search(match.group(2) or b"")))


def _error(piece: Piece | None, tag: Tag, place: RecordFactory) -> Fault | None:
    """An error of section 3.6; a harvest of what is new has none to report when there is nothing new."""
    code = ERROR_CODE.search(tag.raw)
    name = show(code.group(1)) if code else "without a code"
    place.says_none = place.says_none or name == "noRecordsMatch"
    if piece is None or name == "noRecordsMatch":
        return None
    said = show(piece.raw[len(tag.raw) : max(piece.raw.rfind(b"</"), 0)].strip(), 300)
    return place.fault(
        f"the OAI-PMH server answered with the error {name}" + (f": {said}" if said else ""),
        "This file holds the error and no records. Harvest it again; the other files are not concerned.",
    )
