"""Reads an answer of OAI-PMH 2.0 as far as a harvester must: whether it is whole, what it says, and what to ask next.

The records are left to sources/oai.py, which reads the same bytes later. So an answer is cut with its splitter too: a
page with a record that is no XML is a page, and costs that record. Memory holds one record at a time, and no entity is
ever resolved.

No client library is used for it. sickle has had no release since 2020. oaipmh-scythe (looked at in version 0.16) is
kept, but hands out a page only after it was parsed whole, with a parser that mends what it can: a page that was cut off
looks like the last one of its list. Neither goes on with a resumption token that another process got, nor bounds the
size of an answer.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from indexer.errors import TransientError
from indexer.sources.detect import HEAD, detect
from indexer.sources.encoding import as_utf8
from indexer.sources.files import Meter, chunks
from indexer.sources.oai import ERROR_CODE, RECORD_START
from indexer.sources.unpack import unpacked
from indexer.sources.window import Stream, StreamError, Window
from indexer.sources.xml import Scanner, Tag, show, start_tag, text

FIRST = datetime(2001, 1, 1, tzinfo=UTC)  # the protocol is younger
_VERBS = (b"ListRecords", b"Identify")
_LEAVES = (b"responseDate", b"error", b"resumptionToken", b"granularity", b"deletedRecord")
_UNREADABLE = "its resumptionToken cannot be read"
_TOKEN = re.compile(rb"<(?:[^\s<>/:]+:)?resumptionToken(?:\s[^<>]*)?(?:/>|(?<!/)>([^<]*)</[^\s<>]*resumptionToken)")
_LIST_SIZE = re.compile(rb"""\scompleteListSize\s*=\s*["']\s*(\d{1,15})\s*["']""")


class NotAnAnswer(TransientError):
    """What came is no whole answer of the protocol: a page for people, or one that was cut off."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`error` is the code of section 3.6, "" where there is none, and `words` what the server says to it. `token` is
    what the rest of the list is asked for with, "" at its end; `size` how long the whole list is said to be.
    `granularity` and `deleted` are those of Identify (section 4.2), "" in other answers.
    """

    date: datetime
    error: str = ""
    words: str = ""
    token: str = ""
    size: int | None = None
    records: int = 0
    granularity: str = ""
    deleted: str = ""


def read(path: str) -> Answer:
    """The answer in this file, which may be compressed. Raises NotAnAnswer."""
    meter = Meter()
    member = next(unpacked(path, Stream(chunks(path, meter)), meter))
    try:
        if member.error is not None:
            raise member.error
        utf8, _, _ = as_utf8(member.stream)
        return _read(Window(utf8))
    except StreamError as error:
        raise NotAnAnswer(error.reason) from None


def _read(window: Window) -> Answer:
    kind = detect(window.fill(HEAD), whole=window.ended, name="", format=None)
    if kind.container != "oai":
        raise window.error or NotAnAnswer(f"this is no answer of OAI-PMH: {kind.problem or kind.container}")
    scanner = Scanner(window, RECORD_START, nests="others")
    found: dict[bytes, tuple[Tag, bytes]] = {}
    verb = b""
    records = 0
    ended = False
    for tag in scanner.tags():
        if tag.closing:
            ended = ended or (tag.local == b"OAI-PMH" and tag.raw.endswith(b">"))
            continue
        if tag.local == b"record":
            records += 1
            piece = scanner.element(tag)
            if piece is not None and piece.problem and b"resumptionToken" in piece.raw:
                found |= _taken_along(piece.raw)
        elif tag.local in _VERBS:
            verb = tag.local
        elif tag.local in _LEAVES and tag.local not in found:
            piece = scanner.element(tag)
            if piece is not None and not piece.problem:
                found[tag.local] = tag, piece.raw[len(tag.raw) : max(piece.raw.rfind(b"</"), 0)]
            elif tag.local == b"resumptionToken":
                raise NotAnAnswer(_UNREADABLE)
    if window.error is not None:
        raise window.error
    if not ended:
        raise NotAnAnswer("the answer is cut off: it has no end tag </OAI-PMH>")
    if not verb and b"error" not in found:
        raise NotAnAnswer("the answer holds neither what was asked for nor an error")
    return _answer(found, records)


def _taken_along(broken: bytes) -> dict[bytes, tuple[Tag, bytes]]:
    """The resumption token that a record without an end has taken along: without it the list would seem to be over."""
    match = next(reversed(list(_TOKEN.finditer(broken))), None)
    tag = start_tag(match.group()) if match is not None else None
    if match is None or tag is None:
        raise NotAnAnswer(_UNREADABLE)
    return {b"resumptionToken": (tag, match.group(1) or b"")}


def _answer(found: dict[bytes, tuple[Tag, bytes]], records: int) -> Answer:
    said = {name: _text(content, name) for name, (_, content) in found.items()}
    date = _date(said.get(b"responseDate", ""))
    error = ""
    if b"error" in found:
        code = ERROR_CODE.search(found[b"error"][0].raw)
        error = show(code.group(1)) if code else "without a code"
    size = _LIST_SIZE.search(found[b"resumptionToken"][0].raw) if b"resumptionToken" in found else None
    return Answer(
        date=date,
        error=error,
        words=said.get(b"error", ""),
        token=said.get(b"resumptionToken", ""),
        size=int(size.group(1)) if size else None,
        records=records,
        granularity=said.get(b"granularity", ""),
        deleted=said.get(b"deletedRecord", ""),
    )


def _date(said: str) -> datetime:
    """In UTC, which the protocol has it in; some servers write another offset, or none."""
    try:
        date = datetime.fromisoformat(said)
        date = (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        date = None
    if date is None or date < FIRST:
        raise NotAnAnswer(f"its responseDate is {said[:40]!r}")
    return date


def _text(content: bytes, name: bytes) -> str:
    try:
        return text(content)
    except ValueError as error:
        raise NotAnAnswer(f"its {name.decode()}: {error}") from None
