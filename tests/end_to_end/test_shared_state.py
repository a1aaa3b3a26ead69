"""Several hosts share one state on PostgreSQL: they never load into the same target at once."""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.conftest import PATIENCE, ROOT
from tests.end_to_end.conftest import read_back
from tests.end_to_end.syncing import configure
from tests.state.conftest import new_database, postgresql

__all__ = ["postgresql"]  # a fixture

PUBMED = ROOT / "tests/data/pubmed/pubmed21n1298_slice.xml.gz"
HOSTS = ("first", "second", "third")


def on_host(name: str, command: Sequence[str]) -> list[str]:
    """The command with another name of the machine: what a second host differs by, as far as the lock can see."""
    return ["unshare", "--uts", "sh", "-c", f'hostname {name} && exec "$@"', "sh", *command]


@pytest.fixture
def state(postgresql: sa.URL) -> str:
    return new_database(postgresql)


def test_hosts_that_sync_at_once_wait_for_one_of_them(state: str, tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.run(on_host("first", ["true"]), check=False).returncode:
        pytest.skip("no second host name here: unshare --uts is not there, or not for this user")
    (tmp_path / "dumps").mkdir()
    for number in range(8):
        shutil.copy(PUBMED, tmp_path / f"dumps/{number}.xml.gz")
    configure(tmp_path, "name = 'pubmed'\nprofile = 'pubmed'\npaths = ['dumps']")
    processes = {
        host: subprocess.Popen(
            on_host(host, [sys.executable, "-m", "indexer", "sync"]),
            cwd=tmp_path,
            env={**os.environ, "INDEXER_STATE": state},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for host in HOSTS
    }
    ended = {host: (*process.communicate(timeout=PATIENCE), process.returncode) for host, process in processes.items()}
    codes = sorted(code for _, _, code in ended.values())
    assert codes[0] == ExitCode.OK, ended
    assert set(codes[1:]) <= {ExitCode.OK, ExitCode.LOCKED}, ended
    for _, error, code in ended.values():
        if code == ExitCode.LOCKED:
            assert any(f"on {host}" in error for host in HOSTS)
    assert len(read_back(Target("embedded", path=str(tmp_path / "index")))) == 332
    engine = sa.create_engine(state)
    with engine.connect() as connection:
        runs = connection.execute(sa.text("SELECT started, finished FROM runs ORDER BY id")).all()
        assert connection.execute(sa.text("SELECT count(*) FROM locks")).scalar() == 0
    engine.dispose()
    assert len(runs) == codes.count(ExitCode.OK)
    assert all(first.finished <= second.started for first, second in itertools.pairwise(runs))
