"""A live schema held against ours, without a server: what each difference means."""

from typing import Any

import pytest

from indexer.engines.elastic.preflight import _as_settings as as_settings
from indexer.engines.elastic.preflight import (
    check_elastic,
    compare_analysis,
    compare_elastic,
    live_elastic_schema,
)
from indexer.engines.elastic.schema import index_body
from indexer.engines.http import http_session
from indexer.engines.preflight import refuse
from indexer.engines.registry import parse_target
from indexer.engines.solr.preflight import LiveSolr, check_solr, compare_solr
from indexer.engines.solr.update_chain import OWN, Processor, UpdateChain, built_on_optimize, read
from indexer.model.errors import PermanentError
from indexer.model.schema import biblio
from tests.engines.server import Answer, Request, serving

ES = parse_target("elasticsearch+http://localhost:9200/biblio")


RUN = Processor("RunUpdateProcessorFactory")
Rules = tuple[tuple[str, str], ...]
OURS: Rules = (("format", "allfields"),)


def live(changes: dict[str, dict[str, Any] | None] | None = None, copies: Rules = OURS, **more: Any) -> LiveSolr:
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
        **more,
    )


def test_our_own_schema_has_no_differences() -> None:
    assert compare_solr(biblio(), live()) == []
    assert live().omit == frozenset()


def test_missing_fields_are_named() -> None:
    core = live({"title_sort": None, "*_str_mv": None})
    with pytest.raises(PermanentError, match=r"title_sort: not there, \*_str_mv: not there") as caught:
        refuse(parse_target("solr+http://localhost:8983/solr/biblio"), compare_solr(biblio(), core))
    assert "indexer schema install" in caught.value.advice


def test_a_field_that_a_dynamic_pattern_covers_is_there() -> None:
    core = live(
        {"marc_error": None, "marc_*": {"type": "string", "indexed": True, "stored": True, "multiValued": True}}
    )
    assert "marc_error" not in {row.field for row in compare_solr(biblio(), core)}


def test_one_value_instead_of_several_blocks_and_the_reverse_does_not() -> None:
    core = live({"topic": {"multiValued": False}, "title": {"multiValued": True}})
    found = {row.field: row.blocking for row in compare_solr(biblio(), core)}
    assert found == {"topic": True, "title": False}


def test_another_type_or_flag_is_told_but_does_not_block() -> None:
    core = live({"url": {"indexed": False}, "topic_facet": {"type": "string"}})
    found = compare_solr(biblio(), core)
    assert [str(row) for row in found] == ["topic_facet: its type is string, not textFacet", "url: is not indexed"]
    assert not any(row.blocking for row in found)


@pytest.mark.parametrize(
    ("field", "solr_class", "told"),
    [
        ("publishDate", "solr.IntPointField", "its type theirs, not string, which takes numbers alone"),
        ("title_sort", "org.apache.solr.schema.TrieDateField", "its type theirs, not string, which takes dates alone"),
        ("*_str_mv", "solr.BoolField", "its type theirs, not string, which takes true and false alone"),
        ("*_geo", "solr.LongPointField", "its type theirs, not geo, which takes numbers alone"),
    ],
)
def test_a_type_that_takes_no_text_blocks(field: str, solr_class: str, told: str) -> None:
    found = compare_solr(biblio(), live({field: {"type": "theirs"}}, types={"theirs": solr_class}))
    assert [(row.field, row.problem.replace("is theirs", "theirs"), row.blocking) for row in found] == [
        (field, told, True)
    ]


@pytest.mark.parametrize(
    ("field", "solr_class"),
    [
        ("title_sort", "solr.ICUCollationField"),
        ("author", "solr.StrField"),
        ("first_indexed", "solr.DateRangeField"),
        ("long_lat", "solr.BBoxField"),
        ("format", "com.example.OurField"),  # nobody knows
    ],
)
def test_a_type_that_takes_what_we_send_does_not(field: str, solr_class: str) -> None:
    (row,) = compare_solr(biblio(), live({field: {"type": "theirs"}}, types={"theirs": solr_class}))
    assert not row.blocking


def test_another_unique_key_blocks() -> None:
    (row,) = compare_solr(biblio(), live(unique_key="record_id"))
    assert (str(row), row.blocking) == ("id: is not the unique key there, but record_id is", True)


def test_long_values_that_a_core_refuses_are_told() -> None:
    (row,) = compare_solr(biblio(), live({"fullrecord": {"docValues": True}}))
    assert row.problem == "is indexed or has docValues there: a value of more than 32,766 bytes is refused"
    assert not row.blocking


def test_what_is_required_and_never_sent_blocks() -> None:
    wanted = {"type": "string", "indexed": True, "stored": True, "multiValued": False, "required": True}
    chain = UpdateChain("own", (Processor("TimestampUpdateProcessorFactory", (("fieldName", "stamped"),)), RUN))
    core = live(
        {
            "id": {"required": True},
            "site": wanted,
            "given": wanted | {"default": "x"},
            "copied": wanted,
            "stamped": wanted,
            "title": {"required": True},
        },
        copies=(*OURS, ("title", "copied")),
        chain=chain,
    )
    found = {row.field: row.blocking for row in compare_solr(biblio(), core) if "required" in row.problem}
    assert found == {"site": True, "title": False}


def test_a_rule_whose_source_we_never_send_fills_nothing() -> None:
    assert live(copies=(("theirs", "title_auth"), ("theirs_*", "spelling"))).omit == frozenset()
    assert live(copies=(("title*", "title_auth"),)).omit == {"title_auth"}


@pytest.mark.parametrize(
    ("processor", "told"),
    [
        (
            Processor("IgnoreFieldUpdateProcessorFactory", (("fieldName", "topic"), ("fieldName", "theirs"))),
            "topic: is dropped by the update chain own (IgnoreFieldUpdateProcessorFactory)",
        ),
        (
            Processor("SignatureUpdateProcessorFactory", (("fields", "title,author"),)),
            "update chain own: SignatureUpdateProcessorFactory deletes documents that it finds alike",
        ),
        (Processor("LogUpdateProcessorFactory"), None),
        (Processor("TrimFieldUpdateProcessorFactory"), ""),
        (Processor("TruncateFieldUpdateProcessorFactory", (("fieldName", "title"), ("maxLength", "10"))), ""),
        (Processor("IgnoreFieldUpdateProcessorFactory", (("fieldName", "theirs"),)), None),
        (Processor("SignatureUpdateProcessorFactory", (("enabled", "false"),)), None),
    ],
)
def test_what_an_update_chain_does_to_our_fields(processor: Processor, told: str | None) -> None:
    found = compare_solr(biblio(), live(chain=UpdateChain("own", (processor, RUN))))
    if told is None:
        assert found == []
    elif told:
        assert [(str(row), row.blocking) for row in found] == [(told, True)]
    else:
        assert [row.blocking for row in found] == [False]
        assert "may change values" in found[0].problem


def test_a_chain_that_does_not_index_blocks() -> None:
    (row,) = compare_solr(biblio(), live(chain=UpdateChain("own", (Processor("LogUpdateProcessorFactory"),))))
    assert row.blocking


CONFIG = """<config>{more}
<updateProcessor name="ours" class="solr.HTMLStripFieldUpdateProcessorFactory"><str name="fieldName">title</str>
</updateProcessor>
<updateRequestProcessorChain name="first">
  <processor class="solr.IgnoreFieldUpdateProcessorFactory"><arr name="fieldName"><str>a</str><str>b</str></arr>
  </processor>
  <processor class="solr.RunUpdateProcessorFactory"/>
</updateRequestProcessorChain>
<updateRequestProcessorChain name="second" default="${{update.own:true}}" processor="ours, unknown">
  <processor class="solr.RunUpdateProcessorFactory"/>
</updateRequestProcessorChain></config>"""
NAMED = '<lst name="defaults"><str name="update.chain">first</str></lst>'


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ("", "second"),
        (f'<requestHandler name="/update" class="solr.UpdateRequestHandler">{NAMED}</requestHandler>', "first"),
        (f'<initParams path="/update/**,/query">{NAMED}</initParams>', "first"),
        (f'<initParams path="/query">{NAMED}</initParams>', "second"),
    ],
)
def test_the_chain_is_the_one_that_update_names(more: str, name: str) -> None:
    chain = read(CONFIG.format(more=more).encode())
    assert chain.name == name
    assert [(each.kind, each.fields) for each in chain.processors] == {
        "first": [("IgnoreFieldUpdateProcessorFactory", ["a", "b"]), ("RunUpdateProcessorFactory", [])],
        "second": [("HTMLStripFieldUpdateProcessorFactory", ["title"]), ("RunUpdateProcessorFactory", [])],
    }[name]


@pytest.mark.parametrize(
    "text", ["", "{}", "<config/>", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>']
)
def test_without_a_chain_it_is_solrs_own(text: str) -> None:
    assert read(text.encode()) == OWN


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


def test_an_ingest_pipeline_is_told() -> None:
    own = index_body(biblio())["settings"]["index"]
    analysis = {kind: {name: as_settings(row) for name, row in rows.items()} for kind, rows in own["analysis"].items()}
    settings = {"biblio": {"settings": {"index": {"analysis": analysis, "final_pipeline": "enrich"}}}}
    (row,) = compare_analysis(biblio(), settings)
    assert str(row) == "final_pipeline: documents go through enrich, which may change or drop them"
    assert not row.blocking


def test_a_core_that_lacks_its_analysis_parts_says_so() -> None:
    """A Solr without analysis-extras: what one answers for a core that it could not load."""
    words = "java.lang.ClassNotFoundException: solr.ICUTokenizerFactory"

    def answer(request: Request) -> Answer:
        if "/admin/cores" in request.path:
            return Answer(200, {"initFailures": {"biblio": words}, "status": {}})
        return Answer(500, {"error": {"msg": "SolrCore 'biblio' is not available due to init failure", "code": 500}})

    with serving(answer) as server:
        target = parse_target(f"solr+{server.url}/solr/biblio")
        with http_session(target) as session, pytest.raises(PermanentError, match=r"does not start: .*ICU") as caught:
            check_solr(session, target)
    assert "SOLR_MODULES=analysis-extras" in caught.value.advice


def test_dictionaries_that_wait_for_an_optimized_index_are_told() -> None:
    config = b"""<config><searchComponent name="spellcheck" class="solr.SpellCheckComponent">
      <lst name="spellchecker"><str name="name">built</str><str name="buildOnOptimize">true</str></lst>
      <lst name="spellchecker"><str name="buildOnOptimize">true</str></lst>
      <lst name="spellchecker"><str name="name">direct</str><str name="buildOnOptimize">false</str></lst>
    </searchComponent></config>"""
    assert built_on_optimize(config) == ["built", "default"]
    assert built_on_optimize(b"") == []
    (found,) = compare_solr(biblio(), live(dictionaries=("built",)))
    assert (found.field, found.blocking) == ("solrconfig.xml", False)


def test_fields_that_only_the_core_has_are_told() -> None:
    core = live({"shelf": {"type": "string", "indexed": True, "stored": True, "multiValued": False}})
    (found,) = compare_solr(biblio(), core)
    assert (str(found), found.blocking) == (
        "shelf: a field of this index alone (string, one value): profiles and dumps may give it",
        False,
    )


def test_fields_that_only_an_index_has_are_told() -> None:
    body = index_body(biblio())["mappings"]
    body["properties"]["shelf"] = {"type": "keyword"}
    body["properties"]["of_ours_str"] = {"type": "keyword"}  # made by a template of ours
    mappings = {"biblio": {"mappings": body}}
    assert [row.field for row in compare_elastic(biblio(), mappings)] == ["shelf"]
    assert live_elastic_schema(mappings).fields.keys() == {"shelf"}
