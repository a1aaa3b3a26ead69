"""A search as a person types it: words that must all match and "phrases", never an engine's query syntax."""

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from indexer.engines.base import Filter, Query
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError
from indexer.model.schema import Field, Schema, biblio

# Where words are looked for, and how much a match there counts. All drop the same stop words, so that a word which one
# field ignores is not asked of another. Standard numbers are found through allfields.
WEIGHTS: dict[str, float] = {
    "title": 8,
    "title_alt": 4,
    "author": 6,
    "author2": 3,
    "author_corporate": 3,
    "topic": 4,
    "series": 2,
    "allfields_unstemmed": 2,
    "allfields": 1,
    "fulltext": 0.2,
}
# The same words next to each other in one of these count this much more.
PHRASE_WEIGHTS: dict[str, float] = {"title": 16, "topic": 8}
_TITLES: dict[str, float] = {"title": 8, "title_full": 4, "title_alt": 4, "title_new": 2, "title_old": 1, "series": 2}


SHORTEST_ISN = 8  # signs of an ISSN


@dataclass(frozen=True, slots=True)
class SearchType:
    """What a search of one type looks at: words in `fields`, with their weights; or, with `exact`, the text as one
    value of these fields (`values_of` says which), with `begins` also as the beginning of one. `filters` always hold.
    """

    fields: dict[str, float] = field(default_factory=dict)
    phrases: dict[str, float] = field(default_factory=dict)
    exact: tuple[str, ...] = ()
    begins: bool = False
    filters: tuple["Filter", ...] = ()


#: The search types that users of VuFind know, by VuFind's names. Fields and filters follow its own ones where every
#: engine can look there: what a type finds is the same on all of them.
SEARCH_TYPES: dict[str, SearchType] = {
    "AllFields": SearchType(WEIGHTS, PHRASE_WEIGHTS),
    "Title": SearchType({**_TITLES, "series2": 1}, {"title": 16}),
    "Author": SearchType({"author": 6, "author2": 3, "author_corporate": 3, "author_additional": 1}),
    "Subject": SearchType({"topic": 4, "geographic": 2, "genre": 2, "era": 1}, {"topic": 8}),
    "CallNumber": SearchType(exact=("callnumber-search", "dewey-search"), begins=True),
    "ISN": SearchType(exact=("isbn", "issn")),
    "JournalTitle": SearchType(
        {**_TITLES, "series2": 1, "container_title": 5},
        {"title": 16, "container_title": 8},
        filters=(("format", ("Journal", "Article")),),
    ),
}

#: Of no form: titles, names and subjects that begin as what somebody is typing.
BEGINS = "Begins"
_OURS = {BEGINS: SearchType(exact=("title_sort", "author_facet", "topic_facet"), begins=True)}


@dataclass(frozen=True, slots=True)
class Clause:
    """A word without white space, or a phrase of several."""

    text: str
    phrase: bool


def parse_words(text: str) -> list[Clause] | None:
    """The clauses that must all match, in order; None when everything matches (nothing, or only `*`).

    A quotation mark without its partner is white space. What has no letter or digit is left out, so the list may be
    empty: nothing matches then.
    """
    if text.strip() in ("", "*"):
        return None
    clauses = []
    for phrase, word in re.findall(r'"([^"]*)"|([^\s"]+)', text):
        found = phrase or word
        if any(character.isalnum() for character in found):
            clauses.append(Clause(" ".join(found.split()), phrase=bool(phrase)))
    return clauses


def only_stop_words(clauses: Sequence[Clause]) -> bool:
    """Whether nothing is asked for but words that the index does not hold."""
    stop_words = biblio().stop_words
    return all(word in stop_words for one in clauses for word in re.findall(r"[^\W_]+", one.text.lower()))


def search_type(name: str) -> SearchType:
    """Raises ConfigError for a type that is not there."""
    found = SEARCH_TYPES.get(name) or _OURS.get(name)
    if found is None:
        raise ConfigError(f"there is no search type {name!r}", advice=f"There are: {', '.join(SEARCH_TYPES)}.")
    return found


def looked_at(query: Query) -> SearchType:
    """The query's type; of its fields the one that the query is to stay within, where it names one."""
    wanted = search_type(query.type)
    if not query.within:
        return wanted
    fields = {name: weight for name, weight in wanted.fields.items() if name == query.within}
    return replace(
        wanted, fields=fields, phrases={}, exact=tuple(name for name in wanted.exact if name == query.within)
    )


def all_filters(query: Query) -> tuple[Filter, ...]:
    """Those of the query, and those of its search type; one that stays within a field is asked of that alone."""
    return query.filters if query.within else (*query.filters, *search_type(query.type).filters)


def alternatives(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """The values of a filter, any of which will do."""
    return (value,) if isinstance(value, str) else value


def values_of(type_: str, text: str) -> list[str] | None:
    """What the typed text may be as a value of the `exact` fields of its type, as these are indexed; None when
    everything matches.

    A call number is typed with or without its spaces. A standard number is the whole text, or each of its words that is
    long enough to be one, as ISBN of ten and of thirteen digits.
    """
    if text.strip() in ("", "*"):
        return None
    if type_ == BEGINS:  # titles are filed in lower case, names and subjects are as the record has them
        typed = " ".join(text.split())
        return list(dict.fromkeys((typed, typed.lower(), typed[:1].upper() + typed[1:], typed.title())))
    if type_ == "CallNumber":
        value = _folded("".join(text.split()).rstrip("*"))
        return [value] if value else []
    whole, *words = (re.sub(r"[^0-9x]", "", part.lower()) for part in (text, *text.split()))
    numbers = [number for number in (whole, *words) if (4 if number is whole else SHORTEST_ISN) <= len(number) <= 100]
    return list(dict.fromkeys(form for number in numbers for form in (number, *other_isbn(number))))


def other_isbn(number: str) -> list[str]:
    """The ISBN of thirteen digits for one of ten, and the other way round where there is one (ISO 2108)."""
    if re.fullmatch(r"\d{9}[0-9x]", number):
        body = f"978{number[:9]}"
        check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
        return [f"{body}{check}"]
    if re.fullmatch(r"978\d{10}", number):
        check = -sum(int(digit) * (10 - place) for place, digit in enumerate(number[3:12])) % 11
        return [number[3:12] + ("x" if check == 10 else str(check))]
    return []


def _folded(text: str) -> str:
    """Without case and accents, as the chain of call numbers has it for what occurs in them."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(one for one in plain if not unicodedata.combining(one)))


def known_field(name: str, use: str) -> Field:
    """The schema's field of this name; `use` is what it is wanted for. Raises ConfigError."""
    found = biblio().field(name)
    if found is None or not found.indexed:
        why = "no such field" if found is None else "this field is not indexed"
        raise ConfigError(f"cannot {use} by {name!r}: {why}", advice="docs/fields.md lists the fields.")
    return found


def sort_order(sort: str) -> tuple[Field, bool]:
    """The field that `sort` names, and whether the order is descending. Raises ConfigError for what has no order."""
    sorted_by = known_field(sort.removeprefix("-"), "sort")
    if sorted_by.multi or sorted_by.type not in ("string", "date", "long", "boolean"):
        raise ConfigError(
            f"cannot sort by {sorted_by.name!r}: it holds words or several values",
            advice="Try title_sort or author_sort.",
        )
    return sorted_by, sort.startswith("-")


def check_fields(query: Query) -> None:
    """Raises ConfigError for a search type, or a field to filter or count by, that is not there."""
    wanted = search_type(query.type)
    if query.within and query.within not in (*wanted.fields, *wanted.exact):
        raise ConfigError(f"a search of the type {query.type} does not look at {query.within!r}")
    for like in query.likes:
        search_type(like.type)
    for name, _ in (*query.filters, *query.without):
        known_field(name, "filter")
    for name in query.facets:
        known_field(name, "count")


def stored_fields(fields: Fields, schema: Schema | None = None) -> Fields:
    """The fields that the schema stores, and those it does not know: what every engine gives back of a document."""
    schema = schema or biblio()
    return {name: value for name, value in fields.items() if _is_stored(schema, name)}


@functools.lru_cache(maxsize=10_000)
def _is_stored(schema: Schema, name: str) -> bool:
    found = schema.field(name)
    return found is None or found.stored
