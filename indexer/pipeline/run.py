"""One run: read, derive, push, account, remember, commit."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from indexer import sources
from indexer.derive.tracking import Change
from indexer.engines.base import Action, Outcome, Writer
from indexer.model.books import HELD, Account
from indexer.model.documents import Delete
from indexer.model.errors import IndexerError, SourceError, TransientError
from indexer.model.records import Fault, Record
from indexer.model.targets import Target
from indexer.pipeline.delete_guard import WHY_HELD
from indexer.pipeline.ledger import Entry, Ledger
from indexer.pipeline.naming import Naming, profile_data
from indexer.pipeline.pool import End, Item, WorkerError, derive
from indexer.pipeline.push import Limits, Pusher
from indexer.pipeline.summary import Summary
from indexer.pipeline.workers import Failed, Filtered, Prepared, Result, Split, TransformSpec, results_of
from indexer.sources.remote_file import Remote

if TYPE_CHECKING:  # they bring the database along, which transform does without
    from indexer.pipeline.run_state import RunState
    from indexer.state.dead_letters import DeadLetter

COMMIT_EVERY = 30.0  # seconds between commits where only a commit survives a crash
STORE_EVERY = 1.0  # seconds after which the state is stored even if the engine has nothing to answer
BUDGET_FROM = 1000  # records before a share of rejected ones says anything
OTHERS_ARE_LOADED = (
    "The others are in the index. indexer dead-letters list says what is wrong; mend the cause and run the same "
    "command: it goes on\nfrom there. Then indexer dead-letters replay --all tries the rejected ones again."
)


@dataclass(frozen=True, slots=True)
class Events:
    """What a run tells while it goes on; each is called from the run's own thread but `paused`.

    `rejected(letter, advice)`, `fault(fault)` for a file as a whole, `advanced(bytes)` of the dumps as they lie on
    disk, `counted(account)` now and then, `resumed(file, items)`, `answered(documents, seconds)` for
    each batch, `paused(error, seconds)` from a connection, `warned(record, id, warnings)` for a document that says
    itself what could not be made of its record.
    """

    rejected: "Callable[[DeadLetter, str], None]"
    fault: Callable[[Fault], None]
    advanced: Callable[[int], None]
    counted: Callable[[Account], None]
    resumed: Callable[[str, int], None]
    answered: Callable[[int, float], None]
    paused: Callable[[TransientError, float], None]
    warned: Callable[[Record, str, list[str]], None] = lambda _record, _id, _warnings: None


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may go wrong: a run stops, resumable, at more than `count` rejected records, or more than `share` of
    those read (from `BUDGET_FROM` records on). What a resumed run did before is not counted again.
    """

    count: int
    share: float

    def exceeded(self, read: int, rejected: int) -> bool:
        return rejected > self.count or (read >= BUDGET_FROM and rejected > self.share * read)


class BudgetError(IndexerError):
    """Too many records were rejected: the run stopped before the end. What is to be done, the advice says: that depends
    on what is in the index by then.
    """

    def __init__(self, account: Account, *, advice: str) -> None:
        super().__init__(
            f"stopped: {account.failed:,} of {account.total.read:,} records were rejected, more than load.error_budget",
            advice=advice,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read and how: `files` are the dumps as `sources.expand` gives them, in the order in which they are read,
    each with the source it belongs to. That is its name in the books; empty: that of the profile which reads the
    record. `locations` says how to get at those of the files that are indexes or lie on a server (sources.live.named).
    `hold_deletions`: they go to the dead letters and no further, until the caller has seen how many there are
    (pipeline/delete_guard.py); needs a memory.
    `apart`: with one worker, too, documents are derived in a process of its own.
    """

    files: Mapping[str, str]
    spec: TransformSpec
    workers: int
    limits: Limits
    budget: Budget
    locations: Mapping[str, Target | Remote] = field(default_factory=dict)
    hold_deletions: bool = False
    apart: bool = False

    def omitting(self, fields: Set[str]) -> "Plan":
        """The same plan for a target that fills these fields itself."""
        return replace(self, spec=replace(self.spec, omit=frozenset(fields)))


def counting_pauses(
    summary: Summary, tell: Callable[[TransientError, float], None]
) -> Callable[[TransientError, float], None]:
    """Counts each request that is tried again, and tells of it. May be called by several threads."""
    lock = threading.Lock()

    def paused(error: TransientError, seconds: float) -> None:
        with lock:
            summary.retries += 1
        tell(error, seconds)

    return paused


def run(
    plan: Plan,
    sink: Writer | None,
    run_state: "RunState | None",
    *,
    events: Events,
    stop: threading.Event,
    summary: Summary,
) -> Summary:
    """Loads the dumps into the sink; with no sink everything is done but sending, and counted as if it were.

    Once `stop` is set no further record is taken, and what is in flight is finished and remembered; what fails then
    is not tried again. `summary` is filled as the run goes on, in addition to what it holds, so that the caller has the
    books also when an error ends it; they close then, too, and say beside that what was in flight. Raises
    TransientError or PermanentError when the target fails for good, BudgetError when too much is rejected (after
    finishing what is in flight); what was acknowledged stays, and the next run goes on from there.
    """
    started = time.monotonic()
    loading = _Run(plan, sink, run_state, events, stop, summary)
    loading.ledger.account.add(summary.account)
    loading.ledger.keep()
    summary.account = loading.ledger.account
    try:
        if run_state is not None:
            run_state.resume(loading.ledger)
        before = loading.ledger.account
        read, failed = before.total.read, before.failed
        overdrawn = False
        try:
            with closing(derive(loading.items(), plan.spec, workers=plan.workers, apart=plan.apart)) as derived:
                for chunk in derived:
                    if stop.is_set():
                        summary.interrupted = True
                        break
                    loading.take(chunk)
                    account = summary.account
                    overdrawn = plan.budget.exceeded(account.total.read - read, account.failed - failed)
                    if overdrawn:
                        break
        except (WorkerError, SourceError) as error:
            loading.finish()
            if isinstance(error, WorkerError) or not stop.is_set():
                raise
            summary.interrupted = True  # a source that was not tried again
        loading.finish()
        if overdrawn:
            raise BudgetError(summary.account, advice=OTHERS_ARE_LOADED)
        if run_state is not None and not summary.interrupted:
            run_state.finish()
    except TransientError:
        if not stop.is_set():
            raise
        summary.interrupted = True  # what was in flight could not be finished: the next run sends it again
    except KeyboardInterrupt:
        loading.leave()
        raise
    finally:
        loading.close()
        summary.seconds = time.monotonic() - started
        events.counted(summary.account)
    return summary


Token = tuple[Entry, Record, bytes | None]


def _versions(result: Iterable[Result | None]) -> Iterator[tuple[str, bytes | None]]:
    """What is to be sent, in its order: ids with their fingerprints, None for deletions."""
    for each in result:
        if isinstance(each, Prepared):
            yield each.write.id, each.fingerprint
        elif isinstance(each, Delete):
            yield each.id, None


class _Run:
    """The state of a run: one object, because the answers of the engine come back into it."""

    def __init__(
        self,
        plan: Plan,
        sink: Writer | None,
        run_state: "RunState | None",
        events: Events,
        stop: threading.Event,
        summary: Summary,
    ) -> None:
        self.ledger = Ledger()
        self._plan = plan
        self._run_state = run_state
        self._events = events
        self._stop = stop
        self._summary = summary
        self._paused = counting_pauses(summary, events.paused)
        self._name_of = Naming(plan.spec)
        self._pusher: Pusher[Token] | None = None
        self._places: deque[tuple[str, int]] = deque()  # of the items that are being derived, in order
        self._split_rejected: set[tuple[str, int]] = set()  # the places of split records that have a dead letter
        self._kept = time.monotonic()
        self._finished = False  # everything that was taken is settled and stored
        if sink is not None:
            self._pusher = Pusher(sink, plan.limits, on_answer=self._answered, on_pause=self._paused, stop=stop)

    def items(self) -> Iterator[Item]:
        """Everything in the dumps that is not settled already."""
        for file, source in self._plan.files.items():
            settled = self.ledger.settled.get(file)
            if settled is not None and settled.finished:
                continue
            skip = settled.items if settled else 0
            if skip:
                self._events.resumed(file, skip)
            stream = sources.read(
                [file],
                source=source,
                format=self._plan.spec.format_of(source),
                elements=self._plan.spec.elements_of(source),
                header=self._plan.spec.has_header(source),
                harvested=source in self._plan.spec.harvested,
                progress=self._events.advanced,
                locations=self._plan.locations,
                pause=self._pause,
            )
            for number, item in enumerate(stream, 1):
                if number > skip:
                    self._places.append((file, number))
                    yield item
            self._places.append((file, 0))
            yield End()

    def _pause(self, error: TransientError, seconds: float) -> None:
        self._paused(error, seconds)
        self._stop.wait(seconds)

    def take(self, chunk: list[tuple[Item, Result | Split | None]]) -> None:
        self._finished = False
        unchanged: set[str] = set()
        if self._run_state is not None:
            held = self._plan.hold_deletions
            unchanged = self._run_state.unchanged(
                _versions(
                    result
                    for _, made in chunk
                    for result in results_of(made)
                    if not (held and isinstance(result, Delete))
                )
            )
        for item, made in chunk:
            file, number = self._places.popleft()
            if isinstance(item, End):
                self.ledger.pass_end(file)
            elif isinstance(item, Fault) and not item.raw:
                self.ledger.pass_fault(file, number)
                self._summary.faulty.append(item.position.file)
                self._events.fault(item)
            else:
                name, results = self._name_of(item), results_of(made) or (None,)
                for result in results:  # each counts as a record
                    entry = self.ledger.take(file, number, name, len(results))
                    self._settle(entry, item, result, unchanged)
        self._events.counted(self.ledger.account)
        self._keep()

    def finish(self) -> None:
        """Sends the rest, waits for every answer, commits."""
        if self._pusher is not None:
            self._pusher.commit()
        if self._run_state is not None:
            self._run_state.store(self.ledger, committed=True)
        self._kept = time.monotonic()
        self._finished = True

    def close(self) -> None:
        """Ends the threads. Where the run did not come to `finish`, what can still be known of the requests in flight
        is stored, and the rest is told as in flight.
        """
        if self._finished:
            if self._pusher is not None:
                self._pusher.close()
            return
        with suppress(IndexerError):  # the state may be what is at fault: the error that ends the run says so
            if self._pusher is not None:
                self._pusher.abandon()
            if self._run_state is not None:
                self._run_state.store(self.ledger)
            else:
                self.ledger.keep()
        self.ledger.drop_unfinished()

    def leave(self) -> None:
        """Ends at once, as far as that can be done."""
        if self._pusher is not None:
            self._pusher.leave()
            self._pusher = None

    def _settle(self, entry: Entry, item: Record | Fault, result: Result | None, unchanged: set[str]) -> None:
        if isinstance(item, Fault):
            self._reject(entry, item, "read", item.reason)
        elif isinstance(result, Failed):
            self._reject(entry, item, result.stage, result.reason, document_id=result.document_id)
        elif isinstance(result, Filtered):
            self.ledger.settle(entry, "filtered")
        elif isinstance(result, Prepared):
            for warning in result.warnings:
                self._summary.warn(warning, item, result.write.id)
            if result.warnings:
                self._events.warned(item, result.write.id, list(result.warnings))
            if self._run_state is not None and result.write.id in unchanged:
                self.ledger.settle(entry, "unchanged")
                self._run_state.confirm(result.write.id, self._run_state.arrival(entry))
            else:
                self._push(result.write, (entry, item, result.fingerprint), result.change)
        elif isinstance(result, Delete) and self._plan.hold_deletions:
            self._reject(entry, item, HELD, WHY_HELD, document_id=result.id)
        elif isinstance(result, Delete):
            self._push(result, (entry, item, None))

    def _push(self, action: Action, token: Token, change: Change | None = None) -> None:
        if self._pusher is None:
            self.ledger.settle(token[0], "deleted" if isinstance(action, Delete) else "indexed")
            return
        if self._run_state is not None:
            action = self._run_state.dated(action, change, self._pusher.wait_for)
        self._pusher.add(action, token)

    def _answered(self, answers: list[tuple[Action, Token, Outcome]], seconds: float) -> None:
        """A batch was answered, item by item: into the books, and into the memory."""
        self._events.answered(len(answers), seconds)
        for action, (entry, record, fingerprint), outcome in answers:
            if outcome.status == "rejected":
                self._reject(entry, record, "index", outcome.reason, document_id=action.id)
                if self._run_state is not None:
                    self._run_state.refuse(action.id)
                continue
            self.ledger.settle(entry, outcome.status)
            if self._run_state is not None:
                self._run_state.acknowledge(action.id, fingerprint, self._run_state.arrival(entry))
        if self._run_state is not None:
            self._run_state.store(self.ledger)

    def _keep(self) -> None:
        """Stores now and then how far we are, so that a resumed run has little to repeat; where only a commit survives
        a crash, commits first.
        """
        if self._run_state is None:
            self.ledger.moved()
            return
        since = time.monotonic() - self._kept
        if self._run_state.waits and since >= COMMIT_EVERY:
            self.finish()
        elif not self._run_state.waits and since >= STORE_EVERY:
            self._run_state.store(self.ledger)
            self._kept = time.monotonic()

    def _reject(
        self, entry: Entry, item: Record | Fault, stage: str, reason: str, *, document_id: str | None = None
    ) -> None:
        self.ledger.settle(entry, HELD if stage == HELD else "rejected")
        if entry.parts > 1 and stage != HELD:  # one letter holds the whole record
            if (entry.file, entry.number) in self._split_rejected:
                return
            self._split_rejected.add((entry.file, entry.number))
        from indexer.state.dead_letters import DeadLetter

        letter = DeadLetter(
            source=entry.source,
            profile=profile_data(item, self._plan.spec),
            format=item.format if isinstance(item, Record) else "",
            document_id=document_id,
            position=item.position,
            stage=stage,
            reason=reason,
            header=item.header if isinstance(item, Record) else None,
            raw=item.raw,
            part=document_id or "" if entry.parts > 1 and stage == HELD else "",
        )
        if self._run_state is not None:
            self._run_state.keep_dead_letter(letter, entry)
        if stage != HELD:
            self._events.rejected(letter, item.advice if isinstance(item, Fault) else "")
