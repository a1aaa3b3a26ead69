"""The date of a MARC record's last change, without parsing the record."""

import re
from datetime import UTC, datetime

from indexer.formats.marc import iso2709

_XML = rb"""<(?:[^\s<>/:]+:)?controlfield\s[^<>]*?\btag\s*=\s*["']%s["'][^<>]*>([^<]*)<"""
_JSON = rb'"%s"\s*:\s*"([^"\\]*)"'
_ALSO = {b"005": b"(?:00)?5", b"008": b"(?:00)?8"}  # a tag that was taken for a number
_IN_XML = {tag: re.compile(_XML % also) for tag, also in _ALSO.items()}
_IN_JSON = {tag: re.compile(_JSON % also) for tag, also in _ALSO.items()}


def last_change(raw: bytes) -> int:
    """Seconds since 1970: 005 (yyyymmddhhmmss.f), read as UTC, or where there is none the date in 008/00-05 (yymmdd,
    of 1969 to 2068). 0 where there is neither, or what there is is no date.
    """
    stamp = _control_field(raw, b"005")
    if stamp is not None:
        return _seconds(stamp.strip()[:14])
    entered = (_control_field(raw, b"008") or b"")[:6]
    return _seconds((b"19" if entered >= b"69" else b"20") + entered + b"000000")


def _control_field(raw: bytes, tag: bytes) -> bytes | None:
    if first := iso2709.written_in(raw):
        found = (_IN_XML if first == b"<" else _IN_JSON)[tag].search(raw)
        return found[1] if found is not None else None
    at = iso2709.leader_at(raw) + iso2709.LEADER
    base = raw.find(iso2709.FIELD_END, at) + 1
    for entry in range(at, base - iso2709.ENTRY, iso2709.ENTRY):
        if raw[entry : entry + 3] == tag and raw[entry + 7 : entry + 12].isdigit():
            start = base + int(raw[entry + 7 : entry + 12])
            return raw[start : max(raw.find(iso2709.FIELD_END, start), start)]
    return None


def _seconds(digits: bytes) -> int:
    if len(digits) != 14 or not digits.isdigit():
        return 0
    try:
        moment = datetime(
            int(digits[:4]),
            int(digits[4:6]),
            int(digits[6:8]),
            int(digits[8:10]),
            int(digits[10:12]),
            int(digits[12:]),
            tzinfo=UTC,
        )
    except ValueError:
        return 0
    return int(moment.timestamp())
