"""The report of a run as files: JSON for machines, an HTML page for people.

The page holds everything itself: no script, nothing from the network. The picture of its time line is there where the
extra `report` is installed and the run took a while; its numbers are, in any case.
"""

import json
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from indexer.model.books import COLUMNS
from indexer.model.errors import ConfigError
from indexer.observe import building, plots
from indexer.observe.report import counted, duration
from indexer.observe.spans import complete, spans

DRAWN_FROM = 20.0  # seconds: who waits for a shorter run does not wait a second more for its picture

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem; color: #222;
  background: #fff; overflow-wrap: anywhere }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
th, td { padding: .25rem 1rem .25rem 0; text-align: right; overflow-wrap: normal }
th:first-child, td:first-child { text-align: left } thead th { border-bottom: 1px solid #999; font-weight: 600 }
svg { width: 100%; height: auto } .bad { color: #a40000 } .where { color: #555 }
.spans td:first-child { white-space: nowrap }
"""


def write(folder: Path, report: dict[str, Any]) -> Path:
    """Writes `TIME.json` and `TIME.html` into the folder; gives the page's path. Raises ConfigError.

    `report` is `observe.report.as_json` with `command`, `started`, `problems` (a list of texts), `rejected`
    (observe.noted) and `timeline` (observe.timeline).
    """
    name = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%f")[:-3]
    page = folder / f"{name}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, ensure_ascii=False, indent=2)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
        page.write_text(html(report, drawn=report["seconds"] >= DRAWN_FROM), encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"report {page}: {error.strerror}",
            advice="The index and the books are not concerned. Name a folder that can be written with `reports`.",
        ) from None
    return page


def html(report: dict[str, Any], *, drawn: bool = True) -> str:
    """The page of a report, with the picture of its time line if that can be `drawn`."""
    report = complete(report)
    closed = (
        "every record is accounted for (the books close)"
        if report["books_closed"]
        else '<strong class="bad">the books do not close</strong>'
    )
    columns = [name for name in COLUMNS if any(books.get(name) for books in report["books"].values())] or ["read"]
    head = "".join(f"<th>{name}</th>" for name in columns)
    rows = "".join(
        f"<tr><td>{escape(source)}</td>{''.join(f'<td>{books.get(name, 0):,}</td>' for name in columns)}</tr>"
        for source, books in report["books"].items()
    )
    flying = sum(report["in_flight"].values())
    number = f"Run {report['run']}. " if report.get("run") else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(report["command"])} {escape(report["started"])}</title>
<style>{STYLE}</style></head><body>
<h1>{escape(report["command"])} into {escape(report["target"])}</h1>
<p>{number}Started {escape(report["started"])}, took {duration(report["seconds"])}, exit code {report["exit_code"]}: {
        closed
    }{f"; {flying:,} records were in flight when it ended, and are not counted" if flying else ""}; {
        report["retries"]:,} requests were tried again.</p>
<table class="books"><thead><tr><th>source</th>{head}</tr></thead><tbody>{rows}</tbody></table>
{_build(report.get("build"))}
<h2>Time line</h2>
{_time_line(report, drawn=drawn)}
{_rejected(report["rejected"])}
{_problems(report["problems"])}
{_warnings(report)}
</body></html>
"""


def _build(build: dict[str, Any] | None) -> str:
    """Of a build on a cluster."""
    if build is None:
        return ""
    told = "".join(f"<li>{escape(line)}</li>" for line in building.lines(build))
    heads = "".join(f"<th>{each}</th>" for each in ("worker", "parts", "records", "seconds", "records a second"))
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{its['tasks']:,}</td><td>{its['records']:,}</td><td>{its['seconds']:,.1f}</td>"
        f"<td>{its['records'] / its['seconds'] if its['seconds'] else 0:,.0f}</td></tr>"
        for name, its in build["workers"].items()
    )
    table = (
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>' if rows else ""
    )
    return f"<h2>On the cluster</h2><ul>{told}</ul>{table}"


def _time_line(report: dict[str, Any], *, drawn: bool) -> str:
    rows = spans(report)
    if not rows:
        return "<p>Nothing was sent.</p>"
    cells = "".join(
        f"<tr><td>{row.start}–{row.end}</td><td>{row.read:,}</td><td>{row.indexed:,}</td>"
        f"<td>{row.rejected:,}</td><td>{row.documents:,}</td>"
        f"<td>{row.rate:,.0f}</td><td>{row.mean_batch:.2f}</td><td>{row.longest_batch:.2f}</td><td>{row.retries:,}</td>"
        f"<td>{row.waited:.1f}</td></tr>"
        for row in rows
    )
    heads = (
        "time of day (UTC)",
        "read so far",
        "indexed so far",
        "rejected so far",
        "documents sent",
        "sent a second",
        "seconds a batch",
        "longest batch",
        "tried again",
        "seconds waiting",
    )
    picture = plots.svg(report) if drawn else ""
    figure = (
        f'<figure role="img" aria-label="books, rate and batch times over the run: the numbers are in the table below"'
        f' style="margin: 0">{picture}</figure>'
        if picture
        else ""
    )
    head = "".join(f"<th>{each}</th>" for each in heads)
    table = f'<table class="spans"><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>'
    return f'{figure}<div class="wide">{table}</div>'


def _rejected(kinds: list[dict[str, Any]]) -> str:
    """By reason, each with some of its records."""
    if not kinds:
        return ""
    shown = "".join(
        f"<li>{each['count']:,} × {escape(each['stage'])}: {escape(each['kind'])}<ul>"
        + "".join(
            f'<li><span class="where">{escape(sample["where"])}{_id(sample["id"])}:</span> '
            f"{escape(sample['reason'])}</li>"
            for sample in each["samples"]
        )
        + "</ul></li>"
        for each in kinds
    )
    kept = "They are kept with their records: <code>indexer dead-letters list</code> shows all, and what can be done."
    return f"<h2>Rejected records by reason</h2><ul>{shown}</ul><p>{kept}</p>"


def _problems(problems: list[str]) -> str:
    return (
        f"<h2>What went wrong</h2><ul>{''.join(f'<li>{escape(text)}</li>' for text in problems)}</ul>"
        if problems
        else ""
    )


def _warnings(report: dict[str, Any]) -> str:
    """Each kind with one of it as it is, and its record."""
    if not report["warnings"]:
        return ""
    shown = []
    for kind, count in report["warnings"].items():
        example = report["warning_examples"].get(kind)
        text = example["text"] if example and kind != "others" else kind
        where = f'<br><span class="where">{escape(example["where"])}{_id(example["id"])}</span>' if example else ""
        shown.append(f"<li>{count:,} × {escape(text)}{where}</li>")
    total = counted(sum(report["warnings"].values()), "warning")
    return (
        f"<h2>Metadata warnings, kept in the documents</h2><p>{total}; of each kind, one:</p><ul>{''.join(shown)}</ul>"
    )


def _id(id: str) -> str:
    return f" ({escape(id)})" if id else ""
