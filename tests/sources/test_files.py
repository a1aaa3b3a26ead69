import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from indexer.model.records import Fault, Record
from indexer.sources import expand, processed, read, total_bytes
from tests.sources.reading import faults, only, read_bytes

ARTICLE = b"<PubmedArticle>%d</PubmedArticle>"


@pytest.fixture
def dumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of dumps, the working folder above it."""
    folder = tmp_path / "dumps"
    (folder / "b").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / ".hidden").mkdir()
    for n, name in enumerate(["a.xml", "b/1.xml", "b/2.xml", "c.xml", ".x.xml", ".hidden/y.xml"]):
        (folder / name).write_bytes(ARTICLE % n)
    (folder / "a.xml.md5").write_text("MD5(a.xml)= 0\n")
    (folder / "README.txt").write_text("Courtesy of the U.S. National Library of Medicine\n")
    for name in ("a.xml~", "d.xml.part", "d.xml.TMP", "b/1.xml.bak"):
        (folder / name).write_bytes(ARTICLE % 0)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("dumps/", ["dumps/a.xml", "dumps/b/1.xml", "dumps/b/2.xml", "dumps/c.xml"]),
        ("dumps", ["dumps/a.xml", "dumps/b/1.xml", "dumps/b/2.xml", "dumps/c.xml"]),
        ("dumps/d.xml.part", ["dumps/d.xml.part"]),
        ("./dumps/../dumps/?", ["./dumps/../dumps/b/1.xml", "./dumps/../dumps/b/2.xml"]),
        ("dumps/*.xml", ["dumps/a.xml", "dumps/c.xml"]),
        ("dumps/[ac].xml", ["dumps/a.xml", "dumps/c.xml"]),
        ("dumps/.x.xml", ["dumps/.x.xml"]),
        ("-", ["-"]),
    ],
)
def test_what_a_path_stands_for(dumps: Path, path: str, files: list[str]) -> None:
    assert expand([path]) == (files, [])


def test_a_name_with_brackets_is_a_name_first(dumps: Path) -> None:
    (dumps / "[ac].xml").write_bytes(ARTICLE % 9)
    assert expand(["dumps/[ac].xml"]) == (["dumps/[ac].xml"], [])


def test_missing_paths_are_told_and_the_others_read(dumps: Path) -> None:
    paths = ["nowhere.xml", "dumps/a.xml", "dumps/empty", "dumps/*.gz", "dumps/c.xml"]
    assert expand(paths) == (["dumps/a.xml", "dumps/c.xml"], ["nowhere.xml", "dumps/empty", "dumps/*.gz"])
    found = list(read(paths, source="s"))
    assert [(f.position.file, f.reason) for f in faults(found)] == [
        ("nowhere.xml", "there is no such file or folder"),
        ("dumps/empty", "the folder holds no files"),
        ("dumps/*.gz", "no file matches this pattern"),
    ]
    assert [r.position.file for r in found if isinstance(r, Record)] == ["dumps/a.xml", "dumps/c.xml"]


def test_progress_counts_the_bytes_as_stored(dumps: Path) -> None:
    seen: list[int] = []
    list(read(["dumps"], source="s", progress=seen.append))
    assert sum(seen) == total_bytes(["dumps"]) == 4 * len(ARTICLE % 0)
    assert total_bytes(["dumps", "-"]) is None
    assert total_bytes(["dumps/pipe"]) is None
    assert total_bytes(["nowhere"]) == 0


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ARTICLE % 7)))
    (found,) = read(["-"], source="s")
    assert isinstance(found, Record)
    assert (found.raw, found.position.file) == (ARTICLE % 7, "-")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read(dumps: Path) -> None:
    (dumps / "a.xml").chmod(0)
    first, *others = read(["dumps"], source="s")
    assert isinstance(first, Fault)
    assert first.reason == "cannot be read: Permission denied"
    assert len(others) == 3


def test_a_dangling_link_is_told(dumps: Path) -> None:
    (dumps / "d.xml").symlink_to(dumps / "gone.xml")
    (fault,) = faults(read(["dumps"], source="s"))
    assert (fault.position.file, fault.reason) == ("dumps/d.xml", "cannot be read: No such file or directory")


def test_names_that_no_terminal_prints(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff\x1b[31m.xml")).write_bytes(ARTICLE % 1)
    (found,) = read([str(tmp_path)], source="s")
    assert found.position.file == str(tmp_path) + r"/\xff\x1b[31m.xml"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "holds nothing but white space"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"%PDF-1.7\n", r"format not recognised: begins with '%PDF-1.7\x0a'"),
        (b"\x00\x01" * 9, r"format not recognised: begins with '" + r"\x00\x01" * 9 + "'"),
        (b"<!DOCTYPE html><html><body>502 Bad Gateway", "format not recognised: this is an HTML page"),
        (b"<rss version='2'></rss>", "format not recognised: the root element is <rss version='2'>"),
        (b"<!-- nothing -->", "format not recognised: begins with '<!-- nothing -->'"),
        (b"00714cam a2200205 a 4500001", "format not recognised: begins with '00714cam a2200205 a 4500001'"),
    ],
)
def test_what_is_not_read_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    fault = only(read_bytes(tmp_path, content))
    assert fault.reason == reason
    assert fault.raw == b""
    assert fault.advice


@pytest.fixture
def harvested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a harvest, some of it moved to processed/."""
    folder = tmp_path / "harvest"
    for name in ["processed/1.xml", "processed/2/1.xml", "processed/10/1.xml", "1.xml", "processed/3.xml", "2.xml"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(ARTICLE % 1)
    (folder / "last_harvest.txt").write_text("2026-11-28\n")
    monkeypatch.chdir(tmp_path)
    return folder


ONES = ["harvest/processed/1.xml", "harvest/processed/2/1.xml", "harvest/processed/10/1.xml", "harvest/1.xml"]


@pytest.mark.parametrize(
    ("path", "with_processed", "files"),
    [
        ("harvest", False, [*ONES, "harvest/2.xml", "harvest/processed/3.xml"]),
        ("harvest/", True, [*ONES, "harvest/2.xml", "harvest/processed/3.xml"]),
        ("harvest/*.xml", False, ["harvest/1.xml", "harvest/2.xml"]),
        ("harvest/*.xml", True, [*ONES, "harvest/2.xml", "harvest/processed/3.xml"]),
        ("harvest/1.xml", False, ["harvest/1.xml"]),
        ("harvest/1.xml", True, ONES),
        ("harvest/3.xml", True, ["harvest/processed/3.xml"]),
    ],
)
def test_what_was_moved_keeps_its_place(harvested: Path, path: str, with_processed: bool, files: list[str]) -> None:
    assert expand([path], with_processed=with_processed) == (files, [])


def test_moving_puts_each_file_behind_those_that_had_its_name_and_changes_no_order(harvested: Path) -> None:
    assert processed.move("harvest/1.xml") == "harvest/processed/11/1.xml"
    assert processed.move("harvest/2.xml") == "harvest/processed/2.xml"
    after = [*ONES[:3], "harvest/processed/11/1.xml", "harvest/processed/2.xml", "harvest/processed/3.xml"]
    assert expand(["harvest"])[0] == after
    assert not (harvested / "2.xml").exists()


def test_a_later_file_stands_behind_earlier_ones_of_which_the_first_was_taken_away(harvested: Path) -> None:
    (harvested / "processed/1.xml").unlink()
    (harvested / "processed/10/1.xml").unlink()
    assert processed.move("harvest/1.xml") == "harvest/processed/3/1.xml"
    assert expand(["harvest/1.xml"], with_processed=True)[0] == [ONES[1], "harvest/processed/3/1.xml"]


def test_a_file_that_was_moved_after_it_was_found_is_read_all_the_same(harvested: Path) -> None:
    with zipfile.ZipFile(harvested / "9.zip", "w") as archive:
        archive.writestr("a.xml", ARTICLE % 9)
    (harvested / "1.xml").write_bytes(ARTICLE % 7)  # others of its name were moved before
    files, _ = expand(["harvest/2.xml", "harvest/1.xml", "harvest/9.zip"])
    reading = read(files, source="s")
    for file in files:
        processed.move(file)
    assert [item.raw for item in reading] == [ARTICLE % 1, ARTICLE % 7, ARTICLE % 9]


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"[[], []]", None),
        (b"<response><lst name='error'><str name='msg'>no</str></lst></response>", None),
        (b"<add><commit/></add>", None),
        (b"<PubmedArticleSet><DeleteCitation></DeleteCitation></PubmedArticleSet>", None),
        (b"<collection><!-- nothing --></collection>", "marc"),
    ],
)
def test_content_that_gives_nothing_is_a_fault(tmp_path: Path, content: bytes, format: str | None) -> None:
    fault = only(read_bytes(tmp_path, content, format=format))
    assert fault.reason == "has content and no records in it"
    assert not fault.raw
