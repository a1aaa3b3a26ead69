"""A build on a cluster: the stages, and the books over all parts.

What is done is in the scratch folder, part by part. So a build that was killed at any point goes on when it is called
again, and ends with the same index: nothing is derived or sent twice but the parts that were under way.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from indexer import sources
from indexer.cluster import cut as cutting
from indexer.cluster.build_state import BuildState
from indexer.cluster.cut import Part, unpacked
from indexer.cluster.derive import as_change, derive, write
from indexer.cluster.parts import parts_of
from indexer.cluster.push import Sending, known, push, push_from_here, write_known
from indexer.cluster.resolve import resolve
from indexer.cluster.scheduler import GOES_ON, HERE, Cluster, Lost, connected, sure
from indexer.cluster.scratch import Scratch
from indexer.derive.tracking import Tracked
from indexer.engines.base import Action, Engine, Outcome, Write, Writer
from indexer.model.books import Account
from indexer.model.build import Work
from indexer.model.documents import Delete
from indexer.model.errors import ConfigError, PermanentError, TransientError
from indexer.model.records import Fault, Record
from indexer.model.settings import ClusterSettings
from indexer.model.targets import Credentials, Target
from indexer.pipeline import pool
from indexer.pipeline.dates import Dates, Stamps
from indexer.pipeline.naming import profile_data
from indexer.pipeline.push import Pusher
from indexer.pipeline.run import BudgetError, Events, Plan
from indexer.pipeline.summary import Summary
from indexer.sources.files import is_no_file
from indexer.state import progress
from indexer.state.dead_letters import DeadLetter
from indexer.state.store import Store

BYTES_OF_AN_ID = 400  # that resolving takes, at the most
SMALL = 64 << 20  # half of the dumps' bytes: less is derived before a cluster has come up


@dataclass(frozen=True, slots=True)
class Build:
    """`plan` is fitted to the `target`, which `sink` writes to. `key` says what is built: another one where dumps,
    rules or fields differ. `name` is what the state knows the index by, `identity` which index that is.
    """

    plan: Plan
    target: Target
    engine: Engine
    sink: Writer
    store: Store
    target_id: int
    run_id: int
    derive_version: str
    dates: Dates | None
    building: bool
    key: str
    name: str
    identity: str
    settings: ClusterSettings


def build(build: Build, *, events: Events, stop: Event, summary: Summary, say: Callable[[str], None]) -> Summary:
    """Carries the plan out; `summary` is filled as it goes on. Raises ConfigError, TransientError, PermanentError,
    SourceError, BudgetError; the books close then, too.
    """
    work = summary.build = Work()
    job = _Job(build, events, stop, summary, work, say)
    started = time.monotonic()
    try:
        with connected(build.settings, build.target.credentials, work, stop, say) as cluster:
            if cluster is None:
                summary.interrupted = True
            else:
                job.run(cluster)
    finally:
        job.close()
        work.end()
        summary.seconds = time.monotonic() - started
        events.counted(summary.account)
    return summary


def takes(build: Build) -> bool:
    """Whether the index is empty, or holds what this build has sent before it was killed."""
    return progress.count(build.store, build.target_id) == 0 or _places(build)[1].has("begun")


def _places(build: Build) -> tuple[Scratch, Scratch]:
    """Where derived parts lie, for any target, and what was sent of them to this one."""
    url = build.settings.scratch
    root = Scratch(url if "://" in url else os.path.abspath(url))  # workers run in other folders
    derived = root.at(_digest(build.key))
    return derived, derived.at(f"to-{_digest(f'{build.name} {build.identity}')}")


class _Job:
    def __init__(
        self, build: Build, events: Events, stop: Event, summary: Summary, work: Work, say: Callable[[str], None]
    ) -> None:
        self._build = build
        self._events = events
        self._stop = stop
        self._summary = summary
        self._work = work
        self._say = say
        self._state = BuildState(
            build.store,
            target_id=build.target_id,
            run_id=build.run_id,
            derive_version=build.derive_version,
            durable=build.sink.durable,
            dates=build.dates,
        )
        self._derived, self._sent = _places(build)
        self._parts: list[Part] = []
        self._partitions = 1  # of the ids; as many as when the first part was derived, whatever the settings say now
        self._told: dict[int, dict[str, Any]] = {}  # of the derived parts
        self._firsts: list[int] = []  # how many records there are before each part
        self._share = 0.0
        self._share_done = 0
        self._refused: dict[int, list[list[Any]]] = {}

    def run(self, cluster: Cluster) -> None:
        build, plan = self._build, self._build.plan
        files = [os.path.abspath(file) for file in plan.files if not is_no_file(file) and os.path.exists(file)]
        self._derived.write("here", [True])
        some = {*files[:1], *files[-1:]}
        try:
            cluster.check(plan.spec, some, self._derived, build.target.credentials, sends=build.engine.server)
            self._check_scratch()
        except ConfigError:
            if not self._derived.has("parts"):  # nothing is left behind of what did not begin
                self._derived.remove()
            raise
        self._sent.write("here", [True])  # so that another build of these parts leaves them to this one
        self._share = (sources.total_bytes(files) or 0) / 2  # of each of deriving and pushing
        self._say(
            f"cluster: {cluster.workers} workers, {cluster.threads} at once"
            + (f" · {self._work.dashboard}" if self._work.dashboard else "")
            + (" · a build of this size is faster without a cluster" if self._share < SMALL else "")
        )
        for stage in (self._cut, self._derive, self._resolve, self._push):
            stage(cluster, plan.spec)
            if self._stop.is_set():
                self._summary.interrupted = True
                return
        self._finish()

    def _check_scratch(self) -> None:
        """Raises ConfigError where the run is not there whose documents are to be sent."""
        settings = self._build.settings
        if settings.from_scratch and not self._derived.has(f"runs/{settings.from_scratch}"):
            raise ConfigError(
                f"--from-scratch {settings.from_scratch}: that run has left no documents in {settings.scratch} of "
                "these dumps, by these rules, for such a target",
                advice="Without it they are derived. A run keeps its documents with cluster.keep; dumps, rules and the "
                "fields of the target\nmust be what they were. Nothing was sent.",
            )

    def close(self) -> None:
        """What was read and is in no other column by now counts as in flight."""
        account = self._summary.account
        for source, books in account.sources.items():
            if books.read != books.settled:
                account.in_flight[source] = books.read - books.settled
                account.sources[source] = replace(books, read=books.settled)
        account.in_flight = +account.in_flight

    def _cut(self, cluster: Cluster, spec: Any) -> None:
        if self._derived.has("parts"):
            told, self._partitions = self._derived.blocks("parts")
            self._parts = list(map(Part.from_data, told))
            return
        found = parts_of(
            self._build.plan, cluster, spec, self._derived, begin=self._begin, work=self._work, stop=self._stop
        )
        if not self._stop.is_set():
            self._parts = found
            self._partitions = self._partitions_of(self._parts)
            self._derived.write("parts", [[part.as_data() for part in self._parts], self._partitions])

    def _derive(self, cluster: Cluster, spec: Any) -> None:
        tasks = {}
        for number, part in enumerate(self._parts):
            if self._derived.has(f"derived/{number}"):
                self._take(number, self._derived.read(f"derived/{number}"))
            else:
                tasks[number] = (part, number, self._derived, spec, self._partitions)
        self._begin("derive", len(self._parts), len(self._told))
        for number, told in cluster.run(derive, tasks, self._stop, records=lambda told: told["records"]):
            self._take(number, self._apart(number) if isinstance(told, Lost) else told)
        if not self._stop.is_set():
            self._check_budget("Nothing was sent.")
            self._derived.write(f"runs/{self._build.run_id}", [True])

    def _apart(self, number: int) -> dict[str, Any]:
        """A part that costs its workers: in a process of ours, so that the record at fault costs itself."""
        self._say(f"part {number} has cost its workers: it is derived here, record by record")
        spec = self._build.plan.spec
        files = [file for file, _ in cutting.items(self._parts[number], self._derived, spec)]
        stream = (item for _, item in cutting.items(self._parts[number], self._derived, spec))
        with closing(pool.derive(stream, spec, workers=1, apart=True)) as chunks:
            pairs = (pair for chunk in chunks for pair in chunk)
            made = (
                (file, item, result)
                for file, (item, result) in zip(files, pairs, strict=True)
                if not isinstance(item, pool.End)
            )
            told = write(made, number, self._derived, spec, self._partitions)
        self._work.did(number, HERE, told["seconds"], told["records"])
        return told

    def _begin(self, stage: str, tasks: int, before: int = 0) -> None:
        self._work.begin(stage, tasks, before)
        if tasks:
            done = f", {before:,} of them done before" if before else ""
            self._say(f"{stage}: {tasks:,} part{'' if tasks == 1 else 's'}{done}")

    def _take(self, number: int, told: dict[str, Any]) -> None:
        self._told[number] = told
        account = self._summary.account
        for source, counts in told["books"].items():
            _add(account, source, counts)
        for fault in map(unpacked, told["faults"]):
            assert isinstance(fault, Fault)  # noqa: S101 - nothing else is written there
            account.faults += 1
            self._summary.faulty.append(fault.position.file)
            self._events.fault(fault)
        self._summary.warnings.update(told["warnings"])
        self._advance()
        self._events.counted(account)

    def _advance(self) -> None:
        """A part more is derived, or pushed."""
        self._share_done += 1
        per_part = self._share / len(self._parts)
        self._events.advanced(round(self._share_done * per_part) - round((self._share_done - 1) * per_part))

    def _check_budget(self, sent: str) -> None:
        account = self._summary.account
        if self._build.plan.budget.exceeded(account.total.read, account.failed):
            raise BudgetError(account, advice=f"{sent} Mend the cause, and run the same command again.")

    def _partitions_of(self, parts: Sequence[Part]) -> int:
        ids = sum(part.most for part in parts)
        return max(1, -(-ids * BYTES_OF_AN_ID // (self._build.settings.memory << 20)))

    def _resolve(self, cluster: Cluster, _spec: Any) -> None:
        self._firsts = [0]
        for number in range(len(self._parts)):
            self._firsts.append(self._firsts[-1] + self._told[number]["records"])
        tasks = {
            partition: (partition, len(self._parts), self._derived)
            for partition in range(self._partitions)
            if not self._derived.has(f"resolved/{partition}")
        }
        self._begin("resolve", self._partitions, self._partitions - len(tasks))
        for partition, told in cluster.run(resolve, tasks, self._stop):
            sure(told, f"piece {partition} of the ids")

    def _push(self, cluster: Cluster, _spec: Any) -> None:
        build = self._build
        self._keep_letters()
        self._start_anew_where_the_index_is_not_as_remembered()
        sending = Sending(
            replace(build.target, credentials=Credentials()),
            build.plan.limits,
            build.plan.spec.schema,
            self._partitions,
            build.dates is not None,
            build.building,
        )
        left = []
        for number in range(len(self._parts)):
            if self._sent.has(f"pushed/{number}"):
                self._count(number)
            else:
                left.append(number)
        self._begin("push", len(self._parts), len(self._parts) - len(left))
        for number in left if build.dates is not None else ():
            self._look_up(number)
        for number in self._pushed(cluster, left, sending):
            self._count(number)
            self._check_budget("What was sent is kept.")

    def _pushed(self, cluster: Cluster, left: Sequence[int], sending: Sending) -> Iterator[int]:
        """The parts, as they are in the index. An index of this machine takes them from here, one after the other."""
        build = self._build
        if not build.engine.server:
            for number in left:
                if self._stop.is_set():
                    return
                told = push(number, self._derived, self._sent, sending, build.sink, settled=build.sink.commit)
                self._work.did(number, HERE, told["seconds"], _of_books(told))
                yield number
            return
        requests = build.settings.requests
        name = f"requests-{requests}-{_digest(self._sent.url)}"
        tasks = {number: (number, self._derived, self._sent, sending, name, requests) for number in left}
        with cluster.throttled(name, requests):
            for number, told in cluster.run(push_from_here, tasks, self._stop, records=_of_books):
                if isinstance(told, Lost):
                    raise TransientError(f"part {number} {told.why} while it was pushed", advice=GOES_ON)
                yield number

    def _start_anew_where_the_index_is_not_as_remembered(self) -> None:
        """Parts that an earlier call has sent count only where the state knows of their documents still."""
        if self._sent.has("begun") and self._state.empty:
            self._sent.remove()
        self._sent.write("begun", [True])

    def _look_up(self, number: int) -> None:
        """The dates that are known of a part's documents go to whoever pushes it."""
        ids = [id for block in self._derived.blocks(f"derived/{number}.ids") for _, id, _ in block]
        found = self._state.look_up(ids)
        if found:
            write_known(number, self._sent, found)

    def _count(self, number: int) -> None:
        """A part is in the index: into the books, and then into the state."""
        told, marks, gone, refused, dates = self._sent.blocks(f"pushed/{number}")
        self._check_books(number, told)
        for source, counts in told["books"].items():
            _add(self._summary.account, source, counts)
        self._summary.retries += told["retries"]
        for documents, seconds in told["batches"]:
            self._events.answered(documents, seconds)
        self._advance()
        self._events.counted(self._summary.account)
        if refused:
            self._refused[number] = refused
        self._state.acknowledge(marks, gone, {id: Tracked(*fields) for id, *fields in dates}, self._firsts[number])

    def _check_books(self, number: int, told: Mapping[str, Any]) -> None:
        """Of one part: what was read is filtered, rejected, or was given to whoever pushed it."""
        for source, counts in self._told[number]["books"].items():
            pushed = sum(told["books"].get(source, {}).values())
            if counts["read"] != counts.get("filtered", 0) + counts.get("rejected", 0) + pushed:
                raise PermanentError(
                    f"the books of part {number} do not close: of {source} {counts['read']:,} records were read, "
                    f"{pushed:,} were sent, deleted or superseded",
                    advice="The live index is not touched. Empty cluster.scratch and build again; and tell us, please.",
                )

    def _keep_letters(self) -> None:
        """The records that became no document."""
        for number in range(len(self._parts)):
            if not self._told[number]["letters"]:
                continue
            for taken, source, file, item, stage, reason, id in self._derived.read(f"derived/{number}.letters"):
                letter = self._letter(number, taken, source, file, unpacked(item), stage, reason, id)
                self._events.rejected(letter, "")
                self._state.keep_dead_letter(letter)

    def _letter(
        self,
        number: int,
        taken: int,
        source: str,
        file: str,
        item: Record | Fault,
        stage: str,
        reason: str,
        id: str | None,
    ) -> DeadLetter:
        lasting = sources.lasting(file) + item.position.file[len(sources.shown(file)) :]
        return DeadLetter(
            source=source,
            profile=profile_data(item, self._build.plan.spec),
            format=item.format if isinstance(item, Record) else "",
            document_id=id,
            position=replace(item.position, file=lasting),
            stage=stage,
            reason=reason,
            header=item.header if isinstance(item, Record) else None,
            raw=item.raw,
            arrival=(self._build.run_id, self._firsts[number] + taken),
        )

    def _finish(self) -> None:
        """Commits; and where the engine refused the version that counted, the one before it counts."""
        build = self._build
        answers: list[Outcome] = []
        pusher: Pusher[None] = Pusher(
            build.sink,
            build.plan.limits,
            on_answer=lambda sent, _: answers.extend(outcome for _, _, outcome in sent),
            on_pause=self._events.paused,
            stop=self._stop,
        )

        def send(action: Action) -> Outcome:
            pusher.add(action, None)
            pusher.drain()
            return answers.pop()

        try:
            for number, refused in sorted(self._refused.items()):
                dates = known(number, self._sent) if build.dates is not None else {}
                for taken, source, id, reason, versions in refused:
                    self._reject(number, taken, source, id, reason)
                    self._send_earlier(id, versions, dates, send)
            pusher.commit()
        finally:
            pusher.close()
        self._sent.remove()
        if build.settings.keep:
            self._say(f"kept in scratch: --from-scratch {build.run_id} sends it to another target")
        elif not self._derived.folders("to-"):  # nobody else builds from these parts
            self._derived.remove()

    def _send_earlier(
        self,
        id: str,
        versions: Sequence[Sequence[Any]],
        dates: Mapping[str, Tracked],
        send: Callable[[Action], Outcome],
    ) -> None:
        """The last of a document's earlier versions that the engine takes: [part, number, change], oldest first."""
        build, account = self._build, self._summary.account
        for place in reversed(range(len(versions))):
            part, earlier, change = versions[place]
            name, action = self._version(part, earlier)
            stamps = Stamps(dates, building=build.building)
            for _, _, before in versions[:place]:
                stamps.pass_over(id, as_change(before))
            outcome = send(action if build.dates is None else stamps.stamp(action, as_change(change)))
            account.of(name).superseded -= 1
            account.count(name, outcome.status)
            if outcome.status != "rejected":
                stamps.acknowledge(id)
                self._state.acknowledge_earlier(stamps.unstored)
                return
            self._reject(part, earlier, name, id, outcome.reason)

    def _reject(self, number: int, taken: int, source: str, id: str, reason: str) -> None:
        """A document that the engine refused is a dead letter, with its record as it stands in the dump."""
        file, item = self._record(number, taken)
        letter = self._letter(number, taken, source, file, item, "index", reason, id)
        self._events.rejected(letter, "")
        self._state.keep_dead_letter(letter)

    def _record(self, number: int, taken: int) -> tuple[str, Record | Fault]:
        several = dict(self._told[number]["several"])  # records of which more than one document was made
        passed = 0
        for file, item in cutting.items(self._parts[number], self._derived, self._build.plan.spec):
            if isinstance(item, Record) or item.raw:
                passed += several.get(passed + 1, 1)
            if passed >= taken:
                return file, item
        raise TransientError(f"part {number} has no record {taken} any more: a dump was changed", advice=GOES_ON)

    def _version(self, number: int, taken: int) -> tuple[str, Action]:
        for block in self._derived.blocks(f"derived/{number}.documents"):
            for each, name, id, body, _, _ in block:
                if each == taken:
                    return name, Delete(id) if body is None else Write(id, body)
        raise TransientError(f"part {number} has no document of record {taken} in scratch", advice=GOES_ON)


def _add(account: Account, source: str, counts: Mapping[str, int]) -> None:
    books = account.of(source)
    for column, count in counts.items():
        books.add(column, count)


def _of_books(told: Mapping[str, Any]) -> int:
    return sum(sum(counts.values()) for counts in told["books"].values())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
