"""Split JSON into its records on the level of bytes; the values are the format's business.

Lines of objects, arrays of objects, objects one after the other, Solr's answers (response.docs) and update messages,
Elasticsearch's and OpenSearch's answers (hits.hits), hits a line ({"_source": ...}), bulk files, and MARC-in-JSON, by
itself or as FOLIO and MongoDB have it.
"""

import codecs
import re
from collections.abc import Generator, Iterator

import orjson

from indexer.model.records import Fault, Header, Record
from indexer.sources import incomplete, marc
from indexer.sources.bulk import ACTIONS, Action, action_of
from indexer.sources.json_syntax import FIRST_KEY, KEY, Broken, blank, fields, value_end
from indexer.sources.record_factory import RecordFactory
from indexer.sources.text import lines
from indexer.sources.window import KEPT_OF_OVERSIZED, Window
from indexer.sources.xml import MARGIN, show

# An object that begins with one of these may be an answer with the documents inside.
ANSWER_KEYS = frozenset(
    b"responseHeader response took timed_out _shards hits _scroll_id pit_id num_reduce_phases aggregations "
    b"debug expanded facet_counts facets grouped highlighting nextCursorMark".split()
)
_LISTS = {b"response": b"docs", b"hits": b"hits"}
_OWN_LISTS = frozenset({b"sourceRecords", b"records"})  # the records right in the answer, as FOLIO has them
_OWN_START = re.compile(
    rb'\{\s*(?:"(?:count|size|total|total_?[cC]ount)"\s*:\s*[0-9]+\s*,\s*)?'
    rb'"(?:(?:sourceRecords|records)"\s*:\s*\[\s*[\{\]]|totalRecords"\s*:)'
)
_COMMANDS = frozenset({b"add", b"delete", b"commit", b"optimize", b"rollback"})
_GLUED = re.compile(rb"\}[ \t\r]*\{")  # objects on one line

# Where the next record seems to begin after a broken one: an object with a key first on its line, or behind another.
_RESTART = re.compile(rb'\n[ \t]*\{\s*"[^"\n]*"[ \t]*:|(?<=\},)[ \t]*\{"')
# A value that is whole and no object, between others.
_SCALAR = re.compile(rb'(?:null|true|false|-?[0-9][\w.+-]*|"[^"\\\n]*")(?=[ \t\r\n]*[,\]])')
# Where one seems to begin behind what is no object at all: not as the value of a key.
_OBJECT = re.compile(rb'(?<!:)(?<!:[ \t\r\n])\{[ \t\r\n]*(?:"[^"\\]*"[ \t\r\n]*:|\})')
# The end of a list, or of one in a record that was cut in two.
_KEY_BEHIND = re.compile(rb'\][ \t\r\n]*,[ \t\r\n]*"')
_WHERE_IT_GOES_ON = "The reading goes on where the next object seems to begin."


def is_lines(head: bytes, whole: bool) -> bool:
    """Whether the first line of `head` (`whole`: there is no more) is an object by itself, and no answer."""
    line, newline, _ = head.partition(b"\n")
    match = FIRST_KEY.match(line)
    if not (newline or whole) or (match and (match.group(1) in ANSWER_KEYS or _OWN_START.match(line))):
        return False
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def json_lines(window: Window, place: RecordFactory) -> Iterator[Record | Fault]:
    """Give the object of each line; of a bulk file the document after its action (`{"index": {"_id": "1"}}`)."""
    pending: Action | None = None
    for offset, raw, whole in _objects(window):
        action = action_of(raw, offset) if whole else None
        if pending is not None and action is not None:
            yield place.reject("is a bulk action without its document", pending.raw, pending.offset)
            pending = None
        if not whole:
            reason = f"is larger than {window.limit >> 20} MiB: only its beginning is kept"
            yield place.reject(reason, raw[:KEPT_OF_OVERSIZED], offset)
        elif not (raw.startswith(b"{") and raw.endswith(b"}")):
            yield place.reject(f"is not a JSON object: begins with '{show(raw, 40)}'", raw, offset)
        elif pending is not None:
            identifier = pending.body.get("_id")
            yield place.record("solr_json", raw, offset, Header(identifier=str(identifier)) if identifier else None)
        elif action is None or not action.followed:
            yield from _item(raw, offset, place)
        pending = action if action is not None and action.followed else None
    if pending is not None and window.error is None:
        yield place.cut_short("the file ends early (a bulk action without its document)")


def _objects(window: Window) -> Iterator[tuple[int, bytes, bool]]:
    """Give (offset, content, whether that is all of it) of each line; of one that holds several objects, of each."""
    for offset, line in lines(window, window.limit):
        raw = line.strip()
        if raw.startswith(codecs.BOM_UTF8):  # of files that were put together
            raw = raw.lstrip(codecs.BOM_UTF8 + b" \t\r")
        if not raw:
            continue
        if len(line) > window.limit:
            yield offset, raw, False
            continue
        at = 0
        while _GLUED.search(raw, at) and (end := _whole_end(raw, at)):
            yield offset + at, raw[at:end], True
            at = blank(raw, end)
        yield offset + at, raw[at:], True


def _whole_end(raw: bytes, at: int) -> int:
    """The index behind the object at `at`, if it is a sound one and another follows; 0 if not."""
    try:
        end = value_end(raw, at)
        behind = blank(raw, end) if end >= 0 else len(raw)
        if raw[behind : behind + 1] != b"{":
            return 0
        orjson.loads(raw[at:end])
    except (Broken, orjson.JSONDecodeError):
        return 0
    return end


def _item(raw: bytes, offset: int, place: RecordFactory) -> Iterator[Record | Fault]:
    """What one object is: a document, a hit with its document, or an update command."""
    match = FIRST_KEY.match(raw)
    first = match.group(1) if match else b""
    wrapped = first in _COMMANDS or first in ACTIONS or b'"_source"' in raw
    if (place.format == "marc" and not wrapped) or marc.is_json(raw):
        yield place.record("marc", raw, offset)
        return
    if not wrapped:
        yield place.record("solr_json", raw, offset)
        return
    try:
        parts = list(fields(raw))
    except Broken:
        yield place.record("solr_json", raw, offset)  # its parser will say what is wrong
        return
    keys = {key for key, _ in parts}
    if b"_source" in keys and all(key[:1] == b"_" or key in (b"sort", b"fields", b"highlight") for key in keys):
        body = dict(parts)
        yield place.record("solr_json", body[b"_source"], offset, _hit_header(body.get(b"_id")))
    elif keys <= _COMMANDS:
        for key, value in parts:
            yield from _command(key, value, raw, offset, place)
    elif keys == {b"update"}:
        yield place.reject("a partial update is not carried out: only whole documents are", raw, offset)
    else:
        yield place.record("solr_json", raw, offset)


def _hit_header(identifier: bytes | None) -> Header | None:
    if identifier is None:
        return None
    try:
        return Header(identifier=str(orjson.loads(identifier)))
    except orjson.JSONDecodeError:
        return None


def _command(key: bytes, value: bytes, raw: bytes, offset: int, place: RecordFactory) -> Iterator[Record | Fault]:
    """One command of Solr's JSON update message, or a bulk file's delete."""
    try:
        parsed = orjson.loads(value)
        doc = dict(fields(value)).get(b"doc") if key == b"add" and value.startswith(b"{") else None
    except (orjson.JSONDecodeError, Broken):
        yield place.reject(f"the command {show(key)} is not valid JSON", raw, offset)
        return
    if key == b"add" and doc is not None:
        yield place.record("solr_json", doc, offset)
    elif key == b"add":
        yield place.record("solr_json", raw, offset)
    if key != b"delete":
        return
    if isinstance(parsed, dict):
        parsed = parsed.get("id", parsed.get("_id"))
    for identifier in parsed if isinstance(parsed, list) else [parsed]:
        if isinstance(identifier, str | int) and not isinstance(identifier, bool) and identifier != "":
            text = str(identifier)
            yield place.record("delete", text.encode(), offset, Header(identifier=text, deleted=True))
        else:
            yield place.reject("a delete without an id is not carried out", raw, offset, "Deletes are taken by id.")


class _Marks:
    """How the records of this file begin, as its first one does: `{"id":`. Behind a broken record the next of these
    begins one. `broken`: one of this list was.
    """

    def __init__(self) -> None:
        self._mark = b""
        self.broken = False

    def learn(self, raw: bytes) -> None:
        if not self._mark and (match := FIRST_KEY.match(raw)) and match.end() < MARGIN:
            self._mark = match.group()

    def next(self, data: bytes, at: int, otherwise: re.Pattern[bytes]) -> int:
        """Where the next record seems to begin, by `otherwise` if none does as the first one; -1: not in `data`."""
        found = data.find(self._mark, at) if self._mark else -1
        if found < 0 and (match := otherwise.search(data, at)):
            found = data.index(b"{", match.start())
        return found

    def cut_in_two(self, window: Window) -> bool:
        """Whether the `]` at `pos` seems to stand in what is left of a record: a key follows, and then another one."""
        key = _KEY_BEHIND.match(window.data, window.pos)
        return bool(key and self._mark) and window.data.find(self._mark, window.pos) >= 0

    def swallowed(self, raw: bytes) -> bool:
        """Whether this value, whose brackets pair, ends in another record: it is no JSON, and one begins in it."""
        if not self._mark or raw.find(self._mark, 1) < 0:
            return False
        try:
            orjson.loads(raw)
        except orjson.JSONDecodeError:
            return True
        return False


def documents(window: Window, place: RecordFactory) -> Iterator[Record | Fault]:
    """Give the objects of arrays, of answers, and of objects one after the other, in whatever layout."""
    marks = _Marks()
    arrays = 0
    lost = False
    while (byte := _next(window)) is not None:
        if byte in b",]\x1e":  # 0x1E: JSON text sequences (RFC 7464)
            arrays -= byte == 0x5D
            window.pos += 1
        elif byte == 0xEF and window.fill(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:  # of files that were put together
            window.pos += len(codecs.BOM_UTF8)
        elif byte == 0x5B:
            arrays += 1
            window.pos += 1
        elif byte == 0x7B and _is_answer(window):
            yield from _answer(window, place, marks)
        else:
            lost = yield from _object(window, place, marks)
    if window.error is None and arrays > 0 and not lost:
        yield place.cut_short("the file ends early (its array is not closed)")


def _next(window: Window) -> int | None:
    """The next byte that is no white space, `pos` on it; None at the end."""
    while True:
        window.pos = blank(window.data, window.pos)
        if window.pos < len(window.data):
            return window.data[window.pos]
        if not window.more():
            return None


def _is_answer(window: Window) -> bool:
    head = window.fill(256)
    match = FIRST_KEY.match(head)
    return match is not None and (match.group(1) in ANSWER_KEYS or _OWN_START.match(head) is not None)


def _take(window: Window, marks: _Marks) -> tuple[bytes, str] | None:
    """Take the value at `pos`: its bytes, and what is wrong with it ("" if nothing). None: the stream ended in it."""
    while True:
        try:
            end = value_end(window.data, window.pos)
        except Broken:
            return _resume(window, marks), "its brackets do not pair"
        if end >= 0:
            raw = window.data[window.pos : end]
            if marks.swallowed(raw):
                return _resume(window, marks), "has no end"
            window.pos = end
            if len(raw) > window.limit:
                return raw[:KEPT_OF_OVERSIZED], f"is larger than {window.limit >> 20} MiB: only its beginning is kept"
            return raw, ""
        if window.held > window.limit:
            return _resume(window, marks), f"has no end within {window.limit >> 20} MiB"
        if not window.more():
            if window.error is not None:
                window.pos = len(window.data)
                return None
            return _resume(window, marks), "has no end"


def _resume(window: Window, marks: _Marks, otherwise: re.Pattern[bytes] = _RESTART) -> bytes:
    """Give up the value at `pos`: take all up to where the next record seems to begin, or to the end."""
    kept = b""
    while True:
        end = marks.next(window.data, window.pos + 1, otherwise)
        if end >= 0:
            break
        if window.held > window.limit:
            kept = kept or window.data[window.pos : window.pos + KEPT_OF_OVERSIZED]
            window.pos = len(window.data) - MARGIN
        if not window.more():
            end = len(window.data)
            break
    raw = kept or window.data[window.pos : end]
    window.pos = end
    return raw if len(raw) <= window.limit else raw[:KEPT_OF_OVERSIZED]


def _object(window: Window, place: RecordFactory, marks: _Marks) -> Generator[Record | Fault, None, bool]:
    """The value at `pos` as a record. Returns whether it was broken and all the rest of the stream with it."""
    offset = window.offset
    byte = window.data[window.pos]
    if byte in b"}:":
        window.pos += 1  # what a broken record left
        return False
    if byte != 0x7B:
        marks.broken = True
        if scalar := _SCALAR.match(window.fill(MARGIN)):
            raw = scalar.group()
            window.pos += len(raw)
        else:  # often what a record whose beginning is damaged left: its brackets and quotes tell nothing
            raw = _resume(window, marks, _OBJECT)
        if window.error is None or window.held:
            yield place.reject(f"is not a JSON object: begins with '{show(raw, 40)}'", raw, offset)
        return window.ended and not window.held and raw.rstrip().endswith((b"]", b"}"))
    taken = _take(window, marks)
    if taken is None:
        return False
    raw, problem = taken
    if problem:
        marks.broken = True
        yield place.reject(problem, raw, offset, _WHERE_IT_GOES_ON)
        return window.ended and not window.held
    marks.learn(raw)
    yield from _item(raw, offset, place)
    return False


def _answer(window: Window, place: RecordFactory, marks: _Marks) -> Iterator[Record | Fault]:
    """The answer at `pos`: its documents one by one, all else dropped on the way."""
    found = False
    broken = ""
    missing: list[str] = []
    for key in _members(window):
        if key in _LISTS and window.data[window.pos] == 0x7B:
            for inner in _members(window):
                if inner == _LISTS[key] and window.data[window.pos] == 0x5B:
                    found = True
                    yield from _elements(window, place, marks)
                elif taken := _take(window, marks):
                    broken = broken or taken[1]
        elif key in _OWN_LISTS and window.data[window.pos] == 0x5B:
            found = True
            yield from _elements(window, place, marks)
        elif taken := _take(window, marks):
            broken = broken or taken[1]
            if key in incomplete.KEYS and (said := incomplete.in_json(key, taken[0])):
                missing.append(said)
    if window.error is not None:
        return
    if broken:
        yield place.fault(f"what surrounds the documents of this JSON answer {broken}", "Its documents were read.")
    if not found:
        yield place.fault(
            "this JSON answer holds no documents (neither response.docs nor hits.hits)",
            "It may be an error or an answer without rows. Ask the server again; nothing of it was indexed.",
        )
    elif missing:
        yield incomplete.told(missing, place)


def _members(window: Window) -> Iterator[bytes]:
    """Step through the object at `pos`: give each key, `pos` on its value, which the caller takes before the next."""
    window.pos += 1
    while (byte := _next(window)) is not None:
        if byte == 0x2C:
            window.pos += 1
            continue
        match = KEY.match(window.data, window.pos)
        while byte == 0x22 and (match is None or match.end() >= len(window.data)) and window.more():
            match = KEY.match(window.data, window.pos)
        if match is None or match.end() >= len(window.data):
            window.pos += byte == 0x7D
            return
        window.pos = match.end()
        yield match.group(1)


def _elements(window: Window, place: RecordFactory, marks: _Marks) -> Iterator[Record | Fault]:
    """The array at `pos`: each element is a record."""
    window.pos += 1
    lost = comma = marks.broken = False
    while (byte := _next(window)) is not None:
        if byte == 0x5D and not ((marks.broken or comma) and marks.cut_in_two(window)):
            window.pos += 1
            return
        comma = byte == 0x2C
        if comma:
            window.pos += 1
        else:
            lost = yield from _object(window, place, marks)
    if window.error is None and not lost:
        yield place.cut_short("the file ends early (its list of documents is not closed)")
