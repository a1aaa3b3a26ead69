"""What people see of a state that release 0.1.0 left behind: everything goes on as if nothing had been."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from indexer.cli import main
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from indexer.pipeline import pool, run
from indexer.state.tables import REVISION
from tests.end_to_end.conftest import read_back
from tests.end_to_end.syncing import configure, counts, numbered, page
from tests.forked import command, forked
from tests.state.conftest import Python, python
from tests.state.earlier import back_to_0_1_0, tables, write_0_1_0

__all__ = ["python"]  # a fixture

SOURCE = "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']"
KILLED = 99


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the state is: nothing is there yet."""
    monkeypatch.setenv("INDEXER_STATE", "sqlite:///state.db")
    return tmp_path / "state.db"


def told(out: str) -> Any:
    return json.loads(out)


def test_status_and_dead_letters_tell_what_was_there(tmp_path: Path, state: Path) -> None:
    before = tables(write_0_1_0(f"sqlite:///{state}"))
    ended = command(tmp_path, "status", "--json")
    copy = tmp_path / f"state.db.before-{REVISION}"
    assert ended.code == 0
    assert ended.err.startswith("the state of indexer 0.1.0 was brought to ")
    assert ended.err.endswith(f"; as it was before, it is kept in {copy}\n")
    assert ended.err.count("\n") == 1
    shown = told(ended.out)
    assert [row["id"] for row in shown["runs"]] == [row["id"] for row in sorted(before["runs"], key=_newest)][:10]
    catalogue, plain = shown["targets"]
    assert {each["name"]: each["state"] for each in catalogue["generations"]} == {
        row["name"]: row["state"] for row in before["generations"]
    }
    assert (catalogue["dead_letters"], plain["dead_letters"]) == (21, 1)
    listed = command(tmp_path, "dead-letters", "list", "--json")
    assert listed.err == ""
    assert {row["document_id"] for row in told(listed.out)["dead_letters"]} == {
        row["document_id"] for row in before["dead_letters"]
    }


def _newest(row: dict[str, Any]) -> int:
    return -int(row["id"])


def test_in_the_log_it_is_an_event(tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEXER_LOG_FORMAT", "json")
    write_0_1_0(f"sqlite:///{state}")
    [line] = command(tmp_path, "status").err.splitlines()
    assert told(line)["event"] == "state_upgraded"


def test_a_dead_letter_is_tried_again(tmp_path: Path, state: Path) -> None:
    write_0_1_0(f"sqlite:///{state}")
    ended = command(tmp_path, "dead-letters", "replay", "--all", "--target", "embedded:plain")
    assert ended.code == 0, ended
    assert "1 came through; 0 stay in the dead letters" in ended.out
    assert read_back(Target("embedded", path=str(tmp_path / "plain"))).keys() == {"r202"}
    assert "r202" not in {row["document_id"] for row in tables(f"sqlite:///{state}")["dead_letters"]}


def test_a_load_that_was_killed_goes_on_where_it_was(tmp_path: Path, state: Path) -> None:
    dump = page(tmp_path / "dump.xml", *numbered(100))
    arguments = ("load", dump, "--profile", "ojs", "--target", "embedded:index", "--json")

    def work() -> None:
        run.COMMIT_EVERY = 0
        pool.CHUNK_RECORDS = 10
        commits, real = [], EmbeddedSink.commit

        def commit(sink: EmbeddedSink) -> None:
            real(sink)
            commits.append(sink)
            if len(commits) == 5:
                os._exit(KILLED)

        EmbeddedSink.commit = commit  # type: ignore[assignment, method-assign]
        sys.argv = ["indexer", *map(str, arguments)]
        main.main()

    assert forked(tmp_path, work).code == KILLED
    back_to_0_1_0(state)
    [begun] = tables(f"sqlite:///{state}")["checkpoints"]
    assert 0 < begun["items"] < 100
    ended = command(tmp_path, *arguments)
    assert ended.code == 0, ended
    # what is read anew is unchanged: had it begun at the first record, those of before would be
    assert counts(ended, "ojs")["read"] == 100
    assert counts(ended, "ojs").get("unchanged", 0) < begun["items"]
    assert len(read_back(Target("embedded", path=str(tmp_path / "index")))) == 100


def test_sync_finds_nothing_new_and_generations_go_on(tmp_path: Path, state: Path) -> None:
    page(tmp_path / "dumps/1.xml", *numbered(5))
    configure(tmp_path, SOURCE)
    assert command(tmp_path, "sync").code == 0
    assert command(tmp_path, "reindex", "--adopt", "--quiet").code == 0
    before = command(tmp_path, "generations", "--json")
    back_to_0_1_0(state)
    again = command(tmp_path, "generations", "--json")
    assert "was brought to" in again.err
    assert again.out == before.out
    back_to_0_1_0(state)
    assert command(tmp_path, "sync").out.startswith("j   nothing new\n")
    back_to_0_1_0(state)
    assert command(tmp_path, "rollback").code == 0
    page(tmp_path / "dumps/2.xml", ("n0000", ""))
    assert counts(command(tmp_path, "sync", "--json", "--max-share", "1"), "j")["deleted"] == 1


def test_a_run_of_the_release_before_keeps_it_as_it_is(tmp_path: Path, state: Path, python: Python) -> None:
    """Until it has ended: with the exit code of a lock."""
    page(tmp_path / "dumps/1.xml", *numbered(5))
    configure(tmp_path, SOURCE)
    holding = """
import sys
from indexer.state.lock import hold
from indexer.state.store import Store
with hold(Store(sys.argv[1]), "embedded:index", command="sync"):
    print("held", flush=True)
    sys.stdin.readline()
"""
    process = python(holding, f"sqlite:///{state}")
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    back_to_0_1_0(state)
    refused = command(tmp_path, "sync")
    assert refused.code == ExitCode.LOCKED
    assert f"was written by indexer 0.1.0, and is in use: 'sync' by process {process.pid} on " in refused.err
    process.communicate("done\n", timeout=60)
    ended = command(tmp_path, "sync")
    assert ended.code == 0
    assert "was brought to" in ended.err
