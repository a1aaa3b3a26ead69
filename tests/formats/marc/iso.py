"""Make records in ISO 2709, sound ones and broken ones."""

from collections.abc import Sequence


def iso(
    *fields: tuple[str, bytes],
    leader9: bytes = b"a",
    status: bytes = b"n",
    lengths: Sequence[int] | None = None,
    length: int | None = None,
    end: bytes = b"\x1e\x1d",
) -> bytes:
    """A record of these (tag, bytes); `lengths` and `length` are told instead of the true ones, `end` ends it."""
    directory = b""
    at = 0
    told = lengths or [len(value) + 1 for _, value in fields]
    for (tag, _), size in zip(fields, told, strict=True):
        directory += f"{tag:3.3}{size % 10_000:04}{at % 100_000:05}".encode("latin-1")
        at += size
    data = b"\x1e".join(value for _, value in fields) + end
    base = 24 + len(directory) + 1
    size = base + len(data) if length is None else length
    leader = b"%05d%sam %s22%05d a 4500" % (min(size, 99_999), status, leader9, base)
    return leader + directory + b"\x1e" + data


def title(text: bytes, identifier: bytes = b"1") -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """An id and a title."""
    return ("001", identifier), ("245", b"10\x1fa" + text)


def overflowing(*fields: tuple[str, bytes]) -> bytes:
    """A record whose directory has five digits for lengths, and six for starts, that need them."""
    directory, at = b"", 0
    for tag, value in fields:
        directory += f"{tag}{len(value) + 1:04}{at:05}".encode()
        at += len(value) + 1
    data = b"\x1e".join(value for _, value in fields) + b"\x1e\x1d"
    return b"99999nam a22%05d a 4500" % (25 + len(directory)) + directory + b"\x1e" + data
