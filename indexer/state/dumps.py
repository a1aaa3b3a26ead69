"""Which dumps of the configured sources are in an index already, as they were when they were read to their end; and of
which it may hold something.
"""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from indexer.state.store import Store
from indexer.state.tables import dead_letters, files

_PUT = sa.text(
    "INSERT INTO files (target_id, source, file, signature, complete)"
    " VALUES (:target, :source, :file, :signature, :complete) ON CONFLICT (target_id, source, file)"
    " DO UPDATE SET signature = excluded.signature, complete = excluded.complete"
)


def complete(store: Store, target_id: int) -> dict[tuple[str, str], str]:
    """(source, file) -> the signature under which the file was read to its end."""
    return _signatures(store, files.select().where(files.c.target_id == target_id, files.c.complete))


def touched(store: Store, target_id: int) -> dict[tuple[str, str], str]:
    """As `complete`, with those of which the index may hold a part."""
    return _signatures(store, files.select().where(files.c.target_id == target_id))


def _signatures(store: Store, query: sa.Select[tuple[object, ...]]) -> dict[tuple[str, str], str]:
    with store.begin() as connection:
        return {(row.source, row.file): row.signature for row in connection.execute(query)}


def begin(store: Store, target_id: int, about: Mapping[tuple[str, str], str]) -> None:
    """These files are about to be read, or read again: until that has ended well they count as not read."""
    _put(store, target_id, about, complete=False)


def mark_complete(store: Store, target_id: int, read: Mapping[tuple[str, str], str]) -> None:
    """These files were read to their end, and all that came of them is acknowledged and committed."""
    _put(store, target_id, read, complete=True)


def _put(store: Store, target_id: int, signatures: Mapping[tuple[str, str], str], *, complete: bool) -> None:
    rows = [
        {"target": target_id, "source": source, "file": file, "signature": signature, "complete": complete}
        for (source, file), signature in signatures.items()
    ]
    if rows:
        with store.begin() as connection:
            connection.execute(_PUT, rows)


def forget(store: Store, target_id: int, gone: Iterable[tuple[str, str]]) -> None:
    """These files are about to be read again: until that has ended well they count as not read."""
    rows = [{"target": target_id, "source": source, "file": file} for source, file in gone]
    if rows:
        with store.begin() as connection:
            connection.execute(
                sa.text("DELETE FROM files WHERE target_id = :target AND source = :source AND file = :file"), rows
            )


def moved(store: Store, *, source: str, file: str, to: str) -> None:
    """This file lies elsewhere now: what is known of it, and of the records in it that failed, is known of it there.
    For every index that has read it, such as a generation that is being built.
    """
    column, same = dead_letters.c, dead_letters.alias()
    of_file = (column.file == file) | (sa.func.substr(column.file, 1, len(file) + 1) == f"{file}!")
    there = sa.literal(to).concat(sa.func.substr(column.file, len(file) + 1))
    known_there = sa.exists().where(  # of a file that was there before and is not any more
        same.c.target_id == column.target_id,
        same.c.file == there,
        same.c.ordinal == column.ordinal,
        same.c.digest == column.digest,
    )
    with store.begin() as connection:
        connection.execute(files.delete().where(files.c.source == source, files.c.file == to))
        connection.execute(files.update().where(files.c.source == source, files.c.file == file).values(file=to))
        connection.execute(dead_letters.update().where(of_file, ~known_there).values(file=there))
