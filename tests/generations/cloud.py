"""Collections of several shards, and a SolrCloud of a test's own, whose nodes may be killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.engines.solr.install import CLOUD_CONFIGSET
from indexer.model.targets import Target
from tests.faults.own_server import OwnServer
from tests.generations.places import fill, plain
from tests.schemas.collections import make_collection


def admin(target: Target, action: str, **params: str) -> Any:
    answer = requests.get(f"{target.base}/admin/collections", params={"action": action, **params}, timeout=120)
    answer.raise_for_status()
    return answer.json()


def split(target: Target, documents: int, **replicas: str) -> None:
    """A plain collection with two shards."""
    plain(target, 1)  # uploads the configset
    admin(target, "DELETE", name=target.index)
    make_collection(target, CLOUD_CONFIGSET, numShards="2", **replicas)
    fill(target, documents)


@pytest.fixture
def own_cloud(solrcloud_url: str, tmp_path: Path) -> Iterator[OwnServer]:
    server = OwnServer("solrcloud", tmp_path / "server")
    server.run("start")
    try:
        if not server.pid("solrcloud/node2"):
            pytest.skip("Solr runs in a container, which this test cannot kill")
        yield server
    finally:
        server.remove()
