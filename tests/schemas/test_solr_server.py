"""What the configset does on a real Solr, a standalone one and SolrCloud: analysis, suggestions, handlers, faults."""

import uuid
from typing import Any

import pytest
import requests

from indexer.model.targets import Target
from tests.schemas.samples import everything


def ask(target: Target, path: str, **params: Any) -> Any:
    url = f"{target.base}/{target.index}/{path}"
    response = requests.get(url, params={"wt": "json", **params}, timeout=60)
    assert response.status_code == 200, response.text
    return response.json()


def add(target: Target, *documents: dict[str, Any]) -> list[dict[str, str]]:
    """Adds and commits; returns the errors that Solr names."""
    url = f"{target.base}/{target.index}/update"
    response = requests.post(url, params={"wt": "json", "commit": "true"}, json=list(documents), timeout=60)
    assert response.status_code == 200, response.text
    errors: list[dict[str, str]] = response.json()["responseHeader"].get("errors", [])
    return errors


def terms(target: Target, type_: str, text: str, side: str = "index") -> list[str]:
    """The terms that a field type makes of a text when indexing, or of a query."""
    params = {"analysis.fieldtype": type_, "analysis.fieldvalue": text, "analysis.query": text}
    chain = ask(target, "analysis/field", **params)["analysis"]["field_types"][type_][side]
    return [token["text"] for token in chain[-1]]


def test_a_document_with_every_field(solr: Target) -> None:
    fields = everything(uuid.uuid4().hex)
    assert add(solr, dict(fields)) == []
    found = ask(solr, "get", id=fields["id"])["doc"]
    unstored = {
        "allfields", "allfields_unstemmed", "fulltext", "fulltext_unstemmed", "publishDateSort", "publisherStr",
        "topic_unstemmed", "topic_browse", "author_browse", "hierarchy_browse",
    }  # fmt: skip
    assert {name for name in fields if name not in found} <= unstored
    (visible,) = ask(solr, "select", q=f"id:{fields['id']}")["response"]["docs"]
    visible["sample_boolean"] = str(visible["sample_boolean"]).lower()
    assert {name: value for name, value in visible.items() if name != "_version_"} == {
        name: value for name, value in fields.items() if name not in unstored
    }


def test_the_who_is_who(solr: Target) -> None:
    assert terms(solr, "text", "The Who") == ["who"]
    assert terms(solr, "textProper", "The Who") == ["who"]


@pytest.mark.parametrize("type_", ["text", "textProper", "textSpell"])
def test_an_apostrophe_leaves_no_word_behind_and_a_vitamin_keeps_its_letter(solr: Target, type_: str) -> None:
    words = terms(solr, type_, "don't")
    assert "don" in words
    assert "t" not in words
    assert terms(solr, type_, "vitamin A") == ["vitamin", "a"]


def test_text_is_folded_stemmed_and_split(solr: Target) -> None:
    assert terms(solr, "text", "Running Ünïcödé") == ["run", "unicod"]
    assert terms(solr, "textProper", "Running Ünïcödé") == ["running", "unicode"]
    assert sorted(terms(solr, "text", "WiFi")) == ["fi", "wi", "wifi"]
    assert terms(solr, "text", "WiFi", side="query") == ["wi", "fi"]


def test_numerals_meet_in_queries(solr: Target) -> None:
    for volume in ("volume IV", "volume 4", "volume Four"):
        assert sorted(terms(solr, "text", volume, side="query")) == ["4", "four", "iv", "volum"]
    assert terms(solr, "text", "volume IV") == ["volum", "iv"]
    assert terms(solr, "text", "volume C", side="query") == ["volum", "c"]


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ("Thrombocytopenia.", "Thrombocytopenia"),
        ("Umbilical cord. . ", "Umbilical cord"),
        ("Smith, J.", "Smith, J."),
        ("Smith, J. ", "Smith, J."),
        ("Smith, John.", "Smith, John"),
        ("Vitamin b.", "Vitamin b"),
        ("U.S.A.", "U.S.A."),
        ("no dot", "no dot"),
    ],
)
def test_facets_lose_their_closing_dot_unless_it_ends_an_initial(solr: Target, value: str, term: str) -> None:
    assert terms(solr, "textFacet", value) == [term]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0-306-40615-X (pbk.)", ["030640615x"]),
        ("978-3-16-148410-0", ["9783161484100"]),
        ("2049-3630", ["20493630"]),
        ("12-3", []),  # too short
        ("(pbk.)", []),
        ("1" * 101, []),  # too long
    ],
)
def test_standard_numbers(solr: Target, value: str, expected: list[str]) -> None:
    assert terms(solr, "isn", value) == expected


def test_call_numbers(solr: Target) -> None:
    assert terms(solr, "callnumberSearch", "QA 76.9 .D3 É") == ["qa76.9.d3e"]


def test_autocompletion(solr: Target) -> None:
    assert terms(solr, "text_autocomplete", "Öl an") == ["o", "ol", "a", "an"]
    assert terms(solr, "text_autocomplete", "Öl an", side="query") == ["ol", "an"]


def test_words_to_suggest_are_those_of_the_text_and_not_several_in_one(solr: Target) -> None:
    assert terms(solr, "textSpell", "WiFi 4.5") == ["wi", "fi", "4", "5"]


def test_pairs_of_words(solr: Target) -> None:
    assert terms(solr, "textSpellShingle", "umbilical cord cells") == ["umbilical cord", "cord cells"]


def test_a_format_is_found_among_all_fields(solr: Target) -> None:
    id_ = uuid.uuid4().hex
    assert add(solr, {"id": id_, "allfields": ["some words"], "format": ["Phonograph"]}) == []
    assert ask(solr, "select", q="phonograph", fq=f"id:{id_}")["response"]["numFound"] == 1


@pytest.mark.parametrize(
    ("dictionary", "query", "suggestion"),
    [
        ("default", "umbilicel cord", "umbilical cord"),
        ("basicSpell", "thrombocytopnia", "thrombocytopenia"),
        ("direct", "infusiom", "infusion"),
    ],
)
def test_suggestions(solr: Target, dictionary: str, query: str, suggestion: str) -> None:
    words = "Intravenous infusion umbilical cord-derived thrombocytopenia"
    copies = {name: [words] for name in ("spelling", "spellingShingle", "allfields_unstemmed")}
    assert add(solr, {"id": uuid.uuid4().hex, "title": words, **copies}) == []
    params = {"q": query, "spellcheck": "true", "spellcheck.q": query, "spellcheck.dictionary": dictionary}
    found = ask(solr, "select", **params)["spellcheck"]["suggestions"]
    assert suggestion in [option["word"] for option in found[1]["suggestion"]]


def test_one_bad_document_costs_itself(solr: Target) -> None:
    good, bad = uuid.uuid4().hex, uuid.uuid4().hex
    (error,) = add(solr, {"id": bad, "unknown_field": "x"}, {"id": good, "title": "kept"})
    assert (error["type"], error["id"]) == ("ADD", bad)
    assert "unknown_field" in error["message"]
    assert ask(solr, "select", q=f"id:({good} OR {bad})", **{"q.op": "OR"})["response"]["numFound"] == 1


def test_nothing_is_seen_before_a_commit_and_real_time_get_has_it(solr: Target) -> None:
    id_ = uuid.uuid4().hex
    url = f"{solr.base}/{solr.index}/update"
    requests.post(url, json=[{"id": id_, "title": "soon"}], timeout=60).raise_for_status()
    assert ask(solr, "select", q=f"id:{id_}")["response"]["numFound"] == 0
    assert ask(solr, "get", id=id_)["doc"]["title"] == "soon"


@pytest.mark.parametrize("field", ["author", "author_variant", "author2", "title_full_unstemmed", "title"])
def test_a_quoted_search_is_highlighted(solr: Target, field: str) -> None:
    id_ = uuid.uuid4().hex
    several = field.startswith("author")
    assert add(solr, {"id": id_, field: ["Novelty, Paco"] if several else "Novelty, Paco"}) == []
    params = {"qt": "edismax", "qf": field, "hl": "true", "hl.fl": field, "fq": f"id:{id_}"}
    answer = ask(solr, "select", q='"Novelty, Paco"', **params)
    assert answer["response"]["numFound"] == 1
    assert "<em>" in answer["highlighting"][id_][field][0]


def test_a_word_that_is_split_is_a_phrase(solr: Target) -> None:
    together, apart = uuid.uuid4().hex, uuid.uuid4().hex
    assert (
        add(solr, {"id": together, "title": "Beta-lactam 4.5"}, {"id": apart, "title": "Lactam or beta, 5 of 4"}) == []
    )
    for query in ("beta-lactam", "4.5", "title:beta-lactam"):
        answer = ask(solr, "select", q=query, df="title", fq=f"id:({together} OR {apart})", **{"q.op": "OR"})
        assert [row["id"] for row in answer["response"]["docs"]] == [together], query


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_record_without_the_date_comes_last(solr: Target, order: str) -> None:
    with_date, without = uuid.uuid4().hex, uuid.uuid4().hex
    assert add(solr, {"id": with_date, "last_indexed": "2020-01-01T00:00:00Z"}, {"id": without}) == []
    params = {"q": f"id:({with_date} {without})", "q.op": "OR", "sort": f"last_indexed {order}"}
    assert [row["id"] for row in ask(solr, "select", **params)["response"]["docs"]] == [with_date, without]


@pytest.mark.parametrize("handler", ["standard", "dismax", "edismax"])
def test_every_word_must_match_whatever_the_handler(solr: Target, handler: str) -> None:
    id_ = uuid.uuid4().hex
    assert add(solr, {"id": id_, "allfields": ["alpha beta"]}) == []
    both = ask(solr, "select", qt=handler, q="alpha beta", fq=f"id:{id_}")
    one = ask(solr, "select", qt=handler, q="alpha gamma", fq=f"id:{id_}")
    assert (both["response"]["numFound"], one["response"]["numFound"]) == (1, 0)


def test_ping_terms_and_more_like_this(core: Target) -> None:
    first, second = uuid.uuid4().hex, uuid.uuid4().hex
    documents = [{"id": id_, "title": f"Ferns of {id_}", "topic": ["Pteridology"]} for id_ in (first, second)]
    documents[0]["callnumber-label"] = documents[1]["callnumber-label"] = first
    assert add(core, *documents) == []
    assert ask(core, "admin/ping")["status"] == "OK"
    assert "pteridolog" in ask(core, "terms", **{"terms.fl": "topic", "terms.prefix": "pter"})["terms"]["topic"]
    similar = ask(core, "select", qt="morelikethis", q=f'id:"{first}"')
    assert similar["response"]["docs"][0]["id"] == second


def test_paths_of_solr_10(core10: Target) -> None:
    """`qt` chooses no handler there: what has none of its own path is not there."""
    first, second = uuid.uuid4().hex, uuid.uuid4().hex
    documents = [{"id": id_, "title": f"Mosses of {id_}", "callnumber-label": first} for id_ in (first, second)]
    assert add(core10, *documents) == []
    assert ask(core10, "admin/ping")["status"] == "OK"
    assert ask(core10, "search", q=f"id:{first}")["response"]["numFound"] == 1
    similar = ask(core10, "morelikethis", q=f'id:"{first}"')
    assert second in [row["id"] for row in similar["response"]["docs"]]
    like = ask(core10, "select", q=f"{{!mlt qf=callnumber-label mintf=1 mindf=1}}{first}")  # VuFind's other way
    assert second in [row["id"] for row in like["response"]["docs"]]


def test_paths_that_a_site_asks_for(core: Target) -> None:
    id_ = uuid.uuid4().hex
    assert add(core, {"id": id_, "allfields": ["alpha beta"]}) == []
    assert ask(core, "search", q="beta alpha", fq=f"id:{id_}")["response"]["numFound"] == 1
    assert ask(core, "replication", command="indexversion")["indexversion"] > 0
