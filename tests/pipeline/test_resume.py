"""Whatever happens to a load, the same command again ends with the index and the books of an unbroken one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Durable
from indexer.pipeline import run
from indexer.pipeline.run import Budget, BudgetError
from indexer.pipeline.summary import Summary
from indexer.state.store import Store
from tests.pipeline.loading import DUMPS, Applied, Desk, Dump, applied, write
from tests.pipeline.scripted import Killed, ScriptedSink

pytestmark = pytest.mark.usefixtures("in_small_steps")

MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # hundreds of states
DURABLE = st.sampled_from(["acknowledged", "committed"])


@contextmanager
def a_desk(durable: Durable = "acknowledged", trouble: float = 0.0) -> Iterator[tuple[Desk, Path]]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        store = Store(f"sqlite:///{folder}/state.db")
        try:
            yield Desk(store, ScriptedSink(durable=durable, trouble=trouble)), Path(folder)
        finally:
            store.close()


def check(desk: Desk, expected: Applied, summary: Summary) -> None:
    assert desk.documents() == expected.documents
    assert desk.letters() == expected.letters
    total = summary.account.total
    assert not summary.account.open_sources
    assert total.read == expected.read
    assert total.indexed + total.unchanged == expected.written
    assert total.deleted == expected.deleted
    assert total.rejected == expected.rejected


@settings(max_examples=30)
@given(dumps=DUMPS, durable=DURABLE)
def test_a_load_applies_records_in_their_order(dumps: list[Dump], durable: Durable) -> None:
    with a_desk(durable, trouble=0.1) as (desk, folder):
        files = write(folder, dumps)
        check(desk, applied(files, dumps), desk.load(files))


@settings(max_examples=40)
@given(dumps=DUMPS, deaths=st.lists(st.integers(0, 40), max_size=4), durable=DURABLE)
def test_killed_at_any_moments_and_resumed(dumps: list[Dump], deaths: list[int], durable: Durable) -> None:
    with a_desk(durable) as (desk, folder):
        files = write(folder, dumps)
        for arrival in deaths:
            desk.sink.restart(dies_at=arrival)
            try:
                desk.load(files)
            except Killed:
                continue
        desk.sink.restart()
        check(desk, applied(files, dumps), desk.load(files))


@pytest.mark.parametrize("durable", ["acknowledged", "committed"])
def test_killed_at_every_moment_and_resumed(durable: Durable) -> None:
    """One load of two dumps, killed at each moment that it has: before and after each request, each commit."""
    dumps = [[*FIRST, ("b", "bad"), ("x", "broken")], [*SECOND, ("c", "deleted"), ("b", "two"), ("h", "deleted")]]
    for arrival in range(100):
        with a_desk(durable) as (desk, folder):
            files = write(folder, dumps)
            desk.sink.restart(dies_at=arrival)
            try:
                whole = desk.load(files)
            except Killed:
                desk.sink.restart()
                check(desk, applied(files, dumps), desk.load(files))
                assert len(desk.sent()) <= 14
            else:
                check(desk, applied(files, dumps), whole)
                assert arrival > 10
                return
    raise AssertionError("the load never came to its end")


@settings(max_examples=25)
@given(dumps=DUMPS, stops=st.lists(st.integers(0, 30), max_size=3), durable=DURABLE)
def test_stopped_at_any_records_and_resumed(dumps: list[Dump], stops: list[int], durable: Durable) -> None:
    with a_desk(durable) as (desk, folder):
        files = write(folder, dumps)
        for records in stops:
            summary = desk.load(files, stop_at=records)
            assert not summary.account.open_sources
            if not summary.interrupted:
                break
        else:
            check(desk, applied(files, dumps), desk.load(files))


@settings(max_examples=40)
@given(
    loads=st.lists(st.tuples(DUMPS, st.none() | st.integers(0, 30)), min_size=1, max_size=4),
    last=DUMPS,
    durable=DURABLE,
    force=st.booleans(),
)
def test_whatever_was_left_behind_a_whole_load_settles_its_records(
    loads: list[tuple[list[Dump], int | None]], last: list[Dump], durable: Durable, force: bool
) -> None:
    """Loads of other dumps, finished or killed and left so: what is remembered of them never hides a difference."""
    with a_desk(durable) as (desk, folder):
        for number, (dumps, death) in enumerate(loads):
            desk.sink.restart(dies_at=death)
            with suppress(Killed):
                desk.load(write(folder / str(number), dumps))
        desk.sink.restart()
        expected = applied(files := write(folder / "last", last), last)
        desk.load(files, force=force)
        documents = desk.documents()
        assert {id: documents.get(id, "deleted") for id in expected.settled} == expected.settled
        assert {letter for letter in desk.letters() if letter[0] in files} == expected.letters


@settings(max_examples=25)
@given(dumps=DUMPS, changed=st.integers(0, 2), death=st.integers(0, 30), later=DUMPS)
def test_a_dump_that_changed_takes_those_behind_it_along(
    dumps: list[Dump], changed: int, death: int, later: list[Dump]
) -> None:
    with a_desk() as (desk, folder):
        files = write(folder, dumps)
        desk.sink.restart(dies_at=death)
        with suppress(Killed):
            desk.load(files)
        desk.sink.restart()
        dumps[min(changed, len(dumps) - 1)] = later[0]
        write(folder, dumps)
        touch(files[min(changed, len(files) - 1)])
        expected = applied(files, dumps)
        desk.load(files)
        documents = desk.documents()
        assert {id: documents.get(id, "deleted") for id in expected.settled} == expected.settled
        assert desk.letters() == expected.letters


def touch(file: str) -> None:
    """Makes the file one of another time, whatever the file system's clock counts in."""
    later = os.stat(file).st_mtime_ns + 10**9
    os.utime(file, ns=(later, later))


#: Two files: the first is through when the second is stopped in its middle.
FIRST: Dump = [("a", "one"), ("b", "one"), ("c", "one")]
SECOND: Dump = [("d", "one"), ("a", "two"), ("e", "one"), ("f", "one"), ("g", "one"), ("h", "one")]


def interrupted(desk: Desk, folder: Path) -> list[str]:
    files = write(folder, [FIRST, SECOND])
    summary = desk.load(files, stop_at=5)
    assert summary.interrupted
    assert summary.exit_code == 130
    assert desk.documents() == {"a": "two", "b": "one", "c": "one", "d": "one"}
    desk.sink.restart()
    return files


def test_the_same_command_goes_on_from_there(desk: Desk, tmp_path: Path) -> None:
    files = interrupted(desk, tmp_path)
    summary = desk.load(files)
    assert desk.resumed == [(files[1], 2)]
    assert sorted(desk.sent()) == ["e", "f", "g", "h"]
    assert summary.account.total.counts() == {
        "read": 9, "indexed": 9, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0
    }  # fmt: skip
    assert len(desk.documents()) == 8


def test_the_same_command_from_another_folder(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(desk, tmp_path)
    monkeypatch.chdir(tmp_path)
    desk.load(["f0.xml", "./f1.xml"])
    assert desk.resumed == [("./f1.xml", 2)]


def test_once_through_there_is_nothing_to_resume(desk: Desk, tmp_path: Path) -> None:
    files = interrupted(desk, tmp_path)
    desk.load(files)
    desk.sink.restart()
    summary = desk.load(files)
    assert len(desk.resumed) == 1
    assert summary.account.total.counts() == {
        "read": 9, "indexed": 2, "unchanged": 7, "deleted": 0, "filtered": 0, "rejected": 0
    }  # fmt: skip
    assert desk.sent() == ["a", "a"]  # both versions, in their order: the first is what the index does not hold
    assert desk.documents()["a"] == "two"


@pytest.mark.parametrize("file", [0, 1])
def test_a_touched_dump_starts_over_with_all_behind_it(desk: Desk, tmp_path: Path, file: int) -> None:
    files = interrupted(desk, tmp_path)
    touch(files[file])
    summary = desk.load(files)
    assert desk.resumed == []
    assert summary.account.total.read == 9
    assert desk.documents()["a"] == "two"


def test_other_rules_start_over(desk: Desk, tmp_path: Path) -> None:
    files = interrupted(desk, tmp_path)
    desk.load(files, rules="another derive version, schema or profile")
    assert desk.resumed == []
    assert sorted(set(desk.sent())) == list("abcdefgh")


@pytest.mark.parametrize("order", [[1, 0], [1], [0]])
def test_another_choice_of_dumps_is_another_load(desk: Desk, tmp_path: Path, order: list[int]) -> None:
    files = interrupted(desk, tmp_path)
    desk.load([files[number] for number in order])
    assert desk.resumed == ([(files[1], 2)] if order == [1, 0] else [])
    assert desk.documents()["a"] == ("two" if order[-1] == 1 else "one")


def test_what_another_load_did_in_between_is_not_skipped_over(desk: Desk, tmp_path: Path) -> None:
    files = interrupted(desk, tmp_path)
    desk.load(write(tmp_path / "other", [[("b", "three")]]))
    assert desk.documents()["b"] == "three"
    desk.load(files)
    assert desk.documents() == {**dict.fromkeys("bcdefgh", "one"), "a": "two"}


def test_force_sends_everything_again(desk: Desk, tmp_path: Path) -> None:
    files = write(tmp_path, [FIRST])
    desk.load(files)
    desk.sink.restart()
    assert desk.load(files).account.total.unchanged == 3
    assert desk.sent() == []
    assert desk.load(files, force=True).account.total.indexed == 3
    assert sorted(desk.sent()) == ["a", "b", "c"]


def test_force_sends_everything_again_after_a_load_that_ended_early(desk: Desk, tmp_path: Path) -> None:
    files = interrupted(desk, tmp_path)
    desk.sink.restart()
    desk.load(files, force=True)
    assert set(desk.sent()) == set("abcdefgh")


def test_an_index_that_was_emptied_is_filled_again(desk: Desk, tmp_path: Path) -> None:
    files = interrupted(desk, tmp_path)
    desk.sink.documents.clear()
    desk.load(files)
    assert desk.resumed == []
    assert len(desk.documents()) == 8


def test_another_index_of_the_same_name_is_filled_again(desk: Desk, tmp_path: Path) -> None:
    files = interrupted(desk, tmp_path)
    desk.sink.name = "2"
    desk.sink.documents = {str(number): b'{"title": "alien"}' for number in range(100)}
    desk.load(files)
    assert len(desk.documents()) == 108


def test_a_load_that_goes_wrong_stops_and_goes_on(desk: Desk, tmp_path: Path) -> None:
    dump: Dump = [(str(number), "broken" if number < 6 else "one") for number in range(20)]
    files = write(tmp_path, [dump])
    with pytest.raises(BudgetError, match="stopped: 6 of 6 records were rejected") as stopped:
        desk.load(files, budget=Budget(3, 1))
    assert "dead-letters" in stopped.value.advice
    assert len(desk.letters()) == 6  # to look at: they are stored with the checkpoint
    summary = desk.load(files, budget=Budget(3, 1))  # what was rejected before is not held against it
    assert desk.resumed == [(files[0], 6)]
    assert summary.account.total.counts() == {
        "read": 20, "indexed": 14, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 6
    }  # fmt: skip


def test_a_share_is_judged_from_enough_records_on(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BUDGET_FROM", 100)
    few: Dump = [(str(number), "broken") for number in range(99)]
    summary = desk.load(write(tmp_path / "few", [few]), budget=Budget(10**6, 0.5))
    assert summary.account.total.rejected == 99
    with pytest.raises(BudgetError, match="of 102 records"):
        desk.load(write(tmp_path / "more", [[*few, ("x", "broken"), *few]]), budget=Budget(10**6, 0.5))
