"""Did you mean, on real records."""

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Query, Write
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.engines.embedded.suggest import edit_distance
from indexer.formats import to_document
from indexer.formats.profiles import resolve
from indexer.model.documents import Document
from indexer.model.records import Record
from indexer.sources import read


def write(id: str, title: str, **fields: str | list[str]) -> Write:
    return Write(id, orjson.dumps({"id": id, "title": title, **fields}))


@pytest.fixture(scope="module")
def titles() -> list[str]:
    return []


@pytest.fixture(scope="module")
def pubmed(data: Path, titles: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedSink]:
    profile = resolve("pubmed", {})
    batch = []
    for record in read([str(data / "pubmed/pubmed21n1298_slice.xml.gz")], source="pubmed"):
        document = to_document(record, profile) if isinstance(record, Record) else None
        if isinstance(document, Document):
            batch.append(Write(document.id, orjson.dumps(document.fields)))
            titles.append(str(document.fields["title"]))
    sink = EmbeddedSink(tmp_path_factory.mktemp("suggest") / "index", create=True)
    sink.check()
    sink.push(batch)
    sink.commit()
    yield sink
    sink.close()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[EmbeddedSink]:
    sink = EmbeddedSink(tmp_path / "index", create=True)
    sink.check()
    sink.push(
        [
            *(write(f"form {n}", "Form of words") for n in range(9)),
            write("1", "Intravenous infusion"),
            write("2", "Die Müller von Łódź"),
            write("3", "From here to eternity"),
            write("4", "Война и мир", language=["Russian"]),
            write("5", "हिन्दी साहित्य"),
            write("6", "X-ray 1984"),
            write("7", "A farm in the forest"),
        ]
    )
    sink.commit()
    yield sink
    sink.close()


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("intravenus infusion", "intravenous infusion"),
        ("Intravenus Infusion!", "intravenous Infusion!"),  # the rest of the query stays as it was typed
        ("intravenus infussion", "intravenous infusion"),
        ('"intravenus infusion"', '"intravenous infusion"'),
        ("intraveonus", "intravenous"),  # two letters swapped
        ("infusion of intravenus", "infusion of intravenous"),
        ("mülller", "müller"),
        ("Muler", "müller"),
        ("Lodzz", "łódź"),
        ("воина мирр", "воина мир"),
        ("साहित्यय", "साहित्य"),
        ("frm eternity", "from eternity"),  # `form` is more frequent, and never stands there
        ("frm words", "form words"),
        ("forn", "form"),
        ("xfarm", "farm"),  # the first letter may be the wrong one
    ],
)
def test_a_misspelling_is_corrected(small: EmbeddedSink, text: str, suggestion: str) -> None:
    found = small.search(Query(text))
    assert (found.total, found.suggestion) == (0, suggestion)
    assert small.search(Query(suggestion)).total > 0


@pytest.mark.parametrize(
    "text",
    [
        "infusion",  # found
        "qqqqwwww",  # nothing near
        "1985",  # a number is not misspelt, it is another number
        "zq",
        "!?",
        "intravenus eternity",  # each has a neighbour, and no record has both
        "羅生",
        "a b c d e f g h",
        " ".join(["intravenus"] * 50),
    ],
)
def test_no_suggestion(small: EmbeddedSink, text: str) -> None:
    assert small.search(Query(text)).suggestion is None


def test_a_suggestion_keeps_to_the_filters(small: EmbeddedSink) -> None:
    russian = (("language", "Russian"),)
    assert small.search(Query("мирр", filters=russian)).suggestion == "мир"
    assert small.search(Query("intravenus", filters=russian)).suggestion is None


def test_known_words_that_never_meet_are_corrected_together(small: EmbeddedSink) -> None:
    assert small.search(Query("form eternity")).suggestion == "from eternity"


def test_deleted_words_are_not_suggested(small: EmbeddedSink) -> None:
    small.push([write("1", "Something else")])
    small.commit()
    assert small.search(Query("intravenus")).suggestion is None


def test_misspelt_words_of_real_titles(pubmed: EmbeddedSink, titles: list[str]) -> None:
    """Most single slips are mended to the word that was meant, and whatever is suggested has hits."""
    dice = random.Random(5)
    words = [word for title in titles for word in re.findall(r"\b[a-z]{6,}\b", title)]
    meant, asked = 0, 0
    for word in dice.sample(words, 60):
        at = dice.randrange(1, len(word) - 1)
        slips = (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + "q" + word[at + 1 :])
        slip = dice.choice(slips)
        found = pubmed.search(Query(slip))
        if found.total:  # another word, or one stem with it
            continue
        asked += 1
        assert found.suggestion, slip
        assert pubmed.search(Query(found.suggestion)).total > 0
        meant += found.suggestion == word
    assert asked > 30
    assert meant >= 0.9 * asked


WORDS = st.text(alphabet="abcd", max_size=7)


@given(WORDS, WORDS, st.integers(0, 3))
def test_edit_distance_is_optimal_string_alignment(first: str, second: str, limit: int) -> None:
    @cache
    def distance(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(distance(i - 1, j) + 1, distance(i, j - 1) + 1)
        best = min(best, distance(i - 1, j - 1) + (first[i - 1] != second[j - 1]))
        if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
            best = min(best, distance(i - 2, j - 2) + 1)
        return best

    assert edit_distance(first, second, limit) == min(distance(len(first), len(second)), limit + 1)
