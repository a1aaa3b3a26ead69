"""python -m tests.fuzz [--seconds N] [--seed S] [--keep FOLDER] [PARSER...]

Damages real records for N seconds of processor time a parser (all of them where none is named) and prints how many
inputs there were and what they brought to light. A finding is printed with its seed: `--seed S+NUMBER` starts with
that input.
"""

import argparse
import faulthandler
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.fuzzer import DETAIL, Case, case, findings
from tests.fuzz.parsers import PARSERS

KEPT = 5  # inputs of one kind of finding


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=600, help="of processor time, for each parser; 0: one input")
    parser.add_argument("--seed", default="0", help="S, or S+NUMBER to start with that input")
    parser.add_argument("--keep", type=Path, help="folder for the inputs that found something")
    parser.add_argument("parsers", nargs="*", choices=[*PARSERS, []], metavar="PARSER", help=", ".join(PARSERS))
    given = parser.parse_args()
    seed, _, start = given.seed.partition("+")
    total = 0
    for name in given.parsers or PARSERS:
        total += fuzz(name, seed, int(start or 0), given.seconds, given.keep)
    return 1 if total else 0


def fuzz(name: str, seed: str, start: int, seconds: float, keep: Path | None) -> int:
    """Prints each finding that is the first of its kind, and the sum at the end. Returns how many kinds there are."""
    kinds: Counter[str] = Counter()
    number = start
    end = time.process_time() + seconds
    while number == start or time.process_time() < end:
        faulthandler.dump_traceback_later(300, exit=True)  # a loop outside Python hears no alarm
        made = case(name, seed, number)
        for finding in findings(made):
            kind = finding.partition(DETAIL)[0]
            kinds[kind] += 1
            if kinds[kind] == 1:
                print(f"{name} --seed {seed}+{number}: {finding[:400]}  ({', '.join(made.mutations)})", flush=True)
            if keep is not None and kinds[kind] <= KEPT:
                _keep(made, finding, keep / f"{name}-{seed}+{number}")
        number += 1
    faulthandler.cancel_dump_traceback_later()
    print(f"{name}: {number - start:,} inputs, {kinds.total():,} findings of {len(kinds)} kinds", flush=True)
    for each, count in kinds.most_common():
        print(f"  {count:>7,}  {each}", flush=True)
    return len(kinds)


def _keep(made: Case, finding: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.files.items():
        (folder / name).write_bytes(content)
    (folder / "finding.txt").write_text(
        f"{finding}\n{made.mutations}\nchunk {made.chunk}, head {made.head}, limit {made.limit}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
