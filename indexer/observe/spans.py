"""The time line of a report as rows that people read: times of day, and what happened in each span."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ROWS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """From one time of day to another (UTC). `read`, `indexed` and `rejected` are of the run until then, `waited` the
    seconds in which some request waited to be tried again.
    """

    start: str
    end: str
    read: int
    indexed: int
    rejected: int
    documents: int
    rate: float
    mean_batch: float
    longest_batch: float
    retries: int
    waited: float


def spans(report: Mapping[str, Any]) -> list[Span]:
    """At most so many rows, of as many buckets each; none where nothing happened."""
    series = report["timeline"]
    count, width = len(series["documents"]), series["seconds_a_bucket"]
    step = -(-count // ROWS) or 1
    last = elapsed(report)
    rows = []
    for at in range(0, count, step):
        upto = min(at + step, count)
        start, end = at * width, max(min(upto * width, last), at * width)
        batches = sum(series["batches"][at:upto])
        seconds = sum(map(float.__mul__, map(float, series["batches"][at:upto]), series["mean_batch_seconds"][at:upto]))
        documents = sum(series["documents"][at:upto])
        waited = sum(max(0.0, min(end, to) - max(start, since)) for since, to in series["pauses"])
        rows.append(
            Span(
                start=time_of_day(report, start),
                end=time_of_day(report, end),
                read=series["books"]["read"][upto - 1],
                indexed=series["books"]["indexed"][upto - 1],
                rejected=series["books"]["rejected"][upto - 1],
                documents=documents,
                rate=documents / (end - start) if end > start else 0.0,
                mean_batch=seconds / batches if batches else 0.0,
                longest_batch=max(series["longest_batch_seconds"][at:upto]),
                retries=sum(series["retries"][at:upto]),
                waited=waited,
            )
        )
    return rows if any(row.read or row.documents or row.retries for row in rows) else []


def elapsed(report: Mapping[str, Any]) -> float:
    """Seconds until the last bucket's end, or the run's."""
    series = report["timeline"]
    end = len(series["documents"]) * series["seconds_a_bucket"]
    return min(end, report["seconds"]) if report["seconds"] else float(end)


def began(report: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(report["started"])


def time_of_day(report: Mapping[str, Any], seconds: float) -> str:
    return (began(report) + timedelta(seconds=seconds)).strftime("%H:%M:%S")


def complete(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report that another release may have stored, with whatever it did not have."""
    columns = ("documents", "batches", "mean_batch_seconds", "longest_batch_seconds", "retries", "pauses")
    timeline = {"seconds_a_bucket": 1.0, **{name: [] for name in columns}, **report.get("timeline", {})}
    count = len(timeline["documents"])
    books = timeline.get("books", {})
    timeline["books"] = {name: books.get(name) or [0] * count for name in ("read", "indexed", "rejected", *books)}
    timeline["retries"] = timeline["retries"] or [0] * count
    empty = {"problems": [], "rejected": [], "warnings": {}, "warning_examples": {}, "retries": 0, "in_flight": {}}
    return {**empty, **report, "timeline": timeline}
