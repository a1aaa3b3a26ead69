"""Who holds the locks of the state, and whether those processes are there still.

Where the owner's process can be looked for (same host, same boot, same container) its end is seen at once. So it is for
an owner in another container of the same machine, one that was recreated, say, where the state is a file: each owner
keeps a file beside that locked, and the system gives this lock back when the process ends, however it does. Elsewhere
the lock counts as left behind once it has not been renewed for `STALE_SECONDS`. That compares two hosts' clocks: they
may differ by less than that.
"""

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from indexer.model.errors import ExitCode, IndexerError
from indexer.state.tables import locks

STALE_SECONDS = 120.0


class LockedError(IndexerError):
    """Another run holds the lock."""

    exit_code = ExitCode.LOCKED


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds a lock, `since` when (ISO 8601, UTC)."""

    command: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.command!r} by process {self.pid} on {self.host}, since {self.since}"


def holders(connection: sa.Connection, target: str | None = None, *, state: Path | None = None) -> list[Holder]:
    """Who holds the lock of the target, or of a generation of it; of any target, without one. Owners that are alive.
    `state` is the file of the state, where it is one.
    """
    rows = [
        row
        for row in connection.execute(locks.select().order_by(locks.c.since))
        if target in (None, row.target.partition("#")[0])
    ]
    return [holder(row) for row in rows if is_alive(row, time.time(), state=state)]


def holder(row: sa.Row[tuple[object, ...]]) -> Holder:
    """Whom a row of the table of locks names."""
    return Holder(row.command, row.host, row.pid, row.since)


def is_alive(row: sa.Row[tuple[object, ...]], at: float, *, state: Path | None = None) -> bool:
    """Whether the owner of this lock is there still, as far as can be told at this time (seconds since the epoch)."""
    here, _, _ = birth(os.getpid()).rpartition(" ")
    there, _, _ = row.born.rpartition(" ")
    if row.host != socket.gethostname() or here != there:
        # the same boot is the same kernel, whatever container: it knows who has which file locked
        same_machine = here and here.partition(" ")[0] == there.partition(" ")[0]
        if same_machine and state is not None and _is_given_back(_file_of(state, row.owner)):
            return False
        return bool(at - row.beat < STALE_SECONDS)
    if row.born and (born := birth(row.pid)):
        return bool(born == row.born)
    # the system may hide the processes of other users (hidepid): such a one is there, or another of its number
    return _exists(row.pid) and (not row.born or bool(at - row.beat < STALE_SECONDS))


@contextmanager
def shown_alive(state: Path | None, owner: str) -> Iterator[None]:
    """Others on this machine see for the time of the block that this owner is there, and afterwards, or once this
    process is killed, that it is not.
    """
    if state is None:
        yield
        return
    path = _file_of(state, owner)
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:  # then it counts as left behind after a while
        yield
        return
    try:
        with suppress(OSError):  # a file system that knows no locks
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        forget(state, owner)
        os.close(file)


def forget(state: Path | None, owner: str) -> None:
    """Removes what a killed owner has left."""
    if state is not None:
        with suppress(OSError):
            _file_of(state, owner).unlink()


def _file_of(state: Path, owner: str) -> Path:
    return state.with_name(f"{state.name}.owner-{owner}")


def _is_given_back(path: Path) -> bool:
    """Whether an owner has locked this file once, and does not any more. Others may ask at the same time."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def birth(pid: int) -> str:
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


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
