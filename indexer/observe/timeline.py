"""Rates and batch times over a run, in a bounded number of buckets however long it takes."""

from dataclasses import dataclass, field

MOST_BUCKETS = 240


@dataclass(slots=True)
class Bucket:
    """Answers within one span of time: how many batches and documents, and the sum and the longest of their seconds."""

    batches: int = 0
    documents: int = 0
    seconds: float = 0.0
    longest: float = 0.0

    def add(self, other: "Bucket") -> None:
        self.batches += other.batches
        self.documents += other.documents
        self.seconds += other.seconds
        self.longest = max(self.longest, other.longest)


@dataclass(slots=True)
class Timeline:
    """`width` seconds a bucket; it doubles whenever the run outgrows the buckets."""

    width: float = 0.25
    buckets: list[Bucket] = field(default_factory=list)

    def add(self, elapsed: float, documents: int, seconds: float) -> None:
        """A batch of so many documents was answered `elapsed` seconds into the run, after `seconds`."""
        while elapsed >= MOST_BUCKETS * self.width:
            self._halve()
        index = int(elapsed / self.width)
        while len(self.buckets) <= index:
            self.buckets.append(Bucket())
        self.buckets[index].add(Bucket(1, documents, seconds, seconds))

    def _halve(self) -> None:
        self.width *= 2
        pairs = [self.buckets[start : start + 2] for start in range(0, len(self.buckets), 2)]
        for pair in pairs:
            for second in pair[1:]:
                pair[0].add(second)
        self.buckets = [pair[0] for pair in pairs]
