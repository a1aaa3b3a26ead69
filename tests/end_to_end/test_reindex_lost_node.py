"""A node of a SolrCloud that is lost: nothing is promoted before it is back, and the next call goes on."""

import os
import signal
import time
from pathlib import Path

import pytest

from indexer.engines.registry import open_generations, parse_target
from indexer.model.errors import ExitCode
from tests.conftest import PATIENCE
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.reindexing import JOURNAL, dump, listed, titles_of, told
from tests.end_to_end.syncing import configure
from tests.faults.own_server import OwnServer
from tests.generations.cloud import own_cloud, split

__all__ = ["own_cloud"]  # a fixture


@pytest.mark.long
def test_a_lost_node(own_cloud: OwnServer, indexer: Indexer, tmp_path: Path) -> None:
    target = parse_target(f"solr+{own_cloud.run('url')}/biblio")
    split(target, 1, nrtReplicas="2")
    configure(tmp_path, JOURNAL + "\n[load]\nretry_seconds = 4", target=str(target))
    dump(tmp_path / "dumps/1.xml", 0, 60)
    assert indexer("sync").code == 0
    ready = told(indexer("reindex", "--adopt", "--no-promote", "--json"))
    live = ready["former"]
    os.kill(own_cloud.pid("solrcloud/node2"), signal.SIGKILL)
    place = open_generations(target)
    deadline = time.monotonic() + PATIENCE
    while not place.trouble() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert "is lost" in indexer("promote", ready["generation"]).err
    refused = indexer("reindex", "--json")
    assert refused.code in (ExitCode.VERIFICATION, ExitCode.TARGET), refused.err
    assert "is lost" in refused.out + refused.err
    assert indexer("promote", ready["generation"]).code == ExitCode.VERIFICATION
    assert listed(indexer)[live] == "live"
    assert len(titles_of(target)) == 60

    own_cloud.run("start")
    deadline = time.monotonic() + PATIENCE
    while place.trouble() and time.monotonic() < deadline:
        time.sleep(0.5)
    place.close()
    again = told(indexer("reindex", "--json"))
    assert again["generation"] == ready["generation"]
    assert listed(indexer) == {again["generation"]: "live", live: "former"}
    assert len(titles_of(target)) == 60
