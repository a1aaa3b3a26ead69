"""What the mapping does on real Elasticsearch and OpenSearch servers: the same file on both."""

import uuid
from typing import Any

import pytest
import requests

from indexer.model.targets import Target
from tests.schemas.samples import everything


def send(target: Target, method: str, path: str, body: Any = None) -> requests.Response:
    return requests.request(method, f"{target.base}/{target.index}/{path}", json=body, timeout=60)


def put(target: Target, fields: Any) -> requests.Response:
    return send(target, "PUT", f"_doc/{fields['id']}?refresh=true", fields)


def terms(target: Target, text: str, **chain: str) -> list[str]:
    """The terms that an analyzer or a normalizer of the index makes of a text."""
    response = send(target, "GET", "_analyze", {**chain, "text": text})
    assert response.status_code == 200, response.text
    return [token["token"] for token in response.json()["tokens"]]


def found(target: Target, query: dict[str, Any]) -> list[str]:
    response = send(target, "GET", "_search", {"query": query, "_source": False})
    assert response.status_code == 200, response.text
    return [hit["_id"] for hit in response.json()["hits"]["hits"]]


def facet(target: Target, field: str, id_: str) -> list[str]:
    body = {"size": 0, "query": {"term": {"id": id_}}, "aggs": {"values": {"terms": {"field": field}}}}
    buckets = send(target, "GET", "_search", body).json()["aggregations"]["values"]["buckets"]
    return sorted(bucket["key"] for bucket in buckets)


def test_a_document_with_every_field(elastic: Target) -> None:
    fields = everything(uuid.uuid4().hex)
    response = put(elastic, fields)
    assert response.status_code == 201, response.text
    assert send(elastic, "GET", f"_doc/{fields['id']}").json()["_source"] == fields


def test_dynamic_fields_get_the_type_of_their_pattern(elastic: Target) -> None:
    assert put(elastic, everything(uuid.uuid4().hex)).ok
    properties = next(iter(send(elastic, "GET", "_mapping").json().values()))["mappings"]["properties"]
    expected = {"str": "keyword", "str_mv": "keyword", "txt": "text", "txtF": "keyword", "date_mv": "date"}
    assert {suffix: properties[f"sample_{suffix}"]["type"] for suffix in expected} == expected


def test_an_unknown_field_is_refused_by_name_and_not_remembered(elastic: Target) -> None:
    response = put(elastic, {"id": uuid.uuid4().hex, "unknown_field": "2020-01-01"})
    assert response.status_code == 400
    assert "unknown_field" in response.text
    assert "not in the biblio schema" in response.text
    assert "unknown_field" not in send(elastic, "GET", "_mapping").text


def test_the_who_is_who(elastic: Target) -> None:
    assert terms(elastic, "The Who", analyzer="text") == ["who"]
    assert terms(elastic, "The Who", analyzer="textProper") == ["who"]


def test_text_is_folded_stemmed_and_split(elastic: Target) -> None:
    assert terms(elastic, "Running Ünïcödé", analyzer="text") == ["run", "unicod"]
    assert terms(elastic, "Running Ünïcödé", analyzer="textProper") == ["running", "unicode"]
    assert terms(elastic, "WiFi", analyzer="text_query") == ["wi", "fi"]


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ("Thrombocytopenia.", "Thrombocytopenia"),
        ("Umbilical cord. . ", "Umbilical cord"),
        ("Smith, J.", "Smith, J."),
        ("Smith, John.", "Smith, John"),
    ],
)
def test_facets_lose_their_closing_dot_unless_it_ends_an_initial(elastic: Target, value: str, term: str) -> None:
    assert terms(elastic, value, normalizer="textFacet") == [term]


def test_facets_are_counted_as_in_solr(elastic: Target) -> None:
    id_ = uuid.uuid4().hex
    assert put(elastic, {"id": id_, "topic_facet": ["Blood.", "Blood", "Smith, J."], "topic": ["Blood."]}).ok
    assert facet(elastic, "topic_facet", id_) == ["Blood", "Smith, J."]
    assert facet(elastic, "topic.keyword", id_) == ["Blood."]
    assert id_ in found(elastic, {"term": {"topic_facet": "Blood."}})


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0-306-40615-X (pbk.)", ["030640615x"]), ("12-3", []), ("(pbk.)", []), ("1" * 101, [])],
)
def test_standard_numbers(elastic: Target, value: str, expected: list[str]) -> None:
    assert terms(elastic, value, analyzer="isn") == expected


def test_call_numbers(elastic: Target) -> None:
    assert terms(elastic, "QA 76.9 .D3 É", normalizer="callnumberSearch") == ["qa76.9.d3e"]
    id_ = uuid.uuid4().hex
    assert put(elastic, {"id": id_, "callnumber-search": [f"QA {id_}"]}).ok
    assert found(elastic, {"term": {"callnumber-search": f"q a{id_}"}}) == [id_]


def test_beginnings_of_words(elastic: Target) -> None:
    id_ = uuid.uuid4().hex
    assert put(elastic, {"id": id_, "name_autocomplete": f"Öl{id_}"}).ok
    assert found(elastic, {"match": {"name_autocomplete": f"ol{id_[:8]}"}}) == [id_]
    assert found(elastic, {"match": {"name_autocomplete": f"ol{id_[1:8]}"}}) == []


def test_titles_sort_whatever_their_case_and_accents(elastic: Target) -> None:
    mark = uuid.uuid4().hex
    titles = ["zebra", "Émile", "apple", "Zoo"]
    for number, title in enumerate(titles):
        assert put(elastic, {"id": f"{mark}-{number}", "title_sort": title, "collection": [mark]}).ok
    body = {"query": {"term": {"collection": mark}}, "sort": [{"title_sort": "asc"}], "_source": ["title_sort"]}
    hits = send(elastic, "GET", "_search", body).json()["hits"]["hits"]
    assert [hit["_source"]["title_sort"] for hit in hits] == ["apple", "Émile", "zebra", "Zoo"]


def test_a_format_is_found_among_all_fields(elastic: Target) -> None:
    id_ = uuid.uuid4().hex
    assert put(elastic, {"id": id_, "allfields": ["some words"], "format": ["Phonograph"]}).ok
    query = {"bool": {"must": [{"match": {"allfields": "phonograph"}}, {"term": {"id": id_}}]}}
    assert found(elastic, query) == [id_]
    assert send(elastic, "GET", f"_doc/{id_}").json()["_source"]["allfields"] == ["some words"]


def test_an_over_long_value_fails_its_document_aloud(elastic: Target) -> None:
    response = put(elastic, {"id": uuid.uuid4().hex, "url": ["http://example.org/" + "x" * 32_766]})
    assert response.status_code == 400
    assert "url" in response.text
    assert put(elastic, {"id": uuid.uuid4().hex, "fullrecord": "x" * 100_000}).ok


def test_pairs_of_words_are_suggested(elastic: Target) -> None:
    words = "intravenous infusion of umbilical cord cells"
    assert put(elastic, {"id": uuid.uuid4().hex, "spellingShingle": [words]}).ok
    generator = {"field": "spellingShingle", "suggest_mode": "always", "min_word_length": 3}
    phrase = {"field": "spellingShingle", "gram_size": 2, "max_errors": 2, "direct_generator": [generator]}
    body = {"size": 0, "suggest": {"text": "umbilicel cord", "phrases": {"phrase": phrase}}}
    answer = send(elastic, "GET", "_search", body).json()
    assert answer["suggest"]["phrases"][0]["options"][0]["text"] == "umbilical cord"


def test_numerals_meet_in_queries(elastic: Target) -> None:
    for volume in ("volume IV", "volume 4", "Volume Four"):
        assert sorted(terms(elastic, volume, analyzer="text_query")) == ["4", "four", "iv", "volum"]
    assert terms(elastic, "volume IV", analyzer="text") == ["volum", "iv"]


def test_an_apostrophe_leaves_no_word_behind_and_a_vitamin_keeps_its_letter(elastic: Target) -> None:
    assert terms(elastic, "don't", analyzer="text_query") == ["don"]
    assert terms(elastic, "vitamin A", analyzer="textProper") == ["vitamin", "a"]


def test_an_accent_behind_its_letter_is_folded_as_one_above_it(elastic: Target) -> None:
    for text in ("Niḍudavōlu ʻĀdil", "Nid\u0323udavo\u0304lu \u02bbA\u0304dil"):
        assert terms(elastic, text, analyzer="textProper") == ["nidudavolu", "adil"]
        assert terms(elastic, text, normalizer="sort") == ["nidudavolu adil"]


def test_words_in_parts_are_indexed_whole_too(elastic: Target) -> None:
    assert sorted(terms(elastic, "WiFi 2,000", analyzer="text")) == ["000", "2", "2000", "fi", "wi", "wifi"]
    assert terms(elastic, "WiFi 2,000", analyzer="textSpell") == ["wi", "fi", "2", "000"]
