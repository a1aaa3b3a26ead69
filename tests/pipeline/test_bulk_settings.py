"""Bulk-load settings of an empty index: put back after the load, also by the next one when a load was killed."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import requests

from indexer.engines import registry
from indexer.engines.base import Index, Tunable, Write
from indexer.engines.registry import open_index, parse_target
from indexer.model.errors import PermanentError
from indexer.pipeline.bulk_settings import put_back, tuned
from indexer.state import saved_settings
from indexer.state.store import Store

BULK = {"index.refresh_interval": "-1", "index.number_of_replicas": "0"}


@pytest.fixture
def sink(elasticsearch_url: str) -> Iterator[Index]:
    name = f"tuning_{uuid.uuid4().hex[:12]}"
    target = parse_target(f"elasticsearch+{elasticsearch_url}/{name}")
    registry.install(target)
    open_session = open_index(target)
    open_session.check()
    cast(Tunable, open_session).put_settings({"index.refresh_interval": "7s", "index.number_of_replicas": "2"})
    yield open_session
    open_session.close()
    requests.delete(f"{elasticsearch_url}/{name}", timeout=60)
    requests.delete(f"{elasticsearch_url}/_index_template/{name}", timeout=60)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    open_session = Store(f"sqlite:///{tmp_path / 'state.db'}")
    yield open_session
    open_session.close()


def settings(sink: Index) -> dict[str, str | None]:
    return cast(Tunable, sink).bulk_settings()


def test_an_empty_index_is_set_up_and_put_back(sink: Index, store: Store) -> None:
    before = settings(sink)
    assert before == {"index.refresh_interval": "7s", "index.number_of_replicas": "2"}
    with tuned(sink, store, "t", tunable=True, say=print):
        assert settings(sink) == BULK
        assert saved_settings.read(store, "t") == before
    assert settings(sink) == before
    assert saved_settings.read(store, "t") is None


@pytest.mark.parametrize(
    ("health", "had", "has"),
    [({"number_of_data_nodes": 3}, "2", "1"), ({"number_of_data_nodes": 3}, "0", "0"), (None, "2", "1")],
)
def test_a_replica_stays_where_a_node_may_be_lost(
    sink: Index, monkeypatch: pytest.MonkeyPatch, health: dict[str, int] | None, had: str, has: str
) -> None:
    """`health`: what is told of the cluster; None to whoever may not ask."""

    def answered(*_: object) -> dict[str, int]:
        if health is None:
            raise PermanentError("HTTP 403")
        return health

    monkeypatch.setattr(sink, "_call", answered)
    before = {"index.refresh_interval": None, "index.number_of_replicas": had}
    assert cast(Tunable, sink).for_bulk(before) == {**BULK, "index.number_of_replicas": has}


def test_what_a_killed_load_changed_is_put_back_by_the_next(sink: Index, store: Store) -> None:
    before = settings(sink)
    killed = tuned(sink, store, "t", tunable=True, say=print)
    killed.__enter__()  # and never left: the process is gone
    sink.push([Write("a", b'{"id":"a","title":"A"}')])
    sink.commit()
    said: list[str] = []
    put_back(sink, store, "t", say=said.append)
    with tuned(sink, store, "t", tunable=True, say=said.append):
        assert settings(sink) == before  # the index is not empty any more: it is not set up again
    assert settings(sink) == before
    assert "put back" in said[0]
    assert saved_settings.read(store, "t") is None


def test_a_live_index_is_left_alone(sink: Index, store: Store) -> None:
    sink.push([Write("a", b'{"id":"a","title":"A"}')])
    sink.commit()
    before = settings(sink)
    with tuned(sink, store, "t", tunable=True, say=print):
        assert settings(sink) == before
