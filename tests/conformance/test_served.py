"""The same requests to the pages of any engine give the same records and the same counts."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from indexer.engines import registry
from indexer.engines.base import Index
from indexer.engines.registry import open_index, parse_target
from indexer.testing.browsing import CATALOGUE, corpus
from indexer.testing.documents import write
from indexer.web.app import application

__all__ = ["corpus"]

FACETS = "&facet[]=format&facet[]=author_facet&facet[]=topic_facet&facet[]=publishDate"
SEARCHES = [
    "",
    "lookfor=tea",
    "lookfor=tea&type=Title&sort=title",
    "lookfor=agriculture&type=Subject",
    "lookfor=green&type=Author&sort=year",
    "lookfor=SB+271&type=CallNumber",
    "lookfor=0306406152&type=ISN",
    "lookfor=tea&type=JournalTitle",
    "lookfor=tea&filter[]=format:%22Book%22&filter[]=topic_facet:%22Agriculture%22",
    "lookfor=tea&filter[]=-format:%22Book%22",
    "lookfor=&filter[]=~format:%22Article%22&filter[]=~format:%22Online%22&sort=author",
    "lookfor=&sort=callnumber-sort&limit=20&page=1",
    "lookfor=tea+OR+(soil",
    "lookfor=nothingofthekind",
]
PAGES = ["/", "/Search/Results?lookfor=cultivaton", "/Search/Results?lookfor=tea", "/Record/b1", "/Record/nothing"]
PAGES += ["/Search/FacetList?facet=author_facet", "/Search/NewItem", "/Search/Results?lookfor=%22%5C%7B!%7D*%3A*"]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The same catalogue in an embedded index."""
    target = parse_target(f"embedded:{tmp_path_factory.mktemp('reference') / 'index'}")
    registry.install(target)
    index = open_index(target)
    index.check()
    index.push([write(each, index) for each in CATALOGUE])
    index.commit()
    yield TestClient(application(index))
    index.close()


def answer(client: TestClient, search: str) -> dict[str, Any]:
    """Records in their order where one is asked for, else by id; ties of a relevance may fall either way."""
    response = client.get(f"/api/v1/search?{search}{FACETS}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    if "sort=" not in search:
        found.get("records", []).sort(key=lambda record: record["id"])
    return found


@pytest.mark.parametrize("search", SEARCHES)
def test_the_same_records_and_counts(corpus: Index, reference: TestClient, search: str) -> None:
    assert answer(TestClient(application(corpus)), search) == answer(reference, search)


def test_every_page(corpus: Index, reference: TestClient) -> None:
    client = TestClient(application(corpus))
    for path in PAGES:
        ours, theirs = client.get(path), reference.get(path)
        assert ours.status_code == theirs.status_code, path
        if "Record" not in path and "tea" not in path:  # what is alike, and ties, come in an order of the engine's own
            assert ours.text == theirs.text, path
    assert "/Record/b2" in client.get("/Record/b1").text


@pytest.mark.parametrize("typed", ["tea", "green", "agri", "Tea and", "the", "no such beginning", '"\\{!)*'])
def test_the_same_suggestions(corpus: Index, reference: TestClient, typed: str) -> None:
    client = TestClient(application(corpus))
    ours, theirs = (each.get("/Search/Suggest", params={"lookfor": typed}) for each in (client, reference))
    assert ours.status_code == theirs.status_code == 200
    assert sorted(map(str, ours.json())) == sorted(map(str, theirs.json()))
