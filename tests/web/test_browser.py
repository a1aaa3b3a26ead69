"""The pages in a real browser: what people do, with JavaScript and without, and what axe-core says of each page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from indexer.config import Config
from indexer.engines.base import Index
from indexer.web.access import Staff
from indexer.web.app import application
from tests.web.browsing import opened, serving
from tests.web.conftest import SEED

WIDTHS = {"wide": (1280, 900), "phone": (360, 740)}
PAGES = {
    "home": "/",
    "results": "/Search/Results?lookfor=tea&filter[]=format:%22Book%22",
    "nothing": "/Search/Results?lookfor=intravenus+infusion&type=Title&filter[]=format:%22Article%22",
    "facet": "/Search/FacetList?facet=author_facet",
    "record": f"/Record/{SEED}?lng=es",
    "versions": "/Record/b1",
    "why": "/Record/b1?view=why&lookfor=the+tea+soil+cultivaton&filter[]=format:%22Online%22",
    "made": "/Record/marc?view=made",
    "hostile": "/Record/hostile%2F1%3Fx%3D%3Cb%3E%26y%3D%27%22",
    "staff": "/staff",
    "runs": "/staff/runs",
    "run": "/staff/runs/1",
    "letters": "/staff/dead-letters",
    "letter": "/staff/dead-letters/1",
    "missing": "/Record/nothing",
}


@pytest.fixture(scope="module")
def address(index: Index, operated: Config) -> Iterator[str]:
    yield from serving(application(index, operator=Staff(operated)))


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address)


def test_a_search_its_facets_and_a_record(reader: Page) -> None:
    reader.goto("/")
    reader.get_by_role("searchbox").fill("agriculture")
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("1 – 4 of 4")
    reader.get_by_role("complementary").get_by_role("link", name="Online 1").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("1 – 1 of 1")
    reader.get_by_role("link", name="Remove: Format: Online").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("1 – 4 of 4")
    reader.get_by_role("combobox", name="Sort").select_option(label="Date Ascending")
    expect(reader).to_have_url(re.compile("sort=year"))
    expect(reader.get_by_role("article").first.get_by_role("link").first).to_have_text("Tea and its cultivation")
    reader.get_by_role("article").first.get_by_role("link").first.click()
    expect(reader.get_by_role("region", name="Other versions").get_by_role("link")).to_have_text(
        "Tea and its cultivation, revised"
    )


def test_a_misspelt_word_and_the_staff_view_in_spanish(browser: Browser, address: str) -> None:
    for reader in opened(browser, address, locale="es-MX"):
        reader.goto("/")
        reader.get_by_role("searchbox").fill("intravenus infusion")
        reader.get_by_role("button", name="Buscar").click()
        reader.get_by_role("link", name="intravenous infusion", exact=True).click()
        reader.get_by_role("article").get_by_role("link").first.click()
        expect(reader.get_by_role("heading", level=1)).to_contain_text("Intravenous infusion umbilical")
        expect(reader.get_by_text("therapy on ITP.").first).to_be_hidden()
        reader.get_by_text("Descripción completa").click()
        expect(reader.get_by_text("therapy on ITP.").first).to_be_visible()
        row = reader.get_by_role("region", name="Vista equipo").get_by_role("row", name="format Online Article Text")
        expect(row).to_be_visible()
        reader.get_by_role("combobox", name="Idioma").select_option("de")
        expect(reader.get_by_role("rowheader", name="Hauptverfasser:")).to_be_visible()


def test_without_javascript(browser: Browser, address: str) -> None:
    for reader in opened(browser, address, java_script_enabled=False):
        reader.goto("/Search/Results?lookfor=gallimaufry")
        reader.get_by_role("combobox", name="Sort").select_option("title")
        reader.get_by_role("form", name="Sort").get_by_role("button").click()
        reader.get_by_role("link", name="Next").click()
        expect(reader.get_by_role("heading", level=1)).to_contain_text("21 – 40 of 45")
        expect(reader.get_by_role("combobox", name="Sort")).to_have_value("title")


def test_why_a_record_is_not_found_and_how_it_is(reader: Page) -> None:
    reader.goto("/Record/b1")
    reader.get_by_role("link", name="Why a search finds this record, or does not").click()
    asking = reader.get_by_role("form", name="Why a search finds this record, or does not")
    asking.get_by_role("textbox", name="Search for").fill("tea cultivaton")
    asking.get_by_role("button", name="Tell why").click()
    expect(reader.get_by_role("status")).to_contain_text("does not find this record")
    row = reader.get_by_role("row", name="cultivaton")
    expect(row).to_contain_text("The most similar word of the record: cultivation")


def test_by_keyboard_alone(reader: Page) -> None:
    reader.goto("/Search/Results?lookfor=cultivation")
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("link", name="Skip to content")).to_be_focused()
    reader.keyboard.press("Enter")
    for _ in range(40):
        reader.keyboard.press("Tab")
        if reader.evaluate("document.activeElement.closest('article') !== null"):
            break
    reader.keyboard.press("Enter")
    expect(reader).to_have_url(re.compile("/Record/b"))


def test_nothing_of_a_hostile_record_is_executed(reader: Page) -> None:
    for page in ("hostile", "home"):
        reader.goto(PAGES[page])
        assert reader.title() != "taken"
    reader.goto("/Search/Results?lookfor=danger")
    assert reader.title() != "taken"


@pytest.mark.parametrize(("width", "scheme"), [("wide", "light"), ("phone", "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    browser: Browser, address: str, width: str, scheme: Any
) -> None:
    """360 pixels are a phone, and 200 % zoom of a small window."""
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    for reader in opened(browser, address, color_scheme=scheme, viewport=size):
        for name, url in PAGES.items():
            reader.goto(url)
            found = Axe().run(reader)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
            assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
