"""A nightly sync whose target gets into a state that takes no documents, on real servers: nothing is blamed on a
record, and the next sync ends with the index of one that was never disturbed.
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.engines import registry
from indexer.engines.registry import open_index, parse_target
from indexer.model.documents import Fields
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.conformance.conftest import _drop
from tests.end_to_end.conftest import read_back
from tests.faults import proxy as faults
from tests.faults.conftest import Command, make_index
from tests.faults.proxy import Exchange, Proxy, proxying

DATE = "2020-02-29T12:00:00Z"
FIRST, SECOND, BATCH = 40, 60, 10
ELASTIC = ("elasticsearch", "opensearch")
Change = Callable[[Target], None]


def ask(target: Target, method: str, path: str, body: Any = None) -> None:
    requests.request(method, f"{target.base}/{path}", json=body, timeout=120).raise_for_status()


def put(target: Target, **settings: Any) -> None:
    ask(target, "PUT", f"{behind(target)}/_settings", settings)


def setting(name: str, value: Any) -> Change:
    return lambda target: put(target, **{name: value})


def behind(target: Target) -> str:
    """The index behind the alias that is the target."""
    return f"{target.index}_1"


def alias(*actions: tuple[str, str], also: Change | None = None) -> Change:
    """Adds indices to the alias, or takes them out: ("add", "_2")."""

    def change(target: Target) -> None:
        if also is not None:
            also(target)
        body = [{verb: {"index": target.index + end, "alias": target.index}} for verb, end in actions]
        ask(target, "POST", "_aliases", {"actions": body})

    return change


def second_index(target: Target) -> None:
    settings = requests.get(f"{target.base}/{behind(target)}", timeout=60).json()[behind(target)]
    analysis = settings["settings"]["index"]["analysis"]
    ask(target, "PUT", f"{target.index}_2", {"settings": {"analysis": analysis}, "mappings": settings["mappings"]})


def cores(target: Target, action: str, **params: str) -> None:
    named = {"action": action, "core": target.index, **params}
    requests.get(f"{target.base}/admin/cores", params=named, timeout=120).raise_for_status()


def collections(target: Target, action: str, **params: str) -> None:
    key = "collection" if action in ("MODIFYCOLLECTION", "DELETEREPLICA", "ADDREPLICA") else "name"
    named = {"action": action, key: target.index, **params}
    requests.get(f"{target.base}/admin/collections", params=named, timeout=120).raise_for_status()


def install_again(target: Target) -> None:
    registry.install(target)


def lose_the_leader(target: Target) -> None:
    """Its only replica goes, and comes back empty."""
    params = {"action": "CLUSTERSTATUS", "collection": target.index}
    status = requests.get(f"{target.base}/admin/collections", params=params, timeout=60).json()
    [replica] = status["cluster"]["collections"][target.index]["shards"]["shard1"]["replicas"]
    collections(target, "DELETEREPLICA", shard="shard1", replica=replica)


def remade(target: Target) -> None:
    """Gone, and there again, empty, before anybody has asked for it."""
    cores(target, "UNLOAD", deleteInstanceDir="true")
    registry.install(target)


@dataclass(frozen=True)
class State:
    """What is done to a target, and undone; `words` is what the sync in between says, `before` what one says that
    begins in that state ("": it waits, as the one that is under way).
    """

    do: Change
    undo: Change
    words: str
    before: str = ""


ELASTIC_STATES = {
    "closed": State(
        lambda target: ask(target, "POST", f"{behind(target)}/_close"),
        lambda target: ask(target, "POST", f"{behind(target)}/_open"),
        "index_closed_exception",
        "is closed",
    ),
    "read-only": State(
        setting("index.blocks.read_only", True), setting("index.blocks.read_only", None), "cluster_block_exception"
    ),
    "blocked": State(
        setting("index.blocks.write", True), setting("index.blocks.write", None), "cluster_block_exception"
    ),
    "full": State(
        setting("index.blocks.read_only_allow_delete", True),
        setting("index.blocks.read_only_allow_delete", None),
        "cluster_block_exception",
    ),
    "no write index": State(
        alias(("add", "_2"), also=second_index),
        alias(("remove", "_2")),
        "no write index is defined",
        "no write index is defined for the alias",
    ),
    "no pipeline": State(
        setting("index.default_pipeline", "nowhere"),
        setting("index.default_pipeline", "_none"),
        "pipeline with id [nowhere] does not exist",
        "the pipeline with id [nowhere] does not exist, which index.default_pipeline",
    ),
    "no alias": State(alias(("remove", "_1")), alias(("add", "_1")), "the index was deleted", "HTTP 404"),
    "removed": State(
        lambda target: ask(target, "DELETE", behind(target)),
        lambda target: made(target),
        "the index was deleted",
        "HTTP 404",
    ),
}
SOLR_STATES = {
    "removed": State(
        lambda target: cores(target, "UNLOAD", deleteInstanceDir="true"),
        install_again,
        "not there any more",
        "HTTP 404",
    ),
    "made anew": State(remade, lambda _: None, "holds"),
}
CLOUD_STATES = {
    "read-only": State(
        lambda target: collections(target, "MODIFYCOLLECTION", readOnly="true"),
        lambda target: collections(target, "MODIFYCOLLECTION", readOnly=""),
        "is read-only",
        "is read-only",
    ),
    "removed": State(lambda target: collections(target, "DELETE"), install_again, "not there any more", "HTTP 404"),
    "no leader": State(
        lose_the_leader,
        lambda target: collections(target, "ADDREPLICA", shard="shard1", waitForFinalState="true"),
        "",
        "has no leader",
    ),
}
STATES = {
    "elasticsearch": ELASTIC_STATES,
    "opensearch": ELASTIC_STATES,
    "solr": SOLR_STATES,
    "solrcloud": CLOUD_STATES,
}
IN_CI = {
    ("elasticsearch", "closed"),
    ("elasticsearch", "no write index"),
    ("opensearch", "full"),
    ("solr", "made anew"),
    ("solrcloud", "read-only"),
}
CASES = [
    pytest.param(kind, name, id=f"{kind}-{name}", marks=[pytest.mark.long] * ((kind, name) not in IN_CI))
    for kind, states in STATES.items()
    for name in states
]


def made(target: Target) -> None:
    """On Elasticsearch and OpenSearch: the target is an alias."""
    index = Target(target.kind, base=target.base, index=behind(target))
    registry.install(index)
    alias(("add", "_1"))(target)


@pytest.fixture
def target(kind: str, request: pytest.FixtureRequest) -> Iterator[Target]:
    if kind not in ELASTIC:
        yield from make_index(kind, request)
        return
    base = request.getfixturevalue(f"{kind}_url")
    alias_ = parse_target(f"{kind}+{base}/state_{uuid.uuid4().hex[:12]}")
    try:
        made(alias_)
        yield alias_
    finally:
        for end in ("_1", "_2"):
            _drop(kind, replace(alias_, index=alias_.index + end))


@pytest.fixture
def proxy(target: Target, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Before the target's server."""
    for name, value in {"BATCH_DOCUMENTS": BATCH, "CONNECTIONS": 1, "WORKERS": 1, "RETRY_SECONDS": 2}.items():
        monkeypatch.setenv(f"INDEXER_{name}", str(value))
    with proxying(target.base) as proxy:
        yield proxy


def dump(path: Path, start: int, end: int, title: str) -> None:
    with path.open("w", encoding="utf-8") as lines:
        for number in range(start, end):
            fields = {"id": f"u{number}", "title": f"{title} {number}", "first_indexed": DATE, "institution": ["Here"]}
            print(json.dumps(fields), file=lines)


def configure(target: str) -> None:
    Path("dumps").mkdir(exist_ok=True)
    source = '[[source]]\nname = "s"\nprofile = "solr_json"\npaths = ["dumps"]\n'
    Path("indexer.toml").write_text(f'target = "{target}"\n{source}')


def expected() -> dict[str, str]:
    """Id -> title once both dumps are there."""
    return {f"u{number}": f"{'new' if number >= FIRST - 10 else 'old'} {number}" for number in range(SECOND)}


def titles(target: Target) -> dict[str, str]:
    back: dict[str, Fields] = read_back(target)
    return {id: str(fields["title"]) for id, fields in back.items()}


def letters(command: Command) -> list[Any]:
    found: list[Any] = json.loads(command("dead-letters", "list", "--json").out)["dead_letters"]
    return found


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_next_sync_ends_as_if_nothing_had_been(
    kind: str, name: str, target: Target, proxy: Proxy, command: Command
) -> None:
    state = STATES[kind][name]
    configure(f"{target.kind}+{proxy.url}/{target.index}")
    dump(Path("dumps/1.jsonl"), 0, FIRST, "old")
    assert command("sync").code == 0
    dump(Path("dumps/2.jsonl"), FIRST - 10, SECOND, "new")

    def disturb(exchange: Exchange) -> None:
        state.do(target)
        faults.pass_on(exchange)

    proxy.script([disturb], after=1)
    night = command("sync")
    assert night.code == ExitCode.TARGET, night.out + night.err
    assert state.words in night.err
    assert letters(command) == []
    if state.before:
        again = command("sync")
        assert again.code == ExitCode.TARGET, again.out + again.err
        assert state.before in again.err
        assert "othing was sent" in again.err
        assert letters(command) == []

    state.undo(target)
    mended = command("sync")
    assert mended.code == 0, mended.out + mended.err
    assert titles(target) == expected()
    quiet = command("sync")
    assert (quiet.code, "nothing new" in quiet.out) == (0, True)


@pytest.mark.parametrize("kind", ["elasticsearch", pytest.param("opensearch", marks=pytest.mark.long)])
@pytest.mark.parametrize("block", ["read_only_allow_delete", "read_only", "write"])
def test_a_block_that_goes_away_is_waited_for(
    kind: str, block: str, target: Target, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set before the first load into an empty index, too, whose settings it does not let anybody change."""
    configure(str(target))
    dump(Path("dumps/1.jsonl"), 0, 2, "old")
    put(target, **{f"index.blocks.{block}": True})
    later = threading.Timer(3, put, [target], {f"index.blocks.{block}": None})
    later.start()
    ended = command("sync")
    later.join()
    assert ended.code == 0, ended.out + ended.err
    assert ended.pauses > 0
    assert titles(target) == {"u0": "old 0", "u1": "old 1"}
    assert letters(command) == []
    with closing(open_index(target)) as sink:
        settings: dict[str, str | None] = sink.bulk_settings()  # type: ignore[attr-defined]
    assert settings["index.refresh_interval"] != "-1"


@pytest.mark.parametrize("kind", ["elasticsearch"])
def test_what_the_target_refused_is_sent_again_by_the_next_sync(
    kind: str, target: Target, proxy: Proxy, command: Command
) -> None:
    """A few of a batch, with words that name none of them: not enough to stop for."""
    configure(f"{target.kind}+{proxy.url}/{target.index}")
    dump(Path("dumps/1.jsonl"), 0, 2 * BATCH, "old")
    proxy.script([faults.refuse_items(400, lambda number, _: number < 3)], after=0)
    night = command("sync")
    assert night.code == ExitCode.REJECTED
    assert "3 records of the sources are not in the index" in night.out
    assert len(letters(command)) == 3

    mended = command("sync", "--json")
    assert mended.code == 0, mended.err
    assert mended.books("s") == dict.fromkeys(("unchanged", "deleted", "filtered", "rejected"), 0) | {
        "read": 3,
        "indexed": 3,
    }
    assert letters(command) == []
    assert len(titles(target)) == 2 * BATCH
