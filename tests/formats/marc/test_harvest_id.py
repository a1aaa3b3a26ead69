"""MARC that has no id of its own, out of a harvest that has one for it."""

import pytest

from indexer.formats import to_document
from indexer.formats.profiles import Profile, resolve
from indexer.model.documents import Delete, Document
from indexer.model.errors import RecordError
from indexer.model.records import Header, Position, Record

RAW = (
    '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000npcaa2200000 u 4500</leader>{}<datafield tag="245" '
    'ind1="1" ind2="0"><subfield code="a">Papers</subfield></datafield></record>'
)
IDENTIFIER = "oai:archives.example.org//repositories/2/resources/17"


def profile(*, harvest_id: bool) -> Profile:
    table = {
        "base": "marc",
        "id_search": [r"^oai:archives\.example\.org//repositories/"],
        "id_replace": ["as-"],
        "options": {"harvest_id": harvest_id},
    }
    return resolve("archives", {"archives": table})


def record(control: str, header: Header | None) -> Record:
    return Record("s", "marc", RAW.format(control).encode(), Position("f", 1, 0), header)


@pytest.mark.parametrize(
    ("control", "id"),
    [
        ("", "as-2/resources/17"),
        ('<controlfield tag="001"> </controlfield>', "as-2/resources/17"),
        ('<controlfield tag="001">b17</controlfield>', "b17"),
    ],
)
def test_the_harvests_identifier_where_the_record_has_none(control: str, id: str) -> None:
    made = to_document(record(control, Header(IDENTIFIER)), profile(harvest_id=True))
    assert isinstance(made, Document)
    assert made.id == id


def test_its_deletion_has_the_same_id() -> None:
    gone = Record("s", "marc", b"", Position("f", 1, 0), Header(IDENTIFIER, deleted=True))
    assert to_document(gone, profile(harvest_id=True)) == Delete("as-2/resources/17")


@pytest.mark.parametrize("header", [None, Header(None), Header(IDENTIFIER)])
def test_no_other_profile_takes_it(header: Header | None) -> None:
    asked = header is None or header.identifier is None  # which has none to take either
    with pytest.raises(RecordError, match="has none to make its id of"):
        to_document(record("", header), profile(harvest_id=asked))
