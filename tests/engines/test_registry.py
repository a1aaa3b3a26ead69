"""Opening a sink, and not opening one."""

import subprocess
import sys
from pathlib import Path

import pytest

from indexer.engines.registry import open_index, parse_target

CLIENTS = ("pysolr", "requests", "elasticsearch", "elastic_transport", "opensearchpy", "tantivy", "zstandard")


def imported_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_no_client_is_imported_before_it_is_needed() -> None:
    assert not set(CLIENTS) & imported_by("import indexer.engines.registry, indexer.model.targets")


def test_only_the_targets_client_is_imported() -> None:
    solr = imported_by(
        "from indexer.engines.registry import open_index; from indexer.engines.registry import parse_target; "
        "open_index(parse_target('solr+http://localhost:1/solr/x'))"
    )
    assert "pysolr" in solr
    assert "tantivy" not in solr
    assert "opensearchpy" not in solr


@pytest.mark.parametrize(
    "url",
    [
        "solr+http://localhost:1/solr/x",
        "elasticsearch+http://localhost:1/x",
        "elasticsearch+https://localhost/prefix/x",
        "opensearch+http://[::1]:1/x",
        "opensearch+https://localhost/prefix/x",
        "embedded:{tmp}/index",
        "jsonl:{tmp}/documents.jsonl",
        "jsonl:-",
    ],
)
def test_opening_sends_and_writes_nothing(url: str, tmp_path: Path) -> None:
    sink = open_index(parse_target(url.format(tmp=tmp_path)))
    assert sink.omit == frozenset()
    sink.close()
    assert not list(tmp_path.iterdir())


def test_an_embedded_index_is_made_only_where_asked(tmp_path: Path) -> None:
    sink = open_index(parse_target(f"embedded:{tmp_path}/index"), create=True)
    sink.check()
    assert sink.count() == 0
    sink.close()
