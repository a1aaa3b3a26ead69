import dataclasses
import json
import re

import pytest

from indexer.derive import copies
from indexer.formats import to_document
from indexer.formats.profiles import Profile, bundled
from indexer.model.documents import Delete, Document, Fields
from indexer.model.errors import Dropped, RecordError
from indexer.model.records import Header, Position, Record
from tests.formats.oai_dc_records import DATA, SEED, START, dc, golden

BARE_SEED = re.sub(rb"<identifier>.*</datestamp>", b"", SEED)
SEED_HEADER = Header("oai:pubmedcentral.nih.gov:5443306", "2017-05-30")

# VuFind looks these two up in its change tracker: they are no part of the record.
TRACKED = {"first_indexed", "last_indexed"}


def record(raw: bytes | str, header: Header | None = None) -> Record:
    return Record("test", "oai_dc", raw if isinstance(raw, bytes) else raw.encode(), Position("test.xml", 1), header)


def made(raw: bytes | str, profile: Profile | None = None, header: Header | None = None) -> Fields:
    """The document of a record by the stock profile; `<id/>` and the like may be left to `dc()`."""
    document = to_document(record(raw, header), profile or bundled()["ojs"])
    assert isinstance(document, Document)
    return document.fields


def with_options(name: str, **options: object) -> Profile:
    profile = bundled()[name]
    return dataclasses.replace(profile, options={**profile.options, **options})


def grouped(pairs: list[list[str]]) -> list[tuple[str, list[str]]]:
    """[field, value] pairs to fields in order of first appearance, each with its values in order."""
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in TRACKED:
            fields.setdefault(name, []).append(value)
    return list(fields.items())


def test_there_are_twenty_six_stylesheet_documents() -> None:
    assert len(golden()) == 26


@pytest.mark.parametrize(("raw", "stylesheet", "params", "pairs"), golden())
def test_documents_as_the_stylesheets_make_them(
    raw: bytes, stylesheet: str, params: dict[str, str], pairs: list[list[str]]
) -> None:
    profile = with_options(stylesheet, preferred_lang=params.get("preferred_lang", ""))
    emitted = [(name, value) for name, value in made(raw, profile).items() if name not in copies.filled()]
    assert [(name, [value] if isinstance(value, str) else value) for name, value in emitted] == grouped(pairs)


def test_the_seed_comes_out_as_the_index_had_it() -> None:
    expected = json.loads((DATA / "seed/document.json").read_text(encoding="utf-8"))
    del expected["_version_"]
    fields = made(SEED, bundled()["pmc"])
    assert len(expected) == 23
    assert {name: [value] if isinstance(value := fields[name], str) else value for name in expected} == expected
    assert fields.keys() - expected.keys() == {
        *("allfields", "allfields_unstemmed", "publishDateSort"),
        *("author_browse", "publisherStr", "topic_browse", "topic_unstemmed"),
    }
    assert fields["publishDateSort"] == "2017"


def test_a_bare_record_with_its_oai_header_gives_the_same_document() -> None:
    assert BARE_SEED != SEED
    assert made(BARE_SEED, bundled()["pmc"], SEED_HEADER) == made(SEED, bundled()["pmc"])
    # the harvester's elements are not put in twice, whichever form the header's identifier has
    assert made(SEED, bundled()["pmc"], SEED_HEADER) == made(SEED, bundled()["pmc"])
    processed = Header("pubmed-5443306", "2017-05-30")
    assert made(SEED, bundled()["pmc"], processed) == made(SEED, bundled()["pmc"])


def test_a_bare_record_without_white_space_has_none_after_the_datestamp() -> None:
    raw = f"{START}<dc:title>T</dc:title></oai_dc:dc>"
    assert made(raw, header=Header("x-1", "2020"))["allfields"] == ["x-12020T"]
    assert made(raw, header=Header("x-1"))["allfields"] == ["x-1T"]


def test_ids_go_through_the_profiles_rules_wherever_they_come_from() -> None:
    profile = dataclasses.replace(bundled()["ojs"], id_prefix="thesis-", id_search=("^oai:[^:]+:",), id_replace=("",))
    raw = f"{START}<identifier>oai:x.org:7</identifier></oai_dc:dc>"
    assert made(raw, profile)["id"] == "thesis-7"
    assert made(raw, profile, Header("oai:x.org:7"))["id"] == "thesis-7"
    for deleted in (Header("oai:x.org:7", deleted=True), Header("thesis-7", deleted=True)):
        assert to_document(record("", deleted), profile) == Delete("thesis-7")


def test_the_id_is_found_by_its_qualified_name() -> None:
    raw = f"{START}<dc:identifier>10.1/x</dc:identifier><identifier>1</identifier><recordid>r</recordid></oai_dc:dc>"
    assert made(raw)["id"] == "1"
    assert made(raw, with_options("ojs", id_tag="recordid"))["id"] == "r"
    assert made(raw, with_options("ojs", id_tag="dc:identifier"))["id"] == "10.1/x"
    assert made(raw)["url"] == ["10.1/x"]


def test_the_harvesters_identifier_is_no_url_where_a_default_namespace_makes_it_look_like_one() -> None:
    raw = (
        '<oai:dc xmlns:oai="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns="http://purl.org/dc/elements/1.1/">'
        "<identifier>x-1</identifier><datestamp>2020</datestamp><title>T</title><identifier>http://x/1</identifier>"
        "</oai:dc>"
    )
    fields = made(raw)
    assert (fields["id"], fields["title"], fields["url"]) == ("x-1", "T", ["http://x/1"])


def test_white_space_is_xpaths() -> None:
    fields = made(
        dc(
            "<dc:title> \n</dc:title><dc:title> A\n B </dc:title><dc:creator>\t</dc:creator>"
            "<dc:creator> C \n D </dc:creator>"
            "<dc:subject>  </dc:subject><dc:subject/><dc:language> de\n</dc:language><dc:publisher> </dc:publisher>"
            "<dc:publisher> P </dc:publisher><dc:date> 2020</dc:date>"
        )
    )
    assert fields["title"] == " A\n B "
    assert "title_alt" not in fields
    assert fields["author"] == ["C D"]
    assert "author_sort" not in fields
    assert fields["work_keys_str_mv"] == ["AT  ab", "AT cd ab"]
    assert fields["topic"] == [""]
    assert fields["language"] == ["German"]
    assert fields["publisher"] == [" P "]
    assert fields["publishDate"] == [" 202"]


def test_the_first_element_counts_even_when_it_is_empty() -> None:
    fields = made(
        dc(
            "<dc:description/><dc:description>D</dc:description><dc:date/><dc:date>2020</dc:date>"
            "<dc:identifier/><dc:identifier>http://x/1</dc:identifier><dc:identifier>http://x/2</dc:identifier>"
        )
    )
    assert fields["description"] == ""
    assert fields["publishDate"] == [""]
    assert fields["publishDateSort"] == ""
    assert fields["url"] == ["http://x/1"]
    assert made(dc("<dc:identifier> </dc:identifier>"))["url"] == [""]


def test_text_is_that_of_all_descendants_without_comments() -> None:
    fields = made(dc("<dc:title>A<!-- no --> <b>bold</b><![CDATA[ <i>]]></dc:title><?pi no?>"))
    assert fields["title"] == "A bold <i>"
    assert fields["allfields"] == ["1A bold <i>"]


def test_several_titles() -> None:
    titles = '<dc:title xml:lang="de">D</dc:title><dc:title>N</dc:title><dc:title xml:lang="en"> </dc:title>'
    fields = made(dc(titles))
    assert (fields["title"], fields["title_alt"]) == ("D", ["N"])
    fields = made(dc(titles), with_options("ojs", preferred_lang="en"))  # no such title: as without
    assert (fields["title"], fields["title_alt"]) == ("D", ["N"])


@pytest.mark.parametrize(("code", "language"), [("en", "English"), ("es", "Spanish / Castilian"), ("eng", "eng")])
def test_languages_are_named_and_unknown_codes_pass(code: str, language: str) -> None:
    assert made(dc(f"<dc:language>{code}</dc:language>"))["language"] == [language]


def test_constants_win_and_keep_their_place() -> None:
    stock = bundled()["ojs"]
    profile = dataclasses.replace(
        stock, constants={**stock.constants, "building": ["Main"], "publisher": ["Ours"], "format": ["Thesis"]}
    )
    fields = made(dc("<dc:publisher>Theirs</dc:publisher><dc:creator>A</dc:creator>"), profile)
    assert list(fields)[:7] == [
        "id",
        "record_format",
        "allfields",
        "institution",
        "collection",
        "building",
        "publisher",
    ]
    assert (fields["publisher"], fields["format"]) == (["Ours"], ["Thesis"])
    assert fields["publisherStr"] == ["Ours"]


def test_types_are_added_to_the_constant_and_do_not_pile_up() -> None:
    raw = dc("<dc:type>Text</dc:type><dc:type> </dc:type><dc:type>a  b</dc:type>")
    for _ in range(2):
        assert made(raw, bundled()["pmc"])["format"] == ["Online", "Article", "Text", "a b"]
    assert bundled()["pmc"].constants["format"] == ["Online", "Article"]
    assert made(raw)["format"] == ["Online"]


def test_the_order_says_what_is_emitted_and_when() -> None:
    raw = dc("<dc:title>T</dc:title><dc:title>U</dc:title><dc:creator>A</dc:creator><dc:subject>S</dc:subject>")
    fields = list(made(raw, with_options("ojs", order=["title", "author", "topic"])))
    assert fields[:12] == [
        *("id", "record_format", "allfields", "institution", "collection"),
        *("title", "title_short", "title_full", "title_sort", "author", "author_sort", "topic"),
    ]
    assert "title_alt" not in fields


@pytest.mark.parametrize(
    ("subject", "topics"),
    [
        ("Law. Courts, high; low", ["Law", "Courts, high; low"]),
        ("Courts, high; low", ["Courts", "high; low"]),
        ("high; low; ", ["high", "low"]),
        ("A.I.", ["A.I."]),
        (" </dc:subject><dc:subject>a</dc:subject><dc:subject>", ["a"]),  # a blank one is none
    ],
)
def test_ndltd_splits_subjects_into_topics(subject: str, topics: list[str]) -> None:
    url = "<dc:identifier>http://x/1</dc:identifier>"
    assert made(dc(f"<dc:subject>{subject}</dc:subject>{url}"), bundled()["ndltd"])["topic"] == topics


@pytest.mark.parametrize(
    ("elements", "formats"),
    [
        ("<dc:type>masterThesis</dc:type>", ["Dissertation", "Online"]),
        ("<dc:type>Tese de doctorado</dc:type>", ["Doctoral Thesis", "Online"]),
        ("<dc:type>Master thesis</dc:type><dc:type>article</dc:type>", ["Online"]),
        (
            "<dc:type>x</dc:type><dc:format>application/pdf</dc:format><dc:format>y</dc:format>",
            ["application/pdf", "Online"],
        ),
        ("<dc:format>application/pdf</dc:format>", ["application/pdf", "Online"]),
    ],
)
def test_ndltd_tells_the_kind_of_thesis_by_its_type(elements: str, formats: list[str]) -> None:
    url = "<dc:identifier>http://x/1</dc:identifier>"
    assert made(dc(elements + url), bundled()["ndltd"])["format"] == formats


def test_ndltd_leaves_out_what_has_no_address() -> None:
    with pytest.raises(Dropped, match="URL"):
        made(dc("<dc:title>T</dc:title><dc:identifier>10.1/x</dc:identifier>"), bundled()["ndltd"])


@pytest.mark.parametrize("name", ["ndltd", "gsdl"])
def test_urns_get_a_resolver(name: str) -> None:
    identifiers = "".join(f"<dc:identifier>{value}</dc:identifier>" for value in ("", "http://a", "urn:nbn:1", "doi:1"))
    address = {"ndltd": "http://nbn-resolving.de/", "gsdl": "http://greenstone.org"}[name]
    assert made(dc(identifiers), bundled()[name])["url"] == ["http://a", f"{address}urn:nbn:1"]


def test_intech_inverts_names_and_knows_numbers() -> None:
    fields = made(
        dc(
            "<dc:creator>Ana Lima</dc:creator><dc:creator>Lima, Bo</dc:creator><dc:creator>Plato</dc:creator>"
            "<dc:contributor> </dc:contributor><dc:contributor>Cy  Dee</dc:contributor>"
            "<dc:contributor>E F</dc:contributor>"
            "<dc:title>T</dc:title><dc:type>Chapter</dc:type><dc:type>Text</dc:type><dc:identifier>doi:10.1/x</dc:identifier>"
            "<dc:identifier>http://x/1</dc:identifier><dc:relation>ISBN:978-1</dc:relation><dc:relation>Y</dc:relation>"
        ),
        bundled()["intech"],
    )
    assert fields["author"] == ["Lima, Ana", "Lima, Bo", "Plato"]
    assert (fields["author_sort"], fields["author2"]) == ("Lima, Ana", ["Dee, Cy", "F, E"])
    assert (fields["doi_str_mv"], fields["isbn"], fields["url"]) == (["10.1/x"], ["978-1"], ["http://x/1"])
    assert fields["format"] == ["Electronic", "Chapter"]  # the first type alone
    assert [name for name in fields if name in ("description", "author2", "format", "author")] == [
        *("author2", "format", "author")
    ]
    assert fields["work_keys_str_mv"][0] == "AT analima t"  # of the names as the record has them


def test_archivesspace_finds_the_best_date() -> None:
    dates = "<dc:date>circa 1911</dc:date><dc:date>1899-1905</dc:date><dc:date>1898</dc:date>"
    names = "<dc:publisher> A </dc:publisher><dc:publisher/><dc:publisher>B</dc:publisher>"
    fields = made(dc(dates + names + "<dc:language>ger</dc:language>"), bundled()["archivesspace"])
    assert (fields["publishDate"], fields["publishDateSort"]) == (["1899-1905"], "1898")
    assert (fields["publisher"], fields["language"]) == (["A, B"], ["German"])


def test_the_kept_record_is_the_harvested_one_wherever_its_header_stands() -> None:
    header = Header("oai:x&y:1", "2020-01-01")
    inside = f"{START}<identifier>oai:x&amp;y:1</identifier><datestamp>2020-01-01</datestamp>%s</oai_dc:dc>"
    for content in ("", "\n<dc:title>T</dc:title>"):
        bare = f"{START}{content}</oai_dc:dc>"
        for raw in (bare, inside % content):
            assert made(raw, bundled()["intech"], header)["fullrecord"] == inside % content
    bare = START.removesuffix(">") + "/>"
    assert made(bare, bundled()["intech"], header)["fullrecord"] == inside % ""


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (START + "<dc:title>T</dc:title></oai_dc:dc>", "no element <identifier> and no OAI-PMH header"),
        (dc("").replace("<identifier>1</identifier>", "<identifier> </identifier>"), "no element <identifier>"),
        ("<record><identifier>1</identifier></record>", "<record>, not oai_dc:dc"),
        (dc("<dc:title>T</dc:titel>"), "XML line 1 of the record, column"),
        (dc("<dc:title>&nope;</dc:title>"), "Entity 'nope' not defined"),
        (b"", "XML line 1"),
        (dc("<dc:title>Caf\u00e9</dc:title>").encode("latin-1"), "XML line 1"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + dc("<dc:title>&e;</dc:title>"), "DOCTYPE"),
        ('<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + dc("<dc:title>&b;</dc:title>"), "DOCTYPE"),
    ],
)
def test_what_cannot_be_a_document_is_an_error_of_the_record(raw: bytes | str, said: str) -> None:
    with pytest.raises(RecordError, match=re.escape(said)):
        made(raw)


def test_a_doctype_in_text_is_text() -> None:
    assert made(dc("<dc:title><![CDATA[<!DOCTYPE html>]]></dc:title>"))["title"] == "<!DOCTYPE html>"


def test_deletions_need_an_identifier() -> None:
    pmc = bundled()["pmc"]
    assert to_document(record("", Header("oai:pubmedcentral.nih.gov:1", deleted=True)), pmc) == Delete("pubmed-1")
    listed = Record("test", "delete", b"", Position("x.delete", 1), Header("pubmed-1"))
    assert to_document(listed, pmc) == Delete("pubmed-1")
    for header in (Header(deleted=True), Header(" ", deleted=True)):
        with pytest.raises(RecordError, match="without an identifier"):
            to_document(record("", header), pmc)


def test_an_id_with_a_nul_is_an_error_of_the_record() -> None:
    deleted = Record("test", "delete", b"", Position("x.delete", 1), Header("a\0"))
    for each in (deleted, record(SEED, Header("a\0"))):
        with pytest.raises(RecordError, match="holds a NUL"):
            to_document(each, bundled()["pmc"])


def test_another_format_than_the_profiles_is_an_error_of_the_record() -> None:
    with pytest.raises(RecordError, match="profile 'pubmed' reads pubmed"):
        to_document(record(SEED), bundled()["pubmed"])
    with pytest.raises(RecordError, match="no such format"):
        to_document(dataclasses.replace(record(SEED), format="os"), bundled()["pmc"])


@pytest.mark.parametrize("first", ["<identifier>1</identifier>", ""])
def test_a_record_without_namespaces_is_read_where_a_profile_says_so(first: str) -> None:
    raw = f"<dc>{first}<title xml:lang='en'>T</title><creator>A, B</creator><identifier>http://x/1</identifier></dc>"
    header = None if first else Header("1")
    with pytest.raises(RecordError, match="not oai_dc:dc"):
        made(raw, header=header)
    fields = made(raw, with_options("ojs", without_namespace=True, preferred_lang="en"), header)
    assert (fields["id"], fields["title"], fields["author"]) == ("1", "T", ["A, B"])
    assert fields["url"] == ["http://x/1"]
