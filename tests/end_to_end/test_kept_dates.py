"""Dates that documents of the live index have already, from whoever put them in, are not lost in silence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.engines.registry import parse_target
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.conformance.conftest import SERVERS
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.dating import dates, record, write
from tests.end_to_end.reindexing import told
from tests.generations.conftest import REMOVE, unique

FEW = [
    "embedded",
    pytest.param("solr", marks=pytest.mark.servers),
    *(pytest.param(kind, marks=[pytest.mark.servers, pytest.mark.long]) for kind in SERVERS if kind != "solr"),
]
THERE = ("2011-02-03T04:05:06Z", "2012-03-04T05:06:07Z")
ON, OFF = ({"INDEXER_DATES": value} for value in ("true", "false"))


@pytest.fixture(params=FEW)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    kind = request.param
    if kind == "embedded":
        yield parse_target(f"embedded:{tmp_path / 'index'}")
        return
    product, fixture = SERVERS[kind]
    made = parse_target(f"{product}+{request.getfixturevalue(fixture)}/{unique()}")
    try:
        yield made
    finally:
        REMOVE[kind](made.base, made.index)


@pytest.fixture
def folder(indexer: Indexer, tmp_path: Path, target: Target) -> Path:
    """An index that another loader has filled, of which our state knows nothing."""
    settings = f"""target = "{target}"
[rebuild]
adopt = true
[[source]]
name = "s"
profile = "dspace"
paths = ["dump.xml"]
"""
    (tmp_path / "indexer.toml").write_text(settings)
    first, last = THERE
    documents = [{"id": f"r{number}", "first_indexed": first, "last_indexed": last} for number in (1, 2)]
    (tmp_path / "theirs.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in documents))
    assert indexer("schema", "install").code == 0
    other = {"INDEXER_STATE": "sqlite:///other.db"}
    assert indexer("load", "theirs.jsonl", "--profile", "solr_json", env=other).code == 0
    write(tmp_path / "dump.xml", record(1), record(3))
    return tmp_path


@pytest.mark.parametrize("command", [("sync",), ("load", "dump.xml", "--profile", "dspace"), ("reindex",)])
def test_where_nobody_said_what_is_to_become_of_them_nothing_is_sent(
    indexer: Indexer, target: Target, folder: Path, command: tuple[str, ...]
) -> None:
    refused = indexer(*command)
    assert refused.code == ExitCode.USAGE
    assert "2 documents there have first_indexed and last_indexed, and load.dates does not say" in refused.err
    assert "INDEXER_DATES=true" in refused.err
    assert dates(target) == dict.fromkeys(("r1", "r2"), THERE)
    assert json.loads(indexer("generations", "--json").out)["generations"] == []
    assert indexer("delete", "r2", "--max-share", "1").code == 0  # takes no dates from others


def test_they_stay_where_that_is_said(indexer: Indexer, target: Target, folder: Path) -> None:
    assert indexer("sync", env=ON).code == 0
    found = dates(target)
    assert (found["r1"], found["r2"]) == (THERE, THERE)
    assert found["r3"][0] > "2026"
    assert indexer("sync", "--force", env=ON).code == 0
    assert dates(target) == found
    stopped = indexer("sync", "--force")  # they are ours by now, and the word is missing
    assert stopped.code == ExitCode.USAGE


def test_a_new_generation_takes_them_over(indexer: Indexer, target: Target, folder: Path) -> None:
    write(folder / "dump.xml", record(1), record(2), record(3))
    assert told(indexer("reindex", "--json", env=ON))["promoted"]
    found = dates(target)
    assert (found["r1"], found["r2"]) == (THERE, THERE)
    assert found["r3"][0] > "2026"


def test_they_go_where_that_is_said(indexer: Indexer, target: Target, folder: Path) -> None:
    assert indexer("sync", env=OFF).code == 0
    assert "first_indexed" not in read_back(target)["r1"]
    assert indexer("sync", "--force").code == 0  # this state has documents there, and gave them none
