"""One run: read, derive, push, account, commit."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from indexer import sources
from indexer.documents import Delete
from indexer.engine.account import Account
from indexer.engine.push import Limits, Pusher
from indexer.engine.workers import Failed, Filtered, Made, Recipe, derive
from indexer.errors import ExitCode, TransientError
from indexer.records import Fault, Record
from indexer.sinks.base import Action, Outcome, Sink

Rejection = Callable[[str, Record | Fault, str, str], None]


@dataclass(frozen=True, slots=True)
class Events:
    """What a run tells while it goes on; each is called from the run's own thread but `pause`.

    `rejected(source, record or fault, stage, reason)`, `fault(fault)` for a file as a whole, `advanced(bytes)` of the
    dumps as they lie on disk, `counted(account)` after each answer, `pause(error, seconds)` from a connection.
    """

    rejected: Rejection
    fault: Callable[[Fault], None]
    advanced: Callable[[int], None]
    counted: Callable[[Account], None]
    pause: Callable[[TransientError, float], None]


@dataclass(slots=True)
class Summary:
    """How a run ended. `exit_code` is what the process should end with."""

    account: Account = field(default_factory=Account)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def exit_code(self) -> ExitCode:
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.account.total.rejected or self.account.faults or self.account.open_sources:
            return ExitCode.REJECTED
        return ExitCode.OK


def run(
    paths: Sequence[str],
    sink: Sink | None,
    *,
    recipe: Recipe,
    source: str,
    format: str | None,
    workers: int,
    limits: Limits,
    events: Events,
    stop: threading.Event,
    summary: Summary,
) -> Summary:
    """Loads the dumps into the sink; with no sink everything is done but sending, and counted as if it were.

    `source` is the name in the books; empty: that of the profile which reads the record. Once `stop` is set
    no further record is taken, what is in flight is finished and committed. `summary` is filled as the run goes on, so
    that the caller has the books also when an error ends it. Raises TransientError or PermanentError
    when the target fails for good; what was acknowledged before stays.
    """
    account = summary.account
    started = time.monotonic()

    def name_of(item: Record | Fault) -> str:
        if source:
            return source
        if isinstance(item, Record) and item.format in recipe.profiles:
            return recipe.profiles[item.format].name
        return item.source or "unknown"

    def reject(item: Record | Fault, stage: str, reason: str) -> None:
        account.of(name_of(item)).rejected += 1
        events.rejected(name_of(item), item, stage, reason)

    def answered(_action: Action, record: Record, outcome: Outcome) -> None:
        if outcome.status == "rejected":
            reject(record, "index", outcome.reason)
        elif outcome.status == "deleted":
            account.of(name_of(record)).deleted += 1
        else:
            account.of(name_of(record)).indexed += 1

    def take(item: Record, made: Made) -> None:
        account.of(name_of(item)).read += 1
        if isinstance(made, Failed):
            reject(item, made.stage, made.reason)
        elif isinstance(made, Filtered):
            account.of(name_of(item)).filtered += 1
        elif pusher is not None:
            pusher.add(made, item)
        else:
            answered(made, item, Outcome("deleted" if isinstance(made, Delete) else "indexed"))

    def take_fault(fault: Fault) -> None:
        if fault.raw:
            account.of(name_of(fault)).read += 1
            reject(fault, "read", fault.reason)
        else:
            account.faults += 1
            events.fault(fault)

    pusher = None if sink is None else Pusher(sink, limits, on_outcome=answered, on_pause=events.pause)
    stream = sources.read(paths, source=source, format=format, progress=events.advanced)
    try:
        for item, made in derive(stream, recipe, workers=workers):
            if stop.is_set():
                summary.interrupted = True
                break
            if isinstance(item, Fault):
                take_fault(item)
            elif made is not None:
                take(item, made)
            events.counted(account)
        if pusher is not None and sink is not None:
            pusher.drain()
            sink.commit()
    finally:
        if pusher is not None:
            pusher.close()
        summary.seconds = time.monotonic() - started
        events.counted(account)
    return summary
