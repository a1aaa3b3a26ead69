"""Lets others see how a run is going: what it tells of itself goes into the state every few seconds, from a thread, so
that neither a slow state nor an engine that is waited for holds the one up or hides the other.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from indexer.model.errors import IndexerError
from indexer.model.logs import get_logger

if TYPE_CHECKING:
    from indexer.state.store import Store

FIRST = 0.5  # seconds: what is done by then tells only how it ended
EVERY = 2.0


class Live:
    """`report` makes what is told. From `start` until `end`, whose last word stays."""

    def __init__(self, store: "Store", run_id: int, report: Callable[[], dict[str, Any]]) -> None:
        self._store, self._run_id, self._report = store, run_id, report
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell_now_and_then, name="live", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        self._tell()

    def _tell_now_and_then(self) -> None:
        wait = FIRST
        while not self._ended.wait(wait):
            with suppress(RuntimeError):  # the run put something new in while it was gone through: at the next time
                self._tell()
            wait = EVERY

    def _tell(self) -> None:
        from indexer.state import run_reports

        try:
            run_reports.put(self._store, self._run_id, self._report())
        except IndexerError as error:
            # the run itself meets the same fault where it has something to store
            get_logger().warning("report_not_stored", reason=error.message)
