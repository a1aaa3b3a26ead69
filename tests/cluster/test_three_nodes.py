"""A server of three nodes that loses one while workers push to it: the index is whole at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from indexer.engines import registry
from indexer.engines.registry import parse_target
from indexer.engines.solr.install import CLOUD_CONFIGSET
from indexer.model.targets import Target
from tests.cluster import dumps
from tests.cluster.builds import documents, load, remembered
from tests.cluster.processes import BUILD, serving, wait_until
from tests.conftest import PATIENCE
from tests.faults.own_server import OwnServer
from tests.schemas.collections import make_collection

NODES = 3
FILES = 40  # each is a part

pytestmark = [pytest.mark.servers, pytest.mark.long]


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OwnServer]:
    own = OwnServer(request.param, tmp_path / "server", NODES)
    own.run("start")
    if not own.pid(f"{own.kind}/node{NODES}"):
        pytest.skip("the server runs in a container, which this test cannot kill")
    yield own
    own.remove()


def spread(server: OwnServer) -> Target:
    """An index of three shards, two copies of each, on all nodes."""
    product = "solr" if server.kind == "solrcloud" else server.kind
    target = parse_target(f"{product}+{server.run('url')}/biblio")
    registry.install(target)
    if product == "solr":
        params = {"action": "DELETE", "name": target.index}
        requests.get(f"{target.base}/admin/collections", params=params, timeout=120).raise_for_status()
        make_collection(target, CLOUD_CONFIGSET, numShards="3", replicationFactor="2")
    else:
        url = f"{target.base}/{target.index}"
        requests.delete(url, timeout=60).raise_for_status()
        settings = {"index.number_of_shards": NODES, "index.number_of_replicas": 1}
        requests.put(url, json={"settings": settings}, timeout=60).raise_for_status()
        health = f"{target.base}/_cluster/health?wait_for_status=green&timeout=120s"
        assert requests.get(health, timeout=130).json()["status"] == "green"
    return target


def start(folder: Path, scheduler: str, target: Target, paths: list[str]) -> subprocess.Popen[str]:
    (folder / "indexer.toml").write_text(
        f'target = "{target}"\nstate = "sqlite:///two.db"\nreports = ""\n'
        "[load]\ndates = true\nbatch_documents = 10\nerror_budget = { share = 1.0 }\n"
        f'[cluster]\nscheduler = "{scheduler}"\nscratch = "scratch"\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-c", BUILD, "load", *paths, "--profile", "ojs"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def that_leads(server: OwnServer, target: Target) -> int:
    """The number of the node that leads most shards; not the first one, which is asked and has the ZooKeeper."""
    if server.kind != "solrcloud":
        return NODES
    params = {"action": "CLUSTERSTATUS", "collection": target.index}
    answer = requests.get(f"{target.base}/admin/collections", params=params, timeout=60).json()
    shards = answer["cluster"]["collections"][target.index]["shards"].values()
    leaders = [each["node_name"] for row in shards for each in row["replicas"].values() if each.get("leader")]
    return max(range(2, NODES + 1), key=lambda number: sum(f":{server.port(number)}_" in each for each in leaders))


@pytest.mark.parametrize(
    ("server", "back"),
    [("elasticsearch", False), ("elasticsearch", True), ("solrcloud", False), ("solrcloud", True)],
    indirect=["server"],
    ids=["elasticsearch", "elasticsearch, back after a while", "solrcloud", "solrcloud, back at once"],
)
def test_a_node_is_lost_in_mid_push(tmp_path: Path, server: OwnServer, back: bool) -> None:
    target = spread(server)
    victim = that_leads(server, target)
    paths = dumps.write(tmp_path / "dumps", files=FILES, records=100, ids=3000)
    one = load(tmp_path, "one", paths)
    with serving() as (scheduler, _, _):
        build = start(tmp_path, scheduler, target, paths)
        wait_until(tmp_path, "push", 3, build)
        assert build.poll() is None
        os.kill(server.pid(f"{server.kind}/node{victim}"), signal.SIGKILL)
        assert len(list(tmp_path.glob("scratch/*/to-*/pushed/*"))) < FILES
        if back:
            time.sleep(10)
            server.run("start")
        said = build.communicate(timeout=PATIENCE)[0]
    assert build.returncode == one.exit_code, said
    found, wanted = documents(str(target)), documents(f"embedded:{tmp_path / 'one'}")
    assert found.keys() == wanted.keys() != set()
    for id, document in found.items():  # Solr does not give what it does not store
        assert document == {name: wanted[id][name] for name in document}
        assert document["title"]
    assert remembered(tmp_path, "two") == remembered(tmp_path, "one")
