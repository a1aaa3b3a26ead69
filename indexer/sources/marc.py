"""Split ISO 2709 into its records on the level of bytes; their fields are the format's business.

A record says how long it is in its first five bytes, and ends with 0x1D. Where the two agree that is a record. Where
they don't (lengths counted in characters, or of more than 99,999 bytes; terminators that are missing or stand in a
field), the next terminator or the next leader ends it, whichever comes first.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from indexer.model.records import Fault, Record
from indexer.sources.record_factory import RecordFactory
from indexer.sources.window import KEPT_OF_OVERSIZED, Window
from indexer.sources.xml import show

END, FIELD_END = b"\x1d", b"\x1e"
LEADER = 24

# A leader and the first entry of its directory. The letters in it (status, type) tell it from digits of a directory.
START = re.compile(rb"[0-9 ]{5}[a-zA-Z ][a-zA-Z][\x20-\x7e]{5}[0-9 ]{5}[\x20-\x7e]{7}(?=[0-9A-Za-z ]{3}[0-9]{9}|\x1e)")
_START_SIZE = LEADER + 12
_DIRECTORY = re.compile(rb"[^\x1d-\x1f]{24}(?:[^\x1d-\x1f]{3}[0-9]{9})+\x1e")  # behind a leader of whatever kind
_ENTRIES = re.compile(rb"(?:[0-9A-Za-z ]{3}[0-9]{9}){2,}\x1e")
MISSED = 4  # bytes that a leader and the entry behind it may have too few or too many
_LONGEST_DIRECTORY = 100_000 + MISSED  # with the leader; an address has five digits
_PADDING = b"\0\t\n\v\f\r \x1a"  # line ends, blocks filled up, the end of a file by old programs
_BETWEEN = re.compile(rb"[\0\t-\r\x1a]*")  # a blank may also begin a leader

# The fields of MARC-in-JSON, and of MARC-HASH; and MARCXML without its namespace.
_JSON = re.compile(rb'"fields"\s*:\s*\[\s*(?:\{\s*"[0-9A-Za-z@]{1,4}"\s*:|\[\s*"[0-9A-Za-z]{3}"\s*,)')
XML_START = re.compile(rb"<((?:[^\s<>/:]+:)?)record(?:\s[^<>]*)?>\s*<\1(?:leader|controlfield|datafield)(?=[\s/>])")


def is_marc(head: bytes) -> bool:
    """Whether a file that begins like this is ISO 2709, whatever its first record has suffered."""
    return b"\x1e" in head and bool(_DIRECTORY.match(head) or START.search(head) or _is_headed(head))


def is_json(raw: bytes) -> bool:
    """Whether a JSON object is a record in MARC-in-JSON, or holds one, as FOLIO's and MongoDB's do."""
    return _JSON.search(raw) is not None


def records(window: Window, place: RecordFactory) -> Iterator[Record | Fault]:
    """Give each record with its terminator, as far as it has one."""
    while _to_next(window):
        offset = window.offset
        size = _length(window)
        if size is not None:
            raw = window.data[window.pos : window.pos + size]
            window.pos += size
            yield place.record("marc", raw, offset)
            continue
        raw, whole = _to_terminator(window)
        if not whole:
            reason = f"is larger than {window.limit >> 20} MiB: only its beginning is kept"
            yield place.reject(reason, raw, offset)
        elif window.error is None or raw.endswith(END):
            yield from _pieces(raw, offset, place)


def _to_next(window: Window) -> bool:
    """Skip what may stand between records; False at the end."""
    while True:
        match = _BETWEEN.match(window.data, window.pos)
        window.pos = match.end() if match else window.pos
        if window.pos < len(window.data):
            return True
        if not window.more():
            return False


def _length(window: Window) -> int | None:
    """The length that the leader at `pos` tells, if a record of this length is there."""
    head = window.fill(_START_SIZE)
    if not head[:5].isdigit():
        return None
    size = int(head[:5])
    if not START.match(head):
        window.fill(size)
        if not (_DIRECTORY.match(window.data, window.pos) or _is_headed(window.data, window.pos)):
            return None
    if size < _START_SIZE or len(window.fill(size)) < size or window.data[window.pos + size - 1] != END[0]:
        return None
    inner = window.data.find(END, window.pos, window.pos + size - 1)
    while inner >= 0:  # of a record that this length swallows, or a stray byte in a field
        behind = _BETWEEN.match(window.data, inner + 1)
        if behind is not None and START.match(window.data, behind.end()):
            return None
        inner = window.data.find(END, inner + 1, window.pos + size - 1)
    fields = window.data.count(FIELD_END, window.pos, window.pos + size)
    directory = window.data.find(FIELD_END, window.pos + LEADER) - window.pos - LEADER
    if fields != directory // 12 + 1 and len(_starts(window.data[window.pos : window.pos + size])) > 1:
        return None  # it lost its end, and the next one ends where it should
    return size


def _starts(raw: bytes) -> list[int]:
    """Where records begin in these bytes. A sound directory at the start is one, whatever the leader in front of it has
    suffered, and so is the end of a leader, whatever the directory has; and what looks like a leader inside a record's
    own leader or directory is none.
    """
    starts = [0] if _DIRECTORY.match(raw) or START.match(raw) else []
    if not starts and not START.search(raw, 0, MISSED + _START_SIZE) and _is_headed(raw):
        starts = [0]
    at = LEADER if starts else 0
    ended = raw.find(FIELD_END)  # of the directory of the record before
    while (found := START.search(raw, at)) is not None:
        at = found.start()
        if 0 <= ended < at or _is_leader(raw, at):
            starts.append(at)
            ended = raw.find(FIELD_END, at)
            at += LEADER
        else:
            at += 1
    return starts


def _is_leader(raw: bytes, at: int) -> bool:
    """Whether what looks like a leader is one: it ends as all do, or the address of the fields in it is right."""
    if raw[at + 20 : at + LEADER] == b"4500":
        return True
    address = raw[at + 12 : at + 17].strip()
    end = at + int(address) - 1 if address.isdigit() else -1
    return end > at and raw.find(FIELD_END, at, end + 1) == end


def _is_headed(raw: bytes, at: int = 0) -> bool:
    """Whether a leader stands just here that lost or got bytes, or whose directory begins with a broken entry: a sound
    directory is behind it; or it ends as all do, and the first terminator is where the address in it says, but for
    these bytes. Never asked of what is within a record.
    """
    ended = raw.find(FIELD_END, at, at + _LONGEST_DIRECTORY) - at + 1
    return ended > 0 and any(
        _ENTRIES.match(raw, at + size)
        or (
            raw[at + size - 4 : at + size] == b"4500"
            and (address := raw[at + size - 12 : at + size - 7]).isdigit()
            and abs(int(address) - ended) <= MISSED
        )
        for size in range(LEADER - MISSED, LEADER + MISSED + 1)
    )


def _to_terminator(window: Window) -> tuple[bytes, bool]:
    """Take all up to the next terminator, or to the end. Returns it, or of too much the beginning, and which it is.

    Too much is dropped up to the next leader, where one comes before the terminator.
    """
    kept = b""
    seen = 0
    while (end := window.data.find(END, window.pos + seen) + 1) < 1:
        seen = window.held
        if seen > window.limit:
            kept, leader = _oversized(window, kept, len(window.data))
            if leader:
                return kept, False
            window.pos, seen = len(window.data) - _START_SIZE, _START_SIZE
        if not window.more():
            end = len(window.data)
            break
    if kept or end - window.pos > window.limit:
        kept, leader = _oversized(window, kept, end)
        window.pos = window.pos if leader else end
        return kept, False
    raw = window.data[window.pos : end]
    window.pos = end
    return raw, True


def _oversized(window: Window, kept: bytes, end: int) -> tuple[bytes, bool]:
    """What is kept of too much, and whether a leader stands in it before `end`: `pos` is on it then."""
    leader = START.search(window.data, window.pos if kept else window.pos + LEADER, end)
    kept = kept or window.data[window.pos : min(leader.start() if leader else end, window.pos + KEPT_OF_OVERSIZED)]
    if leader:
        window.pos = leader.start()
    return kept, leader is not None


def _pieces(raw: bytes, offset: int, place: RecordFactory) -> Iterator[Record | Fault]:
    """What stands up to a terminator: a record whose length lies, several without terminators, or no record at all."""
    starts = _starts(raw)
    junk = raw[: starts[0]] if starts else raw
    if not junk.strip(_PADDING):
        junk = b""
    if len(junk) >= LEADER or (junk and not starts):
        reason = f"is not a MARC record: begins with '{show(junk, 40)}'"
        yield place.reject(reason, junk, offset, "The reading goes on at the next leader.")
    elif junk:
        starts[0] = 0  # the reader leaves it out and tells of it
    for start, end in pairwise([*starts, len(raw)]):
        piece = raw[start:end]
        if not piece.endswith(END):
            piece = piece.rstrip(_PADDING)
            told = piece[:5]
            if not piece.endswith(b"\x1e") and not (told.isdigit() and int(told) <= len(piece) + 1):
                reason = f"ends early: its leader says {show(told)} bytes, and {len(piece):,} are there"
                yield place.reject(reason, piece, offset + start, "Fetch or export the file again.")
                continue
        yield place.record("marc", piece, offset + start)
