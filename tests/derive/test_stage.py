import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.derive import copies
from indexer.derive.stage import COMPUTED, complete
from indexer.model.documents import NOTES, Draft, Fields, Style, Value
from indexer.model.errors import RecordError
from indexer.model.schema import biblio

SENT = [*sorted(biblio().fields.keys() - {"id", "_version_"}), "doi_str_mv", "pmid_str", "note_txt_mv"]


def multi(name: str) -> bool:
    field = biblio().field(name)
    assert field is not None
    return field.multi


def completed(fields: Fields) -> Fields:
    """With nothing computed."""
    return complete(Draft(fields, computed=()), "current")


def compute(draft: Draft, style: Style) -> Fields:
    """What is put to these fields, `id` aside, but for the copies."""
    draft.fields = {"id": "1", **draft.fields}
    made = complete(draft, style)
    return {name: value for name, value in made.items() if name not in {*copies.filled(), "id"}}


def test_computed_fields_stand_behind_what_they_are_made_of() -> None:
    fields: Fields = {"title": "The B: C", "topic": ["t"], "author": ["X"], "publishDate": ["199x", "1987"]}
    made = compute(Draft(fields), "current")
    assert list(made.items()) == [
        ("title", "The B: C"),
        ("title_short", "The B: C"),
        ("title_full", "The B: C"),
        ("title_sort", "b c"),
        ("topic", ["t"]),
        ("author", ["X"]),
        ("author_sort", "X"),
        ("publishDate", ["199x", "1987"]),
        ("publishDateSort", "1987"),
        ("work_keys_str_mv", ["AT x thebc", "AT x bc"]),
    ]
    assert list(fields) == ["title", "topic", "author", "publishDate"]
    assert compute(Draft({"title": "The B: C"}), "legacy")["title_sort"] == "b: c"


def test_author_sort_is_a_person_behind_all_authors() -> None:
    for fields in ({"author_corporate": ["Y"], "author": ["X"]}, {"author": ["X"], "author_corporate": ["Y"]}):
        assert list(compute(Draft({**fields}), "current")) == [*fields, "author_sort"]
        assert compute(Draft({**fields}), "current")["author_sort"] == "X"


def test_what_a_format_set_stays() -> None:
    fields: Fields = {"title": "T", "title_sort": "own", "author": ["A"], "author_sort": [], "title_full": "F"}
    made = compute(Draft(fields), "current")
    assert list(made) == ["title", "title_short", "title_sort", "author", "title_full", "work_keys_str_mv"]
    assert (made["title_sort"], made["title_full"]) == ("own", "F")


def test_what_a_format_asks_for() -> None:
    fields: Fields = {"title": "T", "title_alt": ["V"], "author": ["A"], "author2": ["E"]}
    assert compute(Draft(fields, computed=()), "current") == fields
    assert compute(Draft(fields, computed={"author_sort"}), "current").keys() == {*fields, "author_sort"}
    assert compute(Draft(fields, titles=["W"], authors=["B"]), "current")["work_keys_str_mv"] == ["AT b w"]
    assert "work_keys_str_mv" not in compute(Draft(fields, titles=()), "current")
    assert compute(Draft({"title": "A: B"}, style="legacy"), "current")["title_sort"] == "a: b"
    behind = {"author_sort": ("author", "author2")}
    assert list(compute(Draft(fields, computed={"author_sort"}, behind=behind), "current")) == [*fields, "author_sort"]


def test_what_is_computed_anew_keeps_its_place_and_stays_where_it_cannot_be() -> None:
    fields: Fields = {"title_sort": ["old"], "author_sort": ["old"], "title": ["The T"], "title_short": ["S"]}
    made = compute(Draft(fields, anew=COMPUTED.keys() - {"title_short"}), "current")
    assert list(made) == ["title_sort", "author_sort", "title", "title_full", "title_short"]
    assert made == {
        "title_sort": "t",
        "author_sort": "old",
        "title": "The T",
        "title_full": "The T",
        "title_short": "S",
    }


def test_what_was_mended_stands_behind_the_computed_fields() -> None:
    made = compute(Draft({"title": "T", "author": ["A"]}, repairs=["x"]), "current")
    assert list(made)[-2:] == ["work_keys_str_mv", NOTES]
    assert made[NOTES] == ["x"]
    assert compute(Draft({NOTES: ["w"], "title": "T"}, repairs=["x"]), "current")[NOTES] == ["w", "x"]


@pytest.mark.parametrize("value", [3, None, {"a": 1}])
def test_a_value_that_is_no_text_is_left_to_be_refused(value: Value) -> None:
    with pytest.raises(RecordError, match="not text"):
        complete(Draft({"id": "1", "title": value, "author": value}), "current")


def test_id_is_first_and_copies_are_last() -> None:
    fields: Fields = {"title": "T", "author": ["A"], "id": "1"}
    assert list(completed(fields)) == ["id", "title", "author", "spellingShingle", "author_facet", "author_browse"]
    assert list(fields) == ["title", "author", "id"]


def test_values_take_the_shape_of_their_field() -> None:
    made = completed(
        {"id": ["1"], "title": ["T"], "publisher": "P", "doi_str_mv": "10/1", "pmid_str": ["2"], "url": []}
    )
    assert made == {
        "id": "1",
        "title": "T",
        "publisher": ["P"],
        "doi_str_mv": ["10/1"],
        "pmid_str": "2",
        "spellingShingle": ["T"],
        "publisherStr": ["P"],
    }


def test_the_engines_version_and_old_copies_are_left_out() -> None:
    made = completed({"id": "1", "_version_": "12", "author_facet": ["Old"], "author": ["New"], "spelling": ["old"]})
    assert made["author_facet"] == ["New"]
    assert made.keys().isdisjoint({"_version_", "spelling"})


def test_an_empty_string_is_a_value() -> None:
    assert completed({"id": "1", "description": "", "topic": [""]})["description"] == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("autor", ["A"], "no such field; the nearest is 'author'"),
        ("xyzzy_qq", ["A"], "no such field"),
        ("title", ["A", "B"], "holds one value, and this record gives 2"),
        ("title", 3, "int, not text"),
        ("title", None, "NoneType, not text"),
    ],
)
def test_what_the_schema_cannot_hold_is_an_error_of_the_record(name: str, value: Value, said: str) -> None:
    with pytest.raises(RecordError, match=re.escape(said)) as raised:
        completed({"id": "1", name: value})
    assert raised.value.field == name


@given(st.dictionaries(st.sampled_from(SENT), st.lists(st.text(), min_size=1, max_size=3), max_size=12))
def test_a_document_completed_again_is_the_same(values: dict[str, list[str]]) -> None:
    fields: Fields = {"id": "1", **{name: value if multi(name) else value[0] for name, value in values.items()}}
    once = completed(fields)
    assert list(completed(once).items()) == list(once.items())
    assert all(isinstance(value, list) is multi(name) for name, value in once.items())
