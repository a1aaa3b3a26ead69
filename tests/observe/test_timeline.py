"""Rates over a run: nothing is lost however long it takes."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.observe.timeline import MOST_BUCKETS, Timeline


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 500), st.floats(0, 60)), max_size=80))
def test_buckets_are_bounded_and_hold_everything(answers: list[tuple[float, int, float]]) -> None:
    timeline = Timeline()
    for elapsed, documents, seconds in answers:
        timeline.add(elapsed, documents, seconds)
    assert len(timeline.buckets) <= MOST_BUCKETS
    assert sum(bucket.documents for bucket in timeline.buckets) == sum(documents for _, documents, _ in answers)
    assert sum(bucket.batches for bucket in timeline.buckets) == len(answers)
    assert max((bucket.longest for bucket in timeline.buckets), default=0) == max((s for _, _, s in answers), default=0)
