"""Bulk-load settings that a killed load has left on an index: any command that opens it puts them back."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from indexer.engines import registry
from indexer.engines.base import Tunable
from indexer.engines.registry import open_index, parse_target
from indexer.model.targets import Target
from indexer.state import lock, saved_settings
from indexer.state.store import Store
from tests.conformance.conftest import _drop
from tests.faults.conftest import Command

LIVE = {"index.refresh_interval": "7s", "index.number_of_replicas": "2"}
BULK = {"index.refresh_interval": "-1", "index.number_of_replicas": "0"}
RECORD = '{"id":"a","title":"A","first_indexed":"yesterday"}'


@pytest.fixture(params=["elasticsearch", "opensearch"])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    kind = request.param
    url = request.getfixturevalue(f"{kind}_url")
    made = parse_target(f"{kind}+{url}/settings_{uuid.uuid4().hex[:12]}")
    registry.install(made)
    yield made
    _drop(kind, made)


def settings(target: Target, put: dict[str, str | None] | None = None) -> dict[str, str | None]:
    """Those of the index, after these were put on it."""
    with closing(open_index(target)) as sink:
        if put is not None:
            cast(Tunable, sink).put_settings(put)
        return cast(Tunable, sink).bulk_settings()


def test_any_command_that_opens_the_index_puts_them_back(target: Target, command: Command, tmp_path: Path) -> None:
    (tmp_path / "dump.jsonl").write_text(RECORD)
    (tmp_path / "indexer.toml").write_text('[[source]]\nname = "s"\npaths = ["dump.jsonl"]\nprofile = "solr_json"\n')
    assert command("sync", "--target", target).code == 1  # leaves a letter to replay
    for args in (["load", "dump.jsonl"], ["sync"], ["dead-letters", "replay", "--all"], ["schema", "install"]):
        settings(target, {**LIVE})
        with closing(Store("sqlite:///var/state.db")) as store:  # as a load does that is killed then
            saved_settings.write(store, str(target), settings(target))
        assert settings(target, {**BULK}) == BULK
        ended = command(*args, "--target", target)
        assert ended.code in (0, 1), ended.err
        assert "put back the index settings that an interrupted load had changed" in ended.out + ended.err
        assert settings(target) == LIVE, args
        with closing(Store("sqlite:///var/state.db")) as store:
            assert saved_settings.read(store, str(target)) is None


def test_an_installation_leaves_a_running_load_alone(target: Target, command: Command) -> None:
    settings(target, {**BULK})
    with closing(Store("sqlite:///var/state.db")) as store, lock.hold(store, str(target), command="load"):
        saved_settings.write(store, str(target), {**LIVE})
        assert command("schema", "install", "--target", target).code == 0
        assert settings(target) == BULK
        assert saved_settings.read(store, str(target)) == LIVE
