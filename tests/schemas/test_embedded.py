"""What the embedded index takes from a document."""

import json
from pathlib import Path

import pytest

from indexer.engines.embedded.schema import DYNAMIC, EVERYTHING, GROUPS, SOURCE, Entry, Layout, analyzers, fold
from indexer.model.errors import RecordError
from indexer.model.schema import biblio

LAYOUT = Layout(biblio())


def entry(**fields: str | list[str]) -> Entry:
    return LAYOUT.entry({"id": "1", **fields})


def texts(found: Entry, name: str) -> list[str]:
    return [text for field, text in found.texts if field == name]


def words(text: str, *, stemmed: bool = False) -> list[str]:
    return list(analyzers()[stemmed].analyze(fold(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Müller", ["muller"]),
        ("Mu\u0308ller", ["muller"]),  # as MARC-8 data comes: the accent behind its letter
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Łódź, Ærø", ["lodz", "aero"]),
        ("Война и мир", ["воина", "и", "мир"]),
        ("ΣΊΣΥΦΟΣ", ["σισυφοσ"]),
        ("Dostoevskiĭ, Fëdor Mikhaĭlovichʹ", ["dostoevskii", "fedor", "mikhailovich"]),
        ("שָׁלוֹם", ["שלום"]),
        ("مُحَمَّد", ["محمد"]),
        ("हिन्दी में", ["हिनदी", "में"]),
        ("한국어", ["한국어"]),
        ("羅生門", ["羅", "生", "門"]),
        ("がくせい", ["が", "く", "せ", "い"]),
        ("か\u3099", ["が"]),
        ("東京タワーtower", ["東", "京", "タ", "ワ", "ー", "tower"]),
        ("ภาษา", ["ภ", "า", "ษ", "า"]),
        ("ﬁne ½ Ⅳ", ["fine", "1", "2", "iv"]),
        ("İstanbul", ["istanbul"]),
        ("hUC-MSC 5×10(7)", ["huc", "msc", "5", "10", "7"]),
        ("c2000, the 98th H2O", ["c", "2000", "the", "98", "th", "h", "2", "o"]),
        ("— … !", []),
    ],
)
def test_words_of_many_scripts(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_folding_twice_is_folding_once_for_words() -> None:
    for text in ("Müller’s Łódź", "東京 Tower", "हिन्दी"):
        assert words(fold(text)) == words(text)


def test_stemmed_words_meet() -> None:
    assert words("infusions", stemmed=True) == words("Infusion", stemmed=True)
    assert words("infusions") != words("infusion")


def test_the_seed_record(data: Path) -> None:
    document = json.loads((data / "seed/document.json").read_text(encoding="utf-8"))
    fields = {
        name: values if (field := biblio().field(name)) and field.multi else values[0]
        for name, values in document.items()
        if name != "_version_"
    }
    found = LAYOUT.entry(fields)
    assert texts(found, "id") == ["pubmed-5443306"]
    assert texts(found, "format") == ["Online", "Article", "Text"]
    assert texts(found, "author_facet")[0] == "Wang, Xiaohua"
    assert "wang, xiaohua" in texts(found, "author")
    assert texts(found, "spelling") == []  # a copy: its words are indexed through its source
    assert any("chronic refractory" in text for text in texts(found, "words"))
    assert found.dynamic["work_keys_str_mv"] == ["=" + value for value in document["work_keys_str_mv"]]
    names = {name for name, _ in found.texts}
    assert names <= {*LAYOUT.columns, *(group.name for group in GROUPS)}


def test_every_field_of_the_schema_has_a_place() -> None:
    """Exact fields are columns, fields of words are searched, and nothing else is indexed."""
    for field in biblio():
        kind = biblio().types[field.type]["kind"]
        if kind == "string":
            assert (LAYOUT.column(field.name) is not None) == field.indexed, field.name
        if kind == "text" and not field.copied_from and LAYOUT.column(field.name) is None:
            found = entry(**{field.name: ["zebra"] if field.multi else "zebra"})
            assert "zebra" in texts(found, "words"), field.name
            assert "zebra" in texts(found, "text"), field.name
    assert LAYOUT.column("fullrecord") is None
    assert LAYOUT.column("title") is None
    assert not {*LAYOUT.columns} & {DYNAMIC, SOURCE, *(group.name for group in GROUPS)}


@pytest.mark.parametrize(
    ("name", "value", "terms"),
    [
        ("topic_facet", "Tea. ", ["Tea"]),
        ("author_facet", "Smith, J.", ["Smith, J."]),  # the dot belongs to the initial
        ("isbn", "978-3-16-148410-0 (pbk.)", ["9783161484100"]),
        ("issn", "none", []),
        ("callnumber-search", "PZ 3 .M1787 N", ["pz3.m1787n"]),
        ("format", " Book. ", [" Book. "]),
    ],
)
def test_exact_values_go_through_the_chain_of_their_type(name: str, value: str, terms: list[str]) -> None:
    assert texts(entry(**{name: [value]}), name) == terms


def test_a_value_given_twice_is_one_term() -> None:
    assert texts(entry(format=["Book", "Book"]), "format") == ["Book"]


def test_what_allfields_holds_is_not_taken_twice() -> None:
    found = entry(
        allfields=["A title by Sun, Wei"], title="A title", author=["Sun, Wei"], topic=["Art"], series=["tit"]
    )
    assert texts(found, "words") == ["a title by sun, wei", "art", "tit"]
    assert texts(found, "text") == texts(found, "words")


def test_format_is_searched_as_the_engines_copy_it_into_allfields() -> None:
    assert "article" in texts(entry(format=["Article"], allfields=["x"]), EVERYTHING[0])


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"no_such_field": "x"}, "no_such_field", "not in the biblio schema"),
        ({"title": ["a", "b"]}, "title", "one value and got 2"),
        ({"first_indexed": "yesterday"}, "first_indexed", "'yesterday' is not a date"),
        ({"last_indexed": "2026-02-30T00:00:00Z"}, "last_indexed", "is not a date"),
        ({"seen_date": "2026-02-28"}, "seen_date", "is not a date"),
        ({"title_fullStr": "x" * 32_767}, "title_fullStr", "32,767 bytes"),
        ({"url": ["fine", "é" * 20_000]}, "url", "40,000 bytes"),
        ({"note_str": "x" * 32_767}, "note_str", "32,767 bytes"),
        ({"topic_facet": ["x" * 32_767]}, "topic_facet", "32,767 bytes"),
        ({"title": 5}, "title", "5 is not a string"),
    ],
)
def test_what_the_other_engines_refuse_is_refused(fields: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        LAYOUT.entry({"id": "1", **fields})
    assert caught.value.field == field
    assert field in caught.value.reason
    assert reason in caught.value.reason


def test_what_the_other_engines_take_is_taken() -> None:
    entry(title_fullStr="x" * 32_766, description="x" * 100_000, first_indexed="2017-05-30T00:00:00.123Z")
    entry(topic_facet=["x" * 32_766 + "."])  # the term is what counts
    entry(fullrecord="x" * 40_000)  # not indexed


def test_dynamic_names_without_end_cost_no_memory_without_end() -> None:
    layout = Layout(biblio())
    for number in range(12_000):
        layout.entry({"id": "1", f"n{number}_str": "x"})
    assert len(layout._plans) <= 10_001


def test_the_fingerprint_is_stable() -> None:
    assert LAYOUT.fingerprint == Layout(biblio()).fingerprint
    assert len(LAYOUT.fingerprint) == 16
