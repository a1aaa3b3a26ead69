"""`status`, and what else there is to look at: runs, one of them, and the sources. Nothing here changes anything; only
the state of an earlier release is upgraded when it is opened.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from indexer.config import Config
from indexer.harvest.folder import Notes, folder_of
from indexer.jobs.plan import chosen
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError
from indexer.model.settings import SourceSettings
from indexer.observe.audience import NOBODY, Audience
from indexer.observe.spans import complete
from indexer.state import dumps, generations, progress, run_reports, runs
from indexer.state.overview import SILENT, Overview, age, overviews
from indexer.state.owners import holders
from indexer.state.runs import StoredRun
from indexer.state.store import Store, is_absent, shown_url

LOOKED_AT = 50  # runs, for those that go on


@dataclass(frozen=True, slots=True)
class Status:
    """What the `state` knew at `time`: the last runs, the newest first, and every target."""

    state: str
    time: datetime
    runs: Sequence[StoredRun]
    targets: Sequence[Overview]


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source of indexer.toml. `dumps` of it were read to their end into the live index of the target; `last` is the
    newest run into it in which records of this source were read, None where there was none.

    `url` is that of a live server, and `harvest` how far that was harvested; None for other sources, and before the
    first harvest.
    """

    name: str
    profile: str | None
    paths: Sequence[str]
    url: str | None
    harvest: Notes | None
    dumps: int
    last: StoredRun | None


def status(*, config: Config, audience: Audience = NOBODY) -> Status:
    """Where there is no state yet, nothing: to look is not to make one."""
    last: Sequence[StoredRun] = ()
    targets: Sequence[Overview] = ()
    if not is_absent(config.settings.state):
        with closing(open_state(config, audience)) as store:
            last, targets = runs.last(store), overviews(store)
    return Status(shown_url(config.settings.state), datetime.now(UTC), last, targets)


def list_runs(
    *,
    config: Config,
    limit: int = 50,
    target: str | None = None,
    before: int | None = None,
    audience: Audience = NOBODY,
) -> Sequence[StoredRun]:
    """The newest runs first, of one target or of all; those `before` a run's number, to turn the page."""
    if is_absent(config.settings.state):
        return []
    with closing(open_state(config, audience)) as store:
        return runs.last(store, limit, target=target, before=before)


def show_run(id: int, *, config: Config, audience: Audience = NOBODY) -> StoredRun:
    """One run with its books. Raises ConfigError where there is none of this number."""
    found = None
    if not is_absent(config.settings.state):
        with closing(open_state(config, audience)) as store:
            found = runs.find(store, id)
    if found is None:
        raise ConfigError(f"there is no run {id}", advice="indexer status shows the last ones.")
    return found


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run and what it told of itself last: its `report` as JSON has it (observe.report.as_json and what the reporter
    adds), None where it told nothing, or too long ago. `under_way`: somebody has the lock, and it spoke lately.
    """

    run: StoredRun
    report: dict[str, Any] | None
    under_way: bool


def look_at_run(id: int, *, config: Config, audience: Audience = NOBODY) -> SeenRun:
    """One run, as it is now. Raises ConfigError where there is none of this number."""
    run = show_run(id, config=config, audience=audience)
    with closing(open_state(config, audience)) as store:
        return _seen(store, run)


def runs_under_way(*, config: Config, audience: Audience = NOBODY) -> Sequence[SeenRun]:
    """Those that go on now, as far as can be told, the newest first."""
    if is_absent(config.settings.state):
        return []
    with closing(open_state(config, audience)) as store:
        seen = [_seen(store, run) for run in runs.last(store, LOOKED_AT) if run.finished is None]
    return [each for each in seen if each.under_way]


def _seen(store: Store, run: StoredRun) -> SeenRun:
    told, report = run_reports.read(store, run.id) or (run.started, None)
    under_way = False
    if run.finished is None and age(told, datetime.now(UTC)) < SILENT:
        with store.begin() as connection:
            under_way = bool(holders(connection, run.target, state=store.file))
    return SeenRun(run, complete(report) if report is not None else None, under_way)


def list_sources(*, config: Config, audience: Audience = NOBODY) -> Sequence[SourceStatus]:
    """The sources of the configuration, as the live index of its target has them. Raises ConfigError where there is
    none, SourceError for notes of a harvest that cannot be read.
    """
    sources = chosen(config)
    if is_absent(config.settings.state):
        return [_source(source, config, 0, None) for source in sources]
    target = str(config.target())
    with closing(open_state(config, audience)) as store:
        read = _read(store, target)
        last = {source.name: runs.last(store, 1, target=target, source=source.name) for source in sources}
    return [_source(source, config, read.count(source.name), next(iter(last[source.name]), None)) for source in sources]


def _read(store: Store, target: str) -> list[str]:
    """The source of each dump that was read to its end."""
    target_id = progress.find_target(store, generations.live_index(store, target))
    return [source for source, _ in dumps.complete(store, target_id)] if target_id is not None else []


def _source(source: SourceSettings, config: Config, read: int, last: StoredRun | None) -> SourceStatus:
    notes = folder_of(config.settings.harvest, source.name).notes() if source.oai else None
    paths = [] if source.oai else source.paths
    return SourceStatus(source.name, source.profile, paths, source.oai.url if source.oai else None, notes, read, last)
