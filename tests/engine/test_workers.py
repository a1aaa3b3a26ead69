"""What is made of records is the same in this process and in others, in the order of the dump."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from indexer import sources
from indexer.documents import Delete
from indexer.engine.workers import End, Failed, Item, Made, Marked, Recipe, derive
from indexer.formats import DEFAULT_PROFILE, profiles
from indexer.records import Fault, Header, Position, Record


@pytest.fixture
def recipe() -> Recipe:
    bundled = profiles.bundled()
    return Recipe({"": {format: bundled[name] for format, name in DEFAULT_PROFILE.items()}}, {"fullrecord"}, "1")


def derived(items: list[Item], recipe: Recipe, workers: int) -> list[tuple[Item, Made | None]]:
    return [pair for chunk in derive(items, recipe, workers=workers) for pair in chunk]


def test_workers_make_what_one_process_makes(data: Path, tmp_path: Path, recipe: Recipe) -> None:
    dump = tmp_path / "dump.xml"
    dump.write_bytes(gzip.decompress((data / "pubmed/pubmed21n1298_slice.xml.gz").read_bytes()))
    items: list[Item] = []
    for copy in range(10):
        place = Position("other.xml", copy + 1)
        header = Header(f"oai:example.org:{copy}", "2024-05-01", ("a", "b"), deleted=copy % 2 == 0)
        items += sources.read([str(dump)], source="")
        items.append(Fault("", place, "is broken", raw=b"<broken"))
        items.append(Record("", "oai_dc", b"" if header.deleted else b"<no>", place, header))
        items.append(End())
    one, two = derived(items, recipe, 1), derived(items, recipe, 2)
    assert one == two
    assert [item for item, _ in two] == items
    made = [each for _, each in two]
    assert {type(each) for each in made} == {Marked, Delete, Failed, type(None)}
    failed = [each for each in made if isinstance(each, Failed)]
    assert {each.document_id for each in failed} == {f"oai:example.org:{copy}" for copy in range(1, 10, 2)}


@pytest.mark.parametrize("workers", [1, 2])
def test_documents_are_the_same_whether_dates_of_change_are_asked_for(data: Path, recipe: Recipe, workers: int) -> None:
    dumps = [str(data / "marc/lc_booksall_2016_sample.mrc.gz"), str(data / "seed/oai_dc_record.xml")]
    items: list[Item] = [item for dump in dumps for item in sources.read([dump], source="")]
    without = [made for _, made in derived(items, recipe, workers) if isinstance(made, Marked)]
    asked = [made for _, made in derived(items, replace(recipe, dates=True), workers) if isinstance(made, Marked)]
    assert [replace(made, change=None) for made in asked] == without
    changes = [made.change for made in asked if made.change is not None]
    assert len(changes) == len(items)
    assert {change.later_only for change in changes[:-1]} == {False}
    assert all(change.at > 0 for change in changes[:-1])  # every record of the Library of Congress has a 005
    assert changes[-1].later_only
