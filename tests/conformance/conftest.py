"""An empty sink of every kind, on the real engine. The suite is written once and runs on each of them."""

import io
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.engines import registry
from indexer.engines.base import Index
from indexer.engines.registry import parse_target
from indexer.engines.solr.install import CLOUD_CONFIGSET
from indexer.engines.solr.schema import CONF, MARK, configset
from indexer.model.schema import biblio
from indexer.model.targets import Target
from indexer.testing.fixtures import emptied, engine, second
from tests.schemas.collections import make_collection

__all__ = ["engine", "second"]

SERVERS = {
    "solr": ("solr", "solr_url"),
    "solrcloud": ("solr", "solrcloud_url"),
    "solr10": ("solr", "solr10_url"),
    "solrcloud10": ("solr", "solrcloud10_url"),
    "elasticsearch": ("elasticsearch", "elasticsearch_url"),
    "opensearch": ("opensearch", "opensearch_url"),
    "copying": ("solr", "solrcloud_url"),
}
ENGINES = ["embedded", *(pytest.param(name, marks=pytest.mark.servers) for name in SERVERS if name != "copying")]
ONLY_ENGINES = {"engine", "corpus", "index"}
SINKS = [*ENGINES, "jsonl"]
# A Solr whose own schema copies the fields, as VuFind's does.
SEARCHED = [*ENGINES, pytest.param("copying", marks=pytest.mark.servers)]
EXPLAINED = [pytest.param(name, marks=pytest.mark.servers) for name in ("solr", "elasticsearch")]
KINDS_OF: dict[str, list[Any]] = {
    "test_browsing": SEARCHED,
    "test_served": SEARCHED,
    "test_operated": SEARCHED,
    "test_explaining": SEARCHED,
    "test_explained": EXPLAINED,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for `sink` run on every sink, those that ask for `engine` or `corpus` on all that can search."""
    module = metafunc.module.__name__.rpartition(".")[2]
    if module in KINDS_OF and "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", KINDS_OF[module], scope="module")
    elif "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", ENGINES if ONLY_ENGINES & set(metafunc.fixturenames) else SINKS, scope="module")


@pytest.fixture(scope="module")
def target(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A core, collection, index, folder or file of our own with the bundled schema; gone when the module is done."""
    name = f"conformance_{uuid.uuid4().hex[:12]}"
    if kind not in SERVERS:
        path = tmp_path_factory.mktemp(kind) / ("index" if kind == "embedded" else "documents.jsonl.gz")
        made = parse_target(f"{kind}:{path}")
        if kind == "embedded":
            registry.install(made)
        yield made
        return
    product, fixture = SERVERS[kind]
    made = parse_target(f"{product}+{request.getfixturevalue(fixture)}/{name}")
    try:
        if kind == "copying":
            _copying(made)
        else:
            registry.install(made)
        if kind.startswith("solrcloud"):
            _split(made)
        yield made
    finally:
        _drop(kind, made)


@pytest.fixture
def sink(kind: str, target: Target) -> Iterator[Index]:
    """An open, checked, empty sink; a file that was written is not emptied but written anew."""
    if kind == "jsonl":
        Path(target.path).unlink(missing_ok=True)
        Path(target.path + ".part").unlink(missing_ok=True)
    yield from emptied(target)


def _split(target: Target) -> None:
    """The collection anew, with two shards on two nodes: what a batch says of forwarded documents is seen, too."""
    params = {"action": "DELETE", "name": target.index}
    requests.get(f"{target.base}/admin/collections", params=params, timeout=120).raise_for_status()
    make_collection(target, CLOUD_CONFIGSET, numShards="2")


def _copying(target: Target) -> None:
    """A collection of a configset with all copyField rules."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in configset(biblio(), copy_fields=True).items():
            archive.writestr(path.removeprefix(f"{CONF}/"), text.replace(MARK, "Not by the loader"))
    params = {"action": "UPLOAD", "name": target.index}
    requests.post(f"{target.base}/admin/configs", params=params, data=buffer.getvalue(), timeout=60).raise_for_status()
    make_collection(target)


def _drop(kind: str, target: Target) -> None:
    if kind in ("solr", "solr10"):
        params = {"action": "UNLOAD", "core": target.index, "deleteInstanceDir": "true"}
        requests.get(f"{target.base}/admin/cores", params=params, timeout=60)
    elif kind.startswith("solrcloud") or kind == "copying":
        params = {"action": "DELETE", "name": target.index}
        requests.get(f"{target.base}/admin/collections", params=params, timeout=60)
        if kind == "copying":
            requests.get(f"{target.base}/admin/configs", params=params, timeout=60)
    else:
        requests.delete(_url(target), timeout=60)
        requests.delete(f"{target.base}/_index_template/{target.index}", timeout=60)


def _url(target: Target) -> str:
    return f"{target.base}/{target.index}"
