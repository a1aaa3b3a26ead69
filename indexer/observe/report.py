"""The end of a run in words and in JSON: the books, whether they close, how long it took."""

from typing import Any

from indexer.model.books import COLUMNS, Account
from indexer.pipeline.summary import Summary

SHOWN_KINDS = 5  # of warnings; the report has them all


def duration(seconds: float) -> str:
    """`1.9 s`, `20 min 3 s`, `2 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def counted(count: int, noun: str) -> str:
    """`1 document`, `2,085 documents`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def unread(faults: int) -> str:
    """How many files were at fault as a whole."""
    return f"{'1 file was' if faults == 1 else f'{faults:,} files were'} not read, or not to the end"


def held(documents: int) -> str:
    """How many deletions `sync` did not let through; empty where there are none."""
    return f"HELD: deletions of {counted(documents, 'document')}; the rest is loaded" if documents else ""


def in_flight(account: Account) -> str:
    """What a run that ended by an error had under way; empty where there was nothing."""
    count = account.in_flight.total()
    if not count:
        return ""
    return f"{'1 record was' if count == 1 else f'{count:,} records were'} in flight when it ended, and not counted"


def lines(summary: Summary, *, target: str, dry_run: bool = False, remembered: bool = False) -> list[str]:
    """The books, one source a line, zero columns left out; then one line that says whether they close.

    `remembered`: the state keeps the rejected records and how far the run came.
    """
    account = summary.account
    shown = [column for column in COLUMNS if column in ("read", "indexed") or getattr(account.total, column)]
    width = max((len(name) for name in account.sources), default=0)
    widths = {column: len(f"{getattr(account.total, column):,}") for column in shown}
    result = []
    for name, books in account.sources.items():
        columns = "   ".join(f"{column} {getattr(books, column):>{widths[column]},}" for column in shown)
        result.append(f"{name:<{width}}   {columns}")
    if account.open_sources:
        result.append(f"BOOKS DO NOT CLOSE for {', '.join(account.open_sources)}: treat this run as failed")
    else:
        rate = account.total.read / summary.seconds if summary.seconds else 0
        result.append(f"books closed · {duration(summary.seconds)} · {rate:,.0f} records/s · {target}")
    if summary.retries:
        result.append(f"{summary.retries:,} {'request was' if summary.retries == 1 else 'requests were'} tried again")
    if summary.held:
        result.append(held(summary.held))
    if summary.missing:
        are = (
            "1 record of the sources is" if summary.missing == 1 else f"{summary.missing:,} records of the sources are"
        )
        result.append(f"{are} not in the index, and why: indexer dead-letters list (drop forgets them)")
    elif remembered and account.total.rejected:
        result.append("rejected records are kept, and why: indexer dead-letters list")
    if summary.warnings:
        result.append(f"{summary.warnings.total():,} metadata warnings, which the documents keep; by kind:")
        result += [f"  {count:>7,}  {text}" for text, count in summary.warnings.most_common(SHOWN_KINDS)]
        if len(summary.warnings) > SHOWN_KINDS:
            result.append(f"           and {len(summary.warnings) - SHOWN_KINDS:,} more kinds")
    if account.faults:
        result.append(unread(account.faults))
    if flying := in_flight(account):
        result.append(f"{flying}{': the same command reads and sends them again' if remembered else ''}")
    if dry_run:
        result.append("dry run: nothing was sent")
    if summary.interrupted:
        goes_on = ": what is counted above is safe, and the same command goes on from there" if remembered else ""
        result.append(f"interrupted{goes_on}")
    return result


def as_json(summary: Summary, *, target: str, dry_run: bool = False) -> dict[str, Any]:
    build = {} if summary.build is None else {"build": summary.build.as_json()}
    return build | {
        "target": target,
        "dry_run": dry_run,
        "seconds": round(summary.seconds, 3),
        "books": {name: books.counts() for name, books in dict(summary.account.sources).items()},
        "books_closed": not summary.account.open_sources,
        "in_flight": dict(summary.account.in_flight),
        "faults": summary.account.faults,
        "held": summary.held,
        "missing": summary.missing,
        "warnings": dict(summary.warnings.most_common()),
        "warning_examples": {kind: example._asdict() for kind, example in dict(summary.examples).items()},
        "interrupted": summary.interrupted,
        "retries": summary.retries,
        "exit_code": int(summary.exit_code),
    }
