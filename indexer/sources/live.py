"""An index as a source: its documents, page by page, become records of the format solr_json."""

import time
from collections.abc import Iterator, Mapping, Sequence

from indexer.engines import retry
from indexer.engines.base import Index
from indexer.engines.registry import is_index, open_index, parse_target
from indexer.model.errors import ConfigError, IndexerError, NotThere, SourceError, TransientError
from indexer.model.records import Record
from indexer.model.targets import Credentials, Target
from indexer.model.urls import is_remote
from indexer.sources import remote
from indexer.sources.record_factory import RecordFactory
from indexer.sources.remote_file import Pause, Remote

RESTARTS = (
    "An index that is read has no place to go on from: the same command reads it from the beginning, and sends only "
    "what changed."
)


def named(paths: Sequence[str], credentials: Credentials) -> tuple[list[str], dict[str, Target | Remote]]:
    """The paths, those of indexes and of files elsewhere without secrets in them, and what each of these names stands
    for; the URL of a folder, or a pattern, as the files that it stands for now.

    `credentials` are for indexes that bring none; files elsewhere get the CA file of these, and no more. Raises
    ConfigError for a URL that names nothing.
    """
    names: list[str] = []
    locations: dict[str, Target | Remote] = {}
    for path in paths:
        if is_remote(path):
            found = remote.find(path, str(credentials.ca_file) if credentials.ca_file else None)
            locations |= found
            names += found
            continue
        if is_index(path):
            target = parse_target(path, credentials)
            locations[str(target)] = target
            names.append(str(target))
        else:
            names.append(path)
    return names, locations


def records(name: str, locations: Mapping[str, Target | Remote], source: str, pause: Pause) -> Iterator[Record]:
    """Every document of the index that `elsewhere` (see `named`) holds under this name.

    A page that cannot be had for a reason that may pass is asked for again, `pause` called with the reason and the
    seconds before each try. Raises SourceError once that is over, and for what no try will mend.
    """
    place = RecordFactory(source, name, exact=False)
    sink = None
    try:
        known = locations.get(name)
        target = known if isinstance(known, Target) else parse_target(name, Credentials(settings="INDEXER_SOURCE_"))
        sink = open_index(target)
        yield from _records(sink, place, pause)
    except IndexerError as error:
        raise _as_source(error, place) from None
    finally:
        if sink is not None:
            sink.close()


def _records(index: Index, place: RecordFactory, pause: Pause) -> Iterator[Record]:
    mark = ""
    failed = 0
    while True:
        try:
            for page, behind in index.pages(mark):
                if mark and behind == mark:  # what stands between us answers with a copy
                    raise SourceError(f"the same page comes again and again, {place.after()}", advice=RESTARTS)
                mark, failed = behind, 0
                for document in page:
                    yield place.record("solr_json", document, 0)
            return
        except TransientError as error:
            wait = retry.reading_wait(error, failed)
            if not place.ordinal or wait is None:  # the first page of all is tried once
                raise
            pause(error, wait)
            failed += 1


def sleep(_error: TransientError, seconds: float) -> None:
    """A pause that nobody is told of."""
    time.sleep(seconds)


def _as_source(error: IndexerError, place: RecordFactory) -> IndexerError:
    """The error of a sink in the words of one who reads: what to look at, and how far it came."""
    if isinstance(error, ConfigError):
        return error
    if isinstance(error, TransientError) and place.ordinal:
        advice = f"{error.advice}\n{RESTARTS}".lstrip()
        return SourceError(
            f"{error.message}; given up after {len(retry.READING_WAITS) + 1} tries, {place.after()}", advice=advice
        )
    if isinstance(error, NotThere):  # its advice makes a target, and no source
        return SourceError(error.message, advice="Look at the name of the index to read.")
    return SourceError(error.message, advice=error.advice)
