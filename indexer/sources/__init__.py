"""Sources: dump files, whatever they are packed in, and indexes become records with their positions."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from indexer.engines.registry import is_index
from indexer.formats.registry import format_named
from indexer.model.records import Fault, Record
from indexer.model.targets import Target
from indexer.model.urls import is_remote
from indexer.sources import live, processed, remote, spans
from indexer.sources.content import of_file
from indexer.sources.files import STDIN, Meter, chunks, expand, is_empty_folder, total_bytes, why_missing
from indexer.sources.record_factory import RecordFactory
from indexer.sources.remote_file import Pause, Remote
from indexer.sources.spans import Span
from indexer.sources.window import Stream
from indexer.sources.xml import show

__all__ = ["expand", "is_empty_folder", "lasting", "place_in", "read", "shown", "total_bytes"]


def read(
    paths: Sequence[str],
    *,
    source: str,
    format: str | None = None,
    elements: Sequence[str] = (),
    header: bool = True,
    harvested: bool = False,
    progress: Callable[[int], None] | None = None,
    locations: Mapping[str, Target | Remote] | None = None,
    pause: Pause = live.sleep,
    span: Span | None = None,
) -> Iterator[Record | Fault]:
    """Give the records of all files that `paths` stand for (see `expand`), in order, and what could not be read.

    `source` names them in the books. `format` (the profile's) decides where the content does not tell; `elements` are
    the names of the elements that are records of it, where the profile says them; `header`: the first row of a
    table is one.
    `harvested`: these are pages of a live server, and what is amiss beside their records was told when they came.
    `progress` is called with the number of bytes, as stored, that were read since its last call.
    One record is held at a time: memory stays flat however large the files are.

    A path may be an index, or a file on a server: `locations` says how to get at it (see `live.named`), `pause` waits
    before a page, or the rest of the file, is asked for again. Raises SourceError where an index cannot be read to its
    end. Of one file a `span` may be read alone (see `spans`).
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
        place = place_in(path, source=source, format=format, elements=elements, header=header)
        far = (locations or {}).get(path)
        if span is not None:
            yield from spans.read(path, span, meter, place)
        elif not isinstance(far, Remote):
            found = of_file(path, Stream(chunks(path, meter)), meter, place)
            yield from _records_of_page(found) if harvested else found
        elif far.trouble:
            yield place.fault(far.trouble, far.advice)
        else:
            yield from of_file(path, Stream(remote.chunks(far, meter, pause)), meter, place)


def _records_of_page(found: Iterator[Record | Fault]) -> Iterator[Record | Fault]:
    return (item for item in found if not (isinstance(item, Fault) and item.beside))


def place_in(
    path: str, *, source: str, format: str | None = None, elements: Sequence[str] = (), header: bool = True
) -> RecordFactory:
    """What numbers the records of a file, see `read`."""
    return RecordFactory(
        source,
        shown(path),
        format,
        takes_xml=_takes_xml(format),
        elements=tuple(map(str.encode, elements)),
        header=header,
    )


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
