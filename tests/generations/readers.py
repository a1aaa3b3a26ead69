"""Readers that never pause: what they see while generations come and go."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.engines.base import Index, Query
from indexer.engines.registry import open_index
from indexer.model.targets import Target

#: How Elasticsearch and OpenSearch may refuse what is asked while an adopted index gives way to its alias: which of
#: these it is depends on how far the request had come.
GIVING_WAY = ("no_shard_available", "HTTP 503", "no such index")


class Readers:
    """Two threads: one opens the target anew each time, one keeps it open."""

    def __init__(self, target: Target, id: str, word: str) -> None:
        self._target, self._id, self._word = target, id, word
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=read) for read in (self._reopened, self._kept)]
        self.problems: list[str] = []
        self.counts: set[int] = set()
        self._looks = [0, 0]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def look_again(self) -> None:
        """Waits until each thread has begun and ended a look from now on."""
        wanted = [looks + 2 for looks in self._looks]
        while any(looks < least for looks, least in zip(self._looks, wanted, strict=True)):
            assert all(thread.is_alive() for thread in self._threads)
            time.sleep(0.01)

    def forgive_giving_way(self, kind: str) -> None:
        """Takes what was refused by an index that gave way to its alias for no problem, on an engine of this kind."""
        if kind in ("elasticsearch", "opensearch"):
            self.problems[:] = [each for each in self.problems if not any(words in each for words in GIVING_WAY)]

    def _reopened(self) -> None:
        while not self._stop.is_set():
            self._look(None)

    def _kept(self) -> None:
        sink = open_index(self._target)
        sink.check()
        while not self._stop.is_set():
            self._look(sink)
        sink.close()

    def _look(self, kept: Index | None) -> None:
        try:
            sink = kept or open_index(self._target)
            try:
                if kept is None:
                    sink.check()
                self.counts.add(sink.count())
                self.counts.add(sink.search(Query(self._word)).total)
                if self._id not in sink.get([self._id]):
                    self.problems.append(f"{self._id} is not there")
            finally:
                if kept is None:
                    sink.close()
        except Exception as error:  # noqa: BLE001 - whatever a reader meets is what is looked for
            self.problems.append(f"{type(error).__name__}: {error}")
        self._looks[kept is not None] += 1


@contextmanager
def reading(target: Target, id: str, word: str) -> Iterator[Readers]:
    readers = Readers(target, id, word)
    readers.start()
    try:
        yield readers
    finally:
        readers.stop()
