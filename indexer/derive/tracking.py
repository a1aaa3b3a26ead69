"""first_indexed and last_indexed: when a document first came into the index, and when a changed version last did.

The rule is VuFind's (docs/fields.md, "When a record was indexed"): whether a version is a changed one, the date of its
record's last change says, and nothing else. Pure: the caller says what is known and what time it is.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from indexer.model.documents import Fields

#: The fields; they are no part of what a record is made into, and documents are compared without them.
DATES = ("first_indexed", "last_indexed")


@dataclass(frozen=True, slots=True)
class Change:
    """When a record was last changed, in seconds since 1970 (UTC); 0 where it does not tell.

    `later_only`: an earlier date than the one before is no change (what a harvest says), otherwise any other date is
    (MARC). `own` are the two dates, in seconds, that a document brings along from another index.
    """

    at: int = 0
    later_only: bool = False
    own: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is known of one document, all in seconds since 1970 (UTC).

    `changed` is the date of the record's last change; None where nobody knows it: the document came from another index.
    `deleted` is when the document was deleted, None while it is there.
    """

    first: int
    last: int
    changed: int | None
    deleted: int | None = None


def arrived(known: Tracked | None, change: Change, now: int, *, replayed: bool = False) -> Tracked:
    """What is to be known of a document of which a version is sent at `now`.

    `replayed`: the version may be one of long ago, read again to build an index anew. Then only a later change than the
    last one is a change, and to come after a deletion is none.
    """
    if change.own is not None:
        same = known is not None and known.deleted is None and change.own == (known.first, known.last)
        return known if known is not None and same else Tracked(*change.own, changed=None)
    if known is None:
        return Tracked(now, now, change.at)
    if replayed:
        known = replace(known, deleted=None)
        is_new = known.changed is not None and known.changed < change.at
        return replace(known, last=now, changed=change.at) if is_new else known
    if known.deleted is not None:
        return Tracked(known.first, now, change.at)
    if known.changed is None:
        return replace(known, changed=change.at)
    differs = known.changed < change.at if change.later_only else known.changed != change.at
    return replace(known, last=now, changed=change.at) if differs else known


def shown(seconds: int) -> str:
    """Seconds since 1970 as an index takes them: YYYY-MM-DDThh:mm:ssZ."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def seconds_of(date: str) -> int | None:
    """A date in ISO 8601, with or without a time, as seconds since 1970; without a zone in UTC. None for others."""
    try:
        moment = datetime.fromisoformat(date.strip())
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def own_dates(fields: Fields) -> tuple[int, int] | None:
    """The dates that a document brings along; None unless it has both."""
    first, last = (seconds_of(value) if isinstance(value := fields.get(name), str) else None for name in DATES)
    return (first, last) if first is not None and last is not None else None
