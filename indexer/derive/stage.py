"""The one way from what a format emits to what a sink takes: computed fields, the schema's shapes, copied fields."""

import difflib
import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from indexer.derive import copies
from indexer.derive.authors import author_sort
from indexer.derive.dates import publish_date_sort
from indexer.derive.titles import strip_articles, title_sort
from indexer.derive.work_keys import work_keys
from indexer.model.documents import NOTES, Draft, Fields, Style, Value
from indexer.model.errors import RecordError
from indexer.model.schema import Schema, biblio, bundled

MAX_REMEMBERED = 10_000  # names of dynamic fields: records choose them, memory stays flat


@dataclass(frozen=True, slots=True)
class Computed:
    """A field that is made of others. `make(draft, style)` gives its value, or None where there is nothing to make it
    of; `told` is what `indexer explain` says of it, and `of` names the fields that it is made of. It stands behind the
    last of those, or `at_end`.
    """

    make: Callable[[Draft, Style], Value | None]
    told: str
    of: tuple[str, ...]
    at_end: bool = False


def _title(draft: Draft, _style: Style) -> str | None:
    title = draft.fields.get("title")
    return title if isinstance(title, str) else _first(title)


def _title_sort(draft: Draft, style: Style) -> str | None:
    title = _title(draft, style)
    return None if title is None else title_sort(title, style=draft.style or style)


def _author_sort(draft: Draft, _style: Style) -> str | None:
    for name in ("author", "author_corporate"):
        if (author := _first(draft.fields.get(name))) is not None:
            return author_sort((author,))
    return None


def _publish_date_sort(draft: Draft, _style: Style) -> str | None:
    return publish_date_sort(_values(draft.fields, "publishDate"))


def _work_keys(draft: Draft, _style: Style) -> list[str] | None:
    titles = _values(draft.fields, "title", "title_alt") if draft.titles is None else draft.titles
    if not titles:
        return None
    authors = _values(draft.fields, "author", "author_corporate") if draft.authors is None else draft.authors
    return work_keys(titles, authors, trimmed_titles=(strip_articles(titles[0]),)) or None


#: Those that stand behind one field do so in this order.
COMPUTED = {
    "title_short": Computed(_title, "as title", ("title",)),
    "title_full": Computed(_title, "as title", ("title",)),
    "title_sort": Computed(_title_sort, "title in the form by which it sorts", ("title",)),
    "author_sort": Computed(_author_sort, "the first author", ("author", "author_corporate")),
    "publishDateSort": Computed(_publish_date_sort, "the earliest year of publishDate", ("publishDate",)),
    "work_keys_str_mv": Computed(
        _work_keys,
        "titles and authors in their normal forms",
        ("title", "title_alt", "author", "author_corporate"),
        at_end=True,
    ),
}

_RULES = [(name, rule.make, rule.of, rule.at_end) for name, rule in COMPUTED.items()]  # for the loop of every record


def complete(draft: Draft, style: Style) -> Fields:
    """The whole document: `id` first, every field in its schema's shape, the computed fields that the draft asks for at
    their places, the copied fields filled at the end.

    Left out: values for copied fields and `_version_` (which would be a claim about the live document), and fields
    without a value. A lone string becomes a list where the schema holds several values, a list of one a string where it
    holds one. The draft is not changed.

    Raises RecordError for a field that the schema does not know, several values where it holds one, and a value that
    is neither a string nor a list.
    """
    fields = draft.fields
    schema = biblio()
    if schema.alone:
        wanted = COMPUTED if draft.computed is None else draft.computed
        draft = replace(draft, computed=[name for name in wanted if schema.field(name) is not None])
    made, followers = _computed(draft, style)
    if draft.anew:
        fields = {name: made.get(name, value) for name, value in fields.items()}
    shapes = _shapes(schema)
    # looking them up takes as long as all else in the loop
    single, multi, left_out = Shape.SINGLE, Shape.MULTI, Shape.LEFT_OUT
    document: Fields = {"id": ""}
    for name, value in fields.items():
        shape = shapes.get(name) or _shape(name, schema)
        if shape is left_out:
            continue
        if isinstance(value, str):
            document[name] = [value] if shape is multi else value
        elif not isinstance(value, list):
            raise RecordError(f"holds {type(value).__name__}, not text", field=name)
        elif value:
            document[name] = _only(name, value) if shape is single else value
        if name in followers:
            for follower in followers[name]:
                document[follower] = made[follower]
    document.update(made)  # those that are there already keep their place
    if draft.repairs:
        document[NOTES] = [*_values(document, NOTES), *draft.repairs]
    document.update(copies.fill(document, schema))
    return document


def _computed(draft: Draft, style: Style) -> tuple[Fields, dict[str, list[str]]]:
    """The computed fields that the draft asks for, and field -> which of them stand behind it."""
    fields, wanted, anew, places = draft.fields, draft.computed, draft.anew, draft.behind
    made: Fields = {}
    followers: dict[str, list[str]] = {}
    if wanted is not None and not wanted:
        return made, followers
    for name, make, of, at_end in _RULES:
        there = name in fields
        if (there and name not in anew) or (wanted is not None and name not in wanted):
            continue
        value = make(draft, style)
        if value is None:
            continue
        made[name] = value
        if not there and not at_end:
            if places:
                of = places.get(name, of)
            place = of[0] if len(of) == 1 else _last(fields, of)
            if place in followers:  # as few calls as can be: this is done for every record
                followers[place].append(name)
            else:
                followers[place] = [name]
    return made, followers


def _first(value: Value | None) -> str | None:
    """What is no text is none here, and refused by `complete`."""
    if isinstance(value, str):
        return value
    return value[0] if isinstance(value, list) and value else None


def _values(fields: Fields, *names: str) -> list[str]:
    """The values of these fields; the list of the only one that is there is given as it is."""
    values: list[str] = []
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, list):
            values = values + value if values else value
        elif isinstance(value, str):
            values = [*values, value]
    return values


def _last(fields: Fields, names: tuple[str, ...]) -> str:
    """Which of the names comes last in the fields."""
    for name in reversed(fields):
        if name in names:
            return name
    raise KeyError(names)


def _only(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise RecordError(f"holds one value, and this record gives {len(values)}", field=name)
    return values[0]


class Shape(Enum):
    """What becomes of a field's value."""

    SINGLE = 1
    MULTI = 2
    LEFT_OUT = 3
    AS_IT_COMES = 4


@functools.lru_cache(8)
def _shapes(schema: Schema) -> dict[str, Shape]:
    """Field name -> shape; grows with the other fields that are met."""
    shapes = {field.name: Shape.MULTI if field.multi else Shape.SINGLE for field in schema}
    return shapes | dict.fromkeys((*copies.filled(), "_version_"), Shape.LEFT_OUT)


def _shape(name: str, schema: Schema) -> Shape:
    """The shape of a field that the schema does not name: a dynamic one, one of ours that a schema of others does not
    have, or an error.
    """
    field = schema.field(name)
    if field is not None:
        shape = Shape.MULTI if field.multi else Shape.SINGLE
    elif schema.open:
        shape = Shape.AS_IT_COMES
    elif schema.alone and bundled().field(name) is not None:
        shape = Shape.LEFT_OUT
    else:
        near = difflib.get_close_matches(name, schema.fields, n=1)
        hint = f"; the nearest is {near[0]!r}" if near else ""
        raise RecordError(f"the schema has no such field{hint}", field=name)
    if len(_shapes(schema)) < MAX_REMEMBERED:
        _shapes(schema)[name] = shape
    return shape
