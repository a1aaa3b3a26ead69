"""Interleavings of the pusher's threads that a seed decides, and not the machine's scheduler.

Only one thread runs at any time. Those that push stop before and after whatever they ask of the index, and which one
goes on, and for how many such steps while the run's own thread waits, is drawn.
"""

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest

from indexer.engines.base import Action, Outcome
from indexer.model.documents import Delete
from indexer.model.errors import TransientError
from indexer.pipeline import push, window
from tests.pipeline.scripted import ScriptedSink


class _Task:
    def __init__(self, turns: "Turns", work: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        self.go = threading.Semaphore(0)
        self.back = threading.Semaphore(0)
        self._turns = turns
        self._work = work
        self._thread: threading.Thread | None = None

    def step(self) -> None:
        """Lets it run until it stops the next time, or ends."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        self.go.release()
        self.back.acquire()

    def _run(self) -> None:
        self._turns.running.task = self
        self.go.acquire()
        try:
            self.future.set_result(self._work())
        except BaseException as error:  # noqa: BLE001 - as an executor does it
            self.future.set_exception(error)
        self.back.release()


class Turns:
    """An executor as `Pusher` uses it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.running = threading.local()
        self._tasks: list[_Task] = []

    def stop(self) -> None:
        """Called by a thread that pushes: others may go on here."""
        task: _Task | None = getattr(self.running, "task", None)
        if task is not None:
            task.back.release()
            task.go.acquire()

    def submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        task = _Task(self, lambda: work(*args))
        self._tasks.append(task)
        for _ in range(self.random.randrange(4)):
            self._step()
        return task.future

    def wait(self, futures: Iterable[Future[Any]], **_: Any) -> tuple[list[Future[Any]], list[Future[Any]]]:
        waited = list(futures)
        while not (done := [future for future in waited if future.done()]):
            self._step()
        return done, [future for future in waited if not future.done()]

    def shutdown(self, **_: Any) -> None:
        while self._tasks:
            self._step()

    def _step(self) -> None:
        if self._tasks:
            task = self.random.choice(self._tasks)
            task.step()
            if task.future.done():
                self._tasks.remove(task)


class UnreliableSink(ScriptedSink):
    """Of a share of the requests nothing is heard: half of them were carried out. Those that hold a document whose body
    says `poison` never get an answer, and are not carried out; what says `bad` is rejected.
    """

    def __init__(self, turns: Turns, trouble: float) -> None:
        super().__init__(trouble=trouble)
        self.turns = turns
        self.random = turns.random

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        self._asked()
        if any(not isinstance(action, Delete) and b"poison" in action.body for action in batch):
            raise TransientError("connection reset")
        lost, before = self.random.random() < self.trouble, self.random.random() < 0.5
        if lost and before:
            raise TransientError("connection reset")
        self.trouble, trouble = 0.0, self.trouble  # none for single documents
        outcomes = super().push(batch)
        self.trouble = trouble
        self._asked()
        if lost:
            raise TransientError("the answer was lost")
        return outcomes

    def commit(self) -> None:
        self._asked()
        if self.random.random() < self.trouble:
            raise TransientError("connection reset")
        super().commit()

    def _asked(self) -> None:
        self.turns.stop()


@contextmanager
def drawn(seed: int, trouble: float) -> Iterator[UnreliableSink]:
    """A sink for one `Pusher` at a time, whose threads take turns."""
    turns = Turns(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(push, "ThreadPoolExecutor", lambda *_, **__: turns)
        patch.setattr(push, "wait", turns.wait)
        patch.setattr(window, "SLOW_SECONDS", float("inf"))
        patch.setattr(ScriptedSink, "SLOWEST", 0.0)
        yield UnreliableSink(turns, trouble)
