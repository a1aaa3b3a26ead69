"""The books of a run: every record read ends in exactly one column, and the columns must add up."""

from collections import Counter
from dataclasses import asdict, dataclass, field

COLUMNS = ("read", "indexed", "unchanged", "deleted", "filtered", "rejected")


@dataclass(slots=True)
class Books:
    """Counts of one source. They close when read = indexed + unchanged + deleted + filtered + rejected."""

    read: int = 0
    indexed: int = 0
    unchanged: int = 0
    deleted: int = 0
    filtered: int = 0
    rejected: int = 0

    @property
    def settled(self) -> int:
        """Records whose end is known."""
        return self.indexed + self.unchanged + self.deleted + self.filtered + self.rejected

    @property
    def closed(self) -> bool:
        return self.read == self.settled

    def add(self, column: str, count: int = 1) -> None:
        setattr(self, column, getattr(self, column) + count)

    def counts(self) -> dict[str, int]:
        return asdict(self)


@dataclass(slots=True)
class Account:
    """The books of each source, in the order in which the sources first gave something, and the files at fault.

    `faults` counts what went wrong with files as a whole: no record of the books, but a reason for exit code 1.
    `in_flight` counts, by source, what a run that ended by an error had taken and not settled: these records are in no
    column, and not in `read`.
    """

    sources: dict[str, Books] = field(default_factory=dict)
    faults: int = 0
    in_flight: Counter[str] = field(default_factory=Counter)

    def of(self, source: str) -> Books:
        books = self.sources.get(source)
        if books is None:
            books = self.sources[source] = Books()
        return books

    def add(self, other: "Account") -> None:
        """The books of `other` are added to these."""
        self.faults += other.faults
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
