"""The command as a user runs it, and a fresh target of every kind."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.engines.base import Index
from indexer.engines.registry import open_index, parse_target
from indexer.model.targets import Target
from tests.conformance.conftest import ENGINES, SERVERS, _drop
from tests.conftest import PATIENCE
from tests.prefork import READ_AT_START, Prefork

#: What differs from its neighbours by the client or by one request alone, and takes long: left to the long run.
LONG = (
    "test_readers_see_no_error_and_never_less_than_the_smaller_generation[opensearch]",
    "test_only_what_was_changed_gets_another_date[solrcloud]",
    "test_only_what_was_changed_gets_another_date[opensearch]",
)


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if item.name in LONG:
            item.add_marker("long")


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


Indexer = Callable[..., Ended]


@pytest.fixture(scope="session")
def prefork() -> Iterator[Prefork]:
    made = Prefork()
    yield made
    made.close()


@pytest.fixture
def indexer(prefork: Prefork, tmp_path: Path) -> Indexer:
    """Runs the command in a folder of its own; gives its exit code and what it printed."""

    def run(*args: str | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None, cwd: Path = tmp_path) -> Ended:
        words, whole = [str(each) for each in args], {**os.environ, **(env or {})}
        if any(name.startswith(READ_AT_START) for name in env or {}):
            command = [sys.executable, "-m", "indexer", *words]
            done = subprocess.run(
                command, input=stdin, capture_output=True, cwd=cwd, env=whole, check=False, timeout=PATIENCE
            )
            code, out, err = done.returncode, done.stdout, done.stderr
        else:
            code, out, err = prefork.run(words, stdin, whole, cwd, PATIENCE)
        ended = Ended(code, out.decode(), err.decode())
        assert "Traceback" not in ended.err, ended.err
        return ended

    return run


@pytest.fixture(params=ENGINES)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """An empty place on each engine: nothing is there yet, not even the schema."""
    kind = request.param
    if kind not in SERVERS:
        yield parse_target(f"{kind}:{tmp_path / 'index'}")
        return
    product, fixture = SERVERS[kind]
    made = parse_target(f"{product}+{request.getfixturevalue(fixture)}/end_to_end_{uuid.uuid4().hex[:12]}")
    try:
        yield made
    finally:
        _drop(kind, made)


def read_back(target: Target) -> dict[str, dict[str, str | list[str]]]:
    """Every document of the target, as the engine gives it back."""
    sink: Index = open_index(target)
    try:
        sink.check()
        return sink.get(sorted(sink.ids()))
    finally:
        sink.close()
