"""A build in words."""

from indexer.observe import building
from tests.observe.builds import told


def test_stages_slow_workers_and_long_parts_are_told() -> None:
    assert list(building.lines(told())) == [
        "derive: 6 of 10 parts · 4,000 records, 200 a second · 20.0 s · about 20.0 s left",
        "requests under way at once, at the most: 4",
        "slow worker <c>: 1 parts, 1,000 records in 1 min 30 s, 1 taken from it",
        "took longest: derive of part 3, 1 min 30 s on <c>",
        "took longest: derive of part 2, 1.2 s on a",
        "took longest: derive of part 1, 1.0 s on b",
        "took longest: derive of part 0, 1.0 s on a",
        "Dask's own page: http://head:8787/status",
    ]
