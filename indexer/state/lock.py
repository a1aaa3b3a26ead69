"""One run at a time for a target: a lock with an owner and an age, which a crash does not leave behind for ever.

Where the owner's process can be looked for (same host, same boot, same container) its end is seen at once; elsewhere
the lock counts as left behind once it has not been renewed for `STALE_SECONDS`. That compares two hosts' clocks: they
may differ by less than that.
"""

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from indexer.model.errors import ExitCode, IndexerError
from indexer.model.logs import get_logger
from indexer.state.store import Store, now
from indexer.state.tables import locks

BEAT_SECONDS = 15.0
STALE_SECONDS = 120.0
POLL_SECONDS = 0.5  # between two looks at a lock that is waited for


class LockedError(IndexerError):
    """Another run holds the lock."""

    exit_code = ExitCode.LOCKED


@contextmanager
def hold(
    store: Store,
    target: str,
    *,
    command: str,
    wait: float = 0,
    waiting: Callable[[LockedError], None] = lambda _error: None,
    clock: Callable[[], float] = time.time,
) -> Iterator[None]:
    """Holds the target's lock for the time of the block. Raises LockedError when another run has it; with `wait`, when
    it still has it after so many seconds, `waiting` having been told once.
    """
    owner = uuid.uuid4().hex
    until = time.monotonic() + wait
    told = False
    while True:
        try:
            _take(store, target, owner, command, clock)
            break
        except LockedError as error:
            if time.monotonic() >= until:
                raise
            if not told:
                waiting(error)
                told = True
            time.sleep(POLL_SECONDS)
    done = threading.Event()
    beating = threading.Thread(target=_beat, args=(store, owner, done, clock), name="lock", daemon=True)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()
        try:
            with store.begin() as connection:
                connection.execute(locks.delete().where(locks.c.owner == owner))
        except IndexerError as error:
            # what ended the run is worth more to its user; the lock is taken over once this process is gone
            get_logger().warning("lock_not_released", target=target, reason=error.message)


def _take(store: Store, target: str, owner: str, command: str, clock: Callable[[], float]) -> None:
    with store.claim() as connection:
        row = connection.execute(locks.select().where(locks.c.target == target)).one_or_none()
        if row is not None and _alive(row, clock()):
            raise LockedError(
                f"{target} is in use: {row.command!r} by process {row.pid} on {row.host}, since {row.since}",
                advice="Wait until it has ended, or stop that process; a lock left by a crash is taken over by itself.",
            )
        connection.execute(locks.delete().where(locks.c.target == target))
        connection.execute(
            locks.insert().values(
                target=target,
                owner=owner,
                host=socket.gethostname(),
                pid=os.getpid(),
                born=_born(os.getpid()),
                command=command,
                since=now(),
                beat=clock(),
            )
        )


def held(connection: sa.Connection, target: str) -> list[dict[str, Any]]:
    """What holds the lock of the target, or of a generation of it: rows of the table, of owners that are alive."""
    rows = connection.execute(locks.select().order_by(locks.c.since))
    return [
        {"command": row.command, "host": row.host, "pid": row.pid, "since": row.since}
        for row in rows
        if row.target.partition("#")[0] == target and _alive(row, time.time())
    ]


def _beat(store: Store, owner: str, done: threading.Event, clock: Callable[[], float]) -> None:
    while not done.wait(BEAT_SECONDS):
        try:
            with store.begin() as connection:
                connection.execute(locks.update().where(locks.c.owner == owner).values(beat=clock()))
        except IndexerError as error:
            # the run itself meets the same fault where it has something to store; maybe it has passed until the next
            get_logger().warning("lock_not_renewed", reason=error.message)


def _alive(row: sa.Row[tuple[object, ...]], at: float) -> bool:
    here, _, _ = _born(os.getpid()).rpartition(" ")
    there, _, _ = row.born.rpartition(" ")
    if row.host != socket.gethostname() or here != there:
        return bool(at - row.beat < STALE_SECONDS)
    if row.born and (born := _born(row.pid)):
        return bool(born == row.born)
    # the system may hide the processes of other users (hidepid): such a one is there, or another of its number
    return _exists(row.pid) and (not row.born or bool(at - row.beat < STALE_SECONDS))


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _born(pid: int) -> str:
    """Where and when a process began: `BOOT NAMESPACE TICKS`. A pid alone may belong to another process by now, and
    hosts and containers may share a name. Empty for a process that is not there, and where the system does not tell
    (only Linux does).
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
    return f"{boot} {namespace} {stat.rpartition(')')[2].split()[19]}"
