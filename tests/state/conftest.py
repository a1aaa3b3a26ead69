"""A fresh state on each database that there is."""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.state.store import Store
from tests.conftest import PATIENCE

#: Where Debian and its kin put the server's programs.
PROGRAMS = [*os.environ.get("PATH", "").split(os.pathsep), *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[sa.URL]:
    """A PostgreSQL server of our own, with its socket in a folder: nobody else sees it."""
    pytest.importorskip("psycopg", reason="no PostgreSQL client: pip install 'indexer[postgresql]'")
    initdb, pg_ctl = (shutil.which(name, path=os.pathsep.join(PROGRAMS)) for name in ("initdb", "pg_ctl"))
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server on this machine (initdb, pg_ctl)")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))  # not in pytest's own, which is closed to other users
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        if shutil.which("runuser") is None:
            pytest.skip("no PostgreSQL for root: there is no runuser")
        shutil.chown(folder, "nobody")
        as_user = ["runuser", "-u", "nobody", "--"]

    def run(*command: str) -> None:
        done = subprocess.run(
            [*as_user, *command], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run(initdb, "-D", str(folder / "data"), "-U", "loader", "-A", "trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run(pg_ctl, "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield sa.URL.create("postgresql+psycopg", username="loader", database="postgres", query={"host": str(folder)})
    finally:
        run(pg_ctl, "-D", str(folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a state may be made; nothing is there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder/state.db"
    return new_database(request.getfixturevalue("postgresql"))


def new_database(server: sa.URL, template: str = "template1", more: str = "") -> str:
    """The URL of a new database on a PostgreSQL server: empty, or like another one."""
    name = f"state_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template} {more}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    open_session = Store(url)
    yield open_session
    open_session.close()


@pytest.fixture
def python() -> Iterator["Python"]:
    """Runs Python code in processes of their own; they are gone when the test is done."""
    running = Python()
    yield running
    for process in running.processes:
        process.kill()
        process.communicate()


class Python:
    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[str]] = []

    def __call__(self, code: str, *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process
