"""Settings of an index that were changed for a load: written down before the change, crossed out once put back."""

import json

from indexer.state.store import Store
from indexer.state.tables import saved_settings


def write(store: Store, target: str, settings: dict[str, str | None]) -> None:
    """What is to be put back. There is one entry a target: the lock keeps a second run away."""
    with store.begin() as connection:
        connection.execute(saved_settings.delete().where(saved_settings.c.target == target))
        connection.execute(saved_settings.insert().values(target=target, settings=json.dumps(settings)))


def read(store: Store, target: str) -> dict[str, str | None] | None:
    """What a run that was killed left to be put back, or None."""
    with store.begin() as connection:
        row = connection.execute(saved_settings.select().where(saved_settings.c.target == target)).one_or_none()
    return json.loads(row.settings) if row is not None else None


def cross_out(store: Store, target: str) -> None:
    with store.begin() as connection:
        connection.execute(saved_settings.delete().where(saved_settings.c.target == target))
