"""The engine that is tested: open, checked and empty. Whoever imports these gives the fixture `target`."""

from collections.abc import Iterator

import pytest

from indexer.engines.base import Index
from indexer.engines.registry import open_index
from indexer.model.documents import Delete
from indexer.model.targets import Target


def emptied(target: Target) -> Iterator[Index]:
    """The target, open and checked, without what was in it; closed behind the yield."""
    opened = open_index(target, connections=4)
    try:
        opened.check()
        opened.push([Delete(id) for id in opened.ids()])
        opened.commit()
        yield opened
    finally:
        opened.close()


@pytest.fixture
def sink(target: Target) -> Iterator[Index]:
    """An open, checked, empty writer."""
    yield from emptied(target)


@pytest.fixture
def engine(sink: Index) -> Index:
    """The same, of an engine that keeps an index."""
    return sink


@pytest.fixture
def second(target: Target) -> Iterator[Index]:
    """Another one on the same target, as another process would open it."""
    opened = open_index(target)
    yield opened
    opened.close()
