"""A second run on the same target ends with 4 and says who has it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from indexer.model.errors import ExitCode
from tests.conftest import PATIENCE, ROOT
from tests.end_to_end.conftest import Indexer


def test_the_second_run_is_told_and_the_first_goes_on(indexer: Indexer, tmp_path: Path) -> None:
    record = (ROOT / "tests/data/seed/oai_dc_record.xml").read_bytes()
    first = subprocess.Popen(
        [sys.executable, "-m", "indexer", "load", "-", "--profile", "pmc", "--target", "embedded:index"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ,
    )
    try:
        assert first.stdin is not None
        until = time.monotonic() + PATIENCE
        status = ""
        while "still running" not in status and time.monotonic() < until:
            status = indexer("status").out
        found = indexer("search", "anything", "--target", "embedded:index")
        assert "the first load of this index is running, and has not ended yet: 'load' by process " in found.out
        assert "the first load is running: nothing, or not all, is found until it has ended" in indexer("status").out
        (tmp_path / "seed.xml").write_bytes(record)
        second = indexer("load", "seed.xml", "--target", "embedded:index")
        assert second.code == ExitCode.LOCKED
        assert f"embedded:index is in use: 'load' by process {first.pid} on " in second.err
        out, err = first.communicate(record, timeout=PATIENCE)
        assert first.returncode == 0, err
        assert b"books closed" in out
    finally:
        first.kill()
        first.wait()
    assert indexer("load", "seed.xml", "--profile", "pmc", "--target", "embedded:index").code == 0
    assert indexer("search", "qwertz", "--target", "embedded:index").out == 'no record matches "qwertz"\n'
