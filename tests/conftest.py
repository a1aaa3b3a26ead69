"""Fixtures that every test may use: where the real servers are, and where the test data is."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
# What tests share lies in modules beside them, whose assertions say what they found, too.
pytest.register_assert_rewrite(
    "indexer.testing", *(f"tests.{path.parent.name}" for path in ROOT.glob("tests/*/__init__.py"))
)
#: Seconds after which what a test waits for is taken for hung. It goes on as soon as that happens; how soon says the
#: machine, and what else runs on it.
PATIENCE = 600.0
SERVERS = ("solr", "solrcloud", "solr10", "solrcloud10", "elasticsearch", "opensearch")

# How long an example takes says the machine too.
settings.register_profile("any machine", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark what asks for a server, so that `scripts/test unit` can leave it out; and by the server that it asks for, so
    that tests of different ones run side by side, and those of the same one by one.
    """
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        params = item.callspec.params.values() if hasattr(item, "callspec") else ()
        asked = [kind for kind in SERVERS if f"{kind}_url" in names]
        if "request" in names:  # a fixture may ask for the server that a parameter names
            asked += [kind for kind in SERVERS if kind in params]
        if asked:
            item.add_marker("servers")
        if "solrcloud10" in asked:  # what can be otherwise there is so on solrcloud, or on solr10
            item.add_marker("long")
        if item.get_closest_marker("servers"):
            item.add_marker(pytest.mark.xdist_group(asked[0] if asked else SERVERS[0]))


def _running(kind: str, name: str) -> str:
    """Base URL of the server that `scripts/servers` runs for this checkout, or for the one that INDEXER_TEST_SERVERS
    names (a second work tree needs no servers of its own); without it skip, or fail where CI=true.
    """
    script = Path(os.environ.get("INDEXER_TEST_SERVERS") or ROOT) / "scripts/servers"
    asked = subprocess.run([sys.executable, str(script), "url", kind], capture_output=True, text=True, check=False)
    if asked.returncode == 0:
        return asked.stdout.strip()
    why = f"no {name}: scripts/servers start {kind}"
    if os.environ.get("CI") == "true":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


@pytest.fixture(scope="session")
def solr_url() -> str:
    """Base URL of a standalone Solr, as http://127.0.0.1:8983/solr, which offers our configset `biblio`."""
    return _running("solr", "Solr")


@pytest.fixture(scope="session")
def solrcloud_url() -> str:
    """Base URL of the first of two SolrCloud nodes, as http://127.0.0.1:8983/solr."""
    return _running("solrcloud", "SolrCloud")


@pytest.fixture(scope="session")
def solr10_url() -> str:
    """Base URL of a standalone Solr 10, which offers our configset `biblio`."""
    return _running("solr10", "Solr 10")


@pytest.fixture(scope="session")
def solrcloud10_url() -> str:
    """Base URL of the first of two SolrCloud nodes of version 10."""
    return _running("solrcloud10", "SolrCloud 10")


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """Base URL of an Elasticsearch node, as http://127.0.0.1:9200."""
    return _running("elasticsearch", "Elasticsearch")


@pytest.fixture(scope="session")
def opensearch_url() -> str:
    """Base URL of an OpenSearch node, as http://127.0.0.1:9200."""
    return _running("opensearch", "OpenSearch")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the committed test data."""
    return ROOT / "tests/data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """A folder of larger real dumps that are not part of the project, named by INDEXER_TEST_DATA."""
    named = os.environ.get("INDEXER_TEST_DATA", "")
    if not named:
        pytest.skip("no larger real data: INDEXER_TEST_DATA names no folder")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"INDEXER_TEST_DATA={named} is not a folder", pytrace=False)
    return folder
