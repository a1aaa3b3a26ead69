"""Servers whose lists have no end, or break off, or whose tokens fail: every harvest ends, and the next one goes on."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.harvest import endless, folder, run
from indexer.harvest.folder import folder_of
from indexer.model.errors import SourceError, TransientError
from indexer.model.records import Fault, Record
from tests.harvest.harvester import ALL, BEFORE, Harvester
from tests.harvest.oai_server import DAYS, Item, Repository

OAI = "http://www.openarchives.org/OAI/2.0/"
NIGHT = "2021-06-0{}T12:00:00Z"
Answer = Callable[[dict[str, str]], str]


def body(inside: str, date: str = "2021-06-01T12:00:00Z") -> str:
    return f'<OAI-PMH xmlns="{OAI}"><responseDate>{date}</responseDate><request>http://x/</request>{inside}</OAI-PMH>'


def page(items: list[str], token: str | None, attributes: str = "") -> str:
    records = "".join(Item(name, BEFORE, f"title {name}").record for name in items)
    closed = "" if token is None else f"<resumptionToken{attributes}>{token}</resumptionToken>"
    return body(f"<ListRecords>{records}{closed}</ListRecords>")


def error(code: str, words: str = "") -> str:
    return body(f'<error code="{code}">{words}</error>')


@pytest.fixture
def lists(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Has the server answer ListRecords by a function; Identify stays."""
    real = harvest.repository.answer

    def install(answer: Answer) -> None:
        monkeypatch.setattr(
            harvest.repository, "answer", lambda query: answer(query) if query["verb"] == "ListRecords" else real(query)
        )

    return install


def asked(repository: Repository) -> list[str]:
    """What each list was begun with."""
    return [query.get("from", "") for query in repository.lists() if "metadataPrefix" in query]


def next_number(query: dict[str, str]) -> int:
    return int(query.get("resumptionToken", "page-0").rpartition("-")[2]) + 1


def empty_for_ever(query: dict[str, str]) -> str:
    return page(["a", "b", "c"] if "metadataPrefix" in query else [], f"page-{next_number(query)}")


def token_ignored(query: dict[str, str]) -> str:
    return page(["a", "b", "c"], f"page-{next_number(query)}")


def cycle_of_seven(query: dict[str, str]) -> str:
    number = next_number(query)
    return page([f"r{number % 7}"], f"page-{number % 7}" if number > 6 else f"page-{number}")


def wraps_around(query: dict[str, str]) -> str:
    """Pages that begin elsewhere with every round, with new tokens and other bytes each."""
    number = next_number(query)
    return page([f"r{(number * 3 + each) % 7}" for each in range(3)], f"page-{number}").replace("title ", f"{number} ")


@pytest.mark.parametrize(
    ("answer", "ids", "bound", "said"),
    [
        (empty_for_ever, {"a", "b", "c"}, 102, "pages without a record, 100 in a row"),
        (token_ignored, {"a", "b", "c"}, 12, "records that it gave before, 10 pages in a row"),
        (cycle_of_seven, {f"r{n}" for n in range(7)}, 10, "the same page and the same resumption token"),
        (wraps_around, {f"r{n}" for n in range(7)}, 14, "records that it gave before"),
    ],
)
def test_a_list_without_an_end_is_ended_and_the_second_time_taken_as_it_is(
    harvest: Harvester, lists: Callable[[Answer], None], answer: Answer, ids: set[str], bound: int, said: str
) -> None:
    lists(answer)
    for _night in range(2):
        with pytest.raises(SourceError, match=said):
            harvest()
    assert len(harvest.repository.lists()) <= 2 * bound
    assert set(harvest.ids()) == ids
    kept = len(harvest.folder.pages())
    assert kept <= bound
    lists(lambda query: error("noRecordsMatch"))
    harvest()
    assert asked(harvest.repository) == ["", "", "2021-06-01T11:59:59Z"]
    assert said in harvest.warnings[-1]
    assert len(harvest.folder.pages()) == kept


def test_a_server_that_ignores_from_does_not_fill_the_disk(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = harvest.repository.answer
    monkeypatch.setattr(harvest.repository, "answer", lambda query: answer({k: query[k] for k in query if k != "from"}))
    for _night in range(3):
        harvest()
    assert len(harvest.folder.pages()) == 4
    harvest.repository.put(Item("r12", BEFORE, "another title"))
    harvest()
    assert harvest.ids() == ALL + ALL[10:]


def test_thirty_empty_pages_in_a_row_are_no_end(harvest: Harvester, lists: Callable[[Answer], None]) -> None:
    def sparse(query: dict[str, str]) -> str:
        number = next_number(query)
        return page([f"r{number}"] if number % 31 == 0 else [], f"page-{number}" if number < 124 else "")

    lists(sparse)
    harvest()
    assert harvest.ids() == ["r31", "r62", "r93", "r124"]


def test_one_page_that_comes_twice_is_no_end(harvest: Harvester, lists: Callable[[Answer], None]) -> None:
    def twice(query: dict[str, str]) -> str:
        number = next_number(query)
        return page([f"r{number if number < 3 else number - 1}"], f"page-{number}" if number < 5 else "")

    lists(twice)
    harvest()
    assert harvest.ids() == ["r1", "r2", "r3", "r4"]


def test_many_numbers_are_remembered_by_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endless, "SAMPLE", 100)
    known = endless._Known()
    numbers = [(number * 0x9E3779B97F4A7C15) % (1 << 64) for number in range(10_000)]
    assert all(known.put([number]) is not False for number in numbers)
    assert len(known._known) <= 100
    assert {known.put([number]) for number in numbers} == {None, False}


@pytest.mark.parametrize("size", [6, 7, 5])
def test_a_last_token_that_matches_nothing_is_the_end(
    harvest: Harvester, lists: Callable[[Answer], None], size: int
) -> None:
    def answer(query: dict[str, str]) -> str:
        said = f' completeListSize="{size}" cursor="0"'
        if "from" in query:
            return error("noRecordsMatch")
        match query.get("resumptionToken"):
            case None:
                return page(["a", "b", "c"], "o/3", said)
            case "o/3":
                return page(["d", "e", "f"], "o/6", said)
        return error("noRecordsMatch", "nothing more")

    lists(answer)
    harvest()
    harvest()
    assert harvest.ids() == ["a", "b", "c", "d", "e", "f"]
    assert asked(harvest.repository) == ["", "2021-06-01T11:59:59Z"] if size < 7 else ["", "", "2021-06-01T11:59:59Z"]
    assert [warning for warning in harvest.warnings if "said 7 records" in warning] == (
        [f"{harvest.repository.url}: the server said 7 records, and its list has 6"] if size == 7 else []
    )


def test_a_superfluous_last_token_that_is_refused_is_the_end(
    harvest: Harvester, lists: Callable[[Answer], None]
) -> None:
    lists(
        lambda query: (
            page(["a", "b"], "last", ' completeListSize="2"')
            if "metadataPrefix" in query
            else error("badResumptionToken")
        )
    )
    harvest()
    assert harvest.ids() == ["a", "b"]
    assert len(harvest.repository.lists()) == 2


def test_a_page_that_lost_its_token_is_not_the_end_of_a_list_that_is_longer(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = harvest.repository.answer
    monkeypatch.setattr(
        harvest.repository,
        "answer",
        lambda query: (
            re.sub("<resumptionToken.*</resumptionToken>", "", answer(query))
            if len(harvest.repository.asked) == 3
            else answer(query)
        ),
    )
    harvest()
    assert harvest.ids() == ALL


@pytest.mark.parametrize("fault", ["500", "404", "403", "503", "410", "page", "broken", "drop"])
def test_a_stored_token_that_fails_begins_the_list_again(harvest: Harvester, fault: str) -> None:
    repository = harvest.repository
    harvest.seconds = 0.05
    repository.faults = {3: "404"}
    with pytest.raises(SourceError, match="HTTP 404"):
        harvest()
    assert harvest.ids() == ALL[:20]
    repository.faults = dict.fromkeys(range(4, 8), fault)  # four tries, and the server is itself again
    repository.epoch += 1
    if fault in ("404", "403", "410"):
        repository.faults = {4: fault}
    harvest.seconds = 20
    harvest()
    assert harvest.ids() == ALL
    assert len([query for query in repository.lists() if "metadataPrefix" in query]) == 2


def test_a_token_that_a_server_in_trouble_does_not_take_is_kept(harvest: Harvester) -> None:
    repository = harvest.repository
    harvest.seconds = 0.05
    repository.faults = dict.fromkeys(range(3, 60), "500")
    for _night in range(2):
        with pytest.raises(TransientError, match="HTTP 500"):
            harvest()
    repository.faults = {}
    harvest()
    assert harvest.ids() == ALL
    assert len([query for query in repository.lists()[-2:] if "resumptionToken" in query]) == 2


def test_a_busy_server_is_not_asked_before_it_wants_to_be(harvest: Harvester) -> None:
    repository = harvest.repository
    repository.retry_after = "3600"
    repository.faults = {3: "503", 4: "503", 5: "503"}
    for _night in range(2):
        with pytest.raises(TransientError, match="it asks for 3,600 s"):
            harvest()
    assert len(repository.asked) == 5
    harvest()  # its token failed in two runs: the list is begun again
    assert harvest.ids() == ALL


def test_a_token_that_fails_for_good_does_not_hide_what_is_new_for_ever(harvest: Harvester) -> None:
    """A server that cannot give its third page: night after night the list is tried anew, and then given up."""
    repository = harvest.repository
    harvest.seconds = 0.01
    repository.token_fault = "500"
    nights = 0
    while not asked(repository)[-1:] or not asked(repository)[-1]:
        nights += 1
        assert nights < 20
        with pytest.raises((SourceError, TransientError)):
            harvest()
        if (harvest.folder.notes() or pytest.fail("no notes")).harvested:
            break
    assert nights == run.BROKEN_RUNS + 1
    assert len(harvest.folder.pages()) == 1
    repository.now = NIGHT.format(9)
    repository.put(Item("new", repository.now, "new"))
    harvest()
    assert harvest.ids() == [*ALL[:10], "new"]
    assert "not all of its records may be here" in harvest.warnings[-1]


@pytest.mark.parametrize("lifetime", [-1, 3600])
def test_a_token_that_has_expired_is_not_asked_with(
    harvest: Harvester, lists: Callable[[Answer], None], monkeypatch: pytest.MonkeyPatch, lifetime: int
) -> None:
    expires = datetime(2021, 6, 1, 12, tzinfo=UTC) + timedelta(seconds=3600)
    harvest.seconds = 0.01

    def answer(query: dict[str, str]) -> str:
        if "resumptionToken" in query:
            return page(["b"], "")
        return page(["a"], "next", f' expirationDate="{expires:%Y-%m-%dT%H:%M:%SZ}"')

    lists(answer)
    harvest.repository.faults = {2: "404"}
    with pytest.raises(SourceError):
        harvest()
    notes = harvest.folder.notes()
    assert notes is not None
    assert notes.listing is not None
    left = datetime.fromisoformat(notes.listing.expires) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)  # by our clock, whatever the server's says
    moved = notes.listing.model_copy(update={"expires": f"{datetime.now(UTC) + timedelta(seconds=lifetime):%FT%TZ}"})
    harvest.folder.note(notes.model_copy(update={"listing": moved}))
    harvest.repository.asked.clear()
    harvest()
    assert harvest.ids() == ["a", "b"]
    assert len(harvest.repository.asked) == (2 if lifetime < 0 else 1)


def test_a_time_that_is_refused_is_sent_as_a_day_from_then_on(
    harvest: Harvester, lists: Callable[[Answer], None]
) -> None:
    def answer(query: dict[str, str]) -> str:
        since = query.get("from", "")
        if "T" in since:
            return error("badArgument", "Illegal date format")
        return page(["d"] if since else ["a", "b", "c"], None)

    lists(answer)
    harvest()
    harvest()
    harvest()
    assert harvest.ids() == ["a", "b", "c", "d"]
    assert asked(harvest.repository) == ["", "2021-06-01T11:59:59Z", "2021-06-01", "2021-05-31"]
    assert harvest.warnings == [
        f"{harvest.repository.url}: the server refused from=2021-06-01T11:59:59Z (Illegal date format), and took "
        "from=2021-06-01: from now on it is asked by days"
    ]


@pytest.mark.parametrize("status", ["400", "422"])
def test_a_time_that_is_refused_by_a_status_alone_is_sent_as_a_day(harvest: Harvester, status: str) -> None:
    harvest()
    harvest.repository.faults = {len(harvest.repository.asked): status}
    harvest()
    assert asked(harvest.repository)[1:] == ["2021-06-01T11:59:59Z", "2021-06-01"]


@pytest.mark.parametrize("begin", ["", "2020-01-01"])
def test_a_server_that_refuses_every_from_of_ours_is_asked_for_everything(
    harvest: Harvester, lists: Callable[[Answer], None], begin: str
) -> None:
    have = ["a", "b"]

    def answer(query: dict[str, str]) -> str:
        refused = query.get("from", "") != begin and "metadataPrefix" in query
        return error("badArgument", "no from here") if refused else page(have, None)

    lists(answer)
    settings = {"from": begin} if begin else {}
    for _night in range(3):
        harvest(**settings)
    assert len(harvest.folder.pages()) == 1
    have.append("c")
    harvest(**settings)
    assert harvest.ids() == ["a", "b", "a", "b", "c"]
    refused = ["2021-06-01T11:59:59Z", "2021-06-01", begin]
    assert asked(harvest.repository) == [begin] + refused * 3
    assert (
        harvest.warnings
        == [
            f"{harvest.repository.url}: the server refused from=2021-06-01T11:59:59Z (no from here): all that it has "
            "is listed again"
        ]
        * 3
    )
    lists(lambda query: page(["d"], None))
    harvest(**settings)
    assert asked(harvest.repository)[-1] == "2021-06-01T11:59:59Z"  # well again, it is asked for what is new
    assert len(harvest.warnings) == 3


@pytest.mark.parametrize("status", ["400", "422"])
def test_every_from_that_is_refused_by_a_status_alone(harvest: Harvester, status: str) -> None:
    harvest()
    number = len(harvest.repository.asked)
    harvest.repository.faults = {number: status, number + 1: status}
    harvest()
    assert asked(harvest.repository)[1:] == ["2021-06-01T11:59:59Z", "2021-06-01", ""]
    assert len(harvest.folder.pages()) == 4


def test_a_list_that_is_begun_again_and_refused_its_from_is_listed_as_a_whole(harvest: Harvester) -> None:
    harvest()
    repository = harvest.repository
    repository.put(*(Item(name, "2021-06-01T12:00:00Z", "new") for name in ALL))
    repository.faults = {len(repository.asked) + 1: "404"}
    with pytest.raises(SourceError):
        harvest()
    number = len(repository.asked)
    repository.faults = {number: "404", number + 1: "400", number + 2: "400"}
    harvest()
    assert asked(repository)[2:] == ["2021-06-01T11:59:59Z", "2021-06-01", ""]
    assert harvest.ids()[-35:] == ALL


def test_where_the_whole_list_is_refused_too_a_from_of_ours_is_no_advice(
    harvest: Harvester, lists: Callable[[Answer], None]
) -> None:
    harvest()
    lists(lambda query: error("badArgument", "no such set"))
    with pytest.raises(SourceError, match=r"no such set \(asked for metadataPrefix=oai_dc, from=2021") as caught:
        harvest()
    assert caught.value.advice == run.OURS


def test_what_was_sent_is_named_where_the_day_is_refused_too(
    harvest: Harvester, lists: Callable[[Answer], None]
) -> None:
    lists(lambda query: error("badArgument", "no"))
    with pytest.raises(SourceError, match=r"asked for metadataPrefix=oai_dc, from=2021-05-01T00:00:00Z") as caught:
        harvest(**{"from": "2021-05-01T00:00:00Z"})
    assert "granularity" in caught.value.advice
    notes = harvest.folder.notes()
    assert notes is not None
    assert notes.granularity != DAYS


def test_the_granularity_of_the_settings_is_the_one_that_counts(harvest: Harvester) -> None:
    harvest(granularity=DAYS)
    harvest(granularity=DAYS)
    assert asked(harvest.repository) == ["", "2021-05-31"]


@pytest.mark.parametrize("said", ["", "seconds", "yyyy-mm-dd"])
def test_a_server_that_does_not_say_how_exact_it_is_gets_days(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(harvest.repository, "granularity", said)
    harvest()
    harvest()
    assert asked(harvest.repository) == ["", "2021-05-31"]
    assert "it is asked by days" in harvest.warnings[0]


def test_a_server_that_does_not_identify_itself_is_harvested(harvest: Harvester) -> None:
    harvest.repository.faults = dict.fromkeys(range(4), "broken")
    harvest()
    assert harvest.ids() == ALL
    assert "does not identify itself" in harvest.warnings[0]


@pytest.mark.parametrize("status", ["500", "404", "403", "503"])
def test_a_server_that_answers_identify_with_a_status_is_harvested_by_days(harvest: Harvester, status: str) -> None:
    repository = harvest.repository
    tries = run.BROKEN_TRIES if status.startswith("5") else 1
    for _night in range(2):
        repository.faults = dict.fromkeys(range(len(repository.asked), len(repository.asked) + tries), status)
        harvest()
        assert harvest.ids() == ALL
        assert f"HTTP {status}" in harvest.warnings[-1]
        assert "does not identify itself, and is asked by days" in harvest.warnings[-1]
    assert asked(repository) == ["", "2021-05-31"]
    harvest()
    assert len(harvest.warnings) == 2


@pytest.mark.parametrize("fault", ["drop", "401", "503"])
def test_a_server_that_cannot_answer_at_all_is_not_asked_for_records(harvest: Harvester, fault: str) -> None:
    harvest.seconds = 0.05
    harvest.repository.faults = dict.fromkeys(range(100), fault)
    harvest.repository.retry_after = "3600"
    with pytest.raises((SourceError, TransientError)):
        harvest()
    assert not harvest.repository.lists()


@pytest.mark.parametrize("date", ["", "yesterday", "0000-00-00T00:00:00Z"])
def test_a_server_that_does_not_say_the_time_has_it_in_its_http_header(harvest: Harvester, date: str) -> None:
    harvest.repository.now = date
    harvest()
    notes = harvest.folder.notes()
    assert notes is not None
    assert abs(datetime.now(UTC) - datetime.fromisoformat(notes.harvested)) < timedelta(minutes=5)


@pytest.mark.parametrize("cut", ["</OAI-PMH>", "</ListRecords></OAI-PMH>"])
def test_records_of_a_page_that_is_never_whole_are_kept_and_its_token_taken(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    answer = harvest.repository.answer

    def without_end(query: dict[str, str]) -> str:
        return answer(query).rstrip().removesuffix(cut)

    monkeypatch.setattr(harvest.repository, "answer", without_end)
    harvest()
    faults = [record for record in harvest.records() if isinstance(record, Fault)]
    assert len(faults) == 4
    assert len(harvest.records()) - len(faults) == 35


def test_records_of_a_page_that_lost_its_token_and_end_are_kept_once(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = harvest.repository.answer
    monkeypatch.setattr(harvest.repository, "answer", lambda query: answer(query).partition("<resumptionToken")[0])
    for _night in range(3):
        with pytest.raises(TransientError, match="it has no end tag"):
            harvest()
    assert len(harvest.folder.pages()) == 1
    monkeypatch.setattr(harvest.repository, "answer", answer)
    harvest()
    found = [record.header for record in harvest.records() if isinstance(record, Record)]
    assert {header.identifier for header in found if header} == set(ALL)


def test_records_beside_an_error_are_kept(harvest: Harvester, lists: Callable[[Answer], None]) -> None:
    lists(lambda query: page(["a"], None).replace("<request>", '<error code="badArgument">x</error><request>'))
    harvest()
    assert [record for record in harvest.records() if not isinstance(record, Fault)] != []


@pytest.mark.parametrize("code", ["badArgument", "badResumptionToken", "noRecordsMatch"])
def test_records_beside_an_error_are_looked_at_first_in_every_list(
    harvest: Harvester, lists: Callable[[Answer], None], code: str
) -> None:
    """The first one, the ones with a `from`, and the one that is begun again."""

    def answer(query: dict[str, str]) -> str:
        name = f"of {query.get('from', '')[:10]}{query.get('resumptionToken', '')}"
        token = "next" if "metadataPrefix" in query else None
        return page([name], token).replace("<request>", f'<error code="{code}">x</error><request>')

    lists(answer)
    harvest()
    harvest.repository.faults = {len(harvest.repository.asked) + 1: "404"}
    with pytest.raises(SourceError):
        harvest()
    harvest.repository.faults = dict.fromkeys([len(harvest.repository.asked)], "404")
    harvest()
    found = [item.header.identifier for item in harvest.records() if isinstance(item, Record) and item.header]
    assert found == ["of", "of next", "of 2021-06-01", "of next"]
    assert asked(harvest.repository) == ["", "2021-06-01T11:59:59Z", "2021-06-01T11:59:59Z"]


def test_what_is_no_record_by_its_name_is_kept_and_told(harvest: Harvester, lists: Callable[[Answer], None]) -> None:
    lists(lambda query: page(["a"], None).replace("record>", "recrod>"))
    harvest()
    (fault,) = harvest.records()
    assert isinstance(fault, Fault)
    assert fault.reason == "<recrod> is in no record"


def test_a_disk_that_is_nearly_full_is_not_filled(harvest: Harvester, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(folder, "ROOM", 1 << 60)
        with pytest.raises(SourceError, match="are free on its disk: stopped before it is full"):
            harvest()
    assert not harvest.repository.lists()
    harvest()
    assert harvest.ids() == ALL


def test_notes_of_an_earlier_version_are_read(tmp_path: Path) -> None:
    place = folder_of(str(tmp_path), "s")
    place.path.mkdir()
    (place.path / ".harvest.json").write_text(
        '{"url": "u", "metadata_prefix": "p", "set": "", "granularity": "", "deleted": "", "harvested": "", "pages": 1,'
        ' "listing": {"since": "", "begun": "", "token": "t", "records": 1, "size": 0}}'
    )
    notes = place.notes()
    assert notes is not None
    assert notes.listing is not None
    assert notes.listing.token == "t"
