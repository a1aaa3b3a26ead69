"""Generations with documents in them."""

from indexer.engines.generations import GenerationStore
from indexer.engines.registry import install, open_index
from indexer.model.targets import Target
from indexer.testing.documents import document, write

FIRST, SECOND, THIRD = "g20261128t134501", "g20261128t134502", "g20261128t134503"
WORD = "gallimaufry"


def fill(target: Target, count: int) -> None:
    """Documents n0, n1, ... into a target that has the schema."""
    sink = open_index(target)
    sink.check()
    documents = [write(document(f"n{number}", f"{WORD} {number}"), sink) for number in range(count)]
    assert {outcome.status for outcome in sink.push(documents)} == {"indexed"}
    sink.commit()
    sink.close()


def count(target: Target) -> int:
    sink = open_index(target)
    sink.check()
    found = sink.count()
    assert set(sink.get([f"n{number}" for number in range(found)])) == {f"n{number}" for number in range(found)}
    sink.close()
    return found


def build(place: GenerationStore, name: str, documents: int) -> None:
    fill(place.make(name), documents)


def plain(target: Target, documents: int) -> None:
    install(target)
    fill(target, documents)
