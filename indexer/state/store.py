"""Opens the state: SQLAlchemy Core over SQLite (WAL) by default, or PostgreSQL.

The tables are made on first use, and those of an earlier release are upgraded. An SQLite file is readable by its owner
only: it holds raw records.
"""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from indexer import __version__
from indexer.model.errors import ConfigError, StateError
from indexer.state import version
from indexer.state.tables import REVISION, metadata
from indexer.state.tables import version as version_table
from indexer.state.version import Version

if TYPE_CHECKING:
    from indexer.state.upgrade import Upgrade

BUSY_SECONDS = 30  # how long a writer waits for another one
CONNECTING: dict[str, dict[str, Any]] = {
    "sqlite": {"timeout": BUSY_SECONDS},
    # A database without an encoding (SQL_ASCII, of a server that was made without a locale) would give bytes for text.
    "postgresql": {"client_encoding": "utf8"},
}
UPGRADE_SECONDS = 3600  # ... and whoever wants to upgrade a state for another who does so already
AWAY_SECONDS = 15  # how long a server is waited for that was reached before
DISK_ERRORS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY")
NOT_NOW = ("starting up", "shutting down", "in recovery mode", "too many", "remaining connection slots")
CLAIM = 0x696E646578  # the key of PostgreSQL's advisory lock that a claim holds


class Store:
    """An open state; `upgraded` says what was done to one of an earlier release, None for any other.

    Raises ConfigError when it cannot be opened, read, written or upgraded, LockedError when it is not to be upgraded
    because a run has it open; its password is never shown.
    """

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.shown = parsed.render_as_string(hide_password=True)
        sqlite = parsed.get_backend_name() == "sqlite"
        if sqlite and parsed.database:
            self._private_file(Path(parsed.database))
        #: The file, where the state is one.
        self.file = Path(parsed.database) if sqlite and parsed.database else None
        self._opened = False
        with self._guard():
            self.begun: list[int] = []  # the runs that were begun through this store
            connecting = CONNECTING.get(parsed.get_backend_name(), {})
            self._engine = sa.create_engine(parsed, connect_args=connecting, pool_pre_ping=not sqlite)
            if sqlite:
                sa.event.listen(self._engine, "connect", _tune)
            try:
                found = self._version() or self._make_tables()
                self.upgraded = self._upgrade(found) if found.revision != REVISION else None
            except BaseException:
                self.close()
                raise
            self._opened = True

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction: all of it or nothing."""
        with self._guard(), self._connected() as connection, connection.begin():
            yield connection

    @contextmanager
    def claim(self, *, wait: int = BUSY_SECONDS) -> Iterator[sa.Connection]:
        """A transaction that no other claim, and on SQLite no other writer, can come between from its first read on.
        On SQLite others are waited for so many seconds.
        """
        with self._guard(), self._connected() as connection:
            if self._engine.dialect.name == "sqlite":
                if wait != BUSY_SECONDS:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait * 1000}")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CLAIM)))
            yield connection
            connection.commit()

    def close(self) -> None:
        self._engine.dispose()

    def _connected(self) -> sa.Connection:
        """A connection. A server that was reached before is waited for: it may be started anew, or its name not be
        known for a moment.
        """
        end = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                return self._engine.connect()
            except sa.exc.OperationalError:
                if not self._opened or self.file is not None or time.monotonic() > end:
                    raise
                time.sleep(1)

    def _version(self) -> Version | None:
        with self._engine.connect() as connection:
            return version.read(connection)

    def _make_tables(self) -> Version:
        """Once, however many runs begin at the same time; gives the version of what is there then."""
        with self.claim() as connection:
            found = version.read(connection)
            if found is None:
                metadata.create_all(connection)
                connection.execute(version_table.insert().values(version_num=REVISION, release=__version__))
            return found or Version(REVISION, __version__)

    def _upgrade(self, found: Version) -> "Upgrade | None":
        """Once, however many open it at the same time."""
        from indexer.state.upgrade import refuse, upgrade  # takes longer than most commands

        refuse(found, self.shown)  # before anybody is waited for
        with self.claim(wait=UPGRADE_SECONDS) as connection:
            done = upgrade(connection, self.shown)
        self._engine.dispose()  # the connections know the tables of before, and wait for others too long
        return done

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.NoSuchModuleError:
            raise ConfigError(
                f"state {self.shown}: this kind of database is not known",
                advice="Such as sqlite:///var/state.db or postgresql+psycopg://...",
            ) from None
        except ImportError as error:
            raise ConfigError(
                f"state {self.shown}: the client library is not installed ({error.name})",
                advice="pip install 'indexer[postgresql]'" if error.name == "psycopg" else f"pip install {error.name}",
            ) from None
        except sa.exc.SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error)
            family = StateError if self._may_pass(error) else ConfigError
            mend = "Free some space there" if self.file is not None else "Let the server run, and know us"
            raise family(
                f"state {self.shown}: {reason}",
                advice=f"Nothing that was acknowledged is lost. {mend}, or name another place with state or "
                "INDEXER_STATE, and run the same command again.",
            ) from None

    def _may_pass(self, error: sa.exc.SQLAlchemyError) -> bool:
        """Whether no setting needs to be changed: it was open before, or it is a server that is not there, and not one
        that refuses us (FATAL: a connection that fails has no SQLSTATE), or a file whose disk is full.
        """
        if not isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
            return False
        if self.file is not None:
            return self._opened or getattr(error.orig, "sqlite_errorname", "").startswith(DISK_ERRORS)
        words = str(error.orig)
        return self._opened or "FATAL:" not in words or any(each in words for each in NOT_NOW)

    def _private_file(self, path: Path) -> None:
        """Makes the file before SQLite does, for its owner only.

        One that is there is not opened: closing it would drop the locks of every connection that this process has to
        it (POSIX advisory locks; sqlite.org/howtocorrupt, 2.2), and another process that ends would take the log away
        under them.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
        except FileExistsError:
            if not os.access(path, os.R_OK | os.W_OK):
                raise _unusable(path, os.strerror(errno.EACCES)) from None
        except OSError as error:
            raise _unusable(path, error.strerror) from None


def _unusable(path: Path, reason: str | None) -> ConfigError:
    return ConfigError(
        f"state {path}: {reason}", advice="Name a place that can be written with state or INDEXER_STATE."
    )


def shown_url(url: str) -> str:
    """The state's URL without its password."""
    return _parse(url).render_as_string(hide_password=True)


def is_absent(url: str) -> bool:
    """Whether the state is a file that nobody has made yet."""
    parsed = _parse(url)
    return bool(parsed.get_backend_name() == "sqlite" and parsed.database and not Path(parsed.database).exists())


def _parse(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigError(
            "state is not a database URL", advice="Such as sqlite:///var/state.db or postgresql+psycopg://..."
        ) from None


def now() -> str:
    """The time as it is stored: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tune(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # WAL with synchronous=NORMAL: a killed process loses nothing; a power cut may lose the last transactions, and then
    # some acknowledged batches are sent again
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-32768"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
