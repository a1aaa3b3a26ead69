"""Finds the documents with which every request fails that holds them, while the engine takes others.

Such a document kills the connection, or makes the engine answer 500 for the whole request, so that it would keep its
neighbours out of the index for ever. A server that is down or busy looks alike from here: so nothing is blamed on a
document unless the engine takes a write that changes nothing right before and after, and the search ends early where
it finds no end.
"""

import threading
import uuid
from collections.abc import Callable, Sequence

from indexer.documents import Delete
from indexer.errors import TransientError
from indexer.sinks.base import Action, Outcome

MOST_MISSES = 3  # halvings of which neither half is taken, before anything is
MOST_FOUND = 10  # documents of one batch

Send = Callable[[Sequence[Action]], list[Outcome]]


def sift(batch: Sequence[Action], send: Send, error: TransientError, *, stop: threading.Event) -> list[Outcome]:
    """One outcome for each action of a batch that fails again and again, the last time with this error: those that the
    engine is held to fail of are rejected, the others are sent. Raises a TransientError where it cannot be told.
    """
    return _Search(send, error, stop).outcomes(batch)


def refuse_blamed(outcomes: list[Outcome], send: Send) -> list[Outcome]:
    """The outcomes of a request, again and again put off, with those rejected that the engine fails over: where they
    are few, and it takes a write at the same time.
    """
    blamed = sum(outcome.blamed for outcome in outcomes)
    if not 0 < blamed <= MOST_FOUND or not _takes_writes(send):
        return outcomes
    return [Outcome("rejected", outcome.reason) if outcome.blamed else outcome for outcome in outcomes]


def _takes_writes(send: Send) -> bool:
    """Whether the engine takes a write that changes nothing: the deletion of a document that nobody has."""
    return probe(send).status == "deleted"


def probe(send: Send) -> Outcome:
    """What the engine says to the deletion of a document that nobody has."""
    [outcome] = send([Delete(f"indexer-{uuid.uuid4().hex}")])
    return outcome


class _Search:
    def __init__(self, send: Send, error: TransientError, stop: threading.Event) -> None:
        self._send = send
        self._error = error
        self._stop = stop
        self._misses = self._found = 0

    def outcomes(self, batch: Sequence[Action]) -> list[Outcome]:
        """Of a batch that has just failed."""
        self._check()
        if len(batch) == 1:
            return self._try(batch) or [self._blame()]
        middle = len(batch) // 2
        halves = batch[:middle], batch[middle:]
        answers = [self._try(half) for half in halves]
        if any(answers):
            self._misses = -MOST_FOUND  # the engine takes documents of this batch
        elif (misses := self._misses + 1) > MOST_MISSES:
            raise self._error
        else:
            self._misses = misses
        return [
            outcome for half, answer in zip(halves, answers, strict=True) for outcome in (answer or self.outcomes(half))
        ]

    def _try(self, batch: Sequence[Action]) -> list[Outcome] | None:
        try:
            return self._send(batch)
        except TransientError as error:
            if error.busy:
                raise
            return None

    def _blame(self) -> Outcome:
        self._check()
        self._found += 1
        if self._found > MOST_FOUND:
            raise self._error
        return Outcome("rejected", f"every request fails that holds this document: {self._error.message}")

    def _check(self) -> None:
        if self._stop.is_set() or not _takes_writes(self._send):
            raise self._error
