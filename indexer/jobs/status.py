"""`status`: the last runs with their books, and how each target is doing."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from indexer.config import Config
from indexer.jobs.state import open_state
from indexer.observe.audience import NOBODY, Audience
from indexer.state import runs
from indexer.state.overview import Overview, overviews
from indexer.state.runs import StoredRun
from indexer.state.store import is_absent, shown_url


@dataclass(frozen=True, slots=True)
class Status:
    """What the `state` knew at `time`: the last runs, the newest first, and every target."""

    state: str
    time: datetime
    runs: Sequence[StoredRun]
    targets: Sequence[Overview]


def status(*, config: Config, audience: Audience = NOBODY) -> Status:
    """Where there is no state yet, nothing: to look is not to make one."""
    last: Sequence[StoredRun] = ()
    targets: Sequence[Overview] = ()
    if not is_absent(config.settings.state):
        with closing(open_state(config, audience)) as store:
            last, targets = runs.last(store), overviews(store)
    return Status(shown_url(config.settings.state), datetime.now(UTC), last, targets)
