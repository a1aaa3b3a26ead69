"""Answers that are not quite XML: what a server puts before them and into them costs no record."""

import re

import pytest

from indexer.formats import to_document
from indexer.formats.profiles import bundled
from indexer.model.records import Fault, Record
from tests.harvest.harvester import ALL, BEFORE, Harvester
from tests.harvest.oai_server import Item


def titles(harvest: Harvester) -> list[str]:
    made = [to_document(item, bundled()["ojs"]) for item in harvest.records() if isinstance(item, Record)]
    return [str(each.fields["title"]) for each in made]  # type: ignore[union-attr]


@pytest.mark.parametrize("junk", ["\ufeff\ufeff", "\n\n", "\ufeff\r\n\ufeff ", "\n" * 5000])
def test_marks_and_white_space_before_every_answer(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch, junk: str
) -> None:
    answer = harvest.repository.answer
    monkeypatch.setattr(harvest.repository, "answer", lambda query: junk + answer(query))
    harvest()
    assert harvest.ids() == ALL
    assert not harvest.pauses


@pytest.mark.parametrize(
    "junk", ["Notice: undefined index in /oai.php\n", "<br />\n<b>Warning</b>: x in <b>/oai.php</b> on line 1\n"]
)
def test_a_message_before_every_answer(harvest: Harvester, monkeypatch: pytest.MonkeyPatch, junk: str) -> None:
    answer = harvest.repository.answer
    monkeypatch.setattr(harvest.repository, "answer", lambda query: junk + answer(query))
    harvest()
    assert titles(harvest) == [f"title {number}" for number in range(35)]
    assert b"/oai.php" in next(item.raw for item in harvest.records() if isinstance(item, Fault))


def test_a_declaration_in_the_metadata(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = harvest.repository.answer
    declared = '<metadata><?xml version="1.0" encoding="UTF-8"?>\n'
    monkeypatch.setattr(harvest.repository, "answer", lambda query: answer(query).replace("<metadata>", declared))
    harvest()
    assert titles(harvest) == [f"title {number}" for number in range(35)]


def test_characters_that_xml_forbids(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = harvest.repository.answer
    harvest.repository.items = {
        str(number): Item(str(number), BEFORE, title)
        for number, title in enumerate(["One", "Two \x0c pages", "Three FF"])
    }
    monkeypatch.setattr(harvest.repository, "answer", lambda query: answer(query).replace("FF", "&#12; pages"))
    harvest()
    assert [re.sub(" +", " ", title) for title in titles(harvest)] == ["One", "Two pages", "Three pages"]


def test_ampersands_as_they_are(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> None:
    """In records, in their headers and in the resumption tokens."""
    answer = harvest.repository.answer

    def bare(query: dict[str, str]) -> str:
        query = {name: value.removesuffix("&x=1") for name, value in query.items()}
        return (
            answer(query)
            .replace("</resumptionToken>", "&x=1</resumptionToken>")
            .replace(">title ", ">R&D ")
            .replace("<identifier>", "<identifier>R&D:")
        )

    monkeypatch.setattr(harvest.repository, "answer", bare)
    harvest()
    assert titles(harvest) == [f"R&D {number}" for number in range(35)]
    assert harvest.ids() == [f"R&D:{each}" for each in ALL]
