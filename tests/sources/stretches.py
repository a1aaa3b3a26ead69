"""Files that are divided and read span by span, and as a whole."""

from collections.abc import Sequence
from pathlib import Path

from indexer import sources
from indexer.model.records import Fault, Record
from indexer.sources import spans
from indexer.sources.record_factory import RecordFactory
from indexer.sources.spans import Span
from indexer.sources.window import StreamError


def parts_of(path: Path, size: int) -> list[Span]:
    """The spans of a file, surveyed where they are to be."""
    found = spans.divided(str(path), size, place_in(path))
    if all(span.of_members for span in found):
        return found
    try:
        return spans.chained(found, [spans.survey(str(path), span, place_in(path)) for span in found])
    except StreamError:
        return []


def place_in(path: Path) -> RecordFactory:
    return sources.place_in(str(path), source="s")


def by_span(path: Path, parts: Sequence[Span]) -> list[Record | Fault]:
    return [item for span in parts for item in sources.read([str(path)], source="s", span=span)]


def whole(path: Path) -> list[Record | Fault]:
    return list(sources.read([str(path)], source="s"))
