"""When the documents of a target came into it: what first_indexed and last_indexed are made of."""

import time
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter

import sqlalchemy as sa

from indexer.derive.tracking import Tracked
from indexer.state.store import Store
from indexer.state.tables import tracked, tracked_targets

_PUT = sa.text(
    "INSERT INTO tracked (tracked_target_id, id, first, last, changed, deleted)"
    " VALUES (:target, :id, :first, :last, :changed, :deleted)"
    " ON CONFLICT (tracked_target_id, id) DO UPDATE SET first = excluded.first, last = excluded.last,"
    " changed = excluded.changed, deleted = excluded.deleted"
)

_MARK_DELETED = sa.text(
    "UPDATE tracked SET deleted = :now WHERE id = :id AND deleted IS NULL"
    " AND tracked_target_id = (SELECT id FROM tracked_targets WHERE url = :url)"
)


def open_target(store: Store, url: str) -> int:
    """The number under which the documents of this target are known; `url` is what users load into and search."""
    with store.claim() as connection:
        known = connection.execute(sa.select(tracked_targets.c.id).where(tracked_targets.c.url == url)).scalar()
        if known is None:
            made = tracked_targets.insert().values(url=url).returning(tracked_targets.c.id)
            known = connection.execute(made).scalar_one()
        return int(known)


def count(store: Store, url: str) -> int:
    """Of how many documents that are there the dates are known."""
    query = sa.select(sa.func.count()).where(tracked.c.deleted.is_(None))
    target = sa.select(tracked_targets.c.id).where(tracked_targets.c.url == url).scalar_subquery()
    with store.begin() as connection:
        return int(connection.execute(query.where(tracked.c.tracked_target_id == target)).scalar_one())


def find(store: Store, target_id: int, ids: Sequence[str]) -> dict[str, Tracked]:
    """What is known of these documents."""
    query = sa.select(tracked).where(tracked.c.tracked_target_id == target_id, tracked.c.id.in_(ids))
    with store.begin() as connection:
        rows = connection.execute(query)
        return {row.id: Tracked(row.first, row.last, row.changed, row.deleted) for row in rows}


def put(connection: sa.Connection, target_id: int, documents: Mapping[str, Tracked]) -> None:
    """Stores what is to be known of these documents from here on.

    In the order of their ids: a load into the live index and one into a generation beside it store the same documents,
    and PostgreSQL would end one of two transactions that wait for each other.
    """
    if documents:
        rows = [
            {
                "target": target_id,
                "id": id,
                "first": each.first,
                "last": each.last,
                "changed": each.changed,
                "deleted": each.deleted,
            }
            for id, each in sorted(documents.items(), key=itemgetter(0))
        ]
        connection.execute(_PUT, rows)


def mark_deleted(store: Store, url: str, ids: Collection[str]) -> None:
    """These documents are not in the target any more. Of those that are not known nothing is to be known."""
    if ids:
        now = int(time.time())
        with store.begin() as connection:
            connection.execute(_MARK_DELETED, [{"url": url, "id": id, "now": now} for id in sorted(ids)])
