"""The command line of another version of the loader."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from indexer.engines.base import Query
from indexer.engines.registry import open_index
from indexer.model.targets import Target
from tests.conftest import PATIENCE


def run(folder: Path, version: Path, *args: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "indexer", *args],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(version)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def report(folder: Path, version: Path, *args: str) -> dict[str, Any]:
    code, said = run(folder, version, *args, "--json")
    assert code == 0, said
    told: dict[str, Any] = json.loads(said)
    return told


def found(target: Target, words: str) -> int:
    with closing(open_index(target)) as sink:
        return sink.search(Query(words)).total
