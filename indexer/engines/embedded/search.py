"""Searches of the embedded index: plain words to Tantivy queries, facets, sorting.

What a user types is never parsed as a query language: words are analysed as documents are, and queries built of them.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import tantivy

from indexer.engines.base import Filter, Found, Hit, Query
from indexer.engines.embedded.schema import (
    EVERYTHING,
    GROUPS,
    MARK,
    SOURCE,
    Column,
    Group,
    Layout,
    analyzers,
    beginning_of,
    fold,
    number_of,
)
from indexer.engines.query import (
    Clause,
    all_filters,
    alternatives,
    check_fields,
    looked_at,
    parse_words,
    search_type,
    sort_order,
    stored_fields,
    values_of,
)
from indexer.engines.solr.schema import NUMERALS
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError

AT_ONCE = 10_000  # places up to which a search counts and finds in one go; Tantivy takes memory for all before the last
REMEMBERED = 500  # searches whose facets are kept
REMEMBERED_TERMS = 50_000  # of facets
SPARE_NUMBERS = 50  # that are counted besides those that were asked for
SEGMENT_VALUES = 10_000  # of a facet that each segment counts
TIE_BREAKER = 0.1  # what the weaker fields add to the field in which a word matches best
TITLE_PHRASE = 6.0  # boost of a title that has all the words next to each other
IDENTIFIERS = ("id", "isbn", "issn")  # a word that is one of these finds the record
# Where the words of a search of each type are looked for; the rest look at exact values.
TYPE_GROUPS = {
    "AllFields": ("title", "author", "topic", *EVERYTHING),
    "Title": ("title", "series"),
    "Author": ("author",),
    "Subject": ("topic",),
    "JournalTitle": ("title", "series", "journal"),
}
GROUPS_OF = {type_: tuple(group for group in GROUPS if group.name in names) for type_, names in TYPE_GROUPS.items()}
WHOLE = {"words": "allfields_unstemmed", "text": "allfields"}  # the fields that these groups stand for
MOST_BEGINNINGS = 10_000  # values that begin as one that is asked for
EXACT_VALUE = 1000.0  # score of a whole value; of the beginning of one it is 1
# Numerals for each other, where the other engines have them as synonyms.
_NUMERALS = {form: forms for forms in NUMERALS for form in forms}

Clauses = tuple[tantivy.Occur, tantivy.Query]


@dataclass(frozen=True, slots=True)
class Reader:
    """One commit of the index, open for reading. `terms`: those of (field, number) that were looked up already, in this
    commit or another one. `counted`: the facets of searches that came before, which the next page or another order does
    not change.
    """

    layout: Layout
    schema: tantivy.Schema
    searcher: tantivy.Searcher
    terms: dict[tuple[str, int], str]
    counted: dict[Query, dict[str, list[tuple[str, int]]]] = field(default_factory=dict)

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        if not ids:
            return {}
        wanted = tantivy.Query.term_set_query(self.schema, "id", list(ids))
        hits = self.searcher.search(wanted, limit=len(ids), count=False).hits
        documents = [self.document(address) for _, address in hits]
        return {str(document["id"]): stored_fields(document) for document in documents}

    def document(self, address: tantivy.DocAddress) -> Fields:
        """The whole document as it was sent, with the fields that the schema does not store."""
        fields: Fields = orjson.loads(self.source(address))
        return fields

    def source(self, address: tantivy.DocAddress) -> bytes:
        """The document's JSON as it was sent."""
        return bytes(self.searcher.doc(address).get_first(SOURCE))  # type: ignore[arg-type]

    def addresses(self, limit: int, offset: int) -> list[tantivy.DocAddress]:
        """Where documents are, in an order that does not change as long as this reader lives."""
        hits = self.searcher.search(tantivy.Query.all_query(), limit=limit, offset=offset, count=False).hits
        return [address for _, address in hits]

    def total(self, query: tantivy.Query) -> int:
        count: int = self.searcher.search(query, limit=1).count  # type: ignore[attr-defined]
        return count


def search(reader: Reader, query: Query) -> Found:
    """Answers a query, but for its suggestion. Raises ConfigError for a facet or sort by a field that cannot do it."""
    check_fields(query)
    wanted = whole_query(reader, query)
    sort = _sort(reader.layout, query.sort) if query.sort else None
    facets = {name: _column(reader.layout, name, "count the values of") for name in query.facets}
    if sort is None and query.limit and query.offset + query.limit <= AT_ONCE:
        best = reader.searcher.search(wanted, limit=query.limit, offset=query.offset)
        total, hits = best.count, _read(reader, best.hits)  # type: ignore[attr-defined]
    else:
        total = reader.total(wanted)
        hits = _hits(reader, wanted, sort, query.offset, min(query.offset + query.limit, total))
    return Found(total, hits, _remembered(reader, query, wanted, facets))


def _sort(layout: Layout, sort: str) -> tuple[str, tantivy.Order]:
    field, descending = sort_order(sort)
    if not _column(layout, sort.removeprefix("-"), "sort by").sortable:
        raise ConfigError(
            f"cannot sort by {sort.removeprefix('-')!r} here: the embedded index does not sort by dynamic fields",
            advice="Try title_sort or author_sort.",
        )
    return field.name, tantivy.Order.Desc if descending else tantivy.Order.Asc


def _hits(
    reader: Reader, wanted: tantivy.Query, sort: tuple[str, tantivy.Order] | None, start: int, end: int
) -> list[Hit]:
    """The documents at places `start` to `end`, of which there are as many."""
    if start >= end:
        return []
    found: list[tuple[float | None, tantivy.DocAddress]]
    if sort is None:
        found = reader.searcher.search(wanted, limit=end - start, offset=start, count=False).hits
    else:
        found = [(None, address) for address in _sorted(reader, wanted, *sort, start, end)]
    return _read(reader, found)


def _read(reader: Reader, found: Sequence[tuple[float | None, tantivy.DocAddress]]) -> list[Hit]:
    hits = []
    for score, address in found:
        fields = reader.document(address)
        hits.append(Hit(str(fields["id"]), stored_fields(fields), score))
    return hits


def _sorted(
    reader: Reader, wanted: tantivy.Query, name: str, order: tantivy.Order, start: int, end: int
) -> list[tantivy.DocAddress]:
    """Places `start` to `end` in the order of a field; equal values, and the missing ones at the end, by id.

    Tantivy sorts by one field: where documents of the page share a value, they are asked for in the order of ids.
    """
    keys = reader.searcher.search(wanted, limit=end, count=False, order_by_field=name, order=order).hits
    page: list[tantivy.DocAddress] = []
    first = 0
    for value, members in itertools.groupby(keys, key=lambda key: key[0]):
        addresses = [address for _, address in members]
        last = first + len(addresses)
        if last > start and (len(addresses) > 1 or last == end):
            skip = max(0, start - first)
            same = _with_value(reader, wanted, name, value)
            by_id = reader.searcher.search(
                same,
                limit=len(addresses) - skip,
                offset=skip,
                count=False,
                order_by_field="id",
                order=tantivy.Order.Asc,
            )
            addresses = [address for _, address in by_id.hits]
        if last > start:
            page += addresses
        first = last
    return page


def _with_value(reader: Reader, wanted: tantivy.Query, name: str, value: str | None) -> tantivy.Query:
    if value is None:
        has = tantivy.Query.exists_query(name)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.MustNot, has)])
    return wanted.and_must_match(tantivy.Query.term_query(reader.schema, name, value))


def _column(layout: Layout, name: str, purpose: str) -> Column:
    column = layout.column(name)
    if column is None:
        raise ConfigError(
            f"cannot {purpose} {name!r}: it is not a field of exact values in the {layout.schema.name} schema",
            advice="Fields such as format, language, topic_facet or author_facet can.",
        )
    return column


def _remembered(
    reader: Reader, query: Query, wanted: tantivy.Query, columns: dict[str, Column]
) -> dict[str, list[tuple[str, int]]]:
    """Counting is most of the work of a search: it is done once as long as the index stays as it is."""
    if not columns:
        return {}
    same = replace(query, limit=0, offset=0, sort=None, suggest=False)
    found = reader.counted.get(same)
    if found is None:
        found = _facets(reader, wanted, columns, query.facet_limit)
        if len(reader.counted) >= REMEMBERED:
            reader.counted.clear()
        reader.counted[same] = found
    return {name: list(counts) for name, counts in found.items()}


def _facets(
    reader: Reader, wanted: tantivy.Query, columns: dict[str, Column], limit: int
) -> dict[str, list[tuple[str, int]]]:
    """The most frequent values of each column; those of the same frequency by value, as Tantivy has them."""
    limit = max(limit, 1)
    counted = _counted(reader, wanted, {name: column.numbers or column.path for name, column in columns.items()}, limit)
    found = {}
    for name, column in columns.items():
        best = _with_first_terms(reader, name, column, counted[name], limit) if column.numbers else counted[name]
        if best is None:
            best = _counted(reader, wanted, {name: column.path}, limit)[name]
        cut = len(MARK) if column.marked else 0
        values = [(term[cut:], count) for term, count in best[:limit]]
        found[name] = sorted(values, key=lambda pair: (-pair[1], pair[0]))
    return found


def _counted(
    reader: Reader, wanted: tantivy.Query, paths: dict[str, str], limit: int
) -> dict[str, list[tuple[Any, int]]]:
    """By name, the keys in a field and in how many documents each is: the most frequent first, then by key."""
    size = {"size": limit + SPARE_NUMBERS, "segment_size": max(limit + SPARE_NUMBERS, SEGMENT_VALUES)}
    asked = {name: {"terms": {"field": path, **size}} for name, path in paths.items()}
    counted = reader.searcher.aggregate(wanted, asked)
    return {name: [(each["key"], int(each["doc_count"])) for each in counted[name]["buckets"]] for name in paths}


def _with_first_terms(
    reader: Reader, name: str, column: Column, counted: list[tuple[int, int]], limit: int
) -> list[tuple[str, int]] | None:
    """The first `limit` of what was counted by numbers, by frequency and then by term; None where too many that are as
    frequent as each other begin alike.
    """
    sure, alike = counted, []
    if len(counted) >= limit:
        last, frequency = counted[limit - 1]
        begins = (frequency, beginning_of(last))
        places = [place for place, (key, count) in enumerate(counted) if (count, beginning_of(key)) == begins]
        if places[-1] == limit + SPARE_NUMBERS - 1:
            return None
        sure, alike = counted[: places[0]], counted[places[0] : places[-1] + 1]
    terms = [(_term(reader, name, column, key), count) for key, count in sure]
    return terms + sorted((_term(reader, name, column, key), count) for key, count in alike)[: limit - len(sure)]


def _term(reader: Reader, name: str, column: Column, number: int) -> str:
    """The term of a number, looked up in a document that has it."""
    term = reader.terms.get((name, number))
    if term is None:
        has_it = tantivy.Query.term_query(reader.schema, column.numbers, number)
        [(_, address)] = reader.searcher.search(has_it, limit=1, count=False).hits
        terms = reader.layout.terms(name, reader.document(address)[name])
        term = next(term for term in terms if number_of(term) == number)
        if len(reader.terms) >= REMEMBERED_TERMS:
            reader.terms.clear()
        reader.terms[name, number] = term
    return term


def filter_query(reader: Reader, name: str, value: str | tuple[str, ...]) -> tantivy.Query:
    """Documents with this exact value, or one of these; the chain of the field's type is applied to them as to theirs.

    Raises ConfigError for a field that has no exact values.
    """
    column = _column(reader.layout, name, "filter by")
    terms = [term for one in alternatives(value) if (term := column.normalise(one)) is not None]
    if not terms:
        return tantivy.Query.empty_query()
    marked = [MARK + term if column.marked else term for term in terms]
    queries = [tantivy.Query.term_query(reader.schema, column.path, term) for term in marked]
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def filters_of(reader: Reader, query: Query) -> list[Clauses]:
    """All filters of a query; they do not count towards the score."""
    wanted = [(tantivy.Occur.Must, _unscored(reader, each)) for each in all_filters(query)]
    return wanted + [(tantivy.Occur.MustNot, _unscored(reader, each)) for each in query.without]


def _unscored(reader: Reader, filter: Filter) -> tantivy.Query:
    return tantivy.Query.const_score_query(filter_query(reader, *filter), 0.0)


def whole_query(reader: Reader, query: Query) -> tantivy.Query:
    """What is asked for, and all filters."""
    return tantivy.Query.boolean_query([*filters_of(reader, query), *_text_query(reader, query)])


def _text_query(reader: Reader, query: Query) -> list[Clauses]:
    """All words and phrases, or the values, that the text asks for; or what the document is to be like."""
    if query.likes:
        return [(tantivy.Occur.Must, _any_like(reader, query))]
    if exact := looked_at(query).exact:
        return [(tantivy.Occur.Must, _any_value(reader, query, exact))]
    parts = parse_words(query.text)
    if parts is None:
        return [(tantivy.Occur.Must, tantivy.Query.all_query())]
    if query.within:
        each = [part_query(reader, part, query.type, query.within) for part in parts]
        return [(tantivy.Occur.Must, found or tantivy.Query.empty_query()) for found in each]
    queries = [(part, found) for part in parts if (found := part_query(reader, part, query.type))]
    telling = [part for part, _ in queries if fold(part.text) not in reader.layout.stop_words]
    text = " ".join(part.text for part, _ in queries)
    if not telling:
        return [(tantivy.Occur.Must, _of_stop_words(reader, text, query.type))]
    # Stop words are indexed, and among other words they need not match.
    clauses = [(tantivy.Occur.Must if part in telling else tantivy.Occur.Should, found) for part, found in queries]
    return clauses + (_title_phrase(reader, text) if "title" in TYPE_GROUPS[query.type] else [])


def _any_like(reader: Reader, query: Query) -> tantivy.Query:
    clauses = []
    for like in query.likes:
        for part in parse_words(like.text) or ():
            known = fold(part.text) not in reader.layout.stop_words
            if known and (found := part_query(reader, part, like.type)):
                clauses += [(tantivy.Occur.Should, tantivy.Query.boost_query(found, like.weight))]
    return tantivy.Query.boolean_query(clauses) if clauses else tantivy.Query.empty_query()


def _any_value(reader: Reader, query: Query, names: Sequence[str]) -> tantivy.Query:
    values = values_of(query.type, query.text)
    if values is None:
        return tantivy.Query.all_query()
    found = []
    for name in names:
        for value in values:
            found.append(tantivy.Query.const_score_query(filter_query(reader, name, value), EXACT_VALUE))
            if search_type(query.type).begins:
                terms = [term for term, _ in reader.searcher.terms_with_prefix(name, value, limit=MOST_BEGINNINGS)]
                begins = tantivy.Query.term_set_query(reader.schema, name, terms)
                found.append(tantivy.Query.const_score_query(begins, 1.0))
    return tantivy.Query.disjunction_max_query(found) if found else tantivy.Query.empty_query()


def _of_stop_words(reader: Reader, text: str, type_: str) -> tantivy.Query:
    """Nothing but stop words, which the other engines do not find at all: side by side, or a title by itself."""
    found = []
    if "title" in TYPE_GROUPS[type_]:
        found.append(tantivy.Query.term_query(reader.schema, "title_sort", text.lower()))
    if " " in text and (words := part_query(reader, Clause(text, phrase=True), type_)):
        found.append(words)
    return tantivy.Query.disjunction_max_query(found) if found else tantivy.Query.empty_query()


def _title_phrase(reader: Reader, text: str) -> list[Clauses]:
    words = analyzers()[True].analyze(fold(text))
    if len(words) < 2:
        return []
    query = tantivy.Query.phrase_query(reader.schema, "title", list(words))
    return [(tantivy.Occur.Should, tantivy.Query.boost_query(query, TITLE_PHRASE))]


def _any_of(queries: list[tantivy.Query]) -> tantivy.Query:
    return queries[0] if len(queries) == 1 else tantivy.Query.disjunction_max_query(queries)


def part_query(reader: Reader, part: Clause, type_: str = "AllFields", within: str = "") -> tantivy.Query | None:
    """A word or a phrase in any group of fields of a search type, the best match counting; or in the group that has the
    field `within`. None when it holds no word, and where no group has the field.

    A word that the tokenizer splits (`X-ray`, `東京`) is a phrase, in which a stop word (`state-of-the-art`, `Rome's`)
    stands for any word, as on the other engines; not so in a phrase that the user put in quotation marks.
    """
    folded = fold(part.text)
    plain = analyzers()[False].analyze(folded)
    if not plain:
        return None
    stop_words = frozenset() if part.phrase else reader.layout.stop_words
    kept = [place for place, word in enumerate(plain) if word not in stop_words] or range(len(plain))
    found = []
    for group in _groups(type_, within):
        words = analyzers()[group.stemmed].analyze(folded) if group.stemmed else plain
        places = [(place - kept[0], words[place]) for place in kept]
        if len(places) == 1:
            [(_, word)] = places
            terms = _NUMERALS.get(word, (word,)) if group.stemmed else (word,)
            query = _any_of([tantivy.Query.term_query(reader.schema, group.name, term) for term in terms])
        else:
            query = tantivy.Query.phrase_query(reader.schema, group.name, list(places))
        found.append(tantivy.Query.boost_query(query, group.boost))
    if not part.phrase and type_ == "AllFields" and not within:
        found += [filter_query(reader, name, part.text) for name in IDENTIFIERS]
    return tantivy.Query.disjunction_max_query(found, tie_breaker=TIE_BREAKER) if found else None


def _groups(type_: str, within: str) -> tuple[Group, ...]:
    """The groups that a search type asks, or those of them that have this field's words."""
    groups = GROUPS_OF[type_]
    if not within:
        return groups
    return tuple(group for group in groups if within in group.fields or WHOLE.get(group.name) == within)
