"""Records that make several documents, through the commands: rejected, replayed, held, explained, checked."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.registry import parse_target
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.syncing import counts
from tests.pipeline.shelves import STYLESHEET, write

DATED = STYLESHEET.replace("</doc>", '<field name="first_indexed"><xsl:value-of select="@d"/></field></doc>')
CONFIG = """target = "embedded:index"
[profile.shelf]
format = "xslt"
stylesheet = "shelf.xsl"
options = { records = ["shelf"] }
[[source]]
name = "s"
profile = "shelf"
paths = ["in/*.xml"]
"""


@pytest.fixture
def index(tmp_path: Path) -> Target:
    (tmp_path / "indexer.toml").write_text(CONFIG)
    (tmp_path / "shelf.xsl").write_text(STYLESHEET)
    (tmp_path / "in").mkdir()
    return parse_target(f"embedded:{tmp_path / 'index'}")


def letters(indexer: Indexer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(indexer("dead-letters", "list", "--json").out)["dead_letters"]
    return found


def test_replayed_it_leaves_the_dead_letters_when_all_its_documents_are_in(
    indexer: Indexer, index: Target, tmp_path: Path
) -> None:
    (tmp_path / "shelf.xsl").write_text(DATED)
    books = [
        f'<book id="{id}" d="{day}">T</book>' for id, day in (("a", "2024-01-01T00:00:00Z"), ("b", "x"), ("c", "y"))
    ]
    (tmp_path / "in" / "a.xml").write_text(f"<all><shelf>{''.join(books)}</shelf></all>")
    assert indexer("load", "in", "--profile", "shelf").code == ExitCode.REJECTED
    assert list(read_back(index)) == ["a"]
    assert [(each["document_id"], each["attempts"]) for each in letters(indexer)] == [("b", 1)]
    again = indexer("dead-letters", "replay", "--all", "--json")
    assert again.code == ExitCode.REJECTED, again.err
    assert [(each["document_id"], each["attempts"]) for each in letters(indexer)] == [("b", 2)]
    (tmp_path / "shelf.xsl").write_text(STYLESHEET)
    again = indexer("dead-letters", "replay", "--all", "--profile", "shelf", "--json")
    assert again.code == ExitCode.REJECTED, again.err  # a is in the index with a date: which version is newer?
    assert sorted(read_back(index)) == ["a", "b", "c"]
    assert "another version of a" in letters(indexer)[0]["reason"]
    (tmp_path / "in" / "a.xml").touch()
    ended = indexer("load", "in", "--profile", "shelf", "--json")
    assert ended.code == 0, ended.err
    assert letters(indexer) == []


def test_deletions_of_a_record_are_held_each_and_counted_once(indexer: Indexer, index: Target, tmp_path: Path) -> None:
    write(tmp_path / "in", [" ".join(f"b{number}=x" for number in range(30))])
    assert indexer("sync").code == 0
    write(tmp_path / "in", ["new=x " + " ".join(f"-b{number}" for number in range(20))], "g.xml")
    ended = indexer("sync", "--json")
    assert ended.code == ExitCode.VERIFICATION, ended.err
    assert json.loads(ended.out)["held"] == 20
    assert len(read_back(index)) == 31
    assert sorted(each["document_id"] for each in letters(indexer)) == sorted(f"b{number}" for number in range(20))
    ended = indexer("sync", "--max-share", "1", "--json")
    assert ended.code == 0, ended.err
    assert counts(ended, "s") == {"read": 20, "deleted": 20}
    assert len(read_back(index)) == 11
    assert letters(indexer) == []


def test_explain_and_check_find_each_document(indexer: Indexer, index: Target, tmp_path: Path) -> None:
    write(tmp_path / "in", ["a=one b=two", "c=three"])
    assert indexer("sync").code == 0
    told = json.loads(indexer("explain", "in", "--id", "b", "--profile", "shelf", "--json").out)
    assert {each["field"]: each["value"] for each in told["fields"]}["title"] == "two"
    write(tmp_path / "in", ["a=one b=other", "c=three"])
    changed = json.loads(indexer("diff", "--json").out)
    assert changed["documents"]["changed"] == 1
    assert changed["documents"]["unchanged"] == 2
