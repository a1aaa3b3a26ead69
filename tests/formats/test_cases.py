"""Odd records as people reported them (tests/data/cases), each with what is right."""

from pathlib import Path

import pytest

from indexer.formats import to_document
from indexer.formats.profiles import bundled
from indexer.model.documents import Document, Fields
from indexer.model.records import Record
from indexer.sources import read

CASES = Path(__file__).parent.parent / "data" / "cases"


def documents(name: str, profile: str) -> list[Fields]:
    """All records of a file as documents: nothing of it is rejected."""
    made: list[Fields] = []
    for item in read([str(CASES / name)], source="s", format=bundled()[profile].format):
        assert isinstance(item, Record), item
        document = to_document(item, bundled()[profile])
        assert isinstance(document, Document)
        made.append(document.fields)
    return made


def test_a_title_that_is_not_available() -> None:
    first, second = documents("not_available.xml", "pubmed")
    assert (first["title"], second["title"]) == ("Ein Gräberfeld bei Musterstadt.", "Ein anderes Thema.")
    assert (first["title_sort"], second["title_sort"]) == ("ein graberfeld bei musterstadt", "ein anderes thema")
    assert not set(first["work_keys_str_mv"]) & set(second["work_keys_str_mv"])
    assert "vailable" not in f"{first}{second}".lower()


def test_a_prefix_that_only_the_dtd_declares() -> None:
    [fields] = documents("xlink_from_dtd.xml", "jats")
    assert fields["title"] == "Holes in a reservoir: a small one"
    assert fields["license_str_mv"] == ["https://creativecommons.org/licenses/by/4.0/"]


@pytest.mark.parametrize("word", ["Mihon", "Hanako", "Sample Society"])
def test_another_form_of_a_name(word: str) -> None:
    [fields] = documents("name_alternatives.xml", "jats")
    assert (fields["author"], fields["author_corporate"]) == (["見本, 花子"], ["見本学会"])
    assert word in fields["allfields"][0]
