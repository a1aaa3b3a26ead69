"""The suite that every engine of indexer has to pass."""

import pytest

from indexer.engines.registry import open_index, parse_target
from indexer.model.targets import Target
from indexer.testing.fixtures import *  # noqa: F403
from indexer.testing.reading import *  # noqa: F403
from indexer.testing.writing import *  # noqa: F403


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    made = parse_target(f"sqlite:{tmp_path_factory.mktemp('sqlite') / 'documents.db'}")
    sink = open_index(made, create=True)
    sink.check()
    sink.close()
    return made
