"""What a switch by hand or by a re-index leaves behind on Elasticsearch, where an index can be closed to writes and has
settings of its own.
"""

from contextlib import closing
from pathlib import Path

import pytest
import requests

from indexer.engines.elastic.sink import BULK_SETTINGS, ElasticSink
from indexer.model.targets import Target
from indexer.state import saved_settings
from indexer.state.generations import index_name
from indexer.state.store import Store
from tests.conftest import ROOT
from tests.end_to_end.syncing import configure, page
from tests.generations.versions import found, report, run

KINDS = [pytest.param("elasticsearch", marks=pytest.mark.servers)]


def set_(target: Target, index: str, **settings: object) -> None:
    requests.put(f"{target.base}/{index}/_settings", json=settings, timeout=60).raise_for_status()


def test_no_switch_where_what_was_deleted_by_hand_cannot_be_deleted_again(target: Target, tmp_path: Path) -> None:
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']", target=str(target))
    page(tmp_path / "dumps/1.xml", ("1", "title"), ("2", "title"), ("3", "title"))
    former = report(tmp_path, ROOT, "reindex")["generation"]
    live = report(tmp_path, ROOT, "reindex")["generation"]
    assert run(tmp_path, ROOT, "delete", "1", "--max-share", "1")[0] == 0
    set_(target, f"{target.index}_{former}", **{"index.blocks.write": True})
    code, said = run(tmp_path, ROOT, "rollback")
    assert code == 3, said
    assert "could not be deleted again" in said
    assert f"{live}   live" in run(tmp_path, ROOT, "generations")[1]
    set_(target, f"{target.index}_{former}", **{"index.blocks.write": None})
    assert run(tmp_path, ROOT, "rollback")[0] == 0
    assert found(target, "title") == 2


def test_a_new_generation_is_spread_as_the_live_one_was_before_a_killed_load(target: Target, tmp_path: Path) -> None:
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']", target=str(target))
    page(tmp_path / "dumps/1.xml", ("1", "title"))
    live = report(tmp_path, ROOT, "reindex")["generation"]
    with (
        closing(Store(f"sqlite:///{tmp_path}/var/state.db")) as store,
        closing(ElasticSink(target)) as sink,
    ):
        before = sink.bulk_settings()
        assert before["index.number_of_replicas"] != "0"
        saved_settings.write(store, index_name(str(target), live), before)
        sink.put_settings(BULK_SETTINGS)
        report(tmp_path, ROOT, "reindex")
        assert sink.bulk_settings() == before
        assert saved_settings.read(store, index_name(str(target), live)) is None
