"""The last version of an id wins on the real engines, whatever is put off, with several workers and connections."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from indexer.jobs import plan
from indexer.model.documents import Fields
from indexer.model.targets import Target
from indexer.pipeline.push import Limits
from tests.conformance.conftest import _split
from tests.end_to_end.conftest import read_back
from tests.faults import proxy as faults
from tests.faults.conftest import Command, empty, make_index
from tests.faults.proxy import Exchange, Fault, Proxy, proxying
from tests.pipeline.loading import Dump, applied, write

BATCH = 4
ENGINES = ["solr", "solrcloud", "elasticsearch", pytest.param("opensearch", marks=pytest.mark.long)]
FAULTS: dict[str, Fault] = {
    "429": faults.refuse(429),
    "503": faults.refuse(503),
    "reset": faults.reset_after(0),
    "lost acknowledgement": faults.lose_acknowledgement,
}

FIRST: list[Dump] = [
    [("same batch", "one"), ("x0", "one"), ("same batch", "two"), ("x1", "one")],
    [("next batch", "one"), ("x2", "one"), ("x3", "one"), ("x4", "one")],
    [("next batch", "two"), ("x5", "one"), ("x6", "one"), ("x7", "one")],
    [("deleted in the batch", "one"), ("deleted in the batch", "deleted"), ("x8", "one")],
    [("written again in the batch", "deleted"), ("written again in the batch", "one"), ("x9", "one")],
    [("deleted after a batch", "one"), ("y0", "one"), ("y1", "one"), ("y2", "one")],
    [("deleted after a batch", "deleted"), ("y3", "one"), ("y4", "one"), ("written after a batch", "deleted")],
    [("written after a batch", "one"), ("other file", "one"), ("deleted by the other file", "one")],
    [("written by the other file", "deleted"), ("y5", "one")],
]
SECOND: list[Dump] = [
    [("other file", "two"), ("deleted by the other file", "deleted"), ("written by the other file", "one")],
    [("x0", "deleted"), ("x0", "three"), ("y5", "two"), ("y5", "deleted")],
]


def dumps(seed: int) -> list[Dump]:
    """What is listed above, and many versions of few ids in a random order behind it."""
    choice = random.Random(seed)
    names = [f"n{number}" for number in range(12)]
    lines = [
        [(choice.choice(names), choice.choice(["deleted", f"{file} {number}"])) for number in range(60)]
        for file in range(2)
    ]
    return [[*(line for dump in of for line in dump), *more] for of, more in zip((FIRST, SECOND), lines, strict=True)]


@pytest.fixture(scope="module", params=ENGINES)
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    for made in make_index(request.param, request):
        if request.param == "solrcloud":
            _split(made)
        yield made


@pytest.fixture
def proxy(target: Target, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setenv("INDEXER_BATCH_DOCUMENTS", str(BATCH))
    monkeypatch.setenv("INDEXER_CONNECTIONS", "4")
    monkeypatch.setenv("INDEXER_WORKERS", "2")
    monkeypatch.setattr(plan, "SMALL_DUMP", 0)
    monkeypatch.setattr(Limits.__init__, "__defaults__", (100, 0.02))
    empty(target)
    with proxying(target.base) as proxy:
        yield proxy


def first_time(fault: Fault) -> Fault:
    """Every push meets the fault once, and passes when it comes again."""
    seen: set[bytes] = set()

    def once(exchange: Exchange) -> None:
        body = exchange.push.body
        known = body in seen
        seen.add(body)
        (faults.pass_on if known else fault)(exchange)

    return once


_clean: dict[str, dict[str, Fields]] = {}


def clean(target: Target, files: Sequence[str], command: Command, monkeypatch: pytest.MonkeyPatch) -> dict[str, Fields]:
    """What one worker leaves that sends one document at a time."""
    if str(target) not in _clean:
        for name in ("WORKERS", "CONNECTIONS", "BATCH_DOCUMENTS"):
            monkeypatch.setenv(f"INDEXER_{name}", "1")
        assert command("load", *files, "--profile", "ojs", "--target", target, "--force").code == 0
        _clean[str(target)] = read_back(target)
        empty(target)
    return _clean[str(target)]


@pytest.mark.parametrize("name", ["429", pytest.param("503", marks=pytest.mark.long), "reset", "lost acknowledgement"])
def test_the_last_version_wins(
    name: str, proxy: Proxy, target: Target, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = dumps(seed=1)
    files = write(tmp_path, lines)
    with monkeypatch.context() as patch:
        whole = clean(target, files, command, patch)
    expected = applied(files, lines)
    assert {id: fields["title"] for id, fields in whole.items()} == expected.documents
    proxy.otherwise = first_time(FAULTS[name])
    ended = command(
        "load", *files, "--profile", "ojs", "--json", "--target", f"{target.kind}+{proxy.url}/{target.index}"
    )
    assert ended.code == 0, ended.err
    books = ended.books("ojs")
    assert (books["read"], books["indexed"], books["deleted"]) == (expected.read, expected.written, expected.deleted)
    assert read_back(target) == whole
    assert len(proxy.pushes) >= 2 * expected.read / BATCH
    assert ended.pauses > 0
