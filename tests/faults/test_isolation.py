"""A document that an engine refuses costs itself only, wherever it lies in its batch, and is kept to be tried again."""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from indexer.engines import registry
from indexer.engines.registry import parse_target
from indexer.engines.solr.install import configset_zip
from indexer.model.documents import Fields
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from indexer.state import dead_letters
from indexer.state.dead_letters import StoredLetter
from indexer.state.store import Store
from tests.conformance.conftest import SERVERS, _drop, _split
from tests.end_to_end.conftest import read_back
from tests.faults.conftest import Command, empty, make_index
from tests.schemas.collections import make_collection

DATE = "2020-02-29T12:00:00Z"
NINE = (1, 23, 24, 46, 68, 90, 102, 103, 199)  # the first and the last one, neighbours, and both halves of every half
LONG = "x" * 40_000  # more than the 32,766 bytes that Lucene takes as one term
ENGINES = [
    "embedded",
    *(pytest.param(name, marks=pytest.mark.servers) for name in [*SERVERS, "solr without tolerance"]),
]


@pytest.fixture(scope="module", params=ENGINES)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """SolrCloud with two shards on two nodes, so that what a batch says of forwarded documents is seen, too."""
    match request.param:
        case "embedded":
            made = parse_target(f"embedded:{tmp_path_factory.mktemp('embedded') / 'index'}")
            registry.install(made)
            yield made
        case "solr without tolerance":
            yield from make_intolerant(request.getfixturevalue("solrcloud_url"))
        case kind:
            for made in make_index(kind, request):
                if kind == "solrcloud":
                    _split(made)
                yield made


def make_intolerant(url: str) -> Iterator[Target]:
    """A collection whose update chain refuses a whole batch for one document, as that of VuFind's own configuration."""
    target = parse_target(f"solr+{url}/faults_{uuid.uuid4().hex[:12]}")
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(configset_zip())) as ours, zipfile.ZipFile(packed, "w") as changed:
        for file in ours.namelist():
            text = ours.read(file).decode()
            if file == "solrconfig.xml":
                start = text.index('<processor class="solr.TolerantUpdateProcessorFactory">')
                text = text[:start] + text[text.index("</processor>", start) + len("</processor>") :]
            changed.writestr(file, text)
    configs = f"{url}/admin/configs"
    requests.post(
        configs,
        params={"action": "UPLOAD", "name": target.index},
        data=packed.getvalue(),
        headers={"Content-Type": "application/octet-stream"},
        timeout=120,
    ).raise_for_status()
    try:
        make_collection(target, numShards="2")
        yield target
    finally:
        _drop("solrcloud", target)
        requests.get(configs, params={"action": "DELETE", "name": target.index}, timeout=120)


@pytest.fixture(autouse=True)
def nothing_in_it(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEXER_WORKERS", "1")
    empty(target)


def dump(path: Path, count: int, **bad: dict[str, str]) -> Path:
    """Documents u1 to u`count`; those named in `bad` with these fields instead of what is right."""
    with path.open("w", encoding="utf-8") as lines:
        for number in range(1, count + 1):
            fields = {"id": f"u{number}", "title": f"Title {number}", "first_indexed": DATE, "institution": ["Here"]}
            print(json.dumps(fields | bad.get(f"u{number}", {})), file=lines)
    return path


def letters(target: Target) -> list[StoredLetter]:
    store = Store("sqlite:///var/state.db")
    try:
        return dead_letters.find(store, target=str(target))
    finally:
        store.close()


def mend_and_replay(target: Target, command: Command) -> dict[str, Fields]:
    """Gives the records a right date, and tries them again: nothing is left. What the index holds then."""
    Path("indexer.toml").write_text(f'[profile.mended]\nbase = "solr_json"\nconstants.first_indexed = "{DATE}"\n')
    mended = command("dead-letters", "replay", "--all", "--profile", "mended", "--target", target)
    assert mended.code == 0, mended.err
    assert letters(target) == []
    return read_back(target)


def is_clean(back: dict[str, Fields], count: int) -> None:
    """The documents of a dump without anything bad in it."""
    assert back.keys() == others(count, set())
    for number in range(1, count + 1):
        told = back[f"u{number}"]
        assert (told["title"], told["first_indexed"], told["institution"]) == (f"Title {number}", DATE, ["Here"])


def others(count: int, bad: set[str]) -> set[str]:
    return {f"u{number}" for number in range(1, count + 1)} - bad


def test_two_hundred_with_nine_bad_dates(target: Target, command: Command) -> None:
    bad = {f"u{number}": {"first_indexed": f"day {number}"} for number in NINE}
    ended = command("load", dump(Path("dump.jsonl"), 200, **bad), "--json", "--target", target)
    assert ended.code == ExitCode.REJECTED, ended.err
    assert ended.pauses == 0
    books = ended.books("solr_json")
    assert (books["read"], books["indexed"], books["rejected"]) == (200, 191, 9)
    beside = read_back(target)
    assert beside.keys() == others(200, set(bad))
    kept = letters(target)
    assert {letter.document_id for letter in kept} == set(bad)
    assert {letter.stage for letter in kept} == {"index"}
    for letter in kept:  # the engine's own words, and the whole record
        assert bad[letter.document_id or ""]["first_indexed"] in letter.reason
        assert json.loads(letter.raw)["id"] == letter.document_id

    back = mend_and_replay(target, command)
    assert back == beside | {id: back[id] for id in bad}
    is_clean(back, 200)


def test_three_thousand_with_one_bad_date(target: Target, command: Command) -> None:
    bad = {"u1777": {"first_indexed": "yesterday"}}
    ended = command("load", dump(Path("dump.jsonl"), 3000, **bad), "--json", "--target", target)
    assert ended.code == ExitCode.REJECTED, ended.err
    assert ended.books("solr_json")["indexed"] == 2999
    assert [letter.document_id for letter in letters(target)] == ["u1777"]
    beside = read_back(target)
    assert beside.keys() == others(3000, {"u1777"})
    back = mend_and_replay(target, command)
    assert back == beside | {"u1777": back["u1777"]}
    is_clean(back, 3000)


def test_a_run_that_goes_wrong_stops_and_is_mended(target: Target, command: Command) -> None:
    """More rejected records than load.error_budget allows: the same command goes on when there is more of it."""
    bad = {f"u{number}": {"first_indexed": "never"} for number in range(150, 210)}
    path = dump(Path("dump.jsonl"), 1200, **bad)
    Path("indexer.toml").write_text("[load]\nconnections = 1\nbatch_documents = 50\nerror_budget.count = 20\n")
    ended = command("load", path, "--json", "--target", target)
    assert ended.code == ExitCode.REJECTED
    assert "records were rejected, more than load.error_budget" in ended.err
    assert "books closed" in ended.err
    kept = {letter.document_id for letter in letters(target)}
    assert 20 < len(kept) <= 60
    assert read_back(target).keys() < others(1200, set(bad))

    Path("indexer.toml").unlink()
    ended = command("load", path, "--json", "--target", target)
    assert ended.code == ExitCode.REJECTED, ended.err
    assert "resuming at record" in ended.err
    books = ended.books("solr_json")
    assert (books["read"], books["rejected"]) == (1200, 60)
    assert {letter.document_id for letter in letters(target)} == set(bad)
    assert read_back(target).keys() == others(1200, set(bad))
    is_clean(mend_and_replay(target, command), 1200)


def test_strings_over_the_engines_limit(target: Target, command: Command) -> None:
    bad: dict[str, dict[str, str]] = {f"u{number}": {"institution": LONG} for number in (1, 50, 51, 120)}
    ended = command("load", dump(Path("dump.jsonl"), 120, **bad), "--json", "--target", target)
    assert ended.code == ExitCode.REJECTED, ended.err
    assert {letter.document_id for letter in letters(target)} == set(bad)
    assert all(len(letter.reason) <= 1000 for letter in letters(target))
    assert read_back(target).keys() == others(120, set(bad))
