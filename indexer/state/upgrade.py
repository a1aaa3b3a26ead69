"""Brings a state that an earlier release made to the tables of this one: all of it in one transaction, or nothing.

Alembic takes longer to import than most commands take to start: only Store imports this, and only for such a state.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

import indexer
from indexer.model.errors import ConfigError
from indexer.state import version
from indexer.state.owners import LockedError, holders
from indexer.state.tables import FIRST_REVISION, REVISION
from indexer.state.tables import version as version_table
from indexer.state.version import Version

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_SECONDS = 60  # how long a table of PostgreSQL is waited for that a session without a lock of ours has in use


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What was done: `before` is the release that wrote the state until now, `copy` the file in which it is kept as it
    was (None for what is no file).
    """

    before: str
    copy: Path | None

    def __str__(self) -> str:
        kept = f"; as it was before, it is kept in {self.copy}" if self.copy else ""
        return f"the state of indexer {self.before} was brought to {indexer.__version__}{kept}"


def refuse(found: Version, shown: str) -> None:
    """Raises ConfigError for a state that no migration leads on from."""
    if found.revision in (FIRST_REVISION, *(each.revision for each in _scripts().walk_revisions())):
        return
    if found.release:
        raise ConfigError(
            f"state {shown}: was written by indexer {found.release}, which is newer than this one"
            f" ({indexer.__version__}): revision {found.revision}, here {REVISION}",
            advice=f"Use indexer {found.release} or a later one, or name another place with state or INDEXER_STATE. "
            "Nothing was changed.",
        )
    raise ConfigError(
        f"state {shown}: is not one that this version knows",
        advice="Name another place with state or INDEXER_STATE, or remove what is there if nobody needs it: the next "
        "load then sends everything again, and what was rejected before is forgotten. "
        "With load.dates see docs/operate.md.",
    )


def upgrade(connection: sa.Connection, shown: str) -> Upgrade | None:
    """Brings the state to this release's tables; the caller's transaction keeps everybody else away, and commits.
    None when another process has done it by now.

    Raises LockedError while a run uses the state, and ConfigError where it cannot be upgraded or no copy be kept.
    """
    found = version.read(connection)
    if found is None or found.revision == REVISION:
        return None
    refuse(found, shown)
    if running := holders(connection):
        raise LockedError(
            f"state {shown}: was written by indexer {found.release}, and is in use: {running[0]}",
            advice="It is upgraded when nothing runs: wait until that has ended, or stop it. Nothing was changed.",
        )
    if connection.dialect.name == "sqlite":
        with _copied(connection, shown) as copy:
            _migrate(connection)
        return Upgrade(found.release, copy)
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    _migrate(connection)
    return Upgrade(found.release, None)


def _migrate(connection: sa.Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.execute(version_table.update().values(release=indexer.__version__))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


@contextmanager
def _copied(connection: sa.Connection, shown: str) -> Iterator[Path | None]:
    """Keeps a copy of an SQLite file as it is, for its owner only; it has its name once the block has done well.

    What the connection has changed and not committed is not in the copy.
    """
    name = connection.execute(sa.text("SELECT file FROM pragma_database_list WHERE name = 'main'")).scalar()
    if not name:  # in memory
        yield None
        return
    file = Path(name)
    copy = file.with_name(f"{file.name}.before-{REVISION}")
    part = file.with_name(f"{copy.name}.part")
    try:
        with _copying(file, shown):
            part.unlink(missing_ok=True)  # of an upgrade that was killed
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as target:
                target.execute("PRAGMA journal_mode=OFF")  # a kill leaves one file, not two
                source.backup(target)
        yield copy
        with _copying(file, shown):
            part.replace(copy)
    except BaseException:
        with suppress(OSError):  # what went wrong before is worth more
            part.unlink()
        raise


@contextmanager
def _copying(file: Path, shown: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        size = -(-file.stat().st_size // 1_000_000)
        raise ConfigError(
            f"state {shown}: no copy of it can be kept in {file.parent}: {reason}",
            advice=f"It is copied before it is upgraded; that takes {size} MB there. Nothing was changed. Free some "
            "space, or let the folder be written to, and run the same command again.",
        ) from None
