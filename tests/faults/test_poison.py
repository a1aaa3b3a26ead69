"""A record that nobody gets done with costs itself: in the process that derives it, or on the way to the server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.engines.registry import parse_target
from indexer.model.documents import Fields
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from indexer.pipeline.bisect import ALONE_TRIES
from indexer.pipeline.push import Limits
from tests.conftest import PATIENCE
from tests.end_to_end.conftest import read_back
from tests.faults import proxy as faults
from tests.faults.conftest import Command, empty, make_index
from tests.faults.proxy import Fault, Proxy, proxying
from tests.pipeline.loading import write

#: A real one: (a+)+$ tries every way to cut the a's, 2 to their number.
PROFILE = """
[profile.endless]
base = "ojs"
id_search = "^(a+)+$"
id_replace = "x"
"""
COMMAND = "import indexer.pipeline.pool as pool; pool.PATIENCE = 4.0; from indexer.cli.main import main; main()"
POISON = "a" * 60 + "!"
OTHERS = {f"r{number}" for number in range(50)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [(id, "one") for id in sorted(OTHERS)]
    write(tmp_path, [[*lines[:20], (POISON, "one"), *lines[20:]]])
    (tmp_path / "indexer.toml").write_text(PROFILE)
    return tmp_path


def start(folder: Path, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *args, "--target", "embedded:index"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err, err
    return process.returncode, out


@pytest.mark.long
def test_a_record_without_end_is_killed_once_and_then_costs_itself(folder: Path) -> None:
    """One worker: the first load is held up until somebody kills it. The same command finds out why."""
    load = ("load", "f0.xml", "--profile", "endless", "--json")
    first = start(folder, *load)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and _seconds(first.pid) < 4:
        time.sleep(0.1)
    assert first.poll() is None
    first.kill()  # as its user would in the end
    first.communicate()

    code, out = ended(start(folder, *load))
    assert code == ExitCode.REJECTED
    report = json.loads(out)
    assert report["books"]["endless"] | {"read": 51, "indexed": 50, "rejected": 1} == report["books"]["endless"]
    target = parse_target(f"embedded:{folder / 'index'}")
    assert read_back(target).keys() == OTHERS

    code, out = ended(start(folder, "dead-letters", "replay", "--all", "--json"))
    assert code == ExitCode.REJECTED
    (folder / "indexer.toml").write_text(PROFILE.replace("(a+)+", "a+"))
    code, out = ended(start(folder, "dead-letters", "replay", "--all", "--profile", "endless", "--json"))
    assert code == 0, out
    assert read_back(target).keys() == OTHERS | {POISON}


def _seconds(pid: int) -> float:
    """Of the processor, that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


DATE = "2020-02-29T12:00:00Z"
BAD = {"u1", "u37", "u38", "u120"}
ON_THE_WAY: dict[str, Fault] = {"cut": faults.hang_up, "500": faults.refuse(500), "502": faults.refuse(502)}


@pytest.fixture(scope="module", params=["solr", "elasticsearch", pytest.param("opensearch", marks=pytest.mark.long)])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    yield from make_index(request.param, request)


@pytest.fixture
def proxy(target: Target, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Before the target's server, whose index is empty; with pauses that a test can wait for."""
    monkeypatch.setenv("INDEXER_BATCH_DOCUMENTS", "40")
    monkeypatch.setattr(Limits.__init__, "__defaults__", (100, 0.02))
    empty(target)
    with proxying(target.base) as proxy:
        yield proxy


@pytest.fixture
def clean(target: Target, command: Command, tmp_path: Path) -> dict[str, Fields]:
    """What a load leaves in the index when nothing is in its way."""
    with (tmp_path / "dump.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(1, 121):
            fields = {"id": f"u{number}", "title": f"Title {number}", "first_indexed": DATE, "institution": ["Here"]}
            print(json.dumps(fields), file=lines)
    empty(target)
    assert command("load", "dump.jsonl", "--target", target, "--force").code == 0
    return read_back(target)


def is_bad(_number: int, action: bytes) -> bool:
    return any(f'"{id}"'.encode() in action for id in BAD)


@pytest.mark.parametrize("name", [*ON_THE_WAY, "item"])
def test_documents_that_a_request_does_not_survive(
    name: str, clean: dict[str, Fields], proxy: Proxy, target: Target, command: Command
) -> None:
    """They are among the dead letters, their neighbours in the index; once the fault is gone, so are they."""
    if name == "item" and target.kind == "solr":
        pytest.skip("Solr's answer names only what it refuses")
    empty(target)
    proxy.otherwise = (
        faults.refuse_items(500, is_bad)
        if name == "item"
        else faults.where(lambda body: is_bad(0, body), ON_THE_WAY[name])
    )
    through = f"{target.kind}+{proxy.url}/{target.index}"
    ended = command("load", "dump.jsonl", "--json", "--target", through)
    assert ended.code == ExitCode.REJECTED, ended.err
    books = ended.books("solr_json")
    assert (books["read"], books["indexed"], books["rejected"]) == (120, 116, 4)
    assert read_back(target) == {id: fields for id, fields in clean.items() if id not in BAD}
    kept = json.loads(command("dead-letters", "list", "--json", "--target", through).out)["dead_letters"]
    assert {(letter["document_id"], letter["stage"]) for letter in kept} == {(id, "index") for id in BAD}
    assert len(proxy.pushes) <= 120 + 2 * ALONE_TRIES * len(BAD)

    proxy.otherwise = faults.pass_on
    assert command("dead-letters", "replay", "--all", "--target", through).code == 0
    assert read_back(target) == clean
    kept = json.loads(command("dead-letters", "list", "--json", "--target", through).out)["dead_letters"]
    assert kept == []
