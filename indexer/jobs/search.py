"""`search`: a quick look into the index."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from indexer.config import Config
from indexer.engines.base import Query
from indexer.engines.registry import open_index, require_search
from indexer.jobs.results import SearchResult
from indexer.model.targets import Target
from indexer.observe.audience import Audience

FACETS = ("format", "language")


def filling(config: Config, audience: Audience) -> str:
    """A line that says that the first load of the target is running; empty where none is, as far as the state knows."""
    from indexer.jobs.state import open_state
    from indexer.state.overview import filling
    from indexer.state.store import is_absent

    if is_absent(config.settings.state):
        return ""
    with closing(open_state(config, audience)) as store:
        holder = filling(store, str(config.target()))
    return f"the first load of this index is running, and has not ended yet: {holder}" if holder else ""


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
