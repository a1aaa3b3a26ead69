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
    "origin": f"/staff/records/{SEED}",
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
    reader.get_by_role("combobox", name="Search for").fill("agriculture")
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
        reader.get_by_role("combobox", name="Buscar").first.fill("intravenus infusion")
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


def test_facets_pages_and_orders_come_without_a_reload(reader: Page) -> None:
    """And the browser's history knows them."""
    reader.goto("/Search/Results?lookfor=gallimaufry")
    reader.evaluate("window.same = true")
    heading = reader.get_by_role("heading", level=1)
    reader.get_by_role("link", name="Next").click()
    expect(heading).to_contain_text("21 – 40 of 45")
    expect(heading).to_be_focused()
    expect(reader).to_have_url(re.compile("page=2"))
    reader.get_by_role("complementary").get_by_role("link", name="Book").click()
    expect(reader.get_by_role("link", name="Remove: Format: Book")).to_be_visible()
    expect(heading).to_contain_text("1 – 20 of 45")
    reader.get_by_role("combobox", name="Results per page").select_option("50")
    expect(heading).to_contain_text("1 – 45 of 45")
    reader.go_back()
    expect(heading).to_contain_text("1 – 20 of 45")
    reader.go_back()
    expect(heading).to_contain_text("21 – 40 of 45")
    assert reader.evaluate("window.same")
    reader.get_by_role("article").first.get_by_role("link").first.click()
    expect(reader).to_have_url(re.compile("/Record/many"))
    reader.go_back()
    expect(heading).to_contain_text("21 – 40 of 45")


def test_suggestions_by_keyboard_and_by_mouse(reader: Page) -> None:
    reader.goto("/")
    box = reader.get_by_role("combobox", name="Search for")
    options = reader.get_by_role("listbox", name="Suggestions").get_by_role("option")
    box.press_sequentially("tea a")
    expect(options.first).to_have_text("Tea and its cultivation Title")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert Axe().run(reader).violations_count == 0
    box.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value("tea a")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    expect(box).to_be_focused()
    box.press("Enter")
    expect(reader).to_have_url(re.compile("/Record/b1"))
    box.press_sequentially("agri")
    options.filter(has_text="Agriculture Subject").click()
    expect(reader).to_have_url(re.compile("lookfor=%22Agriculture%22&type=Subject"))
    expect(box).to_have_value('"Agriculture"')


def test_a_suggestion_that_is_not_taken_changes_nothing(reader: Page) -> None:
    reader.goto("/")
    box = reader.get_by_role("combobox", name="Search for")
    box.press_sequentially("agri")
    expect(reader.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    expect(reader).to_have_url(re.compile("lookfor=agri&type=AllFields"))


def test_without_javascript(browser: Browser, address: str) -> None:
    for reader in opened(browser, address, java_script_enabled=False):
        reader.goto("/")
        reader.get_by_role("searchbox").fill("gallimaufry")
        reader.keyboard.press("Enter")
        reader.get_by_role("complementary").get_by_role("link", name="Book").click()
        expect(reader.get_by_role("link", name="Remove: Format: Book")).to_be_visible()
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


def test_from_the_start_page_to_what_a_field_comes_from(reader: Page) -> None:
    """From a field of the staff view to its rule, from a search that finds nothing to what tells why."""
    reader.goto("/")
    reader.get_by_role("combobox", name="Search for").fill("pragmatic programmer")
    reader.keyboard.press("Enter")
    reader.get_by_role("article").get_by_role("link").first.click()
    reader.get_by_role("rowheader", name="title_sort").get_by_role("link").click()
    expect(reader).to_have_url(re.compile("view=made#field-title_sort$"))
    row = reader.locator("#field-title_sort")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("245 14 $a The pragmatic programmer")
    reader.goto("/Search/Results?lookfor=pragmatic+gardener")
    expect(reader.get_by_text("tells what it lacks")).to_contain_text("Why a search finds this record, or does not")


def test_the_search_goes_along_to_what_tells_why(reader: Page) -> None:
    reader.goto('/Search/Results?lookfor=tea&type=Title&filter[]=language:"English"&page=1&limit=50')
    reader.goto("/Record/b1")
    reader.get_by_role("link", name="Why a search finds this record, or does not").click()
    expect(reader.get_by_role("status")).to_contain_text("The search")
    asking = reader.get_by_role("form", name="Why a search finds this record, or does not")
    expect(asking.get_by_role("textbox", name="Search for")).to_have_value("tea")
    expect(asking.get_by_role("combobox", name="Search in")).to_have_value("Title")
    expect(reader.get_by_role("row", name="language: English")).to_be_visible()


def test_by_keyboard_alone(reader: Page) -> None:
    reader.goto("/Search/Results?lookfor=cultivation")
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("link", name="Skip to content")).to_be_focused()
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("main")).to_be_focused()
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
