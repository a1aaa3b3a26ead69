"""One input: a dump of real records with one of them damaged, loaded, and held to what no damage may bring about.

1. No exception, and no "fault of the loader" in the dead letters or in a document's warnings.
2. No hang: SECONDS of processor time for an input of some hundred kilobytes.
3. Memory stays flat: no input makes the process grow by more than MEMORY.
4. The records before and behind the damaged one give what they give alone (see `parsers` for what is excused).
"""

import json
import re
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from random import Random
from types import FrameType

import pytest

from tests.fuzz.load import Outcome, load
from tests.fuzz.mutate import damaged
from tests.fuzz.parsers import PARSERS

SECONDS = 5.0
MEMORY = 256 << 20  # bytes
DETAIL = ": "  # before it stands the kind of a finding, behind it what is of this input alone


@dataclass(frozen=True, slots=True)
class Case:
    """`before` and `behind` are the samples that stand around the damaged one; `excuse` frees those behind.

    `chunk`, `head` and `limit` (bytes) are those by which the files are read; small ones bring the reading of large
    files to small ones.
    """

    parser: str
    files: dict[str, bytes]
    before: list[int]
    behind: list[int]
    mutations: list[str]
    excuse: str
    chunk: int
    head: int
    limit: int


class Hang(BaseException):
    """No Exception, which whoever shields one record from another catches."""


def case(name: str, seed: str, number: int) -> Case:
    """The input of this seed and number: always the same."""
    random = Random(f"{name} {seed} {number}")
    parser = PARSERS[name]
    samples = parser.samples()
    chosen = random.choices(range(len(samples)), k=random.randint(3, 6))
    at = random.randrange(1, len(chosen) - 1)
    mutations: list[str] = []

    def damage(record: bytes) -> bytes:
        result, used = damaged(random, record, parser.words, samples[random.randrange(len(samples))])
        mutations.extend(used)
        return result

    files, excuse = parser.dump(random, [samples[each] for each in chosen], at, damage)
    chunk, head = random.choice((256 << 10, 256 << 10, 700, 5_000)), random.choice((1 << 20, 16 << 10))
    limit = random.choice((64 << 20, 64 << 20, 128 << 10))
    return Case(name, files, chosen[:at], chosen[at + 1 :], mutations, excuse, chunk, head, limit)


def findings(made: Case) -> list[str]:
    """What is wrong with what a load makes of this input."""
    parser = PARSERS[made.parser]
    before = [outcome for sample in made.before for outcome in alone(made.parser, sample)]
    behind = [outcome for sample in made.behind for outcome in alone(made.parser, sample)]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with pytest.MonkeyPatch.context() as patch, alarm():
            patch.setattr("indexer.sources.files.CHUNK", made.chunk)
            patch.setattr("indexer.sources.content.HEAD", made.head)
            patch.setattr("indexer.sources.window.RECORD_LIMIT", made.limit)
            outcomes, bugs = load(made.files, parser.format)
    except Hang as hang:
        return [f"hangs in {hang}"]
    except Exception as error:  # noqa: BLE001 - that is what we are looking for
        return [f"raises {type(error).__name__}{_where(error)}{DETAIL}{error}"]
    found = [f"loader: {bug.partition(': ')[0]}{DETAIL}{bug}" for bug in bugs]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown) << 10
    if grown > MEMORY:
        found.append(f"memory{DETAIL}the process grew by {grown >> 20} MiB")
    if not _alike(outcomes[: len(before)], before, parser.forgiven):
        found.append("before, " + _first_difference(outcomes, before))
    rest = outcomes[len(before) :]
    if not made.excuse and not _alike(rest[max(len(rest) - len(behind), 0) :], behind, parser.forgiven):
        found.append("behind, " + _first_difference(rest[::-1], behind[::-1]))
    return found


@cache
def alone(name: str, sample: int) -> list[Outcome]:
    """What one record gives in a dump of its own."""
    parser = PARSERS[name]
    files, _ = parser.dump(Random(0), [parser.samples()[sample]], 0, bytes)
    outcomes, bugs = load(files, parser.format)
    assert [outcome[0] for outcome in outcomes] in (["document"], ["delete"]), (name, sample, outcomes)
    assert not bugs, (name, sample, bugs)
    return outcomes


@contextmanager
def alarm() -> Iterator[None]:
    """Raises Hang after SECONDS of processor time: on a busy machine a clock on the wall tells nothing."""

    def ring(_number: int, frame: FrameType | None) -> None:
        raise Hang(_frames(frame))

    former = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def _frames(frame: FrameType | None) -> str:
    names: list[str] = []
    while frame is not None and len(names) < 4:
        names.append(f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(names)


def _where(error: Exception) -> str:
    trace, places = error.__traceback__, []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " at " + places[-1]


def _alike(found: list[Outcome], wanted: list[Outcome], forgiven: re.Pattern[str] | None) -> bool:
    if found == wanted or forgiven is None or len(found) != len(wanted):
        return found == wanted
    return [_without(outcome, forgiven) for outcome in found] == [_without(outcome, forgiven) for outcome in wanted]


def _without(outcome: Outcome, forgiven: re.Pattern[str]) -> object:
    """The outcome without those notes."""
    if outcome[0] != "document":
        return outcome
    fields = json.loads(outcome[2])
    notes = [note for note in fields.pop("marc_error", []) if not forgiven.search(note)]
    return {**fields, "marc_error": notes}


def _first_difference(found: list[Outcome], wanted: list[Outcome]) -> str:
    for number, want in enumerate(wanted):
        got = found[number] if number < len(found) else ("nothing",)
        if got != want:
            if got[:2] == want[:2]:
                ours, theirs = json.loads(got[2]), json.loads(want[2])
                return f"another document{DETAIL}{sorted(k for k in {*ours, *theirs} if ours.get(k) != theirs.get(k))}"
            return f"{got[0]} in its place{DETAIL}{got[1][:120] if len(got) > 1 else ''}"
    return "too few"
