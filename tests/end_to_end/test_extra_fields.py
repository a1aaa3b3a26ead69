"""`schema.extra`: fields of one's own in our own schema, on every engine that we set up."""

import json
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from indexer.model.extra_fields import extended
from indexer.model.schema import in_use
from indexer.model.targets import Target
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.reindexing import told

SITE = """
field = [{ name = "site_note", type = "string", multi = true, doc = "What the library says of it." }]
copy = [{ source = "site_note", targets = ["topic_facet"] }]
"""


@pytest.fixture
def folder(tmp_path: Path, target: Target) -> Path:
    if target.kind == "solr" and "cloud" not in tmp_path.name:
        pytest.skip("a standalone Solr has its configset from an administrator")
    (tmp_path / "rows.csv").write_text("id,title,site_note\n1,A title,kept\n2,Another,\n")
    (tmp_path / "site.toml").write_text(SITE)
    (tmp_path / "indexer.toml").write_text(f"""target = "{target}"
[schema]
extra = "site.toml"
[[source]]
name = "rows"
profile = "csv"
paths = ["rows.csv"]
""")
    return tmp_path


def documents(target: Target, folder: Path) -> dict[str, dict[str, str | list[str]]]:
    with in_use(extended(folder / "site.toml")):
        return read_back(target)


def test_they_are_installed_loaded_and_found(indexer: Indexer, target: Target, folder: Path) -> None:
    assert indexer("schema", "install").code == 0
    assert indexer("sync").code == 0
    assert indexer("schema", "check").code == 0
    fields = documents(target, folder)["1"]
    assert (fields["site_note"], fields["topic_facet"]) == (["kept"], ["kept"])
    assert told(indexer("search", "title", "--filter", "site_note=kept", "--json"))["total"] == 1
    assert told(indexer("verify", "--json"))["passed"]
    assert told(indexer("reindex", "--adopt", "--json"))["promoted"]
    assert documents(target, folder)["1"]["site_note"] == ["kept"]


def test_they_are_compiled_into_a_folder(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)
    (tmp_path / "indexer.toml").write_text('[schema]\nextra = "site.toml"\n')
    assert indexer("schema", "build", "--out", "out").code == 0
    assert '<field name="site_note" type="string"' in (tmp_path / "out/solr/biblio/conf/schema.xml").read_text()
    mapping = json.loads((tmp_path / "out/elastic/biblio.json").read_text())["mappings"]
    assert "site_note" in mapping["properties"]
    assert indexer("schema", "build", "--check", "--out", "out").out.startswith("the compiled schemas are those of")
    (tmp_path / "site.toml").write_text(SITE.replace("string", "strong"))
    refused = indexer("schema", "build", "--out", "out")
    assert refused.code == ExitCode.USAGE
    assert "strong" in refused.err
