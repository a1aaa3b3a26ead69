"""A search as a person types it: words that must all match and "phrases", never an engine's query syntax."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

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
FACET_VALUES = 50  # values counted of a facet


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


def known_field(name: str, use: str) -> Field:
    """The schema's field of this name; `use` is what it is wanted for. Raises ConfigError."""
    found = biblio().field(name)
    if found is None or not found.indexed:
        why = "no such field" if found is None else "this field is not indexed"
        raise ConfigError(f"cannot {use} by {name!r}: {why}", advice="docs/fields.md lists the fields.")
    return found


def sort_order(sort: str) -> tuple[Field, bool]:
    """The field that `sort` names, and whether the order is descending. Raises ConfigError for what has no order."""
    field = known_field(sort.removeprefix("-"), "sort")
    if field.multi or field.type not in ("string", "date", "long", "boolean"):
        raise ConfigError(
            f"cannot sort by {field.name!r}: it holds words or several values", advice="Try title_sort or author_sort."
        )
    return field, sort.startswith("-")


def check_fields(filters: Sequence[tuple[str, str]], facets: Sequence[str]) -> None:
    """Raises ConfigError for a filter or a facet that the schema has no field for."""
    for name, _ in filters:
        known_field(name, "filter")
    for name in facets:
        known_field(name, "count")


def stored_fields(fields: Fields, schema: Schema | None = None) -> Fields:
    """The fields that the schema stores, and those it does not know: what every engine gives back of a document."""
    schema = schema or biblio()
    known = ((name, schema.field(name)) for name in fields)
    return {name: fields[name] for name, field in known if field is None or field.stored}
