"""Where the reader stands in one file: it numbers the records and makes Records and Faults of what is found there."""

from dataclasses import dataclass

from indexer.model.records import Fault, Header, Position, Record


@dataclass(slots=True)
class RecordFactory:
    """`format` is the profile's, for content that does not tell, or (`takes_xml`) for XML of every kind; `elements` are
    the names of its records, where the profile says them; `header`: the first row of a table is one. `exact`: offsets
    are those of the unpacked file. `says_none`: the file says itself that it has no records: nothing is missing.
    """

    source: str
    file: str
    format: str | None = None
    exact: bool = True
    ordinal: int = 0
    says_none: bool = False
    takes_xml: bool = False
    elements: tuple[bytes, ...] = ()
    header: bool = True

    def _next(self, offset: int) -> Position:
        self.ordinal += 1
        return Position(self.file, self.ordinal, offset if self.exact else None)

    def record(self, format: str, raw: bytes, offset: int, header: Header | None = None) -> Record:
        """The next record of this file."""
        if self.takes_xml and self.format and raw[:1] == b"<":
            format = self.format
        return Record(self.source, format, raw, self._next(offset), header)

    def reject(self, reason: str, raw: bytes, offset: int, advice: str = "") -> Fault:
        """The next record of this file, which cannot be read: it counts as a record, its neighbours go on."""
        return Fault(self.source, self._next(offset), reason, advice, raw)

    def fault(self, reason: str, advice: str = "") -> Fault:
        """Something that is wrong with the file as a whole."""
        return Fault(self.source, Position(self.file), reason, advice)

    def after(self) -> str:
        """Say how far the reading came, in words that go on from "... ends early"."""
        return f"after record {self.ordinal:,}" if self.ordinal else "before its first record"

    def cut_short(self, reason: str, advice: str = "") -> Fault:
        """The file ends before its end: the records so far stand, the rest is still to come."""
        again = "Fetch the file again and run the same command"
        if self.ordinal:
            again = f"Those records are safe. {again}: it goes on from there."
        else:
            again += "."
        return self.fault(f"{reason}, {self.after()}", advice or again)
