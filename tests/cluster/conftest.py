"""Builds run in a process apart (tests/cluster/apart.py)."""

from collections.abc import Iterator

import pytest

from tests.cluster import patches
from tests.cluster.apart import Apart


@pytest.fixture(scope="session")
def apart() -> Iterator[Apart]:
    process = Apart()
    yield process
    process.close()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is cut in the test's own process."""
    patches.small_parts(monkeypatch)
