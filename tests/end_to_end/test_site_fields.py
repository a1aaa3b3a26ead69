"""Fields that the schema of the target has and ours has not: what of them is taken, and what is said of others."""

import json
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.reindexing import told
from tests.generations.own_core import configset, target

__all__ = ["configset", "target"]

pytestmark = pytest.mark.servers

MARC = (
    '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
    '<controlfield tag="001">m1</controlfield>'
    '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">A book</subfield></datafield>'
    '<datafield tag="952" ind1=" " ind2=" "><subfield code="c">Stacks</subfield>'
    '<subfield code="d">3</subfield></datafield>'
    '<datafield tag="952" ind1=" " ind2=" "><subfield code="c">Cellar</subfield></datafield></record>'
)
MAPPING = """from indexer.formats.marc.rules import field, marc

field("site_note", marc("952c"))
field("site_shelf", marc("952d"))
"""
CSV = "id,title,site_note,local_tags\nc1,A row,kept,one\n"
JSON = {
    "id": "j1",
    "title": "A document",
    "site_note": ["n1"],
    "site_copy": ["n1"],
    "site_shelf": "4",
    "local_x": ["y"],
}


@pytest.fixture
def sources(tmp_path: Path, target: Target, configset: str) -> Path:
    """A source of each kind, each with fields that only this core has."""
    (tmp_path / "marc.xml").write_text(f'<collection xmlns="http://www.loc.gov/MARC21/slim">{MARC}</collection>')
    (tmp_path / "site.py").write_text(MAPPING)
    (tmp_path / "rows.csv").write_text(CSV)
    (tmp_path / "solr.jsonl").write_text(json.dumps(JSON) + "\n")
    (tmp_path / "indexer.toml").write_text(f"""target = "{target}"
[rebuild]
configset = "{configset}"
adopt = true
[profile.own]
base = "marc"
mapping = "site.py"
[profile.own.constants]
local_kind = "print"
[profile.rows]
base = "csv"
[profile.rows.options.columns]
id = "id"
title = "title"
site_note = ["site_note", "site_copy"]
local_tags = "local_tags"
[[source]]
name = "m"
profile = "own"
paths = ["marc.xml"]
[[source]]
name = "c"
profile = "rows"
paths = ["rows.csv"]
[[source]]
name = "j"
profile = "solr_json"
paths = ["solr.jsonl"]
[source.constants]
site_shelf = "9"
""")
    return tmp_path


def own(target: Target) -> dict[str, dict[str, str | list[str]]]:
    return {
        id: {name: value for name, value in fields.items() if name.startswith(("site_", "local_"))}
        for id, fields in read_back(target).items()
    }


def test_they_are_taken_from_everything_that_names_them(indexer: Indexer, target: Target, sources: Path) -> None:
    assert indexer("sync").code == 0
    expected: dict[str, dict[str, str | list[str]]] = {
        "m1": {
            "site_note": ["Stacks", "Cellar"],
            "site_shelf": "3",
            "local_kind": ["print"],
            "site_copy": ["Stacks", "Cellar"],  # by the core's own rule
        },
        # what a profile gives to a field that is filled there comes besides
        "c1": {"site_note": ["kept"], "site_copy": ["kept", "kept"], "local_tags": ["one"]},
        "j1": {"site_note": ["n1"], "site_copy": ["n1", "n1"], "site_shelf": "9", "local_x": ["y"]},
    }
    assert own(target) == expected
    assert told(indexer("verify", "--json"))["passed"]
    built = told(indexer("reindex", "--json"))
    assert built["promoted"]
    assert own(target) == expected
    assert indexer("sync").out.startswith("m   nothing new\n")
    checked = indexer("schema", "check")
    assert checked.code == 0
    assert "site_note: a field of this index alone (string, several values)" in checked.out
    assert "local_*: a field of this index alone" in checked.out


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('local_kind = "print"', 'site_nota = "x"', "profile.own.constants.site_nota: the schema has no such field"),
        ('local_tags = "local_tags"', 'local_tags = "tags"', "names 'tags', and the schema has no such field"),
    ],
)
def test_what_nobody_knows_is_refused_by_name_before_the_first_record(
    indexer: Indexer, target: Target, sources: Path, before: str, after: str, said: str
) -> None:
    settings = sources / "indexer.toml"
    settings.write_text(settings.read_text().replace(before, after))
    refused = indexer("sync")
    assert refused.code == ExitCode.USAGE
    assert said in refused.err
    assert "Nothing was sent." in refused.err
    assert read_back(target) == {}


def test_a_mapping_is_refused_with_its_line_and_a_dump_record_by_record(
    indexer: Indexer, target: Target, sources: Path
) -> None:
    (sources / "site.py").write_text(MAPPING.replace("site_shelf", "site_shelves"))
    refused = indexer("sync")
    assert refused.code == ExitCode.USAGE
    assert "site.py:4: the schema has no field 'site_shelves'. The nearest is 'site_shelf'." in refused.err
    (sources / "solr.jsonl").write_text(json.dumps({**JSON, "unheard": "of"}) + "\n")
    loaded = indexer("load", "solr.jsonl", "--profile", "solr_json")
    assert loaded.code == ExitCode.REJECTED
    assert "unheard: the schema has no such field" in loaded.err
