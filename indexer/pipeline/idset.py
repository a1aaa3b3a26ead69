"""A set of ids on disk: as many as an index has, in little memory."""

import sqlite3
from collections.abc import Iterable, Sequence

CACHE_KIB = 16 << 10


class IdSet:
    """A context: the file, which only this process can open, goes with it."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("")  # a private file in the folder for temporary ones
        for setting in (f"cache_size=-{CACHE_KIB}", "journal_mode=OFF", "synchronous=OFF"):
            self._file.execute(f"PRAGMA {setting}")
        self._file.execute("CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> "IdSet":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, ids: Iterable[str]) -> None:
        self._file.executemany("INSERT OR IGNORE INTO ids VALUES (?)", ((id,) for id in ids))

    def discard(self, ids: Iterable[str]) -> None:
        self._file.executemany("DELETE FROM ids WHERE id = ?", ((id,) for id in ids))

    def without(self, ids: Sequence[str]) -> list[str]:
        """Those of these ids that are not in the set, in their order. Some hundreds at once."""
        marks = ", ".join("?" * len(ids))
        found = self._file.execute(f"SELECT id FROM ids WHERE id IN ({marks})", ids)  # noqa: S608 - marks only
        known = {id for (id,) in found}
        return [id for id in ids if id not in known]
