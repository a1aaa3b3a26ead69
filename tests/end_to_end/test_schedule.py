"""`schedule`: one run after the other, whatever becomes of each, until it is told to stop."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from indexer.state import lock
from indexer.state.store import Store
from tests.conftest import PATIENCE
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.listening import free_port
from tests.end_to_end.syncing import configure, page, titles

JOURNAL = "name = 'journal'\nprofile = 'ojs'\npaths = ['dumps']"


#: The command, with another time until a first retry: the runs that it starts are as always.
RUN = """
from indexer.cli import main
from indexer.jobs import triggers
triggers.FIRST_RETRY = {}
main.main()
"""


class Scheduler:
    """`indexer schedule` in a folder, and what it has printed so far."""

    def __init__(self, folder: Path, *flags: str, first_retry: int = 60) -> None:
        self._out = folder / "scheduler.log"
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN.format(first_retry), "schedule", *flags],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._out.read_text()

    def until(self, pattern: str, times: int = 1, seconds: float = PATIENCE) -> str:
        deadline = time.monotonic() + seconds
        while len(re.findall(pattern, self.said)) < times:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        return self.said

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def schedule(tmp_path: Path) -> Iterator[Callable[..., Scheduler]]:
    started: list[Scheduler] = []

    def start(*flags: str, first_retry: int = 60) -> Scheduler:
        started.append(Scheduler(tmp_path, *flags, first_retry=first_retry))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGKILL)
            each.process.wait()


def append(folder: Path, text: str) -> None:
    with (folder / "indexer.toml").open("a") as file:
        file.write(text)


def test_it_runs_again_and_again_whatever_becomes_of_a_run(tmp_path: Path, schedule: Callable[..., Scheduler]) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, JOURNAL)
    append(tmp_path, "[schedule]\nevery = '1s'\n")
    running = schedule()
    running.until("sync ended with exit 0")
    (tmp_path / "dumps/2.xml").write_text("<OAI-PMH><ListRecords><record>")  # a dump that was cut
    running.until("sync ended with exit 1")
    page(tmp_path / "dumps/2.xml", ("b", "two"))
    before = len(re.findall("exit 0", running.said))
    running.until("sync ended with exit 0", times=before + 2)
    assert "next run 2" in running.said
    assert running.end() in (ExitCode.OK, ExitCode.INTERRUPTED)
    assert titles(tmp_path) == {"a": "one", "b": "two"}


def moments(said: str, words: str) -> list[datetime]:
    """The times that stand behind these words, in order."""
    return [datetime.fromisoformat(found) for found in re.findall(rf"{words} (\S+)", said)]


def test_a_target_that_is_not_there_is_tried_again_in_a_minute(
    tmp_path: Path, schedule: Callable[..., Scheduler]
) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, JOURNAL, target=f"solr+http://127.0.0.1:{free_port()}/solr/biblio")
    append(tmp_path, "[schedule]\nevery = '1h'\n")
    before = datetime.now().astimezone()
    running = schedule()
    said = running.until("sync ended with exit 3 .*next run.*\n")
    (first,), (following,) = moments(said, "first run"), moments(said, "next run")
    ended = datetime.fromisoformat(said.splitlines()[-1].split()[0])
    assert timedelta(seconds=-1) <= first - before < timedelta(minutes=30)  # at once, not after an hour
    assert following - ended <= timedelta(minutes=1)
    assert running.end() == ExitCode.OK


def test_after_failures_that_passed_it_goes_on_at_its_times(tmp_path: Path, schedule: Callable[..., Scheduler]) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, JOURNAL)
    append(tmp_path, "[schedule]\nevery = '1h'\n")
    (tmp_path / "var").mkdir()
    with (
        closing(Store(f"sqlite:///{tmp_path}/var/state.db")) as store,
        lock.hold(store, "embedded:index", command="load"),
    ):
        running = schedule(first_retry=1)
        said = running.until("sync ended with exit 4 .*next run.*\n", times=2)
    first, second = moments(said, "next run")[:2]
    said = running.until("sync ended with exit 0 .*next run.*\n")
    following = moments(said, "next run")[-1]
    assert second > first
    assert timedelta(minutes=30) < following - datetime.now().astimezone() <= timedelta(hours=1)
    assert titles(tmp_path) == {"a": "one"}
    assert running.end() == ExitCode.OK


def test_a_run_in_flight_is_told_to_finish_and_goes_on_next_time(
    indexer: Indexer, tmp_path: Path, schedule: Callable[..., Scheduler]
) -> None:
    for number in range(16):
        page(tmp_path / f"dumps/{number:02}.xml", *((f"{number}-{n}", "t") for n in range(500)))
    configure(tmp_path, JOURNAL)
    append(tmp_path, "[schedule]\nevery = '1h'\n[load]\nworkers = 1\n")
    running = schedule("--verbose")
    running.until("run_started")
    assert running.end(signal.SIGINT) == ExitCode.INTERRUPTED
    assert re.search("sync ended with (exit 130|signal 15)", running.said)  # the latter: before it listens to signals
    assert indexer("sync").code == 0
    assert len(titles(tmp_path)) == 8_000


def test_without_a_run_in_flight_it_ends_at_once_and_well(
    indexer: Indexer, tmp_path: Path, schedule: Callable[..., Scheduler]
) -> None:
    configure(tmp_path, JOURNAL)
    append(tmp_path, "[schedule]\ncron = '0 0 29 2 *'\n")
    running = schedule()
    assert "first run 20" in running.until("first run")
    assert running.end() == ExitCode.OK
    assert "no run yet" in indexer("status").out


@pytest.mark.parametrize(
    ("more", "said"),
    [("", "either schedule.cron or schedule.every"), ("[schedule]\ncron = 'nightly'\n", "has 1 fields, not five")],
)
def test_a_wrong_schedule_is_said_before_anything_runs(indexer: Indexer, tmp_path: Path, more: str, said: str) -> None:
    configure(tmp_path, JOURNAL)
    append(tmp_path, more)
    ended = indexer("schedule")
    assert ended.code == ExitCode.USAGE
    assert said in ended.err


def test_a_source_that_is_not_there_is_named(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    append(tmp_path, "[schedule]\nevery = '1h'\n")
    ended = indexer("schedule", "jurnal")
    assert ended.code == ExitCode.USAGE
    assert "there is no source 'jurnal'" in ended.err


def test_metrics_are_served_on_this_machine_alone(tmp_path: Path, schedule: Callable[..., Scheduler]) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, JOURNAL)
    append(tmp_path, "[schedule]\nevery = '1h'\n")
    port = free_port()
    running = schedule("--metrics-port", str(port))
    running.until("sync ended with exit 0")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    assert 'indexer_last_run_exit_code{command="sync",target="embedded:index"} 0.0' in text
    assert 'indexer_schedule_runs_total{exit_code="0"} 1.0' in text
    assert "indexer_schedule_last_exit_code 0.0" in text
    assert "indexer_schedule_next_run_timestamp_seconds " in text
    assert "indexer_state_readable 1.0" in text
    (tmp_path / "var/state.db").write_bytes(b"no database" * 1000)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        assert "indexer_state_readable 0.0" in answer.read().decode()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=10)  # another address of this machine
    assert running.end() == ExitCode.OK


def test_a_port_that_is_taken_is_named(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    append(tmp_path, "[schedule]\nevery = '1h'\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = indexer("schedule", "--metrics-port", str(port))
    assert ended.code == ExitCode.USAGE
    assert f"metrics.port {port} on 127.0.0.1: " in ended.err
