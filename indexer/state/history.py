"""What is remembered of one document: its fingerprint in each generation of the index, its dates, its run."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from indexer.derive.tracking import Tracked, shown
from indexer.state import generations, runs
from indexer.state.runs import StoredRun
from indexer.state.store import Store
from indexer.state.tables import dead_letters, documents, targets, tracked, tracked_targets
from indexer.state.tables import runs as runs_table


@dataclass(frozen=True, slots=True)
class Version:
    """The document as it was sent last into one index: the target itself, or a generation of it."""

    index: str
    live: bool
    fingerprint: str


@dataclass(frozen=True, slots=True)
class History:
    """`dates` and the `run` are known where load.dates is on; `letters` are the numbers of the dead letters that have
    this id.
    """

    versions: Sequence[Version]
    dates: Tracked | None
    run: StoredRun | None
    letters: Sequence[int]


def history(store: Store, target: str, id: str) -> History:
    """What the state knows of the document; the version that searches find comes first."""
    live = generations.live_index(store, target)
    prints = sa.select(targets.c.url, documents.c.fingerprint).where(
        documents.c.target_id == targets.c.id, documents.c.id == id
    )
    dates = sa.select(tracked).where(
        tracked.c.tracked_target_id == tracked_targets.c.id, tracked_targets.c.url == target, tracked.c.id == id
    )
    refused = sa.select(dead_letters.c.id, targets.c.url).where(
        dead_letters.c.target_id == targets.c.id, dead_letters.c.document_id == id
    )
    with store.begin() as connection:
        rows = connection.execute(prints).all()
        known = connection.execute(dates).one_or_none()
        letters = connection.execute(refused.order_by(dead_letters.c.id)).all()
    versions = [Version(row.url, row.url == live, row.fingerprint.hex()) for row in rows if _is_of(row.url, target)]
    came = Tracked(known.first, known.last, known.changed, known.deleted) if known is not None else None
    return History(
        sorted(versions, key=lambda each: (not each.live, each.index)),
        came,
        _run_at(store, target, came.last) if came is not None else None,
        [row.id for row in letters if _is_of(row.url, target)],
    )


def _is_of(index: str, target: str) -> bool:
    return generations.target_of(index) == target or index == target


def _run_at(store: Store, target: str, seconds: int) -> StoredRun | None:
    """The run into the target that went on at this time; the last of them where there are two."""
    at = shown(seconds)
    query = sa.select(sa.func.max(runs_table.c.id)).where(
        runs_table.c.target == target,
        runs_table.c.started <= at,
        sa.or_(runs_table.c.finished.is_(None), runs_table.c.finished >= at),
    )
    with store.begin() as connection:
        found = connection.execute(query).scalar()
    return runs.find(store, found) if found is not None else None
