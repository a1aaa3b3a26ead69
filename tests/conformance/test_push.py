"""What every sink does with batches: outcomes in order, one bad document costs one, what was sent comes back."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.engines.base import Action, Index, Outcome
from indexer.engines.registry import open_index
from indexer.model.documents import Delete, Fields
from indexer.model.errors import PermanentError
from indexer.model.targets import Target
from tests.conformance.documents import document, stored, write

INDEXED, DELETED = Outcome("indexed"), Outcome("deleted")

ODD: dict[str, Fields] = {
    "one value": document("one", "A title"),
    "many values": document("many", "A title", author=[f"Author, Number {n}" for n in range(100)], format=["A", "B"]),
    "no title": document("bare"),
    "empty strings": document("empty", title="", topic=[""], description="", publishDate=[""]),
    "quotes and lines": document("quotes", 'She said "no\\yes"\n\ttwice \x7f', author=['O\'Neill, "Pat"']),
    "repeated values": document("twice", "Twice", topic=["Tea", "Tea", "tea"], author=["Same, Name", "Same, Name"]),
    "many scripts": document(
        "scripts",
        "Ünïcødé ǅ ß İ ﬁ — Война и мир 羅生門 "
        "한국어 العربية עברית हिन्दी ภาษาไทย "
        "ελληνικά ქართული 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 "
        "😀👩‍🔬 e\u0301 \u00e9 \u200f\u00ad\ufeff",
        author=["Толстой, Лев", "芥川, 龍之介", "المتنبي"],
    ),
    "odd id": document("a/b,c d:e\"f'g?h=i&j#k%20+l\\m(n)*ö羅", "An id"),
    "dates": document("dates", "Dates", first_indexed="2017-05-30T00:00:00Z", last_indexed="2026-02-28T23:59:59Z"),
    "dynamic fields": document(
        "dynamic",
        "Dynamic",
        work_keys_str_mv=["AT a b", "UT c"],
        doi_str_mv=["10.1/x"],
        note_txt="words",
        x_txt_mv=["a"],
    ),
    "long text": document("long", "Long", description="word " * 20_000),
    "standard numbers": document("isn", "Numbers", isbn=["978-3-16-148410-0 (pbk.)"], issn=["2049-3630", "none"]),
}


def push(sink: Index, fields: Sequence[Fields]) -> list[Outcome]:
    return sink.push([write(each, sink) for each in fields])


def ids(fields: Sequence[Fields]) -> set[str]:
    return {str(each["id"]) for each in fields}


def test_documents_come_back_as_they_were_sent(sink: Index) -> None:
    documents = list(ODD.values())
    assert push(sink, documents) == [INDEXED] * len(documents)
    sink.commit()
    found = sink.get([str(each["id"]) for each in documents] + ["absent"])
    assert found == {each["id"]: stored(each) for each in documents}
    assert sink.count() == len(documents)
    assert set(sink.ids()) == ids(documents)


def test_an_empty_batch_is_nothing(sink: Index) -> None:
    assert sink.push([]) == []


def test_what_is_pushed_is_seen_after_the_commit(sink: Index, kind: str) -> None:
    push(sink, [document("kept", "Kept")])
    sink.commit()
    push(sink, [document("new", "New")])
    sink.push([Delete("kept")])
    # A file that is being continued is not there for readers until it is whole again.
    assert sink.count() == (0 if kind == "jsonl" else 1)
    sink.commit()
    assert sink.count() == 1
    assert list(sink.ids()) == ["new"]


def test_a_commit_reaches_other_readers(sink: Index, second: Index) -> None:
    push(sink, [document("kept", "Kept")])
    sink.commit()
    second.check()
    assert list(second.ids()) == ["kept"]
    assert second.get(["kept"])["kept"]["title"] == "Kept"


def test_a_later_version_replaces_the_whole_document(sink: Index) -> None:
    push(sink, [document("1", "First", author=["Somebody"]), document("2", "Other")])
    sink.commit()
    later = document("1", "Second", topic=["Tea"])
    push(sink, [later])
    sink.commit()
    assert sink.get(["1"]) == {"1": stored(later)}
    assert sink.count() == 2


def test_versions_between_two_commits_replace_each_other(sink: Index) -> None:
    push(sink, [document("1", "First")])
    push(sink, [document("1", "Second")])
    sink.push([Delete("1")])
    push(sink, [document("1", "Third")])
    push(sink, [document("2", "Gone")])
    sink.push([Delete("2")])
    sink.commit()
    assert sink.get(["1", "2"]) == {"1": stored(document("1", "Third"))}


def test_deletes_among_writes_in_order(sink: Index) -> None:
    odd = 'a,b "c" d\\e'
    push(sink, [document("1", "One"), document(odd, "Two"), document("3", "Three")])
    sink.commit()
    batch: list[Action] = [
        write(document("4", "Four"), sink),
        Delete("1"),
        Delete("absent"),
        Delete(odd),
        write(document("5", "Five"), sink),
    ]
    assert sink.push(batch) == [INDEXED, DELETED, DELETED, DELETED, INDEXED]
    sink.commit()
    assert set(sink.ids()) == {"3", "4", "5"}


def test_get_of_many_ids(sink: Index) -> None:
    documents = [document(f"n{number}", f"Number {number}") for number in range(1_201)]
    push(sink, documents)
    sink.commit()
    found = sink.get([str(each["id"]) for each in documents])
    assert len(found) == 1_201
    assert found["n1200"] == stored(documents[1200])
    assert len(set(sink.ids())) == sink.count() == 1_201


BAD: dict[str, Fields] = {
    "a string over Lucene's limit": document("bad", "Bad", title_sort="x" * 40_000),
    "one value of several over the limit": document("bad", "Bad", url=["http://example.org/", "u" * 40_000]),
    "a wrong date": document("bad", "Bad", first_indexed="last Tuesday"),
    "a field that the schema has not": document("bad", "Bad", no_such_field="x"),
    "two values where one is": document("bad", "Bad", record_format=["a", "b"]),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=list(BAD))
def test_one_bad_document_costs_one_document(engine: Index, kind: str, bad: Fields) -> None:
    if kind in ("elasticsearch", "opensearch") and isinstance(bad.get("record_format"), list):
        pytest.skip("their fields all take several values")
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
    outcomes = engine.push(batch)
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


def test_pushes_from_several_threads(sink: Index) -> None:
    batches = [[document(f"{batch}-{number}", f"Title {number}") for number in range(50)] for batch in range(16)]
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda batch: push(sink, batch), batches))
    assert outcomes == [[INDEXED] * 50] * 16
    sink.commit()
    assert sink.count() == 800
    assert set(sink.ids()) == {id for batch in batches for id in ids(batch)}


def test_the_same_batch_again_changes_nothing(sink: Index) -> None:
    documents = [document(f"{number}", "Again", author=["A", "B"]) for number in range(5)]
    push(sink, documents)
    sink.commit()
    push(sink, documents)
    sink.commit()
    assert sink.count() == 5
    assert sink.get(["3"]) == {"3": stored(documents[3])}


def test_a_target_that_is_not_there(engine: Index, target: Target, kind: str) -> None:
    absent = Target(
        target.kind,
        path=f"{target.path}-absent" if target.path else "",
        base=target.base,
        index=f"{target.index}_absent" if target.index else "",
    )
    sink = open_index(absent)
    with pytest.raises(PermanentError) as caught:
        sink.check()
    sink.close()
    assert str(absent) in caught.value.message
    assert caught.value.advice
    if kind != "embedded":
        assert "schema install" in caught.value.advice
