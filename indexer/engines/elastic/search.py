"""What a search asks of Elasticsearch and OpenSearch: one bool query, in which a user's words are only ever values."""

from typing import Any

from indexer.engines.base import Filter, Query
from indexer.engines.query import (
    Clause,
    SearchType,
    all_filters,
    alternatives,
    known_field,
    looked_at,
    only_stop_words,
    parse_words,
    search_type,
    values_of,
)

EXACT_VALUE = 1000  # score of a whole value; of the beginning of one it is 1
Json = dict[str, Any]


def finds_nothing(query: Query) -> bool:
    """Whether the words ask for nothing that the index holds."""
    if search_type(query.type).exact or query.likes:
        return False
    clauses = parse_words(query.text)
    return clauses is not None and only_stop_words(clauses)


def asked(query: Query) -> Json:
    """The whole query, filters included."""
    filters = [_filter(each) for each in all_filters(query)]
    without = [_filter(each) for each in query.without]
    return {"bool": {**_main(query), "filter": filters, "must_not": without}}


def exact_field(name: str) -> str:
    """The keyword side of a field."""
    return f"{name}.keyword" if known_field(name, "count").keyword else name


def _filter(filter: Filter) -> Json:
    name, value = filter
    return {"terms": {exact_field(name): list(alternatives(value))}}


def _main(query: Query) -> Json:
    if query.likes:
        return _likes(query)
    wanted = looked_at(query)
    if wanted.exact:
        return _values(query, wanted)
    clauses = parse_words(query.text)
    if clauses is None:
        return {"must": [{"match_all": {}}]}
    return _words(clauses, wanted)


def _words(clauses: list[Clause], wanted: SearchType) -> Json:
    """Each clause must match in any field, neighbours in the title count more."""
    together = {
        "query": " ".join(clause.text for clause in clauses),
        "type": "phrase",
        "fields": _weighted(wanted.phrases),
    }
    return {
        "must": [_clause(clause, wanted) for clause in clauses],
        "should": [{"multi_match": together}] if wanted.phrases else [],
    }


def _clause(clause: Clause, wanted: SearchType) -> Json:
    return {
        "multi_match": {
            "query": clause.text,
            # A word that the analysis splits (T-cell, 4.5) is a phrase, and one that it leaves whole is itself.
            "type": "phrase",
            "fields": _weighted(wanted.fields),
            "tie_breaker": 0.1,
            # A word that the fields drop as a stop word asks for nothing.
            "zero_terms_query": "all",
        }
    }


def _weighted(fields: dict[str, float]) -> list[str]:
    return [f"{name}^{weight}" for name, weight in fields.items()]


def _likes(query: Query) -> Json:
    should = []
    for like in query.likes:
        clauses = parse_words(like.text)
        if clauses and not only_stop_words(clauses):
            must = [_clause(clause, search_type(like.type)) for clause in clauses]
            should.append({"bool": {"must": must, "boost": like.weight}})
    return _any_of(should)


def _values(query: Query, wanted: SearchType) -> Json:
    values = values_of(query.type, query.text)
    if values is None:
        return {"must": [{"match_all": {}}]}
    should: list[Json] = []
    for name in wanted.exact:
        for value in values:
            should.append({"constant_score": {"filter": {"term": {name: value}}, "boost": EXACT_VALUE}})
            if wanted.begins:
                should.append({"constant_score": {"filter": {"prefix": {name: value}}, "boost": 1}})
    return _any_of(should)


def _any_of(should: list[Json]) -> Json:
    return {"should": should, "minimum_should_match": 1} if should else {"must": [{"match_none": {}}]}
