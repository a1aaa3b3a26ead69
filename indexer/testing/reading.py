"""Reading an index from one end to the other."""

import orjson
import pytest

from indexer.engines.base import Index
from indexer.testing.documents import document, stored, write

IDS = [f"r{number:02}" for number in range(25)]


@pytest.fixture
def index(engine: Index) -> Index:
    """25 documents; set what your engine reads at once to ten, and they are three pages."""
    engine.push([write(document(id, f"Title {id}", topic=["Tea", id]), engine) for id in IDS])
    engine.commit()
    return engine


def test_every_document_comes_once_with_its_fields(index: Index) -> None:
    pages = [page for page, _ in index.pages()]
    assert all(pages)
    found = {fields["id"]: fields for page in pages for fields in map(orjson.loads, page)}
    assert sorted(found) == IDS
    for id, fields in found.items():
        wanted = stored(document(id, f"Title {id}", topic=["Tea", id]))
        assert {name: fields.get(name) for name in wanted} == wanted


def test_what_comes_in_meanwhile_does_no_harm(index: Index, engine: Index) -> None:
    seen: list[str] = []
    for page, _ in index.pages():
        seen += [orjson.loads(document)["id"] for document in page]
        engine.push([write(document(f"a{len(seen)}", "Meanwhile"), engine)])
        engine.push([write(document(id, "Meanwhile"), engine) for id in seen])
        engine.commit()
    assert sorted(seen) == IDS


def test_a_mark_goes_on_behind_its_page(index: Index) -> None:
    seen = [orjson.loads(document)["id"] for document in next(index.pages())[0]]
    reading = index.pages()
    _, mark = next(reading)
    reading.close()  # type: ignore[attr-defined]
    for page, _ in index.pages(mark):
        seen += [orjson.loads(document)["id"] for document in page]
    assert sorted(seen) == IDS


def test_an_empty_index_has_no_pages(engine: Index) -> None:
    assert list(engine.pages()) == []
