"""What all cases have: where they measure, two sides in turn, and the figures of their rounds."""

import shutil
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import dumps
from measure import Taken, median, run

INDEXER = (sys.executable, "-m", "indexer")
Rounds = list[dict[str, float]]
Each = TypeVar("Each")


class Skipped(Exception):
    """This case cannot run here; the argument says why."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and how to measure. `records` is None for each case's own number of them."""

    folder: Path
    baseline: Path
    records: int | None
    rounds: int

    def place(self) -> Path:
        """A new empty folder."""
        made = self.folder / uuid.uuid4().hex[:12]
        made.mkdir()
        return made

    def dump(self, kind: str, count: int, suffix: str = ".xml") -> Path:
        path = self.folder / f"{kind}-{count}{suffix}"
        if not path.exists():
            if kind == "pubmed":
                dumps.pubmed(self.baseline, path, count)
            elif kind == "marc":
                dumps.marc(path, count)
            else:
                dumps.oai_dc(path, count)
        return path


@dataclass(frozen=True, slots=True)
class Measured:
    """`figures` are medians over the rounds; `reached` says whether what is aimed at was met, None where nothing is."""

    records: int
    figures: dict[str, float]
    rounds: Rounds
    aim: str
    reached: bool | None
    notes: list[str] = field(default_factory=list)


def medians(rounds: Rounds) -> dict[str, float]:
    return {name: median([each[name] for each in rounds]) for name in rounds[0]}


def in_turn(setting: Setting, sides: Sequence[Callable[[], Each]]) -> Iterator[list[Each]]:
    """The sides once in each round, every second round the other way round."""
    for number in range(setting.rounds):
        order = list(range(len(sides)))
        if number % 2:
            order.reverse()
        taken = {index: sides[index]() for index in order}
        yield [taken[index] for index in range(len(sides))]


def indexer(setting: Setting, *words: str | Path, to_null: bool = False, watch_memory: bool = False) -> Taken:
    """The command in a new folder, which holds its state and reports and is gone afterwards."""
    place = setting.place()
    try:
        return run([*INDEXER, *words], cwd=place, to_null=to_null, watch_memory=watch_memory)
    finally:
        shutil.rmtree(place)


Case = Callable[[Setting], Measured]


def as_json(name: str, measured: Measured) -> dict[str, Any]:
    return {
        "name": name,
        "records": measured.records,
        "aim": measured.aim,
        "reached": measured.reached,
        "figures": measured.figures,
        "notes": measured.notes,
        "rounds": measured.rounds,
    }
