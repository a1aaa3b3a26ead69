"""Cores, collections and indices with the bundled schema, made for the tests of this folder and removed after them."""

import uuid
from collections.abc import Iterator

import pytest
import requests

from indexer.engines.registry import install, parse_target
from indexer.model.targets import Target


@pytest.fixture(scope="session")
def core(solr_url: str) -> Iterator[Target]:
    target = parse_target(f"solr+{solr_url}/schema_{uuid.uuid4().hex[:8]}")
    install(target)
    yield target
    unload(target)


@pytest.fixture(scope="session")
def core10(solr10_url: str) -> Iterator[Target]:
    target = parse_target(f"solr+{solr10_url}/schema_{uuid.uuid4().hex[:8]}")
    install(target)
    yield target
    unload(target)


@pytest.fixture(scope="session")
def collection(solrcloud_url: str) -> Iterator[Target]:
    target = parse_target(f"solr+{solrcloud_url}/schema_{uuid.uuid4().hex[:8]}")
    install(target)
    yield target
    drop_collection(target)


@pytest.fixture(scope="session")
def elasticsearch(elasticsearch_url: str) -> Iterator[Target]:
    target = parse_target(f"elasticsearch+{elasticsearch_url}/schema_{uuid.uuid4().hex[:8]}")
    install(target)
    yield target
    drop_index(target)


@pytest.fixture(scope="session")
def opensearch(opensearch_url: str) -> Iterator[Target]:
    target = parse_target(f"opensearch+{opensearch_url}/schema_{uuid.uuid4().hex[:8]}")
    install(target)
    yield target
    drop_index(target)


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.servers) for kind in ("core", "collection", "core10")])
def solr(request: pytest.FixtureRequest) -> Target:
    """Each kind of Solr in turn."""
    target = request.getfixturevalue(request.param)
    assert isinstance(target, Target)
    return target


@pytest.fixture(params=["elasticsearch", "opensearch"])
def elastic(request: pytest.FixtureRequest) -> Target:
    """Elasticsearch and OpenSearch in turn."""
    target = request.getfixturevalue(request.param)
    assert isinstance(target, Target)
    return target


def unload(target: Target) -> None:
    params = {"action": "UNLOAD", "core": target.index, "deleteInstanceDir": "true", "deleteDataDir": "true"}
    requests.get(f"{target.base}/admin/cores", params=params, timeout=60).raise_for_status()


def drop_collection(target: Target) -> None:
    params = {"action": "DELETE", "name": target.index}
    requests.get(f"{target.base}/admin/collections", params=params, timeout=60).raise_for_status()


def drop_index(target: Target) -> None:
    """The target's index and template, whichever of the two there are."""
    for path in (target.index, f"_index_template/{target.index}"):
        assert requests.delete(f"{target.base}/{path}", timeout=60).status_code in (200, 404)
