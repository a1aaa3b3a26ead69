"""Batches by count and bytes, pushes over several connections, keeps the order of versions of one id.

Only the thread that calls `Pusher` touches its state; the connection threads do nothing but send. Memory is bounded:
at most `connections` batches are in flight, fewer while the engine refuses or is slow, and one is being filled. A
request that is put off keeps its place among those in flight: when the engine is down, all of them wait, and nothing
else is sent.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from indexer.engines.base import Action, Outcome, Writer
from indexer.engines.retry import RetryPolicy, persist
from indexer.model.documents import Delete
from indexer.model.errors import PermanentError, TransientError
from indexer.pipeline.bisect import bisect, bisect_failing, holds, refuse_blamed
from indexer.pipeline.target_fault import Refusals
from indexer.pipeline.window import Window

SUSPECT_TRIES = 4  # after so many it is asked whether a document is to blame; twice as many, where only some fail
RESUMES = (
    "What was acknowledged is in the index, and the same command goes on from there. load.retry_seconds says how long "
    "to try."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes into a request, how many are under way, and how a failing one is tried again."""

    connections: int
    batch_documents: int
    batch_bytes: int
    retry: RetryPolicy


Token = TypeVar("Token")


class Pusher(Generic[Token]):
    """Sends actions to a sink.

    `on_answer` gets a list of (action, the caller's token, outcome) for each batch and the seconds that it took, from
    the caller's thread, once the engine has answered for all of it. `on_pause` is called for one request at a time,
    with its error and seconds, from a connection's thread. Raises what the sink raises once retrying is over;
    once `stop` is set that is at once.
    """

    def __init__(
        self,
        sink: Writer,
        limits: Limits,
        *,
        on_answer: Callable[[list[tuple[Action, Token, Outcome]], float], None],
        on_pause: Callable[[TransientError, float], None],
        stop: threading.Event | None = None,
    ) -> None:
        self._sink = sink
        self._stop = stop or threading.Event()
        self._limits = limits
        self._on_answer = on_answer
        self._on_pause = on_pause
        self._window = Window(limits.connections)
        self._refusals = Refusals()
        self._telling = threading.Lock()
        self._told_until = 0.0
        self._threads = ThreadPoolExecutor(limits.connections, thread_name_prefix="push")
        self._batch: list[tuple[Action, Token]] = []
        self._bytes = 0
        self._batch_ids: set[str] = set()
        self._flying: dict[Future[tuple[list[Outcome], float]], list[tuple[Action, Token]]] = {}
        self._flying_ids: set[str] = set()

    def add(self, action: Action, token: Token) -> None:
        """Queues an action; sends the batch when it is full.

        A second version of an id waits until the first is answered: two requests in flight may overtake each other,
        and within one batch a retry of the first would overwrite the second.
        """
        self.wait_for(action.id)
        size = 0 if isinstance(action, Delete) else len(action.body)
        if self._batch and self._bytes + size > self._limits.batch_bytes:
            self._send()
        self._batch.append((action, token))
        self._batch_ids.add(action.id)
        self._bytes += size
        if len(self._batch) >= self._limits.batch_documents:
            self._send()

    def wait_for(self, id: str) -> None:
        """Returns once no version of this id is queued or in flight."""
        if id in self._batch_ids:
            self._send()
        while id in self._flying_ids:
            self._collect()

    def drain(self) -> None:
        """Sends what is queued and waits for every answer."""
        self._send()
        while self._flying:
            self._collect()

    def commit(self) -> None:
        """Sends what is queued, waits for every answer, and commits; that is tried as long as a batch is."""
        self.drain()
        self._try(self._sink.commit)

    def close(self) -> None:
        """Ends the threads once they have nothing in flight."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def abandon(self) -> None:
        """After an error: queued batches are not sent; those in flight are waited for, and the answers of those that
        came through are told.
        """
        self.close()
        for future, batch in self._flying.items():
            if not future.cancelled() and future.exception() is None:
                self._answer(future, batch)

    def leave(self) -> None:
        """As `abandon`, but at once: what is in flight goes on until the process ends, and nobody is told."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self) -> None:
        if not self._batch:
            return
        while len(self._flying) >= self._window.allowed:
            self._collect()
        batch, self._batch, self._bytes = self._batch, [], 0
        self._flying_ids |= self._batch_ids
        self._batch_ids = set()
        actions = [action for action, _ in batch]
        self._flying[self._threads.submit(self._push, actions)] = batch

    def _collect(self) -> None:
        done, _ = wait(self._flying, return_when=FIRST_COMPLETED)
        for future in done:
            batch = self._flying.pop(future)
            self._flying_ids.difference_update(action.id for action, _ in batch)
            self._answer(future, batch)

    def _answer(self, future: Future[tuple[list[Outcome], float]], batch: list[tuple[Action, Token]]) -> None:
        outcomes, seconds = future.result()
        self._on_answer([(*sent, outcome) for sent, outcome in zip(batch, outcomes, strict=True)], seconds)

    def _push(self, actions: Sequence[Action]) -> tuple[list[Outcome], float]:
        """One batch, tried until every item has a final answer or `retry_seconds` are over; and the time it took."""
        began = time.monotonic()
        answers: list[Outcome | None] = [None] * len(actions)
        todo = list(range(len(actions)))
        tries = 0
        send = partial(bisect, send=self._sink.push)
        held = partial(holds, self._sink)
        pause = self._limits.retry.first_wait / 2

        def once() -> None:
            nonlocal todo, tries
            tries += 1
            batch = [actions[index] for index in todo]
            started = time.monotonic()
            try:
                outcomes = send(batch)
                self._window.answered(time.monotonic() - started)
            except TransientError as error:
                if error.busy or tries < SUSPECT_TRIES:
                    raise
                outcomes = bisect_failing(batch, send, error, holds=held, stop=self._stop, pause=pause)
            if len(outcomes) != len(todo):
                raise PermanentError(f"the sink gave {len(outcomes)} outcomes for {len(todo)} actions")
            self._refusals.weigh(batch, outcomes, send)
            if tries >= 2 * SUSPECT_TRIES:
                outcomes = refuse_blamed(batch, outcomes, send, holds=held, stop=self._stop, pause=pause)
            again = []
            for index, outcome in zip(todo, outcomes, strict=True):
                if outcome.status == "retry":
                    again.append(index)
                else:
                    answers[index] = outcome
            todo = again
            if todo:
                reason = next(outcome.reason for outcome in outcomes if outcome.status == "retry")
                raise TransientError(f"{self._sink}: {len(todo)} documents were put off: {reason}")

        self._try(once)
        return [answer for answer in answers if answer is not None], time.monotonic() - began

    def _try(self, once: Callable[[], None]) -> None:
        """Until it works, or the limits are reached, or `stop` is set."""
        try:
            persist(once, self._limits.retry, on_pause=self._paused, stop=self._stop)
        except TransientError as error:
            raise TransientError(error.message, advice=f"{error.advice}\n{RESUMES}".lstrip()) from None

    def _paused(self, error: TransientError, seconds: float) -> None:
        """All connections meet the same trouble: while one pause that was told lasts, no other one is told."""
        self._window.refused()
        now = time.monotonic()
        with self._telling:
            told = now < self._told_until
            if not told:
                self._told_until = now + seconds
        if not told:
            self._on_pause(error, seconds)
