"""The deletions of one `sync`: sent together, or held where they are too many, and never lost."""

import json
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.syncing import SOURCE, configure, counts, kill_a_sync, numbered, page, titles


def deletions(count: int, start: int = 0) -> list[tuple[str, str]]:
    return [(id, "") for id, _ in numbered(count, start)]


@pytest.fixture
def loaded(indexer: Indexer, tmp_path: Path) -> Path:
    """Two hundred documents in an embedded index; the folder of their dump."""
    page(tmp_path / "dumps/1.xml", *numbered(200), *deletions(20, 180), *numbered(20, 180))
    configure(tmp_path, SOURCE)
    first = indexer("sync", "--json")
    assert first.code == 0, first.err
    assert counts(first, "j") == {"read": 240, "indexed": 220, "deleted": 20}  # an empty index loses nothing
    return tmp_path / "dumps"


def test_as_many_as_may_go_are_deleted_and_what_came_back_is_not(indexer: Indexer, loaded: Path) -> None:
    page(loaded / "2.xml", *deletions(12), ("nowhere", ""), ("n0000", "back"), *numbered(1, 1), ("n0300", "new"))
    ended = indexer("sync", "--json")
    assert ended.code == 0, ended.err
    assert counts(ended, "j") == {"read": 16, "indexed": 2, "unchanged": 1, "deleted": 13}
    assert json.loads(ended.out)["held"] == 0
    found = titles(loaded.parent)
    assert found.keys() == {id for id, _ in [*numbered(2), *numbered(188, 12)]} | {"n0300"}
    assert found["n0000"] == "back"
    assert json.loads(indexer("dead-letters", "list", "--json").out)["dead_letters"] == []


def test_too_many_are_held_until_the_operator_lets_them_through(indexer: Indexer, loaded: Path) -> None:
    page(loaded / "2.xml", *deletions(30), ("nowhere", ""), *deletions(1, 50), *numbered(1, 50), ("n0300", "new"))
    dry = indexer("sync", "--dry-run")
    assert dry.code == ExitCode.VERIFICATION
    assert [line.split()[3] for line in dry.out.splitlines() if line.startswith("would be deleted: ")] == [
        id for id, _ in numbered(30)
    ]
    assert "nothing was sent; the deletions would be held: 30 of 200 documents (15.0%) would be deleted" in dry.out
    assert len(titles(loaded.parent)) == 200
    (loaded / "0.txt").write_text("no dump")
    assert "0.txt: " in indexer("sync", "--dry-run").err
    (loaded / "0.txt").unlink()
    stopped = indexer("sync")
    assert stopped.code == ExitCode.VERIFICATION
    assert "30 of 201 documents (14.9%) would be deleted, more than delete.max_share (5.0%)" in stopped.err
    assert "HELD: deletions of 30 documents; the rest is loaded" in stopped.out
    assert len(titles(loaded.parent)) == 201
    shown = indexer("status").out
    assert "sync  stopped by a check (exit 5)" in shown
    assert "    HELD: deletions of 30 documents; the rest is loaded\n" in shown

    page(loaded / "3.xml", ("n0000", "back"))  # a later version takes its deletion away
    again = indexer("sync", "--json")
    assert again.code == ExitCode.VERIFICATION
    assert json.loads(again.out)["held"] == 29
    assert counts(again, "j") == {"read": 1, "indexed": 1}
    ahead = json.loads(indexer("sync", "--dry-run", "--json").out)
    assert [each["id"] for each in ahead["delete"]] == [id for id, _ in numbered(29, 1)]
    assert "29 of 201 documents" in ahead["stopped"]

    let = indexer("sync", "--max-share", "0.2", "--json")
    assert let.code == 0, let.err
    assert counts(let, "j") == {"read": 30, "deleted": 30}
    found = titles(loaded.parent)
    assert len(found) == 172
    assert found["n0000"] == "back"


@pytest.mark.long
def test_what_is_held_can_be_forgotten_or_sent_as_dead_letters(indexer: Indexer, loaded: Path) -> None:
    page(loaded / "2.xml", *deletions(30))
    assert indexer("sync").code == ExitCode.VERIFICATION
    letters = json.loads(indexer("dead-letters", "list", "--json").out)["dead_letters"]
    assert {letter["stage"] for letter in letters} == {"held"}
    first, second, *others = [letter["id"] for letter in letters]
    assert indexer("dead-letters", "replay", str(first), str(second)).code == 0
    assert indexer("dead-letters", "drop", *map(str, others)).code == 0
    assert indexer("sync").code == 0
    assert sorted(titles(loaded.parent)) == [id for id, _ in numbered(198, 2)]


@pytest.mark.long
def test_the_delete_guard_is_off_at_one(indexer: Indexer, loaded: Path) -> None:
    page(loaded / "2.xml", *deletions(200))
    ended = indexer("sync", "--json", env={"INDEXER_MAX_SHARE": "1"})
    assert ended.code == 0, ended.err
    assert counts(ended, "j") == {"read": 200, "deleted": 200}
    assert titles(loaded.parent) == {}


@pytest.mark.parametrize("pauses", [(1.0,), pytest.param((0.5, 0.8, 1.1, 1.4), marks=pytest.mark.long)])
def test_killed_at_any_moment_no_deletion_is_lost(indexer: Indexer, tmp_path: Path, pauses: tuple[float, ...]) -> None:
    page(tmp_path / "dumps/1.xml", *numbered(2000))
    configure(tmp_path, SOURCE)
    assert indexer("sync").code == 0
    for number in range(3):
        page(tmp_path / f"dumps/{number + 2}.xml", *deletions(30, 500 * number), *numbered(600, 2000 + 600 * number))
    for pause in pauses:
        kill_a_sync(tmp_path, pause)
    ended = indexer("sync", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["books_closed"]
    gone = {id for number in range(3) for id, _ in deletions(30, 500 * number)}
    assert titles(tmp_path).keys() == {id for id, _ in numbered(3800)} - gone
    assert indexer("sync").out.startswith("j   nothing new\n")


def test_what_is_held_outlives_the_file_that_said_it(indexer: Indexer, loaded: Path) -> None:
    page(loaded / "daily.xml", *deletions(20))
    assert indexer("sync").code == ExitCode.VERIFICATION
    page(loaded / "daily.xml", *deletions(20, 40))
    again = indexer("sync", "--json")
    assert again.code == ExitCode.VERIFICATION, again.err
    assert json.loads(again.out)["held"] == 40
    page(loaded / "daily.xml", ("n0000", "back"))
    assert json.loads(indexer("sync", "--json").out)["held"] == 39
    assert indexer("sync", "--max-share", "1").code == 0
    assert len(titles(loaded.parent)) == 200 - 39


def test_deletions_that_are_all_taken_back_are_no_rejected_records(indexer: Indexer, loaded: Path) -> None:
    page(loaded / "2.xml", *deletions(5), *numbered(5))
    ended = indexer("sync", "--json")
    assert ended.code == 0, ended.err
    assert counts(ended, "j") == {"read": 10, "unchanged": 5, "deleted": 5}
