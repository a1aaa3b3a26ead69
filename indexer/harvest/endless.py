"""Tells a list that goes round and round, or on and on with nothing in it, from one that is merely long.

A resumption token says nothing about how far the end is (section 3.5), so that a list without one is known only by what
it gives: records that were there before, or none.
"""

import hashlib
from dataclasses import dataclass

from indexer.harvest.answer import Answer

EMPTY = 100  # pages without a record in a row: thirty of them are known of servers that filter behind their cursor
REPEATED = 10  # pages in a row with no record that was not there before
SAMPLE = 500_000  # numbers that are remembered


@dataclass(frozen=True, slots=True)
class Turn:
    """`old`: no record of the page is new to this list. `endless`: it has no end, and `words` say how that shows."""

    old: bool = False
    endless: bool = False
    words: str = ""


class Turns:
    """What came of one list, page after page."""

    def __init__(self) -> None:
        self._records, self._tokens = _Known(), _Known()
        self._empty = self._repeated = 0

    def turn(self, page: Answer) -> Turn:
        """What the next page says."""
        token = int.from_bytes(hashlib.blake2b(page.token.encode(), digest_size=8).digest())
        known_token = self._tokens.put([token]) is False
        if not page.records:
            self._empty += 1
            if known_token and not page.others:
                return Turn(endless=True, words="the server gives the same resumption token again and again")
            words = f"the server gives pages without a record, {self._empty} in a row"
            return Turn(endless=self._empty >= EMPTY, words=words)
        self._empty = 0
        new = self._records.put(page.ids)
        if new is None:
            return Turn()
        self._repeated = 0 if new else self._repeated + 1
        if not new and known_token:
            return Turn(True, True, "the server gives the same page and the same resumption token again and again")
        words = f"the server gives records that it gave before, {self._repeated} pages in a row"
        return Turn(not new, self._repeated >= REPEATED, words)


class _Known:
    """Which numbers were there before, of a sample once there are many: those below a limit that is halved then."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._limit = 1 << 64

    def put(self, numbers: list[int]) -> bool | None:
        """Whether any of these is new; None: none of them is in the sample."""
        sampled = [number for number in numbers if number < self._limit]
        if not sampled:
            return None
        before = len(self._known)
        self._known.update(sampled)
        new = len(self._known) > before
        if len(self._known) > SAMPLE:
            self._limit >>= 1
            self._known = {number for number in self._known if number < self._limit}
        return new
