"""Opens the state that the settings name."""

from indexer.config import Config
from indexer.model.logs import get_logger
from indexer.observe.audience import Audience
from indexer.state.store import Store


def open_state(config: Config, audience: Audience) -> Store:
    """As Store does; the audience is told when it upgraded the state of an earlier release, and where the copy is."""
    store = Store(config.settings.state)
    if store.upgraded is not None:
        if audience.warn is not None:
            audience.warn(str(store.upgraded))
        else:
            get_logger().warning("state_upgraded", state=store.shown, done=str(store.upgraded))
    return store
