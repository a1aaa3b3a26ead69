"""A core with a schema of another kind, whose fields count alone (`schema = "live"`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.engines.registry import parse_target
from indexer.model.errors import ExitCode
from indexer.model.schema import in_use, live_alone
from indexer.model.targets import Target
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.reindexing import told
from tests.generations.conftest import unique
from tests.generations.own_core import of_authorities, own_core

pytestmark = pytest.mark.servers

MAPPING = """from indexer.formats.marc.rules import field, mapping, marc

mapping(base=None)
field("id", marc("001", first=True))
field("heading", marc("100abcd", first=True))
field("used_for", marc("400abcd"))
field("born", marc("046f", first=True))
"""


def record(number: int, name: str, *others: str) -> str:
    fields = "".join(
        f'<datafield tag="{tag}" ind1="1" ind2=" "><subfield code="a">{value}</subfield></datafield>'
        for tag, value in (("100", name), *(("400", other) for other in others))
    )
    return (
        f'<record><leader>00000nz  a2200000n  4500</leader><controlfield tag="001">a{number}</controlfield>{fields}'
        '<datafield tag="046" ind1=" " ind2=" "><subfield code="f">1835</subfield></datafield></record>'
    )


def dump(path: Path, *records: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'<collection xmlns="http://www.loc.gov/MARC21/slim">{"".join(records)}</collection>')


@pytest.fixture
def target(solr_url: str) -> Target:
    return parse_target(f"solr+{solr_url}/{unique()}")


@pytest.fixture
def folder(target: Target, tmp_path: Path) -> Iterator[Path]:
    with own_core(target, of_authorities) as configset:
        (tmp_path / "authority.py").write_text(MAPPING)
        (tmp_path / "indexer.toml").write_text(f"""target = "{target}"
schema = "live"
[load]
dates = true
[rebuild]
configset = "{configset}"
adopt = true
[profile.authority]
base = "marc"
mapping = "authority.py"
options = {{ all_types = true }}
[[source]]
name = "names"
profile = "authority"
paths = ["dumps"]
""")
        dump(tmp_path / "dumps/1.xml", record(1, "Twain, Mark", "Clemens, Samuel"), record(2, "Sand, George"))
        yield tmp_path


def documents(target: Target) -> dict[str, dict[str, str | list[str]]]:
    dates = ("first_indexed", "last_indexed")
    with in_use(live_alone()):
        found = read_back(target)
    assert all(name in fields for fields in found.values() for name in dates)
    return {id: {name: fields[name] for name in fields if name not in dates} for id, fields in found.items()}


def test_loaded_synced_built_anew_and_deleted(indexer: Indexer, target: Target, folder: Path) -> None:
    assert indexer("schema", "check").out.endswith(f"{target} has a schema of its own with 11 fields\n")
    assert indexer("schema", "install").code == ExitCode.USAGE
    assert indexer("sync").code == 0
    first = {
        "a1": {"id": "a1", "record_format": "marc", "heading": "Twain, Mark", "used_for": ["Clemens, Samuel"]},
        "a2": {"id": "a2", "record_format": "marc", "heading": "Sand, George"},
    }
    assert documents(target) == first
    dump(folder / "dumps/2.xml", record(3, "Eliot, George", "Evans, Mary Ann"))
    assert told(indexer("sync", "--json"))["books"]["names"]["indexed"] == 1
    rows = "id,heading,used_for\na4,Voltaire,Arouet\n"
    (folder / "rows.csv").write_text(rows)
    assert indexer("load", "rows.csv", "--profile", "csv").code == 0
    assert documents(target)["a4"] == {"id": "a4", "heading": "Voltaire", "used_for": ["Arouet"]}
    assert indexer("delete", "a4", "--max-share", "1").code == 0
    assert told(indexer("verify", "--json"))["passed"]
    assert told(indexer("reindex", "--json"))["promoted"]
    assert documents(target).keys() == {"a1", "a2", "a3"}
    assert indexer("sync").out.startswith("names   nothing new\n")
    assert told(indexer("rollback", "--json"))["documents"] == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('field("topic", marc("650a"))', "authority.py:8: the schema has no field 'topic'"),
        ('field("headings", marc("100a"))', "The nearest is 'heading'."),
    ],
)
def test_a_field_that_the_core_does_not_have_is_refused(
    indexer: Indexer, target: Target, folder: Path, line: str, said: str
) -> None:
    (folder / "authority.py").write_text(f"{MAPPING}{line}\n")
    refused = indexer("sync")
    assert refused.code == ExitCode.USAGE
    assert said in refused.err
    assert documents(target) == {}


def test_a_format_of_ours_leaves_out_what_the_core_does_not_have(
    indexer: Indexer, target: Target, folder: Path
) -> None:
    (folder / "dc.xml").write_text(
        "<record><header><identifier>x1</identifier></header><metadata><oai_dc:dc "
        'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>A title</dc:title></oai_dc:dc></metadata></record>"
    )
    assert indexer("load", "dc.xml", "--profile", "dspace").code == 0
    (found,) = documents(target).values()
    assert found.keys() <= {"id", "record_format", "fullrecord"}


def test_no_other_engine_has_a_schema_of_its_own(indexer: Indexer, tmp_path: Path) -> None:
    refused = indexer("load", ".", "--target", "embedded:x", env={"INDEXER_SCHEMA": "live"})
    assert refused.code == ExitCode.USAGE
    assert "schema = 'live'" in refused.err
