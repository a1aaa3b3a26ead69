"""What others see of a run while it goes on."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexer.model.errors import ConfigError
from indexer.observe import live
from indexer.observe.live import Live
from indexer.state import run_reports, runs
from indexer.state.store import Store
from tests.conftest import PATIENCE


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(f"sqlite:///{tmp_path / 'state.db'}")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST", 0.01)
    monkeypatch.setattr(live, "EVERY", 0.01)


def test_it_tells_while_the_run_goes_on_and_its_last_word_stays(store: Store) -> None:
    number = runs.start(store, command="load", target="t", derive_version="1")
    told = threading.Semaphore(0)
    asked = 0

    def report() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        told.release()
        if asked == 2:
            raise RuntimeError("dictionary changed size during iteration")
        return {"asked": asked}

    telling = Live(store, number, report)
    telling.start()
    for _ in range(4):  # the first of them is in the state when the fourth is asked for
        assert told.acquire(timeout=PATIENCE)
    found = run_reports.read(store, number)
    assert found is not None
    assert found[1]["asked"] != 2  # that one was not told, and those after it were
    telling.end()
    last = asked
    found = run_reports.read(store, number)
    assert found is not None
    assert found[1] == {"asked": last}


def test_a_state_that_does_not_take_it_does_not_stop_the_run(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Semaphore(0)

    def full(*_args: object) -> None:
        failed.release()
        raise ConfigError("the disk is full")

    monkeypatch.setattr(run_reports, "put", full)
    telling = Live(store, 1, dict)
    telling.start()
    for _ in range(3):
        assert failed.acquire(timeout=PATIENCE)
    telling.end()


def test_a_run_that_is_over_at_once_only_tells_how_it_ended(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST", 3600.0)
    number = runs.start(store, command="load", target="t", derive_version="1")
    asked = itertools.count()
    telling = Live(store, number, lambda: {"before": next(asked)})
    telling.start()
    telling.end()
    found = run_reports.read(store, number)
    assert found is not None
    assert found[1] == {"before": 0}
