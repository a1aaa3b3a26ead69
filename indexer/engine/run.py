"""One run: read, derive, push, account, remember, commit."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from indexer import sources
from indexer.documents import Delete
from indexer.engine.account import Account
from indexer.engine.ledger import Entry, Ledger
from indexer.engine.memory import Memory
from indexer.engine.push import Limits, Pusher
from indexer.engine.workers import End, Failed, Filtered, Item, Made, Marked, Recipe, derive
from indexer.errors import ExitCode, IndexerError, TransientError
from indexer.records import Fault, Record
from indexer.sinks.base import Action, Outcome, Sink
from indexer.state.dead_letters import DeadLetter

COMMIT_EVERY = 30.0  # seconds between commits where only a commit survives a crash
BUDGET_FROM = 1000  # records before a share of rejected ones says anything


@dataclass(frozen=True, slots=True)
class Events:
    """What a run tells while it goes on; each is called from the run's own thread but `paused`.

    `rejected(letter, advice)`, `fault(fault)` for a file as a whole, `advanced(bytes)` of the dumps as they lie on
    disk, `counted(account)` now and then, `resumed(file, items)`, `answered(documents, seconds)` for
    each batch, `paused(error, seconds)` from a connection.
    """

    rejected: Callable[[DeadLetter, str], None]
    fault: Callable[[Fault], None]
    advanced: Callable[[int], None]
    counted: Callable[[Account], None]
    resumed: Callable[[str, int], None]
    answered: Callable[[int, float], None]
    paused: Callable[[TransientError, float], None]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may go wrong: a run stops, resumable, at more than `count` rejected records, or more than `share` of
    those read (from `BUDGET_FROM` records on).
    """

    count: int
    share: float

    def exceeded(self, account: Account) -> bool:
        total = account.total
        return total.rejected > self.count or (total.read >= BUDGET_FROM and total.rejected > self.share * total.read)


class BudgetError(IndexerError):
    """Too many records were rejected: the run stopped before the end."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read and how: `files` as `sources.expand` gives them; `source` is the name in the books, empty: that of
    the profile which reads the record; `format` decides where the content does not.
    """

    files: Sequence[str]
    recipe: Recipe
    source: str
    format: str | None
    workers: int
    limits: Limits
    budget: Budget


def run(
    plan: Plan, sink: Sink | None, memory: Memory | None, *, events: Events, stop: threading.Event, summary: Summary
) -> Summary:
    """Loads the dumps into the sink; with no sink everything is done but sending, and counted as if it were.

    Once `stop` is set no further record is taken, and what is in flight is finished and remembered. `summary` is
    filled as the run goes on, so that the caller has the books also when an error ends it. Raises TransientError or
    PermanentError when the target fails for good, BudgetError when too much is rejected; what was acknowledged stays,
    and the next run goes on from there.
    """
    started = time.monotonic()
    loading = _Run(plan, sink, memory, events)
    summary.account = loading.ledger.account
    try:
        if memory is not None:
            memory.resume(loading.ledger)
        for chunk in derive(loading.items(), plan.recipe, workers=plan.workers):
            if stop.is_set():
                summary.interrupted = True
                break
            loading.take(chunk)
        loading.finish()
        if memory is not None and not summary.interrupted:
            memory.finish()
    finally:
        loading.close()
        summary.seconds = time.monotonic() - started
        events.counted(summary.account)
    return summary


Token = tuple[Entry, Record, bytes | None]


class _Run:
    """The state of a run: one object, because the answers of the engine come back into it."""

    def __init__(self, plan: Plan, sink: Sink | None, memory: Memory | None, events: Events) -> None:
        self.ledger = Ledger()
        self._plan = plan
        self._sink = sink
        self._memory = memory
        self._events = events
        self._pusher: Pusher[Token] | None = None
        self._places: deque[tuple[str, int]] = deque()  # of the items that are being derived, in order
        self._committed = time.monotonic()
        if sink is not None:
            self._pusher = Pusher(sink, plan.limits, on_answer=self._answered, on_pause=events.paused)

    def items(self) -> Iterator[Item]:
        """Everything in the dumps that is not settled already."""
        for file in self._plan.files:
            settled = self.ledger.settled.get(file)
            if settled is not None and settled.finished:
                continue
            skip = settled.items if settled else 0
            if skip:
                self._events.resumed(file, skip)
            stream = sources.read(
                [file], source=self._plan.source, format=self._plan.format, progress=self._events.advanced
            )
            for number, item in enumerate(stream, 1):
                if number > skip:
                    self._places.append((file, number))
                    yield item
            self._places.append((file, 0))
            yield End()

    def take(self, chunk: list[tuple[Item, Made | None]]) -> None:
        if self._memory is not None:
            self._memory.look_up([made.write.id for _, made in chunk if isinstance(made, Marked)])
        for item, made in chunk:
            file, number = self._places.popleft()
            if isinstance(item, End):
                self.ledger.pass_end(file)
            elif isinstance(item, Fault) and not item.raw:
                self.ledger.pass_fault(file, number)
                self._events.fault(item)
            else:
                entry = self.ledger.take(file, number, self._name_of(item))
                self._settle(entry, item, made)
        self._events.counted(self.ledger.account)
        self._keep()

    def finish(self) -> None:
        """Sends the rest, waits for every answer, commits."""
        if self._pusher is not None and self._sink is not None:
            self._pusher.drain()
            self._sink.commit()
        if self._memory is not None:
            self._memory.store(self.ledger, committed=True)

    def close(self) -> None:
        if self._pusher is not None:
            self._pusher.close()

    def _settle(self, entry: Entry, item: Record | Fault, made: Made | None) -> None:
        if isinstance(item, Fault):
            self._reject(entry, item, "read", item.reason)
        elif isinstance(made, Failed):
            self._reject(entry, item, made.stage, made.reason)
        elif isinstance(made, Filtered):
            self.ledger.settle(entry, "filtered")
        elif isinstance(made, Marked):
            fresh = self._pusher is not None and self._pusher.holds(made.write.id)
            if self._memory is not None and not fresh and self._memory.is_unchanged(made.write.id, made.fingerprint):
                self.ledger.settle(entry, "unchanged")
            else:
                self._push(made.write, (entry, item, made.fingerprint))
        elif isinstance(made, Delete):
            self._push(made, (entry, item, None))

    def _push(self, action: Action, token: Token) -> None:
        if self._pusher is not None:
            self._pusher.add(action, token)
        else:
            self.ledger.settle(token[0], "deleted" if isinstance(action, Delete) else "indexed")

    def _answered(self, answers: list[tuple[Action, Token, Outcome]], seconds: float) -> None:
        """A batch was answered, item by item: into the books, and into the memory."""
        self._events.answered(len(answers), seconds)
        for action, (entry, record, fingerprint), outcome in answers:
            if outcome.status == "rejected":
                self._reject(entry, record, "index", outcome.reason, document_id=action.id)
                continue
            self.ledger.settle(entry, outcome.status)
            if self._memory is not None:
                self._memory.acknowledge(action.id, fingerprint)
        if self._memory is not None:
            self._memory.store(self.ledger)

    def _keep(self) -> None:
        """Commits now and then where only a commit survives a crash, so that a resumed run has little to repeat."""
        if self._memory is None or not self._memory.waits or time.monotonic() - self._committed < COMMIT_EVERY:
            return
        self.finish()
        self._committed = time.monotonic()

    def _reject(
        self, entry: Entry, item: Record | Fault, stage: str, reason: str, *, document_id: str | None = None
    ) -> None:
        self.ledger.settle(entry, "rejected")
        letter = DeadLetter(
            source=entry.source,
            profile=self._profile_data(item),
            format=item.format if isinstance(item, Record) else "",
            document_id=document_id,
            position=item.position,
            stage=stage,
            reason=reason,
            header=item.header if isinstance(item, Record) else None,
            raw=item.raw,
        )
        if self._memory is not None:
            self._memory.bury(letter)
        self._events.rejected(letter, item.advice if isinstance(item, Fault) else "")
        if self._plan.budget.exceeded(self.ledger.account):
            total = self.ledger.account.total
            raise BudgetError(
                f"stopped: {total.rejected:,} of {total.read:,} records were rejected, more than load.error_budget",
                advice="What was acknowledged is in the index. Mend the cause and run the same command: it goes on "
                "from there.",
            )

    def _name_of(self, item: Record | Fault) -> str:
        if self._plan.source:
            return self._plan.source
        if isinstance(item, Record) and item.format in self._plan.recipe.profiles:
            return self._plan.recipe.profiles[item.format].name
        return item.source or "unknown"

    def _profile_data(self, item: Record | Fault) -> dict[str, Any] | None:
        profile = self._plan.recipe.profiles.get(item.format) if isinstance(item, Record) else None
        return asdict(profile) if profile is not None else None
