"""Documents of an index against those that are made, and the drawing of a sample."""

import random

from hypothesis import given
from hypothesis import strategies as st

from indexer.jobs.compare import Last, Sample, differing, filled
from indexer.model.documents import Fields


def test_fields_that_differ_are_named_in_the_documents_order() -> None:
    expected: Fields = {"id": "1", "title": "A", "topic": ["x", "y"], "author": ["B"]}
    assert differing(expected, expected) == []
    assert differing(expected, {**expected, "topic": ["y", "x"], "series": ["S"]}) == ["topic", "series"]
    assert differing(expected, {"id": "1", "title": "A", "topic": ["x", "y"]}) == ["author"]


def test_what_engines_do_not_store_or_fill_themselves_and_dates_of_indexing_do_not_count() -> None:
    expected: Fields = {"id": "1", "allfields": ["words"], "first_indexed": "2026-01-01T00:00:00Z", "topic": ["x"]}
    assert differing(expected, {"id": "1", "topic_facet": ["x"], "topic": ["x"]}, omit={"topic_facet"}) == []


def test_a_record_in_json_differs_in_what_it_says_not_in_how_it_is_written() -> None:
    made: Fields = {
        "id": "1",
        "fullrecord": '{"leader":"x","fields":[{"245":{"subfields":[{"a":"\\u0160"}],"ind1":"1"}}]}',
    }
    loaded: Fields = {
        "id": "1",
        "fullrecord": '{"fields": [{"245": {"ind1": "1", "subfields": [{"a": "Š"}]}}], "leader": "x"}',
    }
    assert differing(made, loaded) == []
    assert differing(made, {"id": "1", "fullrecord": str(loaded["fullrecord"]).replace("Š", "S")}) == ["fullrecord"]
    assert differing({"id": "1", "fullrecord": "<record/>"}, {"id": "1", "fullrecord": "<record />"}) == ["fullrecord"]
    assert differing({"id": "1", "title": '{"a":1}'}, {"id": "1", "title": '{"a": 1}'}) == ["title"]


@given(st.lists(st.integers(0, 400)), st.integers(1, 50), st.integers(0, 5), st.randoms())
def test_a_sample_is_the_same_in_any_order_and_holds_the_last_versions(
    numbers: list[int], size: int, seed: int, chance: random.Random
) -> None:
    offered = [(f"id{number}", Last(b"%d" % place)) for place, number in enumerate(numbers)]
    sample = Sample(size, seed)
    for id, last in offered:
        sample.offer(id, last)
    assert len(sample) == min(size, len(set(numbers)))
    assert all(last == dict(offered)[id] for id, last in sample.items())
    again = Sample(size, seed)
    chance.shuffle(offered)
    for id, last in offered:
        again.offer(id, last)
    assert [id for id, _ in again.items()] == [id for id, _ in sample.items()]


def test_another_seed_draws_others() -> None:
    drawn = set()
    for seed in (1, 2):
        sample = Sample(10, seed)
        for number in range(1000):
            sample.offer(str(number), Last(None))
        drawn.add(tuple(id for id, _ in sample.items()))
    assert len(drawn) == 2


def test_filled_counts_documents_not_values() -> None:
    assert filled({"a": {"id": "a", "topic": ["x", "y"]}, "b": {"id": "b"}}) == {"id": 2, "topic": 1}
