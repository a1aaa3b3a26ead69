"""Requests in flight: fewer under trouble, more again after it, never none."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.pipeline.window import Window


def test_a_refusal_halves_and_good_answers_grow_back() -> None:
    window = Window(8)
    window.refused()
    assert window.allowed == 4
    window.refused()
    window.refused()
    window.refused()
    assert window.allowed == 1
    for _ in range(60):
        window.answered(0.1)
    assert window.allowed == 8


def test_an_unusually_slow_answer_halves() -> None:
    window = Window(4)
    for _ in range(10):
        window.answered(0.5)
    window.answered(5.0)
    assert window.allowed == 2


def test_an_answer_that_is_slow_only_beside_very_quick_ones_is_no_trouble() -> None:
    window = Window(4)
    for _ in range(10):
        window.answered(0.01)
    window.answered(0.5)
    assert window.allowed == 4


@given(st.integers(1, 32), st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=200))
def test_it_stays_within_its_bounds(most: int, events: list[float | None]) -> None:
    window = Window(most)
    for event in events:
        if event is None:
            window.refused()
        else:
            window.answered(event)
        assert 1 <= window.allowed <= most
