"""The state: private, made once, whole transactions, and clear words when it cannot be used."""

import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.model.errors import ConfigError, ExitCode, StateError
from indexer.state import runs
from indexer.state.store import Store
from indexer.state.tables import metadata, targets, version
from tests.conftest import PATIENCE
from tests.state.conftest import Python, new_database

OPEN_IT = """
import sys
from indexer.state import runs
from indexer.state.store import Store
sys.stdin.readline()
store = Store(sys.argv[1])
for number in range(20):
    runs.start(store, command=f"load {number}", target="t", derive_version="1")
store.close()
"""
COUNT = """
import sys
from indexer.state import runs
from indexer.state.store import Store
sys.stdin.readline()
print(len(runs.last(Store(sys.argv[1]), 100)))
"""


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/folder/state.db")
    runs.start(store, command="load", target="t", derive_version="1")
    files = list((tmp_path / "new/folder").iterdir())
    assert {file.name for file in files} == {"state.db", "state.db-wal", "state.db-shm"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    store.close()


def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/state.db")
    with store.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    store.close()


def test_a_process_that_ends_takes_nothing_from_one_that_opened_it_twice(tmp_path: Path, python: Python) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    first = Store(url)
    runs.start(first, command="load 1", target="t", derive_version="1")
    second = Store(url)
    other = python(OPEN_IT, url)
    assert other.communicate("go\n", timeout=PATIENCE)[1] == ""
    assert (
        tmp_path / "state.db-wal"
    ).exists()  # else what the first one writes now is seen by nobody, and lost with it
    runs.start(first, command="load 2", target="t", derive_version="1")
    other = python(COUNT, url)
    assert other.communicate("go\n", timeout=PATIENCE) == ("22\n", "")
    first.close()
    second.close()


def test_processes_that_begin_at_once_share_it(url: str, python: Python) -> None:
    processes = [python(OPEN_IT, url) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, err) == (0, "")
    store = Store(url)
    assert len(runs.last(store, 100)) == 60
    with store.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(version)).scalar() == 1
    store.close()


def test_a_transaction_is_whole_or_nothing(store: Store) -> None:
    def half() -> None:
        with store.begin() as connection:
            connection.execute(targets.insert().values(url="a"))
            connection.execute(targets.insert().values(url="a"))

    with pytest.raises(ConfigError, match=r"(?i)unique"):
        half()
    with store.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(targets)).scalar() == 0


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/theirs.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE customers (id INTEGER)")
    with pytest.raises(ConfigError, match="is not one that this version knows"):
        Store(f"sqlite:///{tmp_path}/theirs.db")
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == ["customers"]
    engine.dispose()


def test_a_database_without_an_encoding(postgresql: sa.URL) -> None:
    """As a server has them that was made without a locale."""
    url = new_database(postgresql, "template0", "ENCODING 'SQL_ASCII' LOCALE 'C'")
    store = Store(url)
    run = runs.start(store, command="load bücher", target="t", derive_version="1")
    store.close()
    again = Store(url)
    assert [(each.id, each.command) for each in runs.last(again, 5)] == [(run, "load bücher")]
    again.close()


def test_a_server_that_is_away_for_a_moment(postgresql: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connections are lost, and it does not answer for two seconds."""
    url = new_database(postgresql)
    store = Store(url)
    socket = Path(str(postgresql.query["host"])) / ".s.PGSQL.5432"
    with store.begin() as connection:
        [backend] = connection.execute(sa.text("SELECT pg_backend_pid()")).scalars()
    lose(postgresql, backend)
    socket.rename(socket.with_name("away"))
    back = threading.Timer(2, lambda: socket.with_name("away").rename(socket))
    back.start()
    run = runs.start(store, command="load", target="t", derive_version="1")
    back.join()
    assert [each.id for each in runs.last(store, 5)] == [run]

    with store.begin() as connection:
        [backend] = connection.execute(sa.text("SELECT pg_backend_pid()")).scalars()
    lose(postgresql, backend)
    monkeypatch.setattr("indexer.state.store.AWAY_SECONDS", 1)
    socket.rename(socket.with_name("away"))
    try:
        with pytest.raises(StateError, match=r"^state postgresql.*socket") as away:
            runs.last(store, 5)
        with pytest.raises(StateError, match=r"^state postgresql.*socket"):
            Store(url)
    finally:
        socket.with_name("away").rename(socket)
    assert away.value.exit_code == ExitCode.TARGET
    store.close()


@pytest.mark.parametrize(("user", "database"), [("nobody_of_them", "postgres"), ("loader", "no_such_database")])
def test_a_server_that_refuses_us_is_a_wrong_setting(postgresql: sa.URL, user: str, database: str) -> None:
    url = postgresql.set(username=user, database=database).render_as_string(hide_password=False)
    with pytest.raises(ConfigError, match="does not exist") as refused:
        Store(url)
    assert refused.value.exit_code == ExitCode.USAGE


def lose(server: sa.URL, backend: int) -> None:
    """Ends a connection on the server's side."""
    engine = sa.create_engine(server)
    with engine.connect() as connection:
        assert connection.execute(sa.text(f"SELECT pg_terminate_backend({backend}, 5000)")).scalar()
    engine.dispose()


@pytest.mark.parametrize("url", ["no url", "sqlite:////proc/state.db", "nosuch://x/y"])
def test_what_cannot_be_a_state(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^state ") as refused:
        Store(url)
    assert refused.value.exit_code == ExitCode.USAGE
    assert refused.value.advice


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("This is a text of more than one hundred bytes. " * 50, encoding="ascii")
    with pytest.raises(ConfigError, match=r"state\.db: file is not a database"):
        Store(f"sqlite:///{tmp_path}/state.db")


def test_no_password_is_shown() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(ConfigError) as refused:
        Store("postgresql+psycopg://loader:secret@127.0.0.1:1/state")
    assert "secret" not in refused.value.message + refused.value.advice
    assert "loader:***@127.0.0.1" in refused.value.message


def test_a_full_disk_is_told_and_what_was_stored_stays(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: SQLite is refused the next page."""
    url = f"sqlite:///{tmp_path}/state.db"
    store = Store(url)
    runs.start(store, command="load", target="before", derive_version="1")
    store.close()
    code = f"""
import resource
from indexer.state import runs
from indexer.state.store import Store
store = Store({url!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    while True:
        runs.start(store, command="x" * 4000, target="t", derive_version="1")
except Exception as error:
    print(type(error).__name__, error.message, error.advice)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("StateError state sqlite:///")
    assert "Free some space there" in done.stdout
    store = Store(url)
    assert runs.last(store, 10**6)[-1].target == "before"
    store.close()


def test_every_table_is_made(store: Store) -> None:
    with store.begin() as connection:
        assert set(sa.inspect(connection).get_table_names()) == set(metadata.tables)
