"""What comes first."""

import pytest

from indexer.engines.base import Index, Query
from indexer.testing.documents import document, write


def ranked(sink: Index, query: Query) -> list[str]:
    return [hit.id for hit in sink.search(query).hits]


def test_the_title_counts_more(engine: Index) -> None:
    filler = [document(f"filler {number}", f"Filler {number}") for number in range(20)]
    extra = [document("in text", "Other", description="gallimaufry"), document("in title", "Gallimaufry of words")]
    engine.push([write(each, engine) for each in [*filler, *extra]])
    engine.commit()
    assert ranked(engine, Query("gallimaufry")) == ["in title", "in text"]


@pytest.mark.parametrize("sort", ["author_sort", "-author_sort"])
def test_documents_without_the_sorted_field_come_last(engine: Index, sort: str) -> None:
    documents = [document("none", "None"), document("some", "Some", author_sort="m"), document("nil", "Nil")]
    engine.push([write(each, engine) for each in documents])
    engine.commit()
    result = ranked(engine, Query("", sort=sort))
    assert result[0] == "some"
    assert set(result[1:]) == {"none", "nil"}


def test_a_replaced_document_is_not_found_by_its_old_words(engine: Index) -> None:
    engine.push([write(document("1", "Gallimaufry", topic=["Tea"]), engine)])
    engine.commit()
    engine.push([write(document("1", "Hodgepodge"), engine)])
    engine.commit()
    assert ranked(engine, Query("gallimaufry")) == []
    assert ranked(engine, Query("hodgepodge")) == ["1"]


def test_what_others_committed_is_seen_after_a_refresh(engine: Index, second: Index) -> None:
    second.check()
    engine.push([write(document("new", "Gallimaufry"), engine)])
    engine.commit()
    second.refresh()
    assert ranked(second, Query("gallimaufry")) == ["new"]
