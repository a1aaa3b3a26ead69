"""`load` and `transform`: dumps into a target, or onto standard output."""

import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from indexer import sources
from indexer.commands.telling import Telling
from indexer.config import Config, LoadSettings
from indexer.derive.pipeline import derive_version
from indexer.engine.push import Limits
from indexer.engine.run import Budget, Plan, Summary, run
from indexer.engine.workers import Recipe, collect_rarely
from indexer.errors import ConfigError
from indexer.formats import DEFAULT_PROFILE, profiles
from indexer.observe import report
from indexer.schema.model import biblio
from indexer.sinks import open_sink
from indexer.sinks.base import Sink
from indexer.sources import live
from indexer.targets import Target

if TYPE_CHECKING:
    from indexer.engine.memory import Memory
    from indexer.state.store import Store

SMALL_DUMP = 4 * 2**20  # bytes on disk below which starting worker processes costs more than it gains


def load(
    paths: Sequence[str],
    *,
    config: Config,
    profile_name: str | None,
    dry_run: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    target = config.target()
    plan = plan_for(paths, config, profile_name, connections=config.settings.load.connections)
    if dry_run:
        with Telling(config, None, quiet=quiet, command="load --dry-run", target=target) as told:
            summary = _run(plan, None, None, told)
    else:
        summary, told = _load(plan, target, config, force=force, quiet=quiet)
    if as_json:
        told_of = report.as_json(summary, target=str(target), dry_run=dry_run)
        print(json.dumps({**told_of, "report": str(told.page) if told.page else None}, ensure_ascii=False, indent=2))
    elif not quiet:
        where = f"{target} · report {told.page}" if told.page else str(target)
        print("\n".join(report.lines(summary, target=where, dry_run=dry_run, remembered=not dry_run)))
    return summary.exit_code


def transform(paths: Sequence[str], *, config: Config, profile_name: str | None, quiet: bool) -> int:
    target = Target("jsonl", path="-")
    plan = plan_for(paths, config, profile_name, connections=1)
    sink = open_sink(target, connections=1)
    try:
        sink.check()
        with Telling(config, None, quiet=quiet, command="transform", target=target) as told:
            summary = _run(plan, sink, None, told)
    finally:
        sink.close()
    if not quiet and config.settings.log.format != "json":
        print("\n".join(report.lines(summary, target="standard output")), file=sys.stderr)
    return summary.exit_code


def _load(plan: Plan, target: Target, config: Config, *, force: bool, quiet: bool) -> tuple[Summary, Telling]:
    """Opens everything, in the order in which it may fail without harm, and closes it in reverse."""
    # here and below, because they bring the database along, which transform does without: it starts in half the time
    from indexer.engine import tuning
    from indexer.state import lock
    from indexer.state.store import Store

    store = Store(config.settings.state)
    try:
        sink = open_sink(target, connections=plan.limits.connections, create=True)
        try:
            sink.check()
            with (
                lock.hold(store, str(target), command="load"),
                Telling(config, store, quiet=quiet, command="load", target=target) as told,
            ):
                plan.recipe.omit.update(sink.omit)
                memory = _memory(plan, target, sink, store, told.run_id, force=force)
                with tuning.tuned(sink, store, str(target), say=told.say):
                    return _run(plan, sink, memory, told), told
        finally:
            sink.close()
    finally:
        store.close()


def known_target(target: Target, sink: Sink, store: "Store") -> int:
    """The target's number in the state; what is remembered of another index under its name is forgotten."""
    from indexer.state import progress

    if sink.durable == "acknowledged":
        sink.commit()  # what a killed run sent last is there, and is not counted before it can be seen
    count = sink.count() if sink.durable != "never" else 0
    return progress.open_target(store, str(target), identity=sink.identity(), documents_in_index=count)


def _memory(plan: Plan, target: Target, sink: Sink, store: "Store", run_id: int, *, force: bool) -> "Memory":
    """What the run remembers. Nothing of a file of JSON lines: each run writes all that it read."""
    from indexer.engine.memory import Memory, signatures

    rules = f"{sorted(plan.recipe.profiles.items())}{sorted(plan.recipe.omit)}{biblio().version}{derive_version()}"
    rules += _mappings(plan.recipe)
    return Memory(
        store,
        target_id=known_target(target, sink, store),
        run_id=run_id,
        derive_version=derive_version(),
        signatures=signatures(plan.files, rules=rules),
        skip_unchanged=not force,
        durable=sink.durable,
    )


def _mappings(recipe: Recipe) -> str:
    """What the MARC mappings of one's own say: profiles name only their files."""
    own = [path for profile in recipe.profiles.values() if (path := profile.options.get("mapping"))]
    if not own:
        return ""
    from indexer.formats.marc.rules import digest  # the mapping is large, and most loads have none of their own

    return "".join(map(digest, own))


def plan_for(paths: Sequence[str], config: Config, profile_name: str | None, *, connections: int) -> Plan:
    settings = config.settings.load
    profile = profiles.resolve(profile_name, config.settings.profile) if profile_name else None
    paths, indexes = live.named(paths, config.source_credentials())
    files, missing = sources.expand(paths)
    if missing and not files:
        # when no path leads anywhere the command line is wrong; when some do, the run reports the others
        raise ConfigError(
            f"{', '.join(missing)}: no such file or folder", advice="Nothing was read, and nothing was sent."
        )
    size = sources.total_bytes(paths)
    return Plan(
        files=[*files, *missing],
        recipe=Recipe(_recipes(profile), set(), f"{derive_version()} {biblio().version}"),
        source=profile.name if profile else "",
        format=profile.format if profile else None,
        workers=1 if size is not None and size < SMALL_DUMP else settings.workers,
        limits=limits(settings, connections=connections),
        budget=Budget(settings.error_budget.count, settings.error_budget.share),
        indexes=indexes,
    )


def limits(settings: LoadSettings, *, connections: int) -> Limits:
    return Limits(
        connections=connections,
        batch_documents=settings.batch_documents,
        batch_bytes=settings.batch_bytes,
        retry_seconds=settings.retry_seconds,
        retry_tries=settings.retry_tries,
    )


def _recipes(profile: profiles.Profile | None) -> dict[str, profiles.Profile]:
    """The profile of each format: the one that was named, or every format's own. Lists of ids are read by any."""
    if profile is not None:
        return {profile.format: profile, "delete": profile}
    bundled = profiles.bundled()
    found = {format: bundled[name] for format, name in DEFAULT_PROFILE.items()}
    return {"delete": profiles.Profile(name="deletes", format="delete"), **found}


def _run(plan: Plan, sink: Sink | None, memory: "Memory | None", told: Telling) -> Summary:
    collect_rarely()
    told.progress.start(sources.total_bytes(plan.files))
    with stopping(told) as stop:
        return run(plan, sink, memory, events=told.events(), stop=stop, summary=told.summary)


@contextmanager
def stopping(told: Telling) -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM finish what is in flight; a second one ends at once."""
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        told.stopping()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
