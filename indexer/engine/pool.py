"""Derives documents from records, in this process or in others, in the order of the records.

A process that ends, or that does not come to an end, costs the record that it is about: `Apart` finds it.
"""

import fcntl
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeVar

import structlog

from indexer.engine.workers import (
    Failed,
    Made,
    PackedMade,
    Recipe,
    make,
    make_alone,
    make_in_worker,
    pack,
    start_worker,
    unpack,
)
from indexer.errors import IndexerError
from indexer.records import Fault, Record

T = TypeVar("T")

CHUNK_RECORDS = 100
CHUNK_BYTES = 1 << 19
PIPE_BYTES = 1 << 20  # what Linux allows everybody; a chunk fits in
PATIENCE = 60.0  # seconds for a chunk, which takes milliseconds, and for a record
START_PATIENCE = 120.0  # seconds for a process to come up
# libxml2 asks for a few hundred small pieces of memory for a record and gives them all back. glibc keeps seven of each
# size at hand and merges the rest with its neighbours; to keep a whole record's saves a worker a tenth of its time.
# It reads this when a process starts; elsewhere it means nothing.
KEPT_AT_HAND = "glibc.malloc.tcache_count=300"
MOST_DEATHS = 20  # of processes in one run; a record that ends its process costs three


@dataclass(frozen=True, slots=True)
class End:
    """The dump has no further items."""

    raw: bytes = b""


Item = Record | Fault | End


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Groups of items small enough to keep memory flat and large enough to be worth a message to a process."""
    chunk: list[Item] = []
    size = 0
    for item in items:
        chunk.append(item)
        size += len(item.raw)
        if len(chunk) >= CHUNK_RECORDS or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def derive(
    items: Iterable[Item], recipe: Recipe, *, workers: int, apart: bool = False
) -> Generator[list[tuple[Item, Made | None]], None, None]:
    """The items in their order, in chunks, each record with what was made of it.

    With one worker it all happens here, unless `apart` asks for a process of its own; with more, in that many
    processes. A record that its process dies of, or does not come to an end with, is Failed. Raises WorkerError when
    processes die for another reason (usually: the machine ran out of memory), or too often.
    """
    if workers == 1 and not apart:
        for chunk in chunks(items):
            yield [(item, make(item, recipe) if isinstance(item, Record) else None) for item in chunk]
        return
    with closing(_Processes(recipe, workers)) as processes:
        for chunk in chunks(items):
            processes.put(chunk)
            if processes.full:
                yield processes.get()
        while processes.busy:
            yield processes.get()


class WorkerError(IndexerError):
    """Processes that derive documents die, and not of a record."""


class _Processes:
    """A pool of processes and the chunks in it, in their order."""

    def __init__(self, recipe: Recipe, workers: int) -> None:
        self._recipe = recipe
        self._workers = workers
        self._apart = Apart()
        self._pool = _Pool(workers, recipe)
        self._waiting: deque[tuple[list[Item], Future[list[PackedMade]] | list[Made]]] = deque()

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self._workers * 2

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def put(self, chunk: list[Item]) -> None:
        packed = [pack(record) for record in _records(chunk)]
        try:
            future = self._pool.submit(make_in_worker, packed)
        except BrokenProcessPool:
            self._recover()
            future = self._pool.submit(make_in_worker, packed)
        self._waiting.append((chunk, future))

    def get(self) -> list[tuple[Item, Made | None]]:
        """The oldest chunk, as soon as it is made."""
        try:
            made = _made(self._waiting[0][1])
        except (BrokenProcessPool, TimeoutError):
            self._recover()
            made = _made(self._waiting[0][1])
        chunk, _ = self._waiting.popleft()
        each = iter(made)
        return [(item, next(each) if isinstance(item, Record) else None) for item in chunk]

    def close(self) -> None:
        self._apart.close()
        self._pool.end()

    def _recover(self) -> None:
        """A process died or is held up, and takes the others along. The chunks that were in them are made record by
        record, so that the one at fault is found; then all goes on as before.
        """
        self._pool.end()
        self._apart.count_death()
        for place, (chunk, future) in enumerate(self._waiting):
            if isinstance(future, Future) and (future.cancelled() or future.exception() is not None):
                made = [self._apart.make(record, self._recipe) for record in _records(chunk)]
                self._waiting[place] = (chunk, made)
        self._apart.close()
        self._pool = _Pool(self._workers, self._recipe)


class Apart:
    """Makes records one at a time in a process of their own, which is started when it is needed and when the last one
    has died.
    """

    def __init__(self) -> None:
        self._pool: _Pool | None = None
        self._deaths = 0

    def make(self, record: Record, recipe: Recipe) -> Made:
        """As workers.make; Failed for a record that two processes died of, or that one did not come to an end with."""
        for _ in range(2):
            pool = self._pool or self._start(recipe)
            try:
                made = pool.submit(make_alone, pack(record), recipe).result(PATIENCE)
            except TimeoutError:
                reason = f"is not done after {PATIENCE:.0f} seconds"
                self._died()
                break
            except BrokenProcessPool:
                reason = "ends the process that derives it"
                self._died()
            else:
                assert made is not None  # noqa: S101 - None is for no record
                return unpack(made)
        # its id is not asked for: that may be what it died of
        return Failed("derive", f"{reason}: a fault of the profile, of the loader or of a library under it")

    def count_death(self) -> None:
        """Raises WorkerError when it is one too many."""
        self._deaths += 1
        structlog.get_logger().warning("worker_died", deaths=self._deaths)
        if self._deaths > MOST_DEATHS:
            raise WorkerError(
                f"{self._deaths} processes died while they derived documents",
                advice="Their records are among the dead letters. What was acknowledged is in the index, and the same "
                "command goes on from\nthere; with fewer --workers if memory is short.",
            )

    def close(self) -> None:
        if self._pool is not None:
            self._pool.end()
            self._pool = None

    def _start(self, recipe: Recipe) -> "_Pool":
        """A process that is well before it gets a record: else it is not the record that it dies of."""
        self._pool = _Pool(1, None)
        try:
            self._pool.submit(make_alone, None, recipe).result(START_PATIENCE)
        except (BrokenProcessPool, TimeoutError):
            self.close()
            raise WorkerError(
                "a worker process died before it had anything to do, most likely because the machine ran out of memory",
                advice="What was acknowledged is in the index. Run the same command again, with fewer --workers if "
                "memory is short: it goes on from there.",
            ) from None
        return self._pool

    def _died(self) -> None:
        self.close()
        self.count_death()


def _records(chunk: Sequence[Item]) -> Iterator[Record]:
    return (item for item in chunk if isinstance(item, Record))


def _made(answer: "Future[list[PackedMade]] | list[Made]") -> list[Made]:
    return answer if isinstance(answer, list) else [unpack(made) for made in answer.result(PATIENCE)]


class _Pool(ProcessPoolExecutor):
    """Processes behind pipes that a chunk fits in, and an end that nothing they are about can hold up."""

    def __init__(self, workers: int, recipe: Recipe | None) -> None:
        os.environ.setdefault("GLIBC_TUNABLES", KEPT_AT_HAND)  # for the processes that are started from here on
        # spawn: a forked copy of a process with threads (connections, progress) may deadlock
        context = multiprocessing.get_context("spawn")
        super().__init__(workers, mp_context=context, initializer=start_worker, initargs=(recipe,))
        questions, answers = getattr(self, "_call_queue"), getattr(self, "_result_queue")  # noqa: B009 - untyped
        # In pipes of 64 KiB both ends wake each other 20 times a chunk, and wait for Python's lock each time. Where the
        # system or a later Python does not let us, it is only slower.
        for queue in (questions, answers):
            with suppress(AttributeError, OSError):
                fcntl.fcntl(queue._writer.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._answer_writer = answers._writer
        self._questions = Connection(os.dup(questions._reader.fileno()), writable=False)

    def submit(self, fn: Callable[..., T], /, *args: object, **kwargs: object) -> Future[T]:
        """A process is started by the first calls. Ctrl-C in a terminal is sent to it too, and is not its own to
        handle; until it can say so itself it inherits that from here.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def end(self) -> None:
        """Leaves no process running, whatever it is about: they have nothing to lose, and may wait for a lock that a
        dead one held.

        One that is killed in the midst of an answer leaves the pool's thread waiting for the rest: it has to see that
        nobody can write it. One in the midst of a question leaves it writing to a full pipe, which is emptied here; to
        close the pipe's other end is what that thread does itself, sooner or later by the version of Python.
        """
        for worker in multiprocessing.active_children():
            worker.kill()
        self._answer_writer.close()
        manager = getattr(self, "_executor_manager_thread", None)
        self.shutdown(wait=False, cancel_futures=True)
        while manager is not None and manager.is_alive():
            while self._questions.poll() and os.read(self._questions.fileno(), PIPE_BYTES):
                pass
            manager.join(0.01)
        self._questions.close()
