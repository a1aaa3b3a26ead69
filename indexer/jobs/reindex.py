"""`reindex`: a new generation beside the live one, from all sources, verified and promoted."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

from indexer import sources
from indexer.config import Config
from indexer.engines.base import Index
from indexer.engines.generations import GenerationStore
from indexer.engines.registry import engine_of, open_generations, open_index
from indexer.formats.version import derive_version
from indexer.jobs import after, generation_state
from indexer.jobs.dates import check_kept
from indexer.jobs.fields import fitted
from indexer.jobs.plan import Dump, dumps, plan_for_sources
from indexer.jobs.publish import published
from indexer.jobs.results import ReindexResult
from indexer.jobs.session import known_target, open_session, reported_if_refused, rules_of
from indexer.jobs.state import open_state
from indexer.jobs.sync import catch_up, news
from indexer.jobs.verification import NOT_AS_MADE, Check, lines, verify
from indexer.model.books import Account
from indexer.model.errors import ConfigError, ExitCode, IndexerError, PermanentError, SourceError
from indexer.model.targets import Target
from indexer.observe import report
from indexer.observe.audience import Audience
from indexer.pipeline import bulk_settings
from indexer.pipeline.run import Plan
from indexer.pipeline.run_state import signatures
from indexer.pipeline.summary import Summary
from indexer.sources.files import is_no_file
from indexer.sources.remote_file import Remote
from indexer.state import dead_letters, deletions, lock, progress, runs, saved_settings
from indexer.state import dumps as stored_dumps
from indexer.state import generations as stored_generations
from indexer.state.generations import Generation, index_name, live_index
from indexer.state.lock import LockedError
from indexer.state.store import Store

WAIT_SECONDS = 3600.0  # for a load into the live index to end, once the new one is built
BUILDS = 2  # of a generation by one call, where dumps that it was built from change meanwhile
_KEPT = "What was built of the new generation is kept: run indexer reindex again when the source is there."
_CHANGING = (
    "dumps go on changing while they are read: documents that they have lost may be in it; indexer sweep --dry-run "
    "lists them once it is live"
)
LOOK_SECONDS = 5.0  # between two looks at an engine that is in trouble


def reindex(
    *, config: Config, promote: bool = True, adopt: bool = False, keep: int | None = None, audience: Audience
) -> ReindexResult:
    """A new generation out of all sources, verified, and with `promote` made live. `adopt`: an index that was there
    before becomes a generation; `keep` of them stay, rebuild.keep where it is None.
    """
    target = config.target()
    plan_for_sources(config)  # says what is wrong with them before anything is opened
    settings = config.settings.rebuild
    with closing(open_state(config, audience)) as store, published(config, store, audience):
        with reported_if_refused(store, runs.REINDEX, str(target)):
            place = open_generations(target, configset=settings.configset)
        with closing(place), lock.hold(store, index_name(str(target), ""), command="reindex"):
            after.check(config)
            _check_dates(target, place, store, config)
            job = _Job(config, target, place, store, audience)
            with _remembered(job, runs.REINDEX if promote else runs.REINDEX_BESIDE):
                job.run(promote=promote, adopt=adopt or settings.adopt, keep=keep or settings.keep)
    return ReindexResult(
        target=str(target),
        generation=job.name,
        promoted=job.promoted,
        former=job.former,
        checks=job.checks,
        account=job.account,
        dropped=job.dropped,
        exit_code=job.exit_code,
    )


@contextmanager
def _remembered(job: "_Job", command: str) -> Iterator[None]:
    """The re-index as a whole is a run in the state; the loads that it consists of are runs of their own."""
    started = time.monotonic()
    number = runs.start(job.store, command=command, target=str(job.target), derive_version=derive_version())
    code, message = ExitCode.INTERRUPTED, ""
    try:
        yield
        code = job.exit_code
        message = "; ".join(f"{check.name}: {check.message}" for check in job.checks if not check.passed)
    except KeyboardInterrupt:
        job.exit_code = code
        message = "interrupted: indexer generations shows what is live; indexer reindex goes on from there"
        job.audience.progress().say(message)
    except IndexerError as error:
        code, message = error.exit_code, error.message
        if code != ExitCode.REJECTED:
            raise
        # a load that ends early with this code has done most of its work; here it means that nothing is promoted
        code = ExitCode.VERIFICATION
        raise generation_state.NotPromotedError(message, advice=error.advice) from None
    finally:
        seconds = time.monotonic() - started
        runs.finish(job.store, number, job.account, exit_code=code, message=message, seconds=seconds)


@dataclass(slots=True)
class _Job:
    """One re-index: what it works on, and what came of it so far."""

    config: Config
    target: Target
    place: GenerationStore
    store: Store
    audience: Audience
    name: str = ""
    former: str | None = None  # the generation that was live before the switch
    account: Account = field(default_factory=Account)
    checks: list[Check] = field(default_factory=list)
    promoted: bool = False
    dropped: list[str] = field(default_factory=list)
    exit_code: ExitCode = ExitCode.OK

    def run(self, *, promote: bool, adopt: bool, keep: int) -> None:
        generations = self._settled(adopt=adopt)
        if self.promoted:  # by an earlier call, which was killed before it could say so
            with self._held():
                self._end(keep)
            return
        self._put_back()
        for build in range(1, BUILDS + 1):
            self._choose(generations)
            if not self._load("building"):
                break
            with self._held():
                generations = self._reconciled()
                if not self._goes_on(self.name):  # a dump was written anew, or taken away, while it was built
                    if build < BUILDS:
                        self.account, self.exit_code = Account(), ExitCode.OK
                        continue
                    self.complain(f"{self.name}   {_CHANGING}")
                read = self._load("catching up", last=True)
                if read and self._verified(read) and promote:
                    generation_state.promote(self.store, self.place, str(self.target), self.name)
                    self.promoted = True
                    self._end(keep)
                break
        if self.exit_code in (ExitCode.OK, ExitCode.REJECTED) and not self.promoted:
            self.say(f"{self.name} is ready: indexer promote {self.name} makes it live")

    def say(self, line: str) -> None:
        self.audience.say(line)

    def complain(self, line: str) -> None:
        self.audience.complain(line)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """The lock of the live index: nobody loads into it, or promotes another generation."""

        def waiting(error: LockedError) -> None:
            self.say(f"waiting: {error.message}")

        with lock.hold(self.store, str(self.target), command="reindex", wait=WAIT_SECONDS, waiting=waiting):
            yield

    def _settled(self, *, adopt: bool) -> list[Generation]:
        """The generations, state and engine at one, and a plain index adopted."""
        target = str(self.target)
        generations = generation_state.look(self.store, self.place, target)
        plain = self.place.is_plain()
        if plain and not adopt:
            raise ConfigError(
                f"{target}: the index here is not a generation yet",
                advice="indexer reindex --adopt makes it the first generation: its documents stay, searches go on, and "
                "indexer rollback\ngoes back to it once the new one is live. Nothing was changed.",
            )
        known = stored_generations.known(self.store, target)
        if not plain and [generation for generation in generations if generation.state != "unknown"] == known:
            self.former = generation_state.live(generations)
            return generations
        before = generation_state.unfinished(known)
        with self._held():
            if plain:
                self._adopt(generations)
            generations = self._reconciled()
        if before is not None and before.name == self.place.live():
            self.name, self.promoted = before.name, True
            former = generation_state.former_live(generations)
            self.former = former.name if former else None
        return generations

    def _put_back(self) -> None:
        """The settings that a killed load has left changed: the new generation takes over those of the live one."""
        target = str(self.target)
        if self.former is None or saved_settings.read(self.store, live_index(self.store, target)) is None:
            return
        with self._held(), closing(open_index(self.target, any_schema=True)) as sink:
            bulk_settings.put_back(sink, self.store, live_index(self.store, target), say=self.say)

    def _adopt(self, generations: Sequence[Generation]) -> None:
        begun = next((generation.name for generation in generations if generation.state == "adopting"), None)
        name = begun or generation_state.new_name(generation.name for generation in generations)
        if begun is None:
            stored_generations.begin(self.store, str(self.target), name, "adopting")
        with self._or_forgotten(name):
            self.place.adopt(name)
        self.say(f"{name}   adopted: the index that was there is a generation now, and live")

    @contextmanager
    def _or_forgotten(self, name: str) -> Iterator[None]:
        """A generation that the engine refuses to make is not in the state either."""
        try:
            yield
        except PermanentError:
            self.place.mend()
            if name not in self.place.there() and not self.place.hides():
                stored_generations.forget(self.store, str(self.target), name)
            raise

    def _reconciled(self) -> list[Generation]:
        generations = generation_state.reconcile(self.store, self.place, str(self.target))
        self.former = generation_state.live(generations)
        return generations

    def _choose(self, generations: Sequence[Generation]) -> None:
        """The generation that an earlier call did not bring to its end, where it can go on; or a new one."""
        target = str(self.target)
        begun = generation_state.unfinished(generations)
        if begun is not None and self._goes_on(begun.name):
            self.name = begun.name
            stored_generations.mark(self.store, target, begun.name, "building")
            self.say(f"{begun.name}   goes on")
            return
        if begun is not None:
            self.say(f"{begun.name}   dropped: what it was built from has changed since")
            generation_state.drop(self.store, self.place, target, begun.name)
        self.name = generation_state.new_name(generation.name for generation in generations)
        stored_generations.begin(self.store, target, self.name, "building")
        beside = f"beside {self.former}, which is live" if self.former else "where there was none"
        self.say(f"{self.name}   building {beside}")

    @contextmanager
    def _made(self, name: str) -> Iterator[tuple[Plan, Index, int]]:
        """A generation that is being built, with its number in the state, and the plan that reads the sources into it
        as they are now.
        """
        plan = plan_for_sources(self.config)
        with self._or_forgotten(name):
            target = self.place.make(name)
        with closing(open_index(target)) as sink:
            sink.check(to_write=True)
            yield (
                fitted(plan, sink),
                sink,
                known_target(index_name(str(self.target), name), sink, self.store, engine_of(self.target)),
            )

    def _goes_on(self, name: str) -> bool:
        """Whether every dump that the generation was built from so far is as it was then, and read by the same rules:
        else it holds documents that are in no source any more. Raises SourceError where nobody can tell.
        """
        with self._made(name) as (plan, _, target_id):
            _look(plan)
            read = stored_dumps.touched(self.store, target_id)
            begun = progress.read_checkpoints(self.store, target_id)
            now = {(dump.source, dump.signature) for dump in dumps(plan)}  # one may have been moved to processed/
            rules = {file: rule for file, rule in rules_of(plan).items() if sources.lasting(file) in begun}
        signed = {sources.lasting(file): signature for file, signature in signatures(rules, plan.locations).items()}
        return all((source, signature) in now for (source, _), signature in read.items()) and all(
            signed.get(file) == mark.signature for file, mark in begun.items()
        )

    def _load(self, what: str, *, last: bool = False) -> Plan | None:
        """Reads what of the sources the new generation does not have; gives what it holds then. None if that did not
        come through, or not all of it is there though this is the `last` time.
        """
        with self._made(self.name) as (plan, _, target_id):
            if not news(dumps(plan), stored_dumps.complete(self.store, target_id)):
                return plan
        with open_session(
            self.place.target(self.name),
            self.config,
            command=runs.BUILDING,
            audience=self.audience,
            connections=plan.limits.connections,
            building=index_name(str(self.target), self.name),
        ) as session:
            new, summary = catch_up(session, plan, self.config)
            unread = summary.faulty
            if not unread and last:
                unread = _unread(dumps(plan), stored_dumps.complete(self.store, session.target_id))
        self._count(what, len(new), summary)
        if summary.interrupted:
            self.exit_code = ExitCode.INTERRUPTED
            self.say(f"interrupted: {self.name} is not finished; indexer reindex goes on with it")
            return None
        if summary.account.open_sources or unread:
            self._failed([_read(unread)])
            return None
        return plan

    def _count(self, what: str, new: int, summary: Summary) -> None:
        self.account.add(summary.account)
        if self.account.total.rejected:
            self.exit_code = ExitCode.REJECTED
        if new:
            self.say(f"{self.name}   {what}: {report.counted(new, 'dump')}")
            for line in report.lines(summary, target=self.name, remembered=True):
                self.say(line)

    def _verified(self, read: Plan) -> bool:
        """Whether the new generation is what was `read` is to make it; says what was found. Dumps that have come since
        are for the next `sync`.
        """
        target = str(self.target)
        with self._made(self.name) as (_, sink, target_id), ExitStack() as opening:
            bulk_settings.put_back(sink, self.store, index_name(target, self.name), say=self.say)
            live = None
            if self.former is not None:
                live = opening.enter_context(closing(open_index(self.place.target(self.former), any_schema=True)))
            generation_state.delete_again(self.store, target, self.name, sink=sink, live=live)
            checks = verify(
                read,
                sink,
                live=live,
                account=self.account,
                limits=self.config.settings.verify,
                searches=self.config.settings.verify.search,
                documents=progress.count(self.store, target_id),
                rejected={*dead_letters.known(self.store, target_id)[1], *deletions.noted(self.store, target)},
            )
            count = sink.count()
            known = stored_dumps.complete(self.store, target_id)
        trouble = self._trouble()
        checks.append(Check("engine", not trouble, "; ".join(trouble) or "well"))
        if not all(check.passed for check in checks):
            if any(check.name in NOT_AS_MADE and not check.passed for check in checks):
                # the next call reads all of them again, in their order, and sends all
                stored_dumps.begin(self.store, target_id, known)
                progress.forget_all(self.store, target_id)
            self._failed(checks)
            return False
        self.checks = checks
        self._tell_checks()
        stored_generations.mark(self.store, target, self.name, "ready", documents=count)
        return True

    def _trouble(self) -> list[str]:
        """What is wrong with the engine, and stays so while a request would be tried again."""
        until = time.monotonic() + self.config.settings.load.retry_seconds
        while (found := self.place.trouble()) and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        return found

    def _failed(self, checks: list[Check]) -> None:
        self.checks = checks
        self.exit_code = ExitCode.VERIFICATION
        stored_generations.mark(self.store, str(self.target), self.name, "failed")
        self._tell_checks()
        live = f"{self.former} is live as before" if self.former else "nothing is live"
        self.complain(
            f"{self.name} was NOT promoted; {live}\n  Mend what failed and run indexer reindex again: it goes on with "
            "this generation, or builds another where\n  the sources or the rules changed. If a change is meant, raise "
            "the limit that is named in brackets ([verify] of indexer.toml)."
        )

    def _after_failed(self, message: str, advice: str) -> None:
        self.exit_code = ExitCode.REJECTED
        self.complain(f"{message}\n  {advice}")

    def _tell_checks(self) -> None:
        for check, line in zip(self.checks, lines(self.checks), strict=True):
            (self.say if check.passed else self.complain)(f"  {line}")

    def _end(self, keep: int) -> None:
        """After the switch. What is too much goes; what was live stays."""
        back = f"; {self.former} was live before: indexer rollback goes back to it" if self.former else ""
        self.say(f"{self.name} is live{back}")
        after.after_reindex(self.target, self.config, self.account, self.name, say=self.say, trouble=self._after_failed)
        generations = generation_state.look(self.store, self.place, str(self.target))
        for generation in generation_state.surplus(generations, keep):
            generation_state.drop(self.store, self.place, str(self.target), generation.name)
            self.dropped.append(generation.name)
            self.say(f"{generation.name}   dropped: {keep} are kept")


def _check_dates(target: Target, place: GenerationStore, store: Store, config: Config) -> None:
    """Before anything is made or adopted: that the dates of the index that is there would not be lost."""
    if place.live() is not None or place.is_plain():
        with closing(open_index(target, any_schema=True)) as live:
            check_kept(target, live, store, config)


def _look(plan: Plan) -> None:
    """Raises SourceError for a source that cannot be looked at now: its dumps are not gone because of that."""
    for file in plan.files:
        far = plan.locations.get(file)
        if isinstance(far, Remote) and far.trouble:
            raise SourceError(far.trouble, advice=f"{far.advice}\n{_KEPT}".lstrip())
        if far is None and not is_no_file(file) and not os.path.exists(file):
            raise SourceError(f"{sources.shown(file)}: is not there", advice=_KEPT)


def _unread(dumps: Sequence[Dump], known: Mapping[tuple[str, str], str]) -> list[str]:
    """The dumps that are not in the generation as they are now; of an index nobody can tell."""
    return [
        dump.file
        for dump in dumps
        if (known.get(dump.key) != dump.signature if dump.signature else not is_no_file(dump.file))
    ]


def _read(unread: Sequence[str]) -> Check:
    if not unread:
        return Check("books", False, "the books do not close: a fault of the loader; keep the state and the dumps")
    named = ", ".join(unread[:5]) + (f" and {len(unread) - 5:,} more" if len(unread) > 5 else "")
    return Check("sources", False, f"not read to their end: {named}")
