"""Prints what jobs give back: for people, or as JSON. Each function gives the exit code."""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from indexer import sources
from indexer.engines.base import Found
from indexer.jobs.results import LoadResult, ReindexResult, SearchResult, SyncResult, VerifyResult
from indexer.jobs.verification import as_data, lines
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError, ExitCode
from indexer.observe import report

SHOWN_AUTHORS = 3
SHOWN_FACET_VALUES = 5
TITLE_WIDTH = 90


def load(result: LoadResult, *, as_json: bool, quiet: bool) -> int:
    if as_json:
        _json({**_told(result), "report": _page(result)})
    elif not quiet:
        print("\n".join(_lines(result)))
    return result.exit_code


def transform(result: LoadResult, *, quiet: bool) -> int:
    """The documents were the output: the books go to standard error."""
    if not quiet:
        print("\n".join(_lines(result)), file=sys.stderr)
    return result.exit_code


def sync(result: SyncResult, *, as_json: bool, quiet: bool) -> int:
    if as_json:
        ahead: dict[str, Any] = {"report": _page(result)}
        if result.dry_run:
            going = [{"id": id, "title": title} for id, title in result.deletions]
            ahead = {"delete": going, "stopped": result.stopped}
        _json({**_told(result), "files": result.files, **ahead})
    elif not quiet:
        _print_sources(result)
        if result.dry_run:
            print("".join(f"would be deleted: {id}  {title}".rstrip() + "\n" for id, title in result.deletions), end="")
            held = f"; the deletions would be held: {result.stopped}" if result.stopped else ""
            print(f"dry run: nothing was sent{held}")
        else:
            print("\n".join(_lines(result)))
    return result.exit_code


def verify(result: VerifyResult, *, as_json: bool, quiet: bool) -> int:
    if as_json:
        _json({"target": result.target, **as_data(result.checks)})
    elif not (result.passed and quiet):
        print("\n".join(lines(result.checks)))
    return result.exit_code


def reindex(result: ReindexResult, *, as_json: bool) -> int:
    """People were told as it went on."""
    if as_json:
        _json(
            {
                "target": result.target,
                "generation": result.generation,
                "promoted": result.promoted,
                "former": result.former,
                **as_data(result.checks),
                "books": {name: books.counts() for name, books in result.books.items()},
                "dropped": result.dropped,
                "exit_code": int(result.exit_code),
            }
        )
    return result.exit_code


def search(text: str, result: SearchResult, *, as_json: bool) -> int:
    found = result.found
    if as_json:
        _json(
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


def _json(data: Mapping[str, Any]) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _told(result: LoadResult) -> dict[str, Any]:
    return report.as_json(result.summary, target=result.target, dry_run=result.dry_run)


def _page(result: LoadResult) -> str | None:
    return str(result.report) if result.report else None


def _lines(result: LoadResult) -> list[str]:
    where = f"{result.target} · report {result.report}" if result.report else result.target
    return report.lines(result.summary, target=where, dry_run=result.dry_run, remembered=result.remembered)


def _print_sources(result: SyncResult) -> None:
    """What there is of each source, one a line, and below it what that is."""
    width = max(map(len, result.files))
    for name, files in result.files.items():
        print(f"{name:<{width}}   {report.counted(len(files), 'new file') if files else 'nothing new'}")
        for folder in [folder for folder, source in result.empty.items() if source == name]:
            print(f"  {sources.shown(folder)} is empty: nothing there yet")
        if name in result.asked:
            print(f"  {result.asked[name]}")
        if result.dry_run:
            print("".join(f"  {file}\n" for file in files), end="")


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
