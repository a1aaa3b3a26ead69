"""Property files against what SolrMarc 3.5 made by them, value for value; each line of forms.properties is a form."""

import gzip
import json
from pathlib import Path

import pytest

from indexer.formats.marc import mappings, reader
from indexer.formats.marc.solrmarc import files, parser, syntax
from indexer.model.errors import ConfigError
from tests.formats.marc.solrmarc.golden import DATA, records

FORMS = DATA / "forms/forms.properties"
LOST = {"d22_str_mv", "i21_str_mv"}  # SolrMarc loses these fields with an exception


def made(mapping: Path, raw: bytes) -> dict[str, list[str]]:
    record = reader.parse(raw)
    found = {}
    for name, field in mappings.load(str(mapping)).fields.items():
        try:
            values = field.run(record)
        except ValueError:
            assert name in LOST
            continue
        if values:
            found[name] = list(values)
    return found


def names_of(file: Path) -> list[str]:
    return sorted({line.names for line in files.read(file.read_text(encoding="utf-8")).lines})


@pytest.mark.parametrize("names", names_of(FORMS))
def test_each_form_gives_what_solrmarc_gives(names: str) -> None:
    expected = [json.loads(line) for line in (DATA / "forms/forms.jsonl").read_text(encoding="utf-8").splitlines()]
    for raw, theirs in zip(records(DATA / "forms/forms.mrc"), expected, strict=True):
        ours = made(FORMS, raw)
        for name in names.split(","):
            assert ours.get(name) == theirs.get(name)


@pytest.mark.parametrize("name", ["grammar", "more"])
def test_every_field_of_the_grammar_is_as_solrmarc_makes_it(data: Path, name: str) -> None:
    golden = gzip.decompress((DATA / f"{name}/{name}.jsonl.gz").read_bytes()).decode().splitlines()
    sample = records(data / "marc/lc_booksall_2016_sample.mrc.gz")
    for line, raw in zip(golden, sample, strict=False):
        assert made(DATA / f"{name}/{name}.properties", raw) == json.loads(line)


def test_the_lines_that_solrmarc_refuses_are_refused_all_at_once() -> None:
    file = DATA / "grammar/refused.properties"
    with pytest.raises(ConfigError) as told:
        mappings.load(str(file))
    said = told.value.message.splitlines()
    assert len(said) == 7
    for line, wanted in zip(
        said,
        [
            "refused.properties:3: a01_str_mv: sort wants its two parameters",
            "refused.properties:5:25: a02_str_mv: ',', where the '?'",
            "refused.properties:7:21: a03_str_mv: '\"', where a pattern of tags, bare",
            "refused.properties:9: a04_str_mv: there is no function 'getLinkedFieldCombined'",
            "refused.properties:10: a05_str_mv: there is no function 'getTitle'",
            "refused.properties:12: a06_str_mv: there is no function 'getSortableAuthor'",
            "refused.properties:14:14: a07_str_mv: '1', where a field such as 245ab",
        ],
        strict=True,
    ):
        assert wanted in line


@pytest.mark.parametrize("file", [FORMS, DATA / "grammar/grammar.properties"])
def test_what_is_read_is_written_as_it_was_meant(file: Path) -> None:
    for line in files.read(file.read_text(encoding="utf-8")).lines:
        spec = parser.parse(line.text)
        assert parser.parse(syntax.text(spec)) == spec
