"""Runs: load, transform, sync, delete, sweep, verify, reindex. Each function gives the exit code."""

import sys
from typing import Any

from indexer import sources
from indexer.cli.render.text import print_json
from indexer.jobs.results import DeletionResult, LoadResult, ReindexResult, SyncResult, VerifyResult
from indexer.jobs.verification import as_data, lines
from indexer.observe import report


def load(result: LoadResult, *, as_json: bool, quiet: bool) -> int:
    if as_json:
        print_json({**_told(result), "report": _page(result)})
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
        print_json({**_told(result), "files": result.files, **ahead})
    elif not quiet:
        _print_sources(result)
        if result.dry_run:
            print("".join(f"would be deleted: {id}  {title}".rstrip() + "\n" for id, title in result.deletions), end="")
            held = f"; the deletions would be held: {result.stopped}" if result.stopped else ""
            print(f"dry run: nothing was sent{held}")
        else:
            print("\n".join(_lines(result)))
    return result.exit_code


def delete(result: DeletionResult, *, as_json: bool, quiet: bool) -> int:
    if result.dry_run:
        _print_deletions(result, as_json=as_json)
    elif as_json:
        print_json({**report.as_json(result.summary, target=result.target), "missing": result.missing})
    elif not quiet:
        books = report.lines(result.summary, target=result.target, remembered=True)
        print("\n".join(books) if result.count else "nothing to delete")
        if result.missing:
            print(_missing(result.missing))
    return result.exit_code


def _print_deletions(result: DeletionResult, *, as_json: bool) -> None:
    """What a dry run would delete: it is what was asked for, also where all else is to be quiet."""
    if as_json:
        print_json(
            {
                "target": result.target,
                "dry_run": True,
                "documents": result.documents,
                "stopped": result.stopped,
                "delete": [{"id": id, "title": title} for id, title in result.deletions],
                "missing": result.missing,
            }
        )
        return
    for id, title in result.deletions:
        print(f"{id}  {title}".rstrip())
    print(f"{result.count:,} of {result.documents:,} documents would be deleted · {result.target}")
    if result.missing:
        print(_missing(result.missing))
    print("dry run: nothing was deleted" + (f"; it would be stopped: {result.stopped}" if result.stopped else ""))


def _missing(ids: int) -> str:
    return "1 id belongs to no document" if ids == 1 else f"{ids:,} ids belong to no document"


def verify(result: VerifyResult, *, as_json: bool, quiet: bool) -> int:
    if as_json:
        print_json({"target": result.target, **as_data(result.checks)})
    elif not (result.passed and quiet):
        print("\n".join(lines(result.checks)))
    return result.exit_code


def reindex(result: ReindexResult, *, as_json: bool) -> int:
    """People were told as it went on."""
    if as_json:
        print_json(
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
