"""A server that is killed in the middle of a load, and started again: the index is that of an unbroken run."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from indexer.engines import registry
from indexer.engines.base import Tunable
from indexer.engines.registry import open_index, parse_target
from indexer.model.targets import Target
from tests.conftest import PATIENCE
from tests.end_to_end.conftest import read_back
from tests.faults import proxy as faults
from tests.faults.conftest import Command, empty
from tests.faults.dumps import AFTER, BATCH, DUMPS, LOADED, PUSHES, RECORDS
from tests.faults.own_server import OwnServer
from tests.faults.proxy import proxying

pytestmark = pytest.mark.long


@pytest.fixture(params=["solr", "elasticsearch", "opensearch"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[OwnServer, Target]]:
    request.getfixturevalue(f"{request.param}_url")  # where the shared one cannot run, neither can this
    server = OwnServer(request.param, tmp_path / "server")
    server.run("start")
    try:
        if not server.pid():
            pytest.skip("the server runs in a container, which this test cannot kill")
        target = parse_target(f"{server.kind}+{server.run('url')}/killed")
        registry.install(target)
        yield server, target
    finally:
        server.remove()


def settings(target: Target) -> dict[str, str | None]:
    with closing(open_index(target)) as sink:
        return cast(Tunable, sink).bulk_settings() if hasattr(sink, "bulk_settings") else {}


def test_it_comes_back(own: tuple[OwnServer, Target], command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it acknowledged is in its log; the run waits until its index is loaded again."""
    monkeypatch.setenv("INDEXER_BATCH_DOCUMENTS", str(BATCH))
    monkeypatch.setenv("INDEXER_WORKERS", "1")
    server, target = own
    dead, alive = threading.Event(), threading.Event()

    def kill(exchange: faults.Exchange) -> None:
        os.kill(server.pid(), signal.SIGKILL)
        dead.set()
        faults.pass_on(exchange)

    def revive() -> None:
        dead.wait(PATIENCE)
        time.sleep(1)
        server.run("start")
        alive.set()

    assert command("load", *DUMPS, "--target", target).code == 0
    expected = read_back(target)
    assert len(expected) == RECORDS
    before = settings(target)
    empty(target)
    nurse = threading.Thread(target=revive, daemon=True)
    nurse.start()
    with proxying(target.base) as proxy:
        proxy.script([kill], after=AFTER)
        ended = command("load", *DUMPS, "--json", "--target", f"{target.kind}+{proxy.url}/{target.index}")
    nurse.join(PATIENCE)
    assert alive.is_set()
    assert ended.code == 0, ended.err
    assert ended.books("pubmed") == LOADED
    assert read_back(target) == expected
    assert settings(target) == before
    assert 1 <= ended.pauses <= 20
    # after a few tries of a request another one asks each time whether the server takes anything at all
    assert len(proxy.pushes) <= PUSHES + 4 * ended.pauses
