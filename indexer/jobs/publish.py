"""The state's metrics, out to where Prometheus finds them; nothing that goes wrong with that ends a run."""

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
        get_logger().warning("metrics_failed", reason=error.message)
        if audience.warn is not None:
            audience.warn(f"{error.message}\n  {error.advice}")


@contextmanager
def published(config: Config, store: "Store", audience: Audience) -> Iterator[None]:
    """Publishes when the block is left, however that is."""
    try:
        yield
    finally:
        publish(config, store, audience)
