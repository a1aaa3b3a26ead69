"""A harvest against a server that speaks the whole protocol: what is asked, what is kept, and what each fault does."""

import gzip
import os
import re
from pathlib import Path

import pytest

from indexer.harvest import server
from indexer.harvest.folder import folder_of
from indexer.model.errors import SourceError, TransientError
from indexer.model.records import Fault
from indexer.model.targets import Credentials
from tests.harvest.harvester import ALL, BEFORE, Harvester
from tests.harvest.oai_server import DAYS, Item, Repository, serving

NOTHING = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2021-06-01T12:00:00Z</responseDate>'
    '<error code="noRecordsMatch"/></OAI-PMH>'
)


def test_pages_are_kept_as_they_came_and_numbered(harvest: Harvester) -> None:
    harvest()
    assert [os.path.basename(page) for page in harvest.folder.pages()] == [f"0000000{n}.xml.gz" for n in range(1, 5)]
    assert harvest.ids() == ALL
    assert harvest.sizes == [(10, 35), (20, 35), (30, 35), (35, 35)]
    assert harvest.folder.path.stat().st_mode & 0o077 == 0
    page = gzip.decompress(Path(harvest.folder.pages()[0]).read_bytes())
    assert page.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH')
    assert [query["verb"] for query in harvest.repository.asked] == ["Identify"] + ["ListRecords"] * 4
    assert not harvest.warnings


def test_the_next_one_asks_for_what_changed_since_a_moment_before(harvest: Harvester) -> None:
    harvest(**{"from": "2020-01-01"})
    repository = harvest.repository
    repository.now = "2021-06-02T00:00:00Z"
    repository.put(Item("r1", "2021-06-01T12:00:00Z"))
    harvest()
    repository.now = "2021-06-03T00:00:00Z"
    harvest()
    assert [query.get("from") for query in repository.lists() if "metadataPrefix" in query] == [
        "2020-01-01",
        "2021-06-01T11:59:59Z",
        "2021-06-01T23:59:59Z",
    ]
    assert len(repository.asked) == 7
    assert harvest.ids() == [*ALL, "r1-"]


def test_a_list_that_changes_while_it_is_read_is_read_again_from_its_own_beginning(harvest: Harvester) -> None:
    repository = harvest.repository
    repository.faults = {3: "404"}
    with pytest.raises(SourceError, match="HTTP 404"):
        harvest()
    repository.now = "2021-06-09T00:00:00Z"
    harvest()
    harvest()
    assert repository.lists()[-1]["from"] == "2021-06-01T11:59:59Z"


@pytest.mark.parametrize("fault", ["503", "429", "500", "cut", "broken", "page", "drop"])
def test_what_may_pass_is_tried_again(harvest: Harvester, fault: str) -> None:
    harvest.repository.faults = {0: fault, 2: fault, 3: fault, 6: fault}
    harvest()
    assert harvest.ids() == ALL
    assert len(harvest.pauses) == 4


def test_retry_after_is_obeyed_and_a_longer_one_than_we_wait_ends_it_at_once(harvest: Harvester) -> None:
    repository = harvest.repository
    repository.faults, repository.retry_after = {2: "503"}, "1"
    harvest()
    assert 1 <= harvest.pauses[0] < 1.1
    repository.faults, repository.retry_after = {len(repository.asked): "503"}, "3600"
    with pytest.raises(TransientError) as caught:
        harvest()
    assert "HTTP 503: not now; given up after 1 try (it asks for 3,600 s)" in caught.value.message
    assert "goes on from there" in caught.value.advice


def test_what_is_no_answer_is_tried_four_times_and_the_next_one_goes_on(harvest: Harvester) -> None:
    repository = harvest.repository
    repository.faults = dict.fromkeys(range(2, 40), "page")
    with pytest.raises(TransientError, match="this is an HTML page; given up after 4 tries"):
        harvest()
    assert len(repository.asked) == 6
    assert harvest.ids() == ALL[:10]
    repository.faults = {}
    repository.asked.clear()
    harvest()
    assert harvest.ids() == ALL
    assert [set(query) for query in repository.asked] == [{"verb", "resumptionToken"}] * 3


def test_a_token_that_expired_begins_the_list_again(harvest: Harvester) -> None:
    harvest.repository.faults = {3: "expired"}
    harvest(**{"from": "2021-05-01"})
    assert harvest.ids() == ALL
    assert [query.get("from") for query in harvest.repository.lists() if "metadataPrefix" in query] == [
        "2021-05-01"
    ] * 2
    assert len(harvest.folder.pages()) == 4


def test_a_list_that_is_read_again_keeps_the_pages_that_are_others_now(harvest: Harvester) -> None:
    repository = harvest.repository
    repository.faults = {3: "404"}
    with pytest.raises(SourceError):
        harvest()
    repository.put(Item("r12", BEFORE, "another title"))
    repository.epoch += 1
    harvest()
    assert harvest.ids() == ALL[:20] + ALL[10:]


@pytest.mark.parametrize(("page", "asked"), [(3, 7), (5, 5)])
def test_no_records_match_is_the_end_of_a_list_only_where_all_have_come(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch, page: int, asked: int
) -> None:
    """In the midst of a list it is a token that was forgotten."""
    answer = harvest.repository.answer
    pages: list[str] = []

    def forgetful(query: dict[str, str]) -> str:
        if query["verb"] == "ListRecords":
            pages.append(query.get("resumptionToken", ""))
            if len(pages) == page:
                return NOTHING
            if page == 5:  # the last page has a token all the same
                return re.sub(r"(<resumptionToken[^>]*>)</", r"\1more</", answer(query))
        return answer(query)

    monkeypatch.setattr(harvest.repository, "answer", forgetful)
    harvest()
    assert harvest.ids() == ALL
    assert len(pages) == asked


@pytest.mark.parametrize("status", ["400", "410"])
def test_a_token_that_is_refused_by_a_status_alone_begins_the_list_again(harvest: Harvester, status: str) -> None:
    harvest.repository.faults = {3: status}
    harvest()
    assert harvest.ids() == ALL
    assert len(harvest.repository.lists()) == 7


def test_a_server_that_forgets_every_token_is_not_asked_for_ever(harvest: Harvester) -> None:
    harvest.repository.faults = dict.fromkeys(range(100), "expired")
    with pytest.raises(SourceError, match=r"forgot its resumption token \(badResumptionToken\), 3 times"):
        harvest()
    assert len(harvest.repository.lists()) == 6
    harvest.repository.faults = {}
    harvest()
    assert harvest.ids()[-35:] == ALL


def test_the_same_page_and_token_again_and_again_end_it(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = harvest.repository.answer
    given: list[str] = []

    def same(query: dict[str, str]) -> str:
        if len(given) < 3:
            given.append(answer(query))
        return given[-1]

    monkeypatch.setattr(harvest.repository, "answer", same)
    with pytest.raises(SourceError, match="the same page and the same resumption token"):
        harvest()
    assert len(harvest.repository.lists()) == 3
    assert harvest.ids() == ALL[:20]


def test_an_empty_page_with_the_same_token_ends_it(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = harvest.repository.answer
    records = re.compile(r"<record>.*</record>", re.DOTALL)
    given: list[str] = []

    def empty(query: dict[str, str]) -> str:
        if query["verb"] != "ListRecords":
            return answer(query)
        given.append(answer(query) if not given else records.sub("", given[0]))
        return given[-1]

    monkeypatch.setattr(harvest.repository, "answer", empty)
    with pytest.raises(SourceError, match="the same resumption token again and again"):
        harvest()
    assert len(harvest.repository.lists()) == 2


def test_a_page_with_a_broken_record_costs_that_record(harvest: Harvester) -> None:
    harvest.repository.put(Item("r12", BEFORE, raw="<oai_dc:dc><dc:title>a < b \x01</dc:title></oops>"))
    harvest()
    records = harvest.records()
    assert len(records) == 35
    assert [number for number, record in enumerate(records) if isinstance(record, Fault)] == [12]
    assert len(harvest.repository.asked) == 5


def test_nothing_that_a_page_declares_is_looked_up(harvest: Harvester) -> None:
    harvest.repository.put(Item("r3", BEFORE, "x &e; y"))
    harvest.repository.faults = {1: "entities"}
    harvest()
    assert harvest.ids() == ALL
    assert b"root:" not in b"".join(record.raw for record in harvest.records())


def test_pages_come_compressed_and_the_last_needs_no_token(harvest: Harvester) -> None:
    harvest.repository.zipped = True
    harvest.repository.last_token = False
    harvest()
    assert harvest.ids() == ALL


def test_days_are_sent_where_the_server_counts_in_days_and_the_same_page_is_kept_once(harvest: Harvester) -> None:
    repository = harvest.repository
    repository.granularity = DAYS
    repository.items.clear()
    repository.put(Item("a", "2021-06-01", "one"))
    harvest()
    repository.now = "2021-06-01T20:00:00Z"
    harvest()
    assert repository.lists()[-1]["from"] == "2021-05-31"
    assert len(harvest.folder.pages()) == 1
    repository.put(Item("a", "2021-06-01", "two"))
    harvest()
    assert len(harvest.folder.pages()) == 2


@pytest.mark.parametrize(
    ("asked", "error", "advice"),
    [
        ({"metadata_prefix": "marc21"}, "cannotDisseminateFormat", "metadata_prefix"),
        ({"set": "physics"}, "noSetHierarchy", "take set out"),
    ],
)
def test_what_the_server_refuses_is_said_with_what_to_change(
    harvest: Harvester, asked: dict[str, str], error: str, advice: str
) -> None:
    harvest.repository.granularity = DAYS
    with pytest.raises(SourceError) as caught:
        harvest(**asked)
    assert f"{harvest.repository.url}: the server answered with the error {error}: {error} of 2" in caught.value.message
    assert advice in caught.value.advice


def test_a_set_is_asked_for_and_another_one_is_not_mixed_into_its_pages(harvest: Harvester) -> None:
    repository = harvest.repository
    repository.sets = ("physics", "art")
    repository.put(Item("p", BEFORE, "p", ("physics",)))
    harvest(set="physics")
    assert harvest.ids() == ["p"]
    with pytest.raises(SourceError, match="was harvested with set 'physics', and now it is 'art'"):
        harvest(set="art")


def test_an_empty_set_and_later_its_first_record(harvest: Harvester) -> None:
    repository = harvest.repository
    repository.sets = ("art",)
    harvest(set="art")
    assert harvest.folder.pages() == []
    repository.now = "2021-06-02T12:00:00Z"
    repository.put(Item("late", "2021-06-02T11:00:00Z", "late", ("art",)))
    harvest(set="art")
    assert harvest.ids() == ["late"]


@pytest.mark.parametrize("status", [400, 404, 422])
def test_an_error_is_read_under_any_status(harvest: Harvester, status: int) -> None:
    harvest.repository.refusal = status
    harvest()
    harvest.repository.now = "2021-06-02T12:00:00Z"
    harvest()
    assert harvest.ids() == ALL


@pytest.mark.parametrize("step", range(1, 11))
def test_broken_off_at_any_write_the_next_one_ends_as_one_that_was_not(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    real = os.replace
    left = [step]

    def replace(old: Path, new: Path) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        real(old, new)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            harvest()
    harvest()
    assert harvest.ids() == ALL
    assert len(harvest.folder.pages()) == 4


def test_a_server_whose_clock_is_ahead_hides_nothing(harvest: Harvester) -> None:
    harvest.repository.now = "2199-01-01T00:00:00Z"
    harvest()
    harvest.repository.now = "2200-01-01T00:00:00Z"
    harvest()
    assert harvest.repository.lists()[-1]["from"] < "2100"


@pytest.mark.parametrize("deleted", ["no", "transient"])
def test_a_server_without_lasting_deletes_is_named_once(harvest: Harvester, deleted: str) -> None:
    harvest.repository.deleted = deleted
    harvest()
    harvest()
    assert len(harvest.warnings) == 1
    assert f"(deletedRecord is {deleted})" in harvest.warnings[0]


def test_a_redirect_is_followed_without_the_password(harvest: Harvester) -> None:
    harvest.credentials = Credentials(username="me", password="s3cret")
    with serving(Repository(user="me:s3cret")) as other:
        harvest.repository.redirect = other.url + "?verb=Identify"
        with pytest.raises(SourceError, match="HTTP 401, not allowed"):
            harvest()
    assert len(other.asked) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a/oai", "http://a/oai/request?x", True),
        ("http://a/oai", "https://a/oai", True),
        ("https://a/oai", "http://a/oai", False),
        ("http://a/oai", "http://b/oai", False),
        ("http://a/oai", "https://a:8443/oai", False),
        ("http://a:8080/oai", "http://a:80/oai", False),
    ],
)
def test_a_password_is_for_one_server(one: str, other: str, same: bool) -> None:
    assert server._same_server(one, other) is same


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("file:///etc/passwd", "leads to file:"),
        ("/oai", "from one URL to the next, more than 5 times"),
        ("http://[half", "leads to what is not a URL"),
        ("http://a:99999999/", "leads to what is not a URL: 'http://a:9"),
    ],
)
def test_a_redirect_leads_to_the_web_and_to_an_end(harvest: Harvester, place: str, said: str) -> None:
    harvest.repository.redirect = place
    with pytest.raises(SourceError, match=said):
        harvest()


@pytest.mark.parametrize("status", [414, 431])
def test_a_token_that_is_too_long_for_a_url_is_posted(harvest: Harvester, status: int) -> None:
    repository = harvest.repository
    repository.longest, repository.too_long = 80, status
    harvest()
    assert harvest.ids() == ALL
    assert [set(query) for query in repository.asked[2:]] == [{"verb", "resumptionToken"}] * 3
    assert repository.posted == 3
    assert not harvest.pauses


def test_what_is_posted_is_followed_to_where_it_leads_without_the_password(harvest: Harvester) -> None:
    harvest.credentials = Credentials(username="me", password="s3cret")
    repository = harvest.repository
    harvest(**{"from": "2021-05-01"})
    with serving(Repository(user="me:s3cret")) as other:
        repository.longest, repository.redirect = 40, other.url
        with pytest.raises(SourceError, match="HTTP 401, not allowed"):
            harvest(**{"from": "2021-05-01"})
    assert other.posted == 1


@pytest.mark.parametrize("status", ["405", "501"])
def test_a_server_that_takes_a_token_in_no_way_is_told(harvest: Harvester, status: str) -> None:
    harvest.repository.longest = 80
    harvest.repository.faults = {2: status}
    with pytest.raises(SourceError, match=rf"too long, and by POST it is refused \(HTTP {status}\)"):
        harvest()
    assert not harvest.pauses
    harvest()
    assert harvest.ids() == ALL


def test_an_answer_without_an_end_is_stopped(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PAGE_LIMIT", 1024)
    with pytest.raises(SourceError, match="larger than 1 KiB"):
        harvest()
    assert harvest.folder.pages() == []


def test_a_server_that_is_not_there_is_named(harvest: Harvester, repository: Repository) -> None:
    harvest.seconds = 0.01
    repository.url = "http://127.0.0.1:1/oai"
    with pytest.raises(
        TransientError, match=r"127.0.0.1:1/oai: the server cannot be reached: Connection refused; given up"
    ):
        harvest()


def test_two_processes_do_not_harvest_into_one_folder(harvest: Harvester) -> None:
    with harvest.folder.held(), pytest.raises(SourceError, match="another process harvests into it"):
        harvest()


def test_told_to_stop_no_further_page_is_asked_for(harvest: Harvester) -> None:
    harvest.stop.set()
    with pytest.raises(TransientError, match="told to stop"):
        harvest()
    assert harvest.repository.asked == []


def test_notes_that_are_lost_mean_a_harvest_of_everything_behind_what_is_there(harvest: Harvester) -> None:
    harvest()
    (harvest.folder.path / ".harvest.json").write_text("{")
    with pytest.raises(SourceError, match="cannot be read"):
        harvest()
    (harvest.folder.path / ".harvest.json").unlink()
    harvest()
    assert harvest.ids() == ALL + ALL


@pytest.mark.parametrize("name", ["../x", ".hidden", "a/b", "Bücher & mehr"])
def test_a_source_of_any_name_has_a_folder_inside(tmp_path: Path, name: str) -> None:
    path = folder_of(str(tmp_path), name).path
    assert path.parent == tmp_path
    assert not path.name.startswith(".")
