"""What a search asks of Solr: the main query and the filters, as request parameters.

What a user typed is a parameter of its own or escaped to its last sign: it is never read as query syntax.
"""

import re
from typing import Any

from indexer.engines.base import Query
from indexer.engines.query import (
    Clause,
    SearchType,
    all_filters,
    alternatives,
    looked_at,
    parse_words,
    search_type,
    values_of,
)

SEPARATOR = "\x1f"  # between values in a terms query: none holds it, while commas and spaces do occur
EXACT_VALUE = 1000  # what a whole value counts against the beginning of one


def asked(query: Query) -> dict[str, Any] | None:
    """The main query; None for one that nothing matches."""
    if query.likes:
        return _likes(query)
    wanted = looked_at(query)
    if wanted.exact:
        return _values(query, wanted)
    clauses = parse_words(query.text)
    if clauses is None:
        return {"q": "*:*"}
    return {"q": _text(clauses), "defType": "edismax", **_words(wanted)} if clauses else None


def filters_of(query: Query) -> list[str]:
    """One filter query for each filter, and for each value that may not be there."""
    filters = [
        f"{{!terms f='{name}' separator='{SEPARATOR}'}}{SEPARATOR.join(alternatives(value))}"
        if len(alternatives(value)) > 1
        else f"{{!term f='{name}'}}{''.join(alternatives(value))}"
        for name, value in all_filters(query)
    ]
    return filters + [f"-{_nested('term', value, f=name)}" for name, value in query.without]


def spelling(query: Query) -> str:
    """The words of the query that may be misspelt."""
    clauses = parse_words(query.text) or ()
    return " ".join(re.sub(r"[\W_]+", " ", " ".join(clause.text for clause in clauses)).split())


def _words(wanted: SearchType) -> dict[str, Any]:
    """edismax: every clause required, each in any field (split on white space first)."""
    return {
        "q.op": "AND",
        "mm": "100%",
        "sow": "true",
        "uf": "-*",  # no field of the user's choice
        "lowercaseOperators": "false",
        "stopwords": "true",
        "tie": 0.1,
        "qf": _weighted(wanted.fields),
        "pf": _weighted(wanted.phrases),
    }


def _weighted(fields: dict[str, float]) -> str:
    return " ".join(f"{name}^{weight}" for name, weight in fields.items())


def _text(clauses: list[Clause]) -> str:
    return " ".join(_escape(clause) for clause in clauses)


def _likes(query: Query) -> dict[str, Any] | None:
    """Any of them: nested queries whose texts are parameters."""
    params: dict[str, Any] = {"q.op": "OR"}
    parts = []
    for number, like in enumerate(query.likes):
        if clauses := parse_words(like.text):
            params[f"like{number}"] = _text(clauses)
            fields = _weighted(search_type(like.type).fields)
            options = f"qf='{fields}' pf='' mm='100%' q.op=AND uf='-*' sow=true tie=0.1 v=$like{number}"
            parts.append(f'_query_:"{{!edismax {options}}}"^{like.weight}')
    return {"q": " ".join(parts), **params} if parts else None


def _values(query: Query, wanted: SearchType) -> dict[str, Any] | None:
    values = values_of(query.type, query.text)
    if values is None:
        return {"q": "*:*"}
    parts = []
    for name in wanted.exact:
        for value in values:
            parts.append(f"{_nested('term', value, f=name)}^={EXACT_VALUE}")
            if wanted.begins:
                parts.append(f"{_nested('prefix', value, f=name)}^=1")
    return {"q": " ".join(parts), "q.op": "OR"} if parts else None


def _nested(parser: str, value: str, **options: str) -> str:
    """A query of another parser inside one of Lucene's: the value stands in quotation marks twice."""
    given = " ".join(f"{name}='{option}'" for name, option in options.items())
    inner = "'" + re.sub(r"(['\\])", r"\\\1", value) + "'"
    text = f"{{!{parser} {given} v={inner}}}"
    return '_query_:"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def _escape(clause: Clause) -> str:
    """The clause as Solr query syntax that means nothing but its text."""
    if clause.phrase:
        return '"' + re.sub(r'(["\\])', r"\\\1", clause.text) + '"'
    if clause.text in ("AND", "OR", "NOT"):
        return clause.text.lower()
    return re.sub(r"([^\w])", r"\\\1", clause.text)
