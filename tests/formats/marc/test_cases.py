"""Damaged and odd records as people reported them (tests/data/marc/cases), each with what is right."""

from pathlib import Path

import pytest

from indexer.formats import to_document
from indexer.formats.profiles import bundled
from indexer.model.documents import Fields
from indexer.model.errors import Dropped
from indexer.model.records import Record
from indexer.sources import read

CASES = Path(__file__).parents[2] / "data/marc/cases"


def documents(name: str) -> tuple[list[Fields], int]:
    """The documents of a file by the bundled profile, and how many records were left out. Nothing is rejected."""
    made: list[Fields] = []
    dropped = 0
    for item in read([str(CASES / name)], source="test", format="marc"):
        assert isinstance(item, Record), item
        try:
            document = to_document(item, bundled()["marc"])
        except Dropped:
            dropped += 1
            continue
        assert hasattr(document, "fields")
        made.append(document.fields)
    return made, dropped


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("ncr-in-marc8.mrc.gz", 0, {"title": "Poems of \u6f22 and \u5b57 /"}),
        ("ncr-in-marc8.mrc.gz", 1, {"title": "Cafe\u0301 \u2014 \u0159ec\u030c"}),
        ("alpha-tags-and-wrong-length.mrc.gz", 1, {"id": "rec2"}),
        (
            "directory-overflow.mrc.gz",
            1,
            {"id": "rec2", "format": ["Book"], "language": ["English"], "url": ["https://example.org/big"]},
        ),
        *(("leader-byte.mrc.gz", at, {"title": f"Title {at + 1}", "language": ["English"]}) for at in range(6)),
        ("projected-medium.mrc.gz", 0, {"format": ["Video"]}),
        ("projected-medium.mrc.gz", 1, {"format": ["Video"]}),
        ("projected-medium.mrc.gz", 2, {"format": ["Slide"]}),
        ("projected-medium.mrc.gz", 3, {"format": ["Video"]}),
        ("doi-behind-proxy.mrc.gz", 0, {"doi_str_mv": ["10.1000/182"]}),
        ("doi-behind-proxy.mrc.gz", 1, {"doi_str_mv": ["10.1000/183"], "oclc_num": ["12345"]}),
        ("entities-in-iso2709.mrc.gz", 0, {"title": "Smith & sons <draft>"}),
        ("tags-without-zeros.xml.gz", 1, {"id": "rec2", "language": ["English"], "isbn": ["0198526636"]}),
        ("latin1-under-marc8.mrc.gz", 0, {"title": "Müller, die Straße und das Café /"}),
    ],
)
def test_a_case_is_read_right(name: str, number: int, expected: dict[str, object]) -> None:
    made, _ = documents(name)
    assert [fields["id"] for fields in made] == [f"rec{at}" for at in range(1, len(made) + 1)]
    assert {field: made[number].get(field) for field in expected} == expected


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("alpha-tags-and-wrong-length.mrc.gz", 3),
        ("directory-overflow.mrc.gz", 3),
        ("leader-byte.mrc.gz", 6),
        ("tags-without-zeros.xml.gz", 3),
    ],
)
def test_no_neighbour_is_lost(name: str, count: int) -> None:
    assert (len(documents(name)[0]), documents(name)[1]) == (count, 0)


def test_a_damaged_record_keeps_its_fields_and_tells_of_it() -> None:
    fields = documents("directory-overflow.mrc.gz")[0][1]
    assert str(fields["fullrecord"]).count('{"952":') == 520
    told = [documents("leader-byte.mrc.gz")[0][number].get("marc_error") for number in range(6)]
    assert [bool(errors) and "leader" in str(errors) for errors in told] == [False, True, False, True, True, True]


def test_holdings_and_authorities_are_counted() -> None:
    made, dropped = documents("holdings-and-authorities.mrc.gz")
    assert ([fields["id"] for fields in made], dropped) == (["rec1", "rec2"], 2)
