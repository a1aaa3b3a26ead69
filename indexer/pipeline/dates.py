"""Puts first_indexed and last_indexed into documents on their way to the engine, and remembers them once there.

One look-up for each chunk of records, one write for each that is stored: nothing is asked for a single document.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from indexer.derive.tracking import DATES, Change, Tracked, arrived, shown
from indexer.engines.base import Action, Write
from indexer.model.documents import Delete
from indexer.state import tracked
from indexer.state.store import Store

_FIRST, _LAST = (f',"{name}":"'.encode() for name in DATES)


#: Ids -> first_indexed and last_indexed of those that have them, in seconds since 1970.
There = Callable[[Sequence[str]], Mapping[str, tuple[int, int]]]


class Stamps:
    """The dates of documents on their way, by what is `known` of them; `unstored` is what was acknowledged of it.

    `building`: the documents go into a generation beside the live index, and what they are made of is the dumps of long
    ago as well as those of today (derive.tracking.arrived, `replayed`).
    """

    def __init__(self, known: Mapping[str, Tracked], *, building: bool = False) -> None:
        self._known = dict(known)
        self._building = building
        self._now = int(time.time())
        self._under_way: dict[str, Tracked] = {}
        self._passed: set[str] = set()
        self.unstored: dict[str, Tracked] = {}  # acknowledged

    def stamp(self, action: Action, change: Change | None) -> Action:
        """What to send: a document with its dates. No other version of it may be under way."""
        known = self._known.get(action.id)
        if isinstance(action, Delete):
            if known is not None:
                self._under_way[action.id] = replace(known, deleted=self._now)
            return action
        if change is None:
            return action
        dated = arrived(known, change, self._now, replayed=self._building)
        if dated != known or action.id in self._passed:
            self._under_way[action.id] = dated
        if change.own is not None:
            return action
        first, last = shown(dated.first).encode(), shown(dated.last).encode()
        return Write(action.id, b"".join((action.body[:-1], _FIRST, first, b'"', _LAST, last, b'"}')))

    def pass_over(self, id: str, change: Change | None) -> None:
        """A version of the document, None for a deletion, came before the one that is sent, and is not sent itself."""
        known = self._known.get(id)
        self._passed.add(id)
        if change is not None:
            self._known[id] = arrived(known, change, self._now, replayed=self._building)
        elif known is not None:
            self._known[id] = replace(known, deleted=self._now)

    def acknowledge(self, id: str) -> None:
        """The index has what was stamped last under this id."""
        dated = self._under_way.pop(id, None)
        if dated is not None:
            self._known[id] = self.unstored[id] = dated

    def refuse(self, id: str) -> None:
        """The index has it not, and nothing is to be known of it."""
        self._under_way.pop(id, None)


class Dates(Stamps):
    """Those of a target, out of the state. `target_id` is `state.tracked`'s. `there` gives the dates that documents of
    the live index have and of which nothing is known yet: the index was filled by others, or its state is lost.
    """

    def __init__(self, store: Store, target_id: int, *, building: bool = False, there: There | None = None) -> None:
        super().__init__({}, building=building)
        self._store = store
        self._target_id = target_id
        self._there = there

    def look_up(self, ids: Sequence[str]) -> Mapping[str, Tracked]:
        """Before any of these documents is stamped; gives what is known of them."""
        self._now = int(time.time())
        stored = tracked.find(self._store, self._target_id, ids) if ids else {}
        self._known = stored | {id: self.unstored[id] for id in ids if id in self.unstored}
        new = [id for id in ids if id not in self._known] if self._there is not None else []
        if self._there is not None and new:
            found = {id: Tracked(first, last, changed=None) for id, (first, last) in self._there(new).items()}
            self._known |= found
            self.unstored |= found
        return self._known

    def put(self, connection: sa.Connection) -> None:
        """Stores what was acknowledged; once the transaction is through, `unstored` is the caller's to empty."""
        tracked.put(connection, self._target_id, self.unstored)
