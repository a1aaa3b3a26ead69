"""Documents out of another index: the seed record, dumps of real PubMed documents, and hand-made oddities."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from indexer.derive import copies
from indexer.derive.stage import complete
from indexer.formats.profiles import Profile, resolve
from indexer.formats.pubmed import document as pubmed_document
from indexer.formats.solr_json import document
from indexer.model.documents import Draft, Fields, Value
from indexer.model.errors import RecordError
from indexer.model.records import Header, Position, Record

PROFILE = resolve("solr_json", {})
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
COMPUTED = {"title_short", "title_full", "title_sort", "author_sort", "publishDateSort", "work_keys_str_mv"}
# what a VuFind index does not store
UNSTORED = {
    "allfields",
    "allfields_unstemmed",
    "publisherStr",
    "publishDateSort",
    "topic_unstemmed",
    "topic_browse",
    "author_browse",
}

Doc = dict[str, Any]


def made(raw: str | bytes | Doc, profile: Profile = PROFILE, header: Header | None = None) -> Doc:
    """The whole document, derived fields included, of one dumped document."""
    if isinstance(raw, dict):
        raw = orjson.dumps(raw)
    content = raw.encode() if isinstance(raw, str) else raw
    draft = document(Record("test", "solr_json", content, Position("dump", 1), header), profile)
    return dict(complete(draft, "legacy" if profile.title_sort == "legacy" else "current"))


def lists(fields: Doc) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in fields.items()}


# --- the seed record


@pytest.mark.parametrize("name", ["record_page.txt", "document.json"])
def test_the_seed_record_comes_out_as_its_index_held_it(data: Path, name: str) -> None:
    expected = json.loads((data / "seed/document.json").read_bytes())
    del expected["_version_"]
    assert len(expected) == 23
    found = made((data / "seed" / name).read_bytes())
    assert {name: values for name, values in lists(found).items() if name in expected} == expected
    # not stored there, and recovered
    assert found["allfields"] == expected["spelling"]
    assert found["publishDateSort"] == "2017"
    assert found.keys() - expected.keys() == UNSTORED
    assert isinstance(found["title_sort"], str)


def test_emission_order_of_the_seed_is_found_again(data: Path) -> None:
    found = [
        name for name in made((data / "seed/record_page.txt").read_bytes()) if name in ("author", "title", "topic")
    ]
    assert found == ["topic", "author", "title"]


# --- dumps of real documents


@pytest.fixture(scope="module")
def pubmed(data: Path) -> list[Doc]:
    """The documents of both PubMed samples."""
    found: list[Doc] = []
    for path in (SAMPLES / "pubmed20n0014_slice.xml.gz", data / "pubmed/pubmed21n1298_slice.xml.gz"):
        for element in etree.fromstring(gzip.decompress(path.read_bytes())).iterfind("PubmedArticle"):
            raw = etree.tostring(element, encoding="utf-8")
            record = Record("test", "pubmed", raw, Position(path.name))
            found.append(dict(complete(pubmed_document(record, resolve("pubmed", {})), "current")))
    assert len(found) == 2017
    return found


def without_derived(fields: Doc) -> Doc:
    return {name: value for name, value in fields.items() if name not in copies.filled() | COMPUTED}


def as_solr_answers(fields: Doc) -> Doc:
    """Stored fields only, every value in a list, sorted by name, with what Solr adds."""
    stored = {name: values for name, values in sorted(lists(fields).items()) if name not in UNSTORED}
    return {"_version_": 1783238549214068736, "score": 1.5, **stored}


@pytest.mark.parametrize("dump", [without_derived, as_solr_answers, dict], ids=lambda dump: dump.__name__)
def test_a_dump_of_real_documents_gives_the_same_documents(pubmed: list[Doc], dump: Callable[[Doc], Doc]) -> None:
    for fields in pubmed:
        assert made(dump(fields)) == fields


def test_without_derived_fields_even_the_order_of_the_fields_comes_back(pubmed: list[Doc]) -> None:
    assert all(list(made(without_derived(fields))) == list(fields) for fields in pubmed)


def test_staff_views_of_real_documents_give_the_same_documents(pubmed: list[Doc]) -> None:
    for fields in pubmed[::7]:
        assert made(page(fields)) == fields


def page(fields: Doc) -> str:
    shown = [
        name + " " + "\n".join(values)
        for name, values in lists(as_solr_answers(fields)).items()
        if name != "score" and name != "_version_"
    ]
    return "\n".join(["Loading ...", "", "A title", "Main Author: Somebody", *shown])


# --- what is kept, dropped, made anew, recovered


def test_wrong_derived_values_are_made_anew() -> None:
    wrong = {
        "id": "1",
        "title": "The Title",
        "author": ["A"],
        "publishDate": ["2001", "1999"],
        "title_sort": "zzz",
        "author_sort": "zzz",
        "publishDateSort": "zzz",
        "work_keys_str_mv": ["AT zzz zzz"],
        "author_facet": ["zzz", "A"],
        "title_fullStr": "zzz",
        "topic_browse": ["zzz"],
    }
    assert made(wrong) == {
        "id": "1",
        "title": "The Title",
        "title_short": "The Title",
        "title_full": "The Title",
        "title_sort": "title",
        "author": ["A"],
        "author_sort": "A",
        "publishDate": ["2001", "1999"],
        "publishDateSort": "1999",
        "work_keys_str_mv": ["AT a thetitle", "AT a title"],
        "spellingShingle": ["The Title", "A"],
        "title_fullStr": "The Title",
        "title_full_unstemmed": "The Title",
        "author_facet": ["A"],
        "author_browse": ["A"],
    }


def test_other_forms_of_the_title_are_kept() -> None:
    found = made({"id": "1", "title": "A : b", "title_short": "A", "title_full": "A : b / c", "title_alt": ["B"]})
    assert (found["title_short"], found["title_full"]) == ("A", "A : b / c")
    assert found["title_fullStr"] == "A : b / c"


def test_work_keys_know_groups_and_other_titles() -> None:
    found = made({"id": "1", "title": "The A", "title_alt": ["B"], "author": ["P"], "author_corporate": ["G"]})
    assert found["work_keys_str_mv"] == ["AT p thea", "AT g thea", "AT p b", "AT g b", "AT p a", "AT g a"]
    assert made({"id": "1", "author_corporate": ["G"]})["author_sort"] == "G"


@pytest.mark.parametrize(
    ("profile_style", "before", "after"),
    [
        ("auto", "ab: c-d", "ab: c-d"),
        ("auto", "ab c d", "ab c d"),
        ("auto", "something else", "ab c d"),
        ("auto", None, "ab c d"),
        ("current", "ab: c-d", "ab c d"),
        ("legacy", "ab c d", "ab: c-d"),
    ],
)
def test_title_sort_keeps_the_style_of_the_dump(profile_style: Any, before: str | None, after: str) -> None:
    dumped = {"id": "1", "title": "The Ab: c-d"} | ({"title_sort": before} if before else {})
    assert made(dumped, Profile("mine", "solr_json", title_sort=profile_style))["title_sort"] == after


def test_what_came_from_marc_keeps_its_computed_fields() -> None:
    whole = {
        "id": "1",
        "record_format": "marc",
        "title": "The Title /",
        "author_corporate": ["Body"],
        "title_sort": "title of another rule",
        "publishDate": ["1999", "1980"],
        "work_keys_str_mv": ["UT uniform"],
    }
    found = made(whole)
    assert found.keys() - copies.filled() == whole.keys() | {"publishDateSort"}
    assert {name: found[name] for name in whole} == whole
    assert found["publishDateSort"] == "1980"
    bare = {name: value for name, value in whole.items() if name not in COMPUTED}
    assert made(bare).keys() >= COMPUTED


@pytest.mark.parametrize("name", ["spellingShingle", "author_facet"])
@pytest.mark.parametrize("first", ["topic", "author", "author_corporate", "title", "series"])
def test_emission_order_is_recovered_from_copied_fields(first: str, name: str) -> None:
    sources: dict[str, Value] = {
        "author": ["A", "B"],
        "author_corporate": ["C"],
        "series": ["S", "S"],
        "title": "T",
        "topic": ["A", "B", "A"],
    }
    emitted: Fields = {"id": "1", first: sources[first], **sources}
    full = complete(Draft(emitted, computed=()), "current")
    assert made(dict(sorted(full.items())))[name] == full[name]


def test_copied_fields_that_nothing_explains_leave_the_order_as_it_is() -> None:
    found = made({"id": "1", "topic": ["A"], "title": "T", "spellingShingle": ["T", "B"]})
    assert found["spellingShingle"] == ["A", "T"]


@pytest.mark.parametrize(
    "allfields",
    [None, ["words", "more"], ["words", "more", "Article"], ["Article", "words", "more"]],
)
def test_allfields_is_recovered_from_spelling(allfields: list[str] | None) -> None:
    dumped: Doc = {"id": "1", "allfields": allfields, "format": ["Article"], "spelling": ["words", "more"]}
    found = made(dumped)
    assert found["allfields"] == found["spelling"] == ["words", "more"]
    assert found["allfields_unstemmed"] == ["words", "more", "Article"]


def test_allfields_of_the_dump_wins_over_another_spelling() -> None:
    assert made({"id": "1", "allfields": ["own"], "spelling": ["other"]})["spelling"] == ["own"]


def test_constants_and_prefix_of_the_profile() -> None:
    mine = Profile("mine", "solr_json", id_prefix="x-", constants={"institution": "Here", "format": ["Book"]})
    found = made({"id": "1", "institution": ["There"]}, mine)
    assert found == {"id": "x-1", "institution": ["Here"], "format": ["Book"], "allfields_unstemmed": ["Book"]}
    assert made({"id": "x-1"}, mine)["id"] == "x-1"


def test_dynamic_and_hyphenated_fields_are_kept() -> None:
    dumped = {"id": "1", "callnumber-raw": ["QA 1"], "uuid_str_mv": ["u"], "local_txtF": "v", "url": ["", "b"]}
    found = made(dumped)
    assert {name: found[name] for name in dumped} == dumped
    assert found["callnumber-search"] == ["QA 1"]


# --- JSON


def test_values_become_text_as_solr_prints_them() -> None:
    found = made(
        '{"id": 17, "publishDate": [1999, 2001], "x_str_mv": [1.50, 1E3, 12345678901234567890, true, false, null],'
        ' "language": null, "series": [], "title": "T", "edition": ["2nd"], "illustrated": ""}'
    )
    assert found["id"] == "17"
    assert found["publishDate"] == ["1999", "2001"]
    assert found["x_str_mv"] == ["1.50", "1E3", "12345678901234567890", "true", "false"]
    assert (found["edition"], found["illustrated"]) == ("2nd", "")
    assert not {"language", "series"} & found.keys()


def test_what_an_engine_adds_is_dropped() -> None:
    assert made('{"id": "1", "_version_": -1, "score": 2.5, "_root_": "1", "[shard]": "s1"}') == {"id": "1"}


def test_a_hit_of_elasticsearch() -> None:
    hit = {"_index": "biblio", "_id": "7", "_score": 1.0, "_source": {"title": "T"}}
    assert made(hit)["id"] == "7"
    assert made(hit | {"_source": {"id": "8", "title": "T"}})["id"] == "8"
    assert made({"title": "T"}, header=Header(identifier="9"))["id"] == "9"


def test_a_name_that_is_repeated_gathers_its_values() -> None:
    assert made('{"id": "1", "topic": "a", "topic": ["b", "c"]}')["topic"] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("raw", "message", "field"),
    [
        ('{"id": "1",\n "title": }', "JSON line 2, column 11: Expecting value", None),
        ('{"id": "1"} {"id": "2"}', "JSON line 1, column 13: Extra data", None),
        ('{"id": "1", "x_str": NaN}', "NaN is not a value", None),
        ('{"id": "1", "x_str": -Infinity}', "-Infinity is not a value", None),
        ('{"a":' * 100_000, "nested too deep", None),
        ('{"id": "1", "title": {"set": "x"}}', "an object where a value is expected", "title"),
        ('{"id": "1", "topic": [["x"]]}', "a list where a value is expected", "topic"),
        ('{"id": "1", "_source": 3}', "is not an object", "_source"),
        ('{"id": "1", "title": ["a", "b"]}', "holds one value, and this record gives 2", "title"),
        ('{"id": "1", "titel": "a"}', "no such field", "titel"),
        ('{"id": "1", "\\ud83d": "a"}', "no such field", " "),
        ('{"title": "a"}', "the record has none", "id"),
        ('{"id": " "}', "the record has none", "id"),
        ('{"id": ["1", "2"]}', "gives 2 ids", "id"),
        (b'{"id": "\xff"}', "byte 9 (0xFF) is not UTF-8", None),
        ("[1]", "is neither JSON", None),
        ("null", "is neither JSON", None),
        ("", "is neither JSON", None),
    ],
)
def test_json_that_is_no_document(raw: str | bytes, message: str, field: str | None) -> None:
    with pytest.raises(RecordError, match=re.escape(message)) as caught:
        made(raw)
    assert caught.value.field == field


def test_characters_outside_the_bmp_and_a_byte_order_mark() -> None:
    assert made('\ufeff{"id": "1", "title": "\\ud83d\\ude00 \\u00e9"}')["title"] == "😀 é"


# --- XML


def test_a_doc_of_an_update() -> None:
    found = made(
        '<?xml version="1.0"?>\n<doc boost="2"><field name="id">1</field><field name="topic">A &amp; B</field>'
        '<!-- no --><field name="title"> T </field><field name="topic"/><field name="edition" null="true"/></doc>'
    )
    assert found["topic"] == ["A & B", ""]
    assert found["title"] == " T "
    assert "edition" not in found


def test_a_doc_of_a_response() -> None:
    found = made(
        '<doc><str name="id">1</str><arr name="topic"><str>A</str><str>B</str></arr><long name="_version_">5</long>'
        '<arr name="x_str_mv"><int>1</int><bool>true</bool><null/></arr><date name="last_indexed">2020-01-01T00:00:00Z'
        '</date><float name="score">1.5</float><null name="edition"/><arr name="author"/></doc>'
    )
    assert {name: value for name, value in found.items() if name not in copies.filled()} == {
        "id": "1",
        "topic": ["A", "B"],
        "x_str_mv": ["1", "true"],
        "last_indexed": "2020-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("<add><doc/></add>", "<add> is not a document of Solr"),
        ("<doc/>", "the record has none"),
        ("<doc><field>1</field></doc>", "<field> inside <doc> has no field name"),
        ("<doc><doc><field name='id'>1</field></doc></doc>", "<doc> inside <doc> has no field name"),
        ("<doc><lst name='x'><str>1</str></lst></doc>", "<lst> is not a value"),
        ("<doc><arr name='x'><arr><str>1</str></arr></arr></doc>", "<arr> is not a value"),
        ("<doc><str name='x'>a<b>c</b></str></doc>", "<str> is not a value"),
        ("<doc><field name='title' update='set'>1</field></doc>", "is an atomic update"),
        ("<doc><field name='id'>1</doc>", "line 1"),
        ("<doc><field name='id'>&x;</field></doc>", "line 1"),
    ],
)
def test_xml_that_is_no_document(raw: str, message: str) -> None:
    with pytest.raises(RecordError, match=re.escape(message)):
        made(raw)


# --- record pages


SHOWN = {
    "_version_": ["1783238549214068736"],
    "author": ["Wang, Xiaohua", "building regulations (firm)"],
    "author_facet": ["Wang, Xiaohua", "building regulations (firm)"],
    "author_sort": ["Wang, Xiaohua"],
    "contents": ["format and contents", "description of the work"],
    "format": ["Online"],
    "id": ["1"],
    "language": ["English"],
    "record_format": ["x"],
    "spelling": ["spelling of words"],
    "spellingShingle": [
        "title insurance",
        "url shorteners",
        "Wang, Xiaohua",
        "building regulations (firm)",
        "format and contents",
        "description of the work",
        "title deeds",
    ],
    "title": ["title deeds"],
    "title_full": ["title deeds"],
    "title_fullStr": ["title deeds"],
    "title_full_unstemmed": ["title deeds"],
    "title_short": ["title deeds"],
    "title_sort": ["title deeds"],
    "topic": ["title insurance", "url shorteners"],
    "url": ["https://a.example/", "https://b.example/"],
}
PROSE = "Cargando…\n\ntitle page of nothing\nMaterias:\n"

PAGE_FIELDS = {
    "author": ["Wang, Xiaohua", "building regulations (firm)"],
    "contents": ["format and contents", "description of the work"],
    "format": ["Online"],
    "title": "title deeds",
    "topic": ["title insurance", "url shorteners"],
    "url": ["https://a.example/", "https://b.example/"],
    "allfields": ["spelling of words"],
}


@pytest.mark.parametrize(
    ("before", "separator", "newline", "after"),
    [
        (PROSE, " ", "\n", ""),
        (PROSE, " ", "\r\n", "\r\n"),
        (PROSE, "\t", "\n", ""),
        (PROSE, " ", " \n\n", "\n"),
        (PROSE, "\n", "\n", ""),
        ("\ufeff", " ", "\n", ""),
        ("", " ", "\n", "\nAT more\nContact us"),
    ],
    ids=["plain", "crlf", "tabs", "blank lines", "names on their own lines", "byte order mark", "more below"],
)
def test_a_page_whose_values_begin_with_field_names(before: str, separator: str, newline: str, after: str) -> None:
    rows = [name + separator + newline.join(values) for name, values in SHOWN.items()]
    if "more" in after:
        rows.append("work_keys_str_mv AT x y")
    found = made(before + newline.join(rows) + after)
    assert {name: found[name] for name in PAGE_FIELDS} == PAGE_FIELDS
    assert found["spellingShingle"] == SHOWN["spellingShingle"]
    assert found["work_keys_str_mv"] == ["AT wangxiaohua titledeeds", "AT buildingregulationsfirm titledeeds"]
    assert not {"building", "description"} & found.keys()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Just a text\nof two lines", "nor a record page with a staff view"),
        ("author A\ntitle T", "nor a record page with a staff view"),
        ("id 1\nlccn 5\n6", "holds one value, and this record gives 2"),
    ],
)
def test_texts_that_are_no_staff_view(text: str, message: str) -> None:
    with pytest.raises(RecordError, match=message):
        made(text)


def test_a_large_page_is_read_once() -> None:
    found = made("author A\nid 1\n" + "topic of the day\n" * 60_000)
    assert len(found["topic"]) == 60_000
    assert found["topic"][:2] == ["of the day", "topic of the day"]
