"""Records that attack the reader, requests that attack the server: nothing is executed, nothing fails inside."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from indexer.engines.base import Found, Index, Query
from indexer.model.errors import ConfigError, PermanentError, TransientError
from indexer.web.app import HEADERS, application
from tests.web.conftest import HOSTILE, SCRIPT, parsed

PAGE = "/Record/hostile%2F1%3Fx%3D%3Cb%3E%26y%3D%27%22"


def test_markup_of_a_record_is_text(client: TestClient) -> None:
    for path in (
        PAGE,
        f"{PAGE}?view=why&lookfor=danger+%3Cb%3E&filter[]=format:%22%3Cb%3E%22",
        "/Search/Results?lookfor=danger",
        "/Search/FacetList?facet=format",
        "/",
    ):
        response = client.get(path)
        assert response.status_code == 200
        page = parsed(response.text)
        assert page.xpath("//script[not(@src) and @type!='application/ld+json'] | //svg | //img | //main//b") == []
        assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]
        assert SCRIPT not in response.text
    assert page.xpath("//title")


def test_structured_data_does_not_end_its_element(client: TestClient) -> None:
    page = parsed(client.get(PAGE).text)
    (data,) = page.xpath("//script[@type='application/ld+json']")
    assert "</script" not in data.text
    assert "taken" in data.text


def test_only_web_addresses_are_links(client: TestClient) -> None:
    page = parsed(client.get(PAGE).text)
    links = page.xpath("//table[@class='details']//a/@href[not(starts-with(., '/'))]")
    assert links == ["https://example.org/good"]
    for scheme in ("javascript:", "data:", "ftp:"):
        assert not [href for href in page.xpath("//@href | //@src") if href.strip().lower().startswith(scheme)]


def test_a_page_stays_small_whatever_is_in_the_record(client: TestClient) -> None:
    response = client.get(PAGE)
    assert len(response.content) < 300_000
    assert "more characters" in response.text
    assert len(client.get("/Search/Results?lookfor=danger").content) < 100_000
    assert len(client.get(PAGE, params={"style": "json"}).json()[0]["description"]) > 100_000


@pytest.mark.parametrize("view", ["json", "csv", "ris", "bibtex", "rss"])
def test_exports_of_a_hostile_record(client: TestClient, view: str) -> None:
    response = client.get("/Search/Results", params={"lookfor": "danger", "view": view})
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not response.headers["content-type"].startswith("text/html")
    assert "set-cookie" not in response.headers
    if view == "ris":
        assert all(line == "" or line[2:6] == "  - " for line in response.text.split("\r\n"))
    if view == "csv":
        assert "\n=cmd" not in response.text


def test_a_cell_is_not_a_formula(client: TestClient) -> None:
    from indexer.web.export import csv_table

    assert "'=1+1" in csv_table([{"id": "=1+1", "title": "@SUM(A1)"}])
    assert "'@SUM(A1)" in csv_table([{"id": "=1+1", "title": "@SUM(A1)"}])


HOSTILE_REQUESTS = [
    "/Search/Results?lookfor=" + "a+" * 5_000,
    "/Search/Results?lookfor=" + "x" * 60_000,
    "/Search/Results?page=1000000000",
    "/Search/Results?page=" + "9" * 5_000,
    "/Search/Results?page=-1",
    "/Search/Results?page=1e9",
    "/Search/Results?page=%D9%A1",
    "/Search/Results?limit=1000000000&page=2",
    "/Search/Results?limit=0",
    "/Search/Results?lookfor=%00%01%1f",
    "/Search/Results?lookfor=%ff%fe%ed%a0%80",
    "/Search/Results?lookfor=***************************",
    "/Search/Results?lookfor=a*b*c*d*e*f*g*+????????",
    "/Search/Results?type=CallNumber&lookfor=*a*b*c*",
    "/Search/Results?type=CallNumber&lookfor=%22'%5C",
    "/Search/Results?type=Nothing",
    "/Search/Results?sort=title_sort;drop",
    "/Search/Results?sort=%0d%0aX-Evil:1",
    "/Search/Results?lookfor=%0d%0aSet-Cookie:%20a=b",
    "/Search/Results?lng=%0d%0aSet-Cookie:%20a=b",
    "/Search/Results?filter[]=" + "&filter[]=format:%22x%22" * 200,
    "/Search/Results?filter[]=nothing:%22x%22",
    "/Search/Results?filter[]=allfields:%22x%22",
    "/Search/Results?filter[]=fullrecord:x",
    "/Search/Results?filter[]=format",
    "/Search/Results?filter[]=format:%22%00%22",
    "/Search/Results?filter[]=format:" + "x" * 5_000,
    "/Search/Results?filter[]={!lucene}*:*",
    "/Search/Results?view=nothing",
    "/Search/FacetList",
    "/Search/FacetList?facet=fullrecord",
    "/Search/FacetList?facet=work_keys_str_mv",
    "/Search/FacetList?facet=first_indexed",
    "/Search/NewItem?limit=100000",
    "/api/v1/search?" + "&".join(f"facet[]=f{number}_str" for number in range(500)),
    "/api/v1/search?facet[]=allfields",
    "/api/v1/search?" + "&facet[]=a_str" * 4_000,
    "/api/v1/record",
    "/api/v1/record?id=%00",
    "/api/v1/record?" + "&".join(f"id[]={number}" for number in range(1_000)),
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2f..%2fweb/app.py",
    "//example.org/",
    "/Record/" + "%2e%2e%2f" * 50,
    "/" + "x" * 50_000,
]


@pytest.mark.parametrize("url", HOSTILE_REQUESTS, ids=lambda url: url[:60])
def test_hostile_requests_are_answered_or_refused(client: TestClient, url: str) -> None:
    began = time.monotonic()
    response = client.get(url, follow_redirects=False)
    assert response.status_code in (200, 400, 404, 414), response.text
    assert "x-evil" not in response.headers
    assert "set-cookie" not in response.headers
    assert all(response.headers[name] == value for name, value in HEADERS.items())
    assert "Traceback" not in response.text
    assert "import" not in response.text
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("host", ['evil.example"><script>', "a/b", "a b", "x" * 300, "[::1", "a:999999"])
def test_a_host_that_is_none(client: TestClient, host: str) -> None:
    response = client.get("/Search/OpenSearch", headers={"host": host})
    assert response.status_code == 400
    assert host not in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_pages_can_only_be_read(client: TestClient, method: str) -> None:
    for path in ("/", "/Search/Results", "/Record/b1", "/api/v1/search"):
        response = client.request(method, path)
        assert response.status_code == 405
        assert response.headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert client.head("/").status_code == 200


class Scripted:
    """An index that does what a test says."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def refresh(self) -> None: ...

    def search(self, _query: Query) -> Found:
        found: Found = self._answer()
        return found


def scripted(answer: Any, **limits: Any) -> TestClient:
    index: Any = Scripted(answer)
    return TestClient(application(index, **limits), raise_server_exceptions=False)


def raising(error: Exception) -> Any:
    def raise_it() -> None:
        raise error

    return raise_it


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TransientError("solr+http://secret:8983/solr/x: HTTP 503"), 503),
        (PermanentError("solr+http://secret:8983/solr/x: HTTP 401"), 503),
        (ConfigError("solr+http://secret:8983/solr/x: Solr does not take this search"), 400),
        (RuntimeError("/home/secret/file.py"), 500),
    ],
)
def test_errors_tell_nothing_of_the_inside(error: Exception, status: int) -> None:
    for path in ("/Search/Results", "/api/v1/search"):
        response = scripted(raising(error)).get(path)
        assert response.status_code == status
        assert "secret" not in response.text
        assert ("retry-after" in response.headers) == (status == 503)


def test_too_many_at_once_and_too_slow_ones_are_sent_away() -> None:
    started, go_on = threading.Event(), threading.Event()

    def wait() -> Found:
        started.set()
        go_on.wait(60)
        return Found(0, [])

    with scripted(wait, at_once=1, seconds=0.2) as client:
        slow = client.get("/api/v1/search")
        assert started.is_set()
        assert (slow.status_code, slow.headers["retry-after"]) == (503, "2")
        busy = client.get("/api/v1/search")  # the first one's thread still has the only place
        assert busy.status_code == 503
        assert busy.json()["statusMessage"].startswith("Too many searches")
        go_on.set()
        for _ in range(1_000):
            if client.get("/api/v1/search").status_code == 200:
                break
            time.sleep(0.01)
        else:
            pytest.fail("the place was not given back")


@pytest.fixture(autouse=True)
def unharmed(client: TestClient, index: Index) -> Iterator[None]:
    """The server goes on answering whatever a test sent."""
    yield
    assert client.get("/Search/Results", params={"lookfor": "cultivation"}).status_code == 200
    assert index.get([str(HOSTILE["id"])])
