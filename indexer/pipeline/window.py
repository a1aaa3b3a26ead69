"""How many requests may be in flight: fewer when the engine refuses or slows down, slowly more when it answers well.

Additive increase, multiplicative decrease, as TCP does it (RFC 5681). Called from the thread that sends and from those
that wait for answers.
"""

import threading

SLOW_FACTOR = 4.0  # an answer that takes this many times as long as usual is slow,
SLOW_SECONDS = 1.0  # unless it is quick all the same
USUAL_WEIGHT = 0.1  # of the newest answer in the moving average


class Window:
    """`allowed` requests, between 1 and `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = float(most)
        self._usual: float | None = None
        self._lock = threading.Lock()

    @property
    def allowed(self) -> int:
        return int(self._size)

    def refused(self) -> None:
        """The engine put a request off: half as many from now on."""
        with self._lock:
            self._size = max(1.0, self._size / 2)

    def answered(self, seconds: float) -> None:
        """A request was answered after this time, its own pauses not counted."""
        with self._lock:
            usual = self._usual if self._usual is not None else seconds
            if seconds > SLOW_SECONDS and seconds > SLOW_FACTOR * usual:
                self._size = max(1.0, self._size / 2)
            else:
                self._size = min(float(self._most), self._size + 1 / self._size)
            self._usual = usual + USUAL_WEIGHT * (seconds - usual)
