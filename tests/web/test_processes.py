"""Pages that other processes make are those that this one would make; and none of them is the end of the server."""

import asyncio
import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from indexer.engines.base import Index
from indexer.engines.registry import open_index, parse_target
from indexer.model.settings import LogSettings
from indexer.pipeline.processes import Died, Processes
from indexer.web import pages, processes
from indexer.web.access import Staff
from indexer.web.app import application
from indexer.web.processes import Answering
from indexer.web.record import page_of
from tests.conftest import PATIENCE
from tests.web.conftest import HERE, HOSTILE, SEED, Site

HOSTILE_PAGE = page_of(str(HOSTILE["id"]))
PATHS = [
    "/",
    "/?lng=de",
    "/Search/Results?lookfor=cultivation&type=Title&sort=year",
    "/Search/Results?lookfor=cultivatoin",
    "/Search/Results?lookfor=cultivation&view=ris",
    "/Search/Results?sort=no+such",
    "/Search/FacetList?facet=format",
    "/Search/NewItem",
    "/Search/OpenSearch",
    "/Search/Suggest?lookfor=cult",
    f"/Record/{SEED}",
    f"/Record/{SEED}?style=bibtex",
    "/Record/marc?view=made",
    f"/Record/{SEED}?view=why&lookfor=thrombocytopenia",
    HOSTILE_PAGE,
    "/Record/nothing",
    "/api/v1/search?lookfor=cultivation&facet[]=format",
    f"/api/v1/record?id={SEED}",
    "/api/v1/openapi.json",
    "/api/v1/search?limit=x",
]


@pytest.fixture(scope="module")
def answering(index: Index) -> Iterator[Answering]:
    opened = Answering(2, parse_target(str(index)), for_staff=True, log=LogSettings())
    yield opened
    opened.close()


@pytest.fixture
def elsewhere(index: Index, answering: Answering, site: Site) -> Iterator[TestClient]:
    app = application(index, operator=Staff(site.config), answering=answering)
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as opened:
        yield opened


def test_pages_are_the_same(elsewhere: TestClient, index: Index, site: Site) -> None:
    here = TestClient(application(index, operator=Staff(site.config)), base_url=HERE, raise_server_exceptions=False)
    for path in PATHS:
        for language in ("en", "es"):
            wanted = here.get(path, headers={"accept-language": language})
            got = elsewhere.get(path, headers={"accept-language": language})
            assert (got.status_code, got.content) == (wanted.status_code, wanted.content), path
            assert sorted(got.headers.raw) == sorted(wanted.headers.raw), path
    assert here.get(HOSTILE_PAGE).status_code == 200


def test_staff_are_served_by_this_process(elsewhere: TestClient) -> None:
    assert "/staff/dead-letters/1" in elsewhere.get("/staff/dead-letters").text
    assert "/staff" in elsewhere.get("/Search/Results").text


def _dies(_request: Request) -> Response:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _dies_once(request: Request) -> Response:
    """The second one lives."""
    mark = Path(request.query_params["mark"])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return PlainTextResponse("alive")


def _sleeps(_request: Request) -> Response:
    time.sleep(3600)
    raise AssertionError


def _fails(_request: Request) -> Response:
    raise RuntimeError("/home/secret/file.py")


@pytest.fixture
def odd(index: Index, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Endpoints that misbehave, beside the others."""
    odd_ones = (("/dies", _dies), ("/dies-once", _dies_once), ("/sleeps", _sleeps), ("/fails", _fails))
    monkeypatch.setattr(pages, "ENDPOINTS", (*pages.ENDPOINTS, *odd_ones))
    before = set(multiprocessing.active_children())
    answering = Answering(2, parse_target(str(index)), for_staff=False, log=LogSettings())
    with TestClient(application(index, answering=answering, seconds=PATIENCE), base_url=HERE) as opened:
        yield opened
    answering.close()
    assert set(multiprocessing.active_children()) == before


def test_one_that_dies_is_made_anew_and_what_it_was_about_is_begun_again(
    odd: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "AGAIN", 0.0)
    assert odd.get("/dies-once", params={"mark": str(tmp_path / "mark")}).text == "alive"
    refused = odd.get("/dies")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    for _ in range(20):
        assert odd.get("/").status_code == 200


def test_one_that_is_killed_takes_nothing_along(odd: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert odd.get("/").status_code == 200
    for again in (0.0, 3600.0):  # made anew at once, and not at all
        monkeypatch.setattr(processes, "AGAIN", again)
        killed = max(multiprocessing.active_children(), key=lambda process: process.pid or 0)  # not of another test
        assert killed.pid is not None
        os.kill(killed.pid, signal.SIGKILL)
        for _ in range(20):
            assert odd.get("/").status_code == 200


def test_those_that_die_before_they_have_made_a_page_are_not_made_again_at_once(
    odd: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "AGAIN", 3600.0)
    assert odd.get("/dies").status_code == 503
    assert odd.get("/").status_code == 503  # both are gone


def test_one_that_cannot_be_made_is_tried_again(odd: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "AGAIN", 0.05)
    make, faults = Processes, iter([OSError("too many"), OSError("too many")])

    def seldom(*given: Any) -> Processes:
        if (fault := next(faults, None)) is not None:
            raise fault
        return make(*given)

    monkeypatch.setattr(processes, "Processes", seldom)
    assert odd.get("/dies").status_code == 503
    until = time.monotonic() + PATIENCE
    while odd.get("/").status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.05)
    faults = iter([OSError("too many")])
    with pytest.raises(OSError, match="too many"):
        Answering(2, parse_target("embedded:nowhere"), for_staff=False, log=LogSettings())


def test_one_that_does_not_end_is_ended(
    odd: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        assert odd.get("/").status_code == 200  # they have begun
    monkeypatch.setattr(processes, "LONGEST", 0.5)
    assert odd.get("/sleeps").status_code == 503
    monkeypatch.setattr(processes, "LONGEST", PATIENCE)
    for _ in range(4):
        assert odd.get("/").status_code == 200
    gc.collect()
    assert caplog.messages == []  # asyncio tells of what nobody asked for


def test_an_index_that_went_away_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(processes, "AGAIN", 3600.0)
    target = parse_target(f"embedded:{tmp_path / 'gone'}")
    answering = Answering(1, target, for_staff=False, log=LogSettings(format="json"))
    with TestClient(application(open_index(target), answering=answering), base_url=HERE) as opened:
        assert opened.get("/").status_code == 503
    answering.close()
    said = capfd.readouterr().err
    assert "index_does_not_answer" in said
    assert "Traceback" not in said


def test_a_fault_of_ours_tells_nothing_of_the_inside(odd: TestClient) -> None:
    failed = odd.get("/fails")
    assert failed.status_code == 500
    assert "secret" not in failed.text
    assert odd.get("/").status_code == 200


class Made:
    """In place of a process: a test says when it answers, and when it dies."""

    every: ClassVar[list["Made"]] = []

    def __init__(self, *_given: object) -> None:
        self.alive = True
        self.calls: list[Future[object]] = []
        self.every.append(self)

    def call(self, *_given: object) -> Future[object]:
        self.calls.append(Future())
        return self.calls[-1]

    def end(self) -> None:
        self.alive = False
        for call in self.calls:
            if not call.done():
                call.set_exception(Died())


def test_whoever_waits_is_told_of_a_process_that_is_made_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both die of their first pages while others wait."""
    monkeypatch.setattr(Made, "every", [])
    monkeypatch.setattr(processes, "Processes", Made)
    monkeypatch.setattr(processes, "AGAIN", 0.2)
    monkeypatch.setattr(processes, "WAIT", PATIENCE)
    app = SimpleNamespace(state=SimpleNamespace(for_staff=False))
    request = Request({"type": "http", "path": "/", "query_string": b"", "headers": [], "app": app})

    async def run() -> list[int]:
        answering = Answering(2, parse_target("embedded:nowhere"), for_staff=False, log=None)
        asked = [asyncio.create_task(answering.answer(_fails, request)) for _ in range(8)]
        while sum(len(made.calls) for made in Made.every) < 4:
            await asyncio.sleep(0)
        for made in list(Made.every):
            made.end()
        while not all(each.done() for each in asked):
            for made in Made.every[2:]:
                for call in made.calls:
                    if not call.done():
                        call.set_result((200, [], b""))
            await asyncio.sleep(0.01)
        return [each.result().status_code for each in asked]

    assert asyncio.run(run())[4:] == [200] * 4
