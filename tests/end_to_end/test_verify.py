"""`verify` finds what is wrong with an index, and `diff` says what a load would change, on every engine."""

import json
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.engines.base import Write
from indexer.engines.registry import open_index
from indexer.model.documents import Delete
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.conftest import ROOT
from tests.end_to_end.conftest import Ended, Indexer, read_back
from tests.end_to_end.syncing import configure, page

PUBMED = ROOT / "tests/data/pubmed/pubmed21n1298_slice.xml.gz"
SOURCE = "name = 'pubmed'\nprofile = 'pubmed'\npaths = ['dump.xml.gz']"


@pytest.fixture
def loaded(indexer: Indexer, target: Target, tmp_path: Path) -> Target:
    """332 real records in the target."""
    shutil.copy(PUBMED, tmp_path / "dump.xml.gz")
    configure(tmp_path, SOURCE, target=str(target))
    assert target.kind == "embedded" or indexer("schema", "install").code == 0
    assert indexer("sync").code == 0
    return target


def checks(ended: Ended) -> dict[str, tuple[bool, str]]:
    return {row["check"]: (row["passed"], row["message"]) for row in json.loads(ended.out)["checks"]}


def change(target: Target, *actions: Write | Delete) -> None:
    sink = open_index(target)
    try:
        sink.check()
        assert {outcome.status for outcome in sink.push(actions)} <= {"indexed", "deleted"}
        sink.commit()
    finally:
        sink.close()


def test_what_holds_is_told_and_what_was_changed_behind_our_back_is_found(
    loaded: Target, indexer: Indexer, tmp_path: Path
) -> None:
    with (tmp_path / "indexer.toml").open("a") as file:
        file.write("[verify]\nsample = 400\n[[verify.search]]\nquery = 'infection'\nat_least = 5\n")
    good = indexer("verify")
    assert good.code == 0, good.out + good.err
    assert "FAILED" not in good.out
    assert "332, as acknowledged" in good.out
    assert "332 documents read back are as made" in good.out

    documents = read_back(loaded)
    first, second = sorted(documents)[:2]
    changed = {**documents[first], "title": "Another title"}
    change(loaded, Write(first, orjson.dumps(changed)), Delete(second))
    bad = indexer("verify", "--json")
    assert bad.code == ExitCode.VERIFICATION
    found = checks(bad)
    assert found["documents"] == (False, "331 in the index, 332 were acknowledged")
    passed, message = found["sample"]
    assert not passed
    assert message.startswith("2 of 332 documents are not as made (seed 0): ")
    assert f"{first} differs in title" in message
    assert f"{second} is not there" in message
    assert found["search 'infection'"][0]

    told = indexer("diff")
    assert told.code == 0, told.err
    assert told.out.startswith(f"332 documents against {loaded}: 1 would be added, 1 would change\n")
    assert "title   1 document   pubmed: " in told.out
    assert f"  {first}\n    - Another title\n    + {str(documents[first]['title'])[:50]}" in told.out
    one: dict[str, Any] = json.loads(indexer("diff", "--id", first, "--json").out)
    assert one["documents"] == {"changed": 1}
    [field] = one["fields"]
    assert (field["name"], field["count"]) == ("title", 1)
    assert field["examples"] == [{"id": first, "before": "Another title", "after": documents[first]["title"]}]
    assert indexer("diff", "--sample", "10", "--json").code == 0


def test_a_search_that_finds_too_little_fails(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "Frogs"), ("b", "Toads"))
    configure(tmp_path, "name = 'journal'\nprofile = 'ojs'\npaths = ['dumps']")
    with (tmp_path / "indexer.toml").open("a") as file:
        file.write("[[verify.search]]\nquery = 'frogs'\nfinds = ['a', 'b']\n[[verify.search]]\nquery = 'newts'\n")
    assert indexer("sync").code == 0
    ended = indexer("verify", "--json")
    assert ended.code == ExitCode.VERIFICATION
    found = checks(ended)
    assert found["search 'frogs'"] == (False, "b is not among its first 1,000 of 1 hits")
    assert found["search 'newts'"] == (False, "0 hits, not 1")


def test_what_a_later_dump_says_counts_and_a_deleted_record_is_not_there(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"), ("c", "one"))
    page(tmp_path / "dumps/2.xml", ("a", "two"), ("b", ""))
    configure(tmp_path, "name = 'journal'\nprofile = 'ojs'\npaths = ['dumps']")
    assert indexer("sync").code == 0
    assert indexer("verify").code == 0
    page(tmp_path / "dumps/3.xml", ("c", "three"), ("a", ""), ("d", "new"))
    ended = indexer("verify", "--json")
    assert ended.code == ExitCode.VERIFICATION
    _, message = checks(ended)["sample"]
    assert "a is deleted in its source, and there" in message
    assert "d is not there" in message
    assert "c differs in title" in message
    told = json.loads(indexer("diff", "--json").out)
    assert told["documents"] == {"deleted": 1, "changed": 1, "added": 1, "unchanged": 1}
    assert titles_of(told) == [("one", "three")]


def titles_of(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (example["before"], example["after"])
        for field in told["fields"]
        if field["name"] == "title"
        for example in field["examples"]
    ]


def test_a_dump_that_cannot_be_read_fails_the_verification(indexer: Indexer, tmp_path: Path) -> None:
    file = page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, "name = 'journal'\nprofile = 'ojs'\npaths = ['dumps']")
    assert indexer("sync").code == 0
    file.write_bytes(b"\x00\x01")
    ended = indexer("verify")
    assert ended.code == ExitCode.VERIFICATION
    assert "the documents cannot be made again" in ended.out
