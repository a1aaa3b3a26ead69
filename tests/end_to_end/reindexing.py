"""What `reindex` and `generations` say, and what a reader of the live index finds."""

import json
from pathlib import Path
from typing import Any

from indexer.model.targets import Target
from tests.end_to_end.conftest import Ended, Indexer, read_back
from tests.end_to_end.syncing import page
from tests.forked import forked

JOURNAL = "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']"


def listed(indexer: Indexer) -> dict[str, str]:
    """Generation -> its state, the newest first."""
    ended = indexer("generations", "--json")
    assert ended.code == 0, ended.err
    return {each["name"]: each["state"] for each in json.loads(ended.out)["generations"]}


def told(ended: Ended, code: int = 0) -> dict[str, Any]:
    assert ended.code == code, ended.err + ended.out
    report: dict[str, Any] = json.loads(ended.out)
    return report


def titles(folder: Path) -> dict[str, str]:
    """Id -> title of the live index, as a reader finds it."""

    def work() -> None:
        found = read_back(Target("embedded", path="index"))
        print(json.dumps({id: fields["title"] for id, fields in found.items()}))

    read: dict[str, str] = json.loads(forked(folder, work).out)
    return read


def failed(report: dict[str, Any]) -> set[str]:
    return {check["check"] for check in report["checks"] if not check["passed"]}


WORD = "gallimaufry"


def dump(path: Path, start: int, end: int, what: str = "") -> None:
    page(path, *((f"n{number}", f"{WORD} {number} {what}".strip()) for number in range(start, end)))


def titles_of(target: Target) -> dict[str, str]:
    return {id: str(fields["title"]) for id, fields in read_back(target).items()}
