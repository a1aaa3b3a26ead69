"""Finds the documents that a request is refused for, or with which every request fails that holds them.

What is refused is halved until the bad ones stand alone. A document with which requests fail while the engine takes
others kills the connection, or makes the engine answer 500 for the whole request, so that it would keep its
neighbours out of the index for ever. A server that is down or busy looks alike from here, and so does a connection that
loses a third of all requests. So before a document is blamed it is tried alone, until that is no bad luck any more, and
between the tries the engine takes a write that changes nothing; at last it is read back, for it may be only the answer
that does not come. The search ends early where it finds no end.
"""

import threading
import time
import uuid
from collections.abc import Callable, Sequence

import orjson

from indexer.engines.base import Action, Outcome, Refused, Writer
from indexer.engines.query import stored_fields
from indexer.model.documents import Delete
from indexer.model.errors import TransientError

MOST_MISSES = 3  # halvings of which neither half is taken, before anything is
MOST_FOUND = 10  # documents of one batch
ALONE_TRIES = 12  # of one document: where one in three requests is lost, all of them are in one of 500,000 cases
PROBES = 3  # writes that change nothing, of which one has to be taken
SLOW = 5.0  # seconds after which no further one is sent

Send = Callable[[Sequence[Action]], list[Outcome]]
Holds = Callable[[Action], bool]


def bisect(batch: Sequence[Action], send: Send) -> list[Outcome]:
    """Sends the batch; while it is refused, each half of it, so that exactly the bad ones come out as rejected.

    The halves are `[:n // 2]` and `[n // 2:]`: together they are the batch, whatever its length. What was written
    before the refusal is written again, with the same result. Returns one outcome per action, in order.
    """
    if not batch:
        return []
    try:
        return send(batch)
    except Refused as refusal:
        if len(batch) == 1:
            return [Outcome("rejected", str(refusal))]
    middle = len(batch) // 2
    return bisect(batch[:middle], send) + bisect(batch[middle:], send)


def bisect_failing(
    batch: Sequence[Action],
    send: Send,
    error: TransientError,
    *,
    holds: Holds,
    stop: threading.Event,
    pause: float = 0.0,
) -> list[Outcome]:
    """One outcome for each action of a batch that fails again and again, the last time with this error: those that the
    engine is held to fail of are rejected, the others are sent. Raises a TransientError where it cannot be told.

    `holds` says whether the index is as an action wants it; `pause` are the seconds between two tries of one document.
    """
    return _Search(send, error, holds, stop, pause).outcomes(batch)


def refuse_blamed(
    batch: Sequence[Action],
    outcomes: list[Outcome],
    send: Send,
    *,
    holds: Holds,
    stop: threading.Event,
    pause: float = 0.0,
) -> list[Outcome]:
    """The outcomes of a request, again and again put off, with those rejected that the engine fails over: where they
    are few, and it takes a write at the same time.
    """
    if sum(outcome.blamed for outcome in outcomes) > MOST_FOUND:
        return outcomes
    return [
        (outcome.blamed and _tried_alone(action, send, outcome.reason, holds, stop, pause)) or outcome
        for action, outcome in zip(batch, outcomes, strict=True)
    ]


def holds(sink: Writer, action: Action) -> bool:
    """Whether the index is as the action wants it, read back after a commit: of a document, in the fields that it gives
    back.
    """
    sink.commit()
    found = sink.get([action.id]).get(action.id)
    if isinstance(action, Delete) or found is None:
        return isinstance(action, Delete) and found is None
    sent = stored_fields(orjson.loads(action.body))
    return all(found.get(name, value) == value for name, value in sent.items())


def probe(send: Send) -> Outcome:
    """What the engine says to the deletion of a document that nobody has."""
    [outcome] = send([Delete(f"indexer-{uuid.uuid4().hex}")])
    return outcome


def _takes_writes(send: Send) -> bool:
    """Whether the engine takes a write that changes nothing."""
    began = time.monotonic()
    for _ in range(PROBES):
        try:
            if probe(send).status == "deleted":
                return True
        except TransientError as error:
            if error.busy:
                return False
        if time.monotonic() - began > SLOW:
            return False
    return False


def _try(batch: Sequence[Action], send: Send) -> list[Outcome] | None:
    """None where the request fails, and the engine does not say that it is busy."""
    try:
        return send(batch)
    except TransientError as error:
        if error.busy:
            raise
        return None


def _tried_alone(
    action: Action, send: Send, why: str, holds: Holds, stop: threading.Event, pause: float
) -> Outcome | None:
    """What becomes of a document of which the engine seems to fail; None where it does not take other writes either."""
    taken = 0
    for tries in range(1, ALONE_TRIES + 1):
        answer = _try([action], send)
        if answer is not None and not answer[0].blamed:
            return answer[0]
        taken += _takes_writes(send)
        if stop.is_set() or 2 * taken < tries:
            return None
        stop.wait(pause)
    if holds(action):
        return Outcome("deleted" if isinstance(action, Delete) else "indexed")
    return Outcome("rejected", why)


class _Search:
    def __init__(self, send: Send, error: TransientError, holds: Holds, stop: threading.Event, pause: float) -> None:
        self._send = send
        self._error = error
        self._holds = holds
        self._stop = stop
        self._pause = pause
        self._misses = self._found = 0

    def outcomes(self, batch: Sequence[Action]) -> list[Outcome]:
        """Of a batch that has just failed."""
        if self._stop.is_set() or not _takes_writes(self._send):
            raise self._error
        if len(batch) == 1:
            return [self._alone(batch[0])]
        middle = len(batch) // 2
        halves = batch[:middle], batch[middle:]
        answers = [_try(half, self._send) for half in halves]
        if any(answers):
            self._misses = -MOST_FOUND  # the engine takes documents of this batch
        elif (misses := self._misses + 1) > MOST_MISSES:
            raise self._error
        else:
            self._misses = misses
        return [
            outcome for half, answer in zip(halves, answers, strict=True) for outcome in (answer or self.outcomes(half))
        ]

    def _alone(self, action: Action) -> Outcome:
        why = f"every request fails that holds this document: {self._error.message}"
        outcome = _tried_alone(action, self._send, why, self._holds, self._stop, self._pause)
        self._found += outcome is not None and outcome.status == "rejected"
        if outcome is None or self._found > MOST_FOUND:
            raise self._error
        return outcome
