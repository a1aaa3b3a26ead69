"""The same dumps into every engine: the same ids, the same documents."""

import json
from pathlib import Path
from typing import Any

from indexer.model.schema import biblio
from indexer.model.targets import Target
from tests.conftest import ROOT
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.documents import PUBMED, of_lines, stored

SEED = ROOT / "tests/data/seed"
DELETED = ("399297", "402297")
DELETE_CITATION = f"""<?xml version="1.0" encoding="utf-8"?>
<PubmedArticleSet><DeleteCitation>{"".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in DELETED)}</DeleteCitation>
</PubmedArticleSet>"""

COMPUTED = {"title_short", "title_full", "title_sort", "author_sort", "publishDateSort", "work_keys_str_mv"}


def as_lists(fields: dict[str, Any]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in fields.items()}


def seed_document() -> dict[str, list[str]]:
    document: dict[str, list[str]] = json.loads((SEED / "document.json").read_text(encoding="utf-8"))
    del document["_version_"]
    assert len(document) == 23
    return document


def test_the_seed_comes_back_from_every_engine(target: Target, indexer: Indexer) -> None:
    expected = seed_document()
    assert indexer("schema", "install", "--target", target).code == 0
    for args in (["--profile", "pmc", SEED / "oai_dc_record.xml"], [SEED / "record_page.txt"]):
        transformed = indexer("transform", *args)
        assert transformed.code == 0
        [fields] = of_lines(transformed.out).values()
        assert {name: as_lists(fields)[name] for name in expected} == expected
        loaded = indexer("load", *args, "--target", target)
        assert loaded.code == 0, loaded.err
        assert "books closed" in loaded.out
        back = read_back(target)
        assert {name: as_lists(back["pubmed-5443306"])[name] for name in expected} == expected
        assert stored(back) == stored({"pubmed-5443306": fields})


def test_pubmed_is_the_same_in_every_engine(target: Target, indexer: Indexer, tmp_path: Path) -> None:
    deletions = tmp_path / "deletions.xml"
    deletions.write_text(DELETE_CITATION, encoding="utf-8")
    expected = of_lines(indexer("transform", *PUBMED).out)
    assert len(expected) == 1685 + 332
    for pmid in DELETED:
        del expected[f"pmid-{pmid}"]
    assert indexer("schema", "install", "--target", target).code == 0
    loaded = indexer("load", *PUBMED, deletions, "--target", target, "--json")
    assert loaded.code == 0, loaded.err
    assert json.loads(loaded.out)["books"]["pubmed"] == {
        "read": 2019, "indexed": 2017, "unchanged": 0, "deleted": 2, "filtered": 0, "rejected": 0
    }  # fmt: skip
    back = read_back(target)
    assert back.keys() == expected.keys()
    assert stored(back) == stored(expected)


def test_documents_without_their_derived_fields_load_to_the_same(
    target: Target, indexer: Indexer, tmp_path: Path
) -> None:
    whole = of_lines(indexer("transform", *PUBMED).out)
    derived = COMPUTED | (biblio().copy_targets - biblio().copies.keys())
    dump = tmp_path / "dump.jsonl"
    with dump.open("w", encoding="utf-8") as stream:
        for fields in whole.values():
            bare = {name: value for name, value in fields.items() if name not in derived}
            assert len(bare) < len(fields)
            stream.write(json.dumps(bare, ensure_ascii=False) + "\n")
    assert indexer("schema", "install", "--target", target).code == 0
    loaded = indexer("load", dump, "--target", target)
    assert loaded.code == 0, loaded.err
    assert stored(read_back(target)) == stored(whole)
    assert of_lines(indexer("transform", dump).out) == whole
