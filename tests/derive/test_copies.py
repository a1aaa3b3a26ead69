import pytest

from indexer.derive import copies
from indexer.model.schema import biblio


def test_values_come_in_the_order_in_which_the_sources_were_emitted() -> None:
    made = copies.fill(
        {"topic": ["T1", "T2"], "author": ["A"], "title": "Title", "author2": ["B"], "series": ["S"]}, biblio()
    )
    assert made["spellingShingle"] == ["T1", "T2", "A", "Title", "S"]
    assert made["author_facet"] == ["A", "B"]
    assert copies.fill({"author2": ["B"], "author": ["A"]}, biblio())["author_facet"] == ["B", "A"]


def test_single_valued_targets_are_strings() -> None:
    assert copies.fill({"title_full": "T"}, biblio()) == {"title_fullStr": "T", "title_full_unstemmed": "T"}
    assert copies.fill({"fulltext": "F"}, biblio()) == {"fulltext_unstemmed": "F"}


@pytest.mark.parametrize(
    ("source", "targets"),
    [
        ("author", {"spellingShingle", "author_facet", "author_browse"}),
        ("author_corporate", {"author_facet", "author_browse"}),
        ("publisher", {"publisherStr"}),
        ("topic", {"spellingShingle", "topic_unstemmed", "topic_browse"}),
        ("contents", {"spellingShingle"}),
        ("dewey-raw", {"dewey-search"}),
        ("callnumber-raw", {"callnumber-search"}),
        ("allfields", {"spelling", "allfields_unstemmed"}),
        ("format", {"allfields_unstemmed"}),
    ],
)
def test_where_a_field_is_copied(source: str, targets: set[str]) -> None:
    assert copies.fill({source: ["v", "w"]}, biblio()) == {target: ["v", "w"] for target in targets}


def test_allfields_stays_as_emitted_and_spelling_is_its_copy() -> None:
    fields = {"allfields": ["all words"], "format": ["Article", "Online"]}
    made = copies.fill(fields, biblio())  # type: ignore[arg-type]
    assert made == {"spelling": ["all words"], "allfields_unstemmed": ["all words", "Article", "Online"]}
    assert fields == {"allfields": ["all words"], "format": ["Article", "Online"]}


def test_every_target_is_filled_but_the_one_that_importers_emit() -> None:
    assert biblio().copy_targets - copies.filled() == {"allfields"}
    everything = {name: ["v"] for name in biblio().copies}
    assert copies.fill(everything, biblio()).keys() == copies.filled()  # type: ignore[arg-type]
