"""VuFind's API: its parameters, its answers; and a description that holds."""

import os
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from indexer.engines.base import Index
from indexer.web.app import application
from tests.web.conftest import SEED

EXAMPLES = int(os.environ.get("INDEXER_TEST_EXAMPLES", "30"))


def ask(client: TestClient, path: str, status: int = 200, /, **params: Any) -> dict[str, Any]:
    response = client.get(f"/api/v1/{path}", params=params)
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/json")
    answer: dict[str, Any] = response.json()
    assert answer["status"] == ("OK" if status == 200 else "ERROR")
    return answer


def test_a_search_as_vufind_answers_it(client: TestClient) -> None:
    answer = ask(client, "search", lookfor="thrombocytopenia", **{"facet[]": ["format", "collection"]})
    assert answer["resultCount"] == 1
    (record,) = answer["records"]
    assert record["id"] == SEED
    assert list(record) == ["id", "title", "authors", "formats", "languages", "series", "subjects", "urls"]
    assert list(record["authors"]["primary"])[:2] == ["Wang, Xiaohua", "Yin, Xiaoguang"]
    assert record["authors"]["primary"]["Sun, Wei"] == {"role": []}
    assert record["formats"] == ["Online", "Article", "Text"]
    assert record["subjects"] == [["Articles"]]
    assert record["urls"][0] == {
        "url": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC5443306/",
        "desc": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC5443306/",
    }
    value = answer["facets"]["collection"][0]
    assert (value["value"], value["count"], value["isApplied"]) == ("PubMed", 1, False)
    narrowed = client.get(f"/api/v1/search{value['href']}").json()
    assert narrowed["resultCount"] == 1


def test_filters_sort_page_limit_and_fields(client: TestClient) -> None:
    params = {"lookfor": "tea", "type": "Title", "sort": "year", "limit": "1", "field[]": ["id", "publicationDates"]}
    first = ask(client, "search", **params)
    second = ask(client, "search", page="2", **params)
    assert first["records"] == [{"id": "b2", "publicationDates": ["2010"]}]
    assert second["records"] == [{"id": "b1", "publicationDates": ["1999"]}]
    assert first["resultCount"] == second["resultCount"] == 3
    filtered = ask(client, "search", lookfor="tea", **{"filter[]": ['format:"Book"', 'topic_facet:"History"']})
    assert [record["id"] for record in filtered["records"]] == ["b1"]


def test_a_search_that_finds_nothing_has_no_records(client: TestClient) -> None:
    assert ask(client, "search", lookfor="qqqqzzzz") == {"resultCount": 0, "status": "OK"}
    assert ask(client, "search", lookfor="tea", limit="0") == {"resultCount": 5, "status": "OK"}


def test_records_by_their_ids(client: TestClient) -> None:
    assert ask(client, "record", id=SEED, **{"field[]": "id"}) == {
        "resultCount": 1,
        "records": [{"id": SEED}],
        "status": "OK",
    }
    several = ask(client, "record", **{"id[]": ["b2", "b1", "nothing"], "field[]": ["id", "rawData"]})
    assert [record["id"] for record in several["records"]] == ["b2", "b1"]
    assert several["records"][0]["rawData"]["title"] == "Tea and its cultivation, revised"
    ask(client, "record", 404, id="nothing")
    ask(client, "record", 400)


def test_what_is_wrong_is_told(client: TestClient) -> None:
    assert "Title" in ask(client, "search", 400, type="Titel")["statusMessage"]
    assert ask(client, "search", 400, page="x", lng="es")["statusMessage"].startswith("El parámetro page")
    ask(client, "search", 400, **{"field[]": "nothing"})
    ask(client, "search", 400, **{"facet[]": "nothing_of_ours"})
    ask(client, "search", 400, page="1000000000")


def test_what_the_description_says_holds(index: Index) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", application(index))
    operations: list[Any] = [each.ok() for each in schema.get_all_operations()]  # type: ignore[union-attr]
    assert {operation.path for operation in operations} == {"/search", "/record"}
    for operation in operations:

        @given(operation.as_strategy())
        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
        def holds(case: Any) -> None:
            # how deep one can page hangs on two parameters, which no description can say
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        holds()
