"""What every engine does with batches: outcomes in order, and what was sent comes back."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.engines.base import Action, Index, Outcome
from indexer.engines.registry import engine_of, open_index
from indexer.model.documents import Delete, Fields
from indexer.model.errors import PermanentError
from indexer.model.targets import Target
from indexer.pipeline.bisect import bisect
from indexer.testing.documents import document, stored, write

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
    """As a run sends them."""
    return bisect([write(each, sink) for each in fields], sink.push)


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


def test_what_is_pushed_is_seen_after_the_commit(sink: Index) -> None:
    push(sink, [document("kept", "Kept")])
    sink.commit()
    push(sink, [document("new", "New")])
    sink.push([Delete("kept")])
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


def test_a_target_that_is_not_there(target: Target) -> None:
    if not engine_of(target).index:
        pytest.skip("a file is made by the load")
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
    if engine_of(target).server:
        assert "schema install" in caught.value.advice
