"""A re-index by a version with another schema: what is live was made by the one before, and stays searchable."""

import shutil
from pathlib import Path

import pytest

from indexer.model.targets import Target
from tests.conftest import ROOT
from tests.end_to_end.syncing import configure, page
from tests.generations.versions import found, report, run

KINDS = [
    "embedded",
    pytest.param("elasticsearch", marks=pytest.mark.servers),
    pytest.param("opensearch", marks=[pytest.mark.servers, pytest.mark.long]),
]


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A folder with a version of the loader that has one field more."""
    folder = tmp_path / "newer"
    shutil.copytree(ROOT / "indexer", folder / "indexer", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    schema = folder / "schemas/biblio.toml"
    more = 'field = [\n    { name = "shelf", type = "string", multi = true, doc = "Where it stands." },'
    schema.write_text(schema.read_text(encoding="utf-8").replace("field = [", more, 1), encoding="utf-8")
    return folder


def test_a_newer_version_builds_beside_what_an_older_one_made(newer: Path, target: Target, tmp_path: Path) -> None:
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']", target=str(target))
    page(tmp_path / "dumps/1.xml", *((f"{n}", f"title {n}") for n in range(20)))
    older = report(tmp_path, ROOT, "reindex")["generation"]
    assert run(tmp_path, ROOT, "delete", "3")[0] == 0
    page(tmp_path / "dumps/2.xml", ("20", "title 20"))
    code, said = run(tmp_path, newer, "sync")
    assert code == 3, said  # what is live takes no documents of this version

    made = report(tmp_path, newer, "reindex")
    assert made["promoted"]
    assert made["former"] == older
    assert {check["check"] for check in made["checks"]} >= {"documents", "size", "sample", "fields", "titles"}
    assert run(tmp_path, newer, "sync")[0] == 0
    code, said = run(tmp_path, newer, "rollback")
    if target.kind == "embedded":  # only this version could search it
        assert code == 3, said
        assert run(tmp_path, ROOT, "rollback")[0] == 0
    else:
        assert code == 0, said
        assert "it has not the schema of this version" in said
    assert found(target, "title") == 19
    assert report(tmp_path, newer, "promote", made["generation"])["former"] == older


def test_a_plain_index_of_an_older_version_is_adopted(newer: Path, target: Target, tmp_path: Path) -> None:
    if target.kind == "embedded":
        pytest.skip("only the version that made it opens an embedded index that is no generation")
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']", target=str(target))
    page(tmp_path / "dumps/1.xml", ("1", "title"), ("2", "title"))
    assert run(tmp_path, ROOT, "schema", "install")[0] == 0
    assert run(tmp_path, ROOT, "sync")[0] == 0
    made = report(tmp_path, newer, "reindex", "--adopt")
    assert made["promoted"]
    assert made["former"] is not None
    assert found(target, "title") == 2
