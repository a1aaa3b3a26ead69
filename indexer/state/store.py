"""What is remembered between runs: the runs with their books, and every record that was rejected, with its bytes.

SQLAlchemy Core over SQLite (WAL) by default; the tables are made on first use. The file is readable by its owner only:
it holds raw records.
"""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from indexer.engine.account import COLUMNS, Account
from indexer.errors import ConfigError

metadata = sa.MetaData()

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("derive_version", sa.Text, nullable=False),
    sa.Column("started", sa.Text, nullable=False),  # ISO 8601, UTC
    sa.Column("finished", sa.Text),
    sa.Column("exit_code", sa.Integer),
    sa.Column("message", sa.Text),
)

books = sa.Table(
    "books",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    *(sa.Column(column, sa.Integer, nullable=False) for column in COLUMNS),
)

dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("offset", sa.Integer),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("header", sa.JSON),
    sa.Column("raw", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that is not in the index, with all that is needed to try it again."""

    source: str
    format: str
    record_id: str | None
    file: str
    ordinal: int
    offset: int | None
    stage: str
    reason: str
    header: dict[str, Any] | None
    raw: bytes


class Store:
    """Raises ConfigError when the state cannot be opened or written: it names the URL without its password."""

    def __init__(self, url: str) -> None:
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError:
            raise ConfigError(
                "state is not a database URL", advice="Such as sqlite:///var/state.db or postgresql+psycopg://..."
            ) from None
        self.shown = parsed.render_as_string(hide_password=True)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            _private_file(Path(parsed.database))
        self._engine = self._guard(lambda: sa.create_engine(parsed))
        if parsed.get_backend_name() == "sqlite":
            sa.event.listen(self._engine, "connect", _wal)
        self._guard(lambda: metadata.create_all(self._engine))

    def start_run(self, *, command: str, target: str, derive_version: str) -> int:
        row = {"command": command, "target": target, "derive_version": derive_version, "started": _now()}
        result = self._write(runs.insert().returning(runs.c.id), row)
        return int(result)

    def finish_run(self, run_id: int, account: Account, *, exit_code: int, message: str = "") -> None:
        def write() -> None:
            with self._engine.begin() as connection:
                for source, counted in account.sources.items():
                    connection.execute(books.insert().values(run_id=run_id, source=source, **counted.counts()))
                connection.execute(
                    runs.update()
                    .where(runs.c.id == run_id)
                    .values(finished=_now(), exit_code=exit_code, message=message or None)
                )

        self._guard(write)

    def add_dead_letters(self, run_id: int, letters: Iterable[DeadLetter]) -> None:
        rows = [
            {"run_id": run_id, **{column: getattr(letter, column) for column in letter.__slots__}}
            for letter in letters
        ]

        def write() -> None:
            with self._engine.begin() as connection:
                connection.execute(dead_letters.insert(), rows)

        if rows:
            self._guard(write)

    def last_runs(self, limit: int = 10) -> list[dict[str, Any]]:
        """The newest runs first, each with its books by source and the number of its dead letters."""

        def query() -> list[dict[str, Any]]:
            with self._engine.connect() as connection:
                found = [
                    dict(row._mapping)
                    for row in connection.execute(runs.select().order_by(runs.c.id.desc()).limit(limit))
                ]
                for run in found:
                    counted = connection.execute(books.select().where(books.c.run_id == run["id"]))
                    run["books"] = {
                        row.source: {column: getattr(row, column) for column in COLUMNS} for row in counted
                    }
                    letters = sa.select(sa.func.count()).where(dead_letters.c.run_id == run["id"])
                    run["dead_letters"] = connection.execute(letters).scalar_one()
                return found

        return self._guard(query)

    def close(self) -> None:
        self._engine.dispose()

    def _write(self, statement: Any, row: dict[str, Any]) -> Any:
        def write() -> Any:
            with self._engine.begin() as connection:
                return connection.execute(statement, row).scalar_one()

        return self._guard(write)

    def _guard(self, work: Any) -> Any:
        try:
            return work()
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error)
            raise ConfigError(
                f"state {self.shown}: {reason}", advice="Name a place that can be written with state or INDEXER_STATE."
            ) from None


def _private_file(path: Path) -> None:
    """Makes the file before SQLite does, for its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR)
        os.close(descriptor)
    except OSError as error:
        raise ConfigError(
            f"state {path}: {error.strerror}", advice="Name a place that can be written with state or INDEXER_STATE."
        ) from None


def _wal(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
