"""Searches of the embedded index: plain words to Tantivy queries, facets, sorting.

What a user types is never parsed as a query language: words are analysed as documents are, and queries built of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import tantivy

from indexer.documents import Fields
from indexer.errors import ConfigError
from indexer.schema.embedded import GROUPS, MARK, SOURCE, Column, Layout, analyzers, fold
from indexer.sinks.base import Found, Hit, Query

FACET_VALUES = 100  # of a facet, most frequent first: Solr's facet.limit
SHARD_VALUES = 10_000  # how many are counted before that cut, so that ties at the cut are decided by value
TIE_BREAKER = 0.1  # what the weaker fields add to the field in which a word matches best
TITLE_PHRASE = 6.0  # boost of a title that has all the words next to each other
IDENTIFIERS = ("id", "isbn", "issn")  # a word that is one of these finds the record
# Lucene's English stop words. They are indexed; among other words they need not match.
STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with".split()  # noqa: SIM905
)
_PART = re.compile(r'"([^"]+)"|([^\s"]+)')
_QUOTES = str.maketrans("“”„‟«»", '""""""')


@dataclass(frozen=True, slots=True)
class Reader:
    """One commit of the index, open for reading."""

    layout: Layout
    schema: tantivy.Schema
    searcher: tantivy.Searcher

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        if not ids:
            return {}
        wanted = tantivy.Query.term_set_query(self.schema, "id", list(ids))
        hits = self.searcher.search(wanted, limit=len(ids), count=False).hits
        documents = [self.document(address) for _, address in hits]
        return {str(document["id"]): document for document in documents}

    def document(self, address: tantivy.DocAddress) -> Fields:
        source = self.searcher.doc(address).get_first(SOURCE)
        fields: Fields = orjson.loads(bytes(source))  # type: ignore[arg-type]
        return fields

    def total(self, query: tantivy.Query) -> int:
        count: int = self.searcher.search(query, limit=1).count  # type: ignore[attr-defined]
        return count


def search(reader: Reader, query: Query, filters: Sequence[tantivy.Query]) -> Found:
    """Answers a query, but for its suggestion. Raises ConfigError for a facet or sort by a field that cannot do it."""
    wanted = whole_query(reader, query.text, filters)
    facets = {name: _column(reader.layout, name, "count the values of") for name in query.facets}
    hits, total = _hits(reader, wanted, query)
    return Found(total, hits, _facets(reader, wanted, facets))


def _hits(reader: Reader, wanted: tantivy.Query, query: Query) -> tuple[list[Hit], int]:
    limit = min(query.limit, reader.searcher.num_docs - query.offset)
    if limit <= 0:
        return [], reader.total(wanted)
    if query.sort is None:
        result = reader.searcher.search(wanted, limit=limit, offset=query.offset)
    else:
        name = query.sort.removeprefix("-")
        if not _column(reader.layout, name, "sort by").sortable:
            raise ConfigError(
                f"cannot sort by {name}: a document may have several values of it",
                advice="Sort by title_sort, author_sort or publishDateSort.",
            )
        order = tantivy.Order.Desc if query.sort.startswith("-") else tantivy.Order.Asc
        result = reader.searcher.search(wanted, limit=limit, offset=query.offset, order_by_field=name, order=order)
    hits = []
    for score, address in result.hits:
        fields = reader.document(address)
        hits.append(Hit(str(fields["id"]), fields, float(score) if query.sort is None else None))
    return hits, result.count  # type: ignore[attr-defined]


def _column(layout: Layout, name: str, purpose: str) -> Column:
    column = layout.column(name)
    if column is None:
        raise ConfigError(
            f"cannot {purpose} {name}: it is not a field of exact values in the {layout.schema.name} schema",
            advice="Fields such as format, language, topic_facet or author_facet can.",
        )
    return column


def _facets(reader: Reader, wanted: tantivy.Query, columns: dict[str, Column]) -> dict[str, list[tuple[str, int]]]:
    if not columns:
        return {}
    asked = {name: {"terms": {"field": column.path, "size": SHARD_VALUES}} for name, column in columns.items()}
    counted = reader.searcher.aggregate(wanted, asked)
    found = {}
    for name, column in columns.items():
        cut = len(MARK) if column.marked else 0
        values = [(bucket["key"][cut:], int(bucket["doc_count"])) for bucket in counted[name]["buckets"]]
        found[name] = sorted(values, key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES]
    return found


def filter_query(reader: Reader, name: str, value: str) -> tantivy.Query:
    """Documents with this exact value; the chain of the field's type is applied to it as to theirs.

    Raises ConfigError for a field that has no exact values.
    """
    column = _column(reader.layout, name, "filter by")
    term = column.normalise(value)
    if term is None:
        return tantivy.Query.empty_query()
    return tantivy.Query.term_query(reader.schema, column.path, MARK + term if column.marked else term)


def whole_query(reader: Reader, text: str, filters: Sequence[tantivy.Query]) -> tantivy.Query:
    """All words and phrases of `text`, and all filters; filters do not count towards the score."""
    clauses = [(tantivy.Occur.Must, tantivy.Query.const_score_query(one, 0.0)) for one in filters]
    if text.strip() in ("", "*"):
        return tantivy.Query.boolean_query([*clauses, (tantivy.Occur.Must, tantivy.Query.all_query())])
    parts = [(bool(m[1]), m[1] or m[2]) for m in _PART.finditer(text.translate(_QUOTES))]
    queries = [(part, query) for phrase, part in parts if (query := part_query(reader, part, phrase))]
    if not queries:  # nothing but punctuation
        return tantivy.Query.empty_query()
    stop = [fold(part) in STOP_WORDS for part, _ in queries]
    for (_, query), is_stop in zip(queries, stop, strict=True):
        optional = is_stop and not all(stop)
        clauses.append((tantivy.Occur.Should if optional else tantivy.Occur.Must, query))
    clauses += _title_phrase(reader, [part for part, _ in queries])
    return tantivy.Query.boolean_query(clauses)


def _title_phrase(reader: Reader, parts: list[str]) -> list[tuple[tantivy.Occur, tantivy.Query]]:
    words = analyzers()[True].analyze(fold(" ".join(parts)))
    if len(words) < 2:
        return []
    query = tantivy.Query.phrase_query(reader.schema, "title", list(words))
    return [(tantivy.Occur.Should, tantivy.Query.boost_query(query, TITLE_PHRASE))]


def part_query(reader: Reader, part: str, phrase: bool) -> tantivy.Query | None:
    """A word or a phrase in any group of fields, the best match counting; None when it holds no word.

    A word that the tokenizer splits (`X-ray`, `東京`) is a phrase.
    """
    folded = fold(part)
    alternatives = []
    for group in GROUPS:
        words = analyzers()[group.stemmed].analyze(folded)
        if not words:
            return None
        if len(words) == 1:
            query = tantivy.Query.term_query(reader.schema, group.name, words[0])
        else:
            query = tantivy.Query.phrase_query(reader.schema, group.name, list(words))
        alternatives.append(tantivy.Query.boost_query(query, group.boost))
    if not phrase:
        alternatives += [filter_query(reader, name, part) for name in IDENTIFIERS]
    return tantivy.Query.disjunction_max_query(alternatives, tie_breaker=TIE_BREAKER)
