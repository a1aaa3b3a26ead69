"""What every splitter of XML says of a dump beside its records: text outside of them, and an end that is wrong."""

from collections.abc import Iterator

from indexer.model.records import Fault
from indexer.sources.record_factory import RecordFactory
from indexer.sources.xml import Scanner, show


def loose_text(scanner: Scanner, place: RecordFactory) -> Iterator[Fault]:
    """The text between two records that belongs to none: an error message, most likely, of whoever sent them."""
    if scanner.loose is not None:
        raw, offset, _ = scanner.loose
        yield place.reject(f"is text outside of any record: '{show(raw.rstrip(), 100)}'", raw, offset)


def faults_at_end(scanner: Scanner, place: RecordFactory) -> Iterator[Fault]:
    """Say what is wrong with the end of an XML file, if the stream itself did not end early."""
    if scanner.window.error is not None:
        return
    yield from loose_text(scanner, place)
    if scanner.unclosed:
        yield place.fault(
            scanner.unclosed,
            "What stands behind it was read as if it were not there. Look at that place, or fetch the file again.",
        )
    if scanner.root is not None:
        yield place.cut_short(f"the file ends early (</{show(scanner.root.name)}> is missing)")
