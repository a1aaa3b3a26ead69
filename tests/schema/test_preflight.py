"""A live schema held against ours, without a server: what each difference means."""

from typing import Any

import pytest

from indexer.errors import PermanentError
from indexer.schema.elastic import index_body
from indexer.schema.model import biblio
from indexer.schema.preflight import LiveSolr, check_elastic, compare_elastic, compare_solr, missing_fields, refuse
from indexer.targets import parse_target

ES = parse_target("elasticsearch+http://localhost:9200/biblio")


Rules = tuple[tuple[str, str], ...]
OURS: Rules = (("format", "allfields"),)


def live(changes: dict[str, dict[str, Any] | None] | None = None, copies: Rules = OURS) -> LiveSolr:
    """A core with our schema, but for the changes: properties of a field, or None when it is not there."""
    schema = biblio()
    fields: dict[str, dict[str, Any]] = {
        row.name: {"type": row.type, "indexed": row.indexed, "stored": row.stored, "multiValued": row.multi}
        for row in (*schema, *schema.dynamic)
    }
    for name, properties in (changes or {}).items():
        if properties is None:
            del fields[name]
        else:
            fields[name] = fields.get(name, {}) | properties
    return LiveSolr(
        fields={name: row for name, row in fields.items() if "*" not in name},
        dynamic={name: row for name, row in fields.items() if "*" in name},
        copies=copies,
    )


def test_our_own_schema_has_no_differences() -> None:
    assert compare_solr(biblio(), live()) == []
    assert live().omit == frozenset()


def test_missing_fields_are_named() -> None:
    core = live({"title_sort": None, "*_str_mv": None})
    assert missing_fields(biblio(), core) == ["title_sort", "*_str_mv"]
    with pytest.raises(PermanentError, match=r"title_sort: not there, \*_str_mv: not there") as caught:
        refuse(parse_target("solr+http://localhost:8983/solr/biblio"), compare_solr(biblio(), core))
    assert "indexer schema install" in caught.value.advice


def test_a_field_that_a_dynamic_pattern_covers_is_there() -> None:
    core = live(
        {"marc_error": None, "marc_*": {"type": "string", "indexed": True, "stored": True, "multiValued": True}}
    )
    assert missing_fields(biblio(), core) == []


def test_one_value_instead_of_several_blocks_and_the_reverse_does_not() -> None:
    core = live({"topic": {"multiValued": False}, "title": {"multiValued": True}})
    found = {row.field: row.blocking for row in compare_solr(biblio(), core)}
    assert found == {"topic": True, "title": False}


def test_another_type_or_flag_is_told_but_does_not_block() -> None:
    core = live({"url": {"indexed": False}, "topic_facet": {"type": "string"}})
    found = compare_solr(biblio(), core)
    assert [str(row) for row in found] == ["topic_facet: its type is string, not textFacet", "url: is not indexed"]
    assert not any(row.blocking for row in found)


def test_vufinds_copy_field_rules_say_what_to_leave_out() -> None:
    schema = biblio()
    rules = tuple((source, target) for source, targets in schema.copies.items() for target in targets)
    omit = live(copies=rules).omit
    assert {"spelling", "author_facet", "title_fullStr", "dewey-search"} <= omit
    assert "allfields" not in omit  # its rule only adds the formats to what the importer emitted
    assert omit == schema.copy_targets - {"allfields"}


def test_a_sites_rule_into_a_field_of_ours() -> None:
    omit = live(copies=(("title", "title_auth"), ("author2", "topic"), ("*_str", "*_txt"))).omit
    assert omit == {"title_auth"}  # a second value would be refused; topic takes what is copied beside what is sent


def mapping(**changes: Any) -> dict[str, Any]:
    mappings = index_body(biblio())["mappings"]
    return {"biblio": {"mappings": mappings | {"properties": mappings["properties"] | changes}}}


def test_our_own_mapping_has_no_differences() -> None:
    assert compare_elastic(biblio(), mapping()) == []


def test_an_index_without_a_mapping_is_refused() -> None:
    with pytest.raises(
        PermanentError, match=r"elasticsearch\+http://localhost:9200/biblio: .*not there.* and \d+ more"
    ):
        check_elastic({"biblio": {"mappings": {}}}, ES)


def test_a_guessed_type_is_refused() -> None:
    guessed = {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}
    with pytest.raises(PermanentError, match="title_sort: its type is text, not keyword"):
        check_elastic(mapping(title_sort=guessed), ES)


def test_every_index_behind_an_alias_is_looked_at() -> None:
    both = mapping() | {"old": {"mappings": {"properties": {}}}}
    assert {row.problem for row in compare_elastic(biblio(), both)} == {"not there in old"}


def test_another_analyzer_does_not_block() -> None:
    check_elastic(mapping(title={"type": "text", "analyzer": "german"}), ES)
