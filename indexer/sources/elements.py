"""Records as bare XML elements: one in a file, several one after the other, or in a wrapper of any name.

This is what VuFindHarvest writes: a file a record, or with combineRecords a <collection> of them.
"""

import re
from collections.abc import Iterator, Mapping

from indexer.records import Fault, Record
from indexer.sources.oai import FORMATS
from indexer.sources.place import Place
from indexer.sources.pubmed import finish, loose
from indexer.sources.window import Window
from indexer.sources.xml import Scanner, declare, namespace, namespaces, show


def records(window: Window, place: Place, record: bytes, *, wrapped: bool) -> Iterator[Record | Fault]:
    """Give each element at the top (`wrapped`: below the root) as a record.

    `record` is the first record's qualified name: after a broken one the reading goes on at the next of this name.
    """
    scanner = Scanner(window, re.compile(b"<" + re.escape(record) + rb"(?=[\s/>])"))
    inherited: Mapping[bytes, bytes] = {}
    root = b""
    for tag in scanner.tags():
        yield from loose(scanner, place)
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
        format = FORMATS.get(namespace(tag.name, {**inherited, **namespaces(tag.raw)}), place.format)
        if format is None:
            yield place.reject(
                f"<{show(tag.name)}> is not a known format",
                piece.raw,
                piece.offset,
                "Give --profile for the format of these records.",
            )
        else:
            yield place.record(format, declare(piece.raw, tag.raw, inherited), piece.offset)
    yield from finish(scanner, place)
