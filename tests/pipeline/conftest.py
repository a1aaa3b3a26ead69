"""A state and a scripted index, fresh for a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.pipeline import pool, run
from indexer.state.store import Store
from tests.pipeline.loading import Desk
from tests.pipeline.scripted import ScriptedSink


@pytest.fixture(scope="module")
def in_small_steps() -> Iterator[None]:
    """Chunks of three records, stored and committed after each: what a large dump meets, small ones meet too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "CHUNK_RECORDS", 3)
        patch.setattr(run, "STORE_EVERY", 0.0)
        patch.setattr(run, "COMMIT_EVERY", 0.0)
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store(f"sqlite:///{tmp_path}/state.db")
    yield Desk(store, ScriptedSink())
    store.close()
