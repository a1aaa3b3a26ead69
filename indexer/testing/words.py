"""A word means the same on every engine: what of it is a word, what a phrase, what nothing."""

from collections.abc import Iterator

import pytest

from indexer.engines.base import Index, Query
from indexer.engines.registry import open_index
from indexer.model.targets import Target
from indexer.testing.documents import document, write

CORPUS = (
    document("cell", "T-cell lymphoma"),
    document("other cell", "The plant cell"),
    document("art", "State-of-the-art printing"),
    document("no art", "The art of the state"),
    document("4.5", "Release 4.5 of the rules"),
    document("5 4", "Chapters 5, 4 and 3"),
    document("c++", "C++ in a week"),
    document("c2000", "Almanac", publishDate=["c2000"], edition="c2000", description="Almanac c2000"),
    document("98th", "The 98th regiment"),
    document("II", "Letters. Part II"),
    document("two", "Letters. Part two"),
    document("中国文学", "中国文学史"),
    document("paco", "One", author=["Novelty, Paco"], author_variant=["N P"]),
    document("initials", "Another", author=["Smith, J. A."]),
    document("rome", "Rome's walls"),
    document("roman", "Walls of Rome"),
    document("s", "Nothing"),
    document("vitamin a", "Vitamin A deficiency"),
    document("vitamin b", "Vitamin B deficiency"),
    document("accent behind", "Cro\u0301nicas", author=["Nid\u0323udavo\u0304lu"], title_alt=["\u02bbAdil"]),
    document("accent above", "Cr\u00f3nicas"),
)


@pytest.fixture(scope="module")
def corpus(target: Target) -> Iterator[Index]:
    sink = open_index(target)
    sink.check()
    assert {outcome.status for outcome in sink.push([write(each, sink) for each in CORPUS])} == {"indexed"}
    sink.commit()
    yield sink
    sink.close()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("T-cell", {"cell", "other cell"}),  # t is a stop word, as in VuFind
        ("state-of-the-art", {"art"}),
        ("printing state-of-the-art", {"art"}),
        ("4.5", {"4.5"}),
        ("C++", {"c++", "c2000"}),
        ("2000", {"c2000"}),
        ("c2000", {"c2000"}),
        ("98th", {"98th"}),
        ("98", {"98th"}),
        ("part II", {"II", "two"}),
        ("Part 2", {"II", "two"}),
        ("PART TWO", {"II", "two"}),
        ("中国文学", {"中国文学"}),
        ('"Novelty, Paco"', {"paco"}),
        ('"Paco, Novelty"', set()),
        ("Smith, J. A.", {"initials"}),
        ("Rome's", {"rome", "roman"}),
        ("vitamin a", {"vitamin a"}),
        ("the vitamin b", {"vitamin b"}),
        ("AT&T", set()),
        ("the", set()),
        ("s", set()),
        ("cronicas", {"accent behind", "accent above"}),
        ("cro\u0301nicas", {"accent behind", "accent above"}),
        ("Cr\u00f3nicas", {"accent behind", "accent above"}),
        ("nidudavolu", {"accent behind"}),
        ("Adil", {"accent behind"}),
    ],
)
def test_words(corpus: Index, text: str, ids: set[str]) -> None:
    assert {hit.id for hit in corpus.search(Query(text, suggest=False)).hits} == ids
