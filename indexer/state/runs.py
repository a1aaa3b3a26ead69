"""The runs and their books."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from indexer.model.books import COLUMNS, Account, Books
from indexer.model.errors import ExitCode
from indexer.state.store import Store, now
from indexer.state.tables import books, dead_letters, runs

REINDEX = "reindex"  # a re-index as a whole
REINDEX_BESIDE = "reindex --no-promote"  # one that leaves the live index as it is
BUILDING = "reindex load"  # one of the loads that it consists of, into a generation beside the live one


def start(store: Store, *, command: str, target: str, derive_version: str) -> int:
    """Remembers that a run began; gives its number."""
    with store.begin() as connection:
        row = {"command": command, "target": target, "derive_version": derive_version, "started": now()}
        number = int(connection.execute(runs.insert().values(**row).returning(runs.c.id)).scalar_one())
    store.begun.append(number)
    return number


def finish(
    store: Store,
    run_id: int,
    account: Account,
    *,
    exit_code: int,
    message: str = "",
    seconds: float = 0.0,
    retries: int = 0,
) -> None:
    """Stores the books and how the run ended: `retries` requests were tried again in it."""
    with store.begin() as connection:
        for source, counted in account.sources.items():
            connection.execute(books.insert().values(run_id=run_id, source=source, **counted.counts()))
        ended = {
            "finished": now(),
            "exit_code": exit_code,
            "message": message or None,
            "seconds": seconds,
            "retries": retries,
        }
        connection.execute(runs.update().where(runs.c.id == run_id).values(**ended))


def before_was_killed(store: Store, run_id: int) -> bool:
    """Whether the run before this one into the same index never came to an end of its own. The caller holds the lock,
    so it does not run any more: what is built beside the live index has a lock of its own, and does not count for it.
    """
    with store.begin() as connection:
        run = connection.execute(sa.select(runs.c.target, runs.c.command).where(runs.c.id == run_id)).one()
        others = (REINDEX, REINDEX_BESIDE, BUILDING)
        beside = runs.c.command == BUILDING if run.command == BUILDING else runs.c.command.not_in(others)
        before = sa.select(runs.c.finished).where(runs.c.target == run.target, runs.c.id < run_id, beside)
        row = connection.execute(before.order_by(runs.c.id.desc()).limit(1)).one_or_none()
        return row is not None and row.finished is None


def finished_before(store: Store, target: str, run_id: int) -> str | None:
    """When the last run into this target before that one ended; None where there was none."""
    query = sa.select(sa.func.max(runs.c.finished)).where(runs.c.target == target, runs.c.id < run_id)
    with store.begin() as connection:
        found = connection.execute(query).scalar()
        return str(found) if found is not None else None


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as the state has it. `finished`, `exit_code` and `message` are None while it runs, and where it was killed.
    Times are ISO 8601, UTC.
    """

    id: int
    command: str
    target: str
    derive_version: str
    started: str
    finished: str | None
    exit_code: int | None
    message: str | None
    seconds: float
    retries: int
    books: dict[str, Books]
    dead_letters: int

    @property
    def rate(self) -> float:
        """Records a second."""
        return rate(self.books, self.seconds)


def rate(books: Mapping[str, Books], seconds: float) -> float:
    """Records a second, of all sources."""
    return sum(source.read for source in books.values()) / seconds if seconds else 0.0


def last(
    store: Store, limit: int = 10, *, target: str | None = None, source: str | None = None, before: int | None = None
) -> list[StoredRun]:
    """The newest runs first, each with its books by source: those for this target, with books of this source, older
    than the run of this number.
    """
    query = _query().order_by(runs.c.id.desc()).limit(limit)
    if target is not None:
        query = query.where(runs.c.target == target)
    if source is not None:
        query = query.where(runs.c.id.in_(sa.select(books.c.run_id).where(books.c.source == source)))
    if before is not None:
        query = query.where(runs.c.id < before)
    return _read(store, query)


def find(store: Store, run_id: int) -> StoredRun | None:
    """The run of this number."""
    return next(iter(_read(store, _query().where(runs.c.id == run_id))), None)


def ended(store: Store, numbers: Collection[int]) -> list[StoredRun]:
    """Those of these runs that have ended, the newest first."""
    query = _query().where(runs.c.id.in_(numbers), runs.c.exit_code.is_not(None)).order_by(runs.c.id.desc())
    return _read(store, query)


def code_before(store: Store, run: StoredRun, commands: Collection[str]) -> int | None:
    """How the last run before this one ended that had one of these commands and the same target, and was not
    interrupted; None where there was none.
    """
    told = runs.c.exit_code.is_not(None) & (runs.c.exit_code != ExitCode.INTERRUPTED)
    same = (runs.c.target == run.target) & runs.c.command.in_(commands)
    query = sa.select(runs.c.exit_code).where(runs.c.id < run.id, same, told).order_by(runs.c.id.desc()).limit(1)
    with store.begin() as connection:
        return connection.execute(query).scalar()


def _query() -> sa.Select[Any]:
    letters = sa.select(sa.func.count()).where(dead_letters.c.run_id == runs.c.id).scalar_subquery()
    return sa.select(runs, letters.label("dead_letters"))


def _read(store: Store, query: sa.Select[Any]) -> list[StoredRun]:
    with store.begin() as connection:
        rows = connection.execute(query).mappings().all()
        return [StoredRun(**row, books=books_of(connection, row["id"])) for row in rows]


def books_of(connection: sa.Connection, run_id: int) -> dict[str, Books]:
    """The books of a run, by source."""
    rows = connection.execute(books.select().where(books.c.run_id == run_id))
    return {row.source: Books(**{column: getattr(row, column) for column in COLUMNS}) for row in rows}


def last_account(store: Store, target: str) -> Account | None:
    """The books of the last run that finished on this target; None where there was none."""
    last_run = (
        sa.select(runs.c.id)
        .where(runs.c.target == target, runs.c.finished.is_not(None), runs.c.id.in_(sa.select(books.c.run_id)))
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    with store.begin() as connection:
        run_id = connection.execute(last_run).scalar()
        if run_id is None:
            return None
        return Account(books_of(connection, run_id))
