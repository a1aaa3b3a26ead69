"""What an engine that checks values does with bad documents: each costs itself, and its neighbours are indexed."""

import pytest

from indexer.engines.base import Action, Index
from indexer.model.documents import Delete, Fields
from indexer.pipeline.bisect import bisect
from indexer.testing.documents import document, stored, write
from indexer.testing.writing import DELETED, INDEXED, ids, push

BAD: dict[str, Fields] = {
    "a string over Lucene's limit": document("bad", "Bad", title_sort="x" * 40_000),
    "one value of several over the limit": document("bad", "Bad", url=["http://example.org/", "u" * 40_000]),
    "a wrong date": document("bad", "Bad", first_indexed="last Tuesday"),
    "a field that the schema has not": document("bad", "Bad", no_such_field="x"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=list(BAD))
def test_one_bad_document_costs_one_document(engine: Index, bad: Fields) -> None:
    good = [document(f"good {number}", f"Good {number}") for number in range(20)]
    outcomes = push(engine, [*good[:7], bad, *good[7:]])
    assert outcomes[:7] + outcomes[8:] == [INDEXED] * 20
    assert outcomes[7].status == "rejected"
    assert len(outcomes[7].reason) > 10
    engine.commit()
    assert set(engine.ids()) == ids(good)


def test_bad_documents_at_both_ends_and_side_by_side(engine: Index) -> None:
    bad_at = {0, 9, 10, 11, 22}
    documents = [
        document(f"{number}", "Number", **({"first_indexed": "never"} if number in bad_at else {}))
        for number in range(23)
    ]
    batch: list[Action] = [write(each, engine) for each in documents]
    batch[5] = Delete("5")
    outcomes = bisect(batch, engine.push)
    assert {place for place, outcome in enumerate(outcomes) if outcome.status == "rejected"} == bad_at
    assert outcomes[5] == DELETED
    engine.commit()
    assert set(engine.ids()) == {str(number) for number in range(23)} - {str(number) for number in bad_at} - {"5"}


def test_a_rejected_document_leaves_its_older_version(engine: Index) -> None:
    push(engine, [document("1", "Good")])
    engine.commit()
    assert push(engine, [document("1", "Bad", first_indexed="never")])[0].status == "rejected"
    engine.commit()
    assert engine.get(["1"]) == {"1": stored(document("1", "Good"))}
