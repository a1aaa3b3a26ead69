"""How the targets are doing, as the state knows it: their last runs, dead letters, generations and locks."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from indexer.model.books import Books
from indexer.model.errors import ExitCode
from indexer.state import run_reports
from indexer.state.generations import Generation, known, live_index
from indexer.state.owners import Holder, holders
from indexer.state.runs import BUILDING, books_of, rate
from indexer.state.store import Store
from indexer.state.tables import dead_letters, runs, targets

#: Commands that bring an index up to date with its sources: their last good run says how old it may be.
REFRESHING = ("load", "sync", "reindex")
SILENT = 60.0  # seconds after which a run that says nothing does not go on: it tells something every two


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended. Times are ISO 8601, UTC."""

    command: str
    started: str
    finished: str
    exit_code: int
    seconds: float
    retries: int
    books: dict[str, Books]

    @property
    def rate(self) -> float:
        """Records a second."""
        return rate(self.books, self.seconds)


@dataclass(frozen=True, slots=True)
class Overview:
    """One target. `last`: the last run of each command, the one that ended last first; `good`: the last one that exited
    with 0, by command. `running`: what holds its locks. `generations`: the newest first.
    `build`: how the build on a cluster goes that is under way (model.build.Work.as_json), None where there is none.
    """

    target: str
    last: list[Run]
    good: dict[str, Run]
    dead_letters: int
    generations: list[Generation] = field(default_factory=list)
    running: list[Holder] = field(default_factory=list)
    build: dict[str, Any] | None = None

    @property
    def live(self) -> Generation | None:
        """The generation that is live, where there is one."""
        return next((each for each in self.generations if each.state == "live"), None)

    @property
    def filling(self) -> Holder | None:
        """What fills the index for the first time: nothing, or not all, may be found until it has ended."""
        to_the_end = [run for run in self.last if run.exit_code in (ExitCode.REJECTED, ExitCode.VERIFICATION)]
        if any(run.command in REFRESHING for run in [*self.good.values(), *to_the_end]):
            return None
        return next((holder for holder in self.running if holder.command in REFRESHING), None)

    @property
    def refreshed(self) -> str | None:
        """When the last run began that brought the index up to date and ended well: no source that changed before is
        missing. What ended before the live generation came to be live went into another one, or may have.
        """
        since = (self.live.promoted if self.live else None) or ""
        good = (run for command, run in self.good.items() if command in REFRESHING)
        return max((run.started for run in good if run.finished >= since), default=None)

    def lag(self, now: datetime) -> float | None:
        """How many seconds ago the index was up to date with its sources; None where it never was."""
        return age(self.refreshed, now) if self.refreshed else None


def overviews(store: Store) -> list[Overview]:
    """Every target that a run was ever made for, in the order of their URLs."""
    names = sa.select(runs.c.target).distinct().order_by(runs.c.target)
    with store.begin() as connection:
        urls = list(connection.execute(names).scalars())
    return [_overview(store, url) for url in urls]


def filling(store: Store, target: str) -> Holder | None:
    """What fills this target for the first time, None where nothing does (Overview.filling)."""
    return _overview(store, target).filling


def age(time: str, now: datetime) -> float:
    """Seconds from a time of the state until now (which knows its time zone)."""
    return max(0.0, (now - datetime.fromisoformat(time)).total_seconds())


def _overview(store: Store, target: str) -> Overview:
    ended = (runs.c.target == target) & runs.c.exit_code.is_not(None) & ~runs.c.command.endswith(" --dry-run")
    newest = sa.select(sa.func.max(runs.c.id)).where(ended).group_by(runs.c.command)
    well = sa.select(sa.func.max(runs.c.id)).where(ended, runs.c.exit_code == 0).group_by(runs.c.command)
    letters = (
        sa.select(sa.func.count())
        .select_from(dead_letters.join(targets, dead_letters.c.target_id == targets.c.id))
        .where(targets.c.url == live_index(store, target))
    )
    built, build = known(store, target), _build(store, target)
    with store.begin() as connection:
        return Overview(
            target=target,
            last=_runs(connection, newest),
            good={run.command: run for run in _runs(connection, well)},
            dead_letters=int(connection.execute(letters).scalar_one()),
            generations=built,
            running=holders(connection, target, state=store.file),
            build=build,
        )


def _build(store: Store, target: str) -> dict[str, Any] | None:
    """What the newest run tells of its build, where it has not ended and spoke lately."""
    newest = sa.select(sa.func.max(runs.c.id)).where(runs.c.target == target, runs.c.finished.is_(None))
    with store.begin() as connection:
        id = connection.execute(newest).scalar()
    told = run_reports.read(store, id) if id is not None else None
    if told is None or age(told[0], datetime.now(UTC)) > SILENT:
        return None
    build: dict[str, Any] | None = told[1].get("build")
    return build


def _runs(connection: sa.Connection, ids: sa.Select[tuple[int]]) -> list[Run]:
    """The one that ended last first; of a re-index and the loads that it consists of, the re-index."""
    inner = runs.c.command == BUILDING  # began later than the re-index, and may have ended in the same second
    newest = runs.select().where(runs.c.id.in_(ids)).order_by(runs.c.finished.desc(), inner, runs.c.id.desc())
    return [
        Run(
            command=row.command,
            started=row.started,
            finished=row.finished,
            exit_code=row.exit_code,
            seconds=row.seconds,
            retries=row.retries,
            books=books_of(connection, row.id),
        )
        for row in connection.execute(newest)
    ]
