"""Each language has each message, with the same things put in; the browser's wish and the reader's choice hold."""

import re
import string
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import indexer.web
from indexer.web.languages import CODES, best, language
from tests.web.conftest import parsed

WEB = Path(indexer.web.__file__).parent


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", CODES)
def test_each_message_is_there_and_says_something(code: str) -> None:
    ours, english = language(code), language("en")
    for table in ("texts", "formats", "facets"):
        assert getattr(ours, table).keys() == getattr(english, table).keys()
        assert all(text.strip() for text in getattr(ours, table).values())
    assert {key: names(text) for key, text in ours.texts.items()} == {
        key: names(text) for key, text in english.texts.items()
    }


def test_each_message_of_the_templates_is_in_the_tables() -> None:
    sources = [*(WEB / "templates").iterdir(), *WEB.glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    asked = set(re.findall(r"\bt\('(\w+)'\s*[,)]", text)) | {
        f"error_{key}" for key in re.findall(r'BadRequest\("(\w+)"', text)
    }
    assert len(asked) > 40
    assert asked <= language("en").texts.keys()


def test_each_message_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*(WEB / "templates").iterdir(), *WEB.glob("*.py")])
    families = ("type_", "sort_", "style_", "label_", "home_", "error_", "books_", "suggested_", "origin_")
    staff = ("task_", "plot_", "changes_", "staff_next_", "exit_")
    asked = {key: key.removesuffix("_one").removesuffix("_many") for key in language("en").texts}
    unused = [
        key
        for key, name in asked.items()
        if not key.startswith((*families, *staff))
        and not any(f"{mark}{each}{mark}" in text for each in (key, name) for mark in "'\"")
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("chosen", "accepted", "code"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "pt, es;q=0.4, fr;q=0.5", "fr"),
        ("", "es;q=0, fr", "fr"),
        ("", "*", "en"),
        ("", "es;q=abc,;;,=,", "en"),
        ("fr", "de", "fr"),
        ("xx", "de", "de"),
    ],
)
def test_whose_wish_is_followed(chosen: str, accepted: str, code: str) -> None:
    assert best(chosen, accepted).code == code


def test_a_choice_is_kept(client: TestClient) -> None:
    assert parsed(client.get("/", headers={"accept-language": "de"}).text).get("lang") == "de"
    assert parsed(client.get("/?lng=es").text).get("lang") == "es"
    page = parsed(client.get("/Search/Results?lookfor=tea", headers={"accept-language": "de"}).text)
    assert page.get("lang") == "es"
    assert "Mostrando" in page.xpath("string(//h1)")
    assert page.xpath("//section[@aria-labelledby='facet-format']//bdi[.='Libro']")


def test_the_choice_of_a_language_stays_on_the_page(client: TestClient) -> None:
    page = parsed(client.get("/Search/Results", params={"lookfor": "tea", "filter[]": 'format:"Book"'}).text)
    (form,) = page.xpath("//footer//form")
    kept = {field.get("name"): field.get("value") for field in form.xpath("input[@type='hidden']")}
    assert (form.get("action"), kept) == ("/Search/Results", {"lookfor": "tea", "filter[]": 'format:"Book"'})


def test_numbers_have_the_separators_of_the_language() -> None:
    assert [language(code).number(1234567) for code in CODES] == ["1,234,567", "1.234.567", "1.234.567", "1 234 567"]
