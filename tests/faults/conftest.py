"""The command in this process, where a test can shorten its time-outs, and an index that begins empty."""

import json
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.cli import main
from indexer.engines import registry
from indexer.engines.registry import open_index, parse_target
from indexer.model.documents import Delete
from indexer.model.targets import Target
from tests.conformance.conftest import SERVERS, _drop

SAME_CODE = {"stalled", "slow", "429 storm", "other statuses that may pass", "lost acknowledgement", "items refused"}


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """OpenSearch differs from Elasticsearch by its client alone: what cannot depend on that is left to the long run."""
    for item in items:
        if any(item.name.endswith(f"[opensearch-{name}]") for name in SAME_CODE):
            item.add_marker("long")


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def pauses(self) -> int:
        """How often a request was put off."""
        return self.err.count("; trying again in ")

    def books(self, source: str) -> dict[str, int]:
        report: dict[str, Any] = json.loads(self.out)
        assert report["books_closed"] is True
        books: dict[str, int] = report["books"][source]
        return books


Command = Callable[..., Ended]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command in a folder of its own; gives its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["indexer", *map(str, args)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, printed.out, printed.err)

    return run


def make_index(kind: str, request: pytest.FixtureRequest) -> Iterator[Target]:
    """A core, collection or index of our own on the shared server; gone in the end."""
    product, fixture = SERVERS[kind]
    made = parse_target(f"{product}+{request.getfixturevalue(fixture)}/faults_{uuid.uuid4().hex[:12]}")
    try:
        registry.install(made)
        yield made
    finally:
        _drop(kind, made)


def empty(target: Target) -> None:
    sink = open_index(target)
    try:
        sink.check()
        sink.push([Delete(id) for id in sink.ids()])
        sink.commit()
        assert sink.count() == 0
    finally:
        sink.close()
