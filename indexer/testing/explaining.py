"""Why a query finds a record, or does not: the same reasons on every engine that searches.

    from indexer.testing.explaining import *

takes these tests into a module of one's own (indexer.testing says what they need).
"""

import pytest

from indexer.engines.base import Index, Query
from indexer.jobs.why import Why, explain_hit
from indexer.testing.browsing import corpus

__all__ = [
    "corpus",
    "test_what_keeps_a_record_from_being_found",
    "test_where_a_record_is_found",
]


def asked(index: Index, query: Query, id: str) -> Why:
    """The reasons, whose verdict is that of the search itself."""
    found = explain_hit(index, query, id)
    assert found.found == (id in {hit.id for hit in index.search(query).hits})
    return found


@pytest.mark.parametrize(
    ("query", "id", "places"),
    [
        (Query("tea", type="Title"), "b1", {"tea": {"title": ["Tea"], "title_full": ["Tea"]}}),
        (Query("garden library", type="Title"), "b1", {"garden": {"series": ["Garden"]}}),
        (Query("histories", type="Subject"), "b3", {"histories": {"genre": ["History"]}}),
        (Query("society brown", type="Author"), "a1", {"society": {"author2": ["Society"]}}),
        (Query("tea", type="JournalTitle"), "a1", {"tea": {"container_title": ["tea"]}}),
        (Query("0306406152", type="ISN"), "b1", {"0306406152": {"isbn": ["0306406152 (cloth)"]}}),
        (Query("the tea"), "j1", {"tea": {"title": ["tea"], "topic": ["Tea"]}}),
    ],
)
def test_where_a_record_is_found(corpus: Index, query: Query, id: str, places: dict[str, dict[str, list[str]]]) -> None:
    found = asked(corpus, query, id)
    assert found.found
    assert all(part.found for part in found.parts)
    parts = {part.text: part for part in found.parts}
    for text, fields in places.items():
        assert {place.field: list(place.words) for place in parts[text].places if place.words} == fields
        assert all(place.score is not None and place.score > 0 for place in parts[text].places)
    assert [part.text for part in found.parts if part.ignored] == ["the"] * query.text.startswith("the ")


def test_what_keeps_a_record_from_being_found(corpus: Index) -> None:
    lacking = asked(corpus, Query("tea cultivaton", type="Title"), "b1")
    tea, wrong = lacking.parts
    assert (lacking.found, tea.found, wrong.found, wrong.nearest) == (False, True, False, "cultivation")
    assert lacking.suggestion == "tea cultivation"

    (elsewhere,) = asked(corpus, Query("agriculture", type="Title"), "b1").parts
    assert [(place.field, place.words) for place in elsewhere.elsewhere if place.field == "topic"] == [
        ("topic", ["Agriculture"])
    ]

    filtered = asked(corpus, Query("tea", filters=(("format", "Online"),), without=(("topic_facet", "History"),)), "b1")
    assert [part.found for part in filtered.parts] == [True]
    assert [(each.field, each.passed, each.negated, list(each.has)) for each in filtered.conditions] == [
        ("format", False, False, ["Book"]),
        ("topic_facet", False, True, ["Agriculture", "History"]),
    ]

    of_its_type = asked(corpus, Query("tea", type="JournalTitle"), "b1")
    assert [part.found for part in of_its_type.parts] == [True]
    assert [(each.field, each.passed) for each in of_its_type.conditions] == [("format", False)]

    missing = explain_hit(corpus, Query("tea"), "nothing")
    assert (missing.exists, missing.found, missing.total) == (False, False, 5)
