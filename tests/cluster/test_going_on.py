"""What ends early, or goes otherwise than planned, leaves what one machine leaves."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.cluster import driver
from indexer.cluster import scheduler as scheduling
from indexer.cluster.cut import Part
from indexer.cluster.derive import derive
from indexer.cluster.scratch import Scratch
from indexer.engines.base import Action, Outcome, Write
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.engines.registry import open_index, parse_target
from indexer.model.errors import ConfigError
from indexer.pipeline.run import BudgetError
from indexer.pipeline.workers import TransformSpec
from tests.cluster import dumps
from tests.cluster.builds import documents, load, remembered

KILLED = """
import os, sys
from pathlib import Path
from distributed import LocalCluster
from indexer.cluster import cut, driver
from indexer.engines.embedded.sink import EmbeddedSink
from tests.cluster.builds import load
cut.WHOLE, cut.PART_BYTES, cut.PART_RECORDS = 4000, 8000, 7
driver.BYTES_OF_AN_ID = 1 << 20
folder, where, left, memory = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
of, name = (EmbeddedSink, "commit") if where == "commit" else (driver._Job, "_resolve")
original = getattr(of, name)
def dying(*arguments):
    global left
    left -= 1
    if not left:
        os._exit(9)
    return original(*arguments)
setattr(of, name, dying)
with LocalCluster(
    n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=None, silence_logs=50
) as cluster:
    load(folder, "two", [str(folder / "dumps")], cluster.scheduler_address, cluster__memory=memory)
"""


def killed(folder: Path, where: str, call: int, memory: int = 512) -> None:
    arguments = [str(folder), where, str(call), str(memory)]
    ended = subprocess.run([sys.executable, "-c", KILLED, *arguments], timeout=60, capture_output=True, text=True)
    assert ended.returncode == 9, ended.stderr


def same(folder: Path) -> None:
    assert documents(f"embedded:{folder / 'two'}") == documents(f"embedded:{folder / 'one'}") != {}
    assert remembered(folder, "two") == remembered(folder, "one")


@pytest.fixture
def one(tmp_path: Path, small_parts: None) -> list[str]:
    paths = dumps.write(tmp_path / "dumps")
    load(tmp_path, "one", paths)
    return paths


def test_a_part_counts_as_sent_once_it_is_committed(tmp_path: Path, one: list[str], scheduler: str) -> None:
    killed(tmp_path, "commit", 30)
    load(tmp_path, "two", one, scheduler)
    same(tmp_path)


def test_goes_on_with_another_setting_of_memory(
    tmp_path: Path, one: list[str], scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "BYTES_OF_AN_ID", 1 << 20)
    killed(tmp_path, "resolve", 1, memory=16)
    load(tmp_path, "two", one, scheduler, cluster__memory=512)
    same(tmp_path)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that takes no version from 230 on."""
    push = EmbeddedSink.push

    def pushed(self: EmbeddedSink, actions: Sequence[Action]) -> list[Outcome]:
        bad = [isinstance(action, Write) and b" of 23" in action.body for action in actions]
        good = iter(push(self, [action for action, is_bad in zip(actions, bad, strict=True) if not is_bad]))
        return [
            Outcome("rejected", f"document {action.id} is bad") if is_bad else next(good)
            for action, is_bad in zip(actions, bad, strict=True)
        ]

    monkeypatch.setattr(EmbeddedSink, "push", pushed)


@pytest.mark.usefixtures("refusing", "small_parts")
def test_the_version_before_a_refused_one_has_its_dates(tmp_path: Path, scheduler: str) -> None:
    paths = dumps.write(tmp_path / "dumps")
    load(tmp_path, "one", paths)
    load(tmp_path, "two", paths, scheduler)
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}") != {}
    with closing(open_index(parse_target(f"embedded:{tmp_path / 'two'}"))) as index:
        index.check()
        found = [orjson.loads(body) for bodies, _ in index.pages() for body in bodies]
    assert all("first_indexed" in document for document in found)
    one, two = (remembered(tmp_path, name) for name in ("one", "two"))
    assert two["fingerprints"] == one["fingerprints"]
    assert two["dates"] == one["dates"]


@pytest.mark.usefixtures("refusing", "small_parts")
def test_refused_documents_count_towards_the_error_budget(tmp_path: Path, scheduler: str) -> None:
    paths = dumps.write(tmp_path / "dumps")
    broken = sum(Path(file).read_text().count("A <b") for file in Path(paths[0]).glob("*.xml"))
    for name, where in (("one", ""), ("two", scheduler)):
        with pytest.raises(BudgetError):
            load(tmp_path, name, paths, where, load__error_budget={"count": broken + 2, "share": 1.0})


def dying_once(part: Part, number: int, scratch: Scratch, spec: TransformSpec, partitions: int) -> dict[str, Any]:
    """Ends the worker that does this first."""
    try:
        os.close(os.open(f"{scratch.url}/died", os.O_CREAT | os.O_EXCL))
        os._exit(9)
    except FileExistsError:
        return derive(part, number, scratch, spec, partitions)


def test_the_only_worker_may_die(tmp_path: Path, one: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "derive", dying_once)
    load(tmp_path, "two", one, "local:1")
    same(tmp_path)


def test_a_worker_of_another_release_that_joins_late_does_nothing() -> None:
    with pytest.raises(ConfigError, match="another release"):
        scheduling._same(("0.0.1", "rules"), int)


def test_scratch_that_a_worker_does_not_see_is_named(tmp_path: Path) -> None:
    scratch = Scratch(str(tmp_path / "scratch"))
    assert scheduling.facts(TransformSpec({}), [], scratch).there == (scratch.url,)
    scratch.write("here", [True])
    assert scheduling.facts(TransformSpec({}), [], scratch).there == ()
