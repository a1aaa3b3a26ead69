"""What the operator does in a real browser: tries a record again, watches a run, with JavaScript and without."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from indexer.engines.base import Index
from indexer.jobs.sync import sync
from indexer.model.books import Account
from indexer.observe.audience import Audience
from indexer.observe.progress import Mute
from indexer.web.access import Staff
from indexer.web.app import application
from tests.conftest import PATIENCE
from tests.web.browsing import opened, serving
from tests.web.conftest import PASSWORD, Site

WIDTHS = {"wide": (1280, 900), "phone": (360, 740)}


@pytest.fixture
def address(index: Index, site: Site) -> Iterator[str]:
    yield from serving(application(index, operator=Staff(site.config, PASSWORD.encode())))


def staff(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    yield from opened(browser, address, http_credentials={"username": "me", "password": PASSWORD}, **options)


class Held(Mute):
    """A load that goes on only so far as it is let: until it has read so many records."""

    def __init__(self, *stops: int) -> None:
        self._stops = list(stops)
        self.reached = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)

    def update(self, account: Account) -> None:
        if self._stops and account.total.read >= self._stops[0]:
            del self._stops[0]
            self.reached.release()
            assert self.go_on.acquire(timeout=PATIENCE)


@pytest.fixture
def held(site: Site) -> Iterator[Held]:
    """A sync of 1,500 records that is under way, and stands still after some."""
    site.dump("2.xml", *(f"u{number}" for number in range(1500)), bad={"u7"})
    progress = Held(1, 900)
    audience = Audience(progress=lambda: progress)
    thread = threading.Thread(target=sync, kwargs={"config": site.config, "audience": audience}, daemon=True)
    thread.start()
    assert progress.reached.acquire(timeout=PATIENCE)
    yield progress
    progress.go_on.release(9)
    thread.join(PATIENCE)


def test_a_rejected_record_is_tried_again_from_its_page(browser: Browser, address: str, site: Site) -> None:
    for reader in staff(browser, address):
        reader.goto("/staff")
        reader.get_by_role("navigation", name="For staff").get_by_role("link", name="Rejected records").click()
        reader.get_by_role("region", name="Each").get_by_role("link").first.click()
        expect(reader.get_by_role("region", name="The record").first).to_contain_text("<bad/>")
        site.mend()
        reader.get_by_role("button", name="Try this record again").click()
        expect(reader.get_by_role("status")).to_contain_text("1 of 1 came through.", timeout=60_000)
        reader.get_by_role("navigation", name="For staff").get_by_role("link", name="Rejected records").click()
        expect(reader.get_by_role("heading", level=1)).to_have_text("Rejected records: 2")


def test_nothing_is_forgotten_without_a_tick(browser: Browser, address: str) -> None:
    for reader in staff(browser, address):
        reader.goto("/staff/dead-letters?source=theses")
        reader.get_by_role("button", name="Forget these 3 records").click()
        expect(reader.get_by_role("heading", level=1)).to_have_text("Rejected records: 3")
        reader.get_by_role("checkbox").check()
        reader.get_by_role("button", name="Forget these 3 records").click()
        expect(reader.get_by_role("status")).to_contain_text("3 are forgotten.")


def test_a_run_is_watched_live(browser: Browser, address: str, held: Held) -> None:
    for reader in staff(browser, address):
        reader.goto("/staff")
        reader.get_by_role("region", name="In progress").get_by_role("link").click()
        expect(reader.get_by_role("row", name="State")).to_contain_text("In progress for")
        reader.evaluate("window.loaded_once = true")
        row = reader.get_by_role("region", name="What became of the records").get_by_role("row", name="theses")
        before = number(row.get_by_role("cell").nth(1).inner_text())
        assert 0 < before < 900
        held.go_on.release()
        assert held.reached.acquire(timeout=PATIENCE)
        cell = row.get_by_role("cell").nth(1)
        waited = time.monotonic() + PATIENCE
        while number(cell.inner_text()) < 900 and time.monotonic() < waited:  # what it says grows step by step
            reader.wait_for_timeout(200)
        assert before < 900 <= number(cell.inner_text()) < 1500
        assert reader.evaluate("window.loaded_once")  # all that by the stream of events
        held.go_on.release()
        expect(reader.get_by_role("row", name="Ended")).to_be_visible(timeout=60_000)
        expect(reader.get_by_role("region", name="Rejected records by reason")).to_contain_text("u7")
        expect(row.get_by_role("cell").nth(1)).to_have_text("1,500")
        assert reader.evaluate("document.querySelector('figure img').decode().then(() => true)")


def test_a_run_is_watched_without_javascript(browser: Browser, address: str, held: Held) -> None:
    for reader in staff(browser, address, java_script_enabled=False):
        reader.goto("/staff")
        reader.get_by_role("region", name="In progress").get_by_role("link").click()
        expect(reader.get_by_role("row", name="State")).to_contain_text("In progress for")
        expect(reader.get_by_role("link", name="Look again")).to_be_visible()
        held.go_on.release(2)
        expect(reader.get_by_role("row", name="Ended")).to_be_visible(timeout=60_000)  # it loads itself again


def number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.parametrize(("width", "scheme"), [("wide", "light"), ("phone", "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    browser: Browser, address: str, site: Site, held: Held, width: str, scheme: Any
) -> None:
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    for reader in staff(browser, address, color_scheme=scheme, viewport=size):
        reader.goto("/staff/dead-letters/1")
        site.mend()
        reader.get_by_role("button", name="Try this record again").click()
        expect(reader.get_by_role("status")).to_contain_text("Somebody else is at work")
        look(reader, "locked")
        for path in (
            "/staff",
            "/staff/runs/2",
            "/staff/runs/1",
            "/staff/dead-letters?source=theses",
            "/staff/dead-letters/1",
        ):
            reader.goto(path)
            look(reader, path)
        reader.goto("/staff/changes")
        look(reader, "changes")
        reader.get_by_role("button", name="Compare").click()
        expect(reader.get_by_role("status")).to_contain_text("Unchanged", timeout=60_000)
        look(reader, "what would change")


def look(reader: Page, name: str) -> None:
    found = Axe().run(reader)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
