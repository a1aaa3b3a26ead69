"""One run at a time for a target: a lock with an owner and an age, which a crash does not leave behind for ever.

The owner's process is looked for on its own host; on another host the lock counts as left behind once it has not been
renewed for `STALE_SECONDS`.
"""

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from indexer.errors import ExitCode, IndexerError
from indexer.state.store import Store, now
from indexer.state.tables import locks

BEAT_SECONDS = 15.0
STALE_SECONDS = 120.0


class LockedError(IndexerError):
    """Another run holds the lock."""

    exit_code = ExitCode.LOCKED


@contextmanager
def hold(store: Store, target: str, *, command: str) -> Iterator[None]:
    """Holds the target's lock for the time of the block. Raises LockedError when another run has it."""
    owner = uuid.uuid4().hex
    with store.claim() as connection:
        row = connection.execute(locks.select().where(locks.c.target == target)).one_or_none()
        if row is not None and _alive(row):
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
                beat=time.time(),
            )
        )
    done = threading.Event()
    beating = threading.Thread(target=_beat, args=(store, owner, done), name="lock", daemon=True)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()
        with store.begin() as connection:
            connection.execute(locks.delete().where(locks.c.owner == owner))


def _beat(store: Store, owner: str, done: threading.Event) -> None:
    while not done.wait(BEAT_SECONDS):
        with store.begin() as connection:
            connection.execute(locks.update().where(locks.c.owner == owner).values(beat=time.time()))


def _alive(row: sa.Row[tuple[object, ...]]) -> bool:
    if row.host != socket.gethostname():
        return bool(time.time() - row.beat < STALE_SECONDS)
    born = _born(row.pid)
    return born == row.born if born and row.born else _exists(row.pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _born(pid: int) -> str:
    """When a process began, in clock ticks since boot; empty where the system does not tell (only Linux does)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    return f"{boot}:{stat.rpartition(')')[2].split()[19]}"
