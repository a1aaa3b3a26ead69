"""Who is still out: every record from the moment it is taken until its end is known.

For each dump the ledger finds the *settled prefix*: the longest run of items, in the order of the dump, whose ends are
all known. A checkpoint may name the last of them and nothing later, because what comes after may still be lost. Pure:
no clock, no disk.
"""

from collections import deque
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import islice

from indexer.model.books import Account, Books


@dataclass(slots=True)
class Entry:
    """One item (record or fault) of a dump: `number` counts from 1, `sequence` the items of the whole run. `column` is
    its end in the books, "" for a fault of the file and for its end, None while it is out. A record that makes several
    documents has one for each of its `parts`, one behind the other: it is settled when all of them are.
    """

    file: str
    number: int
    source: str
    column: str | None = None
    sequence: int = 0
    parts: int = 1


@dataclass(slots=True)
class Settled:
    """How far one dump is settled: `items` from its start, with their books; `finished` when that is all of it."""

    items: int = 0
    finished: bool = False
    account: Account = field(default_factory=Account)


@dataclass(slots=True)
class Ledger:
    """`account` counts everything that is known, of all dumps; `settled` holds each dump's prefix, of dumps that are
    neither finished nor untouched, and of those that an earlier run finished.
    """

    account: Account = field(default_factory=Account)
    settled: dict[str, Settled] = field(default_factory=dict)
    _out: deque[Entry] = field(default_factory=deque)
    _moved: dict[str, Settled] = field(default_factory=dict)
    _taken: int = 0
    _kept: Account = field(default_factory=Account)

    def resume(self, file: str, settled: Settled) -> None:
        """An earlier run got this far: its books are part of this one's."""
        self.settled[file] = settled
        self.account.add(settled.account)
        self.keep()

    def moved(self) -> dict[str, Settled]:
        """The dumps whose prefix has grown since this was last asked for. Finished ones are then let go of: there may
        be very many.
        """
        moved, self._moved = self._moved, {}
        for file, settled in moved.items():
            if settled.finished:
                self.settled.pop(file, None)
        return moved

    def take(self, file: str, number: int, source: str, parts: int = 1) -> Entry:
        """A record, or one of its `parts`, was read: it must be settled later, exactly once."""
        self.account.of(source).read += 1
        self._taken += 1
        entry = Entry(file, number, source, sequence=self._taken, parts=parts)
        self._out.append(entry)
        return entry

    def pass_fault(self, file: str, number: int) -> None:
        """The file is at fault at this place: nothing to settle, but a place that was passed."""
        self.account.faults += 1
        self._out.append(Entry(file, number, "", ""))
        self._advance()

    def pass_end(self, file: str) -> None:
        """The dump has no further items."""
        self._out.append(Entry(file, 0, "", ""))
        self._advance()

    def settle(self, entry: Entry, column: str) -> None:
        """The record's end is known: `column` is indexed, unchanged, deleted, filtered or rejected; or HELD."""
        if entry.column is not None:
            raise ValueError(f"{entry.file} item {entry.number} was settled as {entry.column} and now as {column}")
        entry.column = column
        self.account.count(entry.source, column)
        self._advance()

    def keep(self) -> None:
        """What is settled up to now is stored, or in the index for good: an error takes none of it back."""
        self._kept = deepcopy(self.account)

    def drop_unfinished(self) -> None:
        """The run ends here by an error: what was taken and is not kept counts as in flight, and no longer as read. The
        next run takes it again.
        """
        self.account.faults = self._kept.faults
        self.account.held = self._kept.held
        for source, books in self.account.sources.items():
            kept = self._kept.sources.get(source, Books())
            sure = replace(kept, read=kept.settled)
            self.account.in_flight[source] = books.read - sure.read
            self.account.sources[source] = sure
        self.account.in_flight = +self.account.in_flight  # without those that had nothing in flight

    @property
    def out(self) -> int:
        """How many items lie behind the settled prefix."""
        return len(self._out)

    def _advance(self) -> None:
        left = 0  # parts of a record all of which are settled
        while self._out and self._out[0].column is not None:
            if not left:
                left = self._out[0].parts
                if left > 1 and sum(each.column is not None for each in islice(self._out, left)) < left:
                    break
            left -= 1
            entry = self._out.popleft()
            settled = self.settled.setdefault(entry.file, Settled())
            self._moved[entry.file] = settled
            if not entry.number:
                settled.finished = True
                continue
            settled.items = entry.number
            if entry.column:
                settled.account.of(entry.source).read += 1
                settled.account.count(entry.source, entry.column)
            else:
                settled.account.faults += 1
