"""Documents as they are in an index against those that a load makes now."""

import heapq
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import orjson

from indexer.derive.tracking import DATES
from indexer.engines.query import stored_fields
from indexer.model.documents import Delete, Fields, Value
from indexer.model.schema import Schema
from indexer.pipeline.workers import Prepared, Result


def differing(expected: Fields, there: Fields, omit: Collection[str] = (), schema: Schema | None = None) -> list[str]:
    """The names of the fields in which a document of the index is not the expected one, in the order of the expected
    one and then of the index's. `omit` are those that the engine fills itself; what engines do not store counts not,
    nor when a document was indexed: that is no part of what its record says. A record in JSON is compared as JSON: the
    order of its keys, which differs from one writer to the next, says nothing.
    """
    left_out = {*DATES, *omit}
    wanted = {name: value for name, value in stored_fields(expected, schema).items() if name not in left_out}
    has = {name: value for name, value in stored_fields(there, schema).items() if name not in left_out}
    return [name for name in {**wanted, **has} if not _same(name, wanted.get(name), has.get(name))]


def _same(name: str, one: Value | None, other: Value | None) -> bool:
    if one == other:
        return True
    if name != "fullrecord" or not isinstance(one, str) or not isinstance(other, str):
        return False
    try:
        return bool(orjson.loads(one) == orjson.loads(other))
    except orjson.JSONDecodeError:
        return False


@dataclass(frozen=True, slots=True)
class Last:
    """What the last record of an id wants of the index: a document, or (None) that there is none."""

    body: bytes | None

    def fields(self) -> Fields:
        fields: Fields = orjson.loads(self.body or b"{}")
        return fields


def last_of(result: Result | None) -> tuple[str, Last] | None:
    """The id that a record is about and what it wants; None for one that makes no document."""
    if isinstance(result, Prepared):
        return result.write.id, Last(result.write.body)
    if isinstance(result, Delete):
        return result.id, Last(None)
    return None


class Sample:
    """The last versions of `size` ids, drawn among all that are offered by `seed` and the id alone: the same ones in
    whatever order and however often they come along.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._size = size
        self._key = seed.to_bytes(8, "big", signed=True)
        self._ranks: list[tuple[int, str]] = []  # the largest rank first
        self._kept: dict[str, Last] = {}

    def offer(self, id: str, last: Last) -> None:
        if id in self._kept:
            self._kept[id] = last
            return
        rank = -int.from_bytes(blake2b(id.encode(), digest_size=8, key=self._key).digest(), "big")
        if len(self._kept) == self._size and rank <= self._ranks[0][0]:
            return
        heapq.heappush(self._ranks, (rank, id))
        self._kept[id] = last
        if len(self._kept) > self._size:
            del self._kept[heapq.heappop(self._ranks)[1]]

    def items(self) -> Iterator[tuple[str, Last]]:
        """(id, what it is to be), in the order of the ids."""
        yield from sorted(self._kept.items())

    def __len__(self) -> int:
        return len(self._kept)


def filled(documents: Mapping[str, Fields]) -> dict[str, int]:
    """Field -> how many of these documents have it."""
    counts: dict[str, int] = {}
    for fields in documents.values():
        for name in fields:
            counts[name] = counts.get(name, 0) + 1
    return counts
