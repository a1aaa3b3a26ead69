"""Documents that no request survives are found among their neighbours; a server that is down is told from them."""

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Action, Outcome, Write
from indexer.engines.retry import RetryPolicy
from indexer.model.documents import Delete
from indexer.model.errors import TransientError
from indexer.pipeline.bisect import ALONE_TRIES, MOST_FOUND, bisect_failing, holds, refuse_blamed
from indexer.pipeline.push import Limits, Pusher
from tests.pipeline.scripted import ScriptedSink

ERROR = TransientError("connection reset")


class Engine:
    """Dies of each request that holds one of these; and of all from request `down_from` on."""

    def __init__(self, poison: set[str], *, down_from: int = 10**9, only_deletes: bool = False) -> None:
        self.poison = poison
        self.down_from = down_from
        self.only_deletes = only_deletes
        self.taken: list[str] = []
        self.requests = 0

    def send(self, batch: Sequence[Action]) -> list[Outcome]:
        self.requests += 1
        ids = {action.id for action in batch}
        if self.requests > self.down_from or ids & self.poison:
            raise ERROR
        if self.only_deletes and not all(isinstance(action, Delete) for action in batch):
            raise ERROR
        self.taken += [action.id for action in batch if isinstance(action, Write)]
        return [Outcome("deleted" if isinstance(action, Delete) else "indexed") for action in batch]

    def holds(self, action: Action) -> bool:
        return action.id in self.taken


def batch(size: int) -> list[Action]:
    return [Write(str(number), b"{}") for number in range(size)]


def found(engine: Engine, size: int) -> list[Outcome]:
    return bisect_failing(batch(size), engine.send, ERROR, holds=engine.holds, stop=threading.Event())


@given(size=st.integers(1, 600), data=st.data())
def test_one_bad_document_is_found_wherever_it_lies(size: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, size - 1))
    engine = Engine({str(bad)})
    outcomes = found(engine, size)
    assert [n for n, outcome in enumerate(outcomes) if outcome.status == "rejected"] == [bad]
    assert outcomes[bad].reason == "every request fails that holds this document: connection reset"
    assert sorted(engine.taken, key=int) == [str(n) for n in range(size) if n != bad]
    assert engine.requests <= 4 * size.bit_length() + 6 + 2 * ALONE_TRIES


@given(size=st.integers(1, 60), data=st.data())
def test_of_several_only_the_bad_ones_are_ever_blamed(size: int, data: st.DataObject) -> None:
    bad = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
    engine = Engine({str(number) for number in bad})
    try:
        outcomes = found(engine, size)
    except TransientError:  # too many, or too close together
        assert len(bad) > 3
        return
    assert {n for n, outcome in enumerate(outcomes) if outcome.status == "rejected"} == bad
    assert len(bad) <= MOST_FOUND


@given(size=st.integers(1, 600), down_from=st.integers(0, 40), bad=st.integers(0, 599))
def test_a_server_that_goes_down_meanwhile_is_nobodys_fault(size: int, down_from: int, bad: int) -> None:
    engine = Engine({str(bad)}, down_from=down_from)
    try:
        outcomes = found(engine, size)
    except TransientError:
        return
    assert {n for n, outcome in enumerate(outcomes) if outcome.status == "rejected"} <= {bad}


def test_a_server_that_takes_no_document_is_asked_a_few_times_only() -> None:
    engine = Engine(set(), only_deletes=True)
    with pytest.raises(TransientError):
        found(engine, 500)
    assert engine.requests <= 24


def test_it_ends_when_it_is_told_to_stop() -> None:
    stop = threading.Event()
    stop.set()
    engine = Engine({"1"})
    with pytest.raises(TransientError):
        bisect_failing(batch(9), engine.send, ERROR, holds=engine.holds, stop=stop)
    assert engine.requests == 0


def test_documents_that_the_engine_goes_on_failing_over() -> None:
    blamed, busy, done = Outcome("retry", "null", blamed=True), Outcome("retry", "busy"), Outcome("indexed")

    def refused(outcomes: list[Outcome], engine: Engine) -> list[Outcome]:
        some = batch(len(outcomes))
        return refuse_blamed(some, outcomes, engine.send, holds=engine.holds, stop=threading.Event())

    assert refused([done, blamed, busy], Engine({"1"})) == [done, Outcome("rejected", "null"), busy]
    assert refused([done, blamed, busy], Engine(set())) == [done, done, busy]  # alone it is taken
    assert refused([blamed] * 11, Engine({"1"})) == [blamed] * 11
    down = Engine(set(), down_from=0)
    assert refused([done, busy, blamed], down) == [done, busy, blamed]


@pytest.mark.parametrize("lost", ["answers", "requests"])
def test_what_the_index_has_is_no_reject_though_no_answer_ever_comes(lost: str) -> None:
    """Of writes that are no probes nothing is ever heard."""

    class Silent(Engine):
        def send(self, batch: Sequence[Action]) -> list[Outcome]:
            silent = any(action.id == "3" for action in batch)
            outcomes = [] if silent and lost == "requests" else super().send(batch)
            if silent:
                raise ERROR
            return outcomes

    outcomes = found(Silent(set()), 4)
    assert [outcome.status for outcome in outcomes][:3] == ["indexed"] * 3
    assert outcomes[3].status == ("indexed" if lost == "answers" else "rejected")


def test_what_the_index_holds_is_read_back() -> None:
    sink = ScriptedSink()
    one = Write("a", b'{"id":"a","title":"one"}')
    assert not holds(sink, one)
    assert holds(sink, Delete("a"))
    sink.push([one])
    assert holds(sink, one)
    assert not holds(sink, Write("a", b'{"id":"a","title":"two"}'))
    assert not holds(sink, Delete("a"))


def test_a_push_goes_on_beside_it() -> None:
    class Poisoned(ScriptedSink):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            if any(action.id == "17" for action in batch):
                raise TransientError("connection reset")
            return super().push(batch)

    sink = Poisoned()
    told: dict[str, str] = {}
    pusher: Pusher[int] = Pusher(
        sink,
        Limits(2, 10, 1000, retry=RetryPolicy(60, first_wait=0.001)),
        on_answer=lambda answers, _seconds: told.update((action.id, out.status) for action, _, out in answers),
        on_pause=lambda _error, _seconds: None,
    )
    for action in batch(40):
        pusher.add(action, 0)
    pusher.commit()
    pusher.close()
    assert told == {str(n): "rejected" if n == 17 else "indexed" for n in range(40)}
    assert sink.documents.keys() == told.keys() - {"17"}
