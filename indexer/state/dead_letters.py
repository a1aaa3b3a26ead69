"""Records that are not in the index, kept with all that is needed to look at them and to try them again."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from indexer.records import Header, Position, Record
from indexer.state.store import Store, now
from indexer.state.tables import dead_letters, targets


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`stage` is where it failed (read, format, derive, index), `reason` the words of the parser or the engine.

    `profile` is the profile as data, None for what could not even be told apart as a record.
    """

    source: str
    profile: dict[str, Any] | None
    format: str
    document_id: str | None
    position: Position
    stage: str
    reason: str
    header: Header | None
    raw: bytes


def put(connection: sa.Connection, letters: Iterable[DeadLetter], *, target_id: int, run_id: int, derive: str) -> None:
    """Stores letters; one that is there already (same place, same bytes) counts one more attempt."""
    time = now()
    for letter in letters:
        digest = hashlib.blake2b(letter.raw, digest_size=16).digest()
        same = (
            (dead_letters.c.target_id == target_id)
            & (dead_letters.c.file == letter.position.file)
            & (dead_letters.c.ordinal == letter.position.ordinal)
            & (dead_letters.c.digest == digest)
        )
        told = {
            "run_id": run_id,
            "document_id": letter.document_id,
            "stage": letter.stage,
            "reason": letter.reason,
            "derive_version": derive,
            "last_seen": time,
            "profile": json.dumps(letter.profile) if letter.profile else None,
        }
        again = connection.execute(
            dead_letters.update().where(same).values(**told, attempts=dead_letters.c.attempts + 1)
        )
        if again.rowcount:
            continue
        connection.execute(
            dead_letters.insert().values(
                **told,
                target_id=target_id,
                source=letter.source,
                format=letter.format,
                file=letter.position.file,
                ordinal=letter.position.ordinal,
                offset=letter.position.offset,
                first_seen=time,
                header=json.dumps(asdict(letter.header)) if letter.header else None,
                digest=digest,
                raw=letter.raw,
            )
        )


def find(store: Store, *, target: str | None = None, ids: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Letters, oldest first, of one target or of all, with the target's URL; `raw` and `header` as stored."""
    query = sa.select(dead_letters, targets.c.url.label("target")).join(
        targets, dead_letters.c.target_id == targets.c.id
    )
    if target is not None:
        query = query.where(targets.c.url == target)
    if ids:
        query = query.where(dead_letters.c.id.in_(ids))
    with store.begin() as connection:
        return [dict(row._mapping) for row in connection.execute(query.order_by(dead_letters.c.id))]


def drop(store: Store, ids: Sequence[int]) -> int:
    """Forgets these letters; gives how many there were."""
    with store.begin() as connection:
        return connection.execute(dead_letters.delete().where(dead_letters.c.id.in_(ids))).rowcount


def forget_file(connection: sa.Connection, *, target_id: int, file: str) -> None:
    """Forgets the letters of a dump that is being read from its start again: what still fails comes back.

    `file` stands for its archive members too.
    """
    column = dead_letters.c.file
    of_file = (column == file) | column.startswith(f"{file}!", autoescape=True)
    connection.execute(dead_letters.delete().where((dead_letters.c.target_id == target_id) & of_file))


def record(row: dict[str, Any]) -> Record:
    """The record of a stored letter, as its source once gave it."""
    header = json.loads(row["header"]) if row["header"] else None
    if header:
        header["sets"] = tuple(header["sets"])
    return Record(
        source=row["source"],
        format=row["format"],
        raw=row["raw"],
        position=Position(row["file"], row["ordinal"], row["offset"]),
        header=Header(**header) if header else None,
    )
