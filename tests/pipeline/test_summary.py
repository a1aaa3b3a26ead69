"""What is told of a run afterwards."""

from collections import Counter
from dataclasses import fields, replace

from indexer.model.books import Account, Books
from indexer.model.build import Work
from indexer.model.errors import ExitCode
from indexer.model.records import Position, Record
from indexer.pipeline.summary import KEPT_KINDS, Example, Summary


def test_warnings_of_ever_new_kinds_are_counted_together() -> None:
    summary = Summary()
    record = Record("s", "marc", b"", Position("d", 1))
    for number in range(KEPT_KINDS + 5):
        summary.warn("".join(chr(97 + int(digit)) for digit in str(number)), record, "id")
    assert len(summary.warnings) == KEPT_KINDS + 1
    assert summary.warnings["others"] == 5


def test_books_that_do_not_close_are_a_failed_run() -> None:
    summary = Summary()
    summary.account.of("x").read = 2
    summary.account.of("x").indexed = 1
    assert summary.account.open_sources == ["x"]
    assert summary.exit_code == ExitCode.REJECTED


def test_a_part_of_a_run_adds_everything_but_its_books() -> None:
    examples = {"x": Example("x1", "a.xml record 1", "id")}
    part = Summary(Account({"ojs": Books(read=1)}), Counter(x=2), 1.5, True, 3, 4, 5, True, ["a.xml"], examples, Work())
    assert all(getattr(part, each.name) != getattr(Summary(), each.name) for each in fields(Summary))
    whole = Summary()
    whole.add(part)
    assert whole == replace(part, account=Account())
    whole.add(part)
    assert (whole.warnings, whole.seconds, whole.retries) == ({"x": 4}, 3.0, 6)
    assert (whole.held, whole.missing, whole.faulty) == (8, 10, ["a.xml"] * 2)
