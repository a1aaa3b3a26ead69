"""An index that is read goes away while it is read: asked again at the same place, and given up with its name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.engines import retry
from indexer.engines.registry import open_index, parse_target
from indexer.model.errors import SourceError, TransientError
from indexer.model.targets import Target
from indexer.pipeline.pool import CHUNK_RECORDS
from indexer.sources import live
from indexer.testing.documents import document, write
from tests.faults.conftest import Command, make_index
from tests.faults.proxy import Proxy, proxying

IDS = [f"r{number:04}" for number in range(1200)]
KINDS = [pytest.param(kind, marks=pytest.mark.servers) for kind in ("solr", "elasticsearch", "opensearch")]


@pytest.fixture(scope="module", params=KINDS)
def filled(request: pytest.FixtureRequest) -> Iterator[Target]:
    """1,200 documents, which are three pages."""
    for target in make_index(request.param, request):
        sink = open_index(target)
        sink.check()
        for start in range(0, len(IDS), 400):
            sink.push([write(document(id, id), sink) for id in IDS[start : start + 400]])
        sink.commit()
        sink.close()
        yield target


@pytest.fixture
def proxied(filled: Target) -> Iterator[tuple[Proxy, str]]:
    with proxying(filled.base) as proxy:
        yield proxy, f"{filled.kind}+{proxy.url}/{filled.index}"


def test_it_goes_on_where_it_was(proxied: tuple[Proxy, str]) -> None:
    proxy, name = proxied
    pauses: list[tuple[str, float]] = []

    def pause(error: TransientError, seconds: float) -> None:
        pauses.append((error.message, seconds))
        if len(pauses) % 2 == 0:
            proxy.open()

    found = []
    for number, record in enumerate(live.records(name, {}, "s", pause), 1):
        assert str(record.position) == f"{name} record {number:,}"
        found.append(record.raw[7:12].decode() if record.raw.startswith(b'{"id":"') else "")
        if number in (500, 1000):
            proxy.close()
    assert sorted(found) == IDS
    assert [seconds for _, seconds in pauses] == [1, 2, 1, 2]
    assert all(message.startswith(f"{name}: the server cannot be reached") for message, _ in pauses)


def test_it_is_given_up(proxied: tuple[Proxy, str]) -> None:
    proxy, name = proxied
    waits: list[float] = []
    records = live.records(name, {}, "s", lambda _, seconds: waits.append(seconds))
    for _ in range(500):
        next(records)
    proxy.close()
    with pytest.raises(SourceError) as caught:
        next(records)
    assert waits == [1, 2, 4, 8, 16]
    assert caught.value.message.endswith("given up after 6 tries, after record 500")
    assert "from the beginning" in caught.value.advice


def test_a_load_ends_with_what_was_read_in_the_index(
    proxied: tuple[Proxy, str], command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, name = proxied
    monkeypatch.setattr(retry, "READING_WAITS", (0.01,))
    proxy_closes_after(proxy, 500, monkeypatch)
    ended = command("load", name, "--target", "embedded:index", "--workers", "1")
    assert ended.code == 3
    assert "; trying again in " in ended.err
    assert "given up after 2 tries, after record 500" in ended.err
    kept = open_index(parse_target(f"embedded:{tmp_path / 'index'}"))
    derived = 500 // CHUNK_RECORDS * CHUNK_RECORDS  # a chunk that is not full yet is read again
    assert kept.count() == derived
    kept.close()
    proxy.open()
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    again = command("load", name, "--target", "embedded:index", "--json")
    assert again.code == 0
    assert again.books("solr_json") == {
        "read": 1200, "indexed": 1200 - derived, "unchanged": derived, "deleted": 0, "filtered": 0, "rejected": 0
    }  # fmt: skip


def proxy_closes_after(proxy: Proxy, records: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closes the port when the source has given so many records."""
    whole = live.records

    def some(*args: object) -> Iterator[object]:
        for number, record in enumerate(whole(*args), 1):  # type: ignore[arg-type]
            yield record
            if number == records:
                proxy.close()

    monkeypatch.setattr(live, "records", some)
