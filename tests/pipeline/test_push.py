"""Order and completeness of what is pushed, under any interleaving of answers."""

import time
from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Action, Outcome, Write
from indexer.engines.retry import RetryPolicy
from indexer.model.documents import Delete
from indexer.model.errors import PermanentError, TransientError
from indexer.pipeline import window
from indexer.pipeline.push import Limits, Pusher
from tests.pipeline.scripted import ScriptedSink


def push_all(sink: ScriptedSink, actions: Sequence[Action], limits: Limits) -> list[tuple[int, str]]:
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


@settings(max_examples=60)
@given(actions=ACTIONS, seed=st.integers(0, 2**16), connections=st.integers(1, 4), size=st.integers(1, 9))
def test_the_index_ends_as_if_applied_one_by_one(actions: list[Action], seed: int, connections: int, size: int) -> None:
    sink = ScriptedSink(seed, trouble=0.1)
    limits = Limits(connections, batch_documents=size, batch_bytes=1 << 20, retry=RetryPolicy(60, first_wait=0.001))
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
    sink = ScriptedSink()
    actions = [Write(str(number), b"x" * size) for number, size in enumerate(sizes)]
    push_all(sink, actions, Limits(1, batch_documents=count, batch_bytes=limit, retry=RetryPolicy(1)))
    sent = [action for batch in sink.batches for action in batch]
    assert sent == actions
    for batch in sink.batches:
        assert len(batch) <= count
        # a document larger than the bound goes alone: it is never split and never dropped
        assert len(batch) == 1 or sum(len(action.body) for action in batch if isinstance(action, Write)) <= limit


def test_a_permanent_error_ends_the_push() -> None:
    class Refusing(ScriptedSink):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            raise PermanentError("no such index")

    with pytest.raises(PermanentError, match="no such index"):
        push_all(Refusing(), [Write("a", b"1")], Limits(2, 10, 1000, retry=RetryPolicy(60)))


def test_retrying_ends_when_its_time_is_over() -> None:
    class Down(ScriptedSink):
        tries = 0

        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            self.tries += 1
            raise TransientError("connection refused", retry_after=0.01)

    sink = Down()
    with pytest.raises(TransientError, match="connection refused"):
        push_all(sink, [Write("a", b"1")], Limits(1, 10, 1000, retry=RetryPolicy(0.1, first_wait=0.001)))
    assert sink.tries > 1


def test_giving_up_says_how_long_it_was_tried_and_what_is_safe() -> None:
    class Down(ScriptedSink):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            raise TransientError("connection refused", advice="Is it running?", retry_after=30)

    with pytest.raises(TransientError) as caught:
        push_all(Down(), [Write("a", b"1")], Limits(1, 10, 1000, retry=RetryPolicy(20)))
    assert caught.value.message == "connection refused; given up after 1 try (it asks for 30 s)"
    assert caught.value.advice.startswith("Is it running?\nWhat was acknowledged is in the index")


def test_the_time_counts_from_the_first_failure() -> None:
    class Stalling(ScriptedSink):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            if not self.batches:
                self.batches.append([])
                time.sleep(0.3)
                raise TransientError("no answer in time")
            return super().push(batch)

    limits = Limits(1, 10, 1000, retry=RetryPolicy(0.2, first_wait=0.001))
    assert push_all(Stalling(), [Write("a", b"1")], limits) == [(0, "indexed")]


def test_an_engine_that_asks_for_no_pause_gets_one() -> None:
    class Down(ScriptedSink):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            self.batches.append(list(batch))
            raise TransientError("busy", retry_after=0)

    sink = Down()
    with pytest.raises(TransientError):
        push_all(sink, [Write("a", b"1")], Limits(1, 10, 1000, retry=RetryPolicy(0.2, first_wait=0.05)))
    tries = [batch for batch in sink.batches if isinstance(batch[0], Write)]  # without the questions in between
    assert 2 <= len(tries) <= 9


class Away(ScriptedSink):
    """Refuses all requests until it has done so many times; notes how many were under way at once since then."""

    def __init__(self, refusals: int, *, pause: float = 0.1) -> None:
        super().__init__()
        self.pause = pause
        self.refusals = refusals
        self.seconds = 0.01
        self.under_way = 0
        self.most: list[int] = []

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        with self.lock:
            self.under_way += 1
            self.most.append(self.under_way)
        try:
            time.sleep(self.seconds)
            with self.lock:
                if self.refusals:
                    self.refusals -= 1
                    raise TransientError("connection refused", retry_after=self.pause)
            return super().push(batch)
        finally:
            with self.lock:
                self.under_way -= 1


def test_a_pause_is_told_once_however_many_connections_meet_it() -> None:
    pauses: list[float] = []
    sink = Away(refusals=24, pause=1.0)  # long enough for all connections to meet it
    pusher: Pusher[int] = Pusher(
        sink,
        Limits(8, 1, 1000, retry=RetryPolicy(60, first_wait=0.001)),
        on_answer=lambda _answers, _seconds: None,
        on_pause=lambda _error, seconds: pauses.append(seconds),
    )
    for number in range(40):
        pusher.add(Write(str(number), b"1"), number)
    pusher.commit()
    pusher.close()
    assert len(sink.documents) == 40
    assert 1 <= len(pauses) <= 8  # 24 refusals of 8 connections are three rounds


@pytest.mark.parametrize("trouble", ["refused", "slow"])
def test_requests_under_way_shrink_and_grow_back(trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SLOW_SECONDS", 1.0)
    sink = Away(refusals=0)
    sink.seconds = 0.1
    pusher: Pusher[int] = Pusher(
        sink,
        Limits(8, 1, 1000, retry=RetryPolicy(60, first_wait=0.001)),
        on_answer=lambda _answers, _seconds: None,
        on_pause=lambda _error, _seconds: None,
    )

    def push(requests: int) -> list[int]:
        """How many were under way when each of these requests began."""
        sink.most = []
        for _ in range(requests):
            pusher.add(Write(str(next(numbers)), b"1"), 0)
        pusher.drain()
        return sink.most

    numbers = count()
    assert max(push(40)) == 8
    sink.refusals, sink.seconds = (16, 0.1) if trouble == "refused" else (0, 2.0)
    push(8)
    sink.seconds = 0.1
    assert max(push(8)) <= 6
    assert max(push(200)) == 8
    pusher.close()


def test_a_commit_is_tried_again() -> None:
    class Busy(ScriptedSink):
        commits = 0

        def commit(self) -> None:
            self.commits += 1
            if self.commits < 3:
                raise TransientError("busy")

    sink = Busy()
    pauses: list[str] = []
    pusher: Pusher[int] = Pusher(
        sink,
        Limits(1, 10, 1000, retry=RetryPolicy(5, first_wait=0.001)),
        on_answer=lambda _answers, _seconds: None,
        on_pause=lambda error, _seconds: pauses.append(error.message),
    )
    pusher.add(Write("a", b"1"), 1)
    pusher.commit()
    pusher.close()
    assert sink.documents == {"a": b"1"}
    assert (sink.commits, pauses) == (3, ["busy", "busy"])


def test_a_short_answer_is_never_taken_for_success() -> None:
    class Short(ScriptedSink):
        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            return super().push(batch)[:-1]

    with pytest.raises(PermanentError, match="1 outcomes for 2 actions"):
        push_all(Short(), [Write("a", b"1"), Write("b", b"2")], Limits(1, 10, 1000, retry=RetryPolicy(1)))


def test_retrying_ends_after_its_tries() -> None:
    class Down(ScriptedSink):
        tries = 0

        def push(self, batch: Sequence[Action]) -> list[Outcome]:
            self.tries += 1
            raise TransientError("connection refused", retry_after=0)

    sink = Down()
    with pytest.raises(TransientError, match="connection refused"):
        push_all(sink, [Write("a", b"1")], Limits(1, 10, 1000, retry=RetryPolicy(60, 3)))
    assert sink.tries == 3
