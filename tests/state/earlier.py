"""States of earlier releases, and what is in any state."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from tests.conftest import ROOT

T = TypeVar("T")
Rows = list[dict[str, Any]]

#: What leads back from revision 0006: for states that the code of today fills, and 0.1.0 could have left.
TO_0_1_0 = (
    "DROP TABLE run_reports",
    "ALTER TABLE books DROP COLUMN superseded",
    "UPDATE files SET signature = 'begun ' || signature WHERE NOT complete",
    "ALTER TABLE files DROP COLUMN complete",
    "ALTER TABLE saved_settings RENAME TO journal",
    "DROP TABLE alembic_version",
    "CREATE TABLE layout (version INTEGER NOT NULL)",
    "INSERT INTO layout VALUES (3)",
)


def write_0_1_0(url: str) -> str:
    """Fills an empty database with the state that release 0.1.0 left behind."""
    made = sa.make_url(url)
    script = (ROOT / f"tests/data/state/0.1.0.{made.get_backend_name()}.sql").read_text(encoding="utf-8")
    if made.get_backend_name() == "sqlite":
        assert made.database is not None
        Path(made.database).parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(made.database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(script)
        return url
    with_engine(url, lambda connection: connection.connection.driver_connection.execute(script))  # type: ignore[union-attr]
    return url


def back_to_0_1_0(file: Path) -> None:
    """Makes of an SQLite state of today the one that 0.1.0 would have left."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in TO_0_1_0:
            connection.execute(statement)
        connection.commit()


def tables(url: str) -> dict[str, Rows]:
    """All that is in the database: the rows of each table, in an order of their own."""

    def read(connection: sa.Connection) -> dict[str, Rows]:
        found = sa.MetaData()
        found.reflect(connection)
        return {
            name: sorted((dict(row) for row in connection.execute(table.select()).mappings()), key=repr)
            for name, table in found.tables.items()
        }

    return with_engine(url, read)


def schema(url: str) -> dict[str, Any]:
    """How the tables of the database are made, names of constraints included where there are any."""

    def read(connection: sa.Connection) -> dict[str, Any]:
        inspector = sa.inspect(connection)
        return {
            name: {
                "columns": [{**column, "type": str(column["type"])} for column in inspector.get_columns(name)],
                "key": inspector.get_pk_constraint(name),
                "unique": inspector.get_unique_constraints(name),
                "foreign": inspector.get_foreign_keys(name),
                "indexes": inspector.get_indexes(name),
                "checks": inspector.get_check_constraints(name),
                "options": inspector.get_table_options(name),
            }
            for name in inspector.get_table_names()
        }

    return with_engine(url, read)


def with_engine(url: str, work: Callable[[sa.Connection], T]) -> T:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()
