"""What is suggested while somebody types."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from indexer.engines.base import Index
from indexer.web import app
from indexer.web.app import application


def suggested(client: TestClient, typed: str, type_: str = "AllFields") -> list[Any]:
    answer = client.get("/Search/Suggest", params={"lookfor": typed, "type": type_})
    assert answer.status_code == 200, answer.text
    return [(each["kind"], each["text"], each["url"]) for each in answer.json()]


def test_titles_names_and_subjects_that_begin_so(client: TestClient) -> None:
    found = suggested(client, "tea")
    assert ("Title", "Tea and its cultivation", "/Record/b1") in found
    assert ("Subject", "Tea", "/Search/Results?lookfor=%22Tea%22&type=Subject") in found
    assert all(text.lower().startswith("tea") for _, text, _ in found)
    assert len(suggested(client, "gallimaufry")) == 4


def test_of_the_type_that_is_chosen_alone(client: TestClient) -> None:
    assert {kind for kind, _, _ in suggested(client, "tea", "Subject")} == {"Subject"}
    assert suggested(client, "tea", "CallNumber") == []


def test_they_lead_to_what_they_say(client: TestClient) -> None:
    names, titles = suggested(client, "wang"), suggested(client, "gallimaufry 1")
    assert {kind for kind, _, _ in names} == {"Author"}
    assert all("Showing 1" in client.get(url).text for _, _, url in names)
    assert len(titles) == 4
    assert all(f"<h1><bdi>{text}</bdi></h1>" in client.get(url).text for _, text, url in titles)


@pytest.mark.parametrize(
    "typed", ["", " ", "t", "*", "nothing of the kind", '"', "a\x00b", "\ud800".encode(errors="replace").decode()]
)
def test_nothing_for_what_nothing_begins_with(client: TestClient, typed: str) -> None:
    assert suggested(client, typed) == []


def test_markup_stays_text(client: TestClient) -> None:
    answer = client.get("/Search/Suggest?lookfor=evil")
    assert answer.headers["content-type"] == "application/json"
    assert [each["text"] for each in answer.json()] == ["Evil, <script>document.title='taken'</script>"]


def test_they_take_no_place_from_searches(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "ASIDE_AT_ONCE", 0)
    with TestClient(application(index), base_url="http://127.0.0.1") as client:
        refused = client.get("/Search/Suggest?lookfor=tea")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert client.get("/Search/Results?lookfor=tea").status_code == 200
