"""Whole folders of real dumps of every kind, as they were found, into every engine."""

import json
from pathlib import Path

from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.documents import of_lines, stored


def test_everything_loads_and_the_books_close(target: Target, indexer: Indexer, real_data: Path) -> None:
    """Some of these files are broken on purpose, and some are no dumps: they cost themselves only."""
    assert target.kind == "embedded" or indexer("schema", "install", "--target", target).code == 0
    loaded = indexer("load", real_data, "--target", target, "--json")
    assert loaded.code in (ExitCode.OK, ExitCode.REJECTED), loaded.err
    report = json.loads(loaded.out)
    assert report["books_closed"] is True
    lines = indexer("transform", real_data)
    assert lines.code == loaded.code
    there = read_back(target)
    wanted = of_lines(lines.out)
    refused = wanted.keys() - there.keys()
    assert len(refused) <= sum(books["rejected"] for books in report["books"].values())
    assert there.keys() <= wanted.keys()
    assert stored(there) == stored({id: wanted[id] for id in there})
