"""Documents as rows of an SQLite file: id and body."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence

from indexer.engines.base import PAGE, Action, Durable, Found, Outcome, Query, Write
from indexer.engines.query import stored_fields
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError, PermanentError
from indexer.model.targets import Target


class SqliteSink:
    """An Index (indexer.engines.base). What is pushed is in a transaction, which `commit` ends."""

    durable: Durable = "committed"

    def __init__(self, target: Target, *, create: bool) -> None:
        self._target = target
        self._create = create
        self._lock = threading.Lock()  # `push` is called from several threads
        self._connection: sqlite3.Connection | None = None
        self._readers: sqlite3.Connection | None = None

    def __str__(self) -> str:
        return str(self._target)

    @property
    def omit(self) -> frozenset[str]:
        return frozenset()

    def check(self, *, to_write: bool = False) -> None:
        if not self._create and not os.path.exists(self._target.path):
            raise PermanentError(f"{self}: there is no such file", advice="`indexer load` makes it.")
        self._connection = self._open()
        self._connection.execute("CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, body BLOB NOT NULL)")
        self._connection.commit()

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        with self._lock:
            return [self._write(action) for action in batch]

    def commit(self) -> None:
        with self._lock:
            self._writer().commit()

    def close(self) -> None:
        for connection in (self._connection, self._readers):
            if connection is not None:
                connection.close()  # what was not committed is gone, as `durable` says

    def identity(self) -> str:
        return str(os.stat(self._target.path).st_ino)

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        found = {}
        for id in ids:
            for (body,) in self._reader().execute("SELECT body FROM documents WHERE id = ?", (id,)):
                found[id] = stored_fields(json.loads(body))
        return found

    def count(self) -> int:
        return int(self._reader().execute("SELECT count(*) FROM documents").fetchone()[0])

    def ids(self) -> Iterator[str]:
        for (id,) in self._reader().execute("SELECT id FROM documents").fetchall():
            yield id

    def pages(self, after: str = "") -> Iterator[tuple[list[bytes], str]]:
        wanted = "SELECT id, body FROM documents WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
        (last,) = self._reader().execute("SELECT max(id) FROM documents").fetchone()
        while last is not None and after < last:
            rows = self._reader().execute(wanted, (after, last, PAGE)).fetchall()
            after = rows[-1][0]
            yield [body for _, body in rows], after

    def search(self, query: Query) -> Found:
        raise ConfigError(f"{self}: cannot be searched")

    def _write(self, action: Action) -> Outcome:
        if isinstance(action, Write):
            self._writer().execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (action.id, action.body))
            return Outcome("indexed")
        self._writer().execute("DELETE FROM documents WHERE id = ?", (action.id,))
        return Outcome("deleted")

    def _writer(self) -> sqlite3.Connection:
        assert self._connection is not None, "`check` comes first"
        return self._connection

    def _reader(self) -> sqlite3.Connection:
        """A connection of its own, which sees what was committed, as a search would."""
        if self._readers is None:
            self._readers = self._open()
        return self._readers

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._target.path, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection
