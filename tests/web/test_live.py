"""A run's page and its stream of events: while it goes on, once it has ended, and when it was killed."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from indexer.engines.base import Index
from indexer.jobs.state import open_state
from indexer.jobs.status import runs_under_way
from indexer.model.books import Account, Books
from indexer.observe.audience import NOBODY
from indexer.observe.timeline import Timeline
from indexer.state import lock, run_reports, runs
from indexer.state.overview import SILENT
from indexer.state.store import Store
from indexer.web import live
from indexer.web.access import Staff
from indexer.web.app import application
from tests.web.conftest import HERE, PASSWORD, Site, basic, parsed


@pytest.fixture
def store(site: Site) -> Iterator[Store]:
    with closing(open_state(site.config, NOBODY)) as opened:
        yield opened


@pytest.fixture
def staff(index: Index, site: Site) -> TestClient:
    app = application(index, operator=Staff(site.config, PASSWORD.encode()))
    return TestClient(app, base_url=HERE, headers=basic(PASSWORD), raise_server_exceptions=False)


def begin(store: Store, target: str) -> int:
    """A run that has read a quarter of its dumps in five seconds, and waits for its engine."""
    number = runs.start(store, command="load", target=target, derive_version="1")
    timeline = Timeline()
    timeline.add(1.0, 1200, 0.5)
    timeline.count(4.9, Account({"theses": Books(read=1500, indexed=1200)}))
    timeline.pause(4.9, 30.0)
    report = {
        "run": number,
        "command": "load",
        "target": target,
        "started": "2026-11-23T02:03:04Z",
        "seconds": 5.0,
        "books": {"theses": Books(read=1500, indexed=1200).counts()},
        "books_closed": True,
        "exit_code": None,
        "retries": 1,
        "bytes": 4000,
        "bytes_read": 1000,
        "waits_for": "503 <b>busy</b>",
        "timeline": timeline.series(),
    }
    run_reports.put(store, number, report)
    return number


def rows(page: str) -> dict[str, str]:
    details = parsed(page).xpath("//table[@class='details']//tr")
    return {row.xpath("string(th)"): " ".join(row.xpath("string(td)").split()) for row in details}


def test_one_that_goes_on(staff: TestClient, site: Site, store: Store) -> None:
    target = str(site.config.target())
    number = begin(store, target)
    with lock.hold(store, target, command="load"):
        page = staff.get(f"/staff/runs/{number}").text
        assert rows(page) | {"Began": "", "Target": ""} == {
            "Target": "",
            "Began": "",
            "State": "In progress for 5.0 s",
            "Read of the dumps": "25 %",
            "Time left, about": "15.0 s",
            "Documents a second, just now": "240",
            "Waits, because": "503 <b>busy</b>",
            "Records a second": "300",
            "Requests tried again": "1",
            "Rejected records": "0",
        }
        assert "1,500" in parsed(page).xpath("string(//section[@aria-labelledby='books'])")
        assert parsed(page).xpath("//noscript/meta[@http-equiv='refresh']")
        assert [each.run.id for each in runs_under_way(config=site.config)] == [number]
        assert f'href="/staff/runs/{number}"' in parsed_region(staff.get("/staff").text)
    assert "It ended without a word" in rows(staff.get(f"/staff/runs/{number}").text)["State"]  # nobody has the lock
    assert runs_under_way(config=site.config) == []


def parsed_region(page: str) -> str:
    from lxml import html

    (region,) = parsed(page).xpath("//section[@aria-labelledby='under_way']")
    return str(html.tostring(region, encoding="unicode"))


def test_one_that_was_silent_for_long_does_not_go_on(site: Site, store: Store) -> None:
    target = str(site.config.target())
    number = begin(store, target)
    before = (datetime.now(UTC) - timedelta(seconds=SILENT + 5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with store.begin() as connection:
        connection.execute(
            sa.text("UPDATE run_reports SET updated = :at WHERE run_id = :id"), {"at": before, "id": number}
        )
    with lock.hold(store, target, command="load"):
        assert runs_under_way(config=site.config) == []


def test_the_stream_tells_what_changes_until_the_end(
    staff: TestClient, site: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY", 0.01)
    target = str(site.config.target())
    number = begin(store, target)
    seen: list[str] = []
    with lock.hold(store, target, command="load"), staff.stream("GET", f"/staff/runs/{number}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        for line in stream.iter_lines():
            seen.append(line)
            if line == "" and len([each for each in seen if each.startswith("event")]) == 1:
                runs.finish(store, number, Account({"theses": Books(read=9, indexed=9)}), exit_code=0)
    events = [line for line in seen if line.startswith("event")]
    assert events == ["event: part", "event: part", "event: ended"]
    assert any("1,500" in line for line in seen)
    assert "503 &lt;b&gt;busy" in "".join(seen)


def test_the_stream_is_for_staff_and_there_are_not_too_many(
    index: Index, site: Site, staff: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert staff.get("/staff/runs/1/events", headers={"authorization": ""}).status_code == 401
    assert "event: ended" in staff.get("/staff/runs/1/events").text
    assert staff.get("/staff/runs/99/events").status_code == 404
    monkeypatch.setattr(live, "MOST", 0)
    assert staff.get("/staff/runs/1/events").status_code == 503


def test_the_report_of_a_run_as_a_picture_and_as_one_file(staff: TestClient) -> None:
    picture = staff.get("/staff/runs/1/picture.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in picture.headers["content-security-policy"]
    assert "records so far" in picture.text
    german = staff.get("/staff/runs/1/picture.svg", headers={"accept-language": "de"})
    assert "Datensätze bisher" in german.text
    saved = staff.get("/staff/runs/1/report.html")
    assert saved.headers["content-disposition"] == 'attachment; filename="run-1.html"'
    tree = parsed(saved.text)
    assert tree.xpath("//*[local-name()='svg']")
    assert not tree.xpath("//script|//@src|//@href")
    assert "3 × format" in tree.text_content()
    assert "url(" not in saved.text.replace("url(#", "")
    told = parsed(staff.get("/staff/runs/1/report.html", headers={"accept-language": "de"}).text).text_content()
    assert "Was aus den Datensätzen wurde" in told
    assert "Datensätze bisher" in told
    page = staff.get("/staff/runs/1").text
    assert "the stylesheet makes" in page or "title: holds one value" in page
    for name in ("picture.svg", "report.html"):
        assert staff.get(f"/staff/runs/99/{name}").status_code == 404
