"""The biblio schema as a Tantivy schema, and what a document puts into it.

Three kinds of index field:
- a *column* for every exact field of the biblio schema (strings, dates, and whole values such as `topic_facet` with
  the chain of their type applied): one term a value, for filters, facets and sorting. Dynamic fields share the JSON
  column `dynamic`. Those that are there to be counted, with many different values, have a column of *numbers*
  besides: to count strings, Tantivy looks up each one that it meets.
- a *searched group*: words of the fields that rank alike. `words` (as they are) and `text` (stemmed) hold every word of
  the document, the other groups lift a match in a title, a name or a subject.
- `source`: the document as it was sent, stored and not indexed; what a search or a read gives back.

Fields that are copies of other text fields (`spelling`, `title_full_unstemmed`, ...) are stored and not indexed again:
`words` does their work. Stop words are indexed, so that "The Who" can be found.
"""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import icu
import tantivy

from indexer.model.errors import RecordError
from indexer.model.schema import Field, Schema

FORMAT = 3  # of the folder and of what is indexed: an index of another format is refused
LONGEST_VALUE = 32_766  # bytes of UTF-8 in one exact value: Lucene's limit, so that all engines take the same documents
SOURCE = "source"
DYNAMIC = "dynamic"
# Before each value in the JSON column: without it Tantivy would take "2017-01-01T00:00:00Z" for a date, not a string.
MARK = "="
_COUNTED = "_facet"  # what the names of fields for facets end with
_NUMBERS = "_number"

Normalise = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Group:
    """Fields whose words rank alike. A group without fields holds every word of the document."""

    name: str
    boost: float
    stemmed: bool
    fields: tuple[str, ...] = ()


GROUPS = (
    Group("title", 4.0, True, ("title", "title_full", "title_alt", "title_old", "title_new")),
    Group("author", 3.0, False, ("author", "author2", "author_corporate", "author_additional")),
    Group("topic", 2.0, True, ("topic", "genre", "geographic", "era")),
    Group("words", 1.2, False),
    Group("text", 1.0, True),
    # asked of by searches of these types only
    Group("series", 1.0, True, ("series", "series2")),
    Group("journal", 2.0, True, ("container_title",)),
)
EVERYTHING = ("words", "text")
ALLFIELDS = "allfields"  # where importers put every word of a record


@dataclass(frozen=True, slots=True)
class Column:
    """An exact field: `path` is its name in Tantivy's queries; `normalise` makes a value its term, None for none.

    `sortable`: single-valued and not dynamic. `marked`: its terms begin with MARK. `numbers`: the field that has the
    numbers of its terms (`number_of`), "" for none.
    """

    path: str
    normalise: Normalise
    sortable: bool
    marked: bool
    numbers: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one document puts into the index: (index field, text) pairs, the dynamic columns as one object, and (index
    field, number) pairs.
    """

    texts: list[tuple[str, str]]
    dynamic: dict[str, list[str]]
    numbers: list[tuple[str, int]]


def number_of(term: str) -> int:
    """What stands for a term where it is counted: its first two bytes of UTF-8, so that numbers are in the order of
    terms but for those that begin alike, and 48 bits of a digest. Among ten million names two share a number once in
    some thousand times; they are counted as one then.
    """
    encoded = term.encode()
    return int.from_bytes(encoded[:2].ljust(2, b"\0") + hashlib.blake2b(encoded, digest_size=6).digest(), "big")


def beginning_of(number: int) -> int:
    """What terms that begin alike have in common in their numbers."""
    return number >> 48


# ---------------------------------------------------------------------------------------------------------- words


def _pattern(unicode_set: str) -> str:
    """A UnicodeSet (UTS #18) as a character class of Python's `re`, which knows no Unicode properties."""
    found = icu.UnicodeSet(unicode_set)
    ranges = [(found.getRangeStart(i), found.getRangeEnd(i)) for i in range(found.getRangeCount())]
    return "[" + "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in ranges) + "]"


# Marks that are no letters, as the accents of Latin, Greek and Cyrillic; the points of Hebrew and Arabic, which readers
# leave out; modifier letters, which romanisation puts into words. Kana keep their voicing marks: another letter.
_MARKS = re.compile(
    _pattern(
        r"[[[:M:]-[:Alphabetic:]-[\u3099\u309A]]"
        r"[\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0640\u064B-\u065F\u0670\u02B9-\u02D1]]"
    )
)
WORD = re.compile(_pattern("[[:L:][:M:][:N:]]") + "+")
# Scripts written without spaces: each character is a word, and a run of them in a query is a phrase.
_UNSPACED = re.compile(
    _pattern(r"[[:Han:][:Hiragana:][:Katakana:]\u30FC[:Thai:][:Lao:][:Khmer:][:Myanmar:]&[:Alphabetic:]]")
)


def fold(text: str) -> str:
    """Case, accents and compatibility forms away, and spaces between the characters of scripts that have none.

    What ICU's folding does for the other engines, before Tantivy's tokenizer (`analyzers`).
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())))
    return _UNSPACED.sub(r" \g<0> ", text)


@functools.cache
def analyzers() -> dict[bool, tantivy.TextAnalyzer]:
    """stemmed or not -> the analyzer for text that `fold` has seen, at index time and for queries alike.

    A run of letters is a word, and so is one of digits (98th, c2000), as the other engines have it.
    """

    def builder() -> tantivy.TextAnalyzerBuilder:
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"\p{Alphabetic}+|\p{N}+"))
        return words.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())

    return {False: builder().build(), True: builder().filter(tantivy.Filter.stemmer("english")).build()}


def tokenizer_name(stemmed: bool) -> str:
    return "stemmed" if stemmed else "folded"


# -------------------------------------------------------------------------------------------------------- columns


def _steps(chain: dict[str, Any]) -> list[Normalise]:
    """The chain of a type whose tokenizer keeps the value whole, as functions from string to string or None."""
    steps: list[Normalise] = []
    for step in (*chain.get("char_filters", ()), *chain.get("filters", ())):
        match step:
            case {"name": "pattern_replace", "pattern": pattern, "replacement": replacement}:
                steps.append(functools.partial(re.compile(pattern).sub, replacement))
            case {"name": "lowercase"}:
                steps.append(str.lower)
            case {"name": "icu_folding"}:
                steps.append(fold)
            case {"name": "length", "min": shortest, "max": longest}:
                steps.append(functools.partial(_of_length, shortest, longest))
            case _:
                raise ValueError(f"no whole value goes through {step!r}")
    return steps


def _of_length(shortest: int, longest: int, text: str) -> str | None:
    return text if shortest <= len(text) <= longest else None


def _exact(value: str) -> str | None:
    return value


def _normaliser(chain: dict[str, Any]) -> Normalise:
    steps = _steps(chain)
    if not steps:
        return _exact

    def normalise(value: str) -> str | None:
        current: str | None = value
        for step in steps:
            if current is None:
                return None
            current = step(current)
        return current

    return normalise


_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def _check_date(name: str, value: str) -> None:
    if _DATE.fullmatch(value):
        try:
            datetime.fromisoformat(value[:19])
        except ValueError:
            pass
        else:
            return
    raise RecordError(f"field {name}: {value[:60]!r} is not a date of the form YYYY-MM-DDThh:mm:ssZ", field=name)


# --------------------------------------------------------------------------------------------------------- layout


@dataclass(frozen=True, slots=True)
class _Plan:
    """What happens to a field's values. `group` is a searched group, EVERYTHING[0] for words of no other group."""

    multi: bool
    date: bool
    column: Column | None
    group: str | None


class Layout:
    """How documents of a schema lie in the embedded index."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._plans: dict[str, _Plan | None] = {}
        self.stop_words = frozenset(schema.stop_words)
        self._group_of = {name: group.name for group in GROUPS for name in group.fields}

    def _plan(self, name: str) -> _Plan | None:
        try:
            return self._plans[name]
        except KeyError:
            field = self.schema.field(name)
            plan = None if field is None else self._plan_of(name, field)
            if name in self.schema.fields or len(self._plans) < 10_000:  # a dump can make up dynamic names without end
                self._plans[name] = plan
            return plan

    def _plan_of(self, name: str, field: Field) -> _Plan:
        chain = self.schema.types[field.type]
        kind, whole = chain["kind"], chain.get("tokenizer") == "keyword"
        column, group = None, None
        if name in self.schema.engine_copies:  # into allfields
            group = EVERYTHING[0]
        if field.indexed and (kind in ("string", "date", "boolean") or whole):
            dynamic = name not in self.schema.fields
            column = Column(
                path=f"{DYNAMIC}.{_escape(name)}" if dynamic else name,
                normalise=_normaliser(chain),
                sortable=not field.multi and not dynamic,
                marked=dynamic,
                numbers=f"{name}{_NUMBERS}" if name.endswith(_COUNTED) and not dynamic else "",
            )
        elif field.indexed and kind == "text" and not self._repeats(field):
            group = self._group_of.get(name, EVERYTHING[0])
        return _Plan(field.multi, kind == "date", column, group)

    def _repeats(self, field: Field) -> bool:
        """Whether the field is filled from other fields of words, as `spelling` is from `allfields`."""
        sources = (self.schema.fields[name] for name in field.copied_from)
        return any(self.schema.types[source.type]["kind"] == "text" for source in sources)

    def column(self, name: str) -> Column | None:
        """The exact field of this name (as the document has it), or None: unknown, of words, or not indexed."""
        plan = self._plan(name)
        return plan.column if plan else None

    def terms(self, name: str, value: object) -> list[str]:
        """What an exact field's value, or values, are indexed as. Raises RecordError as `entry` does."""
        plan = self._plan(name)
        if plan is None or plan.column is None:
            return []
        return _terms(name, _values(name, value, plan.multi), plan.column.normalise)

    def entry(self, fields: dict[str, Any]) -> Entry:
        """What the index takes from a document, `fields` as JSON gave them.

        Raises RecordError, which names field and reason, for what the other engines refuse too: a field that the
        schema lacks, several values in a single-valued field, a date that is none, an exact value that is too long.
        """
        texts: list[tuple[str, str]] = []
        dynamic: dict[str, list[str]] = {}
        numbers: list[tuple[str, int]] = []
        words: list[str] = []
        grouped: set[tuple[str, str]] = set()
        for name, value in fields.items():
            plan = self._plan(name)
            if plan is None:
                raise RecordError(f"field {name!r} is not in the {self.schema.name} schema", field=name)
            values = _values(name, value, plan.multi)
            if plan.date:
                for one in values:
                    _check_date(name, one)
            if plan.column is not None:
                terms = _terms(name, values, plan.column.normalise)
                if plan.column.marked:
                    dynamic[name] = [MARK + term for term in terms]
                else:
                    texts += [(name, term) for term in terms]
                if plan.column.numbers:
                    numbers += [(plan.column.numbers, number_of(term)) for term in terms]
            if plan.group in EVERYTHING:
                words += values
            elif plan.group is not None:
                grouped.update((plan.group, one) for one in values)
        everything = _everything(fields.get(ALLFIELDS, ()), words, grouped)
        texts += [(group, fold(text)) for group, text in sorted(grouped)]
        for text in everything:
            folded = fold(text)
            texts += [(group, folded) for group in EVERYTHING]
        return Entry(texts, dynamic, numbers)

    def tantivy_schema(self) -> tantivy.Schema:
        builder = tantivy.SchemaBuilder()
        for name in self.columns:
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
            if (column := self.column(name)) is not None and column.numbers:
                builder.add_unsigned_field(column.numbers, fast=True, indexed=True)
        for group in GROUPS:
            builder.add_text_field(group.name, tokenizer_name=tokenizer_name(group.stemmed))
        builder.add_json_field(DYNAMIC, fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_bytes_field(SOURCE, stored=True)
        return builder.build()

    @property
    def columns(self) -> list[str]:
        """The exact fields that are not dynamic, in the schema's order."""
        return [field.name for field in self.schema if self.column(field.name)]

    @property
    def fingerprint(self) -> str:
        """Changes when an index built before would no longer be searched rightly."""
        types = {name: self.schema.types[self.schema.fields[name].type] for name in self.columns}
        chains = [(name, chain.get("char_filters"), chain.get("filters")) for name, chain in types.items()]
        groups = [(group.name, group.stemmed, group.fields) for group in GROUPS]
        return hashlib.sha256(repr((chains, groups)).encode()).hexdigest()[:16]


def _escape(name: str) -> str:
    """A key of the JSON column as Tantivy's query paths write it: a bare dot would lead one level down."""
    return name.replace("\\", "\\\\").replace(".", "\\.")


def _values(name: str, value: object, multi: bool) -> list[str]:
    values: list[Any] = value if isinstance(value, list) else [value]
    for one in values:
        if not isinstance(one, str):
            raise RecordError(f"field {name}: {one!r:.60} is not a string", field=name)
    if not multi and len(values) > 1:
        raise RecordError(f"field {name} takes one value and got {len(values):,}", field=name)
    return values


def _terms(name: str, values: Sequence[str], normalise: Normalise) -> list[str]:
    terms = list(values)
    if normalise is not _exact:
        terms = [term for value in values if (term := normalise(value)) is not None]
    if len(terms) > 1:
        terms = list(dict.fromkeys(terms))  # a value twice in a document is one term: facets count documents
    for term in terms:
        if len(term) > LONGEST_VALUE // 4 and (size := len(term.encode())) > LONGEST_VALUE:
            raise RecordError(
                f"field {name}: a value of {size:,} bytes is too long to index (at most {LONGEST_VALUE:,})", field=name
            )
    return terms


def _everything(allfields: str | Sequence[str], words: list[str], grouped: set[tuple[str, str]]) -> list[str]:
    """Every text of a document once: what `allfields` holds already, as whole words, is not taken again."""
    known = f" {allfields} " if isinstance(allfields, str) else f" {' '.join(allfields)} "
    own = {allfields} if isinstance(allfields, str) else set(allfields)
    taken = dict.fromkeys((*words, *sorted({text for _, text in grouped})))
    return [text for text in taken if text and (text in own or f" {text} " not in known)]
