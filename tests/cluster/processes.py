"""A scheduler, workers and builds as processes of their own, which may be killed."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
SCHEDULER = (sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard")
WORKER = (sys.executable, "-m", "distributed.cli.dask_worker", "--no-dashboard", "--nthreads", "1")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
STAGES = {"cut": "*/cut/*", "derive": "*/derived/*.ids", "resolve": "*/resolved/*", "push": "*/to-*/pushed/*"}


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
    scheduler = subprocess.Popen([*SCHEDULER, "--port", str(port), "--host", "127.0.0.1"], **QUIET)  # type: ignore[call-overload]
    worker = [*WORKER, address, "--no-nanny", "--death-timeout", "600"]
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
