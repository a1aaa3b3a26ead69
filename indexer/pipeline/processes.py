"""Processes that answer calls, each over pipes of its own.

The pools of the standard library let their processes share pipes and locks: one that is killed in the midst of a
message leaves the others, and the threads that serve them, waiting. Here nothing is shared, and every end that a
process has of a pipe is its own: that it died is known by the end of the pipe, whatever it was about.
"""

import contextlib
import errno
import fcntl
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")

PIPE_BYTES = 1 << 20  # what Linux allows everybody; in pipes of 64 KiB both ends wake each other 20 times a message
AHEAD = 2  # calls that a process has at a time, so that it need not wait for the next one
# libxml2 asks for a few hundred small pieces of memory for a record and gives them all back. glibc keeps seven of each
# size at hand and merges the rest with its neighbours; to keep a whole record's saves a worker a tenth of its time.
# It reads this when a process starts; elsewhere it means nothing.
KEPT_AT_HAND = "glibc.malloc.tcache_count=300"

_Call = tuple[Future[Any], Callable[..., Any], tuple[object, ...]]


class Died(Exception):
    """The process ended before it had answered."""


class Processes:
    """So many processes, each of which begins with `start(*given)`; whichever is free takes the next call. Raises
    OSError where the system gives no more of them.
    """

    def __init__(self, count: int, start: Callable[..., None], *given: object) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        try:
            for _ in range(count):
                self._workers.append(_Worker(self._calls, start, given))
        except BaseException:  # a Ctrl-C too: Python would wait for those that are there already
            self.end()
            raise

    def call(self, function: Callable[..., T], *arguments: object) -> "Future[T]":
        """The answer; Died where the process that takes it dies of it, or with it, or has died before. A function that
        raises ends its process.
        """
        future: Future[T] = Future()
        self._calls.put((future, function, arguments))
        return future

    @property
    def alive(self) -> bool:
        """Whether any of them is."""
        return any(worker.process.is_alive() for worker in self._workers)

    def end(self) -> None:
        """Leaves no process running, whatever it is about: they have nothing to lose. What was not answered is Died."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.process.kill()
        with contextlib.suppress(queue.Empty):
            while True:
                if (call := self._calls.get_nowait()) is not None:
                    call[0].set_exception(Died())
        for _ in workers:
            self._calls.put(None)
        for worker in workers:
            worker.join()


class _Worker:
    """A process, and two threads: one sends it calls, one takes its answers."""

    def __init__(
        self, calls: "queue.SimpleQueue[_Call | None]", start: Callable[..., None], given: tuple[object, ...]
    ) -> None:
        # spawn: a forked copy of a process with threads (connections, progress) may deadlock
        context = multiprocessing.get_context("spawn")
        their_questions, self._questions = _pipe()
        self._answers, their_answers = _pipe()
        self.process = context.Process(target=_serve, args=(their_questions, their_answers, start, given), daemon=True)
        self._calls = calls
        self._slots = threading.Semaphore(AHEAD)
        self._gone = threading.Event()
        self._sent: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._receive, self._send)]
        try:
            self._start()
            their_questions.close()
            their_answers.close()
            for thread in self._threads:
                thread.start()
        except BaseException as error:
            if self.process.pid is not None:
                self.process.kill()  # and a thread that is there ends with it
            for end in (their_questions, their_answers, self._questions):
                end.close()
            if isinstance(error, RuntimeError):  # no more threads; to whoever calls it is as if there were no process
                raise OSError(errno.EAGAIN, str(error)) from None
            raise

    def _start(self) -> None:
        # Ctrl-C in a terminal is sent to it too, and is not its own to handle: until it can say so itself, it inherits
        # that from here.
        resource_tracker.ensure_running()  # which some versions of Python would start below, and unblock the signals
        with undisturbed():
            set_by_us = "GLIBC_TUNABLES" not in os.environ
            try:
                os.environ.setdefault("GLIBC_TUNABLES", KEPT_AT_HAND)
                self.process.start()
            finally:
                if set_by_us:  # it is for this process, and for no other one of whoever called us
                    os.environ.pop("GLIBC_TUNABLES", None)

    def join(self) -> None:
        """Waits for its end, after `kill` and a None among the calls."""
        for thread in self._threads:
            thread.join()
        self.process.join()
        self.process.close()
        self._questions.close()
        self._answers.close()

    def _send(self) -> None:
        while self._slots.acquire() and (call := self._calls.get()) is not None:
            future, function, arguments = call
            self._sent.put(future)  # before it can be answered
            with contextlib.suppress(OSError):  # nobody reads there any more: the other thread learns of it too
                self._questions.send((function, arguments))
            if self._gone.is_set():
                self._forsake()

    def _receive(self) -> None:
        with contextlib.suppress(Exception):  # nobody writes there any more; or no memory for it, which is as bad
            while True:
                answer = self._answers.recv()
                self._sent.get().set_result(answer)
                self._slots.release()
        self._gone.set()
        self._forsake()

    def _forsake(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._sent.get_nowait().set_exception(Died())
                self._slots.release()


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is left; a process that is started here has them wait too."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pipe() -> tuple[Connection, Connection]:
    """Its reading and its writing end."""
    reading, writing = multiprocessing.get_context("spawn").Pipe(duplex=False)
    with contextlib.suppress(AttributeError, OSError):  # where the system does not let us it is only slower
        fcntl.fcntl(writing.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return reading, writing


def _serve(questions: Connection, answers: Connection, start: Callable[..., None], given: tuple[object, ...]) -> None:
    """The whole life of a process."""
    # Ctrl-C and what systemd sends to every process of a service are the main process's to handle: it needs us to
    # finish, and ends us then
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    start(*given)
    with contextlib.suppress(EOFError, OSError):  # the main process is gone
        while True:
            function, arguments = questions.recv()
            answers.send(function(*arguments))


def _end_with_parent() -> None:
    """Ends this process when the main one is gone, in the midst of a call too, where it looks at no pipe."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
