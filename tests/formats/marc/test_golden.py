"""The bundled mapping against SolrMarc 3.5 with VuFind's own: every field of every record."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from indexer.formats.marc import document
from indexer.formats.profiles import resolve
from indexer.model.documents import Delete
from indexer.model.records import Position, Record
from tests.formats.marc.made import listed

PROFILE = resolve("marc", {"marc": {"options": {"all_types": True}}})  # SolrMarc leaves no type of record out
NOT_THERE = {"fullrecord", "marc_error", "probe"}  # left out of the golden files, or what only they have

# Probes that differ, with the reason; docs/fields.md says it to the user.
LINE = "the golden file was read line by line, and this value holds a line break"
CLOCK = "whether a year is too late does not hang on the day on which it is read"
BY_CHOICE = {
    "p0799": ({"allfields", "title", "title_auth", "title_full", "title_short", "title_sort"}, LINE),
    "p0624": ({"publishDate", "publishDateSort"}, CLOCK),
}
# A numeric reference in a record of MARC-8 that is all ASCII: LC's rule for what MARC-8 lacks. SolrMarc leaves it.
REFERENCE = ("2196384", "allfields")


def differences(files: Sequence[Path], golden: Path) -> Iterator[tuple[str, str, object, object]]:
    """(id, field, ours, theirs) wherever they differ; a deletion of ours is a field `deleted`."""
    expected = [json.loads(line) for line in _read(golden).splitlines()]
    records = [part.lstrip(b"\r\n") + b"\x1d" for file in files for part in _read(file).split(b"\x1d") if part.strip()]
    assert len(records) == len(expected) > 0
    for raw, theirs in zip(records, expected, strict=True):
        ours = document(Record("test", "marc", raw, Position("test")), PROFILE)
        identifier = theirs["id"][0]
        if isinstance(ours, Delete):
            yield identifier, "deleted", ours.id, None
            continue
        fields = ours.fields
        for name in (fields.keys() | theirs.keys()) - NOT_THERE:
            if listed(fields.get(name)) != theirs.get(name, []):
                yield identifier, name, fields.get(name), theirs.get(name)


def test_each_probe_of_the_mapping_is_as_vufind_has_it(data: Path) -> None:
    """Small records that vary one thing each: a code, a date, a number, a relator."""
    found = list(differences([data / "marc/probes.mrc.gz"], data / "marc/golden/marc_probes.jsonl.gz"))
    named: dict[str, set[str]] = {}
    for identifier, name, *_ in found:
        named.setdefault(identifier, set()).add(name)
    assert named == {identifier: names for identifier, (names, _) in BY_CHOICE.items()}


def _read(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


@pytest.mark.parametrize(
    ("inputs", "golden"),
    [
        ("lc_booksall_2016_sample.mrc.gz", "marc_lc_sample"),
        ("pymarc/marc.dat", "marc_pymarc"),
        ("marc8/*.marc", "marc_marc8"),
    ],
)
def test_every_field_of_every_record_is_as_solrmarc_makes_it(data: Path, inputs: str, golden: str) -> None:
    folder = data / "marc"
    files = sorted(folder.glob(inputs))
    assert list(differences(files, folder / "golden" / f"{golden}.jsonl.gz")) == []


@pytest.mark.parametrize(
    ("inputs", "golden", "deleted"),
    [("test_data.utf8.mrc", "marc_traject_test_data", ["00314247"]), ("*.marc", "marc_traject_oddities", [])],
)
def test_so_it_is_with_the_oddities_of_traject(real_data: Path, inputs: str, golden: str, deleted: list[str]) -> None:
    files = sorted((real_data / "local/marc/traject").glob(inputs))
    if not files:
        pytest.skip(f"{real_data} has no local/marc/traject")
    found = list(differences(files, real_data / "golden" / f"{golden}.jsonl"))
    assert [identifier for identifier, name, *_ in found if name == "deleted"] == deleted
    differing = {(identifier, name) for identifier, name, *_ in found if name != "deleted"}
    assert differing == ({REFERENCE} if inputs == "*.marc" else set())
