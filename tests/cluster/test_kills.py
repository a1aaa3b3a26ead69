"""Whatever is killed, and when: the build goes on when it is called again, and ends with the same index."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from tests.cluster import dumps
from tests.cluster.builds import documents, load, remembered
from tests.cluster.processes import STAGES, build, serving, wait_until
from tests.conftest import PATIENCE

TASKS = 6  # of each stage, at the least
ALWAYS = {("driver", "push", 1), ("worker", "derive", 2), ("scheduler", "resolve", 3)}


def cases() -> Iterator[object]:
    for stage in STAGES:
        for killed in ("driver", "worker", "scheduler"):
            for seed in range(1, 11):
                marks = [] if (killed, stage, seed) in ALWAYS else [pytest.mark.long]
                yield pytest.param(killed, stage, seed, marks=marks)


@pytest.mark.parametrize(("killed", "stage", "seed"), list(cases()))
def test_a_kill_costs_nothing_but_time(tmp_path: Path, killed: str, stage: str, seed: int) -> None:
    paths = dumps.write(tmp_path / "dumps", seed=seed)
    one = load(tmp_path, "one", paths)
    chance = random.Random(f"{killed} {stage} {seed}")
    with serving() as (address, scheduler, workers):
        first = build(tmp_path, address, paths)
        wait_until(tmp_path, stage, chance.randrange(1, TASKS), first)
        time.sleep(chance.random() / 20)
        if killed == "driver":
            first.kill()
        else:
            os.kill(scheduler.pid if killed == "scheduler" else workers[0].pid, signal.SIGKILL)
        said = first.communicate(timeout=PATIENCE)[0]
        assert "Traceback" not in said, said
    done = first.returncode == one.exit_code
    assert done or first.returncode in (-signal.SIGKILL, ExitCode.TARGET), said
    if not done:
        with serving() as (address, _, _):
            again = build(tmp_path, address, paths)
            said = again.communicate(timeout=PATIENCE)[0]
        assert again.returncode == one.exit_code, said
        assert "books closed" in said
    with contextlib.chdir(tmp_path):
        assert documents("embedded:two") == documents(f"embedded:{tmp_path / 'one'}") != {}
    two = remembered(tmp_path, "two")
    assert two == remembered(tmp_path, "one")


@pytest.mark.long  # on a slow machine a worker that is well takes fifteen seconds, too
def test_a_worker_that_hangs_loses_its_part_to_another(tmp_path: Path) -> None:
    paths = dumps.write(tmp_path / "dumps")
    one = load(tmp_path, "one", paths)
    with serving() as (address, _, workers):
        process = build(tmp_path, address, paths, part_seconds=15)
        wait_until(tmp_path, "derive", 2, process)
        workers[0].send_signal(signal.SIGSTOP)
        said = process.communicate(timeout=PATIENCE)[0]
        workers[0].send_signal(signal.SIGCONT)
    assert process.returncode == one.exit_code, said
    assert "books closed" in said
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}") != {}
    assert remembered(tmp_path, "two") == remembered(tmp_path, "one")
