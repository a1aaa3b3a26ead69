"""What a search page needs of an engine: search types, filters that exclude or have several values, likeness."""

from collections.abc import Iterator

import pytest

from indexer.engines.base import Index, Like, Query
from indexer.engines.registry import open_index
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError
from indexer.model.targets import Target
from indexer.testing.documents import document, write


def shelved(number: str, sort: str, dewey: list[str]) -> Fields:
    """The fields of a call number, whose names are none of Python's."""
    fields: Fields = {"callnumber-raw": [number], "callnumber-sort": sort}
    if dewey:
        fields["dewey-raw"] = dewey
    return fields


CATALOGUE = (
    document(
        "b1",
        "Tea and its cultivation",
        author=["Green, Alice"],
        format=["Book"],
        topic=["Agriculture History"],
        topic_facet=["Agriculture", "History"],
        series=["Garden library"],
        isbn=["0306406152 (cloth)"],
        work_keys_str_mv=["AT greenalice teaanditscultivation", "UT tea"],
        publishDate=["1999"],
        publishDateSort="1999",
        author_sort="green, alice",
        **shelved("SB 271 .G7", "SB 3271 G 17", dewey=["633.72"]),
    ),
    document(
        "b2",
        "Tea and its cultivation, revised",
        author=["Green, Alice"],
        format=["Book", "Online"],
        topic=["Agriculture"],
        topic_facet=["Agriculture"],
        isbn=["9783161484100"],
        work_keys_str_mv=["AT greenalice teaanditscultivation"],
        publishDate=["2010"],
        publishDateSort="2010",
        author_sort="green, alice",
        **shelved("SB 271 .G72", "SB 3271 G 172", dewey=[]),
    ),
    document(
        "a1",
        "Soil under gardens",
        author=["Brown, Bob"],
        author2=["Agriculture Society"],
        format=["Article"],
        topic=["Soil"],
        topic_facet=["Soil"],
        container_title="Journal of tea",
        issn=["1234-567X"],
        publishDate=["2004"],
        publishDateSort="2004",
        author_sort="brown, bob",
    ),
    document("j1", "Journal of tea", format=["Journal"], issn=["1234-567x"], topic=["Tea"], topic_facet=["Tea"]),
    document("b3", "Agriculture of the moon", author=["Tea, Thomas"], format=["Book"], genre=["History"]),
)
EVERY = {"b1", "b2", "a1", "j1", "b3"}


@pytest.fixture(scope="module")
def corpus(target: Target) -> Iterator[Index]:
    """An engine with the catalogue, for all tests that only read."""
    sink = open_index(target)
    sink.check()
    assert {outcome.status for outcome in sink.push([write(each, sink) for each in CATALOGUE])} == {"indexed"}
    sink.commit()
    yield sink
    sink.close()


def ids(sink: Index, query: Query) -> list[str]:
    return [hit.id for hit in sink.search(query).hits]


@pytest.mark.parametrize(
    ("type_", "text", "found"),
    [
        ("AllFields", "tea", EVERY),
        ("Title", "tea", {"b1", "b2", "j1"}),
        ("Title", "garden library", {"b1"}),  # a series
        ("Title", "alice tea", set()),
        ("Title", '"tea and its cultivation"', {"b1", "b2"}),
        ("Author", "tea", {"b3"}),
        ("Author", "green, alice", {"b1", "b2"}),
        ("Author", "agriculture", {"a1"}),
        ("Subject", "agriculture", {"b1", "b2"}),
        ("Subject", "history", {"b1", "b3"}),
        ("Subject", "tea agriculture", set()),
        ("JournalTitle", "tea", {"a1", "j1"}),
        ("JournalTitle", "cultivation", set()),  # the title of a book
        ("CallNumber", "SB 271 .G7", {"b1", "b2"}),
        ("CallNumber", "sb271.g7", {"b1", "b2"}),
        ("CallNumber", "SB271.G72", {"b2"}),
        ("CallNumber", "sb*", {"b1", "b2"}),
        ("CallNumber", "633", {"b1"}),
        ("CallNumber", "271", set()),
        ("CallNumber", "S*7", set()),
        ("CallNumber", "*", EVERY),
        ("ISN", "0-306-40615-2", {"b1"}),
        ("ISN", "978-0-306-40615-7", {"b1"}),
        ("ISN", "ISBN 3-16-148410-X", {"b2"}),
        ("ISN", "978 3 16 148410 0", {"b2"}),
        ("ISN", "0306406152 9783161484100", {"b1", "b2"}),
        ("ISN", "1234567x", {"a1", "j1"}),
        ("ISN", "12345", set()),
        ("ISN", "tea", set()),
        ("ISN", "", EVERY),
        ("CallNumber", "' v='x\" OR *:* \\", set()),
        ("ISN", "1234-567X' \" OR *:*", {"a1", "j1"}),
    ],
)
def test_search_types(corpus: Index, type_: str, text: str, found: set[str]) -> None:
    result = corpus.search(Query(text, type=type_))
    assert {hit.id for hit in result.hits} == found
    assert result.total == len(found)


def test_a_whole_call_number_comes_before_those_that_begin_with_it(corpus: Index) -> None:
    assert ids(corpus, Query("SB 271 .G7", type="CallNumber")) == ["b1", "b2"]


def test_a_misspelt_word_in_a_search_of_one_type(corpus: Index) -> None:
    result = corpus.search(Query("cultivaton", type="Title"))
    assert (result.total, result.suggestion) == (0, "cultivation")
    assert corpus.search(Query("cultivaton", type="Author")).suggestion is None
    assert corpus.search(Query("030640615", type="ISN")).suggestion is None


def test_a_search_type_that_is_not_there(corpus: Index) -> None:
    with pytest.raises(ConfigError, match="Titel"):
        corpus.search(Query("tea", type="Titel"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query("", filters=(("format", ("Article", "Online")),)), {"a1", "b2"}),
        (Query("", filters=(("format", ("Article", "Online")), ("topic_facet", "Soil"))), {"a1"}),
        (Query("", filters=(("format", ("Nothing",)),)), set()),
        (Query("tea", without=(("format", "Book"),)), {"a1", "j1"}),
        (
            Query(
                "",
                without=(("format", "Online"), ("id", "a1"), ("id", "no' \"such")),
            ),
            {"b1", "j1", "b3"},
        ),
        (Query("", filters=(("work_keys_str_mv", ("AT greenalice teaanditscultivation", "UT tea")),)), {"b1", "b2"}),
    ],
)
def test_filters_with_several_values_and_without_some(corpus: Index, query: Query, found: set[str]) -> None:
    assert set(ids(corpus, query)) == found


def test_so_many_values_of_a_facet(corpus: Index) -> None:
    result = corpus.search(Query("", facets=("format", "topic_facet"), facet_limit=2))
    assert result.facets == {
        "format": [("Book", 3), ("Article", 1)],
        "topic_facet": [("Agriculture", 2), ("History", 1)],
    }


def test_facets_of_a_search_of_one_type(corpus: Index) -> None:
    result = corpus.search(Query("agriculture", type="Subject", facets=("format",)))
    assert result.facets == {"format": [("Book", 2), ("Online", 1)]}


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-publishDateSort", ["b2", "a1", "b1", "b3", "j1"]),
        ("publishDateSort", ["b1", "a1", "b2", "b3", "j1"]),
        ("author_sort", ["a1", "b1", "b2", "b3", "j1"]),
        ("title_sort", ["b3", "j1", "a1", "b1", "b2"]),
        ("callnumber-sort", ["b1", "b2", "a1", "b3", "j1"]),
    ],
)
def test_the_orders_of_a_search_page(corpus: Index, sort: str, order: list[str]) -> None:
    assert ids(corpus, Query("", sort=sort)) == order


def test_what_is_like_a_document(corpus: Index) -> None:
    likes = (Like("Subject", '"Agriculture"', 3), Like("Author", '"Green, Alice"'), Like("Title", "cultivation", 0.5))
    result = corpus.search(Query("", likes=likes, without=(("id", "b1"),)))
    assert [hit.id for hit in result.hits] == ["b2"]
    assert ids(corpus, Query("", likes=(Like("Title", "soil"), Like("Author", "tea")))) in (["a1", "b3"], ["b3", "a1"])
    assert ids(corpus, Query("", likes=(Like("Title", "the"), Like("Title", "?")))) == []
