"""Split XML into its records on the level of bytes: nothing is parsed, resolved or expanded.

A well-formed document is split exactly as a parser would: a tag in a comment, a CDATA section, a processing
instruction or the DOCTYPE is no tag. Where a record is broken, the splitter goes on at the next record's start tag.
"""

import functools
import re
import sys
from collections.abc import Iterator, Mapping
from html.entities import html5
from typing import Literal, NamedTuple

from indexer.sources.window import KEPT_OF_OVERSIZED, Window

TAG_LIMIT = 1 << 20  # bytes of one tag with its attributes
SECTION_LIMIT = 1 << 20  # bytes of a comment or CDATA section in a record; one that is longer is none
DEPTH_LIMIT = 100  # of records in records
MARGIN = 4096  # bytes: what a record's start pattern may span

_SKIPPED = (
    ("comment", b"<!--", b"-->"),
    ("CDATA section", b"<![CDATA[", b"]]>"),
    ("processing instruction", b"<?", b"?>"),
)
_DOCTYPE = ("DOCTYPE", b"<!DOCTYPE", b"")
_MARKUP = re.compile(rb"<(?:(!|\?)|(/?)([^\s/>!?<=\"'&]+))")
# No tag holds a `<`, not even in quotes: where one stands in it the tag is broken, and the next begins.
_REST_OF_TAG = re.compile(rb"""[^<>"']*(?:(?:"[^<"]*"|'[^<']*')[^<>"']*)*(?:(>)|[^<]*)""")
_DOCTYPE_TOKEN = re.compile(rb"""["'\[\]>]|<!--|<\?|<""")
_XMLNS = re.compile(rb"""\sxmlns(?::([^\s=:]+))?\s*=\s*("[^"]*"|'[^']*')""")
_UNPREFIXED = re.compile(rb"<[^\s<>/:!?]+[\s/>]")
_ENTITY = re.compile(rb"&(#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z_:][\w.:-]{0,60});")
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_BLANK = b" \t\r\n\0\x1a\xef\xbb\xbf"  # and byte-order marks, of files that were put together
_COMMENT_OR_CDATA = re.compile(rb"<!--|<!\[CDATA\[")


Nests = Literal["no", "others", "records"]


class Tag(NamedTuple):
    """One tag: `name` as written (with its prefix), `raw` from `<` to `>`, `offset` in the stream.

    A broken one is given as an empty element and goes up to the next `<`.
    """

    name: bytes
    closing: bool
    empty: bool
    raw: bytes
    offset: int
    broken: bool = False

    @property
    def local(self) -> bytes:
        """The name without its prefix."""
        return self.name.rpartition(b":")[2]


class Piece(NamedTuple):
    """One element: `problem` says in words why it is not whole, "" when it is."""

    raw: bytes
    offset: int
    problem: str = ""


class Broken(Exception):
    """The element has no end before the record that starts at `at`."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at


def end_of(data: bytes, body: int, name: bytes, breaks: re.Pattern[bytes] | None, *, final: bool) -> int:
    """Return the index behind the end tag of the element whose content starts at `body`, -1 if it is not in `data`.

    The common case is one search for the name; only content with `!`, `?` or the name in other places is walked
    through. `final`: `data` holds all there is. `breaks` matches a start tag of this name that cannot be in the
    element, which raises Broken.
    """
    at = data.find(name, body)
    if at < 0:
        return -1
    if data[at - 2 : at + len(name) + 1] != b"</" + name + b">":
        start = data.find(b"<" + name, body)
        at = data.find(b"</" + name + b">", body, start if start >= 0 else len(data)) + 2
        if at < 2:
            return _walk(data, body, name, breaks, final=final)
    # One byte is searched for much faster than two, and is mostly not there.
    if (data.find(b"!", body, at) >= 0 and data.find(b"<!", body, at) >= 0) or (
        data.find(b"?", body, at) >= 0 and data.find(b"<?", body, at) >= 0
    ):
        return _walk(data, body, name, breaks, final=final)
    return at + len(name) + 1


def _walk(data: bytes, body: int, name: bytes, breaks: re.Pattern[bytes] | None, *, final: bool) -> int:
    """What has a start and no end in its place (a tag, a comment) is text, so that it costs no other record."""
    token = re.compile(rb"<!--|<!\[CDATA\[|<\?|<(/?)" + re.escape(name) + rb"(?=[\s/>])")
    sections = {opening: _Section(closing) for _, opening, closing in _SKIPPED}
    depth = 1
    at = body
    while match := token.search(data, at):
        section = sections.get(match.group())
        if section is not None:
            at = section.end(data, match.end(), SECTION_LIMIT)
            if at < 0 and not final and len(data) - match.end() < SECTION_LIMIT:
                return -1
            at = at if at >= 0 else match.end()
            continue
        tag = _rest_of_tag(data, match.end())
        if tag.end() == len(data) and not tag.group(1) and not final:
            return -1
        at = tag.end()
        if match.group(1):
            depth -= 1
            if depth == 0:
                return at
        else:
            if not final and len(data) - match.start() < MARGIN:
                return -1
            if depth == DEPTH_LIMIT or (breaks is not None and breaks.match(data, match.start())):
                # it may have run over a record of another name before
                earlier = breaks.search(data, body, match.start()) if breaks is not None else None
                raise Broken(earlier.start() if earlier else match.start())
            depth += tag.group(1) is not None and data[at - 2] != 0x2F
    return -1


def _rest_of_tag(data: bytes, at: int) -> re.Match[bytes]:
    """The rest of a tag behind its name; without a group the tag is broken, or has no end in `data`."""
    match = _REST_OF_TAG.match(data, at)
    assert match is not None  # noqa: S101 - it matches the empty string
    return match


class _Section:
    """Looks for what closes a comment, a CDATA section or a processing instruction, over no byte twice."""

    def __init__(self, closing: bytes) -> None:
        self._closing = closing
        self._seen = 0  # no closing one begins before

    def end(self, data: bytes, start: int, limit: int) -> int:
        """Return the index behind the closing mark of a section whose content starts at `start`; -1: there is none."""
        found = data.find(self._closing, max(start, self._seen), start + limit)
        if found >= 0:
            return found + len(self._closing)
        self._seen = max(self._seen, min(len(data), start + limit) - len(self._closing) + 1)
        return -1


class Scanner:
    """Walks over the tags of a stream; the caller says which of them start a record and takes those whole.

    `restart` matches the start tag of a record, where the reading goes on after a broken one; it may look at up to
    MARGIN bytes. `nests`: whether a record may hold elements of its own name: "no", "others" that `restart` does not
    match, or "records".

    `loose` is the text right before the last tag, or at the end, that is in no element of its own: a well-formed dump
    has none, but servers append what went wrong to what they had sent.
    """

    def __init__(self, window: Window, restart: re.Pattern[bytes], *, nests: Nests = "no") -> None:
        self.window = window
        self.root: Tag | None = None
        self.unclosed = ""
        self.loose: Piece | None = None
        self._leaf = b""  # the element that the last tag has opened
        self._restart = restart
        self._breaks = None if nests == "records" else restart
        self._nests = nests != "no"
        self._seen: dict[bytes, int] = {}  # what closes a section -> stream offset before which no further one begins

    def tags(self) -> Iterator[Tag]:
        """Give tag after tag, up to the end; an element that the caller takes by `element` counts as one."""
        window = self.window
        while (tag := self._next_tag()) is not None:
            if not tag.closing and not tag.empty and self.root is None:
                self.root = tag
            if self.loose is not None and tag.closing and tag.name == self._leaf:
                self.loose = None
            yield tag
            self._leaf = b""
            if window.offset == tag.offset:
                if not tag.closing and not tag.empty:
                    self._leaf = tag.name
                window.pos += len(tag.raw)
                if tag.closing and self.root is not None and tag.name == self.root.name:
                    self.root = None

    def element(self, tag: Tag) -> Piece | None:
        """Take the element that starts with `tag`, the one just given. None: the stream itself ended in it, early."""
        window = self.window
        if self.root is tag:
            self.root = None
        window.fill(MARGIN)
        start, body = window.offset, len(tag.raw)
        if tag.broken:
            return self._rest(start, body, f"has a broken tag <{show(tag.name)}")
        other = self._breaks if self._breaks and not self._breaks.match(window.data, window.pos) else None
        while not tag.empty:
            try:
                end = end_of(window.data, window.pos + body, tag.name, self._breaks, final=window.ended)
                if other and (record := other.search(window.data, window.pos + body, end if end >= 0 else sys.maxsize)):
                    raise Broken(record.start())  # what is no record by its name, and holds one
            except Broken as broken:
                raw = window.data[window.pos : broken.at]
                window.pos = broken.at
                return self._bounded(Piece(raw, start, f"has no end tag </{show(tag.name)}>"))
            if end >= 0:
                body = end - window.pos
                break
            if window.held > window.limit:
                return self._oversized(tag, start)
            if window.ended:
                if window.error is not None:
                    return None
                return self._rest(start, len(tag.raw), f"has no end tag </{show(tag.name)}>")
            window.more()  # once it is known that there is no more, what is there is looked at in this light
        raw = window.data[window.pos : window.pos + body]
        window.pos += body
        return self._bounded(Piece(raw, start))

    def is_foreign(self, tag: Tag, root: bytes) -> bool:
        """Whether this tag begins what is no part of a file with this root: a page for people, or another document."""
        if tag.closing:
            return False
        return tag.local.lower() == b"html" or (tag is self.root and tag.name != root)

    def stray(self, tag: Tag) -> Piece | None:
        """Take what stands between two records and belongs to none, from `tag`, the one just given, on."""
        return self._rest(tag.offset, len(tag.raw), f"<{show(tag.raw[1:-1])}> is in no record")

    def _rest(self, start: int, skip: int, problem: str) -> Piece | None:
        """Take all up to the next record, or to the end of the root or of the stream."""
        window = self.window
        while True:
            ending = self._boundary(skip)
            if ending is not None:
                break
            if window.held > window.limit:
                return self._drop(start, problem)
            if window.ended:
                if window.error is not None:
                    return None
                ending = window.held
                break
            window.more()
        raw = window.data[window.pos : window.pos + ending]
        window.pos += ending
        return self._bounded(Piece(raw, start, problem))

    def _boundary(self, skip: int) -> int | None:
        """Where, counted from `pos`, the next record starts or the root ends; None: not in what has been read."""
        window = self.window
        end = window.data.find(b"</" + self.root.name, window.pos + skip) if self.root is not None else -1
        match = self._restart.search(window.data, window.pos + skip, end if end >= 0 else sys.maxsize)
        if match is not None:
            end = match.start()
        if end < 0 or (not window.ended and len(window.data) - end < MARGIN):
            return None
        return end - window.pos

    def _oversized(self, tag: Tag, start: int) -> Piece:
        return self._drop(start, f"is larger than {self.window.limit >> 20} MiB", tag)

    def _drop(self, start: int, problem: str, tag: Tag | None = None) -> Piece:
        """Give the beginning of something too large and drop the rest, up to its end or the next record."""
        window = self.window
        raw = window.data[window.pos : window.pos + KEPT_OF_OVERSIZED]
        close = b"</" + tag.name + b">" if tag is not None and not self._nests else None
        skip = len(tag.raw) if tag is not None else 1
        while True:
            ending = self._boundary(skip)
            closed = window.data.find(close, window.pos + skip) if close else -1
            if close and closed >= 0 and (ending is None or closed < window.pos + ending):
                record = self._restart.search(window.data, window.pos + skip, closed)  # the end may be the next one's
                window.pos = record.start() if record else closed + len(close)
                break
            if ending is not None:
                window.pos += ending
                break
            if window.ended:
                window.pos = len(window.data)
                break
            window.pos = max(window.pos + skip, len(window.data) - MARGIN)
            skip = 0
            window.more()
        return Piece(raw, start, f"{problem}: only its beginning is kept")

    def _bounded(self, piece: Piece) -> Piece:
        if len(piece.raw) <= self.window.limit:
            return piece
        problem = f"is larger than {self.window.limit >> 20} MiB: only its beginning is kept"
        return Piece(piece.raw[:KEPT_OF_OVERSIZED], piece.offset, problem)

    def _next_tag(self) -> Tag | None:
        window = self.window
        self.loose = None
        while True:
            match = _MARKUP.search(window.data, window.pos)
            if match is None:
                self._pass(max(window.pos, len(window.data) - 2))
                if not window.more():
                    self._pass(len(window.data))
                    return None
                continue
            if match.start() > window.pos:
                self._pass(match.start())
            if match.group(1):
                if not self._skip_markup():
                    return None
                continue
            tag = self._whole_tag(match)
            if tag is not None:
                return tag

    def _pass(self, end: int) -> None:
        """Go on to `end`. Text on the way is loose, from its first character that is not blank on."""
        window = self.window
        text = window.data[window.pos : end]
        if self.loose is None:
            text = text.lstrip(_BLANK)
            if text:
                self.loose = Piece(text[:KEPT_OF_OVERSIZED], window.base + end - len(text))
        elif len(self.loose.raw) < KEPT_OF_OVERSIZED:
            self.loose = Piece(self.loose.raw + text[:KEPT_OF_OVERSIZED], self.loose.offset)
        window.pos = end

    def _whole_tag(self, match: re.Match[bytes]) -> Tag | None:
        """The tag at `pos`; None where more was read: it is to be looked at again."""
        window = self.window
        rest = _rest_of_tag(window.data, match.end())
        if rest.end() == len(window.data) and not rest.group(1) and window.held <= TAG_LIMIT and window.more():
            return None
        raw = window.data[window.pos : rest.end()]
        broken = rest.group(1) is None
        return Tag(match.group(3), bool(match.group(2)), broken or raw.endswith(b"/>"), raw, window.offset, broken)

    def _skip_markup(self) -> bool:
        """Skip the comment, CDATA section, processing instruction or DOCTYPE at `pos`. False: the stream ended in it.

        Of one that never ends only the mark that opens it is skipped.
        """
        window = self.window
        head = window.fill(9)
        name, opening, closing = next((kind for kind in _SKIPPED if head.startswith(kind[1])), _DOCTYPE)
        if not head.startswith(opening):
            window.pos += 2
            return True
        while closing or not self.unclosed:
            content = window.pos + len(opening)
            if closing:
                found = window.data.find(closing, max(content, self._seen.get(closing, 0) - window.base))
            else:
                found = _end_of_doctype(window.data, content)
            if found >= 0:
                window.pos = found + len(closing)
                return True
            self._seen[closing] = window.base + len(window.data) - len(closing) + 1
            if window.held > window.limit or not window.more():
                break
        if window.error is not None:
            return False
        self.unclosed = self.unclosed or f"the {name} that begins at byte {window.offset:,} never ends"
        window.pos += len(opening)
        return True


def _end_of_doctype(data: bytes, at: int) -> int:
    """The index behind a DOCTYPE with its internal subset, which is never read (XML 1.0 section 2.8); -1: not here.

    Outside of the subset no tag can stand in it: at one it ends, so that a broken one takes none along.
    """
    depth = 0
    while match := _DOCTYPE_TOKEN.search(data, at):
        token = match.group()
        at = match.end()
        if depth == 0 and token in (b">", b"<"):
            return at if token == b">" else match.start()
        closing = {b"<!--": b"-->", b"<?": b"?>", b'"': b'"', b"'": b"'"}.get(token)
        if closing is not None:
            found = data.find(closing, at)
            if found < 0:
                return -1
            at = found + len(closing)
        elif token in (b"[", b"]"):
            depth += 1 if token == b"[" else -1
    return -1


@functools.lru_cache(maxsize=64)  # the tags of one dump are nearly always the same
def namespaces(tag: bytes) -> Mapping[bytes, bytes]:
    """The namespaces that a start tag declares: prefix (b"" for the default one) -> its value with its quotes."""
    return dict(_XMLNS.findall(tag))


def namespace(name: bytes, declared: Mapping[bytes, bytes]) -> bytes:
    """The namespace of an element of this qualified name, b"" for none."""
    return declared.get(name.rpartition(b":")[0], b'""')[1:-1].strip()


def declare(raw: bytes, tag: bytes, inherited: Mapping[bytes, bytes]) -> bytes:
    """Put the namespaces that `raw` has from its ancestors on its root, whose start tag is `tag`.

    Only those are added that it uses and does not declare itself, so that a record that is complete stays as it is.
    """
    own = namespaces(tag)
    added = b""
    for prefix, value in inherited.items():
        if prefix in own:
            continue
        if prefix:
            if prefix + b":" in raw:
                added += b" xmlns:" + prefix + b"=" + value
        elif _UNPREFIXED.search(raw):
            added += b" xmlns=" + value
    if not added:
        return raw
    at = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return raw[:at].rstrip() + added + raw[at:]


def start_tag(raw: bytes, at: int = 0) -> Tag | None:
    """The first tag of `raw` from `at` on, if it is a start tag."""
    scanner = Scanner(Window([raw[at:] if at else raw], offset=at), NOTHING)
    tag = next(scanner.tags(), None)
    return tag if tag is not None and not tag.closing else None


def text(content: bytes) -> str:
    """The characters of an element's content that holds no elements: references resolved, trimmed. An ampersand that
    begins no reference is one: servers write the parameters of an address into a resumption token as they are.

    Raises ValueError (UnicodeDecodeError is one) for what is not UTF-8, or an entity that neither XML nor HTML has.
    """
    if b"<!" in content:
        content = b"".join(_unmarked(content))
    if b"&" in content:
        content = _ENTITY.sub(_resolve, content)
    return content.decode().strip(" \t\r\n")


def _unmarked(content: bytes) -> Iterator[bytes]:
    """The pieces of a text without its comments, and with what stands in CDATA sections. What never ends stays."""
    sections = {opening: _Section(closing) for _, opening, closing in _SKIPPED}
    kept = at = 0
    while match := _COMMENT_OR_CDATA.search(content, at):
        at = match.end()
        end = sections[match.group()].end(content, at, len(content))
        if end < 0:
            continue
        yield content[kept : match.start()]
        if match.group() == b"<![CDATA[":
            yield content[at : end - len(b"]]>")].replace(b"&", b"&amp;")
        kept = at = end
    yield content[kept:]


def _resolve(match: re.Match[bytes]) -> bytes:
    name = match.group(1)
    if name in _NAMED:
        return _NAMED[name]
    if character := html5.get(name.decode("utf-8", "replace") + ";"):
        return character.encode()
    if not name.startswith(b"#"):
        raise ValueError(f"the entity &{show(name)}; is not defined")
    hexadecimal = name[1:2] in b"xX"
    digits = name[2:] if hexadecimal else name[1:]
    code = int(digits, 16 if hexadecimal else 10) if len(digits) < 100 else sys.maxsize
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise ValueError(f"&{show(name)}; is not a character")
    return chr(code).encode()


def show(name: bytes, size: int = 60) -> str:
    """Bytes of a file as they may stand in a message: short, printable."""
    shown = name[:size].decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown) + ("..." if len(name) > size else "")


NOTHING = re.compile(rb"(?!)")
