"""The body of an answer: all that came of it, unpacked as it is packed, whatever its Content-Encoding says."""

import zlib
from collections.abc import Iterator
from itertools import chain

import requests

CHUNK = 64 << 10  # bytes
_GZIP, _ZLIB, _DEFLATE = 31, 15, -15  # zlib's names for them
_MAGIC = b"\x1f\x8b"


def came(response: requests.Response) -> Iterator[bytes]:
    """The body by little, whatever is missing behind it. Raises urllib3's HTTPError and zlib.error once all of it that
    can be read was given.
    """
    coding = response.headers.get("Content-Encoding", "").rpartition(",")[2].strip().lower()
    return _unpacked(_raw(response), coding)


def _raw(response: requests.Response) -> Iterator[bytes]:
    # read() gathers until it has as much as it was asked for, and throws that away where the connection ends before
    read = getattr(response.raw, "read1", response.raw.read)
    while data := read(CHUNK, decode_content=False):
        yield data


def _unpacked(chunks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    head = next(chunks, b"")
    if len(head) == 1:
        head += next(chunks, b"")
    kind = _kind(head, coding)
    if kind is None:
        yield from chain([head], chunks)
        return
    unpacker = zlib.decompressobj(kind)
    for data in chain([head], chunks):
        while data:
            yield unpacker.decompress(data, CHUNK)
            data = unpacker.unconsumed_tail
            if unpacker.eof:
                data = unpacker.unused_data
                while len(data) < len(_MAGIC) and (more := next(chunks, b"")):  # the next member may come by itself
                    data += more
                if not data.startswith(_MAGIC):
                    return  # zeros, or nothing
                unpacker = zlib.decompressobj(kind)
    yield unpacker.flush()


def _kind(head: bytes, coding: str) -> int | None:
    """What the body is packed in; None: in nothing, whatever the server says."""
    if head.startswith(_MAGIC):
        return _GZIP
    if coding != "deflate" or head.lstrip()[:1] in (b"<", b"\xef"):
        return None
    is_zlib = head[:1] and head[0] & 15 == 8 and int.from_bytes(head[:2]) % 31 == 0  # RFC 1950 section 2.2
    return _ZLIB if is_zlib else _DEFLATE  # which the ones mean by the name, and the others
