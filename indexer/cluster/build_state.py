"""What a build on a cluster knows of documents, and what the state remembers of it: rejected records, fingerprints of
what the index holds, and dates.

Nothing of an index is stored before the engine has acknowledged it, as in a run on one machine (pipeline/run_state.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from indexer.derive.tracking import Tracked
from indexer.engines.base import Durable
from indexer.pipeline.dates import Dates
from indexer.state import dead_letters, progress
from indexer.state.dead_letters import DeadLetter
from indexer.state.store import Store

ASKED = 500  # ids whose dates are looked up at once


class BuildState:
    """`durable` is the sink's: where it is "never", nothing is remembered. `dates` are those that documents get on
    their way, None where they get none.
    """

    def __init__(
        self,
        store: Store,
        *,
        target_id: int,
        run_id: int,
        derive_version: str,
        durable: Durable,
        dates: Dates | None,
    ) -> None:
        self._store = store
        self._target_id = target_id
        self._run_id = run_id
        self._derive_version = derive_version
        self._lasts = durable != "never"
        self._dates = dates
        self._failed: set[str] = set()  # ids of what has a dead letter

    @property
    def empty(self) -> bool:
        """Whether the index holds nothing, as far as is known."""
        return progress.count(self._store, self._target_id) == 0

    def keep_dead_letter(self, letter: DeadLetter) -> None:
        if letter.document_id is not None:
            self._failed.add(letter.document_id)
        if self._lasts:
            with self._store.begin() as connection:
                dead_letters.put(connection, [letter], target_id=self._target_id, derive=self._derive_version)

    def look_up(self, ids: Sequence[str]) -> dict[str, Tracked]:
        """The dates that are known of these documents."""
        assert self._dates is not None  # noqa: S101 - nobody asks where documents get none
        found: dict[str, Tracked] = {}
        for at in range(0, len(ids), ASKED):
            found |= self._dates.look_up(ids[at : at + ASKED])
        return found

    def acknowledge(
        self, marks: Sequence[Sequence[Any]], gone: Sequence[Sequence[Any]], dates: Mapping[str, Tracked], first: int
    ) -> None:
        """A part is in the index: `marks` are its documents as [id, fingerprint, number in the part], `gone` its
        deletions as [id, number]; `first` says how many records there are before the part.
        """
        if not self._lasts:
            return
        with self._store.begin() as connection:
            progress.remember(connection, self._target_id, {id: mark for id, mark, _ in marks})
            self._put_dates(connection, dates)
            for id, taken in [(each[0], each[-1]) for each in (*marks, *gone) if each[0] in self._failed]:
                # what failed before a version that is in the index now, or gone as it is to be, is overtaken
                arrival = (self._run_id, first + taken)
                dead_letters.overtake(connection, target_id=self._target_id, document_id=id, arrival=arrival)

    def acknowledge_earlier(self, dates: Mapping[str, Tracked]) -> None:
        """The version before a refused one is in the index: without a fingerprint, so it is read again."""
        if self._lasts:
            with self._store.begin() as connection:
                self._put_dates(connection, dates)

    def _put_dates(self, connection: sa.Connection, known: Mapping[str, Tracked]) -> None:
        if self._dates is not None:
            self._dates.unstored = dict(known)
            self._dates.put(connection)
            self._dates.unstored = {}
