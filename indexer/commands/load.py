"""`load` and `transform`: dumps into a target, or onto standard output."""

import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from types import FrameType

import structlog

from indexer import sources
from indexer.config import Config
from indexer.derive.pipeline import derive_version
from indexer.engine.account import Account
from indexer.engine.push import Limits
from indexer.engine.run import Events, Summary, run
from indexer.engine.workers import Recipe
from indexer.errors import ConfigError, ExitCode, IndexerError, TransientError
from indexer.formats import DEFAULT_PROFILE, profiles
from indexer.observe import log, progress, report
from indexer.records import Fault, Record
from indexer.sinks import open_sink
from indexer.sinks.base import Sink
from indexer.state.store import DeadLetter, Store
from indexer.targets import Target

SHOWN_REJECTIONS = 10
SMALL_DUMP = 4 * 2**20  # bytes on disk below which starting worker processes costs more than it gains
LETTERS_AT_ONCE = 100


def load(
    paths: Sequence[str], *, config: Config, profile_name: str | None, dry_run: bool, as_json: bool, quiet: bool
) -> int:
    target = config.target()
    profile = _profile(config, profile_name)
    _some_path_exists(paths)
    sink = None if dry_run else open_sink(target, connections=config.settings.load.connections)
    store = None if dry_run else Store(config.settings.state)
    try:
        if sink is not None:
            sink.check()
        with Report(config, store, quiet=quiet, command="load", target=target) as told:
            recipe = Recipe(_recipes(profile), sink.omit if sink else frozenset())
            summary = _run(paths, sink, config=config, profile=profile, recipe=recipe, told=told)
    finally:
        if sink is not None:
            sink.close()
        if store is not None:
            store.close()
    if as_json:
        print(json.dumps(report.as_json(summary, target=str(target), dry_run=dry_run), indent=2))
    elif not quiet:
        print("\n".join(report.lines(summary, target=str(target), dry_run=dry_run)))
    return summary.exit_code


def transform(paths: Sequence[str], *, config: Config, profile_name: str | None, quiet: bool) -> int:
    profile = _profile(config, profile_name)
    _some_path_exists(paths)
    target = Target("jsonl", path="-")
    sink = open_sink(target, connections=1)
    try:
        sink.check()
        with Report(config, None, quiet=quiet, command="transform", target=target) as told:
            recipe = Recipe(_recipes(profile))
            summary = _run(paths, sink, config=config, profile=profile, recipe=recipe, told=told, connections=1)
    finally:
        sink.close()
    if not quiet:
        print("\n".join(report.lines(summary, target="standard output")), file=sys.stderr)
    return summary.exit_code


class Report:
    """Tells people, the log and the state what happens in a run; leaves the run finished in the state, however it
    ends.
    """

    def __init__(self, config: Config, store: Store | None, *, quiet: bool, command: str, target: Target) -> None:
        settings = config.settings.log
        log.configure(format=settings.format, level=settings.level)
        self.log = structlog.get_logger().bind(command=command, target=str(target))
        self.store = store
        self.summary = Summary()
        self.progress = progress.choose(quiet=quiet, json_log=settings.format == "json")
        self._json_log = settings.format == "json"
        self._letters: list[DeadLetter] = []
        self._rejections = 0
        self._run_id = (
            store.start_run(command=command, target=str(target), derive_version=derive_version()) if store else 0
        )

    def __enter__(self) -> "Report":
        self.log.info("run_started")
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.progress.stop()
        self._store_letters()
        hidden = self._rejections - SHOWN_REJECTIONS
        if hidden > 0 and not self._json_log:
            self.progress.say(f"... and {hidden:,} more rejected")
        code = self.summary.exit_code
        message = ""
        if error is not None:
            code = error.exit_code if isinstance(error, IndexerError) else ExitCode.REJECTED
            message = error.message if isinstance(error, IndexerError) else repr(error)
        if self.store is not None:
            self.store.finish_run(self._run_id, self.summary.account, exit_code=code, message=message)
        self.log.info("run_finished", exit_code=int(code), message=message, **self.summary.account.total.counts())

    def events(self) -> Events:
        return Events(
            rejected=self._rejected,
            fault=self._fault,
            advanced=self.progress.advance,
            counted=self._counted,
            pause=self._paused,
        )

    def _counted(self, account: Account) -> None:
        self.progress.update(account)

    def _rejected(self, source: str, item: Record | Fault, stage: str, reason: str) -> None:
        self._rejections += 1
        self.log.warning("record_rejected", source=source, record=str(item.position), stage=stage, reason=reason)
        if self._rejections <= SHOWN_REJECTIONS and not self._json_log:
            self.progress.say(f"{item.position}: {reason}")
            if isinstance(item, Fault) and item.advice:
                self.progress.say(f"  {item.advice}")
        if self.store is None:
            return
        header = asdict(item.header) if isinstance(item, Record) and item.header else None
        self._letters.append(
            DeadLetter(
                source=source,
                format=item.format if isinstance(item, Record) else "",
                record_id=header["identifier"] if header else None,
                file=item.position.file,
                ordinal=item.position.ordinal,
                offset=item.position.offset,
                stage=stage,
                reason=reason,
                header=header,
                raw=item.raw,
            )
        )
        if len(self._letters) >= LETTERS_AT_ONCE:
            self._store_letters()

    def _fault(self, fault: Fault) -> None:
        self.log.warning("file_fault", file=fault.position.file, reason=fault.reason, advice=fault.advice)
        if not self._json_log:
            self.progress.say(f"{fault.position.file}: {fault.reason}")
            if fault.advice:
                self.progress.say(f"  {fault.advice}")

    def _paused(self, error: TransientError, seconds: float) -> None:
        self.log.warning("push_paused", reason=error.message, seconds=round(seconds, 1))
        if not self._json_log:
            self.progress.say(f"{error.message}; trying again in {seconds:.0f} s")

    def _store_letters(self) -> None:
        if self.store is not None:
            self.store.add_dead_letters(self._run_id, self._letters)
        self._letters = []


def _run(
    paths: Sequence[str],
    sink: Sink | None,
    *,
    config: Config,
    profile: profiles.Profile | None,
    recipe: Recipe,
    told: Report,
    connections: int | None = None,
) -> Summary:
    settings = config.settings.load
    size = sources.total_bytes(paths)
    workers = 1 if size is not None and size < SMALL_DUMP else settings.workers
    told.progress.start(size)
    with _stopping(told) as stop:
        return run(
            paths,
            sink,
            recipe=recipe,
            source=profile.name if profile else "",
            format=profile.format if profile else None,
            workers=workers,
            limits=Limits(
                connections=connections or settings.connections,
                batch_documents=settings.batch_documents,
                batch_bytes=settings.batch_bytes,
                retry_seconds=settings.retry_seconds,
            ),
            events=told.events(),
            stop=stop,
            summary=told.summary,
        )


@contextmanager
def _stopping(told: Report) -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM finish what is in flight; a second one ends at once."""
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        told.progress.say("finishing the batches in flight ... once more to end at once")

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _profile(config: Config, name: str | None) -> profiles.Profile | None:
    return profiles.resolve(name, config.settings.profile) if name else None


def _recipes(profile: profiles.Profile | None) -> dict[str, profiles.Profile]:
    """The profile of each format: the one that was named, or every format's own. Lists of ids are read by any."""
    if profile is not None:
        return {profile.format: profile, "delete": profile}
    bundled = profiles.bundled()
    found = {format: bundled[name] for format, name in DEFAULT_PROFILE.items()}
    return {"delete": profiles.Profile(name="deletes", format="delete"), **found}


def _some_path_exists(paths: Sequence[str]) -> None:
    """When no path leads anywhere the command line is wrong; when some do, the run reports the others."""
    files, missing = sources.expand(paths)
    if missing and not files:
        raise ConfigError(
            f"{', '.join(missing)}: no such file or folder", advice="Nothing was read, and nothing was sent."
        )
