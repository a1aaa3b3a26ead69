"""What a search finds, and the filters that it takes."""

import re

from indexer.cli.render.text import print_json
from indexer.engines.base import Found
from indexer.jobs.results import SearchResult
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError, ExitCode

SHOWN_AUTHORS = 3
SHOWN_FACET_VALUES = 5
TITLE_WIDTH = 90


def search(text: str, result: SearchResult, *, as_json: bool) -> int:
    found = result.found
    if as_json:
        print_json(
            {
                "total": found.total,
                "suggestion": found.suggestion,
                "facets": found.facets,
                "documents": [hit.fields for hit in found.hits],
            }
        )
        return ExitCode.OK
    if not found.total:
        meant = f': did you mean "{found.suggestion}"?' if found.suggestion else ""
        print(f'no record matches "{text}"{meant}')
    else:
        records = "record matches" if found.total == 1 else "records match"
        print(f'{found.total:,} {records} "{text}"')
    _print(result.shown)
    return ExitCode.OK


def filter_of(text: str) -> tuple[str, str]:
    """The field and value of a --filter. Raises ConfigError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--filter {text}: is not FIELD=VALUE")
    return name, value


def _print(found: Found) -> None:
    for number, hit in enumerate(found.hits, 1):
        print(f"{number:>3}  {_shorten(_plain(_first(hit.fields, 'title') or '(no title)'))}")
        print(f"     {' · '.join(_summary(hit.fields, hit.id))}")
    facets = []
    for name, counts in found.facets.items():
        if counts:
            values = " · ".join(f"{value} {count:,}" for value, count in counts[:SHOWN_FACET_VALUES])
            facets.append(f"{name}  {values}")
    if facets:
        print("      ".join(facets))


def _summary(fields: Fields, id: str) -> list[str]:
    authors = _all(fields, "author") or _all(fields, "author_corporate")
    more = len(authors) - SHOWN_AUTHORS
    shown = "; ".join(authors[:SHOWN_AUTHORS]) + (f" +{more}" if more > 0 else "")
    publisher = _first(fields, "publisher") or _first(fields, "container_title")
    return [part for part in (_plain(shown), _first(fields, "publishDate"), _plain(publisher), id) if part]


def _all(fields: Fields, name: str) -> list[str]:
    value = fields.get(name, [])
    return [value] if isinstance(value, str) else value


def _first(fields: Fields, name: str) -> str:
    return next(iter(_all(fields, name)), "")


def _plain(text: str) -> str:
    """One line, and nothing that a terminal would obey: records come from anywhere."""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()


def _shorten(text: str) -> str:
    return text if len(text) <= TITLE_WIDTH else text[: TITLE_WIDTH - 3].rstrip() + "..."
