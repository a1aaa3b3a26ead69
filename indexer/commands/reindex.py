"""`reindex`: a new generation beside the live one, from all sources, verified and promoted."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from indexer import sources
from indexer.commands.configured import dumps, plan_for_sources
from indexer.commands.opened import opened, rules_of
from indexer.commands.sync import catch_up
from indexer.commands.verify import as_data, lines
from indexer.config import Config
from indexer.engine.account import Account
from indexer.engine.memory import signatures
from indexer.engine.run import Plan, Summary
from indexer.errors import ConfigError, ExitCode
from indexer.observe import report
from indexer.rebuild import generations
from indexer.rebuild.place import Place, open_place
from indexer.rebuild.verify import Check, verify
from indexer.sinks import open_sink
from indexer.sinks.base import Sink
from indexer.sources.files import is_no_file
from indexer.state import dead_letters, lock, progress
from indexer.state import dumps as files
from indexer.state import generations as state
from indexer.state.generations import Generation, index_name
from indexer.state.lock import LockedError
from indexer.state.store import Store
from indexer.targets import Target

WAIT_SECONDS = 3600.0  # for a load into the live index to end, once the new one is built
LOOK_SECONDS = 5.0  # between two looks at an engine that is in trouble


def reindex(*, config: Config, promote: bool, adopt: bool, keep: int | None, as_json: bool, quiet: bool) -> int:
    target = config.target()
    plan_for_sources(config)  # says what is wrong with them before anything is opened
    say = _printer(quiet or as_json)
    with (
        closing(open_place(target)) as place,
        closing(Store(config.settings.state)) as store,
        lock.hold(store, index_name(str(target), ""), command="reindex"),
    ):
        job = _Job(config, target, place, store, say, quiet or as_json)
        job.run(promote=promote, adopt=adopt, keep=keep or config.settings.rebuild.keep)
    if as_json:
        print(json.dumps(job.ended(), ensure_ascii=False, indent=2))
    return job.exit_code


def _printer(quiet: bool) -> Callable[[str], None]:
    return (lambda _text: None) if quiet else lambda text: print(text, flush=True)


@dataclass(slots=True)
class _Job:
    """One re-index: what it works on, and what came of it so far."""

    config: Config
    target: Target
    place: Place
    store: Store
    say: Callable[[str], None]
    quiet: bool
    name: str = ""
    former: str | None = None  # the generation that was live before the switch
    account: Account = field(default_factory=Account)
    checks: list[Check] = field(default_factory=list)
    promoted: bool = False
    dropped: list[str] = field(default_factory=list)
    exit_code: ExitCode = ExitCode.OK

    def run(self, *, promote: bool, adopt: bool, keep: int) -> None:
        found = self._settled(adopt=adopt)
        if self.promoted:  # by an earlier call, which was killed before it could say so
            with self._held():
                self._end(keep)
            return
        self._choose(found)
        if self._load("building"):
            with self._held():
                self._reconciled()
                if self._load("catching up") and self._verified(self._live()) and promote:
                    generations.promote(self.store, self.place, str(self.target), self.name)
                    self.promoted = True
                    self._end(keep)
        if self.exit_code in (ExitCode.OK, ExitCode.REJECTED) and not self.promoted:
            self.say(f"{self.name} is ready: indexer promote {self.name} makes it live")

    def ended(self) -> dict[str, object]:
        return {
            "target": str(self.target),
            "generation": self.name,
            "promoted": self.promoted,
            "former": self.former,
            **as_data(self.checks),
            "books": {name: books.counts() for name, books in self.account.sources.items()},
            "dropped": self.dropped,
            "exit_code": int(self.exit_code),
        }

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
        found = generations.look(self.store, self.place, target)
        plain = self.place.is_plain()
        if plain and not adopt:
            raise ConfigError(
                f"{target}: there is an index that was made before there were generations of it",
                advice="indexer reindex --adopt makes it the first generation: its documents stay, searches go on, and "
                "indexer rollback\ngoes back to it once the new one is live. Nothing was changed.",
            )
        known = state.known(self.store, target)
        if not plain and [each for each in found if each.state != "unknown"] == known:
            self.former = generations.live(found)
            return found
        before = generations.unfinished(known)
        with self._held():
            if plain:
                self._adopt(found)
            found = self._reconciled()
        if before is not None and before.name == self.place.live():
            self.name, self.promoted = before.name, True
            former = generations.former_live(found)
            self.former = former.name if former else None
        return found

    def _adopt(self, found: Sequence[Generation]) -> None:
        begun = next((each.name for each in found if each.state == "adopting"), None)
        name = begun or generations.new_name(each.name for each in found)
        if begun is None:
            state.begin(self.store, str(self.target), name, "adopting")
        self.place.adopt(name)
        self.say(f"{name}   adopted: the index that was there is a generation now, and live")

    def _reconciled(self) -> list[Generation]:
        found = generations.reconcile(self.store, self.place, str(self.target))
        self.former = generations.live(found)
        return found

    def _choose(self, found: Sequence[Generation]) -> None:
        """The generation that an earlier call did not bring to its end, where it can go on; or a new one."""
        target = str(self.target)
        begun = generations.unfinished(found)
        if begun is not None and self._goes_on(begun.name):
            self.name = begun.name
            state.mark(self.store, target, begun.name, "building")
            self.say(f"{begun.name}   goes on")
            return
        if begun is not None:
            self.say(f"{begun.name}   dropped: what it was built from has changed since")
            generations.drop(self.store, self.place, target, begun.name)
        self.name = generations.new_name(each.name for each in found)
        state.begin(self.store, target, self.name, "building")
        beside = f"beside {self.former}, which is live" if self.former else "where there was none"
        self.say(f"{self.name}   building {beside}")

    def _goes_on(self, name: str) -> bool:
        """Whether every dump that the generation was built from so far is as it was then, and read by the same rules:
        else it holds documents that are in no source any more.
        """
        made = self.place.make(name)
        target_id = progress.find_target(self.store, index_name(str(self.target), name))
        if target_id is None:
            return True
        plan = plan_for_sources(self.config)
        with closing(open_sink(made)) as sink:
            sink.check()
            plan.recipe.omit.update(sink.omit)
        read = files.settled(self.store, target_id)
        now = {dump.key: dump.signature for dump in dumps(plan)}
        if any(now.get(key) != signature for key, signature in read.items()):
            return False
        begun = progress.read_checkpoints(self.store, target_id)
        rules = {file: rule for file, rule in rules_of(plan).items() if sources.lasting(file) in begun}
        signed = {sources.lasting(file): signature for file, signature in signatures(rules).items()}
        return all(signed.get(file) == mark.signature for file, mark in begun.items())

    def _load(self, what: str) -> bool:
        """Reads what of the sources the new generation does not have; gives whether all of it is there now."""
        plan = plan_for_sources(self.config)
        with opened(
            self.place.make(self.name),
            self.config,
            command="reindex",
            quiet=self.quiet,
            connections=plan.limits.connections,
            building=index_name(str(self.target), self.name),
        ) as ready:
            new, summary = catch_up(ready, plan, self.config)
            known = files.settled(self.store, ready.target_id)
            unread = [
                each.file for each in dumps(plan) if not is_no_file(each.file) and known.get(each.key) != each.signature
            ]
        self._count(what, len(new), summary)
        if summary.interrupted:
            self.exit_code = ExitCode.INTERRUPTED
            self.say(f"interrupted: {self.name} is not finished; indexer reindex goes on with it")
            return False
        if summary.account.open_sources or unread:
            self._failed([_read(unread)])
            return False
        return True

    def _count(self, what: str, new: int, summary: Summary) -> None:
        self.account.add(summary.account)
        if self.account.total.rejected:
            self.exit_code = ExitCode.REJECTED
        if new:
            self.say(f"{self.name}   {what}: {new:,} {'dump' if new == 1 else 'dumps'}")
            for line in report.lines(summary, target=self.name, remembered=True):
                self.say(line)

    def _live(self) -> Target | None:
        return self.place.target(self.former) if self.former else None

    def _verified(self, live: Target | None) -> bool:
        """Whether the new generation is what it is to be; says what was found."""
        made = self.place.target(self.name)
        plan = plan_for_sources(self.config)
        with closing(open_sink(made)) as sink:
            sink.check()
            plan.recipe.omit.update(sink.omit)
            if live is None:
                checks = self._checks(plan, sink, None)
            else:
                with closing(open_sink(live)) as there:
                    there.check()
                    checks = self._checks(plan, sink, there)
            count = sink.count()
        trouble = self._trouble()
        checks.append(Check("engine", not trouble, "; ".join(trouble) or "well"))
        if not all(check.passed for check in checks):
            self._failed(checks)
            return False
        self.checks = checks
        self._tell_checks()
        state.mark(self.store, str(self.target), self.name, "ready", documents=count)
        return True

    def _checks(self, plan: Plan, sink: Sink, live: Sink | None) -> list[Check]:
        url = index_name(str(self.target), self.name)
        target_id = progress.find_target(self.store, url)
        return verify(
            plan,
            sink,
            live=live,
            account=self.account,
            limits=self.config.settings.verify,
            searches=self.config.settings.verify.search,
            documents=progress.count(self.store, target_id) if target_id is not None else None,
            rejected=dead_letters.known(self.store, target_id)[1] if target_id is not None else (),
        )

    def _trouble(self) -> list[str]:
        """What is wrong with the engine, and stays so while a request would be tried again."""
        until = time.monotonic() + self.config.settings.load.retry_seconds
        while (found := self.place.trouble()) and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        return found

    def _failed(self, checks: list[Check]) -> None:
        self.checks = checks
        self.exit_code = ExitCode.VERIFICATION
        state.mark(self.store, str(self.target), self.name, "failed")
        self._tell_checks()
        live = f"{self.former} is live as before" if self.former else "nothing is live"
        self.say(
            f"{self.name} was NOT promoted; {live}\n  Mend what failed and run indexer reindex again: it goes on with "
            "this generation, or builds another where the sources changed."
        )

    def _tell_checks(self) -> None:
        for line in lines(self.checks):
            self.say(f"  {line}")

    def _end(self, keep: int) -> None:
        """After the switch. What is too much goes; what was live stays."""
        back = f"; {self.former} was live before: indexer rollback goes back to it" if self.former else ""
        self.say(f"{self.name} is live{back}")
        found = generations.look(self.store, self.place, str(self.target))
        for each in generations.surplus(found, keep):
            generations.drop(self.store, self.place, str(self.target), each.name)
            self.dropped.append(each.name)
            self.say(f"{each.name}   dropped: {keep} are kept")


def _read(unread: Sequence[str]) -> Check:
    if not unread:
        return Check("books", False, "the books do not close: a fault of the loader; keep the state and the dumps")
    named = ", ".join(unread[:5]) + (f" and {len(unread) - 5:,} more" if len(unread) > 5 else "")
    return Check("sources", False, f"not read to their end: {named}")
