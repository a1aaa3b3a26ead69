"""Opens the state that the settings name."""

import sys

import structlog

from indexer.config import Config
from indexer.observe import log
from indexer.state.store import Store


def open_state(config: Config) -> Store:
    """As Store does; people are told when it upgraded the state of an earlier release, and where the copy is."""
    store = Store(config.settings.state)
    if store.upgraded is not None:
        if config.settings.log.format == "json":
            log.configure(format="json", level=config.settings.log.level)
            structlog.get_logger().warning("state_upgraded", state=store.shown, done=str(store.upgraded))
        else:
            print(store.upgraded, file=sys.stderr)
    return store
