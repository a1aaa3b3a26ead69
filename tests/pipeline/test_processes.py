"""Processes answer what they are asked, and none that dies or is killed leaves anybody waiting."""

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from multiprocessing.context import SpawnProcess
from typing import Any

import pytest

from indexer.pipeline.processes import Died, Processes
from tests.conftest import PATIENCE


@contextmanager
def processes(count: int) -> Iterator[Processes]:
    """Ended at the end, which takes no time whatever they are about."""
    open_session = Processes(count, gc.enable)
    yield open_session
    ending = threading.Thread(target=open_session.end, daemon=True)
    ending.start()
    ending.join(PATIENCE)
    assert not ending.is_alive()
    assert multiprocessing.active_children() == []


def outcome(future: Future[Any]) -> object:
    error = future.exception(PATIENCE)
    return type(error) if error is not None else future.result()


@pytest.mark.parametrize("count", [1, 3])
def test_every_call_is_answered(count: int) -> None:
    with processes(count) as open_session:
        calls = [open_session.call(divmod, number, 7) for number in range(500)]
        assert [call.result(PATIENCE) for call in calls] == [divmod(number, 7) for number in range(500)]


def test_answers_and_questions_that_no_pipe_holds() -> None:
    with processes(2) as open_session:
        calls = [open_session.call(bytes.upper, b"a" * 5_000_000) for _ in range(8)]
        assert {call.result(PATIENCE) for call in calls} == {b"A" * 5_000_000}


@pytest.mark.parametrize("end", [os._exit, signal.raise_signal])
def test_a_process_that_dies_takes_along_what_it_was_asked_alone(end: Callable[[int], Any]) -> None:
    with processes(1) as open_session, processes(1) as other:
        assert open_session.call(abs, -1).result(PATIENCE) == 1
        calls = [open_session.call(end, signal.SIGKILL), open_session.call(abs, -2), open_session.call(abs, -3)]
        assert [outcome(call) for call in calls] == [Died, Died, Died]
        until = time.monotonic() + PATIENCE
        while open_session.alive:  # its pipes end a moment before it does
            assert time.monotonic() < until
            time.sleep(0.01)
        assert other.alive
        assert outcome(open_session.call(abs, -4)) is Died
        assert other.call(abs, -5).result(PATIENCE) == 5


def test_one_that_cannot_start() -> None:
    open_session = Processes(2, os._exit, 1)
    assert {outcome(open_session.call(abs, number)) for number in range(2)} == {Died}
    open_session.end()


def test_the_end_in_the_midst_of_answers_and_of_questions() -> None:
    about: list[tuple[Callable[..., Any], Any]]
    about = [(bytes, 200_000_000), (len, bytes(200_000_000)), (time.sleep, 3600)]
    for function, argument in about:
        with processes(2) as open_session:
            open_session.call(abs, 1).result(PATIENCE)  # at least one is there
            calls = [open_session.call(function, argument) for _ in range(8)]
            time.sleep(0.1)
        done = [outcome(call) for call in calls]
        assert done[-1] is Died
        assert all(each is Died or each == function(argument) for each in done)


@pytest.mark.parametrize("error", [OSError("no more"), KeyboardInterrupt()])
def test_those_that_are_there_end_where_another_cannot_be_made(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, starts = SpawnProcess.start, iter([False, True])

    def start_one(process: SpawnProcess) -> None:
        start(process)
        if next(starts):
            raise error

    monkeypatch.setattr(SpawnProcess, "start", start_one)
    with pytest.raises(type(error)):
        Processes(3, gc.enable)
    until = time.monotonic() + PATIENCE
    while multiprocessing.active_children():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_no_more_threads_is_no_more_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(OSError, match="new thread"):
        Processes(2, gc.enable)
    monkeypatch.undo()
    until = time.monotonic() + PATIENCE
    while multiprocessing.active_children():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_nothing_is_left_open() -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/fd"))

    with processes(1) as open_session:
        open_session.call(abs, 1).result(PATIENCE)
    before, threads = count(), threading.active_count()
    for _ in range(3):
        with processes(2) as open_session:
            open_session.call(abs, 1).result(PATIENCE)
    assert count() == before
    assert threading.active_count() == threads


def test_a_process_that_starts_leaves_interrupts_to_this_one() -> None:
    with processes(1) as open_session:
        theirs = open_session.call(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result(PATIENCE)
    assert theirs >= {signal.SIGINT, signal.SIGTERM}  # as it was started, before any line of ours ran in it
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, set()) & {signal.SIGINT, signal.SIGTERM}
