"""Opens the state that the settings name."""

import sys

import structlog

from indexer.config import Config
from indexer.model.logs import get_logger
from indexer.state.store import Store


def open_state(config: Config) -> Store:
    """As Store does; people are told when it upgraded the state of an earlier release, and where the copy is."""
    store = Store(config.settings.state)
    if store.upgraded is not None:
        if structlog.is_configured() and config.settings.log.format != "json":  # a person, at the command line
            print(store.upgraded, file=sys.stderr)
        else:
            get_logger().warning("state_upgraded", state=store.shown, done=str(store.upgraded))
    return store
