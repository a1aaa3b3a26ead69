import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from indexer.model.records import Fault
from indexer.sources import read, total_bytes
from indexer.sources.tar import is_tar
from tests.sources.reading import PUBMED, faults, only, raws, read_bytes, records

_WHOLE = gzip.decompress(PUBMED.read_bytes())
ARTICLES = _WHOLE[: _WHOLE.index(b"<PubmedArticle>", 600_000)] + b"</PubmedArticleSet>"
COUNT = ARTICLES.count(b"<PubmedArticle>")
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def small(n: int) -> bytes:
    return b"<PubmedArticle>%d</PubmedArticle>" % n


def tar(members: dict[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("kind", COMPRESS)
def test_compressed(tmp_path: Path, kind: str) -> None:
    expected = raws(records(read_bytes(tmp_path, ARTICLES, "plain")))
    seen: list[int] = []
    path = tmp_path / "packed"  # the name says nothing
    path.write_bytes(COMPRESS[kind](ARTICLES))
    assert raws(records(read([str(path)], source="s", progress=seen.append))) == expected
    assert sum(seen) == total_bytes([str(path)]) == path.stat().st_size


@pytest.mark.parametrize("kind", COMPRESS)
def test_several_members_padding_and_what_is_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    pack = COMPRESS[kind]
    packed = pack(b"<PubmedArticleSet>" + small(1)) + pack(b"") + pack(small(2) + b"</PubmedArticleSet>")
    assert raws(records(read_bytes(tmp_path, packed))) == [small(1), small(2)]
    assert raws(records(read_bytes(tmp_path, packed + b"\0" * 512))) == [small(1), small(2)]
    padded = (b"\0" * 512).join((pack(b"<PubmedArticleSet>" + small(1)), pack(small(2) + b"</PubmedArticleSet>")))
    assert raws(records(read_bytes(tmp_path, padded))) == [small(1), small(2)]
    monkeypatch.setattr("indexer.sources.files.CHUNK", 100)
    assert raws(records(read_bytes(tmp_path, padded + b"\0" * 512))) == [small(1), small(2)]
    *found, fault = read_bytes(tmp_path, packed + b"\0\0\0\0something else")
    assert raws(found) == [small(1), small(2)]
    assert isinstance(fault, Fault)
    assert fault.reason == f"behind the {kind} stream stands something else, after record 2"


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("cut", [-1, -9, 0.5, 0.9])
def test_a_stream_that_ends_early(tmp_path: Path, kind: str, cut: float) -> None:
    packed = COMPRESS[kind](ARTICLES)
    packed = packed[: cut if isinstance(cut, int) else int(len(packed) * cut)]
    *found, fault = read_bytes(tmp_path, packed)
    given = raws(records(found))
    assert given == raws(read_bytes(tmp_path, ARTICLES))[: len(given)]
    assert isinstance(fault, Fault)
    place = f"after record {len(given):,}" if given else "before its first record"
    assert fault.reason == f"the {kind} stream ends early, {place}"
    assert fault.raw == b""
    assert kind != "gzip" or given
    if given:
        assert fault.advice == (
            "Those records are safe. Fetch the file again and run the same command: it goes on from there."
        )


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_damaged_stream(tmp_path: Path, kind: str) -> None:
    packed = bytearray(COMPRESS[kind](ARTICLES))
    packed[len(packed) // 2] ^= 0xFF
    packed[-6] ^= 0xFF
    *_, fault = read_bytes(tmp_path, bytes(packed))
    assert isinstance(fault, Fault)
    assert fault.reason.startswith(f"the {kind} stream is broken (")


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_tar(tmp_path: Path, format: int, pack: Callable[[bytes], bytes]) -> None:
    long = "very/" * 15 + "long/" * 10 + "x.xml"
    content = pack(tar({"b.xml": small(1), "../a.xml.gz": gzip.compress(small(2)), long: small(3)}, format))
    found = records(read_bytes(tmp_path, content, "dumps.tar"))
    assert [(r.position.file, r.raw) for r in found] == [
        (f"{tmp_path}/dumps.tar!b.xml", small(1)),
        (f"{tmp_path}/dumps.tar!../a.xml.gz", small(2)),
        (f"{tmp_path}/dumps.tar!{long}", small(3)),
    ]
    assert [r.position.ordinal for r in found] == [1, 1, 1]


def test_links_and_devices_in_a_tar_are_left_out(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo("x")
            info.type = kind
            info.linkname = "/etc/passwd"
            archive.addfile(info)
    assert only(read_bytes(tmp_path, out.getvalue())).reason == "is an archive without files"
    assert raws(records(read_bytes(tmp_path, out.getvalue()[: 5 * 512] + tar({"a": small(1)})))) == [small(1)]


def test_a_tar_with_a_damaged_header_or_end(tmp_path: Path) -> None:
    whole = tar({"a.xml": small(1), "b.xml": small(2), "c.xml": small(3)})
    damaged = bytearray(whole)
    damaged[1024 + 3] ^= 1
    found = read_bytes(tmp_path, bytes(damaged), "t.tar")
    assert raws(found) == [small(1), small(3)]
    (told,) = faults(found)
    assert (told.position.file, told.raw) == (f"{tmp_path}/t.tar!block 3", b"")
    assert told.reason.startswith("the tar archive is broken (bad checksum)")
    for cut in (1024 + 100, 1024 + 520, 1536 + 200):
        *found, fault = read_bytes(tmp_path, whole[:cut])
        assert raws(found) in ([small(1)], [small(1), small(2)])
        assert isinstance(fault, Fault)
        assert fault.reason.startswith("the tar archive ends early")


def test_a_member_that_is_not_read_leaves_the_others(tmp_path: Path) -> None:
    broken = gzip.compress(small(9))[:-4]
    members = {"a": small(1), "README": b"Hello " * 500_000, "b.gz": broken, "c": small(3)}
    for content in (tar(members), zipped(members)):
        found = read_bytes(tmp_path, content, "x")
        assert raws(found) == [small(1), small(9), small(3)]
        assert [(f.position.file, f.reason) for f in faults(found)] == [
            (
                f"{tmp_path}/x!README",
                "format not recognised: begins with 'Hello Hello Hello Hello Hello Hello Hell...'",
            ),
            (f"{tmp_path}/x!b.gz", "the gzip stream ends early, after record 1"),
        ]


def test_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(
        zipped({"b.xml": ARTICLES, "d/": b"", "d/a\x1b.xml.gz": gzip.compress(small(2)), "3.delete": b"x\n"})
    )
    seen: list[int] = []
    found = records(read([str(path)], source="s", progress=seen.append))
    assert [r.position.file for r in found[COUNT - 1 :]] == [
        f"{path}!b.xml",
        rf"{path}!d/a\x1b.xml.gz",
        f"{path}!3.delete",
    ]
    assert sum(seen) == path.stat().st_size


def test_what_a_mac_puts_into_archives_is_passed_over(tmp_path: Path) -> None:
    beside = {"__MACOSX/._a.xml": b"\0\x05\x16\x07", "__MACOSX/": b"", "d/.DS_Store": b"\0\0\0\x01Bud1", "d/._x": b"\0"}
    for pack in (zipped, tar):
        assert raws(records(read_bytes(tmp_path, pack({**beside, "a.xml": small(1)})))) == [small(1)]
        assert only(read_bytes(tmp_path, pack(beside))).reason == "is an archive without files"


def test_zip_archives_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = zipped({"a.xml": small(1), "b.xml": small(2)})
    assert only(read_bytes(tmp_path, whole[:-30])).reason.startswith("the zip archive is broken (")
    crc = bytearray(whole)
    crc[whole.index(b"a.xml") + 8] ^= 1
    found = read_bytes(tmp_path, bytes(crc))
    assert small(2) in raws(found)
    assert faults(found)[0].reason.startswith("the zip member is broken (")
    encrypted = bytearray(whole)
    encrypted[whole.index(b"PK\x01\x02") + 8] |= 1
    found = read_bytes(tmp_path, bytes(encrypted))
    assert [f.reason for f in faults(found)] == ["is encrypted"]
    assert raws(found) == [small(2)]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(whole)))
    assert only(list(read(["-"], source="s"))).reason.startswith("is a zip archive inside a stream")
    assert only(read_bytes(tmp_path, tar({"x.zip": whole}))).position.file.endswith("!x.zip")


def test_what_grows_without_measure_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.sources.unpack.RATIO_FREE", 4 << 20)
    bomb = b"<PubmedArticleSet>" + small(1) + b" " * (40 << 20) + small(2) + b"</PubmedArticleSet>"
    for packed in (*(pack(bomb) for pack in COMPRESS.values()), zipped({"a": bomb}), gzip.compress(tar({"a": bomb}))):
        found = read_bytes(tmp_path, packed)
        assert raws(found)[:1] == [small(1)]
        (fault,) = faults(found)
        assert fault.reason.startswith("expands more than 500-fold (")
    deep = b"x"
    for _ in range(6):
        deep = gzip.compress(deep)
    assert only(read_bytes(tmp_path, deep)).reason == "is packed more than 4 times over"


def test_a_huge_header_in_a_tar_is_not_held(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type = tarfile.XHDTYPE
    info.size = 1 << 40
    assert only(read_bytes(tmp_path, info.tobuf(tarfile.GNU_FORMAT) + b" " * 5000)).reason.startswith(
        "the tar archive is broken (a header of 1,099,511,627,776 bytes)"
    )


@pytest.mark.parametrize(
    ("magic", "name"), [(b"\x1f\x9d\x90", ".Z"), (b"7z\xbc\xaf\x27\x1c", "7-Zip"), (b"Rar!\x1a\x07\0", "RAR")]
)
def test_other_packers_are_named(tmp_path: Path, magic: bytes, name: str) -> None:
    assert name in only(read_bytes(tmp_path, magic + b"x" * 99)).reason


@pytest.mark.parametrize("format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_blocks_of_a_tar_that_are_damaged_cost_no_other_member(tmp_path: Path, format: int) -> None:
    whole = tar({f"{number}{'é' * 120}.xml": small(number) for number in range(1, 5)}, format)
    headers = [at for at in range(0, len(whole), 512) if is_tar(whole[at : at + 512])]
    assert len(headers) == 8  # a name is too long for a header: there is one before for it
    for at in range(headers[2], headers[4], 512):
        for block in (bytes(512), b"\xff" * 512, b"99999999 path=x\n" + bytes(496), b"9" * 5000 + bytes(120), b""):
            found = read_bytes(tmp_path, whole[:at] + block + whole[at + 512 :], "t.tar")
            kept = raws(found)
            assert (kept[0], kept[-2:]) == (small(1), [small(3), small(4)])


def test_an_archive_behind_an_archive(tmp_path: Path) -> None:
    both = tar({"a.xml": small(1)}) + tar({"b.xml": small(2)}) + b"what a tape holds behind"
    assert raws(records(read_bytes(tmp_path, both, "t.tar"))) == [small(1), small(2)]


def test_a_zip_with_damaged_members(tmp_path: Path) -> None:
    """Of a member its own header, its name in it and its content may be broken; the list at the end says the rest."""
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            for number in (1, 2, 3):
                archive.writestr(f"é{number}.xml", small(number))
            start = archive.infolist()[1].header_offset
        for at in range(start, start + 59):
            damaged = bytearray(out.getvalue())
            damaged[at] ^= 0xFF
            kept = raws(read_bytes(tmp_path, bytes(damaged), "t.zip"))
            assert (kept[0], kept[-1]) == (small(1), small(3))
