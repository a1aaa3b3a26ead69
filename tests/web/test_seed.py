"""The record that the project began with: its page, line by line, as a user of VuFind saw it."""

from collections.abc import Iterator
from typing import Any

from starlette.testclient import TestClient

from tests.web.conftest import SEED, parsed

LOADING = 1  # lines that VuFind shows while the rest of the page comes
ENGINE = ("_version_",)


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def record_lines(page: Any) -> Iterator[str]:
    """What a reader sees of the record: its head, its table, the staff view."""
    article = page.find_class("record")[0]
    yield words(article.xpath("h1")[0])
    yield words(article.find_class("summary")[0])
    yield words(article.xpath(".//summary")[0])
    yield words(article.xpath(".//caption")[0])
    for row in article.xpath(".//table//tr"):
        label, values = row
        first, *more = [words(value) for value in (values if values.get("class") == "lines" else [values])]
        yield f"{words(label)} {first}"
        yield from more
    for row in page.xpath("//section[contains(@class, 'staff')]//tr"):
        label, values = row
        first, *more = [words(value) for value in values]
        yield f"{words(label)} {first}"
        yield from more


def as_copied(line: str) -> str:
    """Some browsers copy no space behind a label."""
    return line.replace("Lenguaje:English", "Lenguaje: English").replace("línea:https", "línea: https")


def test_the_page_in_spanish_is_the_one_that_a_user_saw(client: TestClient, seed_page: list[str]) -> None:
    page = parsed(client.get(f"/Record/{SEED}", params={"lng": "es"}).text)
    seen = [as_copied(line) for line in seed_page[LOADING:] if not line.startswith(ENGINE)]
    seen[seen.index("Materias:")] = "Materias: Articles"  # what was copied lacks the subjects; the staff view has them
    assert list(record_lines(page)) == seen


def test_people_and_subjects_lead_to_searches(client: TestClient) -> None:
    page = parsed(client.get(f"/Record/{SEED}").text)
    page.make_links_absolute("http://127.0.0.1:8080")
    for text in ("Wang, Xiaohua", "Articles"):
        (link,) = page.xpath(f"//table[@class='details']//a[.='{text}']")
        found = parsed(client.get(link.get("href")).text)
        assert SEED in "".join(found.xpath("//article[@class='hit']//h2/a/@href"))


def test_the_whole_abstract_is_a_click_away(client: TestClient) -> None:
    page = parsed(client.get(f"/Record/{SEED}").text)
    (whole,) = page.xpath("//details[@class='abstract']/p")
    assert words(whole).endswith("hUC-MSCs transplantation therapy on ITP.")
