"""The metrics file after each run, and what `status` says of it."""

import json
from pathlib import Path

from indexer.model.errors import ExitCode
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.listening import free_port
from tests.end_to_end.syncing import configure, page

METRICS = {"INDEXER_METRICS_FILE": "metrics/indexer.prom"}


def test_each_run_leaves_its_numbers(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "two"))
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    file = tmp_path / METRICS["INDEXER_METRICS_FILE"]
    assert indexer("sync", env=METRICS).code == 0
    text = file.read_text()
    assert 'indexer_records{command="sync",outcome="indexed",source="j",target="embedded:index"} 2.0' in text
    assert 'indexer_last_run_exit_code{command="sync",target="embedded:index"} 0.0' in text
    assert "indexer_running{" not in text  # the lock is given back by then

    (tmp_path / "bad.jsonl").write_text('{"title":"no id"}\n')
    assert indexer("load", "bad.jsonl", env=METRICS).code == ExitCode.REJECTED
    assert 'indexer_dead_letters{target="embedded:index"} 1.0' in file.read_text()
    assert indexer("dead-letters", "drop", "--all", env=METRICS).code == 0
    text = file.read_text()
    assert 'indexer_dead_letters{target="embedded:index"} 0.0' in text
    assert 'indexer_last_run_exit_code{command="load",target="embedded:index"} 1.0' in text
    assert 'indexer_records{command="sync",outcome="indexed",source="j",target="embedded:index"} 2.0' in text

    (told,) = json.loads(indexer("status", "--json").out)["targets"]
    assert [(run["command"], run["exit_code"], run["books_closed"]) for run in told["last"]] == [
        ("load", 1, True),
        ("sync", 0, True),
    ]
    assert told["last_success"].keys() == {"sync"}
    assert told["lag_seconds"] < 300
    shown = indexer("status").out
    assert "embedded:index\n    last run: load, ended " in shown
    assert "up to date with its sources as of " in shown
    assert "no dead letters" in shown


def test_a_dry_run_is_no_load_that_ended_well(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    for args in (["sync", "--dry-run"], ["delete", "a", "--dry-run"], ["sweep", "--dry-run"]):
        assert indexer(*args, env=METRICS).code == 0
    assert "no load, sync or reindex ended well yet" in indexer("status").out
    assert "indexer_last_success_timestamp_seconds{" not in (tmp_path / METRICS["INDEXER_METRICS_FILE"]).read_text()


def test_a_target_that_is_not_there_is_remembered_and_no_password_is_told(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    target = f"solr+http://loader:geheim@127.0.0.1:{free_port()}/solr/biblio"
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']", target=target)
    assert indexer("sync", env=METRICS).code == ExitCode.TARGET
    text = (tmp_path / METRICS["INDEXER_METRICS_FILE"]).read_text()
    assert 'indexer_last_run_exit_code{command="sync",target="solr+http://127.0.0.1:' in text
    assert "} 3.0" in text
    shown = indexer("status").out + indexer("status", "--json").out
    assert "the target failed (exit 3)" in shown
    ended = indexer("reindex", env=METRICS)
    assert ended.code == ExitCode.TARGET
    assert ended.err.endswith("Nothing was sent.\n")
    assert "reindex  the target failed (exit 3)" in indexer("status").out
    text = (tmp_path / METRICS["INDEXER_METRICS_FILE"]).read_text()
    assert 'indexer_last_run_exit_code{command="reindex",target="solr+http://127.0.0.1:' in text
    assert "no load, sync or reindex ended well yet" in shown
    assert "geheim" not in shown + text
    assert "loader" not in shown + text


def test_a_file_that_cannot_be_written_does_not_end_a_run(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    ended = indexer("sync", env={"INDEXER_METRICS_FILE": "indexer.toml/indexer.prom"})
    assert ended.code == 0
    assert "metrics.file indexer.toml/indexer.prom: " in ended.err


def test_a_reindex_is_one_run_of_its_target(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    assert indexer("reindex", env=METRICS).code == 0
    text = (tmp_path / METRICS["INDEXER_METRICS_FILE"]).read_text()
    assert 'indexer_last_run_exit_code{command="reindex",target="embedded:index"} 0.0' in text
    assert 'indexer_records{command="reindex",outcome="indexed",source="j",target="embedded:index"} 1.0' in text
    assert 'state="live",target="embedded:index"} 1.0' in text
    assert "generations/" not in text  # the index behind it is no target of its own
    (told,) = json.loads(indexer("status", "--json").out)["targets"]
    assert "reindex" in told["last_success"]
    shown = indexer("status").out
    assert ": live, 1 document" in shown
    assert "last run: reindex, " in shown
    assert indexer("reindex", "--no-promote").code == 0
    (again,) = json.loads(indexer("status", "--json").out)["targets"]
    assert again["last_success"].keys() == {"reindex", "reindex load", "reindex --no-promote"}
    assert again["refreshed"] == told["refreshed"]  # nothing live is newer
