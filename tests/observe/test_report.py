"""The end of a run in words."""

import pytest

from indexer.model.books import Account, Books
from indexer.observe import report
from indexer.pipeline.summary import Summary


def summary(*books: Books, faults: int = 0, interrupted: bool = False) -> Summary:
    sources = {f"source{number}": counted for number, counted in enumerate(books)}
    return Summary(Account(sources, faults), seconds=2.0, interrupted=interrupted)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (1.94, "1.9 s"), (59.9, "59.9 s"), (60, "1 min 0 s"), (1203, "20 min 3 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert report.duration(seconds) == words


def test_the_columns_of_all_sources_stand_below_each_other() -> None:
    shown = report.lines(summary(Books(read=1685, indexed=1685), Books(read=2, rejected=2)), target="embedded:x")
    assert shown == [
        "source0   read 1,685   indexed 1,685   rejected 0",
        "source1   read     2   indexed     0   rejected 2",
        "books closed · 2.0 s · 844 records/s · embedded:x",
    ]


def test_books_that_do_not_close_are_shouted() -> None:
    shown = report.lines(summary(Books(read=2, indexed=1)), target="embedded:x")
    assert shown[-1] == "BOOKS DO NOT CLOSE for source0: treat this run as failed"


def test_what_a_remembered_run_promises() -> None:
    ended = summary(Books(read=2, indexed=1, rejected=1), faults=2, interrupted=True)
    assert report.lines(ended, target="embedded:x", remembered=True)[2:] == [
        "rejected records are kept, and why: indexer dead-letters list",
        "2 files were not read, or not to the end",
        "interrupted: what is counted above is safe, and the same command goes on from there",
    ]
    assert report.lines(ended, target="embedded:x", dry_run=True)[2:] == [
        "2 files were not read, or not to the end",
        "dry run: nothing was sent",
        "interrupted",
    ]


def test_a_run_that_read_nothing() -> None:
    assert report.lines(summary(faults=1), target="embedded:x") == [
        "books closed · 2.0 s · 0 records/s · embedded:x",
        "1 file was not read, or not to the end",
    ]
