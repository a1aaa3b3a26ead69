"""Frames: what of a compressed file can be unpacked by itself. Blocks of BGZF, which is gzip, frames of zstd, blocks
of xz.

Where they begin, and how much is in them, is told by headers and indexes, which may lie. So nothing of it is trusted:
each reader comes to where the next one began, with as many bytes as were told, or fails. Where none fails, they have
unpacked what one reader of the whole file would have.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from os import SEEK_END
from typing import Any, BinaryIO

import zstandard

from indexer.sources import processed
from indexer.sources.files import Meter, chunks, unreadable
from indexer.sources.unpack import inflated, is_bomb
from indexer.sources.window import Stream, StreamError

_LARGEST = 8  # times the size of a stretch: each of those that a frame holds is unpacked from its beginning
_INDEX_LIMIT = 4 << 20  # bytes that tell of frames, some 10 each; they are held several times over

_BGZF = re.compile(rb"\x1f\x8b\x08\x04.{6}\x06\0BC\x02\0(..)", re.DOTALL)  # SAM specification, section 4.1
_BGZF_HEADER = 18

_ZSTD_SKIPPED = 0x184D2A50  # with any 4 bits at its end
_ZSTD_HEADER = 18  # at the most
_ZSTD_RLE = 1  # a block that is one byte, repeated
_ZSTD_TABLE_END = struct.Struct("<IBI")
_ZSTD_TABLE = 0x8F92EAB1

_XZ_MAGIC, _XZ_END = b"\xfd7zXZ\0", b"YZ"
_XZ_HEADER = _XZ_FOOTER = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a frame begins, or the file ends: the bytes before it, as they are stored and unpacked."""

    stored: int
    unpacked: int


@dataclass(frozen=True, slots=True)
class Frames:
    """What one reader unpacks: from `first` up to `next`, where the next reader begins, and behind it what is needed to
    end a record there, up to the `end` of the file.
    """

    packing: str
    first: Mark
    next: Mark
    end: Mark

    @classmethod
    def from_data(cls, data: Sequence[Any]) -> "Frames":
        """What `astuple` made of one."""
        packing, *marks = data
        return cls(packing, *(Mark(*mark) for mark in marks))


def located(path: str, packing: str, size: int) -> list[Frames]:
    """The frames for each `size` bytes of the unpacked file and the byte before them, in order; none where a frame is
    too large for that, or for what is stored before it. Raises StreamError where the file is not all frames that tell
    their sizes.
    """
    with open(processed.where(path), "rb") as file:
        whole = file.seek(0, SEEK_END)
        marks = _MARKS[packing](file, whole)
        last = next(marks)
        firsts = [last]
        for mark in marks:
            if mark.stored > whole:
                break
            # Where the end of a frame is no bomb for what is stored before it, one reader would not stop in it either.
            if mark.unpacked - last.unpacked > _LARGEST * size or is_bomb(mark.unpacked, last.stored):
                return []
            while len(firsts) * size < mark.unpacked:
                firsts.append(last)
            last = mark
    if last.stored != whole or not last.unpacked:
        raise StreamError("ends early")
    return [Frames(packing, first, behind, last) for first, behind in pairwise([*firsts, last])]


def unpacked(path: str, frames: Frames, meter: Meter, start: int) -> Iterator[bytes]:
    """The bytes of the unpacked file from `start` on, which is in the first frame or behind it. Raises StreamError,
    too, where what was told of the frames is not so.
    """
    meter.taken = frames.first.stored  # what is measured by it counts from the file's beginning
    stored = Stream(chunks(path, meter, frames.first.stored))
    blocks = _blocks_of(path, meter) if frames.packing == "xz" else None
    at = frames.first.unpacked
    for first, end in pairwise((frames.first, frames.next, frames.end)):
        if first == end:
            continue
        size = end.stored - first.stored
        taken = stored.take(size) if blocks is None else _xz_streams(stored, blocks, first, end)
        for chunk in inflated(Stream(taken), frames.packing, meter, padded=False):
            before, at = at, at + len(chunk)
            if at > end.unpacked:
                break
            if at > start:
                yield chunk[max(start - before, 0) :]
        if at != end.unpacked:
            raise StreamError(f"the {frames.packing} stream is broken (a frame is not as large as was told)")


def _bgzf(file: BinaryIO, _whole: int) -> Iterator[Mark]:
    """By the size that each block tells in its header, and that of its content at its end (RFC 1952, ISIZE)."""
    at = unpacked = 0
    yield Mark(0, 0)
    head = _exactly(file, 0, _BGZF_HEADER)
    while head:
        match = _BGZF.match(head)
        if match is None:
            raise StreamError("is not in BGZF")
        at += int.from_bytes(match[1], "little") + 1
        unpacked += int.from_bytes(_exactly(file, at - 4, 4), "little")
        head = file.read(_BGZF_HEADER)
        yield Mark(at, unpacked)


def _zstd(file: BinaryIO, whole: int) -> Iterator[Mark]:
    """By the seek table at the end of the file, else by the headers of frames and blocks (RFC 8878, section 3.1)."""
    count, flags, magic = _ZSTD_TABLE_END.unpack(_exactly(file, whole - _ZSTD_TABLE_END.size, _ZSTD_TABLE_END.size))
    if magic == _ZSTD_TABLE:
        yield from _zstd_table(file, whole, count, struct.Struct("<II4x" if flags & 0x80 else "<II"))
        return
    at = unpacked = 0
    yield Mark(0, 0)
    while at < whole:
        file.seek(at)
        head = file.read(_ZSTD_HEADER)
        if int.from_bytes(head[:4], "little") & ~0xF == _ZSTD_SKIPPED:
            at += 8 + int.from_bytes(head[4:8], "little")
        else:
            at, content = _zstd_frame(file, at, head)
            unpacked += content
        yield Mark(at, unpacked)


def _zstd_frame(file: BinaryIO, at: int, head: bytes) -> tuple[int, int]:
    """Where the frame at `at` ends, and the size of its content."""
    try:
        told = zstandard.get_frame_parameters(head)
    except zstandard.ZstdError as error:
        raise StreamError("is not in zstd") from error
    if told.content_size == zstandard.CONTENTSIZE_UNKNOWN:
        raise StreamError("a frame does not tell how large it is")
    at += zstandard.frame_header_size(head)
    last = False
    while not last:
        block = int.from_bytes(_exactly(file, at, 3), "little")
        last, kind, size = bool(block & 1), block >> 1 & 3, block >> 3
        at += 3 + (1 if kind == _ZSTD_RLE else size)
    return at + 4 * told.has_checksum, told.content_size


def _zstd_table(file: BinaryIO, whole: int, count: int, entry: struct.Struct) -> Iterator[Mark]:
    """By the seek table of zstd's seekable format."""
    size = count * entry.size
    at = unpacked = 0
    if size > _INDEX_LIMIT:
        raise StreamError("has too many frames")
    for stored, content in entry.iter_unpack(_exactly(file, whole - _ZSTD_TABLE_END.size - size, size)):
        yield Mark(at, unpacked)
        at += stored
        unpacked += content
    yield Mark(whole, unpacked)


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of xz: where it is stored, its "Unpadded Size" and that of its content, and its stream's flags."""

    at: int
    unpadded: int
    content: int
    flags: bytes

    @property
    def end(self) -> int:
        return self.at + _padded(self.unpadded)


def _xz(file: BinaryIO, whole: int) -> Iterator[Mark]:
    """By the Index of each stream."""
    unpacked = 0
    for block in _xz_blocks(file, whole):
        yield Mark(block.at, unpacked)
        unpacked += block.content
    yield Mark(whole, unpacked)


def _blocks_of(path: str, meter: Meter) -> list[_Block]:
    try:
        with open(processed.where(path), "rb") as file:
            return _xz_blocks(file, file.seek(0, SEEK_END))
    except OSError as error:
        raise unreadable(error, meter) from error


def _xz_blocks(file: BinaryIO, whole: int) -> list[_Block]:
    """All blocks, in order. The Index of a stream is at its end: from the last one to the first (the .xz file format,
    section 2.1). Raises StreamError unless all that is not in the blocks is as xz writes it.
    """
    streams: list[list[_Block]] = []
    end = whole
    indexes = 0
    while end:
        footer = _exactly(file, end - _XZ_FOOTER, _XZ_FOOTER)
        size = 4 * (int.from_bytes(footer[4:8], "little") + 1)
        indexes += size
        if indexes > _INDEX_LIMIT:
            raise StreamError("has too many blocks")
        index = _exactly(file, end - _XZ_FOOTER - size, size)
        flags, sizes = footer[8:10], _xz_sizes(index)
        at = end - _XZ_FOOTER - size - sum(_padded(unpadded) for unpadded, _ in sizes)
        header = _exactly(file, at - _XZ_HEADER, _XZ_HEADER)
        if header != _xz_header(flags) or index + footer != _xz_trailer(flags, sizes):
            raise StreamError("is not in xz")
        end = at - _XZ_HEADER
        streams.append([])
        for unpadded, content in sizes:
            streams[-1].append(_Block(at, unpadded, content, flags))
            at = streams[-1][-1].end
    return [block for stream in reversed(streams) for block in stream]


def _xz_sizes(index: bytes) -> list[tuple[int, int]]:
    """The sizes of each block in an Index: unpadded, and of its content (section 4.3)."""
    numbers: list[int] = []
    number = shift = 0
    for byte in index[1:-4]:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number = shift = 0
        elif shift > 63:
            raise StreamError("is not in xz")
    count, *sizes = numbers or [0]
    return list(zip(sizes[: 2 * count : 2], sizes[1 : 2 * count : 2], strict=False))


def _xz_streams(stored: Stream, blocks: Iterable[_Block], first: Mark, end: Mark) -> Iterator[bytes]:
    """The blocks from one mark to another, each as a stream of its own, so that it is unpacked to its end, and its size
    and checksum are looked at. Takes all of `stored` up to there.
    """
    at = first.stored
    for block in blocks:
        if first.stored <= block.at < end.stored:
            _drop(stored, block.at - at)  # the end of a stream and the header of the next
            yield _xz_header(block.flags)
            yield from stored.take(block.end - block.at)
            yield _xz_trailer(block.flags, [(block.unpadded, block.content)])
            at = block.end
    _drop(stored, end.stored - at)


def _drop(stored: Stream, size: int) -> None:
    for _ in stored.take(size):
        pass


def _xz_header(flags: bytes) -> bytes:
    return _XZ_MAGIC + flags + _checksum(flags)


def _xz_trailer(flags: bytes, sizes: Sequence[tuple[int, int]]) -> bytes:
    """The Index and the footer of a stream with these blocks (sections 4 and 2.1.2)."""
    index = b"\0" + _xz_number(len(sizes)) + b"".join(_xz_number(each) for block in sizes for each in block)
    index += bytes(-len(index) % 4)
    index += _checksum(index)
    footer = (len(index) // 4 - 1).to_bytes(4, "little") + flags
    return index + _checksum(footer) + footer + _XZ_END


def _xz_number(number: int) -> bytes:
    """A number in as many bytes of 7 bits as it needs, the lowest first (section 1.2)."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")


def _padded(size: int) -> int:
    return size + -size % 4


def _exactly(file: BinaryIO, at: int, size: int) -> bytes:
    """The `size` bytes at `at`. Raises StreamError where the file does not have them."""
    found = b""
    if at >= 0:
        file.seek(at)
        found = file.read(size)
    if len(found) < size:
        raise StreamError("ends early")
    return found


_MARKS = {"gzip": _bgzf, "zstd": _zstd, "xz": _xz}
