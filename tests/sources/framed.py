"""Files compressed in frames, each with one of the pieces."""

import lzma
import struct
import zlib
from collections.abc import Callable, Sequence

import zstandard

from indexer.sources import frames

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def bgzf(pieces: Sequence[bytes]) -> bytes:
    return b"".join(map(bgzf_block, pieces)) + BGZF_END


def bgzf_block(content: bytes, *, level: int = 6, told: int | None = None) -> bytes:
    """One that says it is as large as is `told`."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    size = len(packed) + 26 if told is None else told
    head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", size - 1)
    return head + packed + struct.pack("<II", zlib.crc32(content), len(content))


def zstd(pieces: Sequence[bytes]) -> bytes:
    """With a skippable frame behind each."""
    packer = zstandard.ZstdCompressor(write_checksum=True)
    return b"".join(packer.compress(piece) + b"\x5a\x2a\x4d\x18\x03\0\0\0abc" for piece in pieces)


def zstd_with_table(pieces: Sequence[bytes]) -> bytes:
    """In zstd's seekable format: the frames do not say how large they are."""
    packer = zstandard.ZstdCompressor(write_content_size=False)
    packed = [packer.compress(piece) for piece in pieces]
    return b"".join(packed) + zstd_table([(len(each), len(piece)) for each, piece in zip(packed, pieces, strict=True)])


def zstd_table(sizes: Sequence[tuple[int, int]]) -> bytes:
    entries = b"".join(struct.pack("<III", *each, 0) for each in sizes)
    table = entries + struct.pack("<IBI", len(sizes), 0x80, 0x8F92EAB1)
    return struct.pack("<II", 0x184D2A5E, len(table)) + table


def xz(pieces: Sequence[bytes]) -> bytes:
    """Two streams, the second one with half of the blocks."""
    blocks, sizes = xz_blocks(pieces)
    half = len(blocks) // 2
    made = xz_stream(blocks[:half], sizes[:half]) + xz_stream(blocks[half:], sizes[half:])
    assert lzma.decompress(made) == b"".join(pieces)
    return made


def xz_blocks(pieces: Sequence[bytes]) -> tuple[list[bytes], list[tuple[int, int]]]:
    """Blocks, and their sizes as an Index has them. There is none for a piece that is empty."""
    blocks: list[bytes] = []
    sizes: list[tuple[int, int]] = []
    for stream in map(lzma.compress, filter(None, pieces)):
        trailer = 12 + 4 * (int.from_bytes(stream[-8:-4], "little") + 1)
        blocks.append(stream[12:-trailer])
        sizes += frames._xz_sizes(stream[-trailer:-12])
    return blocks, sizes


def xz_stream(blocks: Sequence[bytes], sizes: Sequence[tuple[int, int]]) -> bytes:
    flags = b"\0\x04"  # blocks end with a CRC64
    return frames._xz_header(flags) + b"".join(blocks) + frames._xz_trailer(flags, sizes)


PACK: dict[str, Callable[[Sequence[bytes]], bytes]] = {
    "bgzf": bgzf,
    "zstd": zstd,
    "zstd with a table": zstd_with_table,
    "xz": xz,
}
