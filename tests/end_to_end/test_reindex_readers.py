"""`reindex`, `rollback` and `promote` on every engine, with readers that never pause, and with what may go wrong."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.engines.registry import parse_target
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.conformance.conftest import SERVERS
from tests.conftest import PATIENCE
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.reindexing import JOURNAL, WORD, dump, failed, listed, titles_of, told
from tests.end_to_end.syncing import configure
from tests.generations.conftest import KINDS, REMOVE, unique
from tests.generations.readers import reading

#: What concerns a re-index more than its engine: the others are left to the long run.
FEW = ["embedded", *(pytest.param(kind, marks=[pytest.mark.servers, pytest.mark.long]) for kind in SERVERS)]


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """Nothing is there yet; what a test puts there is gone afterwards, generations included."""
    kind = request.param
    if kind not in SERVERS:
        yield parse_target(f"{kind}:{tmp_path / 'index'}")
        return
    product, fixture = SERVERS[kind]
    base, name = request.getfixturevalue(fixture), unique()
    try:
        yield parse_target(f"{product}+{base}/{name}")
    finally:
        REMOVE[kind](base, name)


def test_readers_see_no_error_and_never_less_than_the_smaller_generation(
    indexer: Indexer, target: Target, tmp_path: Path
) -> None:
    configure(tmp_path, JOURNAL, target=str(target))
    dump(tmp_path / "dumps/1.xml", 0, 60)
    assert indexer("schema", "install").code == 0
    assert indexer("sync").code == 0
    with reading(target, "n7", WORD) as readers:
        dump(tmp_path / "dumps/2.xml", 60, 90)
        first = told(indexer("reindex", "--adopt", "--json"))
        assert first["promoted"]
        readers.forgive_giving_way(target.kind)
        assert len(titles_of(target)) == 90
        back = told(indexer("rollback", "--json"))
        assert (back["live"], back["documents"], back["behind"]) == (first["former"], 60, 1)
        assert len(titles_of(target)) == 60
        readers.look_again()
        assert told(indexer("sync", "--json"))["books"]["j"]["indexed"] == 30
        assert told(indexer("promote", first["generation"], "--json"))["documents"] == 90
        dump(tmp_path / "dumps/3.xml", 90, 95)
        second = told(indexer("reindex", "--json"))
        assert second["promoted"]
        assert second["dropped"] == [first["former"]]
        readers.look_again()
    assert readers.problems == []
    assert min(readers.counts) == 60
    assert max(readers.counts) == 95
    assert listed(indexer) == {second["generation"]: "live", first["generation"]: "former"}
    assert titles_of(target) == {f"n{number}": f"{WORD} {number}" for number in range(95)}
    assert indexer("sync").out.startswith("j   nothing new\n")


@pytest.mark.parametrize("target", FEW, indirect=True)
def test_what_does_not_hold_leaves_the_live_index_as_it_was(indexer: Indexer, target: Target, tmp_path: Path) -> None:
    """A source that is cut to half, a mapping that loses a field, a dump that breaks off."""
    configure(tmp_path, JOURNAL, target=str(target))
    dump(tmp_path / "dumps/1.xml", 0, 60)
    live = told(indexer("reindex", "--json"))["generation"]
    before = read_back(target)
    whole = (tmp_path / "dumps/1.xml").read_text()

    dump(tmp_path / "dumps/1.xml", 0, 30)
    assert failed(told(indexer("reindex", "--json"), ExitCode.VERIFICATION)) == {"size"}
    (tmp_path / "dumps/1.xml").write_text(whole[: len(whole) // 2])
    assert failed(told(indexer("reindex", "--json"), ExitCode.VERIFICATION)) == {"sources"}
    (tmp_path / "dumps/1.xml").write_text(whole)
    (tmp_path / "indexer.toml").write_text(
        (tmp_path / "indexer.toml").read_text().replace("'ojs'", "'ours'")
        + "[profile.ours]\nbase = 'ojs'\nconstants = { institution = [], collection = [] }\n"
    )
    lost = told(indexer("reindex", "--json"), ExitCode.VERIFICATION)
    assert failed(lost) == {"fields"}
    assert read_back(target) == before
    assert listed(indexer) == {lost["generation"]: "failed", live: "live"}

    configure(tmp_path, JOURNAL, target=str(target))
    dump(tmp_path / "dumps/2.xml", 60, 61)
    mended = told(indexer("reindex", "--json"))
    assert listed(indexer) == {mended["generation"]: "live", live: "former"}
    assert len(titles_of(target)) == 61


def killed(folder: Path, after: float) -> bool:
    """A re-index that is killed so many seconds after its start; False where it was through before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "indexer", "reindex", "--quiet"],
        cwd=folder,
        env=os.environ,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _, err = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    assert process.returncode == 0, err
    return False


def killed_at_moments(indexer: Indexer, target: Target, folder: Path, *, kills: int, seed: int, records: int) -> None:
    """Each re-index brings a later version of every record: readers find one version whole, the old or the new one."""
    configure(folder, JOURNAL, target=str(target))
    moments = random.Random(seed)
    version = done = 0
    dump(folder / "dumps/1.xml", 0, records, "v0")
    assert indexer("reindex").code == 0
    while done < kills:
        version += 1
        dump(folder / "dumps/1.xml", 0, records, f"v{version}")
        through = False
        for _ in range(3):
            if not killed(folder, moments.uniform(0.3, 6.0)):
                through = True
                break
            done += 1
            found = titles_of(target)
            assert len(found) == records
            assert len({title.rpartition(" v")[2] for title in found.values()} - {str(version), str(version - 1)}) == 0
            assert len({title.rpartition(" v")[2] for title in found.values()}) == 1
        if not through:
            report = told(indexer("reindex", "--json"))
            assert report["promoted"]
        found = titles_of(target)
        assert found == {f"n{number}": f"{WORD} {number} v{version}" for number in range(records)}
        assert sorted(listed(indexer).values()) == ["former", "live"]


@pytest.mark.parametrize("target", FEW, indirect=True)
def test_killed_at_some_moments(indexer: Indexer, target: Target, tmp_path: Path) -> None:
    killed_at_moments(indexer, target, tmp_path, kills=1, seed=1, records=500)


@pytest.mark.long
def test_killed_at_twenty_moments(indexer: Indexer, target: Target, tmp_path: Path) -> None:
    killed_at_moments(indexer, target, tmp_path, kills=20, seed=2, records=4000)


def test_a_disk_that_fills(indexer: Indexer, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    configure(tmp_path, JOURNAL)
    dump(tmp_path / "dumps/1.xml", 0, 50)
    live = told(indexer("reindex", "--json"))["generation"]
    dump(tmp_path / "dumps/2.xml", 50, 6000)
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); "
    full = subprocess.run(
        [sys.executable, "-c", limited + "from indexer.cli.main import main; main()", "reindex", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    err = full.stderr.decode()
    assert full.returncode in (ExitCode.TARGET, ExitCode.USAGE), err  # the index, or the state
    assert "Traceback" not in err
    assert "free" in err.lower()
    assert len(titles_of(parse_target(f"embedded:{tmp_path / 'index'}"))) == 50
    assert listed(indexer)[live] == "live"
    assert told(indexer("reindex", "--json"))["promoted"]
    assert len(titles_of(parse_target(f"embedded:{tmp_path / 'index'}"))) == 6000
    assert json.loads(indexer("generations", "--json").out)["plain"] is False
