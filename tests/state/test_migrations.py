"""A state of an earlier release is upgraded when it is opened: nothing is lost, whole or not at all, by one process."""

import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import indexer
from indexer.model.errors import ConfigError, ExitCode
from indexer.state import owners, runs, upgrade
from indexer.state.owners import LockedError
from indexer.state.store import Store
from indexer.state.tables import FIRST_REVISION, REVISION, metadata
from tests.forked import forked
from tests.state.conftest import Python, new_database
from tests.state.earlier import Rows, back_to_0_1_0, schema, tables, with_engine, write_0_1_0

COPY = f"state.db.before-{REVISION}"

OPEN_IT = """
import sys
from indexer.state.store import Store
sys.stdin.readline()
print(Store(sys.argv[1]).upgraded)
"""


@pytest.fixture
def old(url: str) -> str:
    """The state of release 0.1.0, on each database."""
    return write_0_1_0(url)


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """The state of release 0.1.0, in an SQLite file."""
    write_0_1_0(f"sqlite:///{tmp_path}/state.db")
    return tmp_path / "state.db"


def open_session(url: str) -> str:
    """Opens the state; gives what was done to it."""
    store = Store(url)
    store.close()
    return str(store.upgraded)


def change(url: str, statement: str, **values: object) -> None:
    with_engine(url, lambda connection: connection.execute(sa.text(statement), values))


def upgraded(before: dict[str, Rows]) -> dict[str, Rows]:
    """What is to be in a state that held this under 0.1.0."""
    after = {name: rows for name, rows in before.items() if name not in ("layout", "journal")}
    after["saved_settings"] = before["journal"]
    after["run_reports"] = []
    after["books"] = [{**row, "superseded": 0} for row in before["books"]]
    after["alembic_version"] = [{"version_num": REVISION, "release": indexer.__version__}]
    after["files"] = sorted(
        (
            {
                **row,
                "signature": row["signature"].removeprefix("begun "),
                "complete": not row["signature"].startswith("begun "),
            }
            for row in before["files"]
        ),
        key=repr,
    )
    return after


def test_nothing_is_lost(old: str) -> None:
    before = tables(old)
    assert all(before.values()), "a table of the example is empty"
    assert f"the state of indexer 0.1.0 was brought to {indexer.__version__}" in open_session(old)
    assert tables(old) == upgraded(before)
    assert {row["complete"] for row in tables(old)["files"]} == {True, False}
    assert open_session(old) == "None"


def test_new_numbers_follow_the_old_ones(old: str) -> None:
    before = max(row["id"] for row in tables(old)["runs"])
    store = Store(old)
    assert runs.start(store, command="load", target="t", derive_version="1") == before + 1
    store.close()


def test_what_was_upgraded_is_made_as_a_new_one(old: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    open_session(old)
    made = with_engine(old, lambda connection: compare_metadata(_context(connection), metadata))
    assert made == []
    if old.startswith("sqlite"):
        new = f"sqlite:///{tmp_path}/new.db"
    else:
        new = new_database(request.getfixturevalue("postgresql"))
    assert open_session(new) == "None"
    assert schema(new) == schema(old)
    assert tables(new)["alembic_version"] == tables(old)["alembic_version"]


def _context(connection: sa.Connection) -> MigrationContext:
    def ours(_object: object, name: str | None, *_more: object) -> bool:
        return name != "alembic_version"  # Alembic does not look at its own

    options = {"compare_type": True, "include_object": ours}
    return MigrationContext.configure(connection, opts=options)


def test_the_newest_script_leads_to_the_tables_as_they_are() -> None:
    scripts = upgrade._scripts()
    assert scripts.get_current_head() == REVISION
    assert FIRST_REVISION not in [each.revision for each in scripts.walk_revisions()]


def test_the_way_back_of_these_tests_leads_to_what_0_1_0_made(old_file: Path, tmp_path: Path) -> None:
    """What is left over is the order of the statements by which SQLite has come to a table."""
    store = Store(f"sqlite:///{tmp_path}/new.db")
    store.close()
    back_to_0_1_0(tmp_path / "new.db")
    assert schema(f"sqlite:///{tmp_path}/new.db") == schema(f"sqlite:///{old_file}")


def test_only_a_state_that_needs_it_imports_alembic(tmp_path: Path) -> None:
    code = "import sys; from indexer.state.store import Store; Store(sys.argv[1]); print('alembic' in sys.modules)"
    for _ in ("made", "opened again"):
        command = [sys.executable, "-c", code, f"sqlite:///{tmp_path}/new.db"]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_state_of_a_newer_release_is_refused_with_its_name(url: str) -> None:
    open_session(url)
    change(url, "UPDATE alembic_version SET version_num = '9999', release = '7.8.9'")
    change(url, "ALTER TABLE alembic_version ADD COLUMN more TEXT")
    before = tables(url)
    with pytest.raises(ConfigError, match=r"was written by indexer 7\.8\.9, which is newer than this one") as refused:
        Store(url)
    assert "Use indexer 7.8.9 or a later one" in refused.value.advice
    assert tables(url) == before


@pytest.mark.parametrize("layout", [1, 2, 4])
def test_a_layout_that_was_never_released_is_refused(old_file: Path, layout: int) -> None:
    url = f"sqlite:///{old_file}"
    change(url, "UPDATE layout SET version = :layout", layout=layout)
    before = tables(url)
    with pytest.raises(ConfigError, match="is not one that this version knows") as refused:
        Store(url)
    assert "Name another place" in refused.value.advice
    assert tables(url) == before
    assert {file.name for file in old_file.parent.iterdir()} == {"state.db"}


def test_processes_that_open_it_at_once_upgrade_it_once(old: str, python: Python) -> None:
    before = tables(old)
    processes = [python(OPEN_IT, old) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=300) for process in processes]
    assert [err for _, err in ended] == ["", "", ""]
    assert sorted(out != "None\n" for out, _ in ended) == [False, False, True]
    assert tables(old) == upgraded(before)


def test_a_state_in_use_is_not_upgraded(old: str) -> None:
    """The lock of a run of the earlier release, which is there still."""
    born = owners.birth(os.getpid())
    change(
        old,
        "UPDATE locks SET host = :host, pid = :pid, born = :born WHERE target = 'embedded:plain'",
        host=socket.gethostname(),
        pid=os.getpid(),
        born=born,
    )
    before = tables(old)
    with pytest.raises(LockedError, match=rf"is in use: 'load' by process {os.getpid()} on ") as refused:
        Store(old)
    assert refused.value.exit_code == ExitCode.LOCKED
    assert "wait until that has ended" in refused.value.advice
    assert tables(old) == before
    change(old, "UPDATE locks SET born = :born", born=born.rpartition(" ")[0] + " 1")  # it is gone
    assert "was brought to" in open_session(old)


def test_a_copy_is_kept_for_its_owner_only(old_file: Path) -> None:
    before = tables(f"sqlite:///{old_file}")
    with_engine(f"sqlite:///{old_file}", lambda connection: connection.execute(sa.text("DELETE FROM tracked")))
    mask = os.umask(0)
    try:
        assert open_session(f"sqlite:///{old_file}").endswith(
            f"as it was before, it is kept in {old_file.parent / COPY}"
        )
    finally:
        os.umask(mask)
    copy = old_file.parent / COPY
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert tables(f"sqlite:///{copy}") == before | {"tracked": []}
    assert {file.name for file in old_file.parent.iterdir()} == {"state.db", COPY}
    shutil.copy(copy, old_file)  # the way back, and forth again
    assert "was brought to" in open_session(f"sqlite:///{old_file}")


@pytest.mark.parametrize("name", [COPY, f"{COPY}.part"])
def test_where_no_copy_can_be_kept_nothing_is_changed(old_file: Path, name: str) -> None:
    before = tables(f"sqlite:///{old_file}")
    (old_file.parent / name).mkdir()
    with pytest.raises(ConfigError, match=rf"no copy of it can be kept in {old_file.parent}: ") as refused:
        Store(f"sqlite:///{old_file}")
    assert "that takes 1 MB there. Nothing was changed" in refused.value.advice
    assert tables(f"sqlite:///{old_file}") == before


def test_a_full_disk_leaves_the_state_as_it_was(old_file: Path) -> None:
    """A limit on the size of files stands for the disk."""
    before = tables(f"sqlite:///{old_file}")
    code = f"""
import resource
from indexer.state.store import Store
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    Store("sqlite:///{old_file}")
except Exception as error:
    print(type(error).__name__, error.message, error.advice)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ConfigError state sqlite:///")
    assert "no copy of it can be kept" in done.stdout
    assert tables(f"sqlite:///{old_file}") == before
    assert {file.name for file in old_file.parent.iterdir()} == {"state.db"}


def test_a_migration_that_fails_leaves_the_state_as_it_was(old: str) -> None:
    before = tables(old)
    change(old, "CREATE TABLE saved_settings (somebody TEXT)")  # where the migration is to make one
    with pytest.raises(ConfigError, match="saved_settings"):
        Store(old)
    change(old, "DROP TABLE saved_settings")
    assert tables(old) == before
    if old.startswith("sqlite"):
        folder = Path(str(sa.make_url(old).database)).parent
        assert {file.name for file in folder.iterdir()} == {"state.db"}
    assert "was brought to" in open_session(old)


def test_killed_at_any_step_it_is_as_before_or_done(old: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A step is a statement that changes something, the end of a transaction, or one of the copy's."""
    before = tables(old)
    done = upgraded(before)
    found = []
    for kill_at in range(1, 500):
        url = _another(old, tmp_path / str(kill_at), request)
        (tmp_path / "out").mkdir(exist_ok=True)
        ended = forked(tmp_path / "out", lambda url=url, kill_at=kill_at: _open_until(url, kill_at))  # type: ignore[misc]
        assert ended.code in (0, -signal.SIGKILL), ended
        left = tables(url)
        assert left in (before, done), kill_at
        found.append(left == done)
        open_session(url)
        assert tables(url) == done
        if old.startswith("sqlite"):
            file = Path(str(sa.make_url(url).database))
            assert {each.name for each in file.parent.iterdir()} == {"state.db", COPY}
            assert tables(f"sqlite:///{file.parent / COPY}") == before
        if ended.code == 0:
            break
    assert ended.code == 0
    assert found == sorted(found)
    assert found.count(False) > 8, "the steps of the migration are not seen"
    assert found.count(True) > 1, "no step came after the commit"


def _another(old: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """Another state like this one."""
    if old.startswith("sqlite"):
        folder.mkdir()
        shutil.copy(str(sa.make_url(old).database), folder / "state.db")
        return f"sqlite:///{folder}/state.db"
    return new_database(request.getfixturevalue("postgresql"), template=str(sa.make_url(old).database))


def _open_until(url: str, kill_at: int) -> None:
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().startswith(("SELECT", "PRAGMA")):
            step()

    sa.event.listen(sa.Engine, "after_cursor_execute", executed)
    sa.event.listen(sa.Engine, "commit", lambda _connection: step())
    sa.Engine.dispose = _stepping(sa.Engine.dispose, step)  # type: ignore[method-assign] # comes right after the commit

    class Connection(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **_: Any) -> None:
            step()
            super().backup(target, pages=8, progress=lambda *_: step())

    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **kwargs: connect(*args, **{**kwargs, "factory": Connection})
    Path.replace = _stepping(Path.replace, step)  # type: ignore[method-assign]
    Path.unlink = _stepping(Path.unlink, step)  # type: ignore[method-assign]
    Store(url)


def _stepping(real: Callable[..., Any], step: Callable[[], None]) -> Callable[..., Any]:
    def stepping(*args: Any, **kwargs: Any) -> Any:
        step()
        result = real(*args, **kwargs)
        step()
        return result

    return stepping
