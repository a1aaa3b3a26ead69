"""What the world does wrong, seen from the command line: dumps that are broken.

Every message names file, record and place; the other records are loaded; the exit code is 1, or 2 where nothing could
be done at all. No test here sees a traceback: the fixture `indexer` holds that.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import zstandard

from indexer.engines.registry import parse_target
from tests.conftest import ROOT
from tests.end_to_end.conftest import Ended, Indexer, read_back

SAMPLE = ROOT / "samples/pubmed20n0014_slice.xml.gz"
SECRET = "what only the owner of this file may read"


def articles(count: int) -> list[bytes]:
    """The first real articles of the sample, each a line of its own."""
    found = re.findall(rb"<PubmedArticle>.*?</PubmedArticle>\n", gzip.decompress(SAMPLE.read_bytes()), re.S)[:count]
    assert len(found) == count
    return found


def pubmed(records: Iterable[bytes], *, prolog: str = "") -> bytes:
    head = f'<?xml version="1.0" encoding="utf-8"?>\n{prolog}<PubmedArticleSet>\n'
    return head.encode() + b"".join(records) + b"</PubmedArticleSet>\n"


def pmid(article: bytes) -> str:
    found = re.search(rb"<PMID[^>]*>(\d+)<", article)
    assert found is not None
    return f"pmid-{found[1].decode()}"


def ids(ended: Ended) -> list[str]:
    return [json.loads(line)["id"] for line in ended.out.splitlines()]


def test_a_missing_path_among_good_ones(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_bytes(pubmed(articles(3)))
    loaded = indexer("load", "gone.xml", "good.xml", "gone/*.xml", "--target", "embedded:idx")
    assert loaded.code == 1
    assert "gone.xml: there is no such file or folder" in loaded.err
    assert "gone/*.xml: no file matches this pattern" in loaded.err
    assert "indexed 3" in loaded.out
    assert "2 files were not read" in loaded.out
    assert len(read_back(parse_target(f"embedded:{tmp_path / 'idx'}"))) == 3


def test_a_missing_path_alone(indexer: Indexer, tmp_path: Path) -> None:
    for command in (["load", "--target", "embedded:idx"], ["load", "--dry-run"], ["transform"]):
        ended = indexer(*command, "gone.xml")
        assert (ended.code, ended.out) == (2, "")
        assert "gone.xml: no such file or folder" in ended.err
        assert "nothing was sent" in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.xml", b"", "empty.xml: is empty"),
        ("empty.xml.gz", gzip.compress(b"", mtime=0), "empty.xml.gz: is empty"),
        ("blank.xml", b"\n  \n", "blank.xml: holds nothing but white space"),
        ("notes.txt", b"Dear colleague,\nthe dump follows.\n", "notes.txt: format not recognised"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "photo.jpg: format not recognised"),
        (
            "error.html",
            b"<!DOCTYPE html><html><body>502</body></html>",
            "error.html: format not recognised: this is an",
        ),
        ("feed.xml", b"<rss><channel/></rss>", "feed.xml: format not recognised: the root element is <rss>"),
        ("half.xml", b"<PubmedArticleSet><PubmedArt", "half.xml: "),
        ("dump.7z", b"7z\xbc\xaf\x27\x1c\x00\x04", "dump.7z: is a 7-Zip archive, which is not read"),
    ],
)
def test_a_file_that_holds_no_records(
    indexer: Indexer, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    good = articles(2)
    (tmp_path / "good.xml").write_bytes(pubmed(good))
    ended = indexer("transform", name, "good.xml")
    assert ended.code == 1
    assert message in ended.err
    assert ids(ended) == [pmid(article) for article in good]


def zipped(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dump.xml", content)
    return stream.getvalue()


def tarred(content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        info = tarfile.TarInfo("dump.xml")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("suffix", "pack", "says"),
    [
        ("gz", gzip.compress, "the gzip stream ends early"),
        ("xz", lzma.compress, "the xz stream ends early"),
        ("zst", zstandard.compress, "the zstd stream ends early"),
        # bzip2 gives a block of up to 900 kB when it is whole: smaller ones here, as parallel packers make them
        ("bz2", lambda content: bz2.compress(content, 1), "the bzip2 stream ends early"),
        ("tar.gz", tarred, "the gzip stream ends early"),
    ],
)
def test_a_packed_file_that_was_cut(
    indexer: Indexer, tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes], says: str
) -> None:
    """The records before the cut are loaded, and the same command on the whole file goes on from there."""
    whole = articles(200)
    packed = pack(pubmed(whole))
    dump = tmp_path / f"dump.xml.{suffix}"
    dump.write_bytes(packed[: len(packed) * 2 // 3])
    first = indexer("load", dump.name, "--target", "embedded:idx")
    assert first.code == 1
    found = re.search(
        rf"^(\S+): {says}, after record (\d+)\n  Those records are safe\. .*same command", first.err, re.M
    )
    assert found is not None, first.err
    assert found[1].startswith(dump.name)
    before = int(found[2])
    assert 0 < before < 200
    assert f"read {before}   indexed {before}" in first.out
    back = read_back(parse_target(f"embedded:{tmp_path / 'idx'}"))
    assert sorted(back) == sorted(pmid(article) for article in whole[:before])

    dump.write_bytes(packed)
    second = indexer("load", dump.name, "--target", "embedded:idx")
    assert second.code == 0, second.err
    assert f"read 200   indexed {200 - before}   unchanged {before}" in second.out


def test_a_zip_archive_that_was_cut(indexer: Indexer, tmp_path: Path) -> None:
    """The list of its members stands at its end: without it there is nothing to go by."""
    packed = zipped(pubmed(articles(50)))
    (tmp_path / "dump.zip").write_bytes(packed[: len(packed) * 2 // 3])
    (tmp_path / "good.xml").write_bytes(pubmed(articles(2)))
    ended = indexer("transform", "dump.zip", "good.xml")
    assert ended.code == 1
    assert re.search(r"^dump\.zip: .*\n  Fetch the file again", ended.err, re.M)
    assert len(ids(ended)) == 2


def test_plain_xml_that_was_cut(indexer: Indexer, tmp_path: Path) -> None:
    content = pubmed(articles(5))
    (tmp_path / "dump.xml").write_bytes(content[: content.rindex(b"<PubmedArticle>") + 500])
    ended = indexer("transform", "dump.xml")
    assert ended.code == 1
    assert "dump.xml record 5: has no end tag </PubmedArticle>" in ended.err
    assert ids(ended) == [pmid(article) for article in articles(4)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"</ArticleTitle>", b"</Titel>", r"XML line \d+ of the record, column \d+: Opening and ending tag mismatch"),
        (b"</PubmedArticle>", b"", r"has no end tag </PubmedArticle>"),
        (b"<ArticleTitle>", b"<ArticleTitle>\x00&nope;", r"XML line \d+ of the record, column \d+: "),
        (
            b"<ArticleTitle>",
            b"<ArticleTitle>Caf\xe9",
            r"XML line \d+ of the record, column \d+: byte 0xE9 is not UTF-8",
        ),
        (rb'<PMID Version="1">', rb"<NOID>", r"XML line \d+ of the record"),
    ],
)
def test_one_broken_record_costs_one_record(
    indexer: Indexer, tmp_path: Path, old: bytes, new: bytes, message: str
) -> None:
    whole = articles(5)
    broken = whole[2].replace(old, new, 1)
    assert broken != whole[2]
    (tmp_path / "dump.xml").write_bytes(pubmed([*whole[:2], broken, *whole[3:]]))
    ended = indexer("load", "dump.xml", "--target", "embedded:idx")
    assert ended.code == 1
    assert re.search(rf"^dump\.xml record 3: {message}", ended.err, re.M), ended.err
    assert re.search(r"rejected +1", ended.out)
    back = read_back(parse_target(f"embedded:{tmp_path / 'idx'}"))
    assert sorted(back) == sorted(pmid(article) for article in (*whole[:2], *whole[3:]))


SEED = (ROOT / "tests/data/seed/oai_dc_record.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "record", "good", "message"),
    [
        (
            "dump.xml",
            re.sub(rb"<PMID[^>]*>\d+</PMID>", b"", articles(1)[0]).decode(),
            articles(2)[1].decode(),
            "dump.xml record 1: PMID: the record has none",
        ),
        (
            "dump.jsonl",
            '{"title": "No id"}\n',
            '{"id": "pmid-399300", "title": "With an id"}\n',
            "dump.jsonl record 1: id: the record has none",
        ),
    ],
)
def test_a_record_without_id(indexer: Indexer, tmp_path: Path, name: str, record: str, good: str, message: str) -> None:
    content = (record + good).encode()
    (tmp_path / name).write_bytes(pubmed([content]) if name.endswith("xml") else content)
    ended = indexer("transform", name)
    assert ended.code == 1
    assert message in ended.err
    assert len(ids(ended)) == 1


def test_a_harvested_record_without_id(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "record.xml").write_text(re.sub(r"<(\w+:)?identifier>.*?</(\w+:)?identifier>", "", SEED), "utf-8")
    ended = indexer("transform", "record.xml", "--profile", "pmc")
    assert (ended.code, ended.out) == (1, "")
    assert "record.xml record 1: id: no element <identifier>" in ended.err


def test_utf_8_that_is_none_in_json(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "dump.jsonl").write_bytes(b'{"id":"1"}\n{"id":"2","title":"Caf\xe9"}\n{"id":"3"}\n')
    ended = indexer("transform", "dump.jsonl")
    assert ended.code == 1
    assert "dump.jsonl record 2: " in ended.err
    assert "is not UTF-8" in ended.err
    assert ids(ended) == ["1", "3"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("subset", "reference"),
    [
        ('<!ENTITY x SYSTEM "{secret}">', "&x;"),
        ('<!ENTITY x SYSTEM "file://{secret}">', "&x;"),
        ('<!ENTITY % p SYSTEM "file://{secret}"> %p;', ""),
        ("<!ENTITY % p '<!ENTITY x SYSTEM \"file://{secret}\">'> %p;", "&x;"),
        ('<!ENTITY l0 "ha">' + LAUGHS, "&l9;"),
        ('<!ENTITY x "quiet">', "&x;"),
    ],
    ids=["path", "external", "external parameter", "parameter", "billion laughs", "internal"],
)
@pytest.mark.parametrize("place", ["prolog", "record"])
def test_entities_that_reach_for_files_or_blow_up(
    indexer: Indexer, tmp_path: Path, subset: str, reference: str, place: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    doctype = f"<!DOCTYPE PubmedArticleSet [{subset.replace('{secret}', str(secret))}]>\n"
    whole = articles(3)
    evil = whole[1].replace(b"<ArticleTitle>", b"<ArticleTitle>" + reference.encode(), 1)
    if place == "record":
        evil = evil.replace(b"<PubmedArticle>", b"<PubmedArticle>" + doctype.encode(), 1)
    (tmp_path / "dump.xml").write_bytes(pubmed([whole[0], evil, whole[2]], prolog=doctype if place == "prolog" else ""))
    ended = indexer("transform", "dump.xml")
    assert SECRET not in ended.out + ended.err
    assert "hahaha" not in ended.out + ended.err
    if place == "prolog" and not reference:  # what is declared and not used does no harm
        assert ended.code == 0, ended.err
        assert len(ids(ended)) == 3
        return
    assert ended.code == 1
    assert "dump.xml record 2: XML" in ended.err
    assert ids(ended) == [pmid(whole[0]), pmid(whole[2])]


@pytest.mark.parametrize("place", ["prolog", "record"])
def test_an_external_dtd_is_not_read(indexer: Indexer, tmp_path: Path, place: str) -> None:
    (tmp_path / "evil.dtd").write_text(f'<!ENTITY x "{SECRET}"><!ATTLIST record note CDATA "{SECRET}">')
    doctype = f'<!DOCTYPE record SYSTEM "{tmp_path / "evil.dtd"}">'
    body = SEED.partition("?>")[2] if SEED.startswith("<?xml") else SEED
    good = body.replace("<dc:title>", "<dc:title>&x;", 1)
    assert good != body
    (tmp_path / "record.xml").write_text(
        doctype + good if place == "prolog" else good.replace("<dc:title>", doctype + "<dc:title>", 1)
    )
    ended = indexer("transform", "record.xml", "--profile", "pmc")
    assert SECRET not in ended.out + ended.err
    assert (ended.code, ended.out) == (1, "")
    assert "record.xml record 1: XML line" in ended.err


def test_a_profile_of_another_format(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "dump.xml").write_bytes(pubmed(articles(12)))
    ended = indexer("load", "dump.xml", "--profile", "pmc", "--target", "embedded:idx")
    assert ended.code == 1
    assert "dump.xml record 1: is pubmed, and what is read here is oai_dc" in ended.err
    assert "... and 2 more rejected" in ended.err
    assert len(ended.err.splitlines()) == 11
    assert "rejected 12" in ended.out


def test_at_most_ten_files_are_told_of(indexer: Indexer, tmp_path: Path) -> None:
    for number in range(14):
        (tmp_path / f"{number:02}.xml").touch()
    ended = indexer("transform", tmp_path)
    assert ended.code == 1
    assert ended.err.count(": is empty\n") == 10
    assert "... and 4 more files were not read, or not to the end\n" in ended.err
    assert "14 files were not read, or not to the end" in ended.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(pubmed(articles(2)))
    (tmp_path / "b.xml").write_bytes(pubmed(articles(3)))
    (tmp_path / "a.xml").chmod(0)
    ended = indexer("transform", "a.xml", "b.xml")
    assert ended.code == 1
    assert "a.xml: cannot be read: Permission denied" in ended.err
    assert len(ids(ended)) == 3


def test_standard_input(indexer: Indexer, tmp_path: Path) -> None:
    good = gzip.compress(pubmed(articles(30)))
    ended = indexer("load", "-", "--target", "embedded:idx", stdin=good)
    assert ended.code == 0, ended.err
    assert "indexed 30" in ended.out
    for content, message in (
        (b"", "-: is empty"),
        (b"hello\n", "-: format not recognised"),
        (good[: len(good) // 2], "-: the gzip stream ends early"),
        (pubmed([articles(1)[0].replace(b"</ArticleTitle>", b"")]), "- record 1: XML line"),
    ):
        ended = indexer("transform", "-", stdin=content)
        assert ended.code == 1
        assert message in ended.err
    assert len(read_back(parse_target(f"embedded:{tmp_path / 'idx'}"))) == 30
