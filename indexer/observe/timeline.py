"""What happened when over a run: rates, batch times, books, requests that were tried again and waits; in a bounded
number of buckets however long it takes.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

from indexer.model.books import COLUMNS, Account

MOST_BUCKETS = 240


@dataclass(slots=True)
class Bucket:
    """Answers within one span of time: how many batches and documents, and the sum and the longest of their seconds;
    how many requests were tried again; and the books of all sources as they were last in it, None where nobody looked.
    """

    batches: int = 0
    documents: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    retries: int = 0
    books: dict[str, int] | None = None

    def add(self, other: "Bucket") -> None:
        """What came later."""
        self.batches += other.batches
        self.documents += other.documents
        self.seconds += other.seconds
        self.longest = max(self.longest, other.longest)
        self.retries += other.retries
        self.books = other.books or self.books


@dataclass(slots=True)
class Timeline:
    """`width` seconds a bucket; it doubles whenever the run outgrows the buckets. `pauses` are the spans in which some
    request waited to be tried again, joined where no more than a bucket lies between them.
    """

    width: float = 0.25
    buckets: list[Bucket] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def add(self, elapsed: float, documents: int, seconds: float) -> None:
        """A batch of so many documents was answered `elapsed` seconds into the run, after `seconds`."""
        with self._lock:
            self._at(elapsed).add(Bucket(1, documents, seconds, seconds))

    def count(self, elapsed: float, account: Account) -> None:
        """The books as they are `elapsed` seconds into the run."""
        with self._lock:
            self._at(elapsed).books = account.total.counts()

    def pause(self, elapsed: float, seconds: float) -> None:
        """A request failed `elapsed` seconds into the run, and waits so long to be tried again."""
        with self._lock:
            self._at(elapsed).retries += 1
            self.pauses.append((elapsed, elapsed + seconds))
            self._join()

    def series(self) -> dict[str, Any]:
        """As numbers, bucket by bucket, for a report."""
        with self._lock:
            buckets, last = self.buckets, dict.fromkeys(COLUMNS, 0)
            counted = [last := each.books or last for each in buckets]
            return {
                "seconds_a_bucket": self.width,
                "documents": [each.documents for each in buckets],
                "batches": [each.batches for each in buckets],
                "mean_batch_seconds": [round(each.seconds / max(each.batches, 1), 4) for each in buckets],
                "longest_batch_seconds": [round(each.longest, 4) for each in buckets],
                "retries": [each.retries for each in buckets],
                "books": {column: [books.get(column, 0) for books in counted] for column in COLUMNS},
                "pauses": [[round(start, 2), round(end, 2)] for start, end in self.pauses],
            }

    def _at(self, elapsed: float) -> Bucket:
        while elapsed >= MOST_BUCKETS * self.width:
            self._halve()
        index = int(elapsed / self.width)
        while len(self.buckets) <= index:
            self.buckets.append(Bucket())
        return self.buckets[index]

    def _halve(self) -> None:
        self.width *= 2
        pairs = [self.buckets[start : start + 2] for start in range(0, len(self.buckets), 2)]
        for pair in pairs:
            for second in pair[1:]:
                pair[0].add(second)
        self.buckets = [pair[0] for pair in pairs]
        self._join()

    def _join(self) -> None:
        joined: list[tuple[float, float]] = []
        for start, end in sorted(self.pauses):
            if joined and start - joined[-1][1] <= self.width:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        self.pauses = joined
