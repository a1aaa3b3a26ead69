"""The records of a file whose bytes are there: what it is packed in, what it holds, and who splits it."""

from collections.abc import Iterator
from dataclasses import replace

from indexer.model.records import Fault, Record
from indexer.sources import csv, elements, json, marc, oai, pubmed, solr_xml, text
from indexer.sources.detect import HEAD, Kind, detect, is_empty
from indexer.sources.encoding import as_utf8
from indexer.sources.files import Meter
from indexer.sources.messages import words_of
from indexer.sources.record_factory import RecordFactory
from indexer.sources.unpack import Member, unpacked
from indexer.sources.window import Stream, StreamError, Window
from indexer.sources.xml import show


def of_file(path: str, stream: Stream, meter: Meter, place: RecordFactory) -> Iterator[Record | Fault]:
    """The records of `stream`, which the file `path` holds."""
    yield from of_members(path, unpacked(path, stream, meter), place)


def of_members(path: str, members: Iterator[Member], place: RecordFactory) -> Iterator[Record | Fault]:
    """The records of what was unpacked of the file `path`."""
    for member in members:
        inside = replace(place, file=place.file + member.name[len(path) :])
        if member.error is not None:
            yield told(member.error, inside)
        else:
            yield from _of_member(member, inside)


def _of_member(member: Member, place: RecordFactory) -> Iterator[Record | Fault]:
    try:
        utf8, offset, place.exact = as_utf8(member.stream)
    except StreamError as error:
        yield told(error, place)
        return
    window = Window(utf8, offset=offset)
    head = window.fill(HEAD)
    kind = detect(head, whole=window.ended, name=member.name, format=place.format, elements=place.elements)
    if kind.message:
        message, head = head[: kind.message], head[kind.message :]
        told_of = f"begins with what is no part of it: '{show(words_of(message), 100)}'"
        yield place.reject(told_of, message, window.offset, "Behind it the dump was read.")
        window.pos += kind.message
    if kind.container != "none":
        found = records(kind, window, place)
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
        elif window.error is None and not place.says_none and not is_empty(kind, head):
            yield place.fault("has content and no records in it", "Look at it, or fetch or export it again.")
    elif window.error is None:
        yield place.fault(kind.problem, kind.advice)
    if window.error is not None:
        yield told(window.error, place)


def records(kind: Kind, window: Window, place: RecordFactory) -> Iterator[Record | Fault]:
    """What the window shows, by whoever splits what is of this kind."""
    if not place.takes_xml:
        place.format = kind.format or place.format
    match kind.container:
        case "oai":
            return oai.records(window, place, kind.root)
        case "pubmed":
            return pubmed.records(window, place, kind.root)
        case "solr_xml":
            return solr_xml.records(window, place, kind.root)
        case "elements" | "collection":
            return elements.records(window, place, kind.root, wrapped=kind.container == "collection")
        case "nested" | "listed":
            return elements.nested(window, place, kind.root, listed=kind.container == "listed")
        case "marc":
            return marc.records(window, place)
        case "csv":
            return csv.records(window, place)
        case "json_lines":
            return json.json_lines(window, place)
        case "documents":
            return json.documents(window, place)
        case "deletes":
            return text.deletes(window, place)
        case _:
            return text.staff_view(window, place)


def told(error: StreamError, place: RecordFactory) -> Fault:
    """Why a file could not be read, or not to its end."""
    return place.cut_short(error.reason, error.advice) if error.early else place.fault(error.reason, error.advice)
