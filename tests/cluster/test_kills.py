"""Whatever is killed, and when: the build goes on when it is called again, and ends with the same index."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from tests.cluster import dumps
from tests.cluster.builds import documents, load, remembered
from tests.conftest import PATIENCE

BUILD = """
import sys
from indexer.cluster import cut, driver
from indexer.cli.main import main
cut.WHOLE = cut.PART_BYTES = 1  # each file is a part, and is cut
driver.BYTES_OF_AN_ID = 1 << 13  # six partitions of the ids
sys.argv[0] = "indexer"
sys.exit(main())
"""
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
STAGES = {"cut": "*/cut/*", "derive": "*/derived/*.ids", "resolve": "*/resolved/*", "push": "*/to-*/pushed/*"}
TASKS = 6  # of each stage, at the least
ALWAYS = {("driver", "push", 1), ("worker", "derive", 2), ("scheduler", "resolve", 3)}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serving() -> Iterator[tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
    """A scheduler with two workers, each a process of its own, without a nanny that would start another one."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "distributed.cli"]
    scheduler = subprocess.Popen(
        [*dask[:2], "distributed.cli.dask_scheduler", "--port", str(port), "--no-dashboard", "--host", "127.0.0.1"],
        **QUIET,
    )  # type: ignore[call-overload]
    worker = [
        *dask[:2],
        "distributed.cli.dask_worker",
        address,
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
        "--death-timeout",
        "600",
    ]
    workers = [subprocess.Popen(worker, **QUIET) for _ in range(2)]  # type: ignore[call-overload]
    try:
        yield address, scheduler, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def build(folder: Path, scheduler: str, paths: list[str], part_seconds: int = 600) -> subprocess.Popen[str]:
    (folder / "indexer.toml").write_text(
        'target = "embedded:two"\nstate = "sqlite:///two.db"\nreports = ""\n'
        "[load]\ndates = true\nbatch_documents = 10\nerror_budget = { share = 1.0 }\n"
        f'[cluster]\nscheduler = "{scheduler}"\nscratch = "scratch"\npart_seconds = {part_seconds}\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-c", BUILD, "load", *paths, "--profile", "ojs"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_until(folder: Path, stage: str, files: int, process: subprocess.Popen[str]) -> None:
    """Until the stage has written so many results to scratch, or the build is over."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        if len(list(folder.glob(f"scratch/{STAGES[stage]}"))) >= files:
            return
        time.sleep(0.005)


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


def test_a_worker_that_hangs_loses_its_part_to_another(tmp_path: Path) -> None:
    paths = dumps.write(tmp_path / "dumps")
    one = load(tmp_path, "one", paths)
    with serving() as (address, _, workers):
        process = build(tmp_path, address, paths, part_seconds=3)
        wait_until(tmp_path, "derive", 2, process)
        workers[0].send_signal(signal.SIGSTOP)
        said = process.communicate(timeout=PATIENCE)[0]
        workers[0].send_signal(signal.SIGCONT)
    assert process.returncode == one.exit_code, said
    assert "books closed" in said
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}") != {}
    assert remembered(tmp_path, "two") == remembered(tmp_path, "one")
