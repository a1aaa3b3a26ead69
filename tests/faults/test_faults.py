"""Every fault between us and a real server, in the middle of a load: the index is that of an unbroken run."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.model.documents import Fields
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.end_to_end.conftest import read_back
from tests.faults import proxy as faults
from tests.faults.conftest import Command, empty, make_index
from tests.faults.dumps import AFTER, BATCH, DUMPS, LOADED, PUSHES, RECORDS
from tests.faults.proxy import Fault, Proxy, proxying

CONNECTIONS = 2

FAULTS: dict[str, list[Fault]] = {
    "refused": [faults.close_port(1.5)],
    "reset": [faults.reset_after(0), faults.reset_after(40), faults.reset_after(250)],
    "stalled": [faults.stall(60)],
    "slow": [faults.trickle(5, 0.05)] * 4,
    "429 storm": [faults.refuse(429, retry_after="1")] * 3,
    "503 storm": [faults.refuse(503, retry_after="1")] * 3,
    "other statuses that may pass": [faults.refuse(408), faults.refuse(500), faults.refuse(502)],
    "lost acknowledgement": [faults.lose_acknowledgement] * 2,
    "cut answer": [faults.cut_json, faults.say_nothing_of_it],
}
IN_BULK: dict[str, list[Fault]] = {
    "short answer": [faults.drop_items(7), faults.drop_items(1)],
    "items refused": [faults.refuse_items(429), faults.refuse_items(503)],
}


@pytest.fixture(scope="module", params=["solr", "elasticsearch", "opensearch"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def target(kind: str, request: pytest.FixtureRequest) -> Iterator[Target]:
    yield from make_index(kind, request)


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEXER_BATCH_DOCUMENTS", str(BATCH))
    monkeypatch.setenv("INDEXER_CONNECTIONS", str(CONNECTIONS))
    monkeypatch.setenv("INDEXER_WORKERS", "1")


@pytest.fixture
def impatient(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs that a test can wait for."""
    if name == "stalled":
        monkeypatch.setattr("indexer.engines.http.TIMEOUT", (4.0, 4.0))
        monkeypatch.setattr("indexer.engines.elastic.client.READ_SECONDS", 4.0)


@pytest.fixture
def proxy(target: Target) -> Iterator[Proxy]:
    """Before the target's server, whose index is empty."""
    empty(target)
    with proxying(target.base) as proxy:
        yield proxy


@pytest.fixture
def load(command: Command, proxy: Proxy, target: Target) -> Command:
    """Loads the dumps through the proxy."""
    return lambda: command("load", *DUMPS, "--json", "--target", f"{target.kind}+{proxy.url}/{target.index}")


_clean: dict[str, dict[str, Fields]] = {}


@pytest.fixture
def clean(target: Target, command: Command) -> dict[str, Fields]:
    """What an unbroken run leaves in the index."""
    if target.kind not in _clean:
        empty(target)
        assert command("load", *DUMPS, "--target", target, "--force").code == 0
        _clean[target.kind] = read_back(target)
        assert len(_clean[target.kind]) == RECORDS
    return _clean[target.kind]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", [*FAULTS, *IN_BULK])
def test_the_index_is_that_of_an_unbroken_run(
    name: str, clean: dict[str, Fields], proxy: Proxy, target: Target, load: Command
) -> None:
    if name in IN_BULK and target.kind == "solr":
        pytest.skip("Solr's answer names only what it refuses")
    script = (FAULTS | IN_BULK)[name]
    proxy.script(script, after=AFTER)
    ended = load()
    assert ended.code == 0, ended.err
    assert ended.books("pubmed") == LOADED
    assert read_back(target) == clean
    # the other connection may meet the closed port, too
    assert PUSHES <= len(proxy.pushes) <= PUSHES + len(script) + CONNECTIONS
    assert sum(push.documents for push in proxy.pushes) <= RECORDS + BATCH * (len(script) + CONNECTIONS)
    assert (ended.pauses > 0) == (name != "slow")
    assert ended.pauses <= len(script) + 4  # a pause doubles, so 1.5 seconds hold few of them
    if name.endswith("storm"):
        for refused in [push for push in proxy.pushes if push.status in (429, 503)]:
            again = next(push for push in proxy.pushes if push.body == refused.body and push.came > refused.came)
            assert again.came - refused.answered >= 1
    if name == "items refused":  # only these are sent again; the second fault may meet them once more
        assert sum(push.documents for push in proxy.pushes) in (RECORDS + BATCH, RECORDS + BATCH * 3 // 4)


def test_a_commit_is_tried_again(clean: dict[str, Fields], proxy: Proxy, target: Target, load: Command) -> None:
    proxy.commit_faults += [faults.refuse(503), faults.reset_after(0), faults.refuse(429, retry_after="1")]
    ended = load()
    assert ended.code == 0, ended.err
    assert ended.books("pubmed") == LOADED
    assert len(proxy.commits) == 4
    assert len(proxy.pushes) == PUSHES
    assert read_back(target) == clean


def test_a_server_that_stays_away(
    clean: dict[str, Fields],
    proxy: Proxy,
    target: Target,
    load: Command,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run gives up, says so, and the same command goes on where it stopped."""
    monkeypatch.setenv("INDEXER_RETRY_SECONDS", "2")
    proxy.script([faults.close_port(600)], after=AFTER)
    ended = load()
    assert ended.code == ExitCode.TARGET
    assert f"{target.kind}+{proxy.url}/{target.index}: the server cannot be reached" in ended.err
    assert "; given up after " in ended.err
    assert "the same command goes on from there" in ended.err
    assert 1 <= ended.pauses <= 5  # not one for each connection: half a second, doubled, is two in a few of them
    assert len(proxy.pushes) <= AFTER + CONNECTIONS
    sent = sum(push.documents for push in proxy.pushes)
    run = json.loads(command("status", "--json").out)["runs"][0]
    counted = run["books"]["pubmed"]
    answered = sum(push.documents for push in proxy.pushes if push.status == 200)
    # the closed port may cut an answer off
    assert answered - CONNECTIONS * BATCH <= counted["read"] == counted["indexed"] <= answered
    assert counted["read"] > 0
    assert re.search(r"; \d+ records were in flight when it ended, and not counted$", run["message"])
    assert "books closed" in ended.err
    assert "in flight when it ended, and not counted: the same command reads and sends them again" in ended.err
    report = max(Path("var/reports").glob("*.json"))
    told = json.loads(report.read_text())
    assert told["books_closed"] is True
    assert told["in_flight"]["pubmed"] > 0

    proxy.open()
    resumed = load()
    assert resumed.code == 0, resumed.err
    assert "resuming at record" in resumed.err
    assert resumed.books("pubmed")["read"] == RECORDS
    assert read_back(target) == clean
    twice = sum(push.documents for push in proxy.pushes) - RECORDS
    assert 0 <= twice <= CONNECTIONS * BATCH
    assert sent > RECORDS // 8
