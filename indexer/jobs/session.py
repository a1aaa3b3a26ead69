"""A target that is open to be loaded into: its lock held, its state open, and whoever watches told."""

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from types import FrameType
from typing import TYPE_CHECKING, cast

from indexer import sources
from indexer.config import Config
from indexer.engines.base import Engine, Index, Writer
from indexer.engines.registry import engine_of, open_writer
from indexer.formats.profiles import Profile, files_of
from indexer.formats.version import derive_version
from indexer.jobs.dates import check_kept, dates_of
from indexer.jobs.fields import fitted
from indexer.jobs.publish import published
from indexer.model.books import Account
from indexer.model.errors import ConfigError, PermanentError, TargetError
from indexer.model.records import Fault
from indexer.model.schema import biblio
from indexer.model.settings import ClusterSettings
from indexer.model.targets import Target
from indexer.observe.audience import Audience
from indexer.observe.reporter import Reporter
from indexer.pipeline.run import Plan, run
from indexer.pipeline.summary import Summary
from indexer.pipeline.workers import collect_rarely

BUILDS = ("load", "reindex")  # commands that may run on a cluster
LOSE_NOTHING = ("delete", "sweep")  # commands that send no document
SEARCHER_WAITS = (0.5, 1.0, 2.0, 4.0, 0.0)  # seconds: a replica may show a commit a little later than another one

# Here and below the database is imported where it is needed: transform does without, and starts in half the time.
if TYPE_CHECKING:
    from indexer.pipeline.dates import Dates
    from indexer.pipeline.run_state import RunState
    from indexer.state.store import Store


@dataclass(frozen=True, slots=True)
class Session:
    """`name` is what the state knows the index by, `target_id` its number there. `dates` are put into documents.
    `building`: nobody reads the index yet. `summary` is of all parts of the run.
    """

    store: "Store"
    target: Target
    engine: Engine
    sink: Writer
    summary: Summary
    reporter: Reporter
    name: str
    target_id: int
    dates: "Dates | None"
    building: bool
    cluster: ClusterSettings

    @property
    def index(self) -> Index:
        """What the documents can be read back from; for engines that keep an index (registry.require_index)."""
        assert self.engine.index  # noqa: S101
        return cast(Index, self.sink)

    def load(self, plan: Plan, *, force: bool = False) -> Summary:
        """Carries the plan out; `force` sends what is unchanged, too. Once for each `open_session`."""
        from indexer.pipeline import bulk_settings
        from indexer.state import dumps, runs

        if self.cluster.from_scratch and not self.cluster.scheduler:
            raise ConfigError("--from-scratch: what is in scratch is sent by a cluster", advice="Give --cluster, too.")
        # a run that was killed may have been, or have died, of a record: then not again in this process
        apart = plan.apart or runs.before_was_killed(self.store, self.reporter.run_id)
        plan = replace(fitted(plan, self.sink), apart=apart)
        run_state = self.run_state(plan, force=force)
        first = self.building and not dumps.complete(self.store, self.target_id)  # what comes after it is little
        tunable = self.engine.tunable
        with bulk_settings.tuned(
            self.sink, self.store, self.name, tunable=tunable, say=self.reporter.say, unread=first
        ):
            if not (self.cluster.scheduler and self._build(plan)):
                carry_out(plan, self.sink, run_state, self.reporter)
        self.check_all_there()
        return self.summary

    def _build(self, plan: Plan) -> bool:
        """Carries the plan out on a cluster; gives whether it did. What is loaded into an index that holds documents
        already is this machine's.
        """
        from indexer.cluster import driver  # Dask takes longer than most commands
        from indexer.pipeline.run_state import signatures

        identity = self.index.identity() if self.engine.index else ""
        rules = rules_of(plan)
        signed = signatures(rules, plan.locations)
        build = driver.Build(
            plan,
            target=self.target,
            engine=self.engine,
            sink=self.sink,
            store=self.store,
            target_id=self.target_id,
            run_id=self.reporter.run_id,
            derive_version=derive_version(),
            dates=self.dates,
            building=self.building,
            key=f"{plan.spec.fingerprint_key} {[(file, signed[file] or rules[file]) for file in plan.files]}",
            name=self.name,
            identity=identity,
            settings=self.cluster,
        )
        if not driver.takes(build):
            if self.cluster.from_scratch and not self.building:
                raise ConfigError(
                    f"--from-scratch {self.cluster.from_scratch}: the index holds documents already",
                    advice="It is for an empty index, or `indexer reindex`. Nothing was sent.",
                )
            if not self.building:
                self.reporter.say("the index holds documents already: this machine loads into it, without the cluster")
            return False
        reporter = self.reporter
        reporter.starts(sources.total_bytes(list(plan.files)))
        with stopping(reporter) as stop:
            driver.build(build, events=reporter.events(), stop=stop, summary=self.summary, say=reporter.say)
        return True

    def fault(self, fault: Fault) -> None:
        """A file could not be read, or a server not be harvested: counted, and told."""
        self.summary.account.faults += 1
        self.summary.faulty.append(fault.position.file)
        self.reporter.events().fault(fault)

    def check_all_there(self) -> None:
        """Raises PermanentError where the index holds fewer documents than it acknowledged: it was emptied or made anew
        meanwhile. The next run finds that, too (progress.open_target), and sends everything again.
        """
        from indexer.state import progress

        if not self.engine.index or self.summary.interrupted:
            return
        known = progress.count(self.store, self.target_id)
        for wait in SEARCHER_WAITS:
            if (there := self.index.count()) >= known:
                return
            time.sleep(wait)
        raise PermanentError(
            f"{self.reporter.target}: the index holds {there:,} documents, of {known:,} at least that it acknowledged",
            advice="It was emptied, made anew or restored while documents were sent to it. The next run sends all of "
            "them again.",
        )

    def run_state(self, plan: Plan | None = None, *, force: bool = False) -> "RunState":
        """What a run of this plan remembers, or one of dead letters. Nothing of a file of JSON lines: each run writes
        all that it read.
        """
        from indexer.pipeline.run_state import RunState, signatures

        return RunState(
            self.store,
            target_id=self.target_id,
            run_id=self.reporter.run_id,
            derive_version=derive_version(),
            signatures=signatures(rules_of(plan), plan.locations) if plan else {},
            skip_unchanged=not force,
            durable=self.sink.durable,
            dates=self.dates,
        )


@contextmanager
def open_session(
    target: Target, config: Config, *, command: str, audience: Audience, connections: int, building: str = ""
) -> Iterator[Session]:
    """Opens everything, in the order in which it may fail without harm, and closes it in reverse. The run is in the
    state from here on, finished when the block is left.

    The index is the one behind the target's URL, live; or, with `building`, a generation that is known by that name
    (state.generations.index_name) and does not stand in the way of loads into the live one.

    Raises what opening the state and the target, and checking the schema, raise; LockedError when another run has it.
    """
    from indexer.jobs.generation_state import agree
    from indexer.jobs.state import open_state
    from indexer.pipeline import bulk_settings
    from indexer.state import lock
    from indexer.state.generations import live_index, target_of

    url = target_of(building) if building else str(target)
    with closing(open_state(config, audience)) as store, published(config, store, audience):
        with reported_if_refused(store, command, url):
            sink = open_writer(target, connections=connections, create=True)
        with (
            closing(sink),
            # before the index is opened: another generation may be promoted until we have it
            lock.hold(store, building or str(target), command=command),
        ):
            with reported_if_refused(store, command, url):
                sink.check(to_write=True)
                if not building and engine_of(target).generations is not None:
                    agree(store, target)
                if not building and command.split()[0] not in LOSE_NOTHING:
                    check_kept(target, sink, store, config)
            summary = Summary()
            with Reporter(config, store, audience=audience, command=command, target=url, summary=summary) as reporter:
                name = building or live_index(store, str(target))
                bulk_settings.put_back(sink, store, name, say=reporter.say)
                target_id = known_target(name, sink, store, engine_of(target))
                read = config.target() if building else target
                with dates_of(read, sink, store, config, building=bool(building)) as dates:
                    yield Session(
                        store,
                        target,
                        engine_of(target),
                        sink,
                        summary,
                        reporter,
                        name,
                        target_id,
                        dates,
                        bool(building),
                        config.settings.cluster if command.split()[0] in BUILDS else ClusterSettings(),
                    )


@contextmanager
def reported_if_refused(store: "Store", command: str, target: str) -> Iterator[None]:
    """A target that is not there, or refuses, ends the run before it began: people are told so, and the state."""
    try:
        yield
    except TargetError as error:
        from indexer.state import runs

        run_id = runs.start(store, command=command, target=target, derive_version=derive_version())
        runs.finish(store, run_id, Account(), exit_code=error.exit_code, message=error.message)
        if not error.nothing_sent:
            error.advice = f"{error.advice}\nNothing was sent.".lstrip()
        raise


def known_target(name: str, sink: Writer, store: "Store", engine: Engine) -> int:
    """The target's number in the state; what is remembered of another index under its name is forgotten."""
    from indexer.state import progress

    if sink.durable == "acknowledged":
        sink.commit()  # what a killed run sent last is there, and is not counted before it can be seen
    if not engine.index:
        return progress.open_target(store, name, identity="", documents_in_index=0)
    index = cast(Index, sink)
    return progress.open_target(store, name, identity=index.identity(), documents_in_index=index.count())


def rules_of(plan: Plan) -> dict[str, str]:
    """Each dump of the plan with the rules by which it is read: where they differ, so may its documents."""
    spec = plan.spec
    common = f"{sorted(spec.omit)}{biblio().version}{derive_version()}{spec.dates}{spec.site or ''}"
    rules = {
        source: f"{sorted(profiles.items())}{common}{files_of(profiles)}"
        for source, profiles in plan.spec.profiles.items()
    }
    return {file: rules[source] for file, source in plan.files.items()}


def remarks(profiles: Mapping[str, Profile]) -> list[str]:
    """What MARC mappings of one's own have that means nothing, such as a word that SolrMarc passes over."""
    own = [profile.options for profile in profiles.values() if profile.options.get("mapping")]
    if not own:
        return []
    from indexer.formats.marc.mappings import load  # the mapping is large, and most loads have none of their own

    found = (remark for options in own for remark in load(options["mapping"], options["functions"]).remarks)
    return list(dict.fromkeys(found))


def carry_out(plan: Plan, sink: Writer | None, run_state: "RunState | None", reporter: Reporter) -> Summary:
    """Runs the plan until it is done or to stop."""
    if reporter.audience.signals:  # the process is ours
        collect_rarely()
    for remark in dict.fromkeys(each for profiles in plan.spec.profiles.values() for each in remarks(profiles)):
        reporter.say(remark)
    reporter.starts(sources.total_bytes(list(plan.files)))
    with stopping(reporter) as stop:
        return run(plan, sink, run_state, events=reporter.events(), stop=stop, summary=reporter.summary)


@contextmanager
def stopping(reporter: Reporter) -> Iterator[threading.Event]:
    """What is set when the run is to stop: what is in flight is finished then. With an audience whose signals count,
    Ctrl-C and SIGTERM set it, and a second one ends at once.
    """
    if not reporter.audience.signals:
        yield reporter.audience.stop
        return
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        # RuntimeError: the signal came in the midst of a line that is being printed, which no other may enter
        with suppress(RuntimeError):
            reporter.stopping()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
