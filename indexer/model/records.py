"""What a source gives: one record's raw bytes, and where they came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands.

    `file` is the path as the user named it, `archive.zip!member` inside an archive, `-` for standard input.
    `ordinal` counts the file's records from 1 (0: the file as a whole). `offset` is the byte offset of the record in
    the unpacked file, None where it is not known.
    """

    file: str
    ordinal: int = 0
    offset: int | None = None

    def __str__(self) -> str:
        return f"{self.file} record {self.ordinal:,}" if self.ordinal else self.file


@dataclass(frozen=True, slots=True)
class Header:
    """What a harvest or a dump says about a record, outside the record (OAI-PMH 2.0 section 2.5).

    `deleted` marks a tombstone: the record behind `identifier` is to be deleted, and `raw` is empty or irrelevant.
    """

    identifier: str | None = None
    datestamp: str | None = None
    sets: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a dump: `raw` is UTF-8 and complete in itself (namespaces of its ancestors are on its root)."""

    source: str
    format: str
    raw: bytes
    position: Position
    header: Header | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a dump that could not be read: the rest of the dump goes on.

    With `raw`, the bytes of a record that has no end or no sense: counted as read and rejected. Without, a fault of
    the file as a whole (missing, empty, unknown format, a stream that ends early between two records).

    `beside`: it is no record's, whatever its bytes are: a message of the server's between records, an end that is
    missing. In a page that was harvested it is told when that came (harvest/run.py), and not with each reading.
    """

    source: str
    position: Position
    reason: str
    advice: str = ""
    raw: bytes = b""
    beside: bool = False
