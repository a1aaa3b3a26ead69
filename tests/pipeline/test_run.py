"""A run: its books, its ends, and what it does with what stands between records."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.engines.base import Action, Durable, Outcome
from indexer.engines.retry import RetryPolicy
from indexer.formats import profiles
from indexer.model.books import Account, Books
from indexer.model.errors import ConfigError, ExitCode, PermanentError, TransientError
from indexer.pipeline import pool
from indexer.pipeline.run import Budget, Events, Plan, run
from indexer.pipeline.run_state import RunState
from indexer.pipeline.summary import Summary
from indexer.pipeline.workers import TransformSpec
from tests.conftest import PATIENCE
from tests.pipeline.loading import LIMITS, NO_BUDGET, Desk, Dump, write
from tests.pipeline.scripted import ScriptedSink

DUMP: Dump = [
    ("a", "one"), ("b", "bad"), ("c", "broken"), ("a", "deleted"), ("d", "two"), ("d", "two"), ("e", "one")
]  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2])
def test_every_record_ends_in_one_column(desk: Desk, tmp_path: Path, workers: int) -> None:
    summary = desk.load(write(tmp_path, [DUMP]), workers=workers)
    assert summary.account.sources == {"ojs": Books(read=7, indexed=4, deleted=1, rejected=2)}
    assert summary.exit_code == ExitCode.REJECTED
    assert desk.documents() == {"d": "two", "e": "one"}
    assert [(letter.document_id, letter.stage) for letter in desk.rejected] == [("c", "format"), ("b", "index")]


def test_the_order_is_that_of_the_dumps_with_many_workers(desk: Desk, tmp_path: Path) -> None:
    dumps: list[Dump] = [[(str(n % 50), f"{f} {n}") for n in range(700)] for f in range(3)]
    desk.load(write(tmp_path, dumps), workers=3)
    assert desk.documents() == {str(n % 50): f"2 {n}" for n in range(650, 700)}


def test_a_dry_run_counts_and_sends_nothing(desk: Desk, tmp_path: Path) -> None:
    summary = Summary()
    profile = profiles.resolve("ojs", {})
    files = dict.fromkeys(write(tmp_path, [DUMP]), "x")
    plan = Plan(files, TransformSpec({"x": {"oai_dc": profile}}), 1, LIMITS, NO_BUDGET)
    run(plan, None, None, events=quiet(), stop=threading.Event(), summary=summary)
    assert summary.account.sources == {"x": Books(read=7, indexed=5, deleted=1, rejected=1)}


def test_a_dump_that_is_named_twice_is_read_at_its_last_place(desk: Desk, tmp_path: Path) -> None:
    from indexer.sources import expand

    first, second = write(tmp_path, [[("a", "one"), ("b", "one")], [("a", "two")]])
    files, _ = expand([first, second, f"{tmp_path}/./f0.xml"])
    assert files == [second, f"{tmp_path}/./f0.xml"]
    assert desk.load(files).account.total.read == 3
    assert desk.documents()["a"] == "one"


def test_what_is_wrong_with_a_file_is_no_record(desk: Desk, tmp_path: Path) -> None:
    files = write(tmp_path, [DUMP])
    summary = desk.load([str(tmp_path / "nowhere.xml"), *files])
    assert [fault.reason for fault in desk.faults] == ["there is no such file or folder"]
    assert summary.account.faults == 1
    assert summary.account.total.read == 7


SOLR_JSON = {"solr_json": profiles.bundled()["solr_json"]}


class Starting(ScriptedSink):
    """Refuses the first two requests."""

    refused = 0

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        self.refused += 1
        if self.refused <= 2:
            raise TransientError("still starting", retry_after=0.001)
        return super().push(batch)


def test_the_run_counts_what_its_observers_are_told(desk: Desk, tmp_path: Path) -> None:
    """Files that were not read, requests that were tried again, warnings: with observers that do nothing."""
    warned = tmp_path / "warned.jsonl"
    found = [f"245 $a: byte 0x{byte} is not UTF-8" for byte in ("E8", "E9")]
    warned.write_text(json.dumps({"id": "w", "metadata_error_str_mv": found}))
    summary = Summary(Account(faults=1), faulty=["a server"])  # of what came before
    absent = str(tmp_path / "absent.xml")
    plan = Plan({absent: "x", str(warned): "x"}, TransformSpec({"x": SOLR_JSON}), 1, LIMITS, NO_BUDGET)
    run(plan, Starting(), None, events=quiet(), stop=threading.Event(), summary=summary)
    assert summary.faulty == ["a server", absent]
    assert summary.account.faults == 2
    assert summary.retries == 2
    assert summary.warnings == {"… $a: byte … is not UTF-8": 2}


def test_a_state_that_fails_takes_back_nothing_of_what_came_before_the_run(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise ConfigError("the disk is full")

    monkeypatch.setattr(RunState, "store", full)
    summary = Summary(Account(faults=1))
    with pytest.raises(ConfigError, match="the disk is full"):
        desk.load(write(tmp_path, [DUMP]), summary=summary)
    assert summary.account.faults == 1


ASKED = 100  # seconds that the server asks for


class Down(ScriptedSink):
    """Takes one batch, then refuses every connection."""

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        if self.batches:
            raise TransientError("connection refused", retry_after=ASKED)
        return super().push(batch)


def test_told_to_stop_while_the_server_is_down_it_ends_at_once(desk: Desk, tmp_path: Path) -> None:
    desk.sink = Down()
    files = write(tmp_path, [[(str(number), "one") for number in range(9)]])
    started = time.monotonic()
    summary = desk.load(files, stop_in_pause=True, limits=replace(LIMITS, retry=RetryPolicy(2 * ASKED)))
    assert time.monotonic() - started < ASKED
    assert summary.interrupted
    assert summary.exit_code == ExitCode.INTERRUPTED
    assert not summary.account.open_sources
    assert summary.account.total.indexed == len(desk.documents())
    assert summary.account.in_flight.total() > 0
    desk.sink = ScriptedSink()
    desk.load(files)
    assert len(desk.documents()) == 9


class Failing(Down):
    """Takes so many batches, then is down for good."""

    takes = 2

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        if len(self.batches) >= self.takes:
            raise PermanentError("no such index any more")
        return ScriptedSink.push(self, batch)


@pytest.mark.parametrize("durable", ["acknowledged", "committed"])
@pytest.mark.parametrize("takes", [0, 1, 2, 3])
def test_the_books_of_a_run_that_an_error_ends_close(
    desk: Desk, tmp_path: Path, durable: Durable, takes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is counted is in the index for good, or a dead letter; the rest is told as in flight."""
    monkeypatch.setattr(pool, "CHUNK_RECORDS", 5)
    desk.sink = Failing(durable=durable)
    desk.sink.takes = takes
    summary = Summary()
    lines: Dump = [(str(number), "broken" if number % 4 == 3 else "one") for number in range(40)]
    files = write(tmp_path, [lines])
    with pytest.raises(PermanentError):
        desk.load(files, summary=summary)
    account = summary.account
    assert not account.open_sources
    total = account.total
    assert total.indexed == (len(desk.documents()) if durable == "acknowledged" else 0)
    assert total.rejected == len(desk.letters())
    assert 0 < total.read + account.in_flight.total() <= 40
    assert account.in_flight.total() > 0
    assert set(account.in_flight) == {"ojs"}
    desk.sink.takes = 10**6
    desk.sink.restart()
    again = desk.load(files)
    assert (again.account.total.read, again.account.in_flight.total()) == (40, 0)
    assert len(desk.documents()) == 30
    assert len(desk.letters()) == 10


class Gone(ScriptedSink):
    """One request of two fails for good while the other is under way, and comes through."""

    def __init__(self) -> None:
        super().__init__()
        self.other, self.refused = threading.Event(), threading.Event()

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        if batch[0].id == "0":
            assert self.other.wait(PATIENCE)
            self.refused.set()
            raise PermanentError("refused")
        self.other.set()
        assert self.refused.wait(PATIENCE)
        time.sleep(0.2)
        return super().push(batch)


def test_an_answer_that_comes_after_the_error_counts(desk: Desk, tmp_path: Path) -> None:
    desk.sink = Gone()
    summary = Summary()
    with pytest.raises(PermanentError):
        desk.load(write(tmp_path, [[(str(number), "one") for number in range(4)]]), summary=summary)
    assert summary.account.total.indexed == len(desk.documents()) == 2
    assert summary.account.in_flight == {"ojs": 2}


def test_a_state_that_is_full_ends_the_run_and_resumes(desk: Desk, tmp_path: Path) -> None:
    files = write(tmp_path, [[(f"{number:03}", "broken" if number % 3 else "one") for number in range(600)]])

    def room(pages: int) -> None:
        with desk.store.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with desk.store.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    room(pages + 20)
    with pytest.raises(ConfigError, match="database or disk is full") as full:
        desk.load(files)
    assert full.value.exit_code == ExitCode.TARGET
    assert "Free some space there" in full.value.advice
    room(2**30)
    summary = desk.load(files)
    assert summary.account.total.counts() == {
        "read": 600, "indexed": 200 - summary.account.total.unchanged, "unchanged": summary.account.total.unchanged,
        "deleted": 0, "filtered": 0, "rejected": 400,
    }  # fmt: skip
    assert len(desk.documents()) == 200
    assert len(desk.letters()) == 400


def test_a_budget_is_of_what_went_wrong() -> None:
    assert not Budget(3, 0.5).exceeded(read=10, rejected=3)
    assert Budget(3, 0.5).exceeded(read=10, rejected=4)
    assert not Budget(10**6, 0.5).exceeded(read=999, rejected=999)
    assert Budget(10**6, 0.5).exceeded(read=1000, rejected=501)
    assert not Budget(10**6, 0.5).exceeded(read=1000, rejected=500)


def quiet() -> Events:
    return Events(
        rejected=lambda _letter, _advice: None,
        fault=lambda _fault: None,
        advanced=lambda _size: None,
        counted=lambda _account: None,
        resumed=lambda _file, _items: None,
        answered=lambda _documents, _seconds: None,
        paused=lambda _error, _seconds: None,
    )
