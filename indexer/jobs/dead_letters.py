"""`dead-letters`: the records that are not in the index, to look at, to try again, to forget."""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from indexer.config import Config
from indexer.formats import profiles
from indexer.jobs import after
from indexer.jobs.load import limits, made_by
from indexer.jobs.publish import publish
from indexer.jobs.session import open_session, stopping
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError, ExitCode
from indexer.model.records import Position
from indexer.observe import report
from indexer.observe.audience import Audience
from indexer.pipeline.replay import replay as replay_letters
from indexer.pipeline.run import Summary
from indexer.state import dead_letters
from indexer.state.generations import split_name
from indexer.state.store import Store

SHOWN = 50  # letters of a list
SHOWN_KINDS = 20
CHUNK = 200  # letters that are held at once
DUMP_WIDTH = 16  # bytes in a line

Row = dead_letters.StoredLetter


def list_(*, config: Config, as_json: bool) -> int:
    """The letters of the target that was named on the command line, or of all."""
    named = str(config.target()) if config.origins.get("target") == "--target" else None
    store = open_state(config)
    try:
        rows = [row for row in dead_letters.find(store, target=named, raw=False) if not split_name(row.target)[1]]
    finally:
        store.close()
    kinds = Counter((row.target, row.stage, report.kind(row.reason)) for row in rows)
    if as_json:
        counts = [
            {"target": target, "stage": stage, "kind": kind, "count": count}
            for (target, stage, kind), count in kinds.most_common()
        ]
        print(json.dumps({"counts": counts, "dead_letters": [_data(row) for row in rows]}, indent=2))
        return ExitCode.OK
    if not rows:
        print(f"no dead letters{f' of {named}' if named else ''} · {store.shown}")
        return ExitCode.OK
    for target in dict.fromkeys(row.target for row in rows):
        _print_target(target, [row for row in rows if row.target == target], kinds)
    print("indexer dead-letters show ID prints one whole; replay tries again, drop forgets")
    return ExitCode.OK


def show(id: int, *, config: Config, as_json: bool) -> int:
    store = open_state(config)
    try:
        [row] = _found(store, [id])
    finally:
        store.close()
    if as_json:
        print(json.dumps(_data(row, raw=True), indent=2))
        return ExitCode.OK
    header = row.header or {}
    profile = row.profile["name"] if row.profile else "none"
    lines = {
        "target": row.target,
        "record": f"{_place(row)}" + (f", at byte {row.offset:,}" if row.offset is not None else ""),
        "source": f"{row.source} (profile {profile}, format {row.format or 'not known'})",
        "id": row.document_id or "not known",
        "stage": row.stage,
        "reason": row.reason,
        "attempts": f"{row.attempts}, first {row.first_seen}, last {row.last_seen}",
        "derive": row.derive_version,
        "header": "; ".join(f"{name} {value}" for name, value in header.items() if value) or "none",
        "raw": f"{len(row.raw):,} bytes",
    }
    for name, value in lines.items():
        print(f"{name:<8}  {_line(str(value))}")
    print()
    print("\n".join(_printable(row.raw)))
    return ExitCode.OK


def drop(ids: Sequence[int], *, config: Config, everything: bool) -> int:
    store = open_state(config)
    try:
        rows = _chosen(store, ids, str(config.target()), everything=everything)
        with store.begin() as connection:
            dropped = dead_letters.drop(connection, [row.id for row in rows])
        publish(config, store)
    finally:
        store.close()
    print(f"dropped {report.counted(dropped, 'dead letter')}")
    return ExitCode.OK


def replay(
    ids: Sequence[int], *, config: Config, everything: bool, profile_name: str | None, as_json: bool, audience: Audience
) -> int:
    target = config.target()
    profile = profiles.resolve(profile_name, config.settings.profile) if profile_name else None
    connections = config.settings.load.connections
    store = open_state(config)
    try:
        rows = _chosen(store, ids, str(target), everything=everything)
        if not rows:
            print(f"no dead letters of {target}")
            return ExitCode.OK
        if locations := [row for row in rows if row.target != str(target)]:
            other, generation = split_name(locations[0].target)
            advice = f"Name its target: --target {other}" if not generation else f"{generation} is not live"
            raise ConfigError(
                f"dead letter {locations[0].id} is of {locations[0].target}, not of {target}",
                advice=f"{advice}. Nothing was changed.",
            )
    finally:
        store.close()
    with (
        open_session(
            target, config, command="dead-letters replay", audience=audience, connections=connections
        ) as session,
        stopping(session.reporter) as stop,
    ):
        summary = replay_letters(
            chunks(session.store, [row.id for row in rows]),
            session.sink,
            session.run_state(),
            profile=profile,
            derive_version=made_by(config.settings.load),
            limits=limits(config.settings.load, connections=connections),
            events=session.reporter.events(),
            stop=stop,
            summary=session.reporter.summary,
        )
        after.after_commit(session, config, "dead-letters replay")
    _tell(summary, str(target), as_json=as_json, quiet=audience.quiet)
    return summary.exit_code


def _tell(summary: Summary, target: str, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        print(json.dumps(report.as_json(summary, target=target), indent=2))
    elif not quiet:
        print("\n".join(report.lines(summary, target=target)))
        total = summary.account.total
        print(f"{total.read - total.rejected:,} came through; {total.rejected:,} stay in the dead letters")


def chunks(store: Store, ids: Sequence[int]) -> Iterator[list[Row]]:
    """These letters, some at a time."""
    for at in range(0, len(ids), CHUNK):
        yield dead_letters.find(store, ids=ids[at : at + CHUNK])


def _chosen(store: Store, ids: Sequence[int], target: str, *, everything: bool) -> list[Row]:
    """The letters with these ids, or all of the target's, without their raw bytes."""
    if everything == bool(ids):
        raise ConfigError("name the IDs of dead letters, or --all", advice="indexer dead-letters list shows them.")
    if everything:
        return dead_letters.find(store, target=target, raw=False)
    return _found(store, ids, raw=False)


def _found(store: Store, ids: Sequence[int], *, raw: bool = True) -> list[Row]:
    rows = dead_letters.find(store, ids=ids, raw=raw)
    if missing := sorted(set(ids) - {row.id for row in rows}):
        raise ConfigError(
            f"there is no dead letter {', '.join(map(str, missing))}",
            advice="indexer dead-letters list shows them. Nothing was changed.",
        )
    return rows


def _print_target(target: str, rows: Sequence[Row], kinds: Counter[tuple[str, str, str]]) -> None:
    print(f"{target}: {len(rows):,} dead letter{'' if len(rows) == 1 else 's'}")
    here = [(stage, kind, count) for (of, stage, kind), count in kinds.most_common() if of == target]
    for stage, kind, count in here[:SHOWN_KINDS]:
        print(f"  {count:>7,}  {stage:<6}  {_line(kind)}")
    if len(here) > SHOWN_KINDS:
        print(f"           and {len(here) - SHOWN_KINDS:,} more kinds of reasons")
    print()
    width = max(len(str(row.id)) for row in rows)
    for row in rows[:SHOWN]:
        named = f" ({row.document_id})" if row.document_id else ""
        print(f"  {row.id:>{width}}  {row.stage:<6}  {_line(f'{_place(row)}{named}: ' + row.reason)}")
    if len(rows) > SHOWN:
        print(f"  ... and {len(rows) - SHOWN:,} more; --json lists all")
    print()


def _place(row: Row) -> Position:
    return Position(row.file, row.ordinal)


def _line(text: str) -> str:
    """One line that no terminal takes for anything but text."""
    return "".join(c if c.isprintable() else " " if c.isspace() else f"\\x{ord(c):02x}" for c in text)


def _printable(raw: bytes) -> Iterator[str]:
    """The bytes as lines of text, or where they are not UTF-8 text, as offset, hexadecimal and ASCII."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        for at in range(0, len(raw), DUMP_WIDTH):
            part = raw[at : at + DUMP_WIDTH]
            ascii = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
            yield f"{at:08x}  {part.hex(' '):<{3 * DUMP_WIDTH}} {ascii}"
        return
    for line in text.split("\n"):
        yield _line(line.rstrip("\r"))


def _data(row: Row, *, raw: bool = False) -> dict[str, Any]:
    """A letter as JSON takes it: `raw` as text, or where it is not UTF-8, as `raw_base64`."""
    data = {name: value for name, value in asdict(row).items() if name not in ("raw", "sequence")}
    if raw:
        try:
            data["raw"] = row.raw.decode()
        except UnicodeDecodeError:
            data["raw_base64"] = base64.b64encode(row.raw).decode()
    return data
