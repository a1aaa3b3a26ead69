"""`search`: a quick look into the index."""

import json
import re
from collections.abc import Sequence

from indexer.config import Config
from indexer.engines.base import Found, Query
from indexer.engines.registry import open_index, require_search
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError, ExitCode

FACETS = ("format", "language")
SHOWN_AUTHORS = 3
SHOWN_FACET_VALUES = 5
TITLE_WIDTH = 90


def search(text: str, *, config: Config, limit: int, sort: str | None, filters: Sequence[str], as_json: bool) -> int:
    query = Query(text, limit=limit, sort=sort, filters=tuple(map(_filter, filters)), facets=FACETS)
    target = config.target()
    require_search(target)
    sink = open_index(target, connections=1)
    try:
        sink.check()
        found = sink.search(query)
        shown = found
        if not found.total and found.suggestion:
            shown = sink.search(Query(found.suggestion, limit, 0, sort, query.filters, FACETS, suggest=False))
    finally:
        sink.close()
    if as_json:
        print(
            json.dumps(
                {
                    "total": found.total,
                    "suggestion": found.suggestion,
                    "facets": found.facets,
                    "documents": [hit.fields for hit in found.hits],
                },
                ensure_ascii=False,
                indent=2,
            )
        )
        return ExitCode.OK
    if not found.total:
        meant = f': did you mean "{found.suggestion}"?' if found.suggestion else ""
        print(f'no record matches "{text}"{meant}')
    else:
        records = "record matches" if found.total == 1 else "records match"
        print(f'{found.total:,} {records} "{text}"')
    _print(shown)
    return ExitCode.OK


def _filter(text: str) -> tuple[str, str]:
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
