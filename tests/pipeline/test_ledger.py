"""The settled prefix of each dump: never past a record whose end is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model.books import Account, Books
from indexer.pipeline.ledger import Entry, Ledger, Settled

SIZES = st.lists(st.integers(0, 6), min_size=1, max_size=4)


@given(sizes=SIZES, data=st.data())
def test_a_prefix_never_passes_a_record_that_is_out(sizes: list[int], data: st.DataObject) -> None:
    ledger = Ledger()
    out: list[Entry] = []
    done: set[tuple[str, int]] = set()
    seen: dict[str, Settled] = {}

    def settle_some() -> None:
        for entry in data.draw(st.permutations(out)) if out else []:
            if data.draw(st.booleans()):
                out.remove(entry)
                ledger.settle(entry, "indexed")
                done.add((entry.file, entry.number))
                look()

    def look() -> None:
        for file, settled in ledger.moved().items():
            seen[file] = settled
            assert all((file, number) in done for number in range(1, settled.items + 1))
            assert settled.account.total.read == settled.account.total.indexed == settled.items

    for number, size in enumerate(sizes):
        out.extend(ledger.take(f"f{number}", item, "s") for item in range(1, size + 1))
        ledger.pass_end(f"f{number}")
        settle_some()
    for entry in out:
        ledger.settle(entry, "indexed")
        done.add((entry.file, entry.number))
        look()
    look()
    assert ledger.out == 0
    assert {file: (settled.items, settled.finished) for file, settled in seen.items()} == {
        f"f{number}": (size, True) for number, size in enumerate(sizes)
    }
    assert ledger.account.total == Books(read=sum(sizes), indexed=sum(sizes))
    assert ledger.settled == {}  # finished dumps are let go of


def test_what_an_earlier_run_did_is_in_the_books() -> None:
    ledger = Ledger()
    ledger.resume("f", Settled(3, False, Account({"s": Books(read=2, indexed=1, rejected=1)}, faults=1)))
    ledger.settle(ledger.take("f", 4, "s"), "deleted")
    ledger.pass_fault("f", 5)
    assert ledger.account.sources == {"s": Books(read=3, indexed=1, deleted=1, rejected=1)}
    assert ledger.account.faults == 2
    moved = ledger.moved()["f"]
    assert (moved.items, moved.finished, moved.account.faults) == (5, False, 2)
    assert moved.account.sources == ledger.account.sources


def test_records_are_counted_in_the_order_in_which_they_were_taken() -> None:
    ledger = Ledger()
    entries = [ledger.take("f", 1, "s"), ledger.take("f", 2, "t"), ledger.take("g", 1, "s")]
    assert [entry.sequence for entry in entries] == [1, 2, 3]


def test_what_is_not_kept_counts_as_in_flight_after_an_error() -> None:
    ledger = Ledger()
    ledger.resume("f", Settled(3, False, Account({"s": Books(read=3, indexed=3)}, faults=1)))
    kept, out, late = ledger.take("f", 4, "s"), ledger.take("f", 5, "s"), ledger.take("g", 1, "t")
    ledger.settle(kept, "rejected")
    ledger.keep()
    ledger.settle(late, "indexed")
    ledger.pass_fault("g", 2)
    ledger.drop_unfinished()
    assert ledger.account.sources == {"s": Books(read=4, indexed=3, rejected=1), "t": Books()}
    assert ledger.account.faults == 1
    assert ledger.account.in_flight == {"s": 1, "t": 1}
    assert out.column is None


def test_a_record_of_several_documents_is_settled_with_the_last_of_them() -> None:
    ledger = Ledger()
    first, second = (ledger.take("f", 1, "s", parts=2) for _ in range(2))
    other = ledger.take("f", 2, "s")
    ledger.settle(first, "indexed")
    ledger.settle(other, "unchanged")
    assert ledger.moved() == {}
    ledger.settle(second, "deleted")
    moved = ledger.moved()["f"]
    assert (moved.items, moved.account.sources) == (2, {"s": Books(read=3, indexed=1, unchanged=1, deleted=1)})
    early = ledger.take("f", 3, "s", parts=2)  # settled before the other one is even taken
    ledger.settle(early, "indexed")
    assert ledger.moved() == {}


def test_a_record_ends_once() -> None:
    ledger = Ledger()
    entry = ledger.take("f", 1, "s")
    ledger.settle(entry, "indexed")
    with pytest.raises(ValueError, match="f item 1 was settled as indexed and now as rejected"):
        ledger.settle(entry, "rejected")
