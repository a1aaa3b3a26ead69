"""Spans: what of a large file is read by itself. Some members of an archive, or a stretch of a plain file whose records
end with a byte of their own: ISO 2709 (0x1D), JSON lines.

A stretch is cut anywhere, so it owns the records that begin in it. Whether a reader that starts there sees what one
sees that comes from the beginning is not assumed but checked, by `survey` and `chained`.
"""

import hashlib
import os
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from indexer.model.records import Fault, Record
from indexer.sources import content, processed
from indexer.sources.detect import HEAD, Kind, detect
from indexer.sources.encoding import as_utf8
from indexer.sources.files import Meter, chunks
from indexer.sources.record_factory import RecordFactory
from indexer.sources.tar import BLOCK, is_tar
from indexer.sources.unpack import is_packed, members
from indexer.sources.window import Stream, StreamError, Window

_ENDS = {"marc": b"\x1d", "json_lines": b"\n"}  # what a record ends with
_HEADERS = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_PADDING = 1 << 20  # bytes that may stand behind the end of a tar archive


@dataclass(frozen=True, slots=True)
class Span:
    """Of a "tar" archive from one header to another, by their offsets; of a "zip" archive from one place in its list to
    another; of a plain file ("marc", "json_lines") the records that begin from `start` on, before `end`. The file holds
    `before` records before those.
    """

    kind: str
    start: int
    end: int
    before: int = 0

    @property
    def surveyed(self) -> bool:
        """Whether it needs no survey, as members do not: their records are numbered from 1."""
        return self.kind not in _ENDS


@dataclass(frozen=True, slots=True)
class Survey:
    """Of a stretch: where a reader is to begin, the first record, how many there are, and the first one behind it."""

    start: int
    first: "Seen | None"
    records: int
    behind: "Seen | None"


@dataclass(frozen=True, slots=True)
class Seen:
    """A record: where it begins, and what was made of it, as a digest."""

    offset: int
    digest: str


def divided(path: str, size: int, place: RecordFactory) -> list[Span]:
    """The spans of a file, each of some `size` bytes; none where it cannot be read but from its beginning."""
    try:
        found = _divided(processed.where(path), size, place)
    except (OSError, StreamError, zipfile.BadZipFile, tarfile.TarError, ValueError):
        return []  # reading it says what is wrong
    return found if len(found) > 1 else []


def _divided(path: str, size: int, place: RecordFactory) -> list[Span]:
    stream = Stream(chunks(path, Meter()))
    head = stream.peek(BLOCK)
    if is_tar(head):
        offsets = _tar_offsets(path)
        kept = [offsets[place] for place in _grouped(offsets, size)]
        return [Span("tar", start, end) for start, end in pairwise([*kept[:-1], os.path.getsize(path)])]
    if zipfile.is_zipfile(path) and head.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            stored = [0]
            for info in archive.infolist():
                stored.append(stored[-1] + info.compress_size)
        return [Span("zip", *ends) for ends in pairwise(_grouped(stored, size))]
    if is_packed(head):
        return []
    utf8, offset, exact = as_utf8(stream)
    window = Window(utf8, offset=offset)
    begin = window.fill(HEAD)
    kind = detect(begin, whole=window.ended, name=path, format=place.format, elements=place.elements)
    if not exact or offset or kind.container not in _ENDS:
        return []
    whole = os.path.getsize(path)
    return [Span(kind.container, at, min(at + size, whole)) for at in range(0, whole, size)]


def _grouped(ends: Sequence[int], size: int) -> list[int]:
    """The places of those of `ends`, which grow, that are at least `size` apart, with the first and the last; none
    where one member is much larger: what is in it is better divided than left to one reader.
    """
    if len(ends) < 2 or any(end - start > 4 * size for start, end in pairwise(ends)):
        return []
    kept = [0]
    for place in range(1, len(ends) - 1):
        if ends[place] - ends[kept[-1]] >= size:
            kept.append(place)
    return [*kept, len(ends) - 1]


def _tar_offsets(path: str) -> list[int]:
    """Where the headers of the members are, and the end of the last one; none where one is not as it should be, or
    there are no files among them.
    """
    offsets: list[int] = []
    fresh = True  # what comes is not a header that belongs to the one before it
    files = False
    with open(path, "rb") as file:
        while head := file.read(BLOCK):
            at = file.tell() - len(head)
            if not head.strip(b"\0"):
                rest = file.read(_PADDING + 1)
                return [*offsets, at] if files and len(rest) <= _PADDING and not rest.strip(b"\0") else []
            info = tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
            extends = info.type in _HEADERS
            content = file.read(info.size) if extends and info.size <= _PADDING else b""
            if info.size < 0 or info.type == tarfile.GNUTYPE_SPARSE or b"size=" in content or b"sparse" in content:
                return []
            if fresh:
                offsets.append(at)
            fresh = not extends
            files = files or info.isreg()
            file.seek(at + BLOCK + info.size + -info.size % BLOCK)
    return [*offsets, at + BLOCK] if files else []


def read(path: str, span: Span, meter: Meter, place: RecordFactory) -> Iterator[Record | Fault]:
    """What a span holds, as the whole file's reader gives it. A stretch is to be one that was surveyed."""
    if span.surveyed:
        found = members(path, (span.start, span.end), meter, zipped=span.kind == "zip")
        yield from content.of_members(path, found, place)
        return
    place.ordinal = span.before
    for item in _from(path, span, span.start, meter, place):
        if item.position.offset is not None and item.position.offset >= span.end:
            return
        yield item


def survey(path: str, span: Span, place: RecordFactory) -> Survey:
    """Looks at a stretch, and at the first record behind it. Raises StreamError where the file has no sound end: that
    is told of a whole file alone.
    """
    first: Seen | None = None
    count = 0
    start = _start(path, span)
    for item in _from(path, span, start, Meter(), place):
        offset = item.position.offset
        if offset is None:
            raise StreamError(item.reason if isinstance(item, Fault) else "")
        if first is None:
            first = _seen(item, offset)
        if offset >= span.end:
            return Survey(start, first, count, _seen(item, offset))
        count += 1
    return Survey(start, first, count, None)


def chained(spans: Sequence[Span], found: Sequence[Survey]) -> list[Span]:
    """The stretches of a file, each with how many records stand before it; none where one reader did not begin with
    the record that the one before it found next. Records so broken, and documents of bulk files behind their actions,
    are told from the beginning alone. No reader keeps anything from one record to the next, so what follows is alike.
    """
    if not found or found[0].first is None or any(one.behind != two.first for one, two in pairwise(found)):
        return []
    numbered: list[Span] = []
    before = 0
    for span, its in zip(spans, found, strict=True):
        numbered.append(replace(span, start=its.start, before=before))
        before += its.records
    return numbered


def _seen(item: Record | Fault, offset: int) -> Seen:
    made = (item.format, item.header) if isinstance(item, Record) else (item.reason,)
    return Seen(offset, hashlib.blake2b(repr((made, item.raw)).encode(), digest_size=16).hexdigest())


def _start(path: str, span: Span) -> int:
    """Where the first record may begin: behind the first end of one from the byte before the stretch on."""
    if not span.start:
        return 0
    at = span.start - 1
    for chunk in chunks(path, Meter(), at):
        found = chunk.find(_ENDS[span.kind])
        if found >= 0:
            return at + found + 1
        at += len(chunk)
    return at


def _from(path: str, span: Span, start: int, meter: Meter, place: RecordFactory) -> Iterator[Record | Fault]:
    window = Window(chunks(path, meter, start), offset=start)
    yield from content.records(Kind(span.kind), window, place)
    if window.error is not None:
        yield content.told(window.error, place)
