"""Sources: dump files, whatever they are packed in, and indexes become records with their positions."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from indexer.engines.registry import is_index
from indexer.formats.registry import format_named
from indexer.model.records import Fault, Record
from indexer.model.targets import Target
from indexer.model.urls import is_remote
from indexer.sources import csv, elements, json, live, marc, oai, processed, pubmed, remote, solr_xml, text
from indexer.sources.detect import HEAD, Kind, detect, is_empty
from indexer.sources.encoding import as_utf8
from indexer.sources.files import STDIN, Meter, chunks, expand, is_empty_folder, total_bytes, why_missing
from indexer.sources.record_factory import RecordFactory
from indexer.sources.remote_file import Pause, Remote
from indexer.sources.unpack import Member, unpacked
from indexer.sources.window import Stream, StreamError, Window
from indexer.sources.xml import show

__all__ = ["expand", "is_empty_folder", "lasting", "read", "shown", "total_bytes"]


def read(
    paths: Sequence[str],
    *,
    source: str,
    format: str | None = None,
    elements: Sequence[str] = (),
    header: bool = True,
    progress: Callable[[int], None] | None = None,
    locations: Mapping[str, Target | Remote] | None = None,
    pause: Pause = live.sleep,
) -> Iterator[Record | Fault]:
    """Give the records of all files that `paths` stand for (see `expand`), in order, and what could not be read.

    `source` names them in the books. `format` (the profile's) decides where the content does not tell; `elements` are
    the names of the elements that are records of it, where the profile says them; `header`: the first row of a
    table is one.
    `progress` is called with the number of bytes, as stored, that were read since its last call.
    One record is held at a time: memory stays flat however large the files are.

    A path may be an index, or a file on a server: `locations` says how to get at it (see `live.named`), `pause` waits
    before a page, or the rest of the file, is asked for again. Raises SourceError where an index cannot be read to its
    end.
    """
    files, missing = expand(paths)
    for path in missing:
        if processed.where(path) != path:
            files.append(path)  # it was there when it was found, and a run that has loaded it moved it
            continue
        place = RecordFactory(source, shown(path), format)
        yield place.fault(why_missing(path), "Check the path; the other files are not concerned.")
    for path in files:
        if is_index(path):
            yield from live.records(path, locations or {}, source, pause)
            continue
        meter = Meter(progress)
        place = RecordFactory(
            source,
            shown(path),
            format,
            takes_xml=_takes_xml(format),
            elements=tuple(map(str.encode, elements)),
            header=header,
        )
        far = (locations or {}).get(path)
        if not isinstance(far, Remote):
            yield from _file(path, Stream(chunks(path, meter)), meter, place)
        elif far.trouble:
            yield place.fault(far.trouble, far.advice)
        else:
            yield from _file(path, Stream(remote.chunks(far, meter, pause)), meter, place)


def _takes_xml(format: str | None) -> bool:
    known = format_named(format) if format else None
    return known is not None and known.reads_xml


def lasting(path: str) -> str:
    """The name of a dump or an index from whichever folder it is named, printable."""
    if path == STDIN or is_remote(path):
        return shown(path)
    if is_index(path):
        scheme, _, rest = path.partition(":")
        return shown(path if "+" in scheme else f"{scheme}:{os.path.abspath(rest)}")  # with a + it is a server's
    return shown(os.path.abspath(path))


def shown(path: str) -> str:
    """A path as the user named it; only what no terminal or log can print is escaped."""
    return path if path.isprintable() else show(path.encode("utf-8", "surrogateescape"), len(path) * 4)


def _file(path: str, stream: Stream, meter: Meter, place: RecordFactory) -> Iterator[Record | Fault]:
    for member in unpacked(path, stream, meter):
        inside = replace(place, file=place.file + member.name[len(path) :])
        if member.error is not None:
            yield _told(member.error, inside)
        else:
            yield from _member(member, inside)


def _member(member: Member, place: RecordFactory) -> Iterator[Record | Fault]:
    try:
        utf8, offset, place.exact = as_utf8(member.stream)
    except StreamError as error:
        yield _told(error, place)
        return
    window = Window(utf8, offset=offset)
    head = window.fill(HEAD)
    kind = detect(head, whole=window.ended, name=member.name, format=place.format, elements=place.elements)
    if not place.takes_xml:
        place.format = kind.format or place.format
    if kind.container != "none":
        found = _records(kind, window, place)
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
        elif window.error is None and not place.says_none and not is_empty(kind, head):
            yield place.fault("has content and no records in it", "Look at it, or fetch or export it again.")
    elif window.error is None:
        yield place.fault(kind.problem, kind.advice)
    if window.error is not None:
        yield _told(window.error, place)


def _records(kind: Kind, window: Window, place: RecordFactory) -> Iterator[Record | Fault]:
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


def _told(error: StreamError, place: RecordFactory) -> Fault:
    return place.cut_short(error.reason, error.advice) if error.early else place.fault(error.reason, error.advice)
