"""An index as a source: what it holds comes into another engine as it was, and can be derived anew in its place."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.model.targets import Target
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.documents import PUBMED, Documents, of_lines, stored

RECORDS = 1685


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Documents]:
    """An embedded index with the sample in it, and the documents of the sample."""
    folder = tmp_path_factory.mktemp("first")
    printed = {}
    for name, args in (("load", ["--target", "embedded:index"]), ("transform", [])):
        done = subprocess.run(
            [sys.executable, "-m", "indexer", name, str(PUBMED[0]), *args], cwd=folder, capture_output=True, check=True
        )
        printed[name] = done.stdout.decode()
    documents = of_lines(printed["transform"])
    assert len(documents) == RECORDS
    return f"embedded:{folder / 'index'}", documents


def test_an_index_moves_to_another_engine_and_back(
    target: Target, first: tuple[str, Documents], indexer: Indexer
) -> None:
    source, expected = first
    assert indexer("schema", "install", "--target", target).code == 0
    for one, other in ((source, str(target)), (str(target), "embedded:second")):
        loaded = indexer("load", one, "--target", other, "--json")
        assert loaded.code == 0, loaded.err
        assert json.loads(loaded.out)["books"] == {
            "solr_json": {
                "read": RECORDS, "indexed": RECORDS, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0
            }
        }  # fmt: skip
    assert stored(read_back(target)) == stored(expected)
    # Solr stores no allfields, and what it stores tells them
    assert of_lines(indexer("transform", "embedded:second").out) == expected


def test_an_index_can_be_derived_anew_in_its_place(tmp_path: Path, indexer: Indexer) -> None:
    """What is read is the index as it was when the reading began."""
    assert indexer("load", PUBMED[1], "--target", "embedded:index", "--profile", "pubmed").code == 0
    (tmp_path / "indexer.toml").write_text(
        '[profile.ours]\nbase = "solr_json"\nconstants = { collection = "Ours" }\n', encoding="utf-8"
    )
    again = indexer("load", "embedded:index", "--profile", "ours", "--target", "embedded:index", "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["books"]["ours"]["indexed"] == 332
    documents = of_lines(indexer("transform", "embedded:index").out)
    assert len(documents) == 332
    assert [fields["collection"] for fields in documents.values()] == [["Ours"]] * 332
    unchanged = indexer("load", "embedded:index", "--profile", "ours", "--target", "embedded:index")
    assert "unchanged 332" in unchanged.out


def test_an_index_and_a_dump_in_one_load_and_where_a_rejected_document_was(tmp_path: Path, indexer: Indexer) -> None:
    dump = tmp_path / "more.json"
    dump.write_text('{"id": "more", "title": "One more"}', encoding="utf-8")
    assert indexer("load", PUBMED[1], "--target", "embedded:index").code == 0
    both = indexer("load", "embedded:index", dump, "--target", "embedded:both", "--json")
    assert json.loads(both.out)["books"]["solr_json"]["indexed"] == 333
    (tmp_path / "indexer.toml").write_text(
        '[profile.short]\nbase = "solr_json"\nid_search = ["^.*$"]\nid_replace = [" "]\n', encoding="utf-8"
    )
    rejected = indexer("load", "embedded:index", "--profile", "short", "--target", "embedded:none")
    assert rejected.code == 1
    assert "embedded:index record 1: id: the record has none" in rejected.err


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("embedded:nothing", 3, "embedded:nothing: there is no index\n  Look at the name of the index to read."),
        ("solr+http://127.0.0.1:9/solr/biblio", 3, "the server cannot be reached: Connection refused"),
        ("elasticsearch+http://127.0.0.1:9/biblio", 3, "the server cannot be reached"),
        ("opensearch+http://127.0.0.1:9/biblio", 3, "the server cannot be reached"),
        ("solr+http://127.0.0.1:9/", 2, "names no core"),
        (
            "solr+http://amy:s3cret@127.0.0.1:9/solr/biblio",
            2,
            "Set INDEXER_SOURCE_USERNAME and INDEXER_SOURCE_PASSWORD",
        ),
    ],
)
def test_what_cannot_be_read_is_said(path: str, code: int, said: str, indexer: Indexer) -> None:
    for command in (["transform", path], ["load", path, "--target", "embedded:never"]):
        ended = indexer(*command)
        assert ended.code == code
        assert said in ended.err
        assert "s3cret" not in ended.err + ended.out
