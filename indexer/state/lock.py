"""One run at a time for a target: a lock with an owner and an age, which a crash does not leave behind for ever.

Whether an owner is there still is told by `owners`.
"""

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from indexer.model.errors import IndexerError
from indexer.model.logs import get_logger
from indexer.state.owners import LockedError as LockedError
from indexer.state.owners import birth, forget, holder, is_alive, shown_alive
from indexer.state.store import Store, now
from indexer.state.tables import locks

BEAT_SECONDS = 15.0
POLL_SECONDS = 0.5  # between two looks at a lock that is waited for


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
    with shown_alive(store.file, owner):
        _wait_for(store, target, owner, command, wait, waiting, clock)
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


def _wait_for(
    store: Store,
    target: str,
    owner: str,
    command: str,
    wait: float,
    waiting: Callable[[LockedError], None],
    clock: Callable[[], float],
) -> None:
    until = time.monotonic() + wait
    told = False
    while True:
        try:
            _take(store, target, owner, command, clock)
            return
        except LockedError as error:
            if time.monotonic() >= until:
                raise
            if not told:
                waiting(error)
                told = True
            time.sleep(POLL_SECONDS)


def _take(store: Store, target: str, owner: str, command: str, clock: Callable[[], float]) -> None:
    with store.claim() as connection:
        row = connection.execute(locks.select().where(locks.c.target == target)).one_or_none()
        if row is not None and is_alive(row, clock(), state=store.file):
            raise LockedError(
                f"{target} is in use: {holder(row)}",
                advice="Wait until it has ended, or stop that process; a lock left by a crash is taken over by itself.",
            )
        connection.execute(locks.delete().where(locks.c.target == target))
        if row is not None:
            forget(store.file, row.owner)
        connection.execute(
            locks.insert().values(
                target=target,
                owner=owner,
                host=socket.gethostname(),
                pid=os.getpid(),
                born=birth(os.getpid()),
                command=command,
                since=now(),
                beat=clock(),
            )
        )


def _beat(store: Store, owner: str, done: threading.Event, clock: Callable[[], float]) -> None:
    while not done.wait(BEAT_SECONDS):
        try:
            with store.begin() as connection:
                connection.execute(locks.update().where(locks.c.owner == owner).values(beat=clock()))
        except IndexerError as error:
            # the run itself meets the same fault where it has something to store; maybe it has passed until the next
            get_logger().warning("lock_not_renewed", reason=error.message)
