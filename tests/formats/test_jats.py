import dataclasses
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from indexer.derive import copies
from indexer.formats import to_document
from indexer.formats.profiles import Profile, bundled, resolve
from indexer.model.documents import Delete, Document, Fields
from indexer.model.errors import ConfigError, RecordError
from indexer.model.records import Header, Position, Record

DATA = Path(__file__).parents[1] / "data"

NLM = '<article xmlns:xlink="http://www.w3.org/1999/xlink" xml:lang="en">'


def record(raw: bytes | str, header: Header | None = None) -> Record:
    return Record("test", "jats", raw if isinstance(raw, bytes) else raw.encode(), Position("test.xml", 1), header)


def made(raw: bytes | str, profile: Profile | None = None, header: Header | None = None) -> Fields:
    document = to_document(record(raw, header), profile or bundled()["jats"])
    assert isinstance(document, Document)
    return document.fields


def real(name: str) -> bytes:
    """A real article without its DOCTYPE, as a source gives it."""
    content = gzip.decompress((DATA / "jats" / f"{name}.nxml.gz").read_bytes())
    return content[content.index(b"<article ") :]


def article(
    meta: str = "", journal: str = "", rest: str = "", ids: str = '<article-id pub-id-type="pmc">1</article-id>'
) -> str:
    front = f"<front><journal-meta>{journal}</journal-meta><article-meta>{ids}{meta}</article-meta></front>"
    return f"{NLM}{front}{rest}</article>"


def titles(inside: str) -> str:
    return f"<title-group>{inside}</title-group>"


def contributors(inside: str) -> str:
    return f"<contrib-group>{inside}</contrib-group>"


def with_options(name: str, **options: object) -> Profile:
    profile = bundled()[name]
    return dataclasses.replace(profile, options={**profile.options, **options})


def test_an_article_of_jats_1() -> None:
    fields = made(real("pntd.0002065"))
    assert fields["id"] == "pmc-3585041"
    assert fields["title"] == (
        "Serological Evidence of Rift Valley Fever Virus Circulation in Sheep and Goats in Zambézia Province,"
        " Mozambique"
    )
    assert fields["author"] == [
        *("Fafetine, José", "Neves, Luis", "Thompson, Peter N.", "Paweska, Janusz T.", "Rutten, Victor P. M. G."),
        "Coetzer, J. A. W.",
    ]
    assert (fields["author_sort"], fields["author2"]) == ("Fafetine, José", ["Njenga, M. Kariuki"])
    assert (fields["container_title"], fields["container_volume"], fields["container_issue"]) == (
        *("PLoS Neglected Tropical Diseases", "7", "2"),
    )
    assert (fields["container_start_page"], fields["container_reference"]) == ("e2065", "7 (2): e2065")
    assert (fields["publishDate"], fields["publisher"]) == (["2013"], ["Public Library of Science"])
    assert fields["issn"] == ["1935-2727", "1935-2735"]
    assert fields["topic"] == fields["topic_facet"]
    assert fields["topic"][:4] == ["Veterinary Science", "Animal Types", "Small Animals", "Veterinary Diseases"]
    assert fields["genre"] == ["Research Article"]
    assert fields["url"] == [
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3585041/",
        "https://doi.org/10.1371/journal.pntd.0002065",
    ]
    assert (fields["doi_str_mv"], fields["pmid_str"], fields["pmc_str"]) == (
        *(["10.1371/journal.pntd.0002065"], "23469300", "PMC3585041"),
    )
    description = fields["description"]
    assert isinstance(description, str)
    assert description.startswith("Rift Valley fever (RVF) is endemic in most parts of Africa")
    assert "Author Summary" not in description
    assert "fulltext" not in fields
    assert "fullrecord" not in fields


def test_an_article_of_nlm_2_3_with_a_structured_abstract() -> None:
    fields = made(real("1472-6831-8-11"))
    description = fields["description"]
    assert isinstance(description, str)
    assert re.findall(r"\b([A-Z][a-z]+): ", description) == ["Background", "Methods", "Results", "Conclusion"]
    assert fields["container_reference"] == "8: 11"
    assert fields["license_str_mv"] == ["http://creativecommons.org/licenses/by/2.0"]
    assert "language" not in fields


@pytest.mark.parametrize("name", ["pntd.0002065", "1472-6831-8-11"])
def test_the_body_is_text_on_request_and_nothing_of_the_references_is_taken(name: str) -> None:
    raw = real(name)
    text = made(raw, with_options("jats", fulltext=True))["fulltext"]
    assert isinstance(text, str)
    assert len(text) > 15_000
    assert not re.search(r"[a-z]\.[A-Z][a-z]", text[:5_000])  # paragraphs stand apart
    without = re.sub(rb"<back>.*</back>", b"", raw, flags=re.DOTALL)
    assert without != raw
    assert made(without, with_options("jats", fulltext=True)) == made(raw, with_options("jats", fulltext=True))


def golden() -> Any:
    lines = (DATA / "golden/oai_dc_documents.jsonl").read_text(encoding="utf-8").splitlines()
    (case,) = [case for line in lines if (case := json.loads(line))["xsl"] == "nlm_ojs.xsl"]
    return case


def test_the_document_of_the_stylesheet() -> None:
    case = golden()
    grouped: dict[str, list[str]] = {}
    for name, value in case["docs"][0]:
        grouped.setdefault(name, []).append(value)
    document = made(case["xml"], bundled()["nlm_ojs"])
    emitted = [(name, value) for name, value in document.items() if name not in copies.filled()]
    assert [(name, [value] if isinstance(value, str) else value) for name, value in emitted] == list(grouped.items())


def test_the_stylesheets_document_with_the_header_beside_the_record() -> None:
    raw = golden()["xml"]
    assert "<identifier>nlm-1</identifier>" in raw
    stamped = raw.replace("</identifier>", "</identifier><datestamp>2020</datestamp>", 1)
    bare = raw.replace("<identifier>nlm-1</identifier>", "")
    profile = bundled()["nlm_ojs"]
    assert made(bare, profile, Header("nlm-1", "2020")) == made(stamped, profile)
    assert made(raw, profile, Header("nlm-1", "2020")) == made(raw, profile)


def test_what_the_stylesheet_takes() -> None:
    raw = article(
        titles("<article-title>T</article-title><trans-title/><trans-title> </trans-title>")
        + contributors("<contrib><collab>The Group</collab></contrib>")
        + '<pub-date pub-type="epub"><year>2001</year></pub-date>'
        + "<abstract><p>One.</p><p>Two.</p></abstract><trans-abstract><p>Eins.</p></trans-abstract>"
        + "<kwd-group><kwd>a</kwd></kwd-group><kwd-group><kwd>b</kwd></kwd-group>",
        rest="<body><p>Text.</p></body><back><ref-list><ref><article-title>Other</article-title></ref></ref-list></back>",
        ids="",
    )
    fields = made(raw, bundled()["nlm_ojs"], Header("x-1"))
    assert fields["description"] == "One. ABSTRACT Translated: Eins."
    assert fields["topic"] == ["a"]
    assert fields["work_keys_str_mv"] == ["AT thegroup t"]
    assert fields.keys().isdisjoint({"title_alt", "publishDate", "publishDateSort", "url", "fulltext"})
    kept = fields["fullrecord"]
    assert isinstance(kept, str)
    assert "<body>" not in kept
    assert "<ref-list>" in kept


def test_titles_with_markup_subtitle_and_translations() -> None:
    raw = article(
        titles(
            "<article-title>The <italic>in\n vitro</italic> CO<sub>2</sub> of <named-content>x</named-content>"
            '<xref ref-type="fn" rid="f">*</xref><fn id="f"><p>Note</p></fn></article-title>'
            "<subtitle>A <bold>study</bold></subtitle><alt-title>Running</alt-title>"
            '<trans-title-group xml:lang="de"><trans-title>Das</trans-title><trans-subtitle>Ein</trans-subtitle>'
            "</trans-title-group><trans-title>Le</trans-title><trans-subtitle>Un</trans-subtitle>"
        ),
        rest='<sub-article article-type="translation"><front-stub><title-group><article-title>La cosa</article-title>'
        "</title-group></front-stub></sub-article>"
        '<sub-article article-type="reply"><front-stub><title-group><article-title>Reply</article-title></title-group>'
        "</front-stub></sub-article><response><front-stub><title-group><article-title>R</article-title></title-group>"
        "</front-stub></response>",
    )
    fields = made(raw)
    assert fields["title"] == fields["title_full"] == "The in vitro CO2 of x: A study"
    assert (fields["title_short"], fields["title_sub"]) == ("The in vitro CO2 of x", "A study")
    assert fields["title_sort"] == "in vitro co2 of x a study"
    assert fields["title_alt"] == ["Das: Ein", "Le: Un", "La cosa"]
    assert "Running" in fields["allfields"][0]


@pytest.mark.parametrize(
    ("title", "subtitle", "whole"),
    [("A", "b", "A: b"), ("A?", "b", "A? b"), ("A:", "b", "A: b"), ("", "b", "b"), ("A", "", "A")],
)
def test_a_subtitle_is_joined_once(title: str, subtitle: str, whole: str) -> None:
    raw = article(titles(f"<article-title>{title}</article-title><subtitle>{subtitle}</subtitle>"))
    assert made(raw)["title"] == whole


def test_contributors() -> None:
    person = "<name><surname>{}</surname><given-names>{}</given-names></name>"
    raw = article(
        contributors(
            '<contrib contrib-type="author">' + person.format("Doe", "Jane") + "</contrib>"
            "<contrib><name><surname>Roe</surname><given-names>R</given-names><suffix>Jr</suffix></name></contrib>"
            '<contrib contrib-type="author"><name><surname>Plato</surname></name></contrib>'
            '<contrib contrib-type="author"><string-name>Sukarno</string-name></contrib>'
            '<contrib contrib-type="author"><name-alternatives>'
            + person.format("王", "小明")
            + person.format("Wang", "Xiaoming")
            + "</name-alternatives></contrib>"
            '<contrib contrib-type="author"><collab>The <italic>X</italic> Group<xref>1</xref><contrib-group><contrib>'
            + person.format("Member", "A")
            + "</contrib></contrib-group></collab></contrib>"
            '<contrib contrib-type="author"><anonymous/></contrib>'
            '<contrib contrib-type="editor">' + person.format("Ed", "It") + "<aff><label>1</label>Uni</aff></contrib>"
            '<contrib contrib-type="reviewer">' + person.format("Re", "View") + "</contrib>"
        )
        + '<contrib-group content-type="editors"><contrib>'
        + person.format("Second", "Ed")
        + "</contrib></contrib-group>"
        + titles("<article-title>T</article-title>")
    )
    fields = made(raw)
    assert fields["author"] == ["Doe, Jane", "Roe, R, Jr", "Plato", "Sukarno", "王, 小明"]
    assert fields["author_corporate"] == ["The X Group"]
    assert fields["author2"] == ["Ed, It", "Second, Ed"]
    assert fields["work_keys_str_mv"][-1] == "AT thexgroup t"
    for searched in ("Member, A", "Re, View", "Uni"):
        assert searched in fields["allfields"][0]
    first = article(contributors("<contrib><collab>WHO</collab></contrib>"))
    assert made(first)["author_sort"] == "WHO"


@pytest.mark.parametrize(
    ("abstracts", "description"),
    [
        ("<abstract><title>Abstract</title><p>One.</p><p>Two.</p></abstract>", "One. Two."),
        (
            "<abstract><sec><title>Aims:</title><p>A.</p><p>B.</p></sec><sec><title>Ends.</title></sec></abstract>",
            "Aims: A. B. Ends",
        ),
        ('<abstract abstract-type="toc"><p>Short.</p></abstract><abstract><p>Long.</p></abstract>', "Long."),
        ('<abstract abstract-type="toc"><p>Short.</p></abstract>', "Short."),
        ("<trans-abstract><p>Kurz.</p></trans-abstract>", "Kurz."),
        (
            "<abstract><object-id>10.1/x</object-id><p>x<sup>2</sup><inline-formula><alternatives>"
            "<tex-math>$y$</tex-math>"
            '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">\n<mml:mi> y </mml:mi>\n<mml:mo>=</mml:mo>'
            "</mml:math>"
            "</alternatives></inline-formula></p></abstract>",
            "x2y=",
        ),
        (
            "<abstract><p><tex-math>\\documentclass{m}\\begin{document}$$a+b$$\\end{document}</tex-math></p></abstract>",
            "a+b",
        ),
    ],
)
def test_abstracts(abstracts: str, description: str) -> None:
    assert made(article(abstracts))["description"] == description


def test_keywords_and_subjects() -> None:
    raw = article(
        '<article-categories><subj-group subj-group-type="heading"><subject>Letters</subject></subj-group>'
        "<subj-group><subject>Law</subject><subj-group><subject>Courts</subject></subj-group></subj-group>"
        '<subj-group subj-group-type="hwp-journal-coll"><subject>1001</subject></subj-group></article-categories>'
        "<kwd-group><title>Keywords</title><kwd><italic>a</italic></kwd><kwd>Law</kwd><kwd/></kwd-group>"
        '<kwd-group xml:lang="de"><compound-kwd><compound-kwd-part>b</compound-kwd-part><compound-kwd-part>c'
        "</compound-kwd-part></compound-kwd></kwd-group>"
        '<kwd-group kwd-group-type="abbreviations"><kwd>NATO</kwd></kwd-group>'
        "<kwd-group><unstructured-kwd-group>d, e; f</unstructured-kwd-group></kwd-group>"
    )
    fields = made(raw)
    assert fields["topic"] == ["a", "Law", "b / c", "d", "e", "f", "Courts"]
    assert fields["genre"] == fields["genre_facet"] == ["Letters"]


@pytest.mark.parametrize(
    ("dates", "year"),
    [
        (
            [
                "<pub-date pub-type='epub'><year>2001</year></pub-date>",
                "<pub-date pub-type='ppub'><year>2002</year></pub-date>",
            ],
            "2002",
        ),
        (
            [
                "<pub-date date-type='pub' publication-format='electronic'><year>2001</year></pub-date>",
                "<pub-date date-type='collection'><year>2003</year></pub-date>",
            ],
            "2003",
        ),
        (
            ["<pub-date pub-type='pmc-release'><year>2004</year></pub-date>", "<pub-date><year>2005</year></pub-date>"],
            "2005",
        ),
        (["<pub-date pub-type='pmc-release'><year>2004</year></pub-date>"], "2004"),
        (["<pub-date><string-date>Spring 1998</string-date></pub-date>"], "1998"),
        (["<pub-date><year iso-8601-date='2011'>MMXI</year></pub-date>"], "2011"),
    ],
)
def test_the_year_is_that_of_the_issue(dates: list[str], year: str) -> None:
    fields = made(article("".join(dates)))
    assert (fields["publishDate"], fields["publishDateSort"]) == ([year], year)


def test_what_belongs_to_others_is_not_taken() -> None:
    other = (
        "<product><name><surname>X</surname></name><source>Y</source></product>"
        '<related-article xlink:href="10.1/other"/>'
    )
    back = (
        '<back><ref-list><ref><mixed-citation><pub-id pub-id-type="doi">10.1/z</pub-id><article-title>Z</article-title>'
        "</mixed-citation></ref></ref-list></back>"
    )
    assert made(article(other, rest=back)) == made(article())


def test_places_numbers_and_licences() -> None:
    raw = article(
        "<volume>3</volume><issue>S1</issue><fpage>10</fpage><lpage>19</lpage>"
        '<self-uri xlink:href="file.pdf"/><self-uri xlink:href="http://x/1"/>'
        '<permissions><ali:free_to_read xmlns:ali="http://www.niso.org/schemas/ali/1.0/"/><license><ali:license_ref '
        'xmlns:ali="http://www.niso.org/schemas/ali/1.0/">https://x/by</ali:license_ref></license></permissions>',
        '<journal-id journal-id-type="nlm-ta">J Short</journal-id><journal-title-group><journal-title>J'
        "</journal-title></journal-title-group><issn>1234-5678</issn><issn>1234-5678</issn>",
        ids='<article-id pub-id-type="doi">https://doi.org/10.1/A&lt;b&gt;</article-id>',
    )
    fields = made(raw)
    assert fields["id"] == "doi-10.1/A<b>"
    assert fields["url"] == ["https://doi.org/10.1/A%3Cb%3E", "http://x/1"]
    assert (fields["container_title"], fields["container_reference"]) == ("J", "3 (S1): 10-19")
    assert (fields["issn"], fields["license_str_mv"]) == (["1234-5678"], ["https://x/by"])
    linked = (
        "<permissions><license><p>see <ext-link xlink:href='http://creativecommons.org/by'>it</ext-link></p></license>"
    )
    assert made(article(linked + "</permissions>"))["license_str_mv"] == ["http://creativecommons.org/by"]


@pytest.mark.parametrize(
    ("ids", "header", "expected"),
    [
        (
            '<article-id pub-id-type="pmcid">PMC7</article-id><article-id pub-id-type="pmid">8</article-id>',
            None,
            "pmc-7",
        ),
        ('<article-id pub-id-type="pmid">8</article-id>', None, "pmid-8"),
        ('<article-id pub-id-type="pmid">8</article-id>', Header("oai:pubmedcentral.nih.gov:7"), "pmc-7"),
        ('<article-id pub-id-type="pmid">8</article-id>', Header("oai:x.org:7"), "oai:x.org:7"),
    ],
)
def test_ids(ids: str, header: Header | None, expected: str) -> None:
    assert made(article(ids=ids), header=header)["id"] == expected


def test_a_deletion_and_the_article_have_one_id() -> None:
    header = Header("oai:pubmedcentral.nih.gov:1", deleted=True)
    assert to_document(record("", header), bundled()["jats"]) == Delete("pmc-1") == Delete(str(made(article())["id"]))


@pytest.mark.parametrize(("tag", "name"), [("EN", "English"), ("de-AT", "German"), ("fra", "French"), ("xx", "xx")])
def test_languages(tag: str, name: str) -> None:
    assert made(article().replace('xml:lang="en"', f'xml:lang="{tag}"'))["language"] == [name]


def test_names_of_characters_are_known_without_the_dtd() -> None:
    raw = article(titles("<article-title>&alpha;-Caf&eacute; &amp; &lt;tea&gt;&nbsp;&LT;</article-title>"))
    assert made(raw)["title"] == "α-Café & <tea>\u00a0<"


def test_a_namespace_makes_no_difference() -> None:
    raw = real("pntd.0002065")
    inside = raw.replace(b"<article ", b'<article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/" ', 1)
    assert made(inside, with_options("jats", fulltext=True)) == made(raw, with_options("jats", fulltext=True))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("<note/>", "<note> is not an article"),
        ("<article><body/></article>", "no front matter"),
        ("<article><front><journal-meta/></front></article>", "no front matter"),
        (article(ids='<article-id pub-id-type="publisher-id">1</article-id>'), "no article-id of the type pmc"),
        (article("<p>"), "XML line 1"),
        (article("&nosuchname;"), "Entity 'nosuchname' not defined"),
        ('<!DOCTYPE article [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + article("&e;"), "DOCTYPE"),
    ],
)
def test_what_cannot_be_a_document_is_an_error_of_the_record(raw: str, said: str) -> None:
    with pytest.raises(RecordError, match=re.escape(said)):
        made(raw)


def test_the_rules_are_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"profile\.p\.options\.rules: is 'ojs', neither jats nor nlm_ojs"):
        resolve("p", {"p": {"base": "jats", "options": {"rules": "ojs"}}})


def test_prefixes_that_the_dtd_declares_are_known() -> None:
    meta = (
        "<title-group><article-title>A <mml:math><mml:mi>x</mml:mi></mml:math></article-title></title-group>"
        '<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><p>&alpha;</p></license>'
        "</permissions>"
    )
    raw = article(meta).replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    fields = made(raw)
    assert fields["license_str_mv"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert fields["title"] == "A x"
    with pytest.raises(RecordError, match="prefix foo"):
        made(article("<foo:bar/>"))


def test_other_forms_of_a_name_are_searched() -> None:
    names = (
        "<contrib contrib-type='author'><name-alternatives>"
        "<name><surname>見本</surname><given-names>花子</given-names></name>"
        "<name><surname>Mihon</surname><given-names>Hanako</given-names></name>"
        "<string-name>Mihon H</string-name></name-alternatives></contrib>"
        "<contrib contrib-type='author'><collab-alternatives><collab>見本学会</collab><collab>Sample Society</collab>"
        "</collab-alternatives></contrib>"
    )
    fields = made(article(contributors(names)))
    assert (fields["author"], fields["author_corporate"]) == (["見本, 花子"], ["見本学会"])
    for form in ("Mihon, Hanako", "Mihon H", "Sample Society", "見本, 花子"):
        assert form in fields["allfields"][0]


@pytest.mark.parametrize(
    "member",
    [
        "<contrib contrib-type='collaborator'>{}</contrib>",
        "<contrib contrib-type='group-member'>{}</contrib>",
        "<contrib contrib-type='non-byline'>{}</contrib>",
        "<contrib contrib-type='author' rid='c1'>{}</contrib>",
        "</contrib-group><contrib-group content-type='collaborators'><contrib>{}</contrib>",
        "</contrib-group><contrib-group content-type='collab-members'><contrib>{}</contrib>",
    ],
)
def test_members_of_a_collaboration_are_no_authors_wherever_they_stand(member: str) -> None:
    person = "<name><surname>Roe</surname><given-names>Ann</given-names></name>"
    fields = made(
        article(
            contributors(
                "<contrib contrib-type='author'><name><surname>Doe</surname></name></contrib>"
                "<contrib contrib-type='author'><collab id='c1'>The Group</collab></contrib>" + member.format(person)
            )
        )
    )
    assert (fields["author"], fields["author_corporate"], fields.get("author2")) == (["Doe"], ["The Group"], None)
    assert "Roe, Ann" in fields["allfields"][0]


@pytest.mark.parametrize("root", ["book", "book-part-wrapper"])
def test_books_are_refused_by_name(root: str) -> None:
    with pytest.raises(RecordError, match="BITS"):
        made(f"<{root}><book-meta/></{root}>")
