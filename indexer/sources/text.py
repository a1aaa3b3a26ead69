"""Plain text: VuFindHarvest's lists of deleted ids, and a VuFind record page with its staff view."""

import re
from collections.abc import Iterator

from indexer.model.records import Fault, Header, Record
from indexer.sources.record_factory import RecordFactory
from indexer.sources.window import KEPT_OF_OVERSIZED, Window

_ID_LIMIT = 64 << 10  # bytes of a line

# VuFind's staff view prints "field value" lines, sorted by field.
_STAFF_VIEW = re.compile(rb"^_version_[ \t]+-?\d", re.M)
_STAFF_LINES = (re.compile(rb"^id[ \t]+\S", re.M), re.compile(rb"^record_format[ \t]+\S", re.M))


def is_staff_view(head: bytes) -> bool:
    """Whether this text is a record page that shows the record's stored fields."""
    return bool(_STAFF_VIEW.search(head)) or all(line.search(head) for line in _STAFF_LINES)


def staff_view(window: Window, place: RecordFactory) -> Iterator[Record | Fault]:
    """Give the whole page as one record: its fields are the format's business."""
    while window.held <= window.limit and window.more():
        pass
    raw = window.data[window.pos :]
    if len(raw) > window.limit:
        yield place.reject(
            f"is larger than {window.limit >> 20} MiB: only its beginning is kept", raw[:KEPT_OF_OVERSIZED], 0
        )
    elif window.error is None:
        yield place.record("solr_json", raw, window.offset)


def deletes(window: Window, place: RecordFactory) -> Iterator[Record | Fault]:
    """Give a tombstone for each line: one id a line, blank lines and the space around ids left out."""
    for start, line in lines(window, _ID_LIMIT):
        raw = line.strip()
        if not raw:
            continue
        offset = start + line.index(raw)
        if len(line) > _ID_LIMIT:
            yield place.reject("is too long for an id: only its beginning is kept", raw, offset)
            continue
        try:
            identifier = raw.decode()
        except UnicodeDecodeError:
            yield place.reject("the id to be deleted is not UTF-8", raw, offset)
            continue
        if raw.startswith((b"<", b'{"')):
            yield place.reject(
                "is markup and no id to be deleted", raw, offset, "A server may have answered with an error page."
            )
            continue
        if b"\r" in raw:
            yield place.reject(
                "the id to be deleted has a carriage return in it",
                raw,
                offset,
                "One id stands on a line: save the list anew.",
            )
            continue
        yield place.record("delete", raw, offset, Header(identifier=identifier, deleted=True))


def lines(window: Window, limit: int) -> Iterator[tuple[int, bytes]]:
    """Give (offset, line without its newline); of a line longer than `limit` its first `limit` + 1 bytes.

    The last line needs no newline; where the stream itself ended early it is not given.
    """
    while True:
        end = window.data.find(b"\n", window.pos)
        if end >= 0:
            offset, line = window.offset, window.data[window.pos : end]
            window.pos = end + 1
            yield offset, line[: limit + 1]
        elif window.held > limit:
            offset, line = window.offset, window.data[window.pos : window.pos + limit + 1]
            window.skip_to(b"\n")
            yield offset, line
        elif not window.more():
            if window.held and window.error is None:
                yield window.offset, window.data[window.pos :]
            window.pos = len(window.data)
            return
