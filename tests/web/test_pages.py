"""The pages for people, as a browser without JavaScript gets them."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from indexer.engines.base import Index
from indexer.model.documents import Delete
from indexer.testing.documents import document, write
from tests.web.conftest import SEED, parsed, parsed_xml


def get(client: TestClient, path: str, status: int = 200, /, **params: str | list[str]) -> Any:
    response = client.get(path, params=params)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return parsed(response.text)


def results(client: TestClient, **params: str | list[str]) -> Any:
    return get(client, "/Search/Results", **params)


def hits(page: Any) -> list[str]:
    return [str(href).rpartition("/")[2] for href in page.xpath("//article[@class='hit']//h2/a/@href")]


def facet(page: Any, name: str) -> dict[str, str]:
    """The values of a facet with their counts."""
    rows = page.xpath(f"//section[@aria-labelledby='facet-{name}']//li/*")
    return {row.xpath("string(bdi)"): row.xpath("string(span[@class='count'])") for row in rows}


def test_the_first_page_says_what_is_there(client: TestClient) -> None:
    response = client.get("/")
    page = parsed(response.text)
    assert page.xpath("string(//h1)") == "54 records"
    assert facet(page, "format")["Book"] == "49"
    assert len(response.content) < 100_000


def test_a_search_with_facets_that_are_added_and_removed(client: TestClient) -> None:
    page = results(client, lookfor="agriculture")
    assert set(hits(page)) == {"a1", "b1", "b2", "b3"}
    assert facet(page, "format") == {"Book": "3", "Article": "1", "Online": "1"}
    page = parsed(client.get(page.xpath("//a[bdi='Book']/@href")[0]).text)
    assert set(hits(page)) == {"b1", "b2", "b3"}
    page = parsed(client.get(page.xpath("//a[bdi='Online']/@href")[0]).text)
    assert hits(page) == ["b2"]
    chosen = page.xpath("//ul[@class='chosen']//a")
    assert [each.xpath("string(bdi)") for each in chosen] == ["Book", "Online"]
    page = parsed(client.get(chosen[0].get("href")).text)
    assert hits(page) == ["b2"]
    assert [each.xpath("string(bdi)") for each in page.xpath("//ul[@class='chosen']//a")] == ["Online"]


def test_another_search_keeps_the_filters(client: TestClient) -> None:
    page = results(client, lookfor="tea", **{"filter[]": 'format:"Book"'})
    assert page.xpath("//header//input[@name='filter[]']/@value") == ['format:"Book"']
    assert parsed(client.get("/Record/b1").text).xpath("//header//input[@name='filter[]']") == []


def test_filters_that_exclude_and_that_are_alternatives(client: TestClient) -> None:
    assert set(hits(results(client, lookfor="tea", **{"filter[]": '-format:"Book"'}))) == {"a1", "j1"}
    either = ['~format:"Article"', '~format:"Journal"']
    assert set(hits(results(client, lookfor="tea", **{"filter[]": either}))) == {"a1", "j1"}


def test_more_values_of_a_facet_are_a_page(client: TestClient) -> None:
    page = results(client, lookfor="infusion")
    more = page.xpath("//section[@aria-labelledby='facet-author_facet']/a/@href")[0]
    values = parsed(client.get(more).text)
    names = [row.xpath("string(bdi)") for row in values.xpath("//ul[@class='values']/li/a")]
    assert len(names) == 8
    found = parsed(client.get(values.xpath("//ul[@class='values']/li/a/@href")[0]).text)
    assert hits(found) == [SEED]


def test_paging_and_the_number_of_results(client: TestClient) -> None:
    first = results(client, lookfor="gallimaufry", sort="title")
    assert len(hits(first)) == 20
    assert first.xpath("string(//h1)").startswith("Showing 1 – 20 of 45")
    seen = hits(first)
    page = first
    while more := page.xpath("//a[@rel='next']/@href"):
        page = parsed(client.get(more[0]).text)
        seen += hits(page)
    assert len(set(seen)) == len(seen) == 45
    assert len(hits(results(client, lookfor="gallimaufry", limit="50"))) == 45


@pytest.mark.parametrize(
    ("sort", "order"), [("year", ["b2", "b1"]), ("year asc", ["b1", "b2"]), ("title", ["b1", "b2"])]
)
def test_orders(client: TestClient, sort: str, order: list[str]) -> None:
    page = results(client, lookfor="cultivation", sort=sort)
    assert hits(page) == order
    assert page.xpath("//select[@name='sort']/option[@selected]/@value") == [sort]


def test_what_was_looked_for_is_marked_in_any_of_its_forms(client: TestClient) -> None:
    page = results(client, lookfor="infusions CELL the")
    assert page.xpath("//article//h2//mark/text()") == ["infusion", "cell"]
    assert "cells" in page.xpath("//p[@class='snippet']//mark/text()")


def test_a_misspelt_search_gets_a_suggestion_that_finds_something(client: TestClient) -> None:
    page = results(client, lookfor="intravenus infusion")
    assert "No results" in page.xpath("string(//h1)")
    (link,) = page.xpath("//p[@class='suggestion']/a")
    assert link.text_content() == "intravenous infusion"
    assert hits(parsed(client.get(link.get("href")).text)) == [SEED]


def test_the_word_that_nothing_has_is_named(client: TestClient) -> None:
    asked = {"lookfor": 'the "garden library" tea quetzalcoatl', "filter[]": 'format:"Book"'}
    page = parsed(client.get("/Search/Results", params=asked).text)
    assert page.xpath("string(//h1)").endswith(' for the "garden library" tea quetzalcoatl')
    [without] = page.xpath("//li[starts-with(normalize-space(), 'Without')]")
    assert " ".join(without.text_content().split()) == "Without quetzalcoatl: One record"
    found = parsed(client.get(without.xpath("string(.//a/@href)")).text)
    assert found.xpath("//article[@class='hit']//a/@href")[0] == "/Record/b1"
    assert found.xpath("string(//ul[@class='chosen'])").strip()  # the filter stays
    for lookfor in ("quetzalcoatl", "quetzalcoatl popocatepetl"):  # nothing to leave out, or nothing found so
        page = parsed(client.get("/Search/Results", params={"lookfor": lookfor}).text)
        assert page.xpath("//li[starts-with(normalize-space(), 'Without')]") == []


def test_what_to_try_when_nothing_was_found(client: TestClient) -> None:
    page = results(client, lookfor="cultivation", type="Author", **{"filter[]": 'format:"Map"'})
    assert hits(page) == []
    tried = [hits(parsed(client.get(href).text)) for href in page.xpath("//main//ul/li/a/@href")]
    assert [] in tried
    assert page.xpath("//input[@id='lookfor']/@value") == ["cultivation"]
    assert page.xpath("//select[@id='type']/option[@selected]/@value") == ["Author"]


@pytest.mark.parametrize(
    "text", ["title:(", "a AND OR NOT", "[* TO *]", "{!func}x", "gall?maufry*", '"', "\\", "a" * 999]
)
def test_a_wrong_query_language_is_a_search(client: TestClient, text: str) -> None:
    assert results(client, lookfor=text).xpath("//input[@id='lookfor']/@value") == [text]


def test_other_versions_and_similar_items(client: TestClient) -> None:
    page = get(client, "/Record/b1")
    assert page.xpath("//section[@aria-labelledby='versions']//h3/a/@href") == ["/Record/b2"]
    assert "/Record/b2" in page.xpath("//section[@aria-labelledby='similar']//h3/a/@href")
    assert "/Record/b1" not in page.xpath("//section//h3/a/@href")


def test_how_a_record_was_made(client: TestClient) -> None:
    link, _ = get(client, "/Record/marc").xpath("//section[@class='staff']/p/a/@href")
    page = parsed(client.get(link).text)
    row = page.xpath("//tr[th='title_short']")[0].text_content()
    assert "245" in row
    assert page.xpath("//pre")[0].text.startswith("LDR")
    assert "indexer explain" in get(client, f"/Record/{SEED}", view="made").text_content()


def test_a_record_that_is_not_there(client: TestClient) -> None:
    for id in ("nothing", "..%2F..%2Fetc%2Fpasswd", "%00", "x" * 2_000, "%ff", ""):
        assert client.get(f"/Record/{id}").status_code == 404


def test_new_items_by_their_dates(client: TestClient) -> None:
    feed = parsed_xml(client.get("/Search/NewItem").content)
    atom = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.xpath("//a:entry/a:id/text()", namespaces=atom) == ["http://127.0.0.1:8080/Record/dated"]
    assert feed.xpath("//a:entry/a:updated/text()", namespaces=atom) == ["2026-01-03T03:04:05Z"]


def test_the_description_of_the_search(client: TestClient) -> None:
    response = client.get("/Search/OpenSearch")
    assert response.headers["content-type"].startswith("application/opensearchdescription+xml")
    urls = parsed_xml(response.content).xpath("//*[local-name()='Url']/@template")
    for url in urls:
        assert client.get(url.replace("{searchTerms}", "cultivation")).status_code == 200


def test_what_is_committed_while_pages_are_served_is_found(client: TestClient, index: Index) -> None:
    index.push([write(document("later", "Hodgepodge"), index)])
    index.commit()
    assert hits(results(client, lookfor="hodgepodge")) == ["later"]
    index.push([Delete("later")])
    index.commit()
    assert hits(results(client, lookfor="hodgepodge")) == []


def test_links_lead_to_the_web_and_nowhere_else(client: TestClient) -> None:
    """No request of a page goes to another host: what is loaded is ours, what leads away is a link."""
    for path in (
        "/",
        "/Search/Results?lookfor=tea",
        f"/Record/{SEED}",
        "/Record/hostile%2F1%3Fx%3D%3Cb%3E%26y%3D%27%22",
    ):
        page = parsed(client.get(path).text)
        loaded = page.xpath(
            "//script/@src | //link[@rel='stylesheet' or @rel='icon']/@href | //img/@src | //form/@action"
        )
        assert loaded
        assert all(re.match(r"/(?!/)", url) for url in loaded)
        assert all(re.match(r"(/(?!/)|https?://|#|\?)", url) for url in page.xpath("//a/@href"))
