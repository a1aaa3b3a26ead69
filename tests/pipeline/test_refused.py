"""Halving a batch that is refused loses nothing."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Action, Outcome, Refused, Write
from indexer.model.documents import Delete
from indexer.model.errors import TransientError
from indexer.pipeline.bisect import bisect


class Engine:
    """Writes a request's documents until the first bad one, and then refuses the request: Solr without tolerance."""

    def __init__(self, bad: set[str]) -> None:
        self.bad = bad
        self.index: set[str] = set()
        self.requests = 0

    def send(self, batch: Sequence[Action]) -> list[Outcome]:
        self.requests += 1
        for action in batch:
            if action.id in self.bad:
                raise Refused(f"bad {action.id}")
            self.index.add(action.id)
        return [Outcome("indexed")] * len(batch)


def batch_of(size: int) -> list[Action]:
    return [Write(str(number), b"{}") for number in range(size)]


@given(st.integers(0, 70).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, max(0, size - 1))))))
def test_exactly_the_bad_ones_are_rejected(case: tuple[int, set[int]]) -> None:
    size, places = case
    engine = Engine({str(place) for place in places})
    outcomes = bisect(batch_of(size), engine.send)
    bad = {place for place in places if place < size}
    assert [outcome.status for outcome in outcomes] == [
        "rejected" if place in bad else "indexed" for place in range(size)
    ]
    assert engine.index == {str(place) for place in range(size)} - engine.bad
    assert all(outcomes[place].reason == f"bad {place}" for place in bad)


def test_no_remainder_of_a_division_is_lost() -> None:
    """200 documents with 9 bad ones: an importer that sends quarters of n // 4 loses two good ones of them."""
    engine = Engine({"3", "17", "64", "99", "100", "101", "130", "177", "199"})
    outcomes = bisect(batch_of(200), engine.send)
    assert len(engine.index) == 191
    assert sum(outcome.status == "rejected" for outcome in outcomes) == 9
    assert engine.requests < 120


def test_an_outage_is_no_documents_fault() -> None:
    """While halves are sent the server goes away: the whole batch is to be tried again, nothing is rejected."""
    calls = 0

    def send(batch: Sequence[Action]) -> list[Outcome]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise Refused("bad")
        raise TransientError("gone")

    with pytest.raises(TransientError):
        bisect([*batch_of(3), Delete("x")], send)
    assert calls == 2
