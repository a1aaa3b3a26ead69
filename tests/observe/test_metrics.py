"""The metrics as Prometheus reads them."""

import os
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from indexer.model.books import Books
from indexer.model.errors import ConfigError
from indexer.observe import metrics
from indexer.state.generations import Generation
from indexer.state.overview import Overview, Run
from indexer.state.owners import Holder
from tests.observe.builds import told

TARGET = 'solr+http://search:8983/solr/"biblio"\\'


def overview(**changes: object) -> Overview:
    run = Run(
        command="sync",
        started="2026-11-28T02:00:00Z",
        finished="2026-11-28T02:10:00Z",
        exit_code=1,
        seconds=600.0,
        retries=2,
        books={"pmc": Books(read=10, indexed=8, rejected=1)},
    )
    given: dict[str, object] = {"target": TARGET, "last": [run], "good": {"sync": run}, "dead_letters": 3}
    return Overview(**(given | changes))  # type: ignore[arg-type]


def read(file: Path) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Name -> labels (without the target, which is held to be ours) -> value."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(file.read_text()):
        assert family.documentation
        for sample in family.samples:
            labels = dict(sample.labels)
            if sample.name != "indexer_build_info":
                assert labels.pop("target") == TARGET
            found.setdefault(sample.name, {})[tuple(sorted(labels.items()))] = sample.value
    return found


def test_what_the_state_knows_is_told(tmp_path: Path) -> None:
    file = tmp_path / "folder/indexer.prom"
    generation = Generation("g1", "live", "2026-01-01T00:00:00Z", documents=9)
    before = os.umask(0o077)
    try:
        holder = Holder("reindex", "here", 1, "2026-01-01T00:00:00Z")
        metrics.write(file, [overview(generations=[generation], running=[holder], build=told())])
    finally:
        os.umask(before)
    found = read(file)
    sync = (("command", "sync"),)
    assert found["indexer_last_run_timestamp_seconds"] == {sync: 1795831800}
    assert found["indexer_last_success_timestamp_seconds"] == {sync: 1795831200}
    assert found["indexer_last_run_exit_code"] == {sync: 1}
    assert found["indexer_run_seconds"] == {sync: 600}
    assert found["indexer_retries"] == {sync: 2}
    assert found["indexer_books_open"] == {sync: 1}
    assert found["indexer_dead_letters"] == {(): 3}
    assert found["indexer_records"][(*sync, ("outcome", "rejected"), ("source", "pmc"))] == 1
    assert found["indexer_records"][(*sync, ("outcome", "read"), ("source", "pmc"))] == 10
    assert found["indexer_generation_info"] == {(("generation", "g1"), ("state", "live")): 1}
    assert found["indexer_generation_documents"] == {(("generation", "g1"),): 9}
    assert found["indexer_running"] == {(("command", "reindex"),): 1}
    derive = (("stage", "derive"),)
    assert found["indexer_cluster_parts"][derive] == 10
    assert found["indexer_cluster_parts_done"][derive] == 6
    assert found["indexer_cluster_seconds_left"] == {derive: 20}
    assert found["indexer_cluster_requests"] == {(): 4}
    assert found["indexer_cluster_worker_records"][("worker", "a"),] == 2000
    assert found["indexer_cluster_worker_seconds"][("worker", "a"),] == 2.2
    assert {by[0][1]: value for by, value in found["indexer_cluster_worker_slow"].items()} == {"a": 0, "b": 0, "<c>": 1}
    assert found.keys() == {"indexer_build_info", *metrics.GAUGES}
    assert file.stat().st_mode & 0o044 == 0o044  # node_exporter is another user


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "indexer.prom"
    metrics.write(file, [overview()])
    before = file.stat().st_ino
    metrics.write(file, [overview(dead_letters=0)])
    assert file.stat().st_ino != before
    assert read(file)["indexer_dead_letters"] == {(): 0}
    (tmp_path / "folder.prom").mkdir()
    with pytest.raises(ConfigError):
        metrics.write(tmp_path / "folder.prom", [overview()])
    assert {each.name for each in tmp_path.iterdir()} == {file.name, "folder.prom"}


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"metrics\.file .*/file/indexer\.prom: "):
        metrics.write(tmp_path / "file/indexer.prom", [overview()])
