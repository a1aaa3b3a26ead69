"""Spans: what of a large file is read by itself. Some members of an archive, or a stretch of a file whose records end
with a byte of their own: ISO 2709 (0x1D), JSON lines; or of an XML file with a list of records (see `xml_head`). It is
plain, or compressed in frames (see `frames`).

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
from typing import Any

from indexer.model.errors import TransientError
from indexer.model.records import Fault, Record
from indexer.sources import content, frames, processed, xml_head
from indexer.sources.detect import HEAD, Kind, detect
from indexer.sources.encoding import as_utf8
from indexer.sources.files import Meter, chunks
from indexer.sources.frames import Frames
from indexer.sources.record_factory import RecordFactory
from indexer.sources.tar import BLOCK, EXTENSION_LIMIT, EXTENSIONS, PAX, Broken, read_pax
from indexer.sources.unpack import ZIP_ERRORS, inflated, members, packing
from indexer.sources.window import Stream, StreamError, Window
from indexer.sources.xml_head import Head

_ENDS = {"marc": b"\x1d", "json_lines": b"\n"}  # what a record ends with
PACKED = 8  # times as large as it is stored is what is packed, at a guess
_PADDING = 1 << 20  # bytes that may stand behind the end of a tar archive


@dataclass(frozen=True, slots=True)
class Span:
    """Of a "tar" archive from one header to another, by their offsets; of a "zip" archive from one place in its list to
    another; of another file ("marc", "json_lines", a container of XML) the records that begin from `start` on, before
    `end`, and the `frames` that hold them where it is compressed: offsets are those of the unpacked file. Once that was
    surveyed: the file holds `before` records before those, there are so many `records`, and `first` is a digest of the
    first one. `size` is the file's, as it is stored, and `head` what an XML file has before its records.
    """

    kind: str
    start: int
    end: int
    size: int
    before: int = 0
    records: int | None = None
    first: str = ""
    frames: Frames | None = None
    head: Head | None = None

    @classmethod
    def from_data(cls, data: Sequence[Any]) -> "Span":
        """What `astuple` made of one."""
        *_, frames, head = data
        return replace(
            cls(*data),
            frames=None if frames is None else Frames.from_data(frames),
            head=None if head is None else Head.from_data(head),
        )

    @property
    def of_members(self) -> bool:
        """Whether it is members of an archive, which need no survey: the records of each are numbered from 1."""
        return self.kind in ("tar", "zip")


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
    except (OSError, StreamError, NotImplementedError, Broken, tarfile.TarError, *ZIP_ERRORS):
        return []  # reading it says what is wrong
    return found if len(found) > 1 else []


def _divided(path: str, size: int, place: RecordFactory) -> list[Span]:
    meter = Meter()
    stream = Stream(chunks(path, meter))
    whole = os.path.getsize(path)
    match packed_in := packing(stream.peek(BLOCK)):
        case "tar":
            offsets, packed = _tar_offsets(path)
            kept = [offsets[place] for place in _grouped(offsets, size // PACKED if packed else size)]
            return [Span("tar", start, end, whole) for start, end in pairwise([*kept[:-1], whole])]
        case "zip":
            ends, packed = _zip_ends(path)
            kept = _grouped(ends, size // PACKED if packed else size)
            return [Span("zip", start, end, whole) for start, end in pairwise(kept)]
        case "gzip" | "zstd" | "xz":
            stream = Stream(inflated(stream, packed_in, meter))
            if packing(stream.peek(BLOCK)) is not None:
                return []
        case None:
            pass
        case _:
            return []
    utf8, offset, exact = as_utf8(stream)
    window = Window(utf8, offset=offset)
    begin = window.fill(HEAD)
    kind = detect(begin, whole=window.ended, name=path, format=place.format, elements=place.elements)
    if not exact or offset or kind.message:
        return []
    head = None if kind.container in _ENDS else xml_head.head_of(begin, kind, place)
    if kind.container not in _ENDS and head is None:
        return []
    if packed_in is None:
        return [Span(kind.container, at, min(at + size, whole), whole, head=head) for at in range(0, whole, size)]
    located = frames.located(path, packed_in, size)
    total = located[-1].end.unpacked if located else 0
    # The byte before a stretch is read too, and frames are of round sizes: it begins one byte behind.
    return [
        Span(kind.container, at and at + 1, min(at + size + 1, total), whole, frames=its, head=head)
        for at, its in zip(range(0, total, size), located, strict=True)
    ]


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


def _zip_ends(path: str) -> tuple[list[int], bool]:
    """How many bytes all members up to each are when they are unpacked, and whether the first one is packed itself."""
    ends = [0]
    packed: bool | None = None
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            ends.append(ends[-1] + info.file_size)
            if packed is None and not info.is_dir() and not info.flag_bits & 0x1:  # what is encrypted is not read
                with archive.open(info) as member:
                    packed = packing(member.read(BLOCK)) is not None
    return ends, bool(packed)


def _tar_offsets(path: str) -> tuple[list[int], bool]:
    """Where the headers of the members are, and the end of the last one (none where one is not as it should be, or
    there are no files among them); and whether the first one is packed itself. Raises Broken.
    """
    packed: bool | None = None
    offsets: list[int] = []
    fresh = True  # what comes is not a header that belongs to the one before it
    files = False
    with open(path, "rb") as file:
        while head := file.read(BLOCK):
            at = file.tell() - len(head)
            if not head.strip(b"\0"):
                rest = file.read(_PADDING + 1)
                ended = files and len(rest) <= _PADDING and not rest.strip(b"\0")
                return [*offsets, at] if ended else [], bool(packed)
            info = tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
            extends = info.type in EXTENSIONS
            content = file.read(info.size) if extends and info.size <= EXTENSION_LIMIT else b""
            if info.size < 0 or info.type == tarfile.GNUTYPE_SPARSE or b"size=" in content or b"sparse" in content:
                return [], False
            if info.type in PAX:
                read_pax(content)
            if fresh:
                offsets.append(at)
            fresh = not extends
            files = files or info.isreg()
            if packed is None and info.isreg():
                packed = packing(file.read(min(info.size, BLOCK))) is not None
            file.seek(at + BLOCK + info.size + -info.size % BLOCK)
    return [*offsets, at + BLOCK] if files else [], bool(packed)


def read(path: str, span: Span, meter: Meter, place: RecordFactory) -> Iterator[Record | Fault]:
    """What a span holds, as the whole file's reader gives it. A stretch is to be one that was surveyed.

    Raises TransientError where the file is not what it was then.
    """
    if _size(path) != span.size:
        raise _changed(place)
    if span.of_members:
        found = members(path, (span.start, span.end), meter, zipped=span.kind == "zip")
        yield from content.of_members(path, found, place)
        return
    place.ordinal = span.before
    count = 0
    for item in _records(_window(path, span, span.start, meter), span, place):
        offset = item.position.offset
        if offset is not None and offset >= span.end:
            break
        if offset is None or (not count and _seen(item, offset).digest != span.first):
            raise _changed(place)
        count += 1
        yield item
    if count != span.records:
        raise _changed(place)


def _changed(place: RecordFactory) -> TransientError:
    return TransientError(
        f"{place.file}: was changed while it was read", advice="Leave the dumps as they are, and run the command again."
    )


def _size(path: str) -> int:
    try:
        return os.path.getsize(processed.where(path))
    except OSError:
        return -1


def survey(path: str, span: Span, place: RecordFactory) -> Survey:
    """Looks at a stretch, and at the first record behind it. Raises StreamError where the file has no sound end, which
    is told of a whole file alone, and where an XML file holds more than records.
    """
    first: Seen | None = None
    count = 0
    window = _at_first(path, span)
    start = window.offset
    found = _records(window, span, place)
    if span.head is not None:
        found = xml_head.only_records(found, window, span.head)
    for item in found:
        offset = item.position.offset
        if offset is None:
            raise StreamError(item.reason if isinstance(item, Fault) else "")
        if first is None:
            first = _seen(item, offset)
        if offset >= span.end:
            return Survey(start, first, count, _seen(item, offset))
        count += 1
    return Survey(start, first, count, None)


def _at_first(path: str, span: Span) -> Window:
    """On the file, where the first record of a stretch may begin: behind the first end of one from the byte before the
    stretch on, or at a start tag.
    """
    if span.head is None:
        window = _window(path, span, max(span.start - 1, 0), Meter())
        if span.start:
            window.skip_to(_ENDS[span.kind])
        return window
    least = len(span.head.content)
    window = _window(path, span, max(span.start, least), Meter())
    if span.start > least:
        xml_head.to_record(window, span.head)
    return window


def chained(spans: Sequence[Span], found: Sequence[Survey]) -> list[Span]:
    """The stretches of a file, each with how many records stand before it; none where one reader did not begin with
    the record that the one before it found next. Records so broken, and documents of bulk files behind their actions,
    are told from the beginning alone. No reader keeps anything from one record to the next (in XML it is seen to), so
    what follows is alike.
    """
    if not found or found[0].first is None or any(one.behind != two.first for one, two in pairwise(found)):
        return []
    numbered: list[Span] = []
    before = 0
    for span, its in zip(spans, found, strict=True):
        first = its.first.digest if its.first is not None else ""
        numbered.append(replace(span, start=its.start, before=before, records=its.records, first=first))
        before += its.records
    return numbered


def _seen(item: Record | Fault, offset: int) -> Seen:
    made = (item.format, item.header) if isinstance(item, Record) else (item.reason,)
    return Seen(offset, hashlib.blake2b(repr((made, item.raw)).encode(), digest_size=16).hexdigest())


def _window(path: str, span: Span, start: int, meter: Meter) -> Window:
    """On the file from `start` on."""
    found = chunks(path, meter, start) if span.frames is None else frames.unpacked(path, span.frames, meter, start)
    return Window(found, offset=start)


def _records(window: Window, span: Span, place: RecordFactory) -> Iterator[Record | Fault]:
    if span.head is None:
        yield from content.records(Kind(span.kind), window, place)
    elif window.fill(1):  # else no record begins here, nor behind
        window.prepend(span.head.content)
        yield from content.records(span.head.kind, window, place)
    if window.error is not None:
        yield content.told(window.error, place)
