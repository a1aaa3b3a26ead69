"""Where JSON values end, on the level of bytes (RFC 8259): brackets and strings are told apart, nothing is parsed."""

import re
from collections.abc import Iterator

DEPTH_LIMIT = 30  # brackets in brackets; no record nests so deep

FIRST_KEY = re.compile(rb'\{[ \t\r\n]*"([^"\\]*)"[ \t\r\n]*:[ \t\r\n]*')
KEY = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"[ \t\r\n]*:[ \t\r\n]*', re.S)
_BLANK = re.compile(rb"[ \t\r\n]*")
_SCALAR = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[^"{}\[\],: \t\r\n]+', re.S)
# All that is no bracket, whole strings included, up to a number of them. Python before 3.11.5 gets possessive groups
# (`(...)*+`) wrong, so what must not go back is written so that it has no other way.
_FLAT = re.compile(rb'[^{}\[\]"]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^{}\[\]"]*){0,1000}', re.S)
_CLOSES = {0x7D: 0x7B, 0x5D: 0x5B}


class Broken(Exception):
    """Brackets that do not pair, or are too many in each other."""


def value_end(data: bytes, at: int) -> int:
    """Return the index behind the value that starts at `at`; -1: it does not end in `data`. Raises Broken."""
    if data[at] not in b"{[":
        match = _SCALAR.match(data, at)
        if match is None and data[at] != 0x22:
            raise Broken
        return match.end() if match and match.end() < len(data) else -1
    if data[at] == 0x7B and (end := _flat_end(data, at)):
        return end
    opened = bytearray()
    while True:
        before, match = at, _FLAT.match(data, at)
        at = match.end() if match else at
        if at >= len(data) or (data[at] == 0x22 and at == before):
            return -1
        if data[at] == 0x22:
            continue
        bracket = data[at]
        if bracket in b"{[":
            opened.append(bracket)
            if len(opened) > DEPTH_LIMIT:
                raise Broken
        elif opened.pop() != _CLOSES[bracket]:
            raise Broken
        at += 1
        if not opened:
            return at


def _flat_end(data: bytes, at: int) -> int:
    """Like `value_end`, for an object without objects in it, which needs no walk; 0: this way does not tell.

    A `}` that has an even number of quotes before it is in no string.
    """
    quotes = 0
    start = at + 1
    while True:
        end = data.find(b"}", start)
        if end < 0:
            return -1
        if data.find(b"{", start, end) >= 0:
            return 0
        quotes += data.count(b'"', start, end)
        if data.find(b"\\", start, end) >= 0:
            if data.find(b"\\\\", start, end) >= 0:
                return 0
            quotes -= data.count(b'\\"', start, end)
        if quotes % 2 == 0:
            return end + 1
        start = end + 1


def fields(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give (key, value's bytes) of an object. Raises Broken where it is none."""
    at = blank(raw, 1)
    while at < len(raw) and raw[at] != 0x7D:
        match = KEY.match(raw, at)
        if match is None or match.end() >= len(raw):
            raise Broken
        end = value_end(raw, match.end())
        if end < 0:
            raise Broken
        yield match.group(1), raw[match.end() : end]
        at = blank(raw, end)
        if raw[at : at + 1] == b",":
            at = blank(raw, at + 1)


def blank(data: bytes, at: int) -> int:
    match = _BLANK.match(data, at)
    return match.end() if match else at
