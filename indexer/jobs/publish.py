"""When a run has ended: the state's metrics go out to where Prometheus finds them, and those are told whom `[notify]`
names. Nothing that goes wrong with that ends a run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.config import Config
from indexer.model.errors import IndexerError
from indexer.model.logs import get_logger
from indexer.observe.audience import Audience

if TYPE_CHECKING:
    from indexer.state.store import Store

#: The commands that bring an index up to date: how they end is told.
NOTIFIED = ("load", "sync", "reindex", "reindex --no-promote")


def publish(config: Config, store: "Store", audience: Audience) -> None:
    """Writes `metrics.file` anew where the settings name one. To be called when a run has ended and given back its
    lock, and when something else of what the state knows has changed.
    """
    if not config.settings.metrics.file:
        return
    from indexer.observe import metrics
    from indexer.state.overview import overviews

    try:
        metrics.write(Path(config.settings.metrics.file), overviews(store))
    except IndexerError as error:
        _warn(audience, "metrics_failed", error.message, error.advice)


def notify(config: Config, store: "Store", audience: Audience) -> None:
    """Tells those whom [notify] names how the runs ended that this process began through this store."""
    settings = config.settings.notify
    if not (settings.url or settings.mail_to) or not store.begun:
        return
    from indexer.observe import notify
    from indexer.state import runs

    try:
        for run in runs.ended(store, store.begun):
            before = runs.code_before(store, run, NOTIFIED)
            event = notify.event_of(settings, command=run.command, code=run.exit_code or 0, before=before)
            if run.command not in NOTIFIED or event is None:
                continue
            for problem in notify.send(settings, notify.message_of(run, event)):
                _warn(audience, "notify_failed", problem, "The run is as it is; indexer status tells how it ended.")
    except IndexerError as error:  # the state
        _warn(audience, "notify_failed", error.message, error.advice)


def _warn(audience: Audience, event: str, reason: str, advice: str) -> None:
    get_logger().warning(event, reason=reason)
    if audience.warn is not None:
        audience.warn(f"{reason}\n  {advice}")


@contextmanager
def published(config: Config, store: "Store", audience: Audience) -> Iterator[None]:
    """Publishes and notifies when the block is left, however that is."""
    try:
        yield
    finally:
        publish(config, store, audience)
        notify(config, store, audience)
