"""The compiled files: well-formed, complete, and the committed ones up to date."""

import json
from pathlib import Path

import pytest
from lxml import etree

from indexer.engines import compile as compiler
from indexer.engines.elastic.schema import index_body
from indexer.engines.solr.schema import CONF, configset, schema_xml, synonyms
from indexer.model.schema import biblio


def test_the_committed_files_are_what_biblio_toml_compiles_to() -> None:
    assert compiler.build(write=False) == []


def test_build_writes_what_differs_and_only_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "schemas_folder", lambda: tmp_path)
    assert compiler.build(write=False) == sorted(compiler.compiled())
    assert not any(tmp_path.iterdir())
    assert compiler.build() == sorted(compiler.compiled())
    stop_words = tmp_path / "solr/biblio/conf/stopwords.txt"
    stop_words.write_text("und\n")
    assert compiler.build(write=False) == ["solr/biblio/conf/stopwords.txt"]
    assert compiler.build() == ["solr/biblio/conf/stopwords.txt"]
    assert compiler.build() == []


def test_solr_has_every_field_as_listed() -> None:
    root = etree.fromstring(schema_xml(biblio()).encode())
    fields = {row.get("name"): row for row in root.iter("field")}
    assert fields.keys() == biblio().fields.keys()
    allfields = fields["allfields"]
    assert (allfields.get("stored"), allfields.get("multiValued"), allfields.get("type")) == ("false", "true", "text")
    assert {name for name, row in fields.items() if row.get("storeOffsetsWithPositions")} == {
        "author",
        "author_variant",
    }
    assert {row.get("name") for row in root.iter("dynamicField")} == {row.name for row in biblio().dynamic}
    types = {row.get("name") for row in root.iter("fieldType")}
    assert {row.get("type") for row in (*root.iter("field"), *root.iter("dynamicField"))} <= types
    assert root.findtext("uniqueKey") == "id"


def test_copy_field_rules_are_the_engines_only_unless_asked_for() -> None:
    def rules(text: str) -> set[tuple[str | None, str | None]]:
        return {(row.get("source"), row.get("dest")) for row in etree.fromstring(text.encode()).iter("copyField")}

    assert rules(schema_xml(biblio())) == {("format", "allfields")}
    everything = rules(schema_xml(biblio(), copy_fields=True))
    assert ("author2", "author_facet") in everything
    assert len(everything) == 23


@pytest.mark.parametrize("major", CONF)
def test_solrconfig_is_well_formed_and_classic(major: int) -> None:
    root = etree.fromstring(configset(biblio(), major)["solrconfig.xml"].encode())
    factory = root.find("schemaFactory")
    assert factory is not None
    assert factory.get("class") == "ClassicIndexSchemaFactory"
    assert root.find(".//autoSoftCommit") is None
    assert root.findtext(".//autoCommit/openSearcher") == "false"


def test_solr_10_gets_handlers_by_paths_and_nothing_that_it_dropped() -> None:
    root = etree.fromstring(configset(biblio(), 10)["solrconfig.xml"].encode())
    names = {handler.get("name", "") for handler in root.iter("requestHandler")}
    assert {"/select", "/search", "/terms", "/morelikethis", "/admin/ping"} <= names
    assert all(name.startswith("/") for name in names)
    assert "handleSelect" not in configset(biblio(), 10)["solrconfig.xml"]
    assert root.find("lib") is None
    nine, ten = configset(biblio(), 9), configset(biblio(), 10)
    assert {name for name in nine if nine[name] != ten[name]} == {"solrconfig.xml"}


def test_numerals() -> None:
    lines = synonyms().splitlines()
    assert lines[2:] == ["i,1,one", "ii,2,two", "iii,3,three", "iv,4,four", "v,5,five"]
    numerals = index_body(biblio())["settings"]["index"]["analysis"]["filter"]["numerals"]["synonyms"]
    assert numerals[1] == "ii,II,Ii,2,two,TWO,Two"  # the filter stands before those that fold case


def test_stop_words_are_vufinds() -> None:
    words = configset(biblio())["stopwords.txt"].splitlines()[1:]
    assert len(words) == 34
    assert {"the", "with", "was", "s", "t"} <= set(words)
    assert "a" not in words
    assert index_body(biblio())["settings"]["index"]["analysis"]["filter"]["english_stop"]["stopwords"] == words


def test_elastic_maps_every_field_that_is_sent() -> None:
    mappings = json.loads(compiler.compiled()["elastic/biblio.json"])["mappings"]
    properties = mappings["properties"]
    assert properties.keys() == biblio().fields.keys() - {"_version_"}
    assert properties["title"]["fields"] == {"keyword": {"type": "keyword"}}
    assert properties["title_sort"] == {"type": "keyword", "normalizer": "sort"}
    assert properties["topic_facet"] == {"type": "keyword", "normalizer": "textFacet"}
    assert properties["fullrecord"] == {"type": "keyword", "index": False, "doc_values": False}
    assert properties["format"]["copy_to"] == ["allfields"]


def test_elastic_leaves_no_long_value_out_in_silence() -> None:
    assert "ignore_above" not in json.dumps(index_body(biblio()))


def test_elastic_takes_the_longest_dynamic_suffix_first() -> None:
    templates = [
        body["match"] for row in index_body(biblio())["mappings"]["dynamic_templates"] for body in row.values()
    ]
    assert templates[-1] == "*"
    assert [len(match) for match in templates[:-1]] == sorted((len(match) for match in templates[:-1]), reverse=True)
