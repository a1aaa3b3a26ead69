"""What happened over a run: nothing is lost however long it takes."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.model.books import Account, Books
from indexer.observe.spans import ROWS, complete, spans
from indexer.observe.timeline import MOST_BUCKETS, Timeline


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 500), st.floats(0, 60)), max_size=80))
def test_buckets_are_bounded_and_hold_everything(answers: list[tuple[float, int, float]]) -> None:
    timeline = Timeline()
    for elapsed, documents, seconds in answers:
        timeline.add(elapsed, documents, seconds)
        timeline.pause(elapsed, seconds)
    assert len(timeline.buckets) <= MOST_BUCKETS
    assert sum(bucket.documents for bucket in timeline.buckets) == sum(documents for _, documents, _ in answers)
    assert sum(bucket.batches for bucket in timeline.buckets) == len(answers)
    assert sum(bucket.retries for bucket in timeline.buckets) == len(answers)
    assert max((bucket.longest for bucket in timeline.buckets), default=0) == max((s for _, _, s in answers), default=0)
    assert len(timeline.pauses) <= MOST_BUCKETS + 1
    for elapsed, _, seconds in answers:
        assert any(start <= elapsed and elapsed + seconds <= end for start, end in timeline.pauses)


def test_the_books_are_those_that_were_seen_last() -> None:
    timeline = Timeline(width=1.0)
    for second, read in ((0.1, 5), (0.9, 8), (3.5, 20)):
        timeline.count(second, Account({"a": Books(read=read), "b": Books(read=1, rejected=1)}))
    assert timeline.series()["books"]["read"] == [9, 9, 9, 21]
    timeline.add(2 * MOST_BUCKETS - 1, 1, 0.1)
    assert timeline.series()["books"]["read"][:3] == [9, 21, 21]
    assert timeline.series()["books"]["rejected"][-1] == 1


def test_as_rows_with_times_of_day() -> None:
    timeline = Timeline(width=1.0)
    for second in range(24):
        timeline.add(second + 0.5, 100, 0.5 if second else 2.0)
        timeline.count(second + 0.6, Account({"a": Books(read=(second + 1) * 110, rejected=(second + 1) * 10)}))
    timeline.pause(3.0, 4.5)
    rows = spans(complete({"started": "2026-11-23T02:59:58Z", "seconds": 23.5, "timeline": timeline.series()}))
    assert len(rows) == ROWS
    first, *_, last = rows
    assert (first.start, first.end, first.read, first.rejected, first.rate) == ("02:59:58", "03:00:00", 220, 20, 100.0)
    assert (first.mean_batch, first.longest_batch, first.retries, first.waited) == (1.25, 2.0, 0, 0.0)
    assert (rows[1].retries, rows[1].waited, rows[2].waited, rows[3].waited) == (1, 1.0, 2.0, 1.5)
    assert (last.end, last.read, last.documents) == ("03:00:21", 2640, 200)


def test_a_run_in_which_nothing_happened_has_no_rows() -> None:
    assert spans(complete({"started": "2026-11-23T02:59:58Z", "seconds": 0.1})) == []
    timeline = Timeline()
    timeline.count(5.0, Account())
    assert spans(complete({"started": "2026-11-23T02:59:58Z", "seconds": 5.0, "timeline": timeline.series()})) == []
