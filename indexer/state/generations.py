"""The generations of a target: indexes built side by side, one of them live."""

import sqlalchemy as sa

from indexer.state.store import Store
from indexer.state.tables import generations


def index_name(target: str, generation: str) -> str:
    """What the state knows a generation's documents by."""
    return f"{target}#{generation}"


def live_index(store: Store, target: str) -> str:
    """What the state knows the index behind a target's URL by: its live generation, or itself where it has none."""
    live = sa.select(generations.c.name).where(generations.c.target == target, generations.c.state == "live")
    with store.begin() as connection:
        name = connection.execute(live).scalar()
    return index_name(target, name) if name is not None else target
