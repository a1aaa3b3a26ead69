"""What is mended in a record that a parser refuses, that its document says so, and that nothing else is touched."""

import json
from pathlib import Path

import pytest
from lxml import etree

from indexer.formats import mend, to_document, xml
from indexer.formats.profiles import bundled
from indexer.formats.registry import default_profiles
from indexer.model.documents import NOTES, Document
from indexer.model.errors import RecordError
from indexer.model.records import Header, Position, Record
from indexer.sources import read
from tests.growth import check_growth

CASES = Path(__file__).parent.parent / "data" / "cases"
FORM_FEED = "characters that XML does not allow were replaced by spaces: U+000C"


def document(format: str, raw: str) -> Document:
    record = Record("s", format, raw.encode(), Position("f", 1, 0), Header("oai:x:1"))
    made = to_document(record, bundled()[default_profiles()[format]])
    assert isinstance(made, Document)
    return made


@pytest.mark.parametrize(
    ("content", "text", "said"),
    [
        ("Two \x0c pages", "Two   pages", [FORM_FEED]),
        ("Three &#12; pages", "Three   pages", [FORM_FEED]),
        ("&#xC;&#x1f;&#0;\x00\x1f\ufffe\uffff", " " * 7, 1),
        ("&#xD83D;&#xDE00; &#55357;&#56832;", "😀 😀", []),
        ("a&#xD83D;b", "a b", ["characters that XML does not allow were replaced by spaces: U+D83D"]),
        (
            "Caf&eacute;&nbsp;&Alpha;",
            "Café\xa0Α",
            ["named characters of HTML were replaced by themselves: &eacute;, &nbsp;, &Alpha;"],
        ),
        ("x&#99999999999999999999;&#x110000;", "x  ", 1),
        ("&amp;nbsp; &lt; &#233; \x0b", "&nbsp; < é  ", 1),
        ("&eacute;AT&T & R&D&amp;", "éAT&T & R&D&", 2),
        ("R&D", "R&D", ["ampersands that begin no reference were kept: '&D'"]),
        ('<b c="?a=1&b=2"/>AT&T &amp; &', "AT&T & &", 1),
        ("x?a=1&lt=2&copy=3&#;&#x;&a-b&amp;", "x?a=1&lt=2&copy=3&#;&#x;&a-b&", 1),
        ("&#XE9;", "é", []),
        ("a]]> b]] > <![CDATA[c]]>", "a]]> b]] > c", ["angle brackets that begin no tag were kept: '>'"]),
        ("<![CDATA[A&B]]><!-- & -->A&B", "A&BA&B", 1),
        ("p < 0.05, q <0.1 & r <= s", "p < 0.05, q <0.1 & r <= s", 2),
        ("&eacute; <![CDATA[AT&T &eacute; &#12;]]>\x0c", "é AT&T &eacute; &#12; ", 2),
        ("<!-- &eacute; & --><!----> \x0c", "  ", [FORM_FEED]),
        ('T<?xml version="1.0"?>U', "TU", ["an XML declaration inside of the record was left out"]),
        ("&eacute;" * 8 + "\x01" * 3 + "\x02\x03\x04\x05\x06", None, 2),
    ],
)
def test_what_is_mended(content: str, text: str | None, said: list[str] | int) -> None:
    repairs: list[str] = []
    root = xml.parse(f"<a>{content}</a>".encode(), repairs)
    if text is not None:
        assert xml.text(root) == text
    assert len(repairs) == said if isinstance(said, int) else repairs == said


@pytest.mark.parametrize("content", ["&nope;", "R&D;", "a <b", "</b>", "\x0c&nope;", "&nope-1;", "<b>&eacute;"])
def test_what_is_not(content: str) -> None:
    with pytest.raises(RecordError, match="XML line 1 of the record"):
        xml.parse(f"<a>{content}</a>".encode())


@pytest.mark.parametrize(
    ("text", "mended", "said"),
    [
        ('{"a": "T\x0cU",\n\t"b": 1}', '{"a": "T U",\n\t"b": 1}', 1),
        ('{"a": "T\nU\tV\r",\n"b\\"\t": 1}', '{"a": "T U V ",\n"b\\" ": 1}', 1),
        (r'{"a": "\ud800x \udc00 \ud83d\ude00 \\\\ud800 \u00e9"}', r'{"a": " x   \ud83d\ude00 \\\\ud800 \u00e9"}', 1),
        ('{\n\t"a": 1}', '{\n\t"a": 1}', 0),
        ('{"a": "\n', '{"a": "\n', 0),
    ],
)
def test_what_is_mended_in_json(text: str, mended: str, said: int) -> None:
    found, repairs = mend.json(text)
    assert (found, len(repairs)) == (mended, said)


def test_what_is_well_formed_is_never_touched() -> None:
    repairs: list[str] = []
    assert xml.text(xml.parse("<a>&lt;&#233;&amp;eacute;\ufeff\x85</a>".encode(), repairs)) == "<é&eacute;\ufeff\x85"
    assert repairs == []


def test_openings_without_an_end_take_no_time() -> None:
    def work(count: int) -> None:
        raw = b"<a>" + b"<!--<![CDATA[" * count + b"&eacute;\x0c</a>"
        with pytest.raises(RecordError):
            xml.parse(raw)
        assert mend.xml(raw)[1][0] == FORM_FEED

    check_growth(work, 50_000)


DC = '<dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">{}</dc>'

MARC_IN_JSON = (
    '{"leader": "00000nam a2200000 a 4500", "fields": [{"001": "1"}, {"245": {"ind1": "0", "ind2": "0", "subfields": '
    '[{"a": "T\x0cU"}]}}]}'
)


XML = {
    "oai_dc": DC.format("<dc:title>T\x0cU</dc:title>"),
    "doaj": "<doajArticle><title>T\x0cU</title></doajArticle>",
    "pubmed": "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T\x0cU</ArticleTitle></Article>"
    "</MedlineCitation></PubmedArticle>",
    "jats": "<article><front><article-meta><article-id pub-id-type='pmid'>1</article-id><title-group><article-title>"
    "T\x0cU</article-title></title-group></article-meta></front></article>",
    "solr_json": "<doc><str name='id'>1</str><str name='title'>T\x0cU</str></doc>",
    "marc": '<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">1</controlfield><datafield '
    'tag="245" ind1="0" ind2="0"><subfield code="a">T\x0cU</subfield></datafield></record>',
}


def noted(format: str) -> str:
    return "marc_error" if format == "marc" else NOTES


@pytest.mark.parametrize(
    ("format", "raw"),
    [
        *XML.items(),
        ("solr_json", '{"id": "1", "title": "T\x0cU"}'),
        ("marc", MARC_IN_JSON),
        ("marc", json.dumps({"id": "x", "content": MARC_IN_JSON})),
    ],
)
def test_every_format_says_what_was_mended(format: str, raw: str) -> None:
    made = document(format, raw)
    assert made.fields["title"] == "T U"
    assert made.fields[noted(format)] == [FORM_FEED if not raw.startswith("{") else FORM_FEED.replace("XML", "JSON")]
    assert noted(format) not in document(format, raw.replace("\x0c", " ").replace("\\f", " ")).fields


@pytest.mark.parametrize(("format", "raw"), [("solr_json", '{"id": "1", "title": "T\x0cU"}'), ("marc", MARC_IN_JSON)])
def test_half_a_character_in_json_is_mended(format: str, raw: str) -> None:
    made = document(format, raw.replace("\x0c", "\\ud83d"))
    assert made.fields["title"] == "T U"
    assert "U+D83D" in made.fields[noted(format)][0]


@pytest.mark.parametrize("format", XML)
def test_every_format_keeps_an_ampersand(format: str) -> None:
    made = document(format, XML[format].replace("T\x0cU", "A&B p < 0.05"))
    assert made.fields["title"] == "A&B p < 0.05"
    assert made.fields[noted(format)] == [
        "ampersands that begin no reference were kept: '&B'",
        "angle brackets that begin no tag were kept: '< 0.05'",
    ]


def test_an_article_whose_dtd_names_its_characters_needs_no_word() -> None:
    raw = (
        "<article><front><article-meta><article-id pub-id-type='pmid'>1</article-id><title-group><article-title>"
        "Caf&eacute;{}</article-title></title-group></article-meta></front></article>"
    )
    assert NOTES not in document("jats", raw.format("")).fields
    assert document("jats", raw.format("\x0c")).fields[NOTES] == [FORM_FEED]


@pytest.mark.parametrize(
    ("name", "titles", "said"),
    [
        ("control_characters.xml", ["Title 1", "Bad   byte", "Bad   ref", "Title 4"], ["U+001F", "U+001B"]),
        ("named_entities.xml", ["Title 1", "Café \xa0 AT&T", "Title 3"], ["&eacute;, &nbsp;", "&T"]),
        ("xml11.xml", ["Title 1", "Ref   here", "Title 3"], ["U+001F"]),
    ],
)
def test_marcxml_that_no_parser_takes(name: str, titles: list[str], said: list[str]) -> None:
    made = [
        to_document(item, bundled()["marc"])
        for item in read([str(CASES / name)], source="s")
        if isinstance(item, Record)
    ]
    documents = [each for each in made if isinstance(each, Document)]
    assert [" ".join(str(each.fields["title"]).split()) for each in documents] == [
        " ".join(each.split()) for each in titles
    ]
    told = [word for each in documents for word in each.fields.get("marc_error", [])]
    assert all(any(word in each for each in told) for word in said)
    assert len(told) == len(said)


def test_the_names_of_html_are_no_way_to_a_file() -> None:
    raw = b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;\x0c</a>"
    with pytest.raises(RecordError, match="DOCTYPE"):
        xml.parse(raw)
    assert etree.fromstring(mend.xml(raw)[0], xml._parser).text is None
