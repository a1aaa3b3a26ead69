"""The head of an XML file: all that stands before its first record. A reader that is given it, and behind it the file
from another record on, is where one is that comes from the beginning: it has met the same root and namespaces.

That holds as long as nothing but records stands between the two. A splitter keeps nothing of those, only of other tags;
and where chunks end does not matter to it, as long as nothing is as large as its limits. `only_records` sees to both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.model.records import Fault, Record
from indexer.sources import content
from indexer.sources.detect import Kind
from indexer.sources.oai import RECORD_START
from indexer.sources.pubmed import RECORDS
from indexer.sources.record_factory import RecordFactory
from indexer.sources.window import StreamError, Window
from indexer.sources.xml import MARGIN, NOTHING

_LIMIT = 16 << 10  # bytes of a head: each span of the file carries them
_BLANK = re.compile(rb"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Head:
    """The bytes, and what the file was recognised as."""

    kind: Kind
    content: bytes

    @classmethod
    def from_data(cls, data: Sequence[Any]) -> "Head":
        """What `astuple` made of one."""
        kind, content = data
        return cls(Kind(*kind), content)


def head_of(begin: bytes, kind: Kind, place: RecordFactory) -> Head | None:
    """The head of a file that begins with `begin`; None where it can't be read from another record on: its first one
    is broken, or too far behind, or its records are not known by their start tags.
    """
    first = next(content.records(kind, Window([begin]), replace(place)), None)
    at = first.position.offset if isinstance(first, Record) else None
    if at is None or at > _LIMIT or not _start(kind).match(begin[at : at + MARGIN]):
        return None
    return Head(kind, begin[:at])


def to_record(window: Window, head: Head) -> None:
    """Go to the next place where a record may begin, or to the end. Raises StreamError where it is too far."""
    start = _start(head.kind)
    began = window.offset
    while (found := start.search(window.data, window.pos)) is None:
        window.pos = max(window.pos, len(window.data) - MARGIN)
        if window.offset - began > window.limit:
            raise StreamError("has no record for long")
        if not window.more():
            break
    window.pos = found.start() if found is not None else len(window.data)


def only_records(items: Iterator[Record | Fault], window: Window, head: Head) -> Iterator[Record | Fault]:
    """The `items` that a splitter makes of the window, which is at the first one. Raises StreamError where more than
    white space stands between them, or more behind them than some end tags, or something is too large.
    """
    start = _start(head.kind)
    at = window.offset
    for item in items:
        if item.position.offset != at or window.base + len(window.data) - at > window.limit:
            raise StreamError("has more in it than records")
        yield item
        at = _next(window, start)


def _next(window: Window, start: re.Pattern[bytes]) -> int:
    """The offset of the record behind the one that was given; -1: there is none, and little else."""
    while (blank := _BLANK.match(window.data, window.pos)) is not None:
        window.pos = blank.end()
        if window.held or not window.more():
            break
    behind = window.fill(MARGIN + 1)
    if start.match(behind[:MARGIN]):
        return window.offset
    if len(behind) > MARGIN:
        raise StreamError("has more in it than records")
    return -1


def _start(kind: Kind) -> re.Pattern[bytes]:
    """What a record begins with, with its whole start tag: no tag holds a `<`."""
    match kind.container:
        case "oai":
            return RECORD_START
        case "collection":
            names = re.escape(kind.root)
        case "pubmed":
            names = b"|".join(sorted(RECORDS))
        case "solr_xml":
            names = b"doc"
        case _:
            return NOTHING
    return re.compile(rb"<(?:" + names + rb")(?=[\s/>])[^<]*<")
