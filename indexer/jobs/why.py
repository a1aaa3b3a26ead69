"""`why`: what a query finds in one record, or what keeps it from being found.

The engine itself is asked, once for each part of the query with the record's id as a filter, and once more for each
field that the search type looks at: so it means the same on every engine. Which words of a stored value those are is
told by the index's analysis.
"""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from indexer.config import Config
from indexer.engines.analysis import WORD, stem
from indexer.engines.base import Filter, Index, Query
from indexer.engines.query import (
    Clause,
    all_filters,
    alternatives,
    check_fields,
    only_stop_words,
    parse_words,
    search_type,
)
from indexer.engines.registry import open_index, require_search
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError
from indexer.model.schema import biblio
from indexer.state.store import is_absent

MOST_PARTS = 16  # of a query: each is asked of each field
LONGEST = 20_000  # characters of a value in which words are looked for
MOST_WORDS = 5  # of a field that are given
SHORTEST_NEAR = 4  # letters of a word for which one like it is looked for
ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Place:
    """A field, and the words or the value of it that were asked for, as they stand there; none where the index does not
    store it. `score` is the engine's, None where it was not asked.
    """

    field: str
    words: Sequence[str] = ()
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A word, a phrase or a number of the query. `found` in the record by the engine, in `places`, with `score`.

    `ignored`: a stop word, which need not match. `elsewhere`: stored fields that have all of its words, one after the
    other, and that a search of this type does not look at. `apart`: those that have all words of a phrase, but in
    another order or with others between. `nearest`: the word of the record that is most like one that it lacks.
    """

    text: str
    found: bool
    ignored: bool = False
    score: float | None = None
    places: Sequence[Place] = ()
    elsewhere: Sequence[Place] = ()
    apart: Sequence[Place] = ()
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter: whether the record passes it, and the values that it has; `negated`: it may not have the value."""

    field: str
    values: Sequence[str]
    passed: bool
    has: Sequence[str]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """Whether the query finds the record, and the reasons. `total` is how many records it finds, `suggestion` the
    nearest spelling where that is none. `exists`: the record is in the index. Where it is not, `letters` are the dead
    letters of its id and their reasons.
    """

    query: str
    type: str
    id: str
    exists: bool
    found: bool
    total: int
    score: float | None
    suggestion: str | None
    parts: Sequence[Part] = ()
    conditions: Sequence[Condition] = ()
    letters: Sequence[tuple[int, str]] = ()


def why(
    text: str,
    id: str,
    *,
    config: Config,
    type: str = "AllFields",
    filters: Sequence[tuple[str, str]] = (),
) -> Why:
    """Why the index of the configuration's target finds the record with the query, or does not. Raises ConfigError."""
    target = config.target()
    require_search(target)
    with closing(open_index(target, connections=1)) as index:
        index.check()
        found = explain_hit(index, Query(text, type=type, filters=tuple(filters)), id)
    return found if found.exists else replace(found, letters=_letters(config, str(target), id))


def explain_hit(index: Index, query: Query, id: str) -> Why:
    """The same of an index that is open. Raises ConfigError for a query of more than MOST_PARTS words."""
    check_fields(query)
    parts = _parts(query)
    if len(parts) > MOST_PARTS:
        raise ConfigError(f"{len(parts)} words are too many to ask for each", advice=f"Take {MOST_PARTS} at most.")
    whole = index.search(replace(query, limit=0, offset=0, facets=(), sort=None))
    fields = index.get([id]).get(id)
    if fields is None:
        return Why(query.text, query.type, id, False, False, whole.total, None, whole.suggestion)
    found, score = _ask(index, replace(query, sort=None), id)
    return Why(
        query=query.text,
        type=query.type,
        id=id,
        exists=True,
        found=found,
        total=whole.total,
        score=score,
        suggestion=whole.suggestion,
        parts=[_part(index, query, part, id, fields) for part in parts],
        conditions=list(_conditions(index, query, id, fields)),
    )


def _parts(query: Query) -> list[Clause]:
    """What must match, each by itself. Standard and call numbers are one; so is a query of nothing but stop words."""
    clauses = parse_words(query.text)
    if clauses is None:
        return []
    if search_type(query.type).exact or (clauses and only_stop_words(clauses)):
        return [Clause(query.text, phrase=False)]
    return clauses


def _ask(index: Index, query: Query, id: str) -> tuple[bool, float | None]:
    """Whether the record is among what the query finds, and its score."""
    asked = replace(query, limit=1, offset=0, facets=(), suggest=False, filters=(*query.filters, ("id", id)))
    hits = index.search(asked).hits
    return bool(hits), hits[0].score if hits else None


def _part(index: Index, query: Query, part: Clause, id: str, fields: Fields) -> Part:
    wanted = search_type(query.type)
    asked = Query(f'"{part.text}"' if part.phrase else part.text, type=query.type)
    if not wanted.exact and only_stop_words([part]) and part.text != query.text:
        return Part(part.text, found=True, ignored=True)
    stems = _stems(part.text)
    found, score = _ask(index, asked, id)
    places = []
    # a filter of the type itself keeps the record from the whole, not from this part
    for name in (*wanted.fields, *wanted.exact) if found or wanted.filters else ():
        there, of_field = _ask(index, replace(asked, within=name), id)
        found = found or there
        if there and (place := _place(fields, name, stems, of_field, exact=bool(wanted.exact))):
            places.append(place)
    if found or wanted.exact:
        return Part(part.text, found, score=score, places=places)
    having = list(_having(fields, stems))
    following = [place for place in having if _follow(fields, place.field, part.text)]
    return Part(
        part.text,
        found,
        elsewhere=[place for place in following if place.field not in wanted.fields],
        apart=having if not following else (),
        nearest=_nearest(fields, part),
    )


def _place(fields: Fields, name: str, stems: frozenset[str], score: float | None, *, exact: bool) -> Place | None:
    """None for a stored field that has none of the words: where the engine keeps it together with others."""
    known = biblio().field(name)
    if exact:
        return Place(name, _values(fields, name), score)
    words = _words(fields, name, stems)
    return Place(name, words, score) if words or (known is not None and not known.stored) else None


def _having(fields: Fields, stems: frozenset[str]) -> Iterator[Place]:
    """Stored fields of words that have all of these, but for those that repeat what other fields of words have."""
    schema = biblio()
    for name in sorted(fields):
        known = schema.field(name)
        if known is None or schema.types[known.type]["kind"] != "text":
            continue
        sources = [source for each in known.copied_from if (source := schema.field(each)) is not None]
        if any(schema.types[source.type]["kind"] == "text" for source in sources):
            continue
        words = _words(fields, name, stems)
        if stems and {stem(word) for word in words} >= stems:
            yield Place(name, words)


def _follow(fields: Fields, name: str, text: str) -> bool:
    """Whether one value of a field has the words of a text one after the other; for a stop word among them any may
    stand.
    """
    stop_words = biblio().stop_words
    words = [match[0] for match in WORD.finditer(text)]
    told = [place for place, word in enumerate(words) if word.lower() not in stop_words] or range(len(words))
    wanted = [(stem(word), word.lower() in stop_words) for word in words[told[0] : told[-1] + 1]] if words else []
    for value in _values(fields, name):
        has = [stem(match[0]) for match in WORD.finditer(value[:LONGEST])]
        for start in range(len(has) - len(wanted) + 1):
            if all(any_word or has[start + place] == word for place, (word, any_word) in enumerate(wanted)):
                return True
    return False


def _conditions(index: Index, query: Query, id: str, fields: Fields) -> Iterator[Condition]:
    every: list[tuple[Filter, bool]] = [(each, False) for each in all_filters(query)]
    every += [(each, True) for each in query.without]
    for (name, value), negated in every:
        there, _ = _ask(index, Query("", filters=((name, value),)), id)
        yield Condition(name, alternatives(value), there != negated, _values(fields, name), negated)


def _stems(text: str) -> frozenset[str]:
    stop_words = biblio().stop_words
    words = [match[0] for match in WORD.finditer(text)]
    return frozenset(stem(word) for word in words if word.lower() not in stop_words or len(words) == 1) - {""}


def _words(fields: Fields, name: str, stems: frozenset[str]) -> list[str]:
    found = (match[0] for value in _values(fields, name) for match in WORD.finditer(value[:LONGEST]))
    return list(dict.fromkeys(word for word in found if stem(word) in stems))[:MOST_WORDS]


def _nearest(fields: Fields, part: Clause) -> str | None:
    """The word of the record that is written most like one that it lacks."""
    schema = biblio()
    texts = [
        value[:LONGEST]
        for name in fields
        if name != "fullrecord" and (known := schema.field(name)) and schema.types[known.type]["kind"] == "text"
        for value in _values(fields, name)
    ]
    words = dict.fromkeys(match[0].casefold() for text in texts for match in WORD.finditer(text))
    have = {stem(word) for word in words}
    for match in WORD.finditer(part.text):
        if len(match[0]) >= SHORTEST_NEAR and stem(match[0]) not in have:
            near = [word for word in words if abs(len(word) - len(match[0])) <= 2 and len(word) >= SHORTEST_NEAR]
            if alike := difflib.get_close_matches(match[0].casefold(), near, 1, ALIKE):
                return alike[0]
    return None


def _values(fields: Fields, name: str) -> list[str]:
    value = fields.get(name, [])
    return [value] if isinstance(value, str) else value


def _letters(config: Config, target: str, id: str) -> list[tuple[int, str]]:
    from indexer.jobs.dead_letters import list_dead_letters

    if is_absent(config.settings.state):
        return []
    letters = list_dead_letters(target, config=config).letters
    return [(letter.id, letter.reason) for letter in letters if letter.document_id == id]
