import re

import icu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.derive.stage import complete, derive_version
from indexer.model.documents import Fields, Value
from indexer.model.errors import RecordError
from indexer.model.schema import biblio

SENT = [*sorted(biblio().fields.keys() - {"id", "_version_"}), "doi_str_mv", "pmid_str", "note_txt_mv"]


def multi(name: str) -> bool:
    field = biblio().field(name)
    assert field is not None
    return field.multi


def test_id_is_first_and_copies_are_last() -> None:
    fields: Fields = {"title": "T", "author": ["A"], "id": "1"}
    assert list(complete(fields)) == ["id", "title", "author", "spellingShingle", "author_facet", "author_browse"]
    assert list(fields) == ["title", "author", "id"]


def test_values_take_the_shape_of_their_field() -> None:
    made = complete({"id": ["1"], "title": ["T"], "publisher": "P", "doi_str_mv": "10/1", "pmid_str": ["2"], "url": []})
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
    made = complete({"id": "1", "_version_": "12", "author_facet": ["Old"], "author": ["New"], "spelling": ["old"]})
    assert made["author_facet"] == ["New"]
    assert made.keys().isdisjoint({"_version_", "spelling"})


def test_an_empty_string_is_a_value() -> None:
    assert complete({"id": "1", "description": "", "topic": [""]})["description"] == ""


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
        complete({"id": "1", name: value})
    assert raised.value.field == name


@given(st.dictionaries(st.sampled_from(SENT), st.lists(st.text(), min_size=1, max_size=3), max_size=12))
def test_a_document_completed_again_is_the_same(values: dict[str, list[str]]) -> None:
    fields: Fields = {"id": "1", **{name: value if multi(name) else value[0] for name, value in values.items()}}
    once = complete(fields)
    assert list(complete(once).items()) == list(once.items())
    assert all(isinstance(value, list) is multi(name) for name, value in once.items())


def test_the_version_holds_that_of_icu() -> None:
    assert derive_version().endswith(f"+icu{icu.ICU_VERSION}")
