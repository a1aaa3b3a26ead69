"""One run at a time for a target, and no lock that outlives its owner for ever."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

from indexer.model.errors import ConfigError, ExitCode
from indexer.state import lock, owners
from indexer.state.lock import LockedError, hold
from indexer.state.store import Store
from indexer.state.tables import locks
from tests.conftest import PATIENCE
from tests.state.conftest import Python

HOLD_IT = """
import sys, time
from indexer.state.lock import hold
from indexer.state.store import Store
with hold(Store(sys.argv[1]), "target", command="load"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def held(store: Store) -> list[str]:
    with store.begin() as connection:
        return list(connection.execute(sa.select(locks.c.target).order_by(locks.c.target.desc())).scalars())


def change(store: Store, **values: object) -> None:
    with store.begin() as connection:
        connection.execute(locks.update().values(**values))


@contextmanager
def another_process_holds(url: str, python: Python) -> Iterator[int]:
    process = python(HOLD_IT, url)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process.pid
    process.communicate("done\n", timeout=PATIENCE)


def test_it_is_held_for_the_block(store: Store) -> None:
    with hold(store, "target", command="load"):
        assert held(store) == ["target"]
    assert held(store) == []
    with pytest.raises(ZeroDivisionError), hold(store, "target", command="load"):
        raise ZeroDivisionError
    assert held(store) == []


def test_another_process_is_told_who_has_it(url: str, store: Store, python: Python) -> None:
    with another_process_holds(url, python) as pid:
        with pytest.raises(LockedError) as refused, hold(store, "target", command="load"):
            pass
        assert refused.value.exit_code == ExitCode.LOCKED
        message = refused.value.message
        assert f"target is in use: 'load' by process {pid} on {socket.gethostname()}, since 20" in message
        assert "stop that process" in refused.value.advice
        with hold(store, "another target", command="load"):
            assert held(store) == ["target", "another target"]
    with hold(store, "target", command="load"):
        assert held(store) == ["target"]


def test_it_is_taken_over_at_once_from_a_killed_process(url: str, store: Store, python: Python) -> None:
    with another_process_holds(url, python) as pid:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        assert held(store) == ["target"]
        with hold(store, "target", command="load"):
            assert held(store) == ["target"]
    assert held(store) == []


def test_a_pid_that_another_process_has_by_now_is_no_owner(store: Store) -> None:
    with hold(store, "target", command="load"):
        where = owners.birth(os.getpid()).rpartition(" ")[0]
        change(store, born=f"{where} 1")  # this very pid, and a process that began at another time
        with hold(store, "target", command="load"):
            assert held(store) == ["target"]


@pytest.mark.parametrize("elsewhere", [{"host": "elsewhere"}, {"born": "another-boot pid:[1] 1"}, {"born": ""}])
def test_what_cannot_be_looked_for_is_trusted_until_it_is_stale(store: Store, elsewhere: dict[str, str]) -> None:
    """Another host, another container or machine under the same name, a system without /proc."""
    now = 1_000_000.0
    with hold(store, "target", command="load", clock=lambda: now):
        change(store, pid=999_999_999, **elsewhere)
        for age in (0, owners.STALE_SECONDS - 1):
            with (
                pytest.raises(LockedError),
                hold(store, "target", command="load", clock=lambda age=age: now + age),  # type: ignore[misc]
            ):
                pass
        with hold(store, "target", command="load", clock=lambda: now + owners.STALE_SECONDS):
            assert held(store) == ["target"]


def test_it_is_taken_over_at_once_from_a_container_that_was_killed(
    url: str, store: Store, python: Python, tmp_path: Path
) -> None:
    """One that was recreated has another name and other processes, on the same machine: a file beside the state tells.
    A database tells nothing of it, and the lock is trusted for a while.
    """
    with another_process_holds(url, python) as pid:
        boot = owners.birth(os.getpid()).partition(" ")[0]
        change(store, host="another-container", born=f"{boot} pid:[1] 1")
        for _ in range(2):  # to look is not to take
            with pytest.raises(LockedError), hold(store, "target", command="load"):
                pass
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        if store.file is None:
            with pytest.raises(LockedError), hold(store, "target", command="load"):
                pass
            return
        with hold(store, "target", command="load"):
            assert held(store) == ["target"]
    assert list(store.file.parent.glob("*.owner-*")) == []


def test_a_long_run_keeps_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.05)
    times = iter(range(1000, 10**6))
    with hold(store, "target", command="load", clock=lambda: float(next(times))):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with store.begin() as connection:
                beat = connection.execute(sa.select(locks.c.beat)).scalar_one()
            if beat >= 1003:
                break
            time.sleep(0.02)
    assert beat >= 1003


def test_a_state_that_goes_away_ends_the_heartbeat_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(lock, "get_logger", lambda: structlog.wrap_logger(structlog.PrintLogger()))
    store = Store(f"sqlite:///{tmp_path}/state.db")
    with hold(store, "target", command="load"):
        with store.begin() as connection:
            connection.exec_driver_sql("DROP TABLE locks")
        printed, until = "", time.monotonic() + PATIENCE
        while "lock_not_renewed" not in printed and time.monotonic() < until:
            printed += "".join(capfd.readouterr())
            time.sleep(0.02)
    printed += "".join(capfd.readouterr())
    assert "lock_not_renewed" in printed
    assert "lock_not_released" in printed
    assert "Traceback" not in printed
    with pytest.raises(ConfigError, match="no such table: locks"):
        held(store)
    store.close()


def test_a_process_that_the_system_hides_holds_it(
    url: str, store: Store, python: Python, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As hidepid does for the processes of other users."""
    born, this = owners.birth, os.getpid()
    monkeypatch.setattr(owners, "birth", lambda pid: born(pid) if pid == this else "")
    with another_process_holds(url, python) as pid:
        with pytest.raises(LockedError), hold(store, "target", command="load"):
            pass
        with pytest.raises(LockedError), hold(store, "target", command="load", clock=lambda: time.time() + 60):
            pass
        with hold(store, "target", command="load", clock=lambda: time.time() + 600):
            assert held(store) == ["target"]
        assert pid != this
