"""An index that SolrMarc has filled, and a load of the same records: `diff` says that nothing would change."""

import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.derive.stage import complete
from indexer.engines.base import Write
from indexer.engines.registry import install, open_index, parse_target
from indexer.formats.marc import from_marc
from indexer.formats.marc.reader import fullrecord, parse
from indexer.formats.profiles import resolve
from indexer.model.documents import Draft, Fields
from indexer.model.targets import Target
from tests.conftest import ROOT
from tests.end_to_end.conftest import Indexer

DATA = ROOT / "tests/data/marc"
GOLDEN = DATA / "golden"
PROFILE = resolve("marc", {"marc": {"options": {"all_types": True}}})
SETTINGS = """
target = "{}"
[profile.marc.options]
all_types = true  # SolrMarc leaves no type of record out
[[source]]
name = "catalogue"
profile = "marc"
paths = ["records.mrc"]
"""
# Those probes that differ by choice (docs/fields.md says why), and the one whose value the golden file has cut.
LATE_YEAR, CUT = {"publishDate", "publishDateSort"}, {"title", "title_auth", "title_full", "title_short", "title_sort"}
COPIES_OF_CUT = {
    "allfields",
    "title_fullStr",
    "title_full_unstemmed",
    "spelling",
    "spellingShingle",
    "allfields_unstemmed",
}


def _raws(*files: Path) -> Iterator[bytes]:
    for file in files:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        yield from (part.lstrip(b"\r\n") + b"\x1d" for part in content.split(b"\x1d") if part.strip())


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in gzip.decompress((GOLDEN / f"{name}.jsonl.gz").read_bytes()).splitlines():
        yield {field: value for field, value in json.loads(line).items() if field != "probe"}


def _as_solrmarc(raw: bytes, row: dict[str, Any]) -> Fields:
    """SolrMarc's document of a record, with what Solr copies. The golden files have neither its fullrecord, which is
    written here with its keys in another order than ours, nor the order of its fields, in which Solr copies.
    """
    record = parse(raw)
    marc_fields = [
        {tag: value if isinstance(value, str) else {key: value[key] for key in ("ind1", "ind2", "subfields")}}
        for field in json.loads(fullrecord(record))["fields"]
        for tag, value in field.items()
    ]
    leader = f"{record.leader[:9]}a{record.leader[10:]}"
    ours = from_marc(record, PROFILE)
    assert isinstance(ours, dict)
    order = [*(name for name in ours if name in row), *row]
    written = json.dumps({"fields": marc_fields, "leader": leader}, indent=1)
    fields = {**{name: row[name] for name in order}, "fullrecord": written}
    return complete(Draft(fields, computed=()), "current")


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return parse_target(f"embedded:{tmp_path / 'index'}")


def test_what_solrmarc_has_loaded_would_not_change(target: Target, indexer: Indexer, tmp_path: Path) -> None:
    sets = {
        "marc_lc_sample": itertools.islice(_raws(DATA / "lc_booksall_2016_sample.mrc.gz"), 100),
        "marc_pymarc": _raws(DATA / "pymarc/marc.dat"),
        "marc_marc8": _raws(*sorted((DATA / "marc8").glob("*.marc"))),
        "marc_probes": _raws(DATA / "probes.mrc.gz"),
    }
    pairs = [(raw, row) for name, raws in sets.items() for raw, row in zip(raws, _rows(name), strict=False)]
    (tmp_path / "records.mrc").write_bytes(b"".join(raw for raw, _ in pairs))
    (tmp_path / "indexer.toml").write_text(SETTINGS.format(target))
    install(target)
    sink = open_index(target)
    try:
        sink.check()
        documents = [_as_solrmarc(raw, row) for raw, row in pairs]
        outcomes = sink.push([Write(str(each["id"]), orjson.dumps(each)) for each in documents])
        assert {outcome.status for outcome in outcomes} == {"indexed"}
        sink.commit()
    finally:
        sink.close()

    ended = indexer("diff", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    counts = {field["name"]: field["count"] for field in told["fields"]}
    warned = counts.pop("marc_error")  # VuFind's import fills it only where it is told to
    assert warned == 7
    assert told["documents"] == {"unchanged": 627 - warned - 2, "changed": warned + 2}
    assert set(counts.values()) == {1}
    assert set(counts) <= LATE_YEAR | CUT | COPIES_OF_CUT
    differing = {example["id"] for field in told["fields"] if field["name"] in counts for example in field["examples"]}
    assert differing == {"p0624", "p0799"}
