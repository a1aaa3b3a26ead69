"""The report of a run as files: JSON for machines, an HTML page with the rates and batch times for people.

The page holds everything itself: no script, nothing from the network.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from indexer.model.books import COLUMNS
from indexer.model.errors import ConfigError
from indexer.observe.report import duration
from indexer.observe.timeline import Timeline

WIDTH, HEIGHT, MARGIN = 900, 200, 50  # of a plot, in pixels

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse } th, td { padding: .25rem 1rem .25rem 0; text-align: right }
th:first-child, td:first-child { text-align: left } thead th { border-bottom: 1px solid #999; font-weight: 600 }
svg { width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: #555 }
.bad { color: #a40000 } .line { fill: none; stroke: #1a5fb4; stroke-width: 1.5 } .longest { stroke: #c64600 }
.axis { stroke: #999 }
"""


def write(folder: Path, report: dict[str, Any], timeline: Timeline) -> Path:
    """Writes `TIME.json` and `TIME.html` into the folder; gives the page's path. Raises ConfigError.

    `report` is `observe.report.as_json` with `command`, `started` and `problems` (a list of texts).
    """
    name = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%f")[:-3]
    page = folder / f"{name}.html"
    series = {
        "seconds_a_bucket": timeline.width,
        "documents": [bucket.documents for bucket in timeline.buckets],
        "batches": [bucket.batches for bucket in timeline.buckets],
        "mean_batch_seconds": [round(bucket.seconds / max(bucket.batches, 1), 4) for bucket in timeline.buckets],
        "longest_batch_seconds": [round(bucket.longest, 4) for bucket in timeline.buckets],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report | {"timeline": series}, ensure_ascii=False, indent=2)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
        page.write_text(_page(report, series), encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"report {page}: {error.strerror}",
            advice="The index and the books are not concerned. Name a folder that can be written with `reports`.",
        ) from None
    return page


def _page(report: dict[str, Any], series: dict[str, Any]) -> str:
    closed = "books closed" if report["books_closed"] else '<strong class="bad">the books do not close</strong>'
    columns = [name for name in COLUMNS if any(books[name] for books in report["books"].values())] or ["read"]
    head = "".join(f"<th>{name}</th>" for name in columns)
    rows = "".join(
        f"<tr><td>{escape(source)}</td>{''.join(f'<td>{books[name]:,}</td>' for name in columns)}</tr>"
        for source, books in report["books"].items()
    )
    flying = sum(report.get("in_flight", {}).values())
    problems = "".join(f"<li>{escape(text)}</li>" for text in report["problems"])
    warnings = "".join(f"<li>{count:,} × {escape(kind)}</li>" for kind, count in report.get("warnings", {}).items())
    width = series["seconds_a_bucket"]
    rates = [count / width for count in series["documents"]]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(report["command"])} {escape(report["started"])}</title>
<style>{STYLE}</style></head><body>
<h1>{escape(report["command"])} into {escape(report["target"])}</h1>
<p>Started {escape(report["started"])}, took {duration(report["seconds"])}, exit code {report["exit_code"]}: {closed}{
        f"; {flying:,} records were in flight when it ended, and are not counted" if flying else ""
    }; {report.get("retries", 0):,} requests were tried again.</p>
<table><thead><tr><th>source</th>{head}</tr></thead><tbody>{rows}</tbody></table>
<h2>Documents a second</h2>{_plot([("line", rates)], width, "documents acknowledged a second over the run")}
<h2>Seconds a batch: mean, and longest</h2>
{
        _plot(
            [("line longest", series["longest_batch_seconds"]), ("line", series["mean_batch_seconds"])],
            width,
            "seconds that a batch took over the run",
        )
    }
{f"<h2>What went wrong</h2><ul>{problems}</ul>" if problems else ""}
{f"<h2>Metadata warnings, kept in the documents</h2><ul>{warnings}</ul>" if warnings else ""}
</body></html>
"""


def _plot(lines: Sequence[tuple[str, Sequence[float]]], width: float, title: str) -> str:
    """Lines over time as an SVG picture; the axes begin at 0."""
    count = max((len(values) for _, values in lines), default=0)
    top = max((value for _, values in lines for value in values), default=0)
    if not count or not top:
        return "<p>Nothing was sent.</p>"
    right, bottom = WIDTH - MARGIN, HEIGHT - MARGIN / 2
    shown = []
    for name, values in lines:
        points = " ".join(
            f"{MARGIN + (right - MARGIN) * (index + 0.5) / count:.1f},{bottom - (bottom - 15) * value / top:.1f}"
            for index, value in enumerate(values)
        )
        shown.append(f'<polyline class="{name}" points="{points}"/>')
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f'<line class="axis" x1="{MARGIN}" y1="{bottom}" x2="{right}" y2="{bottom}"/>'
        f'<line class="axis" x1="{MARGIN}" y1="15" x2="{MARGIN}" y2="{bottom}"/>'
        f'<text x="{MARGIN - 6}" y="19" text-anchor="end">{top:,.3g}</text>'
        f'<text x="{MARGIN - 6}" y="{bottom}" text-anchor="end">0</text>'
        f'<text x="{right}" y="{HEIGHT - 6}" text-anchor="end">{duration(count * width)}</text>'
        f"{''.join(shown)}</svg>"
    )
