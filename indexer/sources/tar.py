"""Read a tar archive as a stream, member by member.

The standard library decodes the headers; it is not used for the walk because it takes a damaged header in the middle
of an archive for its end, which would lose all members behind it in silence.
"""

import re
import tarfile
from collections.abc import Iterator

from indexer.sources.window import Stream, StreamError

BLOCK = 512
EXTENSION_LIMIT = 1 << 20  # bytes of a long name or a pax header
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
PAX = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
EXTENSIONS = (*PAX, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_SIZE, _LENGTH = re.compile("[0-9]{1,18}"), re.compile(rb"[0-9]{1,7}")
_GOES_ON = "The reading goes on at the next member that is found."


class Broken(Exception):
    """This header is none; the argument says what is wrong."""


def is_tar(head: bytes) -> bool:
    """Whether this block is a tar header: its checksum is right (POSIX.1-1988 ustar, GNU, pax, v7)."""
    if len(head) < BLOCK or not head.strip(b"\0"):
        return False
    try:
        tarfile.TarInfo.frombuf(head[:BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def tar_members(stream: Stream) -> Iterator[tuple[str, Stream]]:
    """Give (name, content) of each regular file; links, folders and devices are left out. Raises StreamError.

    Where a header is broken a member `block N` says so, and the reading goes on at the next sound one. Two blocks of
    zeros end an archive; another that was written behind it is read too.
    """
    long_name: str | None = None
    pax: dict[str, str] = {}
    blocks = zeros = 0
    lost = False  # no sound header since the broken one
    while head := stream.read(BLOCK):
        blocks += 1
        if not head.strip(b"\0"):
            zeros += 1
            continue
        if len(head) < BLOCK and (zeros >= 2 or lost):
            return
        try:
            info = _header(head)
            extension = info.type in EXTENSIONS
            content = _extension(stream, info) if extension else b""
            blocks += -(-len(content) // BLOCK)
            found = read_pax(content) if info.type in PAX else {}
        except Broken as broken:
            if zeros < 2 and not lost:
                yield f"block {blocks:,}", Stream(_refused(f"the tar archive is broken ({broken})", _GOES_ON))
            lost = True
            continue
        zeros, lost = 0, False
        if extension:
            pax.update(found)
            if info.type == tarfile.GNUTYPE_LONGNAME:
                long_name = content.rstrip(b"\0").decode("utf-8", "surrogateescape")
            continue
        told = pax.get("size", "")
        size = int(told) if _SIZE.fullmatch(told) else info.size
        given = _Counted(Stream(stream.take(size)), size)
        name = pax.get("GNU.sparse.name") or pax.get("path") or long_name or info.name
        sparse = info.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse") for key in pax)
        if sparse:
            yield name, Stream(_refused("is a sparse file, which is not read", "Unpack it and load what is in it."))
        elif info.type in _FILES and not name.endswith("/"):
            yield name, Stream(given)
        if given.failed:
            return  # its reader told
        given.drain()
        padding = -size % BLOCK
        if len(stream.read(padding)) < padding:
            raise StreamError("the tar archive ends early")
        blocks += (size + padding) // BLOCK
        long_name, pax = None, {}


class _Counted:
    """The content of a member: says when it ends early, and can be read to its end when its reader gave up."""

    def __init__(self, content: Stream, size: int) -> None:
        self._content = content
        self._left = size
        self.failed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self._left or self.failed:
            raise StopIteration
        try:
            chunk = next(self._content, b"")
        except StreamError:
            self.failed = True
            raise
        self._left -= len(chunk)
        if not chunk:
            self.failed = True
            raise StreamError("the tar archive ends early")
        return chunk

    def drain(self) -> None:
        for _ in self:
            pass


def _header(head: bytes) -> tarfile.TarInfo:
    if len(head) < BLOCK:
        raise StreamError("the tar archive ends early")
    try:
        info = tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise Broken(str(error)) from error
    if info.size < 0:
        raise Broken("a negative size")
    return info


def _extension(stream: Stream, info: tarfile.TarInfo) -> bytes:
    if info.size > EXTENSION_LIMIT:
        raise Broken(f"a header of {info.size:,} bytes")
    content = stream.read(info.size + -info.size % BLOCK)
    if len(content) < info.size:
        raise StreamError("the tar archive ends early")
    return content[: info.size]


def read_pax(content: bytes) -> dict[str, str]:
    """The records "LENGTH KEY=VALUE\\n" of a pax header (POSIX.1-2001)."""
    found: dict[str, str] = {}
    while content.strip(b"\0"):
        told, space, _ = content.partition(b" ")
        length = int(told) if _LENGTH.fullmatch(told) else 0
        if not space or not len(told) < length <= len(content):
            raise Broken("a pax header")
        key, _, value = content[len(told) + 1 : length].rstrip(b"\n").partition(b"=")
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        content = content[length:]
    return found


def _refused(reason: str, advice: str) -> Iterator[bytes]:
    yield from ()
    raise StreamError(reason, advice=advice, early=False)
