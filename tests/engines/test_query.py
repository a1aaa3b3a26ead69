"""What people type, as words and phrases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.query import Clause, check_fields, parse_words, sort_order, stored_fields
from indexer.model.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", None),
        (" * ", None),
        ("stem cell", [Clause("stem", False), Clause("cell", False)]),
        ('"stem  cell" tea', [Clause("stem cell", True), Clause("tea", False)]),
        ('tea"stem cell"tea', [Clause("tea", False), Clause("stem cell", True), Clause("tea", False)]),
        ('"open phrase', [Clause("open", False), Clause("phrase", False)]),
        ('"" ( & -', []),
        ("x-ray (1)", [Clause("x-ray", False), Clause("(1)", False)]),
        ("羅生門", [Clause("羅生門", False)]),
    ],
)
def test_words_and_phrases(text: str, clauses: list[Clause] | None) -> None:
    assert parse_words(text) == clauses


@given(st.text())
def test_every_letter_and_digit_is_in_a_clause(text: str) -> None:
    clauses = parse_words(text)
    if clauses is not None:
        found = "".join(clause.text for clause in clauses)
        assert [c for c in found if c.isalnum()] == [c for c in text if c.isalnum()]


def test_what_can_be_sorted_by() -> None:
    field, descending = sort_order("-title_sort")
    assert (field.name, descending) == ("title_sort", True)
    assert sort_order("first_indexed")[1] is False
    for name in ("author", "format", "title", "nothing_of_ours"):
        with pytest.raises(ConfigError, match=name):
            sort_order(name)


def test_fields_to_filter_and_count_by() -> None:
    check_fields([("format", "Book"), ("work_keys_str_mv", "x")], ["topic_facet"])
    with pytest.raises(ConfigError, match="filter by 'formt': no such field"):
        check_fields([("formt", "Book")], [])
    with pytest.raises(ConfigError, match="not indexed"):
        check_fields([], ["fullrecord"])


def test_fields_that_are_stored() -> None:
    assert stored_fields({"id": "1", "allfields": ["x"], "title": "T", "local_str": "a", "odd": "b"}) == {
        "id": "1",
        "title": "T",
        "local_str": "a",
        "odd": "b",
    }
