"""Several processes that answer on one socket: each is made of this one, before it opens anything."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import structlog

from indexer.model.errors import PermanentError

SECONDS_TO_END = 10
TOLD_TO_END = {signal.SIGINT, signal.SIGTERM}
SHORTEST_LIFE = 5.0  # seconds: one that ends sooner would do so again
log = structlog.get_logger()


def run_in(processes: int, work: Callable[[], None]) -> None:
    """Does the work in so many processes until this one is told to stop. One that dies is made again; raises
    PermanentError for one that does so at once.
    """
    forked = multiprocessing.get_context("fork")
    reading, writing = os.pipe()

    def begin() -> tuple[BaseProcess, float]:
        process = forked.Process(target=_child, args=(work, reading, writing))
        # one that is told to end before it is in its own work would go on in this function, as this process does
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_TO_END)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return process, time.monotonic()

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    running: list[tuple[BaseProcess, float]] = []
    try:
        running += [begin() for _ in range(processes)]
        while True:
            ended = wait([process.sentinel for process, _ in running])
            for place, (process, began) in enumerate(running):
                if process.sentinel in ended:
                    process.join()
                    if time.monotonic() - began < SHORTEST_LIFE:
                        raise PermanentError(f"a process that serves pages ended at once, with {process.exitcode}")
                    log.error("process_ended", exit_code=process.exitcode)
                    running[place] = begin()
    except KeyboardInterrupt:
        pass
    finally:
        os.close(writing)
        for process, _ in running:
            process.terminate()
        for process, _ in running:
            process.join(SECONDS_TO_END)
            process.kill()
        os.close(reading)
        signal.signal(signal.SIGTERM, before)


def _child(work: Callable[[], None], reading: int, writing: int) -> None:
    """Ends when the process does that made it, however that ends: its end of the pipe is closed then."""
    os.close(writing)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_TO_END)

    def watch() -> None:
        os.read(reading, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
    work()
