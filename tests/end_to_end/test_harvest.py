"""`sync` from a live OAI-PMH server: what is new, and nothing lost, whatever it does and whenever we are killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.conftest import PATIENCE
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.syncing import configure, counts, page, titles
from tests.harvest.oai_server import Item, Repository, serving

BEFORE = "2021-05-01T00:00:00Z"


@pytest.fixture
def repository() -> Iterator[Repository]:
    with serving(Repository()) as made:
        yield made


def source(repository: Repository, more: str = "", name: str = "journal") -> str:
    return f"name = '{name}'\nprofile = 'ojs'\noai = {{ url = '{repository.url}'{more} }}"


def fill(repository: Repository, count: int) -> None:
    repository.put(*(Item(f"r{number}", BEFORE, f"first {number}") for number in range(count)))


def test_what_changed_is_harvested_and_nothing_else_is_asked_for(
    indexer: Indexer, tmp_path: Path, repository: Repository
) -> None:
    fill(repository, 250)
    configure(tmp_path, source(repository))
    dry = indexer("sync", "--dry-run")
    assert dry.out == f"journal   nothing new\n  harvest of {repository.url}: everything\ndry run: nothing was sent\n"
    assert repository.asked == []

    first = indexer("sync")
    assert first.code == 0, first.err
    assert "journal   3 new files\n" in first.out
    assert len(titles(tmp_path)) == 250
    assert [query.get("from") for query in repository.lists()] == [None, None, None]
    assert repository.agents == {"indexer/0.1.0"}

    repository.now = "2021-06-02T12:00:00Z"
    repository.asked.clear()
    idle = indexer("sync")
    assert idle.out.startswith("journal   nothing new\n")
    assert repository.asked == [{"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2021-06-01T11:59:59Z"}]

    repository.put(
        Item("r7", repository.now, "changed"), Item("r8", repository.now), Item("new", repository.now, "new")
    )
    repository.now = "2021-06-03T12:00:00Z"
    dry = indexer("sync", "--dry-run")
    assert f"  harvest of {repository.url}: what changed since 2021-06-02T11:59:59Z\n" in dry.out
    second = indexer("sync", "--json")
    assert counts(second, "journal") == {"read": 3, "indexed": 2, "deleted": 1}
    expected = {f"r{number}": f"first {number}" for number in range(250)} | {"r7": "changed", "new": "new"}
    del expected["r8"]
    assert titles(tmp_path) == expected


def test_a_list_without_an_end_is_loaded_told_and_not_asked_for_each_night(
    indexer: Indexer, tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(repository, 3)
    configure(tmp_path, source(repository))
    real = repository.answer

    def endless(query: dict[str, str]) -> str:
        number = len(repository.asked)
        begun = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
        body = real(begun if query["verb"] == "ListRecords" else query)
        body = body.partition("<record>")[0] + "</ListRecords></OAI-PMH>" if "resumptionToken" in query else body
        return body.replace("</ListRecords>", f"<resumptionToken>{number}</resumptionToken></ListRecords>")

    monkeypatch.setattr(repository, "answer", endless)
    for _night in range(2):
        ended = indexer("sync")
        assert ended.code == ExitCode.REJECTED
        assert "gives pages without a record, 100 in a row" in ended.err
        assert len(titles(tmp_path)) == 3
    assert len(repository.asked) == 1 + 2 * 101
    repository.asked.clear()
    monkeypatch.setattr(repository, "answer", real)
    last = indexer("sync")
    assert last.code == 0
    assert [query.get("from") for query in repository.asked] == ["2021-06-01T11:59:59Z"]
    assert "not all of its records may be here" in last.err


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda body: body + "<br />\n<b>Warning</b>: x<br />",
        lambda body: body.replace("<request", "Notice: x<request", 1),
        lambda body: body.replace("</record><record>", "</record><br />\n<b>Warning</b>: x<record>", 1),
        lambda body: body[:-6],
        lambda body: body.partition("</metadata></record><resumptionToken")[0],
    ],
    ids=["message behind", "message before", "message between", "cut behind the token", "cut in a record"],
)
def test_what_is_amiss_beside_the_records_of_a_page_is_told_once(
    indexer: Indexer,
    tmp_path: Path,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    spoilt: Callable[[str], str],
) -> None:
    fill(repository, 250)
    configure(tmp_path, source(repository))
    real = repository.answer
    monkeypatch.setattr(
        repository, "answer", lambda query: spoilt(real(query)) if "metadataPrefix" in query else real(query)
    )
    first = indexer("sync")
    assert first.code == ExitCode.REJECTED, first.err
    assert "journal: " in first.err
    assert "rejected" not in first.out
    monkeypatch.setattr(repository, "answer", real)
    mended = indexer("sync")
    assert mended.code == 0, mended.err
    assert len(titles(tmp_path)) == 250
    idle = indexer("sync")
    assert idle.code == 0, idle.err
    assert idle.out.startswith("journal   nothing new\n")
    for command in (["sweep"], ["reindex", "--adopt"]):
        ended = indexer(*command)
        assert ended.code == 0, ended.err
    assert len(titles(tmp_path)) == 250


def killed(folder: Path, repository: Repository, requests: int, pause: float) -> int:
    """A sync that is killed that long after so many requests of it, or has ended by then: its exit code."""
    job = subprocess.Popen(
        [sys.executable, "-m", "indexer", "sync", "--quiet"], cwd=folder, env=os.environ, start_new_session=True
    )
    begun = len(repository.asked)
    while job.poll() is None and len(repository.asked) - begun < requests:
        time.sleep(0.001)
    time.sleep(pause)
    job.send_signal(signal.SIGKILL)
    return job.wait()


@pytest.mark.parametrize(("size", "kills"), [(20, 2), pytest.param(100, 20, marks=pytest.mark.long)])
def test_a_harvest_in_100_pages_survives_kills_and_what_servers_do(
    indexer: Indexer, tmp_path: Path, repository: Repository, size: int, kills: int
) -> None:
    moments = random.Random(20261128)
    repository.size = size
    fill(repository, 90 * size)
    repository.put(*(Item(f"d{number}", BEFORE) for number in range(10 * size)))
    for name in ("clean", "killed"):
        (tmp_path / name).mkdir()
        configure(tmp_path / name, source(repository))
    assert indexer("sync", "--quiet", cwd=tmp_path / "clean").code == 0
    assert len(repository.asked) == 101

    repository.retry_after = "0"
    repository.asked.clear()
    often = 80 // kills
    for _ in range(kills):
        coming = len(repository.asked)
        faults = moments.sample(["503", "429", "cut", "broken", "page", "drop", "expired"], 3)
        repository.faults = {coming + moments.randrange(1, often + 1): fault for fault in faults}
        requests = moments.randrange(often // 2, often + 1)
        assert killed(tmp_path / "killed", repository, requests, moments.random() / 50) == -signal.SIGKILL
    repository.faults = {}
    ended = indexer("sync", "--json", cwd=tmp_path / "killed")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["books_closed"]
    expected, found = (
        read_back(Target("embedded", path=str(tmp_path / name / "index"))) for name in ("clean", "killed")
    )
    assert len(found) == 90 * size
    assert found == expected
    assert indexer("sync", cwd=tmp_path / "killed").out.startswith("journal   nothing new\n")


def test_a_server_at_fault_does_not_hold_the_others_up(
    indexer: Indexer, tmp_path: Path, repository: Repository
) -> None:
    fill(repository, 250)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, source(repository), "name = 'files'\nprofile = 'ojs'\npaths = ['dumps']")
    repository.faults = dict.fromkeys(range(3, 50), "404")
    ended = indexer("sync", "--json")
    assert ended.code == ExitCode.REJECTED
    unready = indexer("reindex", "--adopt")
    assert unready.code == ExitCode.USAGE
    assert "was not harvested to its end yet" in unready.err
    assert f"journal: {repository.url}: HTTP 404" in ended.err
    assert counts(ended, "files") == {"read": 1, "indexed": 1}
    assert counts(ended, "journal") == {"read": 200, "indexed": 200}
    again = indexer("sync")
    assert again.code == ExitCode.REJECTED
    assert "journal   nothing new\n" in again.out
    repository.faults = {}
    repository.asked.clear()
    mended = indexer("sync", "--json")
    assert mended.code == 0, mended.err
    assert counts(mended, "journal") == {"read": 50, "indexed": 50}
    assert len(repository.asked) == 1  # the page that was missing, by its token
    repository.asked.clear()
    anew = indexer("reindex", "--adopt")
    assert anew.code == 0, anew.err
    assert len(titles(tmp_path)) == 251
    assert repository.asked == []


def test_told_to_stop_it_ends_after_a_page_and_goes_on_from_there(
    indexer: Indexer, tmp_path: Path, repository: Repository
) -> None:
    fill(repository, 250)
    configure(tmp_path, source(repository))
    repository.faults, repository.retry_after = {2: "503"}, "250"
    job = subprocess.Popen([sys.executable, "-m", "indexer", "sync"], cwd=tmp_path, stderr=subprocess.PIPE)
    assert job.stderr is not None
    said = job.stderr.readline()
    assert b"HTTP 503" in said
    assert b"trying again in 25" in said
    job.send_signal(signal.SIGTERM)
    assert job.wait(PATIENCE) == ExitCode.INTERRUPTED
    repository.asked.clear()
    assert indexer("sync").code == 0
    assert len(titles(tmp_path)) == 250
    assert [set(query) for query in repository.asked] == [{"verb", "resumptionToken"}] * 2


def test_a_password_goes_to_the_server_that_is_to_have_it(
    indexer: Indexer, tmp_path: Path, repository: Repository
) -> None:
    fill(repository, 3)
    repository.user = "me:s3cret"
    env = {"INDEXER_SOURCE_USERNAME": "me", "INDEXER_SOURCE_PASSWORD": "s3cret"}
    configure(tmp_path, source(repository))
    refused = indexer("sync", env=env)
    assert refused.code == ExitCode.REJECTED
    assert "HTTP 401" in refused.err
    assert "credentials = true" in refused.err
    configure(tmp_path, source(repository, ", credentials = true"))
    assert indexer("sync", env=env).code == 0
    assert len(titles(tmp_path)) == 3
