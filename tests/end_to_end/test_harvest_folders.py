"""Folders that VuFindHarvest fills: records and lists of deleted ids in the order of their names, moved when loaded."""

import os
import sqlite3
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.syncing import configure, counts, titles

DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SOURCE = "name = 'h'\nprofile = 'harvested'\npaths = ['harvest']\nmove_processed = true"


def harvested(path: Path, *records: tuple[str, str]) -> Path:
    """What VuFindHarvest writes with combineRecords and its id and date put in: (identifier, title) each."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "<collection>"
        + "".join(
            f'<oai_dc:dc xmlns:oai_dc="{DC}" xmlns:dc="http://purl.org/dc/elements/1.1/"><identifier>{identifier}'
            f"</identifier><datestamp>2026-01-02</datestamp><dc:title>{title}</dc:title></oai_dc:dc>"
            for identifier, title in records
        )
        + "</collection>"
    )
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a harvest of three responses: the second deletes what the first brought, the third brings one of it
    back.
    """
    folder = tmp_path / "harvest"
    harvested(folder / "1700000000_a.xml", ("a", "first"), ("b", "first"), ("c", "first"), ("d", "first"))
    (folder / "1700000001_a.delete").write_text("a\nx-b\n")
    harvested(folder / "1700000002_b.xml", ("b", "back"))
    (folder / "last_harvest.txt").write_text("2026-01-02\n")
    configure(tmp_path, SOURCE)
    with (tmp_path / "indexer.toml").open("a") as settings:
        settings.write("[profile.harvested]\nbase = 'ojs'\nid_prefix = 'x-'\n")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_deletes_and_records_are_applied_in_the_order_of_their_files(indexer: Indexer, folder: Path) -> None:
    ended = indexer("sync", "--json")
    assert ended.code == 0, ended.err
    assert counts(ended, "h") == {"read": 7, "indexed": 5, "deleted": 2}
    assert titles(folder.parent) == {"x-b": "back", "x-c": "first", "x-d": "first"}


def test_what_was_loaded_is_moved_and_not_read_again(indexer: Indexer, folder: Path) -> None:
    assert indexer("sync").code == 0
    files = ["1700000000_a.xml", "1700000001_a.delete", "1700000002_b.xml"]
    assert names(folder) == ["last_harvest.txt", *(f"processed/{name}" for name in files)]
    assert indexer("sync").out.startswith("h   nothing new\n")

    (folder / "1700000003_c.delete").write_text("c\n")
    assert counts(indexer("sync", "--json"), "h") == {"read": 1, "deleted": 1}
    assert titles(folder.parent) == {"x-b": "back", "x-d": "first"}
    assert names(folder)[-1] == "processed/1700000003_c.delete"


@pytest.mark.long
def test_a_new_index_is_made_of_what_was_moved_too(indexer: Indexer, folder: Path) -> None:
    assert indexer("sync").code == 0
    (folder / "1700000003_c.delete").write_text("c\n")
    found = indexer("sync", "--target", "embedded:other", "--json")
    assert counts(found, "h") == {"read": 8, "indexed": 5, "deleted": 3}
    assert indexer("sync").out.startswith("h   1 new file\n")  # into the first one, of which the other knows nothing
    assert titles(folder.parent) == {"x-b": "back", "x-d": "first"}


def test_what_is_at_fault_stays_and_what_follows_it_still_wins(indexer: Indexer, folder: Path) -> None:
    bad = folder / "1700000000_a.xml"
    whole = bad.read_text()
    bad.write_text(whole[:-200])
    assert indexer("sync").code == ExitCode.REJECTED
    assert names(folder)[0] == bad.name
    assert "processed/1700000002_b.xml" in names(folder)
    bad.write_text(whole)
    assert counts(indexer("sync", "--json"), "h")["read"] == 7
    assert titles(folder.parent) == {"x-b": "back", "x-c": "first", "x-d": "first"}
    assert names(folder)[1] == f"processed/{bad.name}"


def test_nothing_is_moved_by_a_dry_run(indexer: Indexer, folder: Path) -> None:
    before = names(folder)
    assert indexer("sync", "--dry-run").code == 0
    assert names(folder) == before


@pytest.mark.long
def test_a_second_file_of_a_name_goes_beside_the_first_and_after_it(indexer: Indexer, folder: Path) -> None:
    assert indexer("sync").code == 0
    harvested(folder / "1700000002_b.xml", ("b", "newest"))
    assert counts(indexer("sync", "--json"), "h") == {"read": 1, "indexed": 1}
    assert names(folder)[-2:] == ["processed/1700000002_b.xml", "processed/2/1700000002_b.xml"]
    again = indexer("sync", "--force", "--json")
    assert counts(again, "h")["read"] == 8
    assert titles(folder.parent) == {"x-b": "newest", "x-c": "first", "x-d": "first"}


def test_rejected_records_are_known_by_where_their_file_lies_now(indexer: Indexer, folder: Path) -> None:
    bad = harvested(folder / "1700000003_e.xml", ("", "without an id"), ("f", "good"))
    assert indexer("sync").code == ExitCode.REJECTED
    moved = folder / "processed" / bad.name
    assert moved.is_file()
    with sqlite3.connect(folder.parent / "var/state.db") as state:
        assert state.execute("SELECT file FROM dead_letters").fetchall() == [(str(moved),)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_to_is_said_and_costs_nothing(indexer: Indexer, folder: Path) -> None:
    folder.chmod(0o500)
    try:
        ended = indexer("sync")
    finally:
        folder.chmod(0o700)
    assert ended.code == 0
    assert "cannot be moved to processed/: Permission denied" in ended.err


@pytest.mark.long
def test_processed_that_is_a_file_is_said_and_nothing_is_lost(indexer: Indexer, folder: Path) -> None:
    harvested(folder / "processed", ("z", "not a folder"))
    ended = indexer("sync")
    assert ended.code == 0
    assert "cannot be moved to processed/" in ended.err
    assert indexer("sync").out.startswith("h   nothing new\n")


def test_an_index_cannot_be_moved(indexer: Indexer, folder: Path) -> None:
    configure(folder.parent, "name = 'h'\npaths = ['embedded:other']\nmove_processed = true")
    ended = indexer("sync")
    assert ended.code == ExitCode.USAGE
    assert "embedded:other cannot be moved to processed/" in ended.err
