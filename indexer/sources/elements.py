"""Records as bare XML elements: one in a file, several one after the other, or in a wrapper of any name.

This is what VuFindHarvest writes: a file a record, or with combineRecords a <collection> of them.
"""

import re
from collections.abc import Iterator, Mapping

from indexer.formats.registry import of_root
from indexer.model.records import Fault, Record
from indexer.sources.beside import is_harmless, is_message, said_in
from indexer.sources.nesting import Nesting, format_of, inside
from indexer.sources.record_factory import RecordFactory
from indexer.sources.window import Window
from indexer.sources.xml import Piece, Scanner, Tag, declare, namespace, namespaces, show, text
from indexer.sources.xml_faults import faults_at_end, loose_text

_MESSAGES = 20  # of a file that are told
_GIVE_PROFILE = "Give --profile for the format of these records."
_ASK_AGAIN = "The records around it were read. Whoever wrote the file can say which are missing."


def records(window: Window, place: RecordFactory, record: bytes, *, wrapped: bool) -> Iterator[Record | Fault]:
    """Give each element at the top (`wrapped`: below the root) as a record.

    `record` is the first record's qualified name: after a broken one the reading goes on at the next of this name.
    """
    scanner = Scanner(window, re.compile(b"<" + re.escape(record) + rb"(?=[\s/>])"))
    inherited: Mapping[bytes, bytes] = {}
    root = b""
    for tag in scanner.tags():
        if scanner.loose is not None:
            yield from loose_text(scanner, place)
        if wrapped and tag is scanner.root and root in (b"", tag.name):
            root = tag.name
            inherited = {**inherited, **namespaces(tag.raw)}  # of a broken record it may be, and declare none
            continue
        if tag.closing and (scanner.root is None or tag.name == scanner.root.name):
            continue
        piece = scanner.stray(tag) if tag.closing else scanner.element(tag)
        if piece is None:
            break
        if piece.problem:
            yield place.reject(piece.problem, piece.raw, piece.offset)
            continue
        format = of_root(namespace(tag.name, {**inherited, **namespaces(tag.raw)}), tag.local) or place.format
        if format is None:
            yield place.reject(
                f"<{show(tag.name)}> is not a known format",
                piece.raw,
                piece.offset,
                _GIVE_PROFILE,
            )
        else:
            yield place.record(format, declare(piece.raw, tag.raw, inherited), piece.offset)
    yield from faults_at_end(scanner, place)


def nested(window: Window, place: RecordFactory, unit: bytes, *, listed: bool) -> Iterator[Record | Fault]:
    """Give the records that stand in each element `unit`, at whatever depth: `<bib>` or `<recordData>`, with what a
    service says of it around. `listed`: the elements of this name are the records, in a list that is not the root.

    What else stands in such a list is told once its first record was there, and messages wherever they stand.
    """
    scanner = Scanner(window, re.compile(b"<" + re.escape(unit) + rb"(?=[\s/>])"))
    nesting = Nesting()
    told: set[str] = set()
    root = b""
    depth, name = 0, b""  # of the list
    for tag in scanner.tags():
        if scanner.loose is not None:
            yield from loose_text(scanner, place)
        if tag.closing:
            nesting.leave(tag)
            continue
        root = root or tag.name
        if scanner.is_foreign(tag, root):
            piece = scanner.stray(tag)
            if piece is not None:
                yield place.reject(piece.problem, piece.raw, piece.offset)
            continue
        mine = format_of(tag, window.data, window.pos, nesting.inherited, place.format, place.elements) is not None
        if listed and mine:
            depth, name = len(nesting.open), nesting.open[-1].name if nesting.open else b""
        mine = mine or (tag.name == unit and not listed)
        message = not mine and 0 < len(nesting.open) <= max(depth, 1) and is_message(tag)
        among = 0 < depth == len(nesting.open) and nesting.open[-1].name == name
        if not mine and not message and not among:
            nesting.enter(tag)
            continue
        piece = scanner.element(tag)
        if piece is None:
            break
        if message and (said := said_in(piece)):
            if said not in told and len(told) < _MESSAGES:
                told.add(said)
                yield place.fault(f"<{show(tag.name)}> stands beside its records: {said}", _ASK_AGAIN)
            continue
        yield from _inside(piece, tag, nesting.inherited, place, mine=mine)
    yield from faults_at_end(scanner, place)


def _inside(
    piece: Piece, tag: Tag, inherited: Mapping[bytes, bytes], place: RecordFactory, *, mine: bool
) -> Iterator[Record | Fault]:
    if piece.problem:
        yield place.reject(piece.problem, piece.raw, piece.offset)
        return
    found = list(inside(piece.raw, inherited, place.format, place.elements))
    if not found and (unpacked := _unpacked(piece, tag)):
        found = [one._replace(at=0) for one in inside(unpacked, {}, place.format, place.elements)]
    for one in found:
        at = piece.offset + one.at
        yield place.reject(one.problem, one.raw, at) if one.problem else place.record(one.format, one.raw, at)
    if found or (not mine and is_message(tag)):
        return
    # A mere value beside the records, such as their number, is none of them.
    if mine or (piece.raw.count(b"<") > 2 and not is_harmless(tag)):
        yield place.reject(
            f"<{show(tag.name)}> holds no record of a known format",
            piece.raw,
            piece.offset,
            _GIVE_PROFILE,
        )


def _unpacked(piece: Piece, tag: Tag) -> bytes:
    """The record that a service has written as a text (SRU's recordPacking "string"); empty where there is none."""
    content = piece.raw[len(tag.raw) : max(piece.raw.rfind(b"</"), 0)]
    if b"&lt;" not in content and b"<![CDATA[" not in content:
        return b""
    try:
        return text(content).encode()
    except ValueError:
        return b""
