"""What is unpacked from a frame on is what stands there in the whole file, or a StreamError."""

import gzip
import lzma
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indexer.sources import frames
from indexer.sources.files import Meter, chunks
from indexer.sources.unpack import inflated
from indexer.sources.window import Stream, StreamError
from tests.sources.framed import BGZF_END, PACK, bgzf_block, xz_blocks, xz_stream, zstd, zstd_table

KINDS = {"bgzf": "gzip", "zstd": "zstd", "zstd with a table": "zstd", "xz": "xz"}
CONTENT = b"".join(b"%d," % number for number in range(4000))
quick = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


def in_pieces(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def whole(path: Path, packing: str) -> bytes | None:
    """What one reader unpacks; None where the file is broken."""
    meter = Meter()
    try:
        return b"".join(inflated(Stream(chunks(str(path), meter)), packing, meter))
    except StreamError:
        return None


def together(path: Path, packing: str, size: int) -> bytes | None:
    """What readers unpack who begin at `size` bytes each; None where one of them fails, or there is but one."""
    parts = []
    try:
        found = frames.located(str(path), packing, size)
        for number, its in enumerate(found):
            parts.append(b"".join(frames.unpacked(str(path), its, Meter(), number * size))[:size])
    except StreamError:
        return None
    return b"".join(parts) if len(parts) > 1 else None


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("frame", [1000, 999, 5000])
def test_frames_are_found_and_read(tmp_path: Path, kind: str, frame: int) -> None:
    path = tmp_path / "dump"
    path.write_bytes(PACK[kind](in_pieces(CONTENT, frame)))
    found = frames.located(str(path), KINDS[kind], 3000)
    assert len(found) == -(-len(CONTENT) // 3000)
    assert found[-1].next == found[-1].end == frames.Mark(path.stat().st_size, len(CONTENT))
    for number, its in enumerate(found):
        start = number * 3000
        assert start - frame < its.first.unpacked <= start
        for at in (start, start + 1, start + 2999):
            assert b"".join(frames.unpacked(str(path), its, Meter(), at)) == CONTENT[at:]


@pytest.mark.parametrize("kind", PACK)
@quick
@given(data=st.data(), size=st.integers(50, 4000))
def test_whatever_the_file_has_suffered(tmp_path: Path, kind: str, data: st.DataObject, size: int) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, 3000), max_size=9)))
    pieces = [CONTENT[start:end] for start, end in zip([0, *cuts], [*cuts, 3000], strict=True)]
    packed = bytearray(PACK[kind](pieces))
    for at in data.draw(st.lists(st.integers(0, len(packed) - 1), max_size=2)):
        packed[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.none() | st.integers(0, len(packed)))
    path = tmp_path / "dump"
    path.write_bytes(bytes(packed[:cut]) + data.draw(st.sampled_from([b"", bytes(4), b"x", BGZF_END, bytes(packed)])))
    read = together(path, KINDS[kind], size)
    assert read is None or read == whole(path, KINDS[kind])


@pytest.mark.parametrize("kind", PACK)
def test_the_end_of_a_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "dump"
    packed = PACK[kind](in_pieces(CONTENT, 1000))
    path.write_bytes(packed)
    assert together(path, KINDS[kind], 3000) == CONTENT
    for broken in (packed[:-1], packed + b"x", packed + bytes(512)):
        path.write_bytes(broken)
        assert together(path, KINDS[kind], 3000) is None


LIES = st.lists(st.tuples(st.integers(-70, 70), st.integers(-70, 70)), max_size=5)


@quick
@given(lies=LIES)
@example([(0, 1), (0, -1)])
@example([(0, -100), (0, 100)])
@example([(72, 0), (-72, 0)])
@example([(1 << 31, 0)])
@example([(0, 1 << 62)])
@example([])
def test_sizes_that_are_told_and_wrong(tmp_path: Path, lies: list[tuple[int, int]]) -> None:
    """Checksums are right, where there are any."""
    pieces = in_pieces(CONTENT[:500], 100)
    blocks, sizes = xz_blocks(pieces)
    packer = zstandard.ZstdCompressor()
    packed = [packer.compress(piece) for piece in pieces]
    path = tmp_path / "dump"
    for packing, true in (("xz", sizes), ("zstd", [(len(each), 100) for each in packed])):
        told = [(abs(a + x), abs(b + y)) for (a, b), (x, y) in zip(true, lies, strict=False)] + true[len(lies) :]
        if packing == "xz":
            path.write_bytes(xz_stream(blocks, told))
        elif max(content for _, content in told) < 1 << 32:
            path.write_bytes(b"".join(packed) + zstd_table(told))
        else:
            continue
        read = together(path, packing, 60)
        assert (read is None) == (told != true)
        assert told == true or packing == "zstd" or whole(path, packing) is None


def test_a_block_of_bgzf_that_hides_others(tmp_path: Path) -> None:
    """It says that it ends where others begin in its own content."""
    path = tmp_path / "dump"
    hidden = b"".join(bgzf_block(b"%d" % number * 90) for number in range(3))
    hiding = bgzf_block(b"x" * 90 + hidden + b"y" * 90, level=0)
    at = hiding.index(hidden)
    hiding = hiding[:16] + struct.pack("<H", at - 1) + hiding[18:]
    path.write_bytes(bgzf_block(CONTENT[:200]) + hiding + BGZF_END)
    assert whole(path, "gzip") is not None
    assert together(path, "gzip", 60) is None


def test_zeros_behind_a_block_without_content(tmp_path: Path) -> None:
    """A reader of the whole file passes over them, and the file is left to it."""
    path = tmp_path / "dump"
    padded = BGZF_END[:16] + struct.pack("<H", len(BGZF_END) + 3) + BGZF_END[18:] + bytes(4)
    path.write_bytes(bgzf_block(CONTENT[:200]) + padded + bgzf_block(CONTENT[200:400]))
    assert whole(path, "gzip") == CONTENT[:400]
    for size in range(50, 300, 50):
        assert together(path, "gzip", size) is None


def test_what_grows_without_measure_is_left_to_one_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "dump"
    for kind in ("bgzf", "zstd", "xz"):
        monkeypatch.setattr("indexer.sources.unpack.RATIO_FREE", 256 << 20)
        path.write_bytes(PACK[kind]([b"0" * 60_000] * 40))
        assert together(path, KINDS[kind], 60_000) == b"0" * 60_000 * 40
        monkeypatch.setattr("indexer.sources.unpack.RATIO_FREE", 60_000)
        assert frames.located(str(path), KINDS[kind], 60_000) == []


def test_a_frame_that_is_larger_than_it_says(tmp_path: Path) -> None:
    """No more of it is given than it says."""
    path = tmp_path / "dump"
    packed = [zstandard.ZstdCompressor().compress(content) for content in (CONTENT[:200], b"0" * 60_000)]
    path.write_bytes(b"".join(packed) + zstd_table([(len(packed[0]), 200), (len(packed[1]), 60)]))
    given: list[int] = []
    with pytest.raises(StreamError, match="is broken"):
        given.extend(map(len, frames.unpacked(str(path), frames.located(str(path), "zstd", 100)[2], Meter(), 200)))
    assert sum(given) <= 60


def test_large_frames_are_left_to_one_reader(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    for kind, pack in PACK.items():
        path.write_bytes(pack([CONTENT, CONTENT]))
        assert len(frames.located(str(path), KINDS[kind], len(CONTENT) // 8 + 1)) == 16
        assert frames.located(str(path), KINDS[kind], len(CONTENT) // 8 - 1) == []


def test_files_that_are_not_in_frames(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    for packing, packed in (
        ("gzip", gzip.compress(CONTENT) * 3),
        ("zstd", zstandard.ZstdCompressor(write_content_size=False).compress(CONTENT) * 3),
        ("zstd", zstd([CONTENT])[:3]),
        ("xz", lzma.compress(CONTENT)[:-12]),
        ("xz", lzma.compress(b"")),
        ("xz", lzma.compress(CONTENT, format=lzma.FORMAT_ALONE)),
        *((packing, b"") for packing in ("gzip", "zstd")),
    ):
        path.write_bytes(packed)
        assert together(path, packing, 1000) is None


def test_an_index_that_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "dump"
    for kind in ("xz", "zstd with a table"):
        path.write_bytes(PACK[kind](in_pieces(CONTENT, 500)))
        assert together(path, KINDS[kind], 1000) == CONTENT
        monkeypatch.setattr(frames, "_INDEX_LIMIT", 150)  # more than one of the two indexes of xz has
        assert together(path, KINDS[kind], 1000) is None
        monkeypatch.undo()


def test_an_index_made_to_take_long(tmp_path: Path) -> None:
    """Of xz one that is a number of millions of digits, of zstd one with more frames than there are bytes."""
    path = tmp_path / "dump"
    size = 8 << 20
    path.write_bytes(b"\xff" * size + bytes(4) + struct.pack("<I", size // 4 - 1) + bytes(4))
    with pytest.raises(StreamError):
        frames.located(str(path), "xz", 1000)
    path.write_bytes(zstd([CONTENT]) + zstd_table([(1 << 31, 8000)] * 1000))
    with pytest.raises(StreamError):
        frames.located(str(path), "zstd", 1000)


@pytest.mark.parametrize(
    ("packing", "command"),
    [
        ("xz", ["xz", "-T2", "--block-size=10000"]),
        ("xz", ["xz", "-T2", "--block-size=10000", "--check=none"]),
        ("zstd", ["zstd"]),  # a frame of each file, of which several are put together
        ("gzip", ["bgzip"]),
    ],
)
def test_what_other_programs_write(tmp_path: Path, packing: str, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    content = os.urandom(50_000).hex().encode()
    pieces = in_pieces(content, 20_000) if packing == "zstd" else [content]
    path = tmp_path / "dump"
    with path.open("wb") as file:
        for piece in pieces:
            (tmp_path / "piece").write_bytes(piece)
            subprocess.run([*command, "-c", str(tmp_path / "piece")], stdout=file, check=True)
    assert together(path, packing, 12_000) == content
