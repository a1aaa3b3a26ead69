"""What `explain` says: every field has its rule, inputs are those of the record, steps end in the value."""

from collections.abc import Iterator

import pytest

from indexer import sources
from indexer.derive import copies
from indexer.derive.stage import COMPUTED
from indexer.formats import to_document
from indexer.formats.explain import explain, rule_of
from indexer.formats.profiles import Profile, bundled, resolve
from indexer.formats.provenance import Explained
from indexer.formats.registry import default_profiles, ours
from indexer.model.documents import Delete, Document
from indexer.model.errors import Dropped
from indexer.model.records import Header, Position, Record
from indexer.model.schema import biblio
from tests.conftest import ROOT
from tests.formats.oai_dc_records import SEED, dc, golden

REAL = {
    "pubmed": ["samples/pubmed20n0014_slice.xml.gz", "tests/data/pubmed/varied.xml"],
    "jats": ["tests/data/jats/1472-6831-8-11.nxml.gz", "tests/data/jats/pntd.0002065.nxml.gz"],
}
ARTICLE = """<doajArticle><identifier>1</identifier><language>eng</language><publisher>P</publisher>
<journalTitle>J</journalTitle><issn>1234-5678</issn><publicationDate>2020-01-02</publicationDate>
<title>The Title</title><title>Other</title>
<authors><author><name>A, B</name></author></authors><abstract>Words</abstract>
<fullTextUrl>example.org/1</fullTextUrl><keywords><keyword>K</keyword></keywords></doajArticle>"""

SELDOM = {  # records with the fields that the others lack, each with its profile
    "oai_dc": (
        "intech",
        dc(
            "<dc:title>T</dc:title><dc:identifier>doi:10.1/x</dc:identifier><dc:relation>ISBN:9780000000001</dc:relation>"
        ),
    ),
    "pubmed": (
        "pubmed",
        """<PubmedBookArticle><BookDocument><PMID>1</PMID><Book><Publisher><PublisherName>P</PublisherName></Publisher>
        <BookTitle>T</BookTitle><CollectionTitle>C</CollectionTitle><Isbn>9780000000001</Isbn><Edition>2nd</Edition>
        <AuthorList Type="editors"><Author><LastName>A</LastName></Author></AuthorList></Book></BookDocument>
        </PubmedBookArticle>""",
    ),
    "jats": (
        "jats_whole",
        """<article xml:lang="en"><front><journal-meta><isbn>9780000000001</isbn></journal-meta><article-meta>
        <article-id pub-id-type="pmc">1</article-id><title-group><article-title>T</article-title>
        <subtitle>S</subtitle><trans-title-group><trans-title>U</trans-title></trans-title-group></title-group>
        <contrib-group><contrib contrib-type="author"><collab>The Group</collab></contrib></contrib-group>
        <isbn>9780000000001</isbn></article-meta></front><body><p>Words</p></body></article>""",
    ),
}
WHOLE = {"jats_whole": {"base": "jats", "options": {"fulltext": True, "fullrecord": True}}}


def record(format: str, raw: str | bytes, header: Header | None = None) -> Record:
    return Record("test", format, raw.encode() if isinstance(raw, str) else raw, Position("test", 1), header)


def explained(of: Record, profile: Profile) -> dict[str, Explained]:
    found = explain(of, profile)
    assert not isinstance(found, Delete)
    return {each.name: each for each in found}


def documents(format: str) -> Iterator[Document]:
    """Documents of real records, and of the golden cases of every stylesheet."""
    profiles = bundled()
    if format in SELDOM:
        name, raw = SELDOM[format]
        made = to_document(record(format, raw), resolve(name, WHOLE))
        assert isinstance(made, Document)
        yield made
    if format == "oai_dc":
        for case in golden():
            raw, stylesheet, _, _ = case.values
            assert isinstance(raw, bytes)
            try:
                made = to_document(record(format, raw), profiles[str(stylesheet)])
            except Dropped:
                continue
            assert isinstance(made, Document)
            yield made
    elif format == "doaj":
        made = to_document(record(format, ARTICLE), profiles["doaj"])
        assert isinstance(made, Document)
        yield made
    else:
        for item in sources.read([str(ROOT / path) for path in REAL[format]], source="test"):
            assert isinstance(item, Record)
            made = to_document(item, profiles[default_profiles()[format]])
            if isinstance(made, Document):
                yield made


@pytest.mark.parametrize("format", ["oai_dc", "pubmed", "jats", "doaj"])
def test_every_field_has_a_rule_and_every_rule_a_field(format: str) -> None:
    constants = {name for profile in bundled().values() if profile.format == format for name in profile.constants}
    emitted = {name for document in documents(format) for name in document.fields} - copies.filled()
    ruled = ours()[format].rules.keys()
    assert emitted - constants - ruled - COMPUTED.keys() == set()
    assert ruled - emitted - copies.filled() == set()


def test_the_tables_name_fields_of_the_schema_and_all_formats_have_one() -> None:
    # the mapping, and the stylesheet, are their own tables
    assert [format.name for format in ours().values() if not format.rules] == ["marc", "xslt"]
    for format in ours().values():
        assert [name for name in format.rules if name != "*" and biblio().field(name) is None] == [], format.name
        for name, rule in format.rules.items():
            assert rule.keys() <= {"rule", "from"}, f"{format.name}: {name}"
            assert rule["rule"]


@pytest.mark.parametrize("format", ["pubmed", "jats", "doaj"])
def test_the_places_of_input_are_those_of_real_records(format: str) -> None:
    """What a field was made of is found in the record, wherever a rule says where it stands."""
    profile = bundled()[default_profiles()[format]]
    if format == "doaj":
        items = [record(format, ARTICLE)]
    else:
        read = sources.read([str(ROOT / path) for path in REAL[format]], source="test")
        items = [item for item in read if isinstance(item, Record)][-40:]
    for item in items:
        found = explain(item, profile)
        if isinstance(found, Delete):
            continue
        for each in found:
            if each.name in copies.filled() or "from" not in rule_of(each.name, ours()[format]):
                continue
            [rule] = each.rules
            assert rule.inputs or rule.text.startswith("constant"), f"{item.position}: {each.name}"


def test_dublin_core_from_harvest_to_copies() -> None:
    profile = resolve(
        "ours",
        {"ours": {"base": "ojs", "id_prefix": "t-", "id_search": ["^oai:"], "id_replace": [""]}},
    )
    raw = dc(
        "<dc:title>The Élan: Vital</dc:title><dc:title>Other</dc:title>"
        "<dc:creator>Müller,  Jörg</dc:creator><dc:date>2020-05-01</dc:date>"
    )
    found = explained(record("oai_dc", raw, Header("oai:7")), profile)
    [rule] = found["id"].rules
    assert rule.inputs[0] == ("header identifier", "oai:7")
    assert rule.steps == [("id_search '^oai:'", "7"), ("id_prefix 't-'", "t-7")]
    [rule] = found["title_sort"].rules
    assert rule.inputs == [("title", "The Élan: Vital"), ("title", "Other")]
    assert rule.steps == [
        ("article off, lower case", "élan: vital"),
        ("accents off", "elan: vital"),
        ("punctuation to spaces", "elan vital"),
        ("trimmed, lower case (style current)", "elan vital"),
    ]
    assert dict(found["work_keys_str_mv"].rules[0].steps) == {
        "author 'Müller, Jörg'": "mullerjorg",
        "title 'The Élan: Vital'": "theelanvital",
        "title_alt 'Other'": "other",
        "title without its article 'The Élan: Vital'": "elanvital",
    }
    [rule] = found["institution"].rules
    assert (rule.text, rule.inputs) == ("constant of the profile ours", [])
    [rule] = found["spellingShingle"].rules
    assert rule.text == "copied from author, title"
    assert rule.inputs == [("author", "Müller, Jörg"), ("title", "The Élan: Vital")]


def test_the_legacy_style_of_title_sort() -> None:
    [rule] = explained(record("oai_dc", SEED), bundled()["pmc"])["title_sort"].rules
    assert [step for step, _ in rule.steps] == ["article off, lower case (style legacy)"]


def test_a_document_of_an_index_says_what_is_kept_and_what_is_made() -> None:
    raw = '{"id": "a", "title": "A Title!", "author": ["B, C"], "publishDate": ["1999-01"], "building": ["Main"]}'
    found = explained(record("solr_json", raw), bundled()["solr_json"])
    assert found["building"].rules[0].text == "as the document has it"
    assert found["building"].rules[0].inputs == [("building", "Main")]
    assert found["publishDateSort"].rules[0].inputs == [("publishDate", "1999-01")]
    assert found["title_sort"].rules[0].steps[-1] == ("trimmed, lower case (style current)", "title")


def test_a_row_of_a_table_names_its_columns() -> None:
    profile = resolve(
        "ours",
        {"ours": {"format": "csv", "options": {"columns": {"Nr": "id", "Titel": ["title", "title_alt"]}}}},
    )
    found = explained(record("csv", "Nr,Titel,Note\n7,The Title,x\n"), profile)
    assert found["id"].rules[0].inputs == [("Nr", "7")]
    assert found["title_alt"].rules[0].inputs == [("Titel", "The Title")]
    assert found["title_sort"].rules[0].inputs == [("Titel", "The Title")]


def test_a_deletion_is_one() -> None:
    found = explain(record("oai_dc", "", Header("oai:7", deleted=True)), bundled()["ojs"])
    assert found == Delete("oai:7")


def test_it_is_the_document_that_is_loaded() -> None:
    made = to_document(record("oai_dc", SEED), bundled()["pmc"])
    assert isinstance(made, Document)
    found = explained(record("oai_dc", SEED), bundled()["pmc"])
    assert {name: each.value for name, each in found.items()} == made.fields
    assert all(each.rules for each in found.values())
