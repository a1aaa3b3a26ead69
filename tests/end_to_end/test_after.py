"""What follows a commit that changed something: a command of one's own, and on Solr an optimized index."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.reindexing import JOURNAL, dump, told
from tests.end_to_end.syncing import configure
from tests.generations.own_core import admin, configset, target

__all__ = ["configset", "target"]

KEEP = "import sys; open('told.jsonl', 'ab').write(sys.stdin.buffer.read())"


def settings(folder: Path, code: str, more: str = "", target: str = "embedded:index") -> None:
    configure(folder, JOURNAL, target=target)
    with (folder / "indexer.toml").open("a") as file:
        file.write(f"[after]\ncommit = {json.dumps([sys.executable, '-c', code])}\n{more}")


def kept(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "told.jsonl").read_text().splitlines()]


def test_the_command_is_told_the_books_of_what_changed(indexer: Indexer, tmp_path: Path) -> None:
    settings(tmp_path, KEEP)
    dump(tmp_path / "dumps/1.xml", 0, 3)
    assert indexer("sync").code == 0
    assert indexer("sync").code == 0  # changes nothing
    assert indexer("delete", "n1", "--max-share", "1").code == 0
    assert indexer("load", "dumps", "--profile", "ojs", "--force").code == 0
    assert indexer("reindex", "--adopt").code == 0
    first, *others = kept(tmp_path)
    assert (first["command"], first["target"], first["books"]["j"]["indexed"]) == ("sync", "embedded:index", 3)
    assert [each["command"] for each in others] == ["delete", "load", "reindex"]
    assert others[2]["generation"]


def test_what_fails_is_told_and_takes_nothing_back(indexer: Indexer, tmp_path: Path) -> None:
    settings(tmp_path, "import sys; print('no browse index', file=sys.stderr); sys.exit(7)")
    dump(tmp_path / "dumps/1.xml", 0, 3)
    failed = indexer("sync")
    assert failed.code == ExitCode.REJECTED
    assert "ended with exit 7: no browse index" in failed.err
    assert "What was loaded is in the index." in failed.err
    assert indexer("sync").out.startswith("j   nothing new\n")
    settings(tmp_path, KEEP, "seconds = 0.5\n")
    toml = tmp_path / "indexer.toml"
    toml.write_text(toml.read_text().replace(KEEP, "import time; time.sleep(60)"))
    late = indexer("delete", "n1", "--max-share", "1")
    assert late.code == ExitCode.REJECTED
    assert "was not done after 0.5 s, and is ended" in late.err
    toml.write_text(toml.read_text().replace(json.dumps(sys.executable), '"/nowhere/to/be/found"'))
    assert "cannot be run: No such file or directory" in indexer("delete", "n2", "--max-share", "1").err


def test_a_time_that_is_none_is_refused_at_once(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    with (tmp_path / "indexer.toml").open("a") as file:
        file.write('[solr]\noptimize = "sometimes"\n')
    dump(tmp_path / "dumps/1.xml", 0, 3)
    refused = indexer("sync")
    assert refused.code == ExitCode.USAGE
    assert "solr.optimize: 'sometimes'" in refused.err


def segments(target: Target) -> int:
    return int(admin(target, "STATUS", core=target.index)["status"][target.index]["index"]["segmentCount"])


def suggested(target: Target, word: str) -> bool:
    """Whether the dictionary that is built on optimize knows a word near this one."""
    params = {"q": "*:*", "rows": "0", "spellcheck": "true", "spellcheck.dictionary": "built", "spellcheck.q": word}
    answer = requests.get(f"{target.base}/{target.index}/select", params=params, timeout=60).json()
    return bool(answer["spellcheck"]["suggestions"])


@pytest.mark.servers
def test_an_index_is_optimized_when_its_time_has_come(
    indexer: Indexer, target: Target, configset: str, tmp_path: Path
) -> None:
    configure(tmp_path, JOURNAL, target=str(target))
    checked = indexer("schema", "check")
    assert "solrconfig.xml: builds the spelling dictionaries built when it is optimized: solr.optimize" in checked.out
    with (tmp_path / "indexer.toml").open("a") as file:
        file.write(f'[solr]\noptimize = "0 4 * * *"\n[rebuild]\nconfigset = "{configset}"\nadopt = true\n')
    for number in range(3):
        dump(tmp_path / f"dumps/{number}.xml", number * 10, number * 10 + 10, "zugzwang" if number == 2 else "")
        assert indexer("sync").code == 0
    assert segments(target) > 1  # of one alone the dictionary is built by any commit
    assert not suggested(target, "zugzwank")
    with closing(sqlite3.connect(tmp_path / "var/state.db")) as state, state:
        state.execute("UPDATE runs SET finished = '2020-01-01T00:00:00+00:00'")
    assert indexer("sync").code == 0
    assert segments(target) == 1
    assert suggested(target, "zugzwank")
    toml = tmp_path / "indexer.toml"
    toml.write_text(toml.read_text().replace("0 4 * * *", "after-reindex"))
    assert told(indexer("reindex", "--json"))["promoted"]
    assert suggested(target, "zugzwank")
