"""The last runs, and how each target is doing."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from indexer.cli.render.text import print_json
from indexer.jobs.status import Status
from indexer.model.errors import ExitCode
from indexer.observe import building
from indexer.observe.report import counted, duration
from indexer.state.overview import Overview, age
from indexer.state.runs import StoredRun

ENDS: dict[int, str] = {
    ExitCode.OK: "all well",
    ExitCode.REJECTED: "finished, with problems",
    ExitCode.USAGE: "wrong usage or settings",
    ExitCode.TARGET: "the target failed",
    ExitCode.VERIFICATION: "stopped by a check",
    ExitCode.INTERRUPTED: "interrupted",
}


def status(result: Status, *, as_json: bool) -> int:
    if as_json:
        targets = [_as_data(target, result.time) for target in result.targets]
        print_json({"state": result.state, "targets": targets, "runs": [asdict(run) for run in result.runs]})
        return ExitCode.OK
    if not result.runs:
        print(f"no run yet · {result.state}")
    for run in result.runs:
        print("\n".join(_run(run, "still running" if _goes_on(run, result) else "killed, or out of reach")))
    for target in result.targets:
        print("\n".join(_target(target, result.time)))
    return ExitCode.OK


def _goes_on(run: StoredRun, result: Status) -> bool:
    """Whether somebody holds its target for a command of its kind: a re-index does so for the loads in it."""
    holding = [holder.command for each in result.targets if each.target == run.target for holder in each.running]
    return any(command.split()[0] == run.command.split()[0] for command in holding)


def _run(run: StoredRun, without_end: str) -> Iterator[str]:
    code = run.exit_code
    end = without_end if code is None else f"{ENDS.get(code, 'ended')} (exit {code})"
    parts = [run.started, run.command, end, run.target]
    if code is not None:
        parts += [duration(run.seconds), f"{run.rate:,.0f} records/s"]
    if run.retries:
        parts.append(f"{run.retries:,} retries")
    yield "  ".join(parts)
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
    if (lag := overview.lag(now)) is not None:
        yield f"    up to date with its sources as of {duration(lag)} ago"
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
    for line in building.lines(overview.build) if overview.build else ():
        yield f"        {line}"


def _as_data(overview: Overview, now: datetime) -> dict[str, Any]:
    lag = overview.lag(now)
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
        "lag_seconds": None if lag is None else round(lag),
        "dead_letters": overview.dead_letters,
        "generations": [{"target": overview.target, **asdict(each)} for each in overview.generations],
        "running": [asdict(holder) for holder in overview.running],
        "build": overview.build,
    }
