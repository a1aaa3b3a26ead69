"""How many requests the whole cluster has under way: fewer when the engine refuses some, slowly more afterwards.

Workers lease the right to send from the scheduler, which has as many as `cluster.requests` says. Whoever hears that the
engine is busy says so, and the driver holds leases back: half of what was left. It gives one back now and then as long
as nobody complains. A driver that is gone holds none for long, and neither does a worker.
"""

import threading
import time
from contextlib import suppress
from typing import Any

from indexer.model.build import Work
from indexer.pipeline.window import Window

GROWS_SECONDS = 2.0  # without a complaint, after which there may be one more
TOGETHER_SECONDS = 1.0  # complaints of several workers within that time are about the same
WAIT_SECONDS = 5.0  # for a lease that is to be held back


class Throttle:
    """A context, in which `most` requests of this `name` may be under way, or fewer."""

    def __init__(self, client: Any, name: str, most: int, work: Work) -> None:
        from distributed import Semaphore

        self._client, self._name, self._most, self._work = client, name, most, work
        self._leases = Semaphore(max_leases=most, name=name)
        self._window = Window(most)
        self._told = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="throttle", daemon=True)

    def __enter__(self) -> "Throttle":
        self._client.subscribe_topic(self._name, self._busy)
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._ended.set()
        self._thread.join()
        with suppress(Exception):  # the scheduler may be gone, and what ends the build says so
            self._client.unsubscribe_topic(self._name)

    def _busy(self, _event: Any) -> None:
        now = time.monotonic()
        if now - self._told > TOGETHER_SECONDS:
            self._window.refused()
        self._told = now

    def _hold(self) -> None:
        held, grown = 0, time.monotonic()
        while not self._ended.wait(0.2):
            now = time.monotonic()
            if now - max(self._told, grown) > GROWS_SECONDS:
                grown = now
                for _ in range(self._window.allowed):  # by one
                    self._window.answered(0.0)
            self._work.requests = allowed = self._window.allowed
            self._work.fewest = min(allowed, self._work.fewest or allowed)
            try:
                if held < self._most - allowed:
                    held += bool(self._leases.acquire(timeout=WAIT_SECONDS))
                elif held > self._most - allowed:
                    self._leases.release()
                    held -= 1
            except Exception:  # noqa: BLE001 - of a scheduler that is gone, Dask raises whatever it likes
                return
        with suppress(Exception):
            for _ in range(held):
                self._leases.release()
