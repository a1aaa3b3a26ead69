"""The books of a run: every record read ends in exactly one column, and the columns must add up."""

from collections import Counter
from dataclasses import asdict, dataclass, field

# Stands for a column beside the others: a deletion that counts as rejected for now (pipeline/delete_guard.py).
HELD = "held"
COLUMNS = ("read", "indexed", "unchanged", "deleted", "filtered", "rejected", "superseded")


@dataclass(slots=True)
class Books:
    """Counts of one source. They close when read = indexed + unchanged + deleted + filtered + rejected + superseded.

    `superseded` are versions that were never sent, because a later one of the same document was read in the same run:
    only a build on a cluster, which knows all of them before it sends any, has some.
    """

    read: int = 0
    indexed: int = 0
    unchanged: int = 0
    deleted: int = 0
    filtered: int = 0
    rejected: int = 0
    superseded: int = 0

    @property
    def settled(self) -> int:
        """Records whose end is known."""
        return self.indexed + self.unchanged + self.deleted + self.filtered + self.rejected + self.superseded

    @property
    def closed(self) -> bool:
        return self.read == self.settled

    def add(self, column: str, count: int = 1) -> None:
        setattr(self, column, getattr(self, column) + count)

    def counts(self) -> dict[str, int]:
        """By column; without `superseded` where there is none, as in every run on one machine."""
        counts = asdict(self)
        return counts if self.superseded else {name: count for name, count in counts.items() if name != "superseded"}


@dataclass(slots=True)
class Account:
    """The books of each source, in the order in which the sources first gave something, and the files at fault.

    `faults` counts what went wrong with files as a whole: no record of the books, but a reason for exit code 1.
    `in_flight` counts, by source, what a run that ended by an error had taken and not settled: these records are in no
    column, and not in `read`. `held` counts, by source, those of `rejected` that are deletions which wait until it is
    known how many there are.
    """

    sources: dict[str, Books] = field(default_factory=dict)
    faults: int = 0
    in_flight: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)

    def of(self, source: str) -> Books:
        books = self.sources.get(source)
        if books is None:
            books = self.sources[source] = Books()
        return books

    def count(self, source: str, column: str) -> None:
        """One record more of this source ended in this column."""
        if column == HELD:
            self.held[source] += 1
            column = "rejected"
        books = self.sources.get(source) or self.of(source)
        setattr(books, column, getattr(books, column) + 1)

    def let_through(self, sent: "Account") -> None:
        """The deletions that were held were sent, and those that earlier runs left: `sent` are the books of that."""
        for source in dict.fromkeys([*self.held, *sent.sources]):
            books, came = self.of(source), sent.of(source)
            mine, left = self.held.pop(source, 0), came.rejected
            earlier = max(0, came.read - mine)
            books.read += earlier
            books.rejected += left - mine
            books.deleted += mine + earlier - left

    @property
    def failed(self) -> int:
        """Records that were rejected and are not merely held."""
        return self.total.rejected - self.held.total()

    def add(self, other: "Account") -> None:
        """The books of `other` are added to these."""
        self.faults += other.faults
        self.held.update(other.held)
        for source, books in other.sources.items():
            for column, count in books.counts().items():
                self.of(source).add(column, count)

    @property
    def total(self) -> Books:
        total = Books()
        for books in self.sources.values():
            for column in COLUMNS:
                total.add(column, getattr(books, column))
        return total

    @property
    def open_sources(self) -> list[str]:
        """Sources whose books do not close: a failed run."""
        return [name for name, books in self.sources.items() if not books.closed]
