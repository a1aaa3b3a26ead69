"""Read a tar archive as a stream, member by member.

The standard library decodes the headers; it is not used for the walk because it takes a damaged header in the middle
of an archive for its end, which would lose all members behind it in silence.
"""

import tarfile
from collections.abc import Iterator

from indexer.sources.window import Stream, StreamError

BLOCK = 512
_EXTENSION_LIMIT = 1 << 20  # bytes of a long name or a pax header
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)


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
    """Give (name, content) of each regular file; links, folders and devices are left out. Raises StreamError."""
    long_name: str | None = None
    pax: dict[str, str] = {}
    while True:
        head = stream.read(BLOCK)
        if not head.strip(b"\0"):
            return
        info = _header(head)
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
            content = _extension(stream, info)
            if info.type == tarfile.GNUTYPE_LONGNAME:
                long_name = content.rstrip(b"\0").decode("utf-8", "surrogateescape")
            elif info.type != tarfile.GNUTYPE_LONGLINK:
                pax = _pax(content)
            continue
        size = int(pax["size"]) if pax.get("size", "").isdecimal() else info.size
        content_stream = Stream(stream.take(size))
        given = _Counted(content_stream, size)
        name = pax.get("GNU.sparse.name") or pax.get("path") or long_name or info.name
        sparse = info.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse") for key in pax)
        if sparse:
            yield name, Stream(_refused("is a sparse file, which is not read"))
        elif info.type in _FILES and not name.endswith("/"):
            yield name, Stream(given)
        if given.failed:
            return  # its reader told
        given.drain()
        padding = -size % BLOCK
        if len(stream.read(padding)) < padding:
            raise StreamError("the tar archive ends early")
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
        return tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise StreamError(f"the tar archive is broken ({error})") from error


def _extension(stream: Stream, info: tarfile.TarInfo) -> bytes:
    if info.size > _EXTENSION_LIMIT:
        raise StreamError(f"the tar archive is broken (a header of {info.size:,} bytes)")
    content = stream.read(info.size + -info.size % BLOCK)
    if len(content) < info.size:
        raise StreamError("the tar archive ends early")
    return content[: info.size]


def _pax(content: bytes) -> dict[str, str]:
    """The records "LENGTH KEY=VALUE\\n" of a pax header (POSIX.1-2001)."""
    found: dict[str, str] = {}
    while content.strip(b"\0"):
        length, space, _ = content.partition(b" ")
        if not space or not length.isdigit() or not len(length) < int(length) <= len(content):
            raise StreamError("the tar archive is broken (a pax header)")
        key, _, value = content[len(length) + 1 : int(length)].rstrip(b"\n").partition(b"=")
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        content = content[int(length) :]
    return found


def _refused(reason: str) -> Iterator[bytes]:
    yield from ()
    raise StreamError(reason, advice="Unpack it and load what is in it.", early=False)
