"""What is shown of a record, which records are like it, and which are other versions of it."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode, urlsplit

from indexer.engines.base import Hit, Index, Like, Query
from indexer.engines.query import parse_words
from indexer.model.documents import Fields
from indexer.model.schema import biblio

SUMMARY = 300  # characters of an abstract that are shown at first, as VuFind does
SIMILAR = 5
MOST_KEYS = 50
MOST_LIKE = 8  # subjects, names and words each that a record is compared by
LONGEST_URL = 2_000
LONGEST_SHOWN = 20_000  # characters of a value on a page; its JSON has them all
MOST_SHOWN = 1_000  # values of a field


@dataclass(frozen=True, slots=True)
class Link:
    """A text; `url` is empty where it leads nowhere."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the record's table: `label` is a message, `style` how its values stand."""

    label: str
    values: tuple[Link, ...]
    style: str = "lines"


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as its page shows it."""

    id: str
    title: str
    abstract: str
    rows: tuple[Row, ...]

    @property
    def summary(self) -> str:
        """The beginning of the abstract."""
        return self.abstract if len(self.abstract) <= SUMMARY else self.abstract[:SUMMARY] + "..."


def values(fields: Fields, *names: str) -> list[str]:
    """The values of these fields, one after the other, each once."""
    found: list[str] = []
    for name in names:
        value = fields.get(name, [])
        found += [value] if isinstance(value, str) else value
    return [value for value in dict.fromkeys(found) if value.strip()]


def first(fields: Fields, *names: str) -> str:
    for name in names:
        value = fields.get(name, [])
        for each in [value] if isinstance(value, str) else value:
            if each.strip():
                return each
    return ""


def shown(fields: Fields) -> Shown:
    """Labels, order and values are those of VuFind's record page."""
    host = " ".join(part for part in (first(fields, "container_title"), first(fields, "container_reference")) if part)
    rows = [
        _row(
            "published_in", [Link(host, search_for("JournalTitle", first(fields, "container_title")))] if host else []
        ),
        _people("main_author", values(fields, "author")),
        _people("corporate_author", values(fields, "author_corporate")),
        _people("other_author", values(fields, "author2")),
        _row("format", [Link(value) for value in values(fields, "format")], "words"),
        _row("language", [Link(value) for value in values(fields, "language")], "comma"),
        _row("published", [Link(line) for line in _imprints(fields)]),
        _row("edition", [Link(value) for value in values(fields, "edition")]),
        _row("physical", [Link(value) for value in values(fields, "physical")]),
        _row("series", [Link(value, search_for("Title", value)) for value in values(fields, "series", "series2")]),
        _row("subjects", [Link(value, search_for("Subject", value)) for value in _subjects(fields)]),
        _row("isbn", [Link(value) for value in values(fields, "isbn")], "comma"),
        _row("issn", [Link(value) for value in values(fields, "issn")], "comma"),
        _row("call_number", [Link(value) for value in values(fields, "callnumber-raw")]),
        _row("online", [Link(value, web_address(value)) for value in values(fields, "url")]),
    ]
    return Shown(
        id=first(fields, "id"),
        title=title(fields),
        abstract=first(fields, "description")[:LONGEST_SHOWN],
        rows=tuple(replace(row, values=row.values[:MOST_SHOWN]) for row in rows if row.values),
    )


def title(fields: Fields) -> str:
    return (first(fields, "title", "title_full", "title_short") or first(fields, "id"))[:LONGEST_SHOWN]


def year(fields: Fields) -> str:
    found = re.search(r"\d{4}", first(fields, "publishDate"))
    return found[0] if found else ""


def staff_rows(fields: Fields) -> list[tuple[str, list[tuple[str, int]]]]:
    """Every stored field with its values, by name; with each value how many characters of it are left out."""
    listed = {name: [value] if isinstance(value, str) else value for name, value in sorted(fields.items())}
    return [
        (name, [(value[:LONGEST_SHOWN], max(0, len(value) - LONGEST_SHOWN)) for value in found[:MOST_SHOWN]])
        for name, found in listed.items()
        if found
    ]


def web_address(text: str) -> str:
    """The text as a link that may be followed: http and https, nothing else."""
    if len(text) > LONGEST_URL or re.search(r"[\s\x00-\x20\x7f<>\"`\\]", text):
        return ""
    try:
        url = urlsplit(text)
    except ValueError:
        return ""
    return text if url.scheme.lower() in ("http", "https") and url.hostname else ""


def page_of(id: str) -> str:
    """The URL of a record's page; a slash in an id is written as it is not one."""
    return f"/Record/{quote(id, safe='')}"


def similar(index: Index, fields: Fields) -> list[Hit]:
    """Records with the same subjects, people, and words in their titles, those with the most first."""
    likes = [Like("Subject", f'"{_plain(value)}"', 3) for value in _subjects(fields)[:MOST_LIKE]]
    people = values(fields, "author", "author2", "author_corporate")
    likes += [Like("Author", f'"{_plain(value)}"', 2) for value in people[:MOST_LIKE]]
    stop_words = biblio().stop_words
    words = [
        clause.text for clause in parse_words(_plain(title(fields))) or () if clause.text.lower() not in stop_words
    ]
    likes += [Like("Title", word, 1) for word in words[:MOST_LIKE] if len(word) > 2]
    if not likes:
        return []
    query = Query("", limit=SIMILAR, likes=tuple(likes), without=(("id", first(fields, "id")),), suggest=False)
    return index.search(query).hits


def versions(index: Index, fields: Fields) -> list[Hit]:
    """Other records of the same work: those that share a work key."""
    keys = values(fields, "work_keys_str_mv")[:MOST_KEYS]
    if not keys:
        return []
    filters = (("work_keys_str_mv", tuple(keys)),)
    without = (("id", first(fields, "id")),)
    query = Query("", limit=SIMILAR, filters=filters, without=without, suggest=False, sort="-publishDateSort")
    return index.search(query).hits


def _row(label: str, found: list[Link], style: str = "lines") -> Row:
    return Row(label, tuple(found), style)


def _people(label: str, names: list[str]) -> Row:
    return _row(
        label if len(names) == 1 else f"{label}s", [Link(name, search_for("Author", name)) for name in names], "comma"
    )


def _imprints(fields: Fields) -> list[str]:
    """Publishers with their years, in pairs as they come."""
    publishers, years = values(fields, "publisher"), values(fields, "publishDate")
    pairs = max(len(publishers), len(years))
    padded = zip(publishers + [""] * (pairs - len(publishers)), years + [""] * (pairs - len(years)), strict=True)
    return [" ".join(part for part in pair if part) for pair in padded]


def _subjects(fields: Fields) -> list[str]:
    return values(fields, "topic", "geographic", "genre", "era")


def search_for(type_: str, text: str) -> str:
    """The URL of a search for these very words."""
    phrase = f'"{_plain(text)}"' if text else ""
    return f"/Search/Results?{urlencode({'lookfor': phrase, 'type': type_})}"


def _plain(text: str) -> str:
    """Without quotation marks, and not longer than a search may be."""
    return " ".join(text.replace('"', " ").split()[:30])[:300]
