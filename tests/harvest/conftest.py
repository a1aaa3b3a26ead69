"""A server with 35 records in pages of ten, and a harvest of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.harvest.folder import folder_of
from tests.harvest.harvester import ALL, BEFORE, Harvester
from tests.harvest.oai_server import Item, Repository, serving


@pytest.fixture
def repository() -> Iterator[Repository]:
    with serving(Repository(size=10)) as made:
        made.put(*(Item(name, BEFORE, f"title {name[1:]}") for name in ALL))
        yield made


@pytest.fixture
def harvest(repository: Repository, tmp_path: Path) -> Harvester:
    return Harvester(repository, folder_of(str(tmp_path), "s"))
