"""Reads an answer of OAI-PMH 2.0 as far as a harvester must: whether it is whole, what it says, and what to ask next.

The records are left to sources/oai.py, which reads the same bytes later. So an answer is cut with its splitter too: a
page with a record that is no XML is a page, and costs that record. Memory holds one record at a time, and no entity is
ever resolved.

No client library is used for it. sickle has had no release since 2020. oaipmh-scythe (looked at in version 0.16) is
kept, but hands out a page only after it was parsed whole, with a parser that mends what it can: a page that was cut off
looks like the last one of its list. Neither goes on with a resumption token that another process got, nor bounds the
size of an answer.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from indexer.model.errors import SourceError, TransientError
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
_UNSURE = frozenset({b"responseDate", b"error", b"granularity", b"deletedRecord"})
_UNREADABLE = "its resumptionToken cannot be read"
_TOKEN = re.compile(rb"<(?:[^\s<>/:]+:)?resumptionToken(?:\s[^<>]*)?(?:/>|(?<!/)>([^<]*)</[^\s<>]*resumptionToken)")
_LIST_SIZE = re.compile(rb"""\scompleteListSize\s*=\s*["']\s*(\d{1,15})\s*["']""")
_EXPIRES = re.compile(rb"""\sexpirationDate\s*=\s*["']([^"']*)["']""")
_IDENTIFIER = re.compile(rb"<(?:[^\s<>/:]+:)?identifier(?:\s[^<>]*)?>([^<]+)<")
_HEADER_SIZE = 8192  # bytes from the start of a record in which its identifier is looked for


@dataclass(frozen=True, slots=True)
class Answer:
    """`date` is the server's, None where it does not say one. `error` is the code of section 3.6, "" where there is
    none, and `words` what the server says to it. `granularity` and `deleted` are those of Identify (section 4.2), ""
    in other answers.

    `token` is what the rest of the list is asked for with, "" at its end; `ends`: the list is closed by an empty token,
    as section 3.5 has it. `size` is how long the whole list is said to be, `expires` when the token is said to.

    `records` is how many there are, `others` how many elements between them that are nothing the protocol knows. `ids`
    has a number for each record, equal for equal identifiers; `digest` is equal for pages with the very same records.
    `behind`: records stand behind the token, so that it does not show that all of them came.
    """

    date: datetime | None
    error: str = ""
    words: str = ""
    token: str = ""
    ends: bool = False
    size: int | None = None
    expires: datetime | None = None
    records: int = 0
    others: int = 0
    ids: list[int] = field(default_factory=list, compare=False)
    digest: bytes = field(default=b"", compare=False)
    granularity: str = ""
    deleted: str = ""
    behind: bool = False


class NotAnAnswer(TransientError):
    """What came is no whole answer of the protocol: a page for people, or one that was cut off. `partial` is what can
    be read of it, where that are records.
    """

    def __init__(self, message: str, *, advice: str = "", partial: Answer | None = None) -> None:
        super().__init__(message, advice=advice)
        self.partial = partial


class BrokenOff(NotAnAnswer):
    """The connection ended before the answer did."""


class Unwell(TransientError):
    """The server answered with a status that may pass."""


class Refused(SourceError):
    """The server answered with a status that does not pass, and asks for no credentials."""


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


@dataclass(slots=True)
class _Page:
    """What was found on the way through an answer."""

    leaves: dict[bytes, tuple[Tag, bytes]] = field(default_factory=dict)
    verb: bytes = b""
    ended: bool = False
    problem: str = ""
    records: int = 0
    others: int = 0
    behind: bool = False
    ids: list[int] = field(default_factory=list)
    digest: hashlib.blake2b = field(default_factory=lambda: hashlib.blake2b(digest_size=16))


def _read(window: Window) -> Answer:
    kind = detect(window.fill(HEAD), whole=window.ended, name="", format=None)
    if kind.container != "oai":
        raise window.error or NotAnAnswer(f"this is not an answer of OAI-PMH: {kind.problem or kind.container}")
    page = _Page()
    scanner = Scanner(window, RECORD_START, nests="others")
    for tag in scanner.tags():
        _look_at(tag, scanner, page)
    problem = page.problem or (window.error.reason if window.error is not None else "")
    if not problem and not page.ended:
        problem = "the answer is cut off: it has no end tag </OAI-PMH>"
    if not problem and not page.verb and b"error" not in page.leaves and not page.records:
        problem = "the answer holds neither what was asked for nor an error"
    if problem and not page.records:
        raise NotAnAnswer(problem)
    try:
        found = _answer(page)
    except NotAnAnswer as error:
        problem = problem or error.message
        page.leaves.pop(b"resumptionToken", None)
        found = _answer(page)
    if problem:
        raise NotAnAnswer(problem, partial=found if page.records else None)
    return found


def _look_at(tag: Tag, scanner: Scanner, page: _Page) -> None:
    if tag.closing:
        page.ended = page.ended or (tag.local == b"OAI-PMH" and tag.raw.endswith(b">"))
    elif tag.local == b"record":
        page.records += 1
        page.behind = b"resumptionToken" in page.leaves
        piece = scanner.element(tag)
        if piece is None:
            return
        page.digest.update(piece.raw)
        page.ids.append(_number(piece.raw))
        if piece.problem and b"resumptionToken" in piece.raw:
            try:
                page.leaves |= _taken_along(piece.raw)
            except NotAnAnswer as error:
                page.problem = error.message
    elif tag.local in _VERBS:
        page.verb = tag.local
    elif tag.local in _LEAVES and not (tag.local in page.leaves and page.leaves[tag.local][1].strip()):
        piece = scanner.element(tag)
        if piece is not None and not piece.problem:
            page.leaves[tag.local] = tag, piece.raw[len(tag.raw) : max(piece.raw.rfind(b"</"), 0)]
        elif tag.local == b"resumptionToken":
            page.problem = _UNREADABLE
    elif page.verb == b"ListRecords" and not page.ended:
        page.others += 1


def _number(record: bytes) -> int:
    """One for the identifier of a record, or for the record where none can be found in it."""
    match = _IDENTIFIER.search(record, 0, _HEADER_SIZE)
    what = match.group(1).strip() if match else record
    return int.from_bytes(hashlib.blake2b(what, digest_size=8).digest())


def _taken_along(broken: bytes) -> dict[bytes, tuple[Tag, bytes]]:
    """The resumption token that a record without an end has taken along: without it the list would seem to be over."""
    match = next(reversed(list(_TOKEN.finditer(broken))), None)
    tag = start_tag(match.group()) if match is not None else None
    if match is None or tag is None:
        raise NotAnAnswer(_UNREADABLE)
    return {b"resumptionToken": (tag, match.group(1) or b"")}


def _answer(page: _Page) -> Answer:
    said = {name: _text(content, name) for name, (_, content) in page.leaves.items() if name not in _UNSURE}
    said |= {name: _shown(content) for name, (_, content) in page.leaves.items() if name in _UNSURE}
    error = ""
    if b"error" in page.leaves:
        code = ERROR_CODE.search(page.leaves[b"error"][0].raw)
        error = show(code.group(1)) if code else "without a code"
    token = page.leaves[b"resumptionToken"][0].raw if b"resumptionToken" in page.leaves else b""
    size = _LIST_SIZE.search(token)
    expires = _EXPIRES.search(token)
    return Answer(
        date=_date(said.get(b"responseDate", "")),
        error=error,
        words=said.get(b"error", ""),
        token=said.get(b"resumptionToken", ""),
        ends=bool(token) and not said[b"resumptionToken"],
        size=int(size.group(1)) if size else None,
        expires=_date(_shown(expires.group(1))) if expires else None,
        records=page.records,
        others=page.others,
        ids=page.ids,
        digest=page.digest.digest(),
        granularity=said.get(b"granularity", ""),
        deleted=said.get(b"deletedRecord", ""),
        behind=page.behind,
    )


def _date(said: str) -> datetime | None:
    """In UTC, which the protocol has it in; some servers write another offset, or none. None for what is no date."""
    try:
        date = datetime.fromisoformat(said)
        date = (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return date if date >= FIRST else None


def _shown(content: bytes) -> str:
    """The text of an element without which the harvest can do, whatever is wrong with it."""
    try:
        return text(content)
    except ValueError:
        return show(content.strip(), 300)


def _text(content: bytes, name: bytes) -> str:
    try:
        return text(content)
    except ValueError as error:
        raise NotAnAnswer(f"its {name.decode()}: {error}") from None
