"""The generations of a target: indexes built side by side, one of them live."""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from indexer.model.generation import is_name
from indexer.state.store import Store, now
from indexer.state.tables import generations, metadata, saved_settings, targets

State = Literal["adopting", "building", "failed", "ready", "live", "former"]
UNFINISHED = ("building", "failed", "ready")  # of a re-index that has not come to its switch


@dataclass(frozen=True, slots=True)
class Generation:
    """`state` is adopting (a plain index that is being made a generation), building, failed (its verification), ready
    (to be promoted), live, former, or "unknown" for one that lies on the engine and is not in the state. Times are
    ISO 8601, UTC; `documents` is how many it held when it was verified.
    """

    name: str
    state: str
    made: str
    promoted: str | None = None
    documents: int | None = None


def index_name(target: str, generation: str) -> str:
    """What the state knows a generation's documents by."""
    return f"{target}#{generation}"


def target_of(index: str) -> str:
    """The URL of the target of which this is a generation: the other way round."""
    return split_name(index)[0]


def live_index(store: Store, target: str) -> str:
    """What the state knows the index behind a target's URL by: its live generation, or itself where it has none."""
    live = next((each.name for each in known(store, target) if each.state == "live"), None)
    return index_name(target, live) if live is not None else target


def split_name(index: str) -> tuple[str, str]:
    """The target's URL and the generation's name of what `index_name` made; "" for a plain index."""
    url, _, name = index.rpartition("#")
    return (url, name) if url and is_name(name) else (index, "")


def known(store: Store, target: str) -> list[Generation]:
    """What the state knows of a target's generations, the newest first."""
    query = generations.select().where(generations.c.target == target)
    with store.begin() as connection:
        rows = connection.execute(query.order_by(generations.c.made.desc(), generations.c.name.desc()))
        return [Generation(row.name, row.state, row.made, row.promoted, row.documents) for row in rows]


def begin(store: Store, target: str, name: str, state: State) -> None:
    """A generation is about to be made: written down before it lies on the engine."""
    with store.begin() as connection:
        connection.execute(generations.insert().values(target=target, name=name, state=state, made=now()))


def mark(store: Store, target: str, name: str, state: State, *, documents: int | None = None) -> None:
    with store.begin() as connection:
        values = {"state": state} | ({} if documents is None else {"documents": documents})
        connection.execute(generations.update().where(_is(target, name)).values(**values))


def switch(store: Store, target: str, name: str | None) -> None:
    """The engine serves this generation now (None: none of ours), and whichever was live is a former one."""
    column = generations.c
    with store.begin() as connection:
        was_live = (column.target == target) & (column.state == "live")
        if name is None:
            connection.execute(generations.update().where(was_live).values(state="former"))
            return
        connection.execute(generations.update().where(was_live & (column.name != name)).values(state="former"))
        live = {"state": "live", "promoted": now()}
        row = connection.execute(generations.select().where(_is(target, name))).one_or_none()
        if row is None:
            connection.execute(generations.insert().values(target=target, name=name, made=now(), **live))
        elif row.state != "live":
            connection.execute(generations.update().where(_is(target, name)).values(**live))


def forget(store: Store, target: str, name: str) -> None:
    """The generation is gone: nothing is known of it and of its documents any more."""
    url = index_name(target, name)
    with store.begin() as connection:
        connection.execute(generations.delete().where(_is(target, name)))
        connection.execute(saved_settings.delete().where(saved_settings.c.target == url))
        target_id = connection.execute(sa.select(targets.c.id).where(targets.c.url == url)).scalar()
        if target_id is None:
            return
        for table in reversed(metadata.sorted_tables):
            if "target_id" in table.c:
                connection.execute(table.delete().where(table.c.target_id == target_id))
        connection.execute(targets.delete().where(targets.c.id == target_id))


def carry_over(store: Store, target: str, name: str, *, identity: str) -> None:
    """What is known of a plain index is known of the generation that it became; `identity` is what the engine calls it
    now.
    """
    url = index_name(target, name)
    with store.begin() as connection:
        if connection.execute(sa.select(targets.c.id).where(targets.c.url == url)).first() is not None:
            return  # done already
        connection.execute(targets.update().where(targets.c.url == target).values(url=url, identity=identity))
        connection.execute(saved_settings.update().where(saved_settings.c.target == target).values(target=url))


def _is(target: str, name: str) -> sa.ColumnElement[bool]:
    return (generations.c.target == target) & (generations.c.name == name)
