"""`search`: a quick look into the index."""

from collections.abc import Sequence
from dataclasses import replace

from indexer.engines.base import Query
from indexer.engines.registry import open_index, require_search
from indexer.jobs.results import SearchResult
from indexer.model.targets import Target

FACETS = ("format", "language")


def search(
    text: str,
    *,
    target: Target,
    limit: int = 10,
    offset: int = 0,
    sort: str | None = None,
    filters: Sequence[tuple[str, str]] = (),
    facets: Sequence[str] = FACETS,
) -> SearchResult:
    """What the words find (engines.base.Query says how they are read); where that is nothing, what the nearest spelling
    finds, too.
    """
    require_search(target)
    query = Query(text, limit, offset, sort, tuple(filters), tuple(facets))
    index = open_index(target, connections=1)
    try:
        index.check()
        found = shown = index.search(query)
        if not found.total and found.suggestion:
            shown = index.search(replace(query, text=found.suggestion, offset=0, suggest=False))
    finally:
        index.close()
    return SearchResult(found=found, shown=shown)
