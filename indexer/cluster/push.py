"""What counts of a part goes to the engine, each id at most once: a part that is pushed twice changes nothing."""

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from indexer import config as configuration
from indexer.cluster.derive import as_change
from indexer.cluster.resolve import counted
from indexer.cluster.scratch import Scratch
from indexer.derive.tracking import Tracked
from indexer.engines.base import Action, Outcome, Write, Writer
from indexer.engines.registry import open_writer
from indexer.model.documents import Delete
from indexer.model.errors import PermanentError, TransientError
from indexer.model.schema import Schema, in_use
from indexer.model.targets import Credentials, Target
from indexer.pipeline.dates import Stamps
from indexer.pipeline.push import Limits, Pusher

ASLEEP_SECONDS = 20.0  # without a request: the worker hung, and its part may be another one's
Lease = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Sending:
    """How parts are pushed. `target` is without its credentials: each host has its own (INDEXER_USERNAME and so on).
    `dated`: documents get their dates, `building` as pipeline.dates.Dates has it.
    """

    target: Target
    limits: Limits
    schema: Schema
    partitions: int
    dated: bool
    building: bool


def own_credentials() -> Credentials:
    """Those that this host has in its environment."""
    own = configuration.load(None, environ=os.environ, look=False, flags={"target": "jsonl:-"})
    return own.target_credentials()


def push_from_here(
    part: int, derived: Scratch, scratch: Scratch, sending: Sending, name: str, requests: int
) -> dict[str, Any]:
    """On a worker: opens the target for the part. The whole cluster has so many `requests` of this `name` under way."""
    from distributed import Semaphore, get_worker

    worker = get_worker()
    with in_use(sending.schema):
        sink = open_writer(
            replace(sending.target, credentials=own_credentials()), connections=sending.limits.connections
        )
        with closing(sink):
            sink.check()
            leases = Semaphore(max_leases=requests, name=name)
            return push(
                part, derived, scratch, sending, sink, lambda: leases, busy=lambda: worker.log_event(name, "busy")
            )


def push(
    part: int,
    derived: Scratch,
    scratch: Scratch,
    sending: Sending,
    sink: Writer,
    lease: Lease = nullcontext,
    settled: Callable[[], None] = lambda: None,
    busy: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Sends what counts of the part and writes `pushed/PART`, once `settled` has made it last; gives what the driver
    must know of it. `busy` is told when the engine has too much to do.

    Raises PermanentError where another worker has sent the part meanwhile: this one was taken for dead.
    """
    began = time.monotonic()
    lost, won = counted(part, sending.partitions, derived)
    books: defaultdict[str, Counter[str]] = defaultdict(Counter)
    marks: list[list[Any]] = []
    gone: list[list[Any]] = []
    batches: list[list[Any]] = []
    refused: list[list[Any]] = []
    retries = 0
    stamps = Stamps(known(part, scratch), building=sending.building) if sending.dated else None

    def answered(answers: list[tuple[Action, list[Any], Outcome]], seconds: float) -> None:
        batches.append([len(answers), seconds])
        for action, (number, name, mark), outcome in answers:
            if outcome.status == "rejected":
                books[name]["rejected"] += 1
                refused.append([number, name, action.id, outcome.reason, won.get(number, [])])
                if stamps is not None:
                    stamps.refuse(action.id)
                continue
            books[name][outcome.status] += 1
            if mark is None:
                gone.append([action.id, number])
            else:
                marks.append([action.id, mark, number])
            if stamps is not None:
                stamps.acknowledge(action.id)

    def paused(error: TransientError, _seconds: float) -> None:
        nonlocal retries
        retries += 1
        if error.busy:
            busy()

    pusher: Pusher[list[Any]] = Pusher(
        _Leased(sink, lease, part, scratch), sending.limits, on_answer=answered, on_pause=paused
    )
    try:
        for block in derived.blocks(f"derived/{part}.documents"):
            for number, name, id, body, mark, change in block:
                counts = books[name]
                if number in lost:
                    counts["superseded"] += 1
                    continue
                action: Action = Delete(id) if body is None else Write(id, body)
                if stamps is not None:
                    for _, _, earlier in won.get(number, ()):
                        stamps.pass_over(id, as_change(earlier))
                    action = stamps.stamp(action, as_change(change))
                pusher.add(action, [number, name, mark])
        pusher.drain()
    finally:
        pusher.close()
    dates = [[id, *_fields(each)] for id, each in stamps.unstored.items()] if stamps is not None else []
    told = {
        "books": {name: dict(counts) for name, counts in books.items()},
        "retries": retries,
        "batches": batches,
        "seconds": time.monotonic() - began,
    }
    settled()
    scratch.write(f"pushed/{part}", [told, marks, gone, refused, dates])
    return told


class _Leased:
    """A sink of which the whole cluster has so many requests under way, and no more; for a part, as long as it is this
    worker's.
    """

    def __init__(self, sink: Writer, lease: Lease, part: int, scratch: Scratch) -> None:
        self._sink = sink
        self._lease = lease
        self._part, self._scratch = part, scratch
        self._looked = time.monotonic()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sink, name)

    def __str__(self) -> str:
        return str(self._sink)

    def push(self, actions: Any) -> Any:
        with self._lease():
            if time.monotonic() - self._looked > ASLEEP_SECONDS and self._scratch.has(f"pushed/{self._part}"):
                raise PermanentError(f"part {self._part} was sent by another worker meanwhile")
            self._looked = time.monotonic()
            return self._sink.push(actions)


def known(part: int, scratch: Scratch) -> dict[str, Tracked]:
    """The dates that the driver knew of the part's documents."""
    if not scratch.has(f"known/{part}"):
        return {}
    return {id: Tracked(*fields) for id, *fields in scratch.read(f"known/{part}")}


def write_known(part: int, scratch: Scratch, dates: Mapping[str, Tracked]) -> None:
    scratch.write(f"known/{part}", [[[id, *_fields(each)] for id, each in dates.items()]])


def _fields(each: Tracked) -> list[Any]:
    return [each.first, each.last, each.changed, each.deleted]
