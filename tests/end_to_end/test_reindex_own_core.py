"""`reindex` on a Solr core that others have set up, and what it leaves behind where it is refused: nothing."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from indexer.state.store import Store
from indexer.state.tables import metadata
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.reindexing import JOURNAL, WORD, dump, listed, titles_of, told
from tests.end_to_end.syncing import configure
from tests.generations.own_core import configset, cores, target
from tests.generations.readers import reading

__all__ = ["configset", "target"]

pytestmark = pytest.mark.servers


def choose(folder: Path, configset: str) -> None:
    with (folder / "indexer.toml").open("a") as settings:
        settings.write(f"[rebuild]\nconfigset = '{configset}'\n")


def remembered(folder: Path) -> dict[str, list[Any]]:
    """All that the state knows, but for what is told of runs."""
    with closing(Store(f"sqlite:///{folder}/var/state.db")) as store, store.begin() as connection:
        return {
            table.name: sorted(map(str, connection.execute(table.select())))
            for table in metadata.sorted_tables
            if table.name not in ("runs", "books")
        }


def index_version(target: Target) -> Any:
    """Which commit is searched."""
    params = {"action": "STATUS", "core": target.index}
    answer = requests.get(f"{target.base}/admin/cores", params=params, timeout=60).json()
    return answer["status"][target.index]["index"]["version"]


def test_loaded_synced_built_anew_and_back(indexer: Indexer, target: Target, configset: str, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL, target=str(target))
    choose(tmp_path, configset)
    dump(tmp_path / "dumps/1.xml", 0, 60)
    assert indexer("load", "dumps", "--profile", "ojs").code == 0
    assert indexer("sync").code == 0
    with reading(target, "n7", WORD) as readers:
        dump(tmp_path / "dumps/2.xml", 60, 90)
        first = told(indexer("reindex", "--adopt", "--json"))
        assert first["promoted"]
        assert len(titles_of(target)) == 90
        assert told(indexer("rollback", "--json"))["live"] == first["former"]
        assert len(titles_of(target)) == 60
        readers.look_again()
        assert told(indexer("sync", "--json"))["books"]["j"]["indexed"] == 30
        second = told(indexer("reindex", "--json"))
        assert (second["promoted"], second["dropped"]) == (True, [first["generation"]])
        readers.look_again()
        assert told(indexer("prune", first["former"], "--json"))["removed"] == [first["former"]]
        readers.look_again()
    assert readers.problems == []
    assert (min(readers.counts), max(readers.counts)) == (60, 90)
    assert listed(indexer) == {second["generation"]: "live"}
    assert len(cores(target)) == 1
    assert titles_of(target) == {f"n{number}": f"{WORD} {number}" for number in range(90)}
    assert indexer("sync").out.startswith("j   nothing new\n")


@pytest.mark.parametrize(
    ("wrong", "adopted"), [("biblio", False), ("none", False), pytest.param("biblio", True, marks=pytest.mark.long)]
)
def test_what_is_refused_changes_nothing(
    indexer: Indexer, target: Target, configset: str, tmp_path: Path, wrong: str, adopted: bool
) -> None:
    configure(tmp_path, JOURNAL, target=str(target))
    dump(tmp_path / "dumps/1.xml", 0, 9)
    assert indexer("sync").code == 0
    settings = (tmp_path / "indexer.toml").read_text()
    if adopted:
        choose(tmp_path, configset)
        assert told(indexer("reindex", "--adopt", "--json"))["promoted"]
        assert indexer("rollback").code == 0  # to the core that others set up
    (tmp_path / "indexer.toml").write_text(settings)
    choose(tmp_path, wrong)
    before = (
        remembered(tmp_path),
        cores(target),
        index_version(target),
        json.loads(indexer("generations", "--json").out),
    )
    for _ in range(2):
        refused = indexer("reindex", "--adopt")
        assert refused.code == ExitCode.TARGET
        assert "configset" in refused.err
        after = (
            remembered(tmp_path),
            cores(target),
            index_version(target),
            json.loads(indexer("generations", "--json").out),
        )
        assert after == before
    assert ("Nothing was changed" in refused.err) == (wrong == "biblio")
    assert indexer("sync").out.startswith("j   nothing new\n")
