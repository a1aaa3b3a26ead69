"""A scheduler with two workers in this process: their parts are small, so that a few records make many."""

from collections.abc import Iterator

import pytest

from indexer.cluster import cut


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of more than 4 kB are cut, into parts of seven records."""
    monkeypatch.setattr(cut, "WHOLE", 4000)
    monkeypatch.setattr(cut, "PART_BYTES", 8000)
    monkeypatch.setattr(cut, "PART_RECORDS", 7)
