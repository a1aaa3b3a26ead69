"""The operator's pages: what they show, and to whom."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from starlette.testclient import TestClient

import indexer
from indexer.config import Config
from indexer.engines.base import Index
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError
from indexer.model.records import Header, Position
from indexer.observe.audience import NOBODY
from indexer.state import dead_letters
from indexer.state.dead_letters import DeadLetter
from indexer.web.access import Staff, is_loopback, read_password, staff_of
from indexer.web.app import application
from indexer.web.server import serve
from tests.web.conftest import HERE, PASSWORD, SCRIPT, Site, basic, parsed

PATHS = ("/staff", "/staff/runs", "/staff/runs/1", "/staff/dead-letters", "/staff/dead-letters/1")


@pytest.fixture
def staff(index: Index, operated: Config) -> Iterator[TestClient]:
    app = application(index, operator=Staff(operated))
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as opened:
        yield opened


def get(client: TestClient, path: str) -> str:
    """The text of a page."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    return " ".join(parsed(response.text).xpath("string(//main)").split())


def test_targets_sources_and_runs(staff: TestClient, operated: Config) -> None:
    text = get(staff, "/staff")
    assert str(operated.target()) in text
    assert "Rejected records: 4" in text
    (source,) = parsed(staff.get("/staff").text).xpath("//section[@aria-labelledby='sources']//tbody/tr")
    assert [cell.xpath("string()") for cell in source.xpath("td")][:2] == ["books", "solr_json"]
    assert "load" in get(staff, "/staff/runs")
    run = parsed(staff.get("/staff/runs/1").text)
    heads = [head.text for head in run.xpath("//section[@aria-labelledby='books']//thead//th")]
    row = [
        " ".join(cell.xpath("string()").split()) for cell in run.xpath("//section[@aria-labelledby='books']//tbody//td")
    ]
    assert dict(zip(heads, row, strict=True)) == {
        "Source": "solr_json",
        "Read": "5",
        "Indexed": "1",
        "Unchanged": "0",
        "Deleted": "0",
        "Filtered": "0",
        "Rejected": "4",
    }
    details = get(staff, "/staff/runs/1")
    assert "1: finished, with rejected records or files that cannot be read" in details
    assert run.xpath("//section[@aria-labelledby='books']//td/a/@href") == ["/staff/dead-letters?source=solr_json"]
    assert "There is nothing yet." in get(staff, "/staff/runs?before=1")


def test_rejected_records_by_reason_and_each_with_its_record(staff: TestClient) -> None:
    page = parsed(staff.get("/staff/dead-letters").text)
    kinds = page.xpath("//section[@aria-labelledby='kinds']//tbody/tr")
    assert sum(int(row.xpath("string(td[4])")) for row in kinds) == 4
    (two,) = [row for row in kinds if row.xpath("string(td[4])") == "2"]
    narrowed = parsed(staff.get(two.xpath("string(.//a/@href)")).text)
    assert "Rejected records: 2" in narrowed.xpath("string(//h1)")
    assert len(narrowed.xpath("//section[@aria-labelledby='each']//tbody/tr")) == 2
    letter = get(staff, "/staff/dead-letters/1")
    assert "in<b>.jsonl record 2" in letter
    assert '"title": ["two", ' in letter
    assert "Held deletions: 0" in get(staff, "/staff/dead-letters?stage=held")


def test_markup_of_rejected_records_is_text(staff: TestClient) -> None:
    for path in (*PATHS, *(f"/staff/dead-letters/{number}" for number in (2, 3, 4))):
        text = staff.get(path).text
        assert SCRIPT not in text
        page = parsed(text)
        assert page.xpath("//script[not(@src)] | //main//b | //a[starts-with(@href, 'javascript')]") == []


@pytest.mark.parametrize("path", ["/staff/runs/99", "/staff/dead-letters/99", f"/staff/runs/{10**30}", "/staff/runs/x"])
def test_what_is_not_there(staff: TestClient, path: str) -> None:
    assert staff.get(path).status_code == 404


def test_nothing_was_loaded_yet(index: Index, tmp_path: Path) -> None:
    config = indexer.configure(target=f"embedded:{tmp_path}/i", state=f"sqlite:///{tmp_path / 'none.db'}", reports="")
    client = TestClient(application(index, operator=Staff(config)), base_url=HERE)
    for path in ("/staff", "/staff/runs", "/staff/dead-letters"):
        assert ("None." if path.endswith("letters") else "There is nothing yet.") in get(client, path)
    assert client.get("/staff/dead-letters/1").status_code == 404
    assert not (tmp_path / "none.db").exists()


def test_who_knows_the_password(index: Index, operated: Config) -> None:
    client = TestClient(
        application(index, operator=Staff(operated, PASSWORD.encode())), base_url="http://library.example"
    )
    for path in PATHS:
        for headers in ({}, basic("wrong"), basic(""), {"authorization": "Basic ???"}, {"authorization": "Bearer x"}):
            refused = client.get(path, headers=headers)
            assert (refused.status_code, refused.text) == (401, "A password is needed.")
            assert refused.headers["www-authenticate"].startswith("Basic ")
        assert client.get(path, headers=basic(PASSWORD)).status_code == 200
    assert client.get("/").status_code == 200


def test_without_a_password_only_by_this_machines_own_names(staff: TestClient) -> None:
    for path in PATHS:
        assert staff.get(path, headers={"host": "rebound.example"}).status_code == 403
        assert staff.get(path, headers={"host": "localhost:8080"}).status_code == 200


def test_without_staff_there_are_no_such_pages(client: TestClient) -> None:
    assert client.get("/staff").status_code == 404
    assert 'href="/staff"' not in client.get("/").text


def test_they_are_not_opened_to_everybody(operated: Config, tmp_path: Path) -> None:
    (file := tmp_path / "password").write_text(PASSWORD)
    for host in ("127.0.0.1", "::1", "[::1]", "localhost"):
        assert is_loopback(host)
        assert staff_of(operated, host, wanted=None, password_file=None) == Staff(operated)
    for host in ("0.0.0.0", "::", "localhost.example", "", "192.0.2.1"):
        assert not is_loopback(host)
        assert staff_of(operated, host, wanted=None, password_file=None) is None
        assert staff_of(operated, host, wanted=None, password_file=file) == Staff(operated, PASSWORD.encode())
        with pytest.raises(ConfigError, match="open to whoever reaches"):
            staff_of(operated, host, wanted=True, password_file=None)
        with pytest.raises(ConfigError, match="open to whoever reaches"):
            serve(operated.target(), host=host, port=0, say=click.echo, config=operated, staff=True)
    assert staff_of(operated, "::1", wanted=False, password_file=file) is None


def test_the_file_of_the_password(tmp_path: Path) -> None:
    (tmp_path / "good").write_text(f"{PASSWORD}\nmore\n")
    (tmp_path / "short").write_text("\n")
    assert read_password(tmp_path / "good") == PASSWORD.encode()
    for name, why in (("short", "is no password"), ("none", "cannot be read")):
        with pytest.raises(ConfigError, match=why):
            read_password(tmp_path / name)


def test_a_letter_says_all_that_is_known_of_it(index: Index, site: Site) -> None:
    words = 'Document is missing mandatory field: [doc="x"]\n  at line 3'
    header = Header("oai:x:1", "2026-01-02", sets=("open", "theses"))
    letter = DeadLetter(
        "theses", {"name": "site"}, "xslt", "x", Position("d.xml", 7, 4711), "index", words, header, b"<r/>\xff", (1, 1)
    )
    store = open_state(site.config, NOBODY)
    with store.begin() as connection:
        dead_letters.put(connection, [letter], target_id=1, derive="1")
    store.close()
    client = TestClient(application(index, operator=Staff(site.config)), base_url=HERE)
    page = parsed(client.get("/staff/dead-letters/4").text)
    rows = {row.xpath("string(th)"): row.xpath("string(td)") for row in page.xpath("//table//tr")}
    assert rows["The engine’s message"] == words
    assert rows["Place"] == "d.xml record 7 (at byte 4,711)"
    for said in ("oai:x:1", "2026-01-02", "open, theses"):
        assert said in rows["What the harvest said of it"]
    text = " ".join(page.xpath("string(//main)").split())
    assert "Rejected record no. 4" in text
    assert "the index does not take a value of this record" in text
    saved = client.get("/staff/dead-letters/4/raw")
    assert saved.content == b"<r/>\xff"
    assert saved.headers["content-disposition"] == 'attachment; filename="record-4"'
    assert saved.headers["content-type"] == "application/octet-stream"
    assert client.get("/staff/dead-letters/99/raw").status_code == 404
