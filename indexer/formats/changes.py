"""When a record was last changed, as VuFind finds it: in 005 or 008 of MARC, else in the header of the harvest."""

from indexer.derive.tracking import DATES, Change, own_dates, seconds_of
from indexer.model.documents import Fields
from indexer.model.records import Record

_FIRST, _LAST = DATES


def change_of(record: Record, fields: Fields) -> Change | None:
    """The last change of a record of which these fields were made.

    None for a document of another index with but one of the two dates, or one that is no date: it is left as it is.
    """
    if _FIRST in fields or _LAST in fields:
        own = own_dates(fields)
        return Change(own=own) if own is not None else None
    raw = _marc(record, fields)
    if raw is not None:
        from indexer.formats.marc import changed  # other formats do without the package

        return Change(changed.last_change(raw))
    told = record.header.datestamp if record.header is not None else None
    return Change((seconds_of(told) if told else None) or 0, later_only=True)


def _marc(record: Record, fields: Fields) -> bytes | None:
    """The MARC record that the document was made of, or holds."""
    if record.format == "marc":
        return record.raw
    held = fields.get("fullrecord")
    return held.encode() if fields.get("record_format") == "marc" and isinstance(held, str) else None
