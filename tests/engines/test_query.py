"""What people type, as words and phrases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Query
from indexer.engines.query import Clause, check_fields, other_isbn, parse_words, sort_order, stored_fields, values_of
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
    check_fields(Query("", filters=(("format", "Book"), ("work_keys_str_mv", "x")), facets=("topic_facet",)))
    with pytest.raises(ConfigError, match="filter by 'formt': no such field"):
        check_fields(Query("", filters=(("formt", "Book"),)))
    with pytest.raises(ConfigError, match="not indexed"):
        check_fields(Query("", facets=("fullrecord",)))


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("0-306-40615-2", ["0306406152", "9780306406157"]),
        ("978 0 306 40615 7", ["9780306406157", "0306406152"]),
        ("3-16-148410-X", ["316148410x", "9783161484100"]),
        ("9790260000438", ["9790260000438"]),  # a number of printed music has no other form
        ("0028-0836", ["00280836"]),
        ("tea", []),
        ("123", []),
        (" ", None),
    ],
)
def test_standard_numbers_as_they_are_typed(typed: str, values: list[str] | None) -> None:
    assert values_of("ISN", typed) == values


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_the_two_forms_of_an_isbn_lead_to_each_other(body: str) -> None:
    thirteen = other_isbn(f"{body}0")
    ten = other_isbn(thirteen[0])
    assert ten[0][:9] == body
    assert other_isbn(ten[0]) == thirteen


def test_fields_that_are_stored() -> None:
    assert stored_fields({"id": "1", "allfields": ["x"], "title": "T", "local_str": "a", "odd": "b"}) == {
        "id": "1",
        "title": "T",
        "local_str": "a",
        "odd": "b",
    }
