import pytest

from indexer.derive.authors import author_sort, inverted
from indexer.derive.dates import best_date, earliest_year, publish_date_sort, year


@pytest.mark.parametrize(("date", "expected"), [("2017-05", "2017"), ("c1999", "c199"), (" 2020", " 202"), ("", "")])
def test_a_year_is_what_the_date_begins_with(date: str, expected: str) -> None:
    assert year(date) == expected


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ([], None),
        (["2017"], "2017"),
        (["c1999"], "c199"),
        (["2001", "1998-03", "c1990"], "1998"),
        (["May", "c199"], "May"),
    ],
)
def test_the_earliest_year_sorts(dates: list[str], expected: str | None) -> None:
    assert publish_date_sort(dates) == expected


@pytest.mark.parametrize(
    ("authors", "expected"),
    [([], None), (["A", "B"], "A"), (["", "B"], None), ([" \n", "B"], None), (["\u00a0", "B"], "\u00a0")],
)
def test_a_blank_first_author_is_not_replaced_by_the_next(authors: list[str], expected: str | None) -> None:
    assert author_sort(authors) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", "Lovelace, Ada"),
        ("Jean Luc  Picard", "Picard, Jean Luc"),
        ("Lovelace, Ada", "Lovelace, Ada"),
        ("John Smith, J.r.", "Smith, John, J.r."),
        ("Smith, John, Jr.", "Smith, John, Jr."),
        ("Plato", "Plato"),
        ("", ""),
    ],
)
def test_a_name_is_inverted_once(name: str, expected: str) -> None:
    assert inverted(name) == inverted(expected) == expected


@pytest.mark.parametrize(
    ("dates", "best", "earliest"),
    [
        (["2019-05-01"], "2019-05-01", "2019"),
        (["c1999-2001", "1998", "2003-2004"], "1998", "1998"),
        (["circa 1911", "1899-1905"], "1899-1905", "1899"),
        (["before 987", "42"], "before 987", "987"),
        (["undated"], "undated", ""),
        ([""], "", ""),
    ],
)
def test_dates_of_archives(dates: list[str], best: str, earliest: str) -> None:
    assert (best_date(dates), earliest_year(dates)) == (best, earliest)
