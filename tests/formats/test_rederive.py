"""Documents of an index that hold their MARC record, made of it anew."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer import sources
from indexer.formats import to_document
from indexer.formats.explain import explain
from indexer.formats.profiles import Profile, bundled, resolve
from indexer.model.documents import Delete, Document, Fields
from indexer.model.errors import ConfigError, RecordError
from indexer.model.records import Position, Record
from tests.conftest import ROOT

REDERIVE = {"options": {"rederive": True}}


def profile(**table: Any) -> Profile:
    return resolve("ours", {"ours": {"base": "solr_json", **REDERIVE, **table}})


def made(record: Record | dict[str, Any], profile: Profile) -> Fields:
    if isinstance(record, dict):
        record = Record("s", "solr_json", json.dumps(record).encode(), Position("index", 1))
    document = to_document(record, profile)
    assert isinstance(document, Document)
    return document.fields


@pytest.fixture(scope="module")
def documents() -> list[Fields]:
    """Of real MARC records."""
    read = sources.read([str(ROOT / "tests/data/marc/lc_booksall_2016_sample.mrc.gz")], source="s")
    marc = bundled()["marc"]
    return [made(item, marc) for number, item in enumerate(read) if isinstance(item, Record) and number % 20 == 0]


def test_it_is_what_the_marc_record_gives(documents: list[Fields]) -> None:
    assert len(documents) > 50
    for fields in documents:
        assert list(made(fields, profile()).items()) == list(fields.items())
        spoilt = {**fields, "title": "Wrong", "title_sort": "wrong", "topic": ["Wrong"], "era": ["Wrong"]}
        assert made(spoilt, profile()) == fields
        assert made(spoilt, bundled()["solr_json"])["title_sort"] == "wrong"


def test_what_the_mapping_does_not_make_is_kept(documents: list[Fields]) -> None:
    given = {**documents[0], "id": "lib-1", "building": ["Branch"], "shelf_str_mv": ["A7"], "marc_error": ["old"]}
    fields = made(given, profile(constants={"collection": "Ours"}))
    assert (fields["id"], fields["building"], fields["collection"]) == ("lib-1", ["Branch"], ["Ours"])
    assert fields["shelf_str_mv"] == ["A7"]
    assert "marc_error" not in fields


def test_a_mapping_of_ones_own(documents: list[Fields], tmp_path: Path) -> None:
    mapping = tmp_path / "ours.py"
    mapping.write_text("from indexer.formats.marc.rules import field, marc\nfield('title', marc('001'))\n")
    fields = made(documents[0], profile(mapping=str(mapping)))
    assert str(fields["title"]).strip() == documents[0]["id"]
    assert fields["title_short"] == documents[0]["title_short"]
    broken = tmp_path / "broken.py"
    broken.write_text("field(")
    with pytest.raises(ConfigError, match="is not Python"):
        profile(mapping=str(broken))
    with pytest.raises(ConfigError, match="rederive"):
        resolve("ours", {"ours": {"base": "solr_json", "mapping": str(mapping)}})


def test_other_documents_are_made_as_always(documents: list[Fields]) -> None:
    for given in ({"id": "a", "title": "The A"}, {"id": "b", "title": "The A", "record_format": "marc"}):
        assert made(given, profile()) == made(given, bundled()["solr_json"])
    assert made({**documents[0], "record_format": "other"}, profile())["title"] == documents[0]["title"]
    with pytest.raises(RecordError):
        made({"id": "c", "record_format": "marc", "fullrecord": "no record"}, profile())


def test_it_is_explained(documents: list[Fields]) -> None:
    record = Record("s", "solr_json", json.dumps(documents[0]).encode(), Position("index", 1))
    found = explain(record, profile())
    assert not isinstance(found, Delete)
    rules = {each.name: each.rules[0].text for each in found}
    assert rules["title"] == "marc('245ab', first=True)"
    assert rules["id"] == rules["building"] == "as the document has it"
