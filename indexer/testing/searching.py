"""What every engine finds: words, phrases, names, near misses; nothing a person types is query syntax."""

from collections.abc import Iterator

import pytest

from indexer.engines.base import Found, Index, Query
from indexer.engines.registry import open_index
from indexer.model.errors import ConfigError
from indexer.model.targets import Target
from indexer.testing.documents import CORPUS, stored, write

SEED = "pubmed-5443306"


@pytest.fixture(scope="module")
def corpus(target: Target) -> Iterator[Index]:
    """An engine with the corpus, for all tests that only read."""
    sink = open_index(target)
    sink.check()
    assert {outcome.status for outcome in sink.push([write(each, sink) for each in CORPUS])} == {"indexed"}
    sink.commit()
    yield sink
    sink.close()


def found(sink: Index, text: str) -> list[str]:
    return [hit.id for hit in sink.search(Query(text)).hits]


def test_a_word_of_the_title(corpus: Index) -> None:
    result = corpus.search(Query("thrombocytopenia"))
    assert result.total == 1
    assert result.hits[0].id == SEED
    assert result.hits[0].fields == stored(CORPUS[0])
    assert result.hits[0].score is not None
    assert result.suggestion is None


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("xiaohua", {SEED}),
        ("Sun Wei", {SEED, "cat,3"}),
        ("sun wei infusion", {SEED}),  # words may be in different fields
        ("MÜLLER", {"cat/2"}),
        ("muller tea", {"cat/2"}),
        ("the infusion of tea", {"cat/2"}),
        ("infusions", {SEED, "cat/2"}),
        ("толстой", {"cat 4"}),
        ("война", {"cat 4"}),
        ("羅生門", {"cat:5"}),
        ("motorcycle book", {'cat"6"'}),
        ("infusion motorcycle", set()),
        ("follow-up", {SEED}),
    ],
)
def test_all_words_must_match(corpus: Index, text: str, ids: set[str]) -> None:
    assert set(found(corpus, text)) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('"stem cell"', {SEED}),
        ('"cell stem"', set()),
        ('wei "stem cell"', {SEED}),
        ('"motorcycle maintenance" pirsig', {'cat"6"'}),
        ('"infusion', {SEED, "cat/2"}),
    ],
)
def test_phrases(corpus: Index, text: str, ids: set[str]) -> None:
    assert set(found(corpus, text)) == ids


@pytest.mark.parametrize("text", ["", "*", "  "])
def test_everything(corpus: Index, text: str) -> None:
    result = corpus.search(Query(text, limit=100))
    assert result.total == len(CORPUS)
    assert {hit.id for hit in result.hits} == {each["id"] for each in CORPUS}


@pytest.mark.parametrize(
    "text",
    [
        'a:b AND ( "',
        "title:infusion",
        "nothing OR",
        "AND nothing",
        "NOT infusion nothing",
        "+nothing -infusion",
        "{!lucene}*:*",
        "_query_:x",
        "[a TO b]",
        "no\\thing",
        'no"thing',
        "nothing*",
        "noth?ng",
        "/no.*thing/",
        "nothing~2",
        "nothing^5",
        "&& || ! ( ) { } [ ] ^ ~ * ? : \\ / @ # < >",
        '"""',
        "\\",
        "${x} #set($x=1) <b>",
        "\x00\x1f",
        "word " * 60,
    ],
)
def test_no_words_are_query_syntax(corpus: Index, text: str) -> None:
    assert corpus.search(Query(text)).total == 0


def test_syntax_around_words_is_nothing(corpus: Index) -> None:
    assert set(found(corpus, "(infusion) AND [tea]!")) == {"cat/2"}
    assert set(found(corpus, "infusion -tea")) == {"cat/2"}
    assert set(found(corpus, "infusion OR tea")) == {"cat/2"}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("intravenus", "intravenous"),
        ("intravenus infusion", "intravenous infusion"),
        ("intravenus infussion", "intravenous infusion"),
        ("mesenchimal stem", "mesenchymal stem"),
    ],
)
def test_a_misspelt_word_is_answered_with_a_suggestion(corpus: Index, wrong: str, right: str) -> None:
    result = corpus.search(Query(wrong))
    assert result.total == 0
    assert result.suggestion == right
    assert corpus.search(Query(right)).total > 0
    assert corpus.search(Query(wrong, suggest=False)).suggestion is None


def test_a_suggestion_beside_letters_of_another_plane(corpus: Index) -> None:
    suggestion = corpus.search(Query("😀😀 intravenus infusion")).suggestion
    assert suggestion is not None
    assert suggestion.endswith("intravenous infusion")


def test_no_suggestion_where_nothing_is_near(corpus: Index) -> None:
    assert corpus.search(Query("qqqqqzzzzz")) == Found(0, [])


def test_no_suggestion_that_finds_nothing_under_the_filters(corpus: Index) -> None:
    assert corpus.search(Query("intravenus", filters=(("language", "Russian"),))).suggestion is None


def test_facets(corpus: Index) -> None:
    result = corpus.search(Query("", facets=("format", "language", "author_facet", "collection")))
    assert result.facets["format"] == [("Book", 5), ("Article", 1), ("Online", 1)]
    assert result.facets["language"][0] == ("English", 3)
    assert dict(result.facets["language"]) == {"English": 3, "German": 1, "Russian": 1, "Japanese": 1}
    assert dict(result.facets["author_facet"])["Sun, Wei"] == 2
    assert result.facets["collection"] == []


def test_facets_of_what_was_found(corpus: Index) -> None:
    result = corpus.search(Query("infusion", facets=("language",)))
    assert result.facets == {"language": [("English", 2), ("German", 1)]}


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ((("format", "Book"), ("language", "English")), {"cat/2", "cat,3"}),
        ((("language", "english"),), set()),
        ((("id", "cat,3"),), {"cat,3"}),
        ((("id", 'cat"6"'),), {'cat"6"'}),
        ((("author_facet", "Müller, Jürgen"),), {"cat/2"}),
        ((("format", 'Book" OR format:"Article'),), set()),
        ((("format", "{!lucene}*:*"),), set()),
    ],
)
def test_filters_are_exact(corpus: Index, filters: tuple[tuple[str, str], ...], ids: set[str]) -> None:
    assert {hit.id for hit in corpus.search(Query("", filters=filters)).hits} == ids


def test_sorting_and_paging(corpus: Index) -> None:
    by_title = ["cat,3", SEED, "cat/2", 'cat"6"', "cat 4", "cat:5"]
    assert [hit.id for hit in corpus.search(Query("", sort="title_sort")).hits] == by_title
    assert [hit.id for hit in corpus.search(Query("", sort="-title_sort")).hits] == by_title[::-1]
    pages = [corpus.search(Query("", sort="title_sort", limit=2, offset=offset)) for offset in (0, 2, 4, 6)]
    assert [hit.id for page in pages for hit in page.hits] == by_title
    assert {page.total for page in pages} == {len(CORPUS)}


def test_no_documents_asked_for(corpus: Index) -> None:
    result = corpus.search(Query("infusion", limit=0))
    assert (result.total, result.hits) == (2, [])


@pytest.mark.parametrize(
    "query",
    [
        Query("", sort="no_such_field"),
        Query("", sort="allfields"),
        Query("", filters=(("no_such_field", "x"),)),
        Query("", facets=("no_such_field",)),
    ],
)
def test_fields_that_are_not_there(corpus: Index, query: Query) -> None:
    with pytest.raises(ConfigError) as caught:
        corpus.search(query)
    assert "no_such_field" in caught.value.message or "allfields" in caught.value.message
