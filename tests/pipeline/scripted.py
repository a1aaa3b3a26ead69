"""An index in memory that does what a script says: answers late, puts off, refuses, fails, dies."""

import random
import threading
import time
from collections.abc import Iterator, Sequence

import orjson

from indexer.engines.base import Action, Durable, Found, Outcome, Query
from indexer.model.documents import Delete, Fields
from indexer.model.errors import TransientError


class Killed(Exception):
    """The process is gone at this moment: nothing that comes after it happens."""


class ScriptedSink:
    """Answers late, puts items off and fails whole requests as its seed says, and rejects what holds `bad`, with words
    about its title.

    `dies_at` is the number of the moment at which it is killed: a push has two (before it is applied, and applied but
    not answered), a commit too. With `durable` "committed" a death takes what was not committed.
    """

    omit: frozenset[str] = frozenset()
    SLOWEST = 0.002  # seconds until it answers

    def __init__(
        self, seed: int = 0, *, trouble: float = 0.0, dies_at: int | None = None, durable: Durable = "acknowledged"
    ) -> None:
        self.documents: dict[str, bytes] = {}
        self.batches: list[list[Action]] = []
        self.lock = threading.Lock()
        self.random = random.Random(seed)
        self.trouble = trouble
        self.dies_at = dies_at
        self.durable = durable
        self.name = "1"
        self._committed: dict[str, bytes] = {}
        self._moments = 0

    def restart(self, *, dies_at: int | None = None) -> None:
        """The process is started again."""
        self.dies_at = dies_at
        self._moments = 0
        self.batches = []
        if self.durable == "committed":
            self.documents = dict(self._committed)

    def check(self, *, to_write: bool = False) -> None: ...

    def identity(self) -> str:
        return self.name

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        with self.lock:
            pause = self.random.random() * self.SLOWEST
            fails = self.random.random() < self.trouble
            after = self.random.random() < 0.5
        time.sleep(pause)
        outcomes = []
        with self.lock:
            self._moment()
            if fails and not after:
                raise TransientError("refused", retry_after=0)
            self.batches.append(list(batch))
            for action in batch:
                if self.random.random() < self.trouble:
                    outcomes.append(Outcome("retry", "busy"))
                elif isinstance(action, Delete):
                    self.documents.pop(action.id, None)
                    outcomes.append(Outcome("deleted"))
                elif b"bad" in action.body:
                    outcomes.append(Outcome("rejected", "title: bad"))
                else:
                    self.documents[action.id] = action.body
                    outcomes.append(Outcome("indexed"))
            self._moment()
            if fails:
                raise TransientError("the answer was lost", retry_after=0)
        return outcomes

    def commit(self) -> None:
        with self.lock:
            self._moment()
            self._committed = dict(self.documents)
            self._moment()

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        return {id: orjson.loads(self.documents[id]) for id in ids if id in self.documents}

    def count(self) -> int:
        return len(self.documents)

    def ids(self) -> Iterator[str]:
        return iter(self.documents)

    def search(self, query: Query) -> Found:
        raise NotImplementedError

    def close(self) -> None: ...

    def _moment(self) -> None:
        if self.dies_at is not None and self._moments >= self.dies_at:
            raise Killed
        self._moments += 1
