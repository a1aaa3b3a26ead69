"""Order and completeness of what is pushed, under any interleaving of answers."""

import random
import threading
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.documents import Delete, Fields
from indexer.engine.push import Limits, Pusher
from indexer.errors import PermanentError, TransientError
from indexer.sinks.base import Action, Durable, Found, Outcome, Query, Write


class Memory:
    """An index in memory that answers late, puts items off and fails whole requests as its seed says."""

    omit: frozenset[str] = frozenset()
    durable: Durable = "acknowledged"

    def __init__(self, seed: int = 0, *, trouble: float = 0.0) -> None:
        self.documents: dict[str, bytes] = {}
        self.batches: list[list[Action]] = []
        self.lock = threading.Lock()
        self.random = random.Random(seed)
        self.trouble = trouble

    def check(self) -> None: ...

    def identity(self) -> str:
        return ""

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        with self.lock:
            pause = self.random.random() * 0.002
            fails = self.random.random() < self.trouble
            after = self.random.random() < 0.5
        time.sleep(pause)
        outcomes = []
        with self.lock:
            if fails and not after:
                raise TransientError("refused", retry_after=0)
            self.batches.append(list(batch))
            for action in batch:
                if self.random.random() < self.trouble:
                    outcomes.append(Outcome("retry", "busy"))
                elif isinstance(action, Delete):
                    self.documents.pop(action.id, None)
                    outcomes.append(Outcome("deleted"))
                elif action.body == b"bad":
                    outcomes.append(Outcome("rejected", "bad"))
                else:
                    self.documents[action.id] = action.body
                    outcomes.append(Outcome("indexed"))
            if fails:
                raise TransientError("the answer was lost", retry_after=0)
        return outcomes

    def commit(self) -> None: ...

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        raise NotImplementedError

    def count(self) -> int:
        return len(self.documents)

    def ids(self) -> Iterator[str]:
        return iter(self.documents)

    def search(self, query: Query) -> Found:
        raise NotImplementedError

    def close(self) -> None: ...


def push_all(sink: Memory, actions: Sequence[Action], limits: Limits) -> list[tuple[int, str]]:
    told: list[tuple[int, str]] = []
    pusher: Pusher[int] = Pusher(
        sink,
        limits,
        on_answer=lambda answers, _seconds: told.extend((number, outcome.status) for _, number, outcome in answers),
        on_pause=lambda _error, _seconds: None,
    )
    try:
        for number, action in enumerate(actions):
            pusher.add(action, number)
        pusher.drain()
    finally:
        pusher.close()
    return told


ACTIONS = st.lists(
    st.one_of(
        st.builds(Delete, st.sampled_from("abcdef")),
        st.builds(Write, st.sampled_from("abcdef"), st.integers(0, 999).map(lambda n: str(n).encode())),
        st.builds(Write, st.sampled_from("abcdef"), st.just(b"bad")),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(actions=ACTIONS, seed=st.integers(0, 2**16), connections=st.integers(1, 4), size=st.integers(1, 9))
def test_the_index_ends_as_if_applied_one_by_one(actions: list[Action], seed: int, connections: int, size: int) -> None:
    sink = Memory(seed, trouble=0.1)
    limits = Limits(connections, batch_documents=size, batch_bytes=1 << 20, retry_seconds=60, first_wait=0.001)
    told = push_all(sink, actions, limits)
    expected: dict[str, bytes] = {}
    for action in actions:
        if isinstance(action, Delete):
            expected.pop(action.id, None)
        elif action.body != b"bad":
            expected[action.id] = action.body
    assert sink.documents == expected
    assert sorted(number for number, _ in told) == list(range(len(actions)))
    assert [status for _, status in sorted(told)] == [
        "deleted" if isinstance(a, Delete) else "rejected" if a.body == b"bad" else "indexed" for a in actions
    ]


@given(sizes=st.lists(st.integers(0, 50), max_size=80), count=st.integers(1, 10), limit=st.integers(1, 100))
def test_batches_hold_every_action_once_within_both_bounds(sizes: list[int], count: int, limit: int) -> None:
    sink = Memory()
    actions = [Write(str(number), b"x" * size) for number, size in enumerate(sizes)]
    push_all(sink, actions, Limits(1, batch_documents=count, batch_bytes=limit, retry_seconds=1))
    sent = [action for batch in sink.batches for action in batch]
    assert sent == actions
    for batch in sink.batches:
        assert len(batch) <= count
        # a document larger than the bound goes alone: it is never split and never dropped
        assert len(batch) == 1 or sum(len(action.body) for action in batch if isinstance(action, Write)) <= limit


def test_a_permanent_error_ends_the_push() -> None:
    class Refusing(Memory):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            raise PermanentError("no such index")

    with pytest.raises(PermanentError, match="no such index"):
        push_all(Refusing(), [Write("a", b"1")], Limits(2, 10, 1000, retry_seconds=60))


def test_retrying_ends_when_its_time_is_over() -> None:
    class Down(Memory):
        tries = 0

        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            self.tries += 1
            raise TransientError("connection refused", retry_after=0.01)

    sink = Down()
    with pytest.raises(TransientError, match="connection refused"):
        push_all(sink, [Write("a", b"1")], Limits(1, 10, 1000, retry_seconds=0.1))
    assert sink.tries > 1


def test_a_short_answer_is_never_taken_for_success() -> None:
    class Short(Memory):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            return super().push(batch)[:-1]

    with pytest.raises(PermanentError, match="1 outcomes for 2 actions"):
        push_all(Short(), [Write("a", b"1"), Write("b", b"2")], Limits(1, 10, 1000, retry_seconds=1))


def test_retrying_ends_after_its_tries() -> None:
    class Down(Memory):
        tries = 0

        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            self.tries += 1
            raise TransientError("connection refused", retry_after=0)

    sink = Down()
    with pytest.raises(TransientError, match="connection refused"):
        push_all(sink, [Write("a", b"1")], Limits(1, 10, 1000, retry_seconds=60, retry_tries=3))
    assert sink.tries == 3
