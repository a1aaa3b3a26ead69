"""A re-index that is killed at any step: readers find the old index or the new one, and the next call ends it.

A step is a transaction of the state, a call of the engine's place, or a commit of an index. The process forks, and the
child ends there as by `kill -9`: no lock is given back, nothing is tidied up.
"""

import json
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.cli import main
from indexer.engines.embedded.generations import EmbeddedGenerations
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.jobs import generations, reindex, sync  # noqa: F401 - the child finds them imported
from indexer.state.store import Store
from tests.end_to_end.conftest import Ended
from tests.end_to_end.reindexing import titles
from tests.end_to_end.syncing import configure, page
from tests.forked import command, forked

KILLED = 99


def killed(folder: Path, *args: str, kill_at: int) -> tuple[Ended, int]:
    """Runs the command, which is killed at this step of its; gives how many steps it took, 0 if it was."""

    def work() -> None:
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1
            if steps == kill_at:
                os._exit(KILLED)

        _hook(Store, "begin", step)
        _hook(Store, "claim", step)
        for name in ("make", "adopt", "promote", "drop"):
            _hook(EmbeddedGenerations, name, step)
        _hook(EmbeddedSink, "commit", step)
        sys.argv = ["indexer", *args]
        try:
            main.main()
        finally:
            (folder / "steps").write_text(str(steps))

    ended = forked(folder, work)
    return ended, 0 if ended.code == KILLED else int((folder / "steps").read_text())


def _hook(owner: Any, name: str, step: Callable[[], None]) -> None:
    """A step before each call, and after what is no context."""
    real = getattr(owner, name)

    def stepping(*args: Any, **kwargs: Any) -> Any:
        step()
        result = real(*args, **kwargs)
        step()
        return result

    setattr(owner, name, stepping)


def states(folder: Path) -> dict[str, str]:
    listed = command(folder, "generations", "--json")
    assert listed.code == 0, listed.out
    return {each["name"]: each["state"] for each in json.loads(listed.out)["generations"]}


OLD = {"a": "one", "b": "one", "c": "one"}
NEW = {"a": "one", "b": "two", "d": "two"}


def prepared(folder: Path, *, plain: bool) -> None:
    """An index with the first dump in it, and a second dump that nobody has read."""
    configure(folder, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']\n[verify]\nshrink = 0.9")
    page(folder / "dumps/1.xml", ("a", "one"), ("b", "one"), ("c", "one"))
    for args in [["sync"]] if plain else [["reindex"], ["reindex"]]:
        ended = command(folder, *args)
        assert ended.code == 0, ended.out
    page(folder / "dumps/2.xml", ("b", "two"), ("c", ""), ("d", "two"))


def killed_and_recovered(folder: Path, kill_at: int, *args: str) -> int:
    """Gives how many steps it takes when nothing is left to kill."""
    ended, steps = killed(folder, "reindex", *args, kill_at=kill_at)
    assert ended.code in (0, KILLED), ended.out
    now = titles(folder)
    assert now in (OLD, NEW)
    before = states(folder)
    assert list(before.values()).count("live") == (0 if "--adopt" in args and "live" not in before.values() else 1)
    if ended.code == KILLED and kill_at % 2:
        synced = command(folder, "sync", "--quiet")  # what comes along meanwhile sees the index as it is
        assert synced.code == 0, synced.out
        assert titles(folder) == NEW
    again = command(folder, "reindex", *args)
    assert again.code == 0, again.out
    assert titles(folder) == NEW
    after = states(folder)
    assert sorted(after.values()) == ["former", "live"], (before, after, again.out)
    assert {each.name for each in (folder / "index/generations").iterdir()} == set(after)
    assert "nothing new" in command(folder, "sync").out
    back = command(folder, "rollback")
    assert back.code == 0, back.out
    assert titles(folder) in (OLD, NEW)
    return steps


def test_killed_at_some_steps(tmp_path: Path) -> None:
    moments = random.Random(6)
    for number in range(4):
        plain = bool(number % 2)
        folder = tmp_path / str(number)
        folder.mkdir()
        prepared(folder, plain=plain)
        killed_and_recovered(folder, moments.randrange(1, 120), *(["--adopt"] if plain else []))


@pytest.mark.long
@pytest.mark.parametrize("plain", [False, True])
def test_killed_at_every_step(tmp_path: Path, plain: bool) -> None:
    kill_at = 0
    steps = 0
    while not steps:
        kill_at += 1
        folder = tmp_path / str(kill_at)
        folder.mkdir()
        prepared(folder, plain=plain)
        steps = killed_and_recovered(folder, kill_at, *(["--adopt"] if plain else []))
    assert steps > 40
