"""Documents that were deleted by hand: their sources may have them still, and a new generation is not to have them."""

from collections.abc import Collection

import sqlalchemy as sa

from indexer.state.store import Store
from indexer.state.tables import deletions

_PUT = sa.text("INSERT INTO deletions (target, id) VALUES (:target, :id) ON CONFLICT (target, id) DO NOTHING")
_DELETE = sa.text("DELETE FROM deletions WHERE target = :target AND id = :id")


def note(store: Store, target: str, ids: Collection[str]) -> None:
    """These documents are about to be deleted from the index behind this URL."""
    _each(store, _PUT, target, ids)


def strike(store: Store, target: str, ids: Collection[str]) -> None:
    """The index has these again: a source brought them."""
    _each(store, _DELETE, target, ids)


def noted(store: Store, target: str) -> list[str]:
    """The ids, in their order."""
    query = sa.select(deletions.c.id).where(deletions.c.target == target).order_by(deletions.c.id)
    with store.begin() as connection:
        return list(connection.execute(query).scalars())


def _each(store: Store, statement: sa.TextClause, target: str, ids: Collection[str]) -> None:
    if ids:
        with store.begin() as connection:
            connection.execute(statement, [{"target": target, "id": id} for id in ids])
