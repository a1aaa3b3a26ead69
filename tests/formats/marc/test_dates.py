import pytest

from indexer.formats.marc.dates import clean_date
from tests.formats.marc.made import document, marc_record
from tests.growth import check_growth

EMPTY = marc_record("001 1")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1899.", "1899"),
        ("c1999.", "1999"),
        ("[1987]", "1987"),
        ("1978 [i.e. 1979]", "1979"),
        ("1978 [1979]", "1979"),
        ("[1979?], c1978", "1979"),
        ("1964-1970", "1964"),
        ("l978", "1978"),
        ("[19]78", "1978"),
        ("199-", "1990"),
        ("[199-?]", "1990"),
        ("43 B.C.", ""),
        ("n.d.", ""),
        ("0999", ""),
        ("2150", ""),  # no year of this book trade
        ("", ""),
    ],
)
def test_a_year_is_read_out_of_what_catalogues_write(text: str, year: str) -> None:
    assert clean_date(text, EMPTY) == year


def test_a_million_digits_take_no_time() -> None:
    """Quadratic, they would take an hour."""

    def work(count: int) -> None:
        assert clean_date("0" * count, EMPTY) == ""

    check_growth(work, 1_000_000)


def test_a_year_too_late_for_the_records_own_last_change_is_none() -> None:
    assert clean_date("2027", EMPTY) == "2027"
    assert clean_date("2028", EMPTY) == ""
    assert clean_date("2028", marc_record("005 20270101000000.0")) == "2028"
    assert clean_date("2029", marc_record("005 20270101000000.0")) == ""
    assert clean_date("2028", marc_record("005 today")) == ""


def test_dates_and_publishers_come_from_260_then_264() -> None:
    made = document(
        marc_record(
            "001 1",
            "264 #4 $c©1997",
            "264 #1 $aOslo : $bFirst, $bSecond, $c1998.",
            "264 #2 $bDistributor, $c2001",
            "260 ## $aParis : $bThird, $c1999 $c1999",
        )
    )
    assert made["publishDate"] == ["1999", "1998"]
    assert made["publishDateSort"] == "1998"
    assert made["publisher"] == ["Third,", "First, Second,"]


def test_copyright_stands_in_where_no_publication_is_named() -> None:
    made = document(marc_record("001 1", "264 #1 $aOslo", "264 #4 $c©1997"))
    assert made["publishDate"] == ["1997"]
    assert "publisher" not in made
