"""`status`: the last runs with their books, and how each target is doing."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from indexer.config import Config
from indexer.jobs.state import open_state
from indexer.model.errors import ExitCode
from indexer.observe.report import counted, duration
from indexer.state import runs
from indexer.state.overview import Overview, age, overviews
from indexer.state.store import is_absent, shown_url

ENDS: dict[int, str] = {
    ExitCode.OK: "all well",
    ExitCode.REJECTED: "finished, with problems",
    ExitCode.USAGE: "wrong usage or settings",
    ExitCode.TARGET: "the target failed",
    ExitCode.VERIFICATION: "stopped by a check",
    ExitCode.INTERRUPTED: "interrupted",
}


def status(*, config: Config, as_json: bool) -> int:
    found: list[runs.StoredRun] = []
    targets: list[Overview] = []
    if not is_absent(config.settings.state):  # to look is not to make
        store = open_state(config)
        try:
            found = runs.last(store)
            targets = overviews(store)
        finally:
            store.close()
    shown = shown_url(config.settings.state)
    now = datetime.now(UTC)
    if as_json:
        told = {
            "state": shown,
            "targets": [_as_data(each, now) for each in targets],
            "runs": [asdict(run) for run in found],
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return ExitCode.OK
    if not found:
        print(f"no run yet · {shown}")
    for run in found:
        print("\n".join(_run(run)))
    for target in targets:
        print("\n".join(_target(target, now)))
    return ExitCode.OK


def _run(run: runs.StoredRun) -> Iterator[str]:
    code = run.exit_code
    end = "still running, or killed" if code is None else f"{ENDS.get(code, 'ended')} (exit {code})"
    told = [run.started, run.command, end, run.target]
    if code is not None:
        read = sum(books.read for books in run.books.values())
        told += [duration(run.seconds), f"{read / run.seconds if run.seconds else 0:,.0f} records/s"]
    if run.retries:
        told.append(f"{run.retries:,} retries")
    yield "  ".join(told)
    for source, books in run.books.items():
        columns = "  ".join(f"{column} {count:,}" for column, count in books.counts().items() if count)
        yield f"    {source}  {columns}"
    if run.message:
        yield f"    {run.message}"


def _target(overview: Overview, now: datetime) -> Iterator[str]:
    yield overview.target
    if overview.last:
        run = overview.last[0]
        yield f"    last run: {run.command}, ended {duration(age(run.finished, now))} ago with exit {run.exit_code}"
    if overview.refreshed:
        yield f"    up to date with its sources as of {duration(age(overview.refreshed, now))} ago"
    elif overview.live:
        yield f"    no load, sync or reindex ended well since {overview.live.name} is live"
    elif overview.filling:
        yield f"    the first {overview.filling.command} is running: nothing, or not all, is found until it has ended"
    else:
        yield "    no load, sync or reindex ended well yet"
    letters = "no dead letters" if not overview.dead_letters else counted(overview.dead_letters, "dead letter")
    yield f"    {letters}"
    for generation in overview.generations:
        documents = "" if generation.documents is None else f", {counted(generation.documents, 'document')}"
        yield f"    generation {generation.name}: {generation.state}{documents}"
    for holder in overview.running:
        yield f"    running: {holder.command}, process {holder.pid} on {holder.host}, since {holder.since}"


def _as_data(overview: Overview, now: datetime) -> dict[str, Any]:
    return {
        "target": overview.target,
        "last": [
            {
                **asdict(run),
                "age_seconds": round(age(run.finished, now)),
                "records_per_second": round(run.rate, 1),
                "books_closed": all(books.closed for books in run.books.values()),
            }
            for run in overview.last
        ],
        "last_success": {command: run.finished for command, run in overview.good.items()},
        "refreshed": overview.refreshed,
        "lag_seconds": round(age(overview.refreshed, now)) if overview.refreshed else None,
        "dead_letters": overview.dead_letters,
        "generations": [{"target": overview.target, **asdict(each)} for each in overview.generations],
        "running": [asdict(holder) for holder in overview.running],
    }
