"""What answers of search engines say of themselves: that documents are missing in them, though others are there."""

import html
import re

import orjson

from indexer.model.records import Fault
from indexer.sources.beside import says_something
from indexer.sources.record_factory import RecordFactory
from indexer.sources.xml import Piece, Tag, show

KEYS = frozenset({b"responseHeader", b"error", b"timed_out", b"_shards"})  # of an answer in JSON

_NAME = re.compile(rb"""\sname\s*=\s*["'](partialResults|error)["']""")
_MESSAGE = re.compile(rb"""<str\s+name\s*=\s*["'](?:msg|trace)["']\s*>([^<]*)<""")
_VALUE = re.compile(rb">\s*([^<]*?)\s*<")
_PARTIAL = "partialResults"


def in_json(key: bytes, raw: bytes) -> str:
    """What this member of an answer, one of KEYS, says is missing; "" where nothing is."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return ""  # that it is broken is told
    match key:
        case b"responseHeader":
            return _PARTIAL if isinstance(value, dict) and value.get(_PARTIAL) in (True, "omitted") else ""
        case b"timed_out":
            return "timed_out" if value is True else ""
        case b"_shards":
            failed = value.get("failed") if isinstance(value, dict) else 0
            return f"{failed} failed shards" if failed else ""
        case _:
            return _error(value)


def _error(value: object) -> str:
    if isinstance(value, dict):
        value = next((value[name] for name in ("msg", "reason", "message", "type") if value.get(name)), value)
    said = str(value) if value else ""
    return f"error: {show(said.encode('utf-8', 'replace'), 200)}" if says_something(said) else ""


def may_say(tag: Tag) -> bool:
    """Whether this tag of an answer in Solr's XML begins what may say that something is missing."""
    return not tag.closing and tag.name in (b"bool", b"str", b"lst") and _NAME.search(tag.raw) is not None


def in_xml(tag: Tag, piece: Piece) -> str:
    """What this element, whose start tag `may_say` it, says is missing; "" where it is a request or a count."""
    if tag.name == b"lst":
        said = _MESSAGE.search(piece.raw)
        return _error(html.unescape(said.group(1).decode("utf-8", "replace"))) if said else ""
    value = _VALUE.search(piece.raw)
    expected = b"true" if tag.name == b"bool" else b"omitted"  # a <str> is the request's as well
    return _PARTIAL if value and value.group(1) == expected else ""


def told(said: list[str], place: RecordFactory) -> Fault:
    """The fault of a file whose answer says so."""
    return place.fault(
        f"this answer says that it is not complete ({'; '.join(said)})",
        "The documents that it holds were read. Ask the server again for the others.",
    )
