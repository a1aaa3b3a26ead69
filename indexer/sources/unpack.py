"""Unpack what is compressed or archived, by its content, in memory and in order: nothing is written to disk."""

import bz2
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

import zstandard
from isal import igzip_lib

from indexer.sources import processed
from indexer.sources.files import CHUNK, Meter, chunks, is_of_a_mac, unreadable
from indexer.sources.tar import BLOCK, is_tar, tar_members
from indexer.sources.window import Stream, StreamError
from indexer.sources.xml import show

MAX_DEPTH = 4  # layers of compression and archives in each other
# A dump of records shrinks some tenfold; what grows a 500-fold is made to fill memories and nights.
MAX_RATIO = 500
RATIO_FREE = 256 << 20  # bytes that may come out before the ratio counts
OUT = 1 << 20  # bytes that a decompressor gives at a time

_MAGIC = re.compile(
    rb"(?P<gzip>\x1f\x8b\x08)|(?P<bzip2>BZh[1-9](?:1AY&SY|\x17rE8P\x90))|(?P<xz>\xfd7zXZ\0)"
    rb"|(?P<zstd>\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)|(?P<zip>PK\x03\x04|PK\x05\x06|PK\x07\x08PK\x03\x04)"
    rb"|(?P<compress>\x1f\x9d)|(?P<sevenzip>7z\xbc\xaf\x27\x1c)|(?P<rar>Rar!\x1a\x07)|(?P<lz4>\x04\x22\x4d\x18)"
)
_UNREADABLE = {"compress": "a .Z file (compress)", "sevenzip": "a 7-Zip archive", "rar": "a RAR archive", "lz4": "LZ4"}
_UNPACK_IT = "Unpack it and load what is in it."


class Decompressor(Protocol):
    """What bz2, lzma and igzip have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Zstd:
    """A zstd frame as the others do it: its library gives all at once, so it is fed by little."""

    _STEP = 2048  # bytes; 4 of them can stand for 128 KiB (RFC 8878 section 3.1.1.2)

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self._held = b""
        self.eof = False
        self.needs_input = True
        self.unused_data = b""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        held = memoryview(self._held + data)
        parts: list[bytes] = []
        size = 0
        at = 0
        while at < len(held) and size < max_length and not self.eof:
            parts.append(self._frame.decompress(held[at : at + self._STEP]))
            at += self._STEP
            size += len(parts[-1])
            self.eof = self._frame.eof
        if self.eof:
            self.unused_data = self._frame.unused_data + bytes(held[at:])
        self._held = bytes(held[at:])
        self.needs_input = not self._held and not self.eof
        return b"".join(parts)


def _gzip() -> Decompressor:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


_DECOMPRESSORS: dict[str, Callable[[], Decompressor]] = {
    "gzip": _gzip,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=512 << 20),
    "zstd": _Zstd,
}
_IsalError = cast("type[Exception]", igzip_lib.error)  # its stub calls it an instance
_ERRORS = (_IsalError, OSError, lzma.LZMAError, zstandard.ZstdError, EOFError)
# Names and sizes of a broken archive also fail to decode, and lead before its beginning: ValueError, struct.error.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, struct.error)


@dataclass(slots=True)
class Member:
    """A stream that is not packed any more, with its name; or why there is none (`error`)."""

    name: str
    stream: Stream
    error: StreamError | None = None


def packing(head: bytes) -> str | None:
    """What a file that begins like this is packed in: "tar", "zip", "gzip" and so on; None for what is not packed."""
    match = _MAGIC.match(head)
    return match.lastgroup if match else "tar" if is_tar(head) else None


def unpacked(path: str, stream: Stream, meter: Meter) -> Iterator[Member]:
    """Give each file in `stream`, the content of the file `path`: itself, or the members of an archive in order.

    A member is read, or left alone, before the next is taken. An archive in which nothing more can be found gives a
    last Member with the error.
    """
    yield from _layers(path, stream, meter, 0, path)


def members(path: str, span: tuple[int, int], meter: Meter, *, zipped: bool) -> Iterator[Member]:
    """Give those files of an archive that lie in `span`: of a tar archive from one header to another, by the offsets in
    it, of a zip archive from one place in its list of members to another.
    """
    start, end = span
    if zipped:
        found = _zip_members(processed.where(path), meter, start, end)
    else:
        meter.taken = start  # what is measured by it counts from the file's beginning
        found = tar_members(Stream(Stream(chunks(path, meter, start)).take(end - start)))
    yield from _archive(path, found, meter, 0, whole=False)


def _layers(name: str, stream: Stream, meter: Meter, depth: int, path: str | None) -> Iterator[Member]:
    kind = packing(stream.peek(BLOCK))
    if kind is None:
        yield Member(name, stream)
    elif kind in _UNREADABLE:
        yield _failed(name, f"is {_UNREADABLE[kind]}, which is not read")
    elif depth == MAX_DEPTH:
        yield _failed(name, f"is packed more than {MAX_DEPTH} times over")
    elif kind in _DECOMPRESSORS:
        yield from _layers(name, Stream(inflated(stream, kind, meter)), meter, depth + 1, None)
    elif kind == "tar":
        yield from _archive(name, tar_members(stream), meter, depth)
    elif path is not None and os.path.isfile(processed.where(path)):
        yield from _archive(name, _zip_members(processed.where(path), meter), meter, depth)
    else:
        yield _failed(name, "is a zip archive inside a stream; its list of members is at its end")


def _archive(
    name: str, found: Iterator[tuple[str, Stream]], meter: Meter, depth: int, *, whole: bool = True
) -> Iterator[Member]:
    empty = whole
    try:
        for member, stream in found:
            if is_of_a_mac(member):
                continue
            empty = False
            yield from _layers(f"{name}!{show(os.fsencode(member), 500)}", stream, meter, depth + 1, None)
    except StreamError as error:
        yield Member(name, Stream(()), error)
        return
    if empty:
        yield _failed(name, "is an archive without files", "Nothing of it was indexed.")


def _failed(name: str, reason: str, advice: str = _UNPACK_IT) -> Member:
    return Member(name, Stream(()), StreamError(reason, advice=advice, early=False))


def inflated(stream: Stream, kind: str, meter: Meter, *, padded: bool = True) -> Iterator[bytes]:
    """The bytes behind one layer of compression, over all its members (gzip, RFC 1952 section 2.2) or frames. Zeros may
    stand behind each where it is `padded` (the .xz file format, section 2.2). Raises StreamError.
    """
    new = _DECOMPRESSORS[kind]
    given = 0
    members = 0
    decompressor = new()
    fresh = True  # nothing of this member was read yet
    for chunk in stream:
        data = chunk
        while data or not decompressor.needs_input:
            if padded and fresh and members:
                data = data.lstrip(b"\0")  # as tapes and block devices leave them, and xz between its streams
                if not data:
                    break
            try:
                out = decompressor.decompress(data, OUT)
            except _ERRORS as error:
                where = f"the {kind} stream is broken ({error})"
                if fresh and members:
                    where = f"behind the {kind} stream stands something else"
                raise StreamError(where) from error
            fresh = False
            data = b""
            given += len(out)
            if out:
                yield out
            if is_bomb(given, meter.taken):
                raise _bomb(given, meter)
            if decompressor.eof:
                data = decompressor.unused_data
                members += 1
                decompressor = new()
                fresh = True
    if not fresh or not members:
        raise StreamError(f"the {kind} stream ends early")


def is_bomb(given: int, taken: int) -> bool:
    """Whether `given` bytes are more than a dump makes of `taken` that are stored."""
    return given > RATIO_FREE and given > MAX_RATIO * taken


def _bomb(given: int, meter: Meter) -> StreamError:
    return StreamError(
        f"expands more than {MAX_RATIO}-fold ({given >> 20:,} MiB from {max(meter.taken >> 10, 1):,} KiB): stopped",
        advice="A dump does not do that. If it is one all the same, unpack it and load the unpacked file.",
    )


def _zip_members(path: str, meter: Meter, start: int = 0, end: int | None = None) -> Iterator[tuple[str, Stream]]:
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            size = os.path.getsize(path)
            meter.taken += sum(info.compress_size for info in archive.infolist()[:start])
            for info in archive.infolist()[start:end]:
                if info.is_dir():
                    continue
                # Before it is read: what is packed in it is measured by what was taken.
                meter.add(max(min(info.compress_size, size - meter.taken), 0))
                yield info.filename, Stream(_zip_content(archive, info, file, meter))
            meter.add(max(size - meter.taken, 0))
    except NotImplementedError as error:
        raise StreamError(f"cannot be unpacked: {error}", advice=_UNPACK_IT, early=False) from error
    except ZIP_ERRORS as error:
        raise StreamError(f"the zip archive is broken ({error})") from error
    except OSError as error:
        raise unreadable(error, meter) from error


def _zip_content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: BinaryIO, meter: Meter) -> Iterator[bytes]:
    if info.flag_bits & 0x1:
        raise StreamError("is encrypted", advice=_UNPACK_IT, early=False)
    given = 0
    try:
        with archive.open(info) as member:
            while chunk := member.read(CHUNK):
                given += len(chunk)
                yield chunk
                if is_bomb(given, max(info.compress_size, 1)):
                    raise _bomb(given, Meter(taken=info.compress_size))
    except NotImplementedError as error:
        raise StreamError(f"cannot be unpacked: {error}", advice=_UNPACK_IT, early=False) from error
    except ZIP_ERRORS as error:
        raise StreamError(f"the zip member is broken ({error})") from error
    except OSError as error:
        if error.errno is None:  # bz2's way to say that its data is broken
            raise StreamError(f"the zip member is broken ({error})") from error
        raise unreadable(error, meter) from error
