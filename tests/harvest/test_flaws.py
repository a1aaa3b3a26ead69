"""What is amiss with a page beside its records: told when it comes, and no record of the source."""

import re
from collections.abc import Callable

import pytest

from indexer import sources
from indexer.harvest import run
from indexer.model.errors import TransientError
from indexer.model.records import Fault, Record
from tests.harvest.harvester import ALL, Harvester
from tests.harvest.oai_server import Item

Spoil = Callable[[str], str]


def as_harvested(harvest: Harvester) -> list[Record | Fault]:
    return list(sources.read(harvest.folder.pages(), source="s", harvested=True))


def spoil(harvest: Harvester, monkeypatch: pytest.MonkeyPatch, *, by: Spoil, requests: range) -> None:
    answer = harvest.repository.answer
    monkeypatch.setattr(
        harvest.repository,
        "answer",
        lambda query: by(answer(query)) if len(harvest.repository.asked) in requests else answer(query),
    )


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (lambda body: body + "<b>Warning</b>: x<br />", "</b> is in no record"),
        (lambda body: body + "Warning: x", "is text outside of any record: 'Warning: x'"),
        (lambda body: body.replace("<ListRecords>", '<error code="badArgument"/><ListRecords>'), "error badArgument"),
        (lambda body: body.replace("<record>", "<p>oh<br/>no</p><record>", 1), "<p> is in no record"),
    ],
)
def test_it_is_told_once_and_not_with_each_reading(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch, by: Spoil, said: str
) -> None:
    spoil(harvest, monkeypatch, by=by, requests=range(2, 5))
    harvest()
    assert len(harvest.flaws) == 1  # the same words of three pages
    assert f"{harvest.repository.url}: its page 00000001.xml.gz: " in harvest.flaws[0]
    assert said in harvest.flaws[0]
    assert any(isinstance(item, Fault) for item in harvest.records())
    found = as_harvested(harvest)
    assert [item.header.identifier for item in found if isinstance(item, Record) and item.header] == ALL
    assert len(found) == 35
    harvest()
    assert len(harvest.flaws) == 1


def test_a_page_with_the_same_records_and_message_is_not_kept_each_night(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest.repository.size = 100
    spoil(harvest, monkeypatch, by=lambda body: body + "<br />\n<b>Warning</b>: x<br />", requests=range(2, 100))
    harvest.repository.put(*(Item(id, "2021-06-01T12:00:00Z", id) for id in ALL))
    for _night in range(3):
        harvest(granularity="YYYY-MM-DD")
    assert len(harvest.repository.lists()) == 3
    assert len(harvest.folder.pages()) == 1
    assert len(harvest.flaws) == 1


def test_a_page_that_lost_its_end_behind_its_token_lost_no_record(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(harvest, monkeypatch, by=lambda body: body[:-6], requests=range(3, 3 + run.BROKEN_TRIES))
    harvest()
    assert len(harvest.flaws) == 1
    assert "(</OAI-PMH> is missing)" in harvest.flaws[0]
    assert len(as_harvested(harvest)) == 35


def test_a_page_that_lost_its_end_behind_a_token_at_its_head_comes_again(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = re.compile("(<ListRecords>)(.*)(<resumptionToken.*</resumptionToken>)")

    def turned(body: str) -> str:
        return token.sub(r"\1\3\2", body)

    tries = range(2, 2 + run.BROKEN_TRIES)
    spoil(
        harvest,
        monkeypatch,
        by=lambda body: turned(body).partition("<record><header><identifier>r7")[0],
        requests=tries,
    )
    with pytest.raises(TransientError, match="it has no end tag"):
        harvest()
    harvest()
    assert [
        str(item.header.identifier) for item in as_harvested(harvest) if isinstance(item, Record) and item.header
    ] == (ALL[:7] + ALL)


def test_a_record_that_was_cut_in_two_is_none_and_one_inside_of_a_page_is(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(
        harvest,
        monkeypatch,
        by=lambda body: body.replace(
            "</metadata></record><record><header><identifier>r5", "<record><header><identifier>r5"
        ).partition("title 7")[0],
        requests=range(2, 2 + run.BROKEN_TRIES),
    )
    with pytest.raises(TransientError):
        harvest()
    found = as_harvested(harvest)
    assert len(found) == 7
    assert [isinstance(item, Fault) for item in found] == [False] * 4 + [True] + [False] * 2
    harvest()
    assert len(as_harvested(harvest)) == 7 + 35
