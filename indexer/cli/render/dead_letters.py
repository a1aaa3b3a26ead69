"""Dead letters: lists, one whole, and what became of those that were tried again."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from indexer.cli.render.text import one_line, print_json
from indexer.jobs.dead_letters import DeadLetters, LetterKind, ReplayResult
from indexer.model.errors import ExitCode
from indexer.observe import report
from indexer.state.dead_letters import StoredLetter

SHOWN = 50  # letters of a list
SHOWN_KINDS = 20
DUMP_WIDTH = 16  # bytes in a line


def listed(result: DeadLetters, *, as_json: bool) -> int:
    if as_json:
        counts = [asdict(kind) for kind in result.kinds]
        print_json({"counts": counts, "dead_letters": [_data(letter) for letter in result.letters]}, ascii=True)
        return ExitCode.OK
    if not result.letters:
        print(f"no dead letters{f' of {result.target}' if result.target else ''} · {result.state}")
        return ExitCode.OK
    for target in dict.fromkeys(letter.target for letter in result.letters):
        letters = [letter for letter in result.letters if letter.target == target]
        _print_target(target, letters, [kind for kind in result.kinds if kind.target == target])
    print("indexer dead-letters show ID prints one whole; replay tries again, drop forgets")
    return ExitCode.OK


def shown(letter: StoredLetter, *, as_json: bool) -> int:
    if as_json:
        print_json(_data(letter, raw=True), ascii=True)
        return ExitCode.OK
    header = letter.header or {}
    profile = letter.profile["name"] if letter.profile else "none"
    lines = {
        "target": letter.target,
        "record": f"{letter.position}" + (f", at byte {letter.offset:,}" if letter.offset is not None else ""),
        "source": f"{letter.source} (profile {profile}, format {letter.format or 'not known'})",
        "id": letter.document_id or "not known",
        "stage": letter.stage,
        "reason": letter.reason,
        "attempts": f"{letter.attempts}, first {letter.first_seen}, last {letter.last_seen}",
        "derive": letter.derive_version,
        "header": "; ".join(f"{name} {value}" for name, value in header.items() if value) or "none",
        "raw": f"{len(letter.raw):,} bytes",
    }
    for name, value in lines.items():
        print(f"{name:<8}  {one_line(str(value))}")
    print()
    print("\n".join(_printable(letter.raw)))
    return ExitCode.OK


def dropped(count: int) -> int:
    print(f"dropped {report.counted(count, 'dead letter')}")
    return ExitCode.OK


def replayed(result: ReplayResult, *, as_json: bool, quiet: bool) -> int:
    if not result.letters:
        print(f"no dead letters of {result.target}")
    elif as_json:
        print_json(report.as_json(result.summary, target=result.target), ascii=True)
    elif not quiet:
        print("\n".join(report.lines(result.summary, target=result.target)))
        print(f"{result.came_through:,} came through; {result.total.rejected:,} stay in the dead letters")
    return result.exit_code


def _print_target(target: str, letters: Sequence[StoredLetter], kinds: Sequence[LetterKind]) -> None:
    print(f"{target}: {report.counted(len(letters), 'dead letter')}")
    for kind in kinds[:SHOWN_KINDS]:
        print(f"  {kind.count:>7,}  {kind.stage:<6}  {one_line(kind.kind)}")
    if len(kinds) > SHOWN_KINDS:
        print(f"           and {len(kinds) - SHOWN_KINDS:,} more kinds of reasons")
    print()
    width = max(len(str(letter.id)) for letter in letters)
    for letter in letters[:SHOWN]:
        named = f" ({letter.document_id})" if letter.document_id else ""
        text = one_line(f"{letter.position}{named}: {letter.reason}")
        print(f"  {letter.id:>{width}}  {letter.stage:<6}  {text}")
    if len(letters) > SHOWN:
        print(f"  ... and {len(letters) - SHOWN:,} more; --json lists all")
    print()


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
        yield one_line(line.rstrip("\r"))


def _data(letter: StoredLetter, *, raw: bool = False) -> dict[str, Any]:
    """A letter as JSON takes it: `raw` as text, or where it is not UTF-8, as `raw_base64`."""
    data = {name: value for name, value in asdict(letter).items() if name not in ("raw", "sequence")}
    if raw:
        try:
            data["raw"] = letter.raw.decode()
        except UnicodeDecodeError:
            data["raw_base64"] = base64.b64encode(letter.raw).decode()
    return data
