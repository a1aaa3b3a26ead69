from collections import Counter

from indexer.model.books import HELD, Account, Books
from indexer.pipeline.ledger import Ledger


def test_a_deletion_that_is_held_counts_as_rejected_and_does_not_use_the_budget_up() -> None:
    account = Account({"s": Books(read=3)})
    for column in ("indexed", HELD, "rejected"):
        account.count("s", column)
    assert account.of("s").counts() == Books(read=3, indexed=1, rejected=2).counts()
    assert account.of("s").closed
    assert (account.failed, account.held) == (1, Counter(s=1))


def test_the_books_close_when_deletions_are_let_through() -> None:
    account = Account({"s": Books(read=5, indexed=2, rejected=3)}, held=Counter(s=2))
    account.let_through(Account({"s": Books(read=4, deleted=3, rejected=1), "t": Books(read=2, deleted=2)}))
    assert account.of("s").counts() == Books(read=7, indexed=2, deleted=3, rejected=2).counts()
    assert account.of("t").counts() == Books(read=2, deleted=2).counts()
    assert not account.open_sources
    assert not account.held


def test_one_that_a_later_version_overtook_counts_as_deleted() -> None:
    account = Account({"s": Books(read=2, indexed=1, rejected=1)}, held=Counter(s=1))
    account.let_through(Account())
    assert account.of("s").counts() == Books(read=2, indexed=1, deleted=1).counts()


def test_what_is_held_is_part_of_a_checkpoint_and_taken_back_by_an_error() -> None:
    ledger = Ledger()
    first, second = (ledger.take("f", number, "s") for number in (1, 2))
    ledger.settle(first, HELD)
    (settled,) = ledger.moved().values()
    assert (settled.items, settled.account.held) == (1, Counter(s=1))
    ledger.keep()
    ledger.settle(second, HELD)
    ledger.drop_unfinished()
    assert ledger.account.held == Counter(s=1)
    assert ledger.account.of("s").counts() == Books(read=1, rejected=1).counts()
