"""What was acknowledged: fingerprints of the documents in an index, and how far an unfinished run got in each dump."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from indexer.model.books import Account, Books
from indexer.state.store import Store
from indexer.state.tables import checkpoints, documents, files, targets

_PUT_DOCUMENT = sa.text(
    "INSERT INTO documents (target_id, id, fingerprint) VALUES (:target, :id, :fingerprint)"
    " ON CONFLICT (target_id, id) DO UPDATE SET fingerprint = excluded.fingerprint"
)
_DELETE_DOCUMENT = sa.text("DELETE FROM documents WHERE target_id = :target AND id = :id")
_DELETE_CHECKPOINT = sa.text("DELETE FROM checkpoints WHERE target_id = :target AND file = :file")
_PUT_CHECKPOINT = sa.text(
    "INSERT INTO checkpoints (target_id, file, signature, items, finished, begun, books)"
    " VALUES (:target, :file, :signature, :items, :finished, :begun, :books)"
    " ON CONFLICT (target_id, file) DO UPDATE SET signature = excluded.signature, items = excluded.items,"
    " finished = excluded.finished, begun = excluded.begun, books = excluded.books"
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`items` records and faults from the start of `file` are settled; `account` holds their books. `begun` is the
    number of the run that read the first of them.

    Good only for the same `signature`: of the file, the profile, the schema and the derive version.
    """

    file: str
    signature: str
    items: int
    finished: bool
    begun: int
    account: Account


def open_target(store: Store, url: str, *, identity: str, documents_in_index: int) -> int:
    """The target's number. When the index behind it is another one than before, or holds fewer documents than were
    acknowledged, everything that is remembered of it is forgotten: what is not there must not pass as unchanged.
    """
    with store.begin() as connection:
        row = connection.execute(targets.select().where(targets.c.url == url)).one_or_none()
        if row is None:
            values = {"url": url, "identity": identity}
            return int(connection.execute(targets.insert().values(**values).returning(targets.c.id)).scalar_one())
        known = sa.select(sa.func.count()).where(documents.c.target_id == row.id)
        if row.identity != identity or documents_in_index < connection.execute(known).scalar_one():
            connection.execute(documents.delete().where(documents.c.target_id == row.id))
            connection.execute(checkpoints.delete().where(checkpoints.c.target_id == row.id))
            connection.execute(files.delete().where(files.c.target_id == row.id))
            connection.execute(targets.update().where(targets.c.id == row.id).values(identity=identity))
        return int(row.id)


def find_target(store: Store, url: str) -> int | None:
    """The number of a target that was loaded into before; None for another one. Changes nothing."""
    with store.begin() as connection:
        return connection.execute(sa.select(targets.c.id).where(targets.c.url == url)).scalar()


def count(store: Store, target_id: int) -> int:
    """How many documents the index holds for sure: acknowledged, and not deleted since."""
    query = sa.select(sa.func.count()).where(documents.c.target_id == target_id)
    with store.begin() as connection:
        return int(connection.execute(query).scalar_one())


def fingerprints(store: Store, target_id: int, ids: Sequence[str]) -> dict[str, bytes]:
    """What is remembered of these documents."""
    query = sa.select(documents.c.id, documents.c.fingerprint).where(
        documents.c.target_id == target_id, documents.c.id.in_(ids)
    )
    with store.begin() as connection:
        return {row.id: row.fingerprint for row in connection.execute(query)}


def remember(connection: sa.Connection, target_id: int, marks: Mapping[str, bytes]) -> None:
    """Stores the fingerprints of documents that the index holds now."""
    if marks:
        rows = [{"target": target_id, "id": id, "fingerprint": mark} for id, mark in marks.items()]
        connection.execute(_PUT_DOCUMENT, rows)


def forget(connection: sa.Connection, target_id: int, ids: Collection[str]) -> None:
    """Forgets what the index holds under these ids."""
    if ids:
        connection.execute(_DELETE_DOCUMENT, [{"target": target_id, "id": id} for id in ids])


def forget_all(store: Store, target_id: int) -> None:
    """Forgets what the index holds: whatever is read is sent."""
    with store.begin() as connection:
        connection.execute(documents.delete().where(documents.c.target_id == target_id))


def put_checkpoints(connection: sa.Connection, target_id: int, marks: Iterable[Checkpoint]) -> None:
    rows = [
        {
            "target": target_id,
            "file": mark.file,
            "signature": mark.signature,
            "items": mark.items,
            "finished": mark.finished,
            "begun": mark.begun,
            "books": _dump(mark.account),
        }
        for mark in marks
    ]
    if rows:
        connection.execute(_PUT_CHECKPOINT, rows)


def read_checkpoints(store: Store, target_id: int) -> dict[str, Checkpoint]:
    query = checkpoints.select().where(checkpoints.c.target_id == target_id)
    with store.begin() as connection:
        return {
            row.file: Checkpoint(row.file, row.signature, row.items, row.finished, row.begun, _load(row.books))
            for row in connection.execute(query)
        }


def drop_checkpoints(store: Store, target_id: int, *, but: Collection[str] = ()) -> None:
    """Forgets how far the last run came, but in these dumps."""
    with store.begin() as connection:
        files = connection.execute(sa.select(checkpoints.c.file).where(checkpoints.c.target_id == target_id)).scalars()
        gone = [{"target": target_id, "file": file} for file in set(files).difference(but)]
        if gone:
            connection.execute(_DELETE_CHECKPOINT, gone)


def _dump(account: Account) -> str:
    sources = {name: books.counts() for name, books in account.sources.items()}
    return json.dumps({"faults": account.faults, "sources": sources, "held": account.held})


def _load(text: str) -> Account:
    data = json.loads(text)
    books = {name: Books(**counts) for name, counts in data["sources"].items()}
    return Account(books, data["faults"], held=Counter(data["held"]))
