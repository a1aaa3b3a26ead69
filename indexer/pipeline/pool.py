"""Derives documents from records, in this process or in others, in the order of the records.

A process that ends, or that does not come to an end, costs the record that it is about: `Apart` finds it.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass

from indexer.model.errors import IndexerError
from indexer.model.logs import get_logger
from indexer.model.records import Fault, Record
from indexer.pipeline.processes import Died, Processes
from indexer.pipeline.workers import (
    Failed,
    PackedResult,
    Result,
    Split,
    TransformSpec,
    pack,
    start_worker,
    transform,
    transform_alone,
    transform_in_worker,
    unpack,
)

CHUNK_RECORDS = 100
CHUNK_BYTES = 1 << 19
PATIENCE = 60.0  # seconds for a chunk, which takes milliseconds, and for a record
START_PATIENCE = 120.0  # seconds for a process to come up
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
    items: Iterable[Item], spec: TransformSpec, *, workers: int, apart: bool = False
) -> Generator[list[tuple[Item, Result | Split | None]], None, None]:
    """The items in their order, in chunks, each record with what was made of it.

    With one worker it all happens here, unless `apart` asks for a process of its own; with more, in that many
    processes. A record that its process dies of, or does not come to an end with, is Failed. Raises WorkerError when
    processes die for another reason (usually: the machine ran out of memory), or too often.
    """
    if workers == 1 and not apart:
        for chunk in chunks(items):
            yield [(item, transform(item, spec) if isinstance(item, Record) else None) for item in chunk]
        return
    with closing(_Processes(spec, workers)) as processes:
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

    def __init__(self, spec: TransformSpec, workers: int) -> None:
        self._spec = spec
        self._workers = workers
        self._apart = Apart()
        self._pool = Processes(workers, start_worker, spec)
        self._waiting: deque[tuple[list[Item], Future[list[PackedResult]] | list[Result | Split]]] = deque()

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self._workers * 2

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def put(self, chunk: list[Item]) -> None:
        packed = [pack(record) for record in _records(chunk)]
        self._waiting.append((chunk, self._pool.call(transform_in_worker, packed)))

    def get(self) -> list[tuple[Item, Result | Split | None]]:
        """The oldest chunk, as soon as it is made."""
        try:
            results = _results(self._waiting[0][1])
        except (Died, TimeoutError):
            self._recover()
            results = _results(self._waiting[0][1])
        chunk, _ = self._waiting.popleft()
        each = iter(results)
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
            if isinstance(future, Future) and future.exception() is not None:
                results = [self._apart.transform(record, self._spec) for record in _records(chunk)]
                self._waiting[place] = (chunk, results)
        self._apart.close()
        self._pool = Processes(self._workers, start_worker, self._spec)


class Apart:
    """Makes records one at a time in a process of their own, which is started when it is needed and when the last one
    has died.
    """

    def __init__(self) -> None:
        self._pool: Processes | None = None
        self._deaths = 0

    def transform(self, record: Record, spec: TransformSpec) -> Result | Split:
        """As workers.transform; Failed for a record that two processes died of, or that one never ended with."""
        for _ in range(2):
            pool = self._pool or self._start(spec)
            try:
                result = pool.call(transform_alone, pack(record), spec).result(PATIENCE)
            except TimeoutError:
                reason = f"is not done after {PATIENCE:.0f} seconds"
                self._died()
                break
            except Died:
                reason = "ends the process that derives it"
                self._died()
            else:
                assert result is not None  # noqa: S101 - None is for no record
                return unpack(result)
        # its id is not asked for: that may be what it died of
        return Failed("derive", f"{reason}: a fault of the profile, of the loader or of a library under it")

    def count_death(self) -> None:
        """Raises WorkerError when it is one too many."""
        self._deaths += 1
        get_logger().warning("worker_died", deaths=self._deaths)
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

    def _start(self, spec: TransformSpec) -> Processes:
        """A process that is well before it gets a record: else it is not the record that it dies of."""
        self._pool = Processes(1, start_worker, None)
        try:
            self._pool.call(transform_alone, None, spec).result(START_PATIENCE)
        except (Died, TimeoutError):
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


def _results(answer: "Future[list[PackedResult]] | list[Result | Split]") -> list[Result | Split]:
    return answer if isinstance(answer, list) else [unpack(result) for result in answer.result(PATIENCE)]
