"""A server that is wrong in each of the protocol's elements in turn: every harvest ends and loses nothing that it was
sent, and the next one goes on.
"""

import gzip
from pathlib import Path
from random import Random

import pytest

from indexer.model.errors import SourceError, TransientError
from indexer.model.records import Fault
from tests.harvest.harvester import Harvester
from tests.harvest.mutation import Mutator
from tests.harvest.oai_server import Item

BOUND = 150  # requests of one harvest of five pages, with four tries, three readings and a hundred empty pages
NIGHTS = 3  # with what is wrong, before the server is mended
IN_CI = 30
ALL = 1000


def harvested(harvest: Harvester) -> bool:
    """Whether the harvest came to the end of its list; how it ends else is an error that a person can read."""
    before = len(harvest.repository.asked)
    try:
        harvest()
    except (SourceError, TransientError):
        ended = False
    else:
        ended = True
    assert len(harvest.repository.asked) - before <= BOUND
    return ended


def kept(harvest: Harvester) -> tuple[set[str], bytes]:
    """The ids of the records in the folder, and the bytes of what could not be read as one."""
    found, broken = set(), []
    for item in harvest.records():
        if isinstance(item, Fault):
            broken.append(item.raw)
        elif item.header is not None and item.header.identifier:
            found.add(item.header.identifier)
    return found, b"\n".join(broken)


def lost(harvest: Harvester, sent: set[str]) -> set[str]:
    found, broken = kept(harvest)
    return {id for id in sent - found if id.encode() not in broken}


def check(harvest: Harvester, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    repository = harvest.repository
    repository.items = {f"id{n:02}x": Item(f"id{n:02}x", "2021-05-01T00:00:00Z", f"title {n}") for n in range(14)}
    repository.size, harvest.tries = 3, 5
    mutator = Mutator(repository, Random(seed))
    monkeypatch.setattr(repository, "answer", mutator.answer)
    if mutator.fault:
        repository.faults = dict.fromkeys(range(mutator.first, mutator.first + mutator.count), mutator.fault)
    for night in range(NIGHTS):
        repository.now = f"2021-06-0{night + 1}T12:00:00Z"
        harvested(harvest)
        assert lost(harvest, mutator.sent) == set(), mutator.what
    mutator.healed, repository.faults = True, {}
    repository.epoch += 1
    repository.now = "2021-06-09T12:00:00Z"
    repository.put(Item("new", repository.now, "new"))
    assert harvested(harvest) or harvested(harvest), mutator.what
    repository.put(Item("newer", repository.now, "newer"))
    assert harvested(harvest), mutator.what
    assert lost(harvest, mutator.sent | {"new", "newer"}) == set(), mutator.what
    notes = harvest.folder.notes()
    assert notes is not None
    assert notes.listing is None
    assert repository.asked[-1].get("from") or "resumptionToken" in repository.asked[-1], mutator.what
    if not mutator.risky and not notes.short:
        pages = b"".join(gzip.decompress(Path(page).read_bytes()) for page in harvest.folder.pages())
        never = {item.id for item in repository.items.values() if item.id.encode() not in pages}
        never = {id for id in never if f">{repository.items[id].title}<".encode() not in pages}  # it has no name there
        assert never == set(), mutator.what


@pytest.mark.parametrize("seed", range(IN_CI))
def test_a_harvest_ends_and_loses_nothing_and_the_next_goes_on(
    harvest: Harvester, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    check(harvest, monkeypatch, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(IN_CI, ALL))
def test_so_do_a_thousand(harvest: Harvester, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    check(harvest, monkeypatch, seed)
