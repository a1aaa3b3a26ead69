"""A build by workers that send for themselves, on each server: documents and state as one machine leaves them."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from indexer.engines import registry
from indexer.engines.registry import open_index, parse_target
from tests.cluster import dumps, patches
from tests.cluster.apart import Apart
from tests.cluster.builds import documents, load, remembered
from tests.faults.proxy import proxying, refuse
from tests.generations.own_core import own_core

SERVERS = {"solr": "solr", "solrcloud": "solr", "elasticsearch": "elasticsearch", "opensearch": "opensearch"}
OWN_CORE = "a core of its own"  # with copyField rules and an update chain, as VuFind's has

pytestmark = pytest.mark.servers


@pytest.fixture(params=[*SERVERS, OWN_CORE])
def target(request: pytest.FixtureRequest) -> Iterator[str]:
    """The beginning of two targets' URLs, whose names end with 1 and 2."""
    kind = request.param
    if kind == OWN_CORE:
        beginning = f"solr+{request.getfixturevalue('solr_url')}/cluster_{uuid.uuid4().hex[:8]}"
        with own_core(parse_target(f"{beginning}1")), own_core(parse_target(f"{beginning}2")):
            yield beginning
        return
    base, name = request.getfixturevalue(f"{kind}_url"), f"cluster_{uuid.uuid4().hex[:8]}"
    for number in "12":
        registry.install(parse_target(f"{SERVERS[kind]}+{base}/{name}{number}"))
    yield f"{SERVERS[kind]}+{base}/{name}"
    for number in "12":
        if kind == "solr":
            params = {"action": "UNLOAD", "core": name + number, "deleteInstanceDir": "true"}
            requests.get(f"{base}/admin/cores", params=params, timeout=60)
        elif kind == "solrcloud":
            params = {"action": "DELETE", "name": name + number}
            requests.get(f"{base}/admin/collections", params=params, timeout=60)
        else:
            requests.delete(f"{base}/{name}{number}", timeout=60)
            requests.delete(f"{base}/_index_template/{name}{number}", timeout=60)


def test_workers_send_what_one_machine_sends(tmp_path: Path, apart: Apart, target: str) -> None:
    paths = dumps.write(tmp_path / "dumps", seed=3)
    one = load(tmp_path, "one", paths, target=f"{target}1")
    two = apart.load(tmp_path, "two", paths, target=f"{target}2", cluster__requests=2, patches=[patches.small_parts])
    found = documents(f"{target}2")
    assert found == documents(f"{target}1") != {}
    assert remembered(tmp_path, "two") == remembered(tmp_path, "one")
    assert not two.summary.account.open_sources
    assert two.summary.account.total.read == one.summary.account.total.read
    with closing(open_index(parse_target(f"{target}2"))) as index:
        index.check()
        assert index.count() == len(found)


@pytest.mark.parametrize("target", ["solr", "elasticsearch"], indirect=True)
def test_fewer_requests_go_out_once_the_engine_is_busy(tmp_path: Path, apart: Apart, target: str) -> None:
    paths = dumps.write(tmp_path / "dumps", seed=4)
    one = load(tmp_path, "one", paths, target=f"{target}1")
    product, _, url = f"{target}2".partition("+")
    with proxying(url) as proxy:
        proxy.script([refuse(429, retry_after="1")] * 3, after=4)
        two = apart.load(
            tmp_path, "two", paths, target=f"{product}+{proxy.url}", cluster__requests=8, patches=[patches.small_parts]
        )
    assert documents(f"{target}2") == documents(f"{target}1") != {}
    assert two.summary.account.total.read == one.summary.account.total.read
    assert two.summary.retries >= 3
    assert two.summary.build is not None
    assert two.summary.build.fewest is not None
    assert 1 <= two.summary.build.fewest < 8
