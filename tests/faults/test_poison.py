"""A record that nobody gets done with costs itself: by a profile whose pattern takes for ever on one identifier."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.errors import ExitCode
from indexer.targets import parse_target
from tests.end_to_end.conftest import read_back
from tests.engine.loading import write

#: (a+)+$ tries every way to cut the a's, 2 to their number.
PROFILE = """
[profile.endless]
base = "ojs"
id_search = "^(a+)+$"
id_replace = "x"
"""
COMMAND = "import indexer.engine.pool as pool; pool.PATIENCE = 4.0; from indexer.cli import main; main()"
POISON = "a" * 60 + "!"
OTHERS = {f"r{number}" for number in range(50)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [(id, "one") for id in sorted(OTHERS)]
    write(tmp_path, [[*lines[:20], (POISON, "one"), *lines[20:]]])
    (tmp_path / "indexer.toml").write_text(PROFILE)
    return tmp_path


def start(folder: Path, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *args, "--target", "embedded:index"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    return process.returncode, out


def test_a_record_without_end_is_killed_once_and_then_costs_itself(folder: Path) -> None:
    """One worker: the first load is held up until somebody kills it. The same command finds out why."""
    load = ("load", "f0.xml", "--profile", "endless", "--json")
    first = start(folder, *load)
    until = time.monotonic() + 60
    while time.monotonic() < until and _seconds(first.pid) < 4:
        time.sleep(0.1)
    assert first.poll() is None
    first.kill()  # as its user would in the end
    first.communicate()

    code, out = ended(start(folder, *load))
    assert code == ExitCode.REJECTED
    report = json.loads(out)
    assert report["books"]["endless"] | {"read": 51, "indexed": 50, "rejected": 1} == report["books"]["endless"]
    target = parse_target(f"embedded:{folder / 'index'}")
    assert read_back(target).keys() == OTHERS

    code, out = ended(start(folder, "dead-letters", "replay", "--all", "--json"))
    assert code == ExitCode.REJECTED
    (folder / "indexer.toml").write_text(PROFILE.replace("(a+)+", "a+"))
    code, out = ended(start(folder, "dead-letters", "replay", "--all", "--profile", "endless", "--json"))
    assert code == 0, out
    assert read_back(target).keys() == OTHERS | {POISON}


def _seconds(pid: int) -> float:
    """Of the processor, that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
