"""Records that are not in the index, kept with all that is needed to look at them and to try them again."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from indexer.formats.profiles import Profile
from indexer.model.books import HELD
from indexer.model.errors import ConfigError
from indexer.model.reasons import kind as kind_of
from indexer.model.records import Header, Position, Record
from indexer.state import generations
from indexer.state.store import Store, now
from indexer.state.tables import dead_letters, targets


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`stage` is where it failed (read, format, derive, index; or HELD), `reason` the parser's or the engine's words.

    `profile` is the profile as data, None for what could not even be told apart as a record. `document_id` is None
    where it failed before its id was known. `moment` (run, sequence in it) says when the record came along. `part` is
    the document of a deletion that is held, where its record makes others too: each of them waits for itself. `id` is
    that of the stored letter, where one failed again.
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
    arrival: tuple[int, int] = (0, 0)
    part: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter as the state has it: `target` is the URL of its target, with the generation behind it where that is not
    the live one; `size` counts its bytes, which may be left out of `raw`. `header` and `profile` are data as an earlier
    version may have stored it: `record` and `profile` make of them what they are.
    """

    id: int
    run_id: int
    sequence: int
    source: str
    profile: dict[str, Any] | None
    format: str
    document_id: str | None
    file: str
    ordinal: int
    offset: int | None
    stage: str
    reason: str
    derive_version: str
    attempts: int
    first_seen: str
    last_seen: str
    header: dict[str, Any] | None
    size: int
    target: str
    raw: bytes = b""

    @property
    def arrival(self) -> tuple[int, int]:
        """When its record came along."""
        return self.run_id, self.sequence

    @property
    def position(self) -> Position:
        """Where its record stands."""
        return Position(self.file, self.ordinal, self.offset)

    @property
    def kind(self) -> str:
        """Its reason without what is particular to this record."""
        return kind_of(self.reason)


#: What is read of a letter as it is.
_COLUMNS = [column for column in dead_letters.c if column.name not in ("target_id", "digest", "raw")]


def put(connection: sa.Connection, letters: Iterable[DeadLetter], *, target_id: int, derive: str) -> None:
    """Stores letters; one that is there already (same place, same bytes) counts one more attempt."""
    time = now()
    for letter in letters:
        named = letter.header.identifier or "" if letter.header is not None and not letter.raw else ""  # a tombstone
        digest = hashlib.blake2b(letter.raw or named.encode(), digest_size=16, person=_person(letter.part)).digest()
        of_record = (
            (dead_letters.c.target_id == target_id)
            & (dead_letters.c.file == letter.position.file)
            & (dead_letters.c.ordinal == letter.position.ordinal)
            & (dead_letters.c.digest == digest)
        )
        told = {
            "run_id": letter.arrival[0],
            "sequence": letter.arrival[1],
            "format": letter.format,
            "document_id": letter.document_id,
            "stage": letter.stage,
            "reason": letter.reason,
            "derive_version": derive,
            "last_seen": time,
            "header": json.dumps(asdict(letter.header)) if letter.header else None,
            "profile": json.dumps(letter.profile) if letter.profile else None,
        }
        more = dead_letters.update().values(**told, attempts=dead_letters.c.attempts + 1)
        if letter.id and connection.execute(more.where(dead_letters.c.id == letter.id)).rowcount:
            continue
        if connection.execute(more.where(of_record)).rowcount:
            continue
        connection.execute(
            dead_letters.insert().values(
                **told,
                target_id=target_id,
                source=letter.source,
                file=letter.position.file,
                ordinal=letter.position.ordinal,
                offset=letter.position.offset,
                first_seen=time,
                digest=digest,
                raw=letter.raw,
            )
        )


def _person(part: str) -> bytes:
    """What keeps the letters of one record apart; b"" for a record that has one."""
    return hashlib.blake2b(part.encode(), digest_size=16).digest() if part else b""


def known(store: Store, target_id: int) -> tuple[set[str], set[str]]:
    """The files (archive members among them) and the document ids that this target's letters are of."""
    query = sa.select(dead_letters.c.file, dead_letters.c.document_id).where(dead_letters.c.target_id == target_id)
    with store.begin() as connection:
        rows = connection.execute(query).all()
    return {row.file for row in rows}, {row.document_id for row in rows if row.document_id is not None}


def held(store: Store, target_id: int) -> list[tuple[int, str]]:
    """(letter, document) of the deletions that are held, in the order in which they came along."""
    column = dead_letters.c
    query = sa.select(column.id, column.document_id).where(column.target_id == target_id, column.stage == HELD)
    with store.begin() as connection:
        rows = connection.execute(query.order_by(column.run_id, column.sequence, column.id))
        return [(row.id, row.document_id) for row in rows]


def refused(store: Store, target_id: int, *, before: int) -> list[tuple[int, str, str]]:
    """(letter, document, reason) of those that the engine refused in earlier runs, in the order in which they came
    along.
    """
    column = dead_letters.c
    query = sa.select(column.id, column.document_id, column.reason).where(
        column.target_id == target_id,
        column.stage == "index",
        column.document_id.is_not(None),
        column.run_id < before,
    )
    with store.begin() as connection:
        rows = connection.execute(query.order_by(column.run_id, column.sequence, column.id))
        return [(row.id, row.document_id, row.reason) for row in rows]


def count(store: Store, target_id: int, sources: Collection[str]) -> int:
    """How many records of these sources are not in the index, deletions that are held left out."""
    column = dead_letters.c
    query = (
        sa.select(sa.func.count())
        .select_from(dead_letters)
        .where(column.target_id == target_id, column.source.in_(list(sources)), column.stage != HELD)
    )
    with store.begin() as connection:
        return int(connection.execute(query).scalar_one())


def overtake(connection: sa.Connection, *, target_id: int, document_id: str, arrival: tuple[int, int]) -> None:
    """Forgets letters of a document of which the index holds a later version, or which was deleted later."""
    run_id, sequence = arrival
    column = dead_letters.c
    earlier = (column.run_id < run_id) | ((column.run_id == run_id) & (column.sequence <= sequence))
    gone = (column.target_id == target_id) & (column.document_id == document_id) & earlier
    connection.execute(dead_letters.delete().where(gone))


def find(
    store: Store,
    *,
    target: str | None = None,
    ids: Sequence[int] = (),
    source: str | None = None,
    stage: str | None = None,
    raw: bool = True,
) -> list[StoredLetter]:
    """Letters of one target or of all (and of one source, or of the stage at which they failed), in the order in which
    their records came along; without `raw`, where that is not wanted.

    Those of a target are its live generation's; those of another generation have its name behind the URL, as
    generations.index_name makes it.
    """
    bytes_of = [dead_letters.c.raw] if raw else []
    size = sa.func.length(dead_letters.c.raw).label("size")
    query = sa.select(*_COLUMNS, *bytes_of, size, targets.c.url.label("target")).join(
        targets, dead_letters.c.target_id == targets.c.id
    )
    if target is not None:
        query = query.where(targets.c.url == generations.live_index(store, target))
    if ids:
        query = query.where(dead_letters.c.id.in_(ids))
    if source is not None:
        query = query.where(dead_letters.c.source == source)
    if stage is not None:
        query = query.where(dead_letters.c.stage == stage)
    query = query.order_by(dead_letters.c.run_id, dead_letters.c.sequence, dead_letters.c.id)
    with store.begin() as connection:
        rows = connection.execute(query).mappings().all()
    shown = {index: _shown(store, index) for index in {row["target"] for row in rows}}
    return [_letter(row, target=shown[row["target"]]) for row in rows]


def _letter(row: sa.RowMapping, *, target: str) -> StoredLetter:
    parsed = {name: json.loads(row[name]) if row[name] else None for name in ("profile", "header")}
    return StoredLetter(**{**row, **parsed, "target": target})


def _shown(store: Store, index: str) -> str:
    target, generation = generations.split_name(index)
    return target if generation and generations.live_index(store, target) == index else index


def drop(connection: sa.Connection, ids: Collection[int]) -> int:
    """Forgets these letters; gives how many there were."""
    return sum(connection.execute(dead_letters.delete().where(dead_letters.c.id == id)).rowcount for id in ids)


def forget_file(connection: sa.Connection, *, target_id: int, file: str, before: int) -> None:
    """Forgets the letters that earlier runs than `before` left of a dump: it was read again from its start to its end,
    and what still fails has a letter of this run. A deletion that is held waits for its word, or a later version.

    `file` stands for its archive members too.
    """
    column = dead_letters.c
    # not LIKE, which takes a.zip for A.zip on SQLite
    of_file = (column.file == file) | (sa.func.substr(column.file, 1, len(file) + 1) == f"{file}!")
    gone = (column.target_id == target_id) & of_file & (column.run_id < before) & (column.stage != HELD)
    connection.execute(dead_letters.delete().where(gone))


def record(letter: StoredLetter) -> Record:
    """The record of a stored letter, as its source once gave it."""
    header = letter.header
    return Record(
        source=letter.source,
        format=letter.format,
        raw=letter.raw,
        position=letter.position,
        header=Header(**{**header, "sets": tuple(header["sets"])}) if header else None,
    )


def profile(letter: StoredLetter) -> Profile | None:
    """The profile by which a stored letter's record was read."""
    data = letter.profile
    if not data:
        return None
    try:
        return Profile(**{**data, "id_search": tuple(data["id_search"]), "id_replace": tuple(data["id_replace"])})
    except (TypeError, KeyError):
        raise ConfigError(
            f"dead letter {letter.id} was left by another version, and its profile means nothing here",
            advice="Name a profile with --profile.",
        ) from None
