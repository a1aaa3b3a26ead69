"""Hosts with addresses of their own: one that cannot be reached for a while costs nothing but time."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.cluster import dumps
from tests.cluster.builds import documents, load, remembered
from tests.cluster.processes import QUIET, SCHEDULER, WORKER, build, free_port, wait_until
from tests.conftest import PATIENCE, ROOT

sys.path.append(str(ROOT / "scripts/testbed"))
from hosts import Host, hosts, why_not  # type: ignore[import-not-found]

pytestmark = pytest.mark.long
DOWN_SECONDS = 60.0


@contextmanager
def serving(on: Sequence[Host]) -> Iterator[str]:
    """A scheduler on this machine, and a worker on each host; gives its address."""
    port = free_port()
    with ExitStack() as stack:
        commands = [[*SCHEDULER, "--port", str(port)]]
        commands += [host.command(*WORKER, "--host", host.there, f"tcp://{host.here}:{port}") for host in on]
        for command in commands:
            process = subprocess.Popen(command, **QUIET)  # type: ignore[call-overload]
            stack.callback(process.wait)
            stack.callback(process.terminate)  # so that a nanny ends its worker
        yield f"tcp://127.0.0.1:{port}"


@pytest.mark.parametrize("stage", ["cut", "derive", "resolve", "push"])
def test_a_host_that_cannot_be_reached_for_a_minute(tmp_path: Path, stage: str) -> None:
    if why := why_not():
        pytest.skip(why)
    paths = dumps.write(tmp_path / "dumps")
    one = load(tmp_path, "one", paths)
    with hosts(2) as there, serving(there) as address:
        process = build(tmp_path, address, paths, part_seconds=15)
        wait_until(tmp_path, stage, 2, process)
        there[0].up(False)
        began = time.monotonic()
        while process.poll() is None and time.monotonic() - began < DOWN_SECONDS:
            time.sleep(0.1)
        there[0].up(True)
        said = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == one.exit_code, said
    assert "books closed" in said
    assert documents(f"embedded:{tmp_path / 'two'}") == documents(f"embedded:{tmp_path / 'one'}") != {}
    assert remembered(tmp_path, "two") == remembered(tmp_path, "one")
