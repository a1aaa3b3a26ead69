"""A target of every kind that has generations, on the real engine, and what kills a verb between two steps."""

import os
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from indexer.engines.generations import GenerationStore
from indexer.engines.registry import open_generations, parse_target
from indexer.model.targets import Target

SERVERS = {
    "solr": "solr_url",
    "solrcloud": "solrcloud_url",
    "solr10": "solr10_url",
    "solrcloud10": "solrcloud10_url",
    "elasticsearch": "elasticsearch_url",
    "opensearch": "opensearch_url",
}
KINDS = ["embedded", *(pytest.param(name, marks=pytest.mark.servers) for name in SERVERS)]


#: Kinds that go the same ways as another one does, and what of the suite runs on them each time; the rest is long.
ALIKE = {
    "solr10": {"test_the_first_generation_and_the_next_and_back", "test_a_plain_index_is_adopted", "test_all_is_well"},
    "solrcloud10": set[str](),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On every kind, or on those that a module names in its KINDS."""
    if "kind" in metafunc.fixturenames:
        kinds = [_marked(kind, metafunc.function.__name__) for kind in getattr(metafunc.module, "KINDS", KINDS)]
        metafunc.parametrize("kind", kinds)


def _marked(kind: Any, test: str) -> Any:
    """A kind with the mark `long` where this test need not run on it each time."""
    name = kind if isinstance(kind, str) else kind.values[0]
    if name not in ALIKE or test in ALIKE[name]:
        return kind
    return pytest.param(name, marks=[pytest.mark.servers, pytest.mark.long])


@pytest.fixture
def fresh(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], Target]]:
    """Gives a target's URL with nothing behind it, another one each time; what a test puts there is gone afterwards."""
    if kind == "embedded":
        yield lambda: parse_target(f"embedded:{tmp_path / unique()}")
        return
    base = request.getfixturevalue(SERVERS[kind])
    given: list[str] = []

    def give() -> Target:
        given.append(unique())
        return parse_target(f"{'solr' if kind.startswith('solr') else kind}+{base}/{given[-1]}")

    yield give
    for name in given:
        REMOVE[kind](base, name)


@pytest.fixture
def target(fresh: Callable[[], Target]) -> Target:
    return fresh()


@pytest.fixture
def place(target: Target) -> Iterator[GenerationStore]:
    open_session = open_generations(target)
    yield open_session
    open_session.close()


class Killed(BaseException):
    """Not an Exception: nothing cleans up after a process that is killed."""


class Steps:
    """Counts what changes something on the disk or on a server. After number `last` everything fails, as it does for a
    process that was killed there.
    """

    def __init__(self) -> None:
        self.done = 0
        self.last: int | None = None

    def limit(self, last: int | None) -> None:
        self.done, self.last = 0, last

    def guarded(self, action: Callable[..., Any], changes: Callable[..., bool]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self.last is not None and self.done >= self.last:
                raise Killed
            result = action(*args, **kwargs)
            self.done += changes(*args, **kwargs)
            return result

        return call


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    counted = Steps()
    for name in ("rename", "replace", "link", "unlink", "rmdir", "mkdir"):
        monkeypatch.setattr(os, name, counted.guarded(getattr(os, name), lambda *args, **kwargs: True))
    pool = urllib3.connectionpool.HTTPConnectionPool
    monkeypatch.setattr(pool, "urlopen", counted.guarded(pool.urlopen, _changes))
    return counted


def _changes(_pool: object, method: str, url: str, *_args: object, **_kwargs: object) -> bool:
    action = re.search(r"[?&]action=([A-Z]+)", url)
    if action is not None:
        return action[1] not in ("STATUS", "CLUSTERSTATUS", "LISTALIASES", "LIST", "REQUESTSTATUS")
    return method != "GET"


def remove_elastic(base: str, name: str) -> None:
    indices = requests.get(f"{base}/{name},{name}_*/_alias", params={"ignore_unavailable": "true"}, timeout=60).json()
    if indices:
        requests.delete(f"{base}/{','.join(indices)}", timeout=60)
    requests.delete(f"{base}/_index_template/{name}", timeout=60)


def remove_cores(base: str, name: str) -> None:
    cores = requests.get(f"{base}/admin/cores", params={"action": "STATUS", "indexInfo": "false"}, timeout=60).json()
    for core in cores["status"]:
        if core.startswith(name):
            params = {"action": "UNLOAD", "core": core, "deleteInstanceDir": "true"}
            requests.get(f"{base}/admin/cores", params=params, timeout=60)


def remove_collections(base: str, name: str) -> None:
    def admin(action: str, **params: str) -> Any:
        return requests.get(f"{base}/admin/collections", params={"action": action, **params}, timeout=120).json()

    for alias in admin("LISTALIASES").get("aliases", {}):
        if alias.startswith(name):
            admin("DELETEALIAS", name=alias)
    for collection in admin("LIST")["collections"]:
        if collection.startswith(name):
            admin("DELETE", name=collection)


REMOVE = {
    "solr": remove_cores,
    "solrcloud": remove_collections,
    "solr10": remove_cores,
    "solrcloud10": remove_collections,
    "elasticsearch": remove_elastic,
    "opensearch": remove_elastic,
}


def unique() -> str:
    return f"place_{uuid.uuid4().hex[:12]}"
