"""PubMed records: real ones of NLM's files, and hand-made ones for what those do not hold."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from indexer.derive import copies
from indexer.derive.stage import complete
from indexer.formats import to_document
from indexer.formats.profiles import Profile, resolve
from indexer.formats.pubmed import document
from indexer.model.documents import Document
from indexer.model.errors import RecordError
from indexer.model.records import Position, Record

PROFILE = resolve("pubmed", {})
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def record(raw: str | bytes) -> Record:
    return Record("test", "pubmed", raw.encode() if isinstance(raw, str) else raw, Position("test.xml", 1))


def emitted(item: Record, profile: Profile = PROFILE) -> dict[str, Any]:
    """The fields of its document that are no copies."""
    made = complete(document(item, profile), "legacy" if profile.title_sort == "legacy" else "current")
    return {name: value for name, value in made.items() if name not in copies.filled()}


def read(raw: str | bytes, profile: Profile = PROFILE) -> dict[str, Any]:
    return emitted(record(raw), profile)


def article(inside: str = "", *, outside: str = "", data: str = "") -> dict[str, Any]:
    """The fields of a record with these elements in Article, in MedlineCitation behind it, and in PubmedData."""
    return read(
        "<PubmedArticle><MedlineCitation><PMID Version='1'>17</PMID>"
        f"<Article>{inside}</Article>{outside}</MedlineCitation><PubmedData>{data}</PubmedData></PubmedArticle>"
    )


def articles(path: Path) -> Iterator[tuple[etree._Element, Record]]:
    """Each record of a file, as an element and as a source gives it."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for element in etree.fromstring(content).iterfind("PubmedArticle"):
        yield element, record(etree.tostring(element, encoding="utf-8"))


@pytest.fixture(scope="module")
def varied(data: Path) -> dict[str, dict[str, Any]]:
    """The documents of varied.xml by their PMID."""
    found = [emitted(item) for _, item in articles(data / "pubmed/varied.xml")]
    return {str(fields["pmid_str"]): fields for fields in found}


# --- real records


def test_a_whole_record(varied: dict[str, dict[str, Any]]) -> None:
    title = (
        'Response to letter to editor regarding "Efficacy of adding ramipril (VAsotop) to the combination of '
        'furosemide (Lasix) and pimobendan (VEtmedin) in dogs with mitral valve degeneration: The VALVE trial".'
    )
    key = (
        "responsetolettertoeditorregardingefficacyofaddingramiprilvasotoptothecombinationoffurosemidelasixandpimobendan"
        "vetmedinindogswithmitralvalvedegenerationthevalvetrial"
    )
    assert varied["33496988"] == {
        "id": "pmid-33496988",
        "allfields": [
            f"pmid-33496988 33496988 {title} Wess, Gerhard Ludwig-Maximilians-Universität München, Munich, Germany. "
            "Glaus, Tony University of Zurich, Zurich, Switzerland. VALVE Investigators "
            "Journal of veterinary internal medicine J Vet Intern Med Letter Comment "
            "10.1111/jvim.16034 PMC7995373 1939-1676 0891-6640 2021"
        ],
        "institution": ["National Library of Medicine"],
        "collection": ["PubMed"],
        "record_format": "pubmed",
        "format": ["Article", "Online"],
        "language": ["English"],
        "author": ["Wess, Gerhard", "Glaus, Tony"],
        "author_corporate": ["VALVE Investigators"],
        "author_sort": "Wess, Gerhard",
        "title": title,
        "title_short": title,
        "title_full": title,
        "title_sort": (
            "response to letter to editor regarding efficacy of adding ramipril vasotop to the combination of "
            "furosemide lasix and pimobendan vetmedin in dogs with mitral valve degeneration the valve trial"
        ),
        "genre": ["Letter", "Comment"],
        "genre_facet": ["Letter", "Comment"],
        "container_title": "Journal of veterinary internal medicine",
        "container_volume": "35",
        "container_issue": "2",
        "container_start_page": "696",
        "container_reference": "35 (2): 696-697",
        "publishDate": ["2021"],
        "publishDateSort": "2021",
        "issn": ["1939-1676", "0891-6640"],
        "url": [
            "https://pubmed.ncbi.nlm.nih.gov/33496988/",
            "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7995373/",
            "https://doi.org/10.1111/jvim.16034",
        ],
        "doi_str_mv": ["10.1111/jvim.16034"],
        "pmid_str": "33496988",
        "pmc_str": "PMC7995373",
        "work_keys_str_mv": [f"AT wessgerhard {key}", f"AT glaustony {key}", f"AT valveinvestigators {key}"],
    }


@pytest.mark.parametrize(
    ("pmid", "field", "value"),
    [
        ("399698", "title", "[Dental terminology. The final entries under the letter F]."),
        ("399698", "title_sort", "dental terminology the final entries under the letter f"),
        ("399698", "title_alt", ["Terminologia dental. Final de la letra F."]),
        ("399698", "language", ["Spanish"]),
        ("399698", "publishDate", ["1979"]),  # MedlineDate
        ("399381", "topic", ["Communicable Diseases", "Communicable Diseases / history", "History, 20th Century"]),
        ("399381", "topic_facet", ["Communicable Diseases", "history", "History, 20th Century", "Humans", "Ohio"]),
        ("401439", "geographic", ["New York City"]),
        ("401439", "geographic_facet", ["New York City"]),
        (
            "401388",
            "topic_facet",
            ["CAF protocol", "Antineoplastic Combined Chemotherapy Protocols", "adverse effects"],
        ),
        ("402194", "doi_str_mv", ["10.1002/1097-0142(197702)39:2+<780::aid-cncr2820390712>3.0.co;2-i"]),
        (
            "402194",
            "url",
            [
                "https://pubmed.ncbi.nlm.nih.gov/402194/",
                "https://doi.org/10.1002/1097-0142(197702)39:2+%3C780::aid-cncr2820390712%3E3.0.co;2-i",
            ],
        ),
        ("402194", "container_reference", "39 (2 Suppl): 780-7"),
        ("33545178", "author", ["Gittinger, John W, Jr"]),
        ("33067074", "language", ["English", "Portuguese"]),
        (
            "33067074",
            "title",  # P2Y<sub>12</sub>
            "Pretreatment with P2Y12 inhibitors in ST-elevation myocardial infarction: Should we keep doing it?",
        ),
        ("33336832", "title", "12th Annual European College of Equine Internal Medicine Congress."),  # 12<sup>th</sup>
    ],
)
def test_values_of_real_records(
    varied: dict[str, dict[str, Any]], pmid: str, field: str, value: str | list[str]
) -> None:
    found = varied[pmid][field]
    assert found[: len(value)] == value if field.startswith("topic") else found == value


def test_escaped_suffix_tags_are_taken_off(varied: dict[str, dict[str, Any]]) -> None:
    assert varied["399381"]["topic"][-1] == "Rammelkamp, C K, Jr"


def test_what_is_not_there_gives_no_field(varied: dict[str, dict[str, Any]]) -> None:
    assert not {"author", "author_corporate", "author_sort", "work_keys_str_mv"} & varied["400681"].keys()
    assert "issn" not in varied["399698"]
    assert not {"container_volume", "container_start_page", "container_reference"} & varied["33675745"].keys()


def test_structured_abstract_keeps_its_labels(varied: dict[str, dict[str, Any]]) -> None:
    found = str(varied["33101066"]["description"])
    assert re.findall(r"(?:^|\. )(\w+): ", found) == ["Introduction", "Methods", "Results", "Conclusion"]
    assert "(n = 10), in normal pregnant women (n = 59)" in found  # <i>n</i>
    assert "Copyright" not in found
    assert found in varied["33101066"]["allfields"][0]


@pytest.mark.parametrize(("name", "count"), [("pubmed20n0014_slice", 1685), ("pubmed21n1298_slice", 332)])
def test_every_real_record_holds_what_xpath_finds_in_it(data: Path, name: str, count: int) -> None:
    folder = SAMPLES if name == "pubmed20n0014_slice" else data / "pubmed"
    ids = set()
    for element, item in articles(folder / f"{name}.xml.gz"):
        made = to_document(item, PROFILE)
        assert isinstance(made, Document)
        fields: dict[str, Any] = dict(made.fields)
        cited = "MedlineCitation/Article/"
        (pmid,) = texts(element, "MedlineCitation/PMID")
        assert fields["id"] == f"pmid-{pmid}"
        titles = [*texts(element, f"{cited}ArticleTitle"), *texts(element, f"{cited}VernacularTitle")]
        assert [fields["title"], *fields.get("title_alt", [])] == titles
        families = [name.partition(",")[0] for name in fields.get("author", [])]
        assert families == texts(element, f"{cited}AuthorList/Author/LastName")
        assert fields.get("author_corporate", []) == texts(element, f"{cited}AuthorList/Author/CollectiveName")
        headings = texts(element, "MedlineCitation/MeshHeadingList/MeshHeading/*|MedlineCitation/KeywordList/Keyword")
        assert set(headings) <= set(fields.get("topic_facet", []))
        dois = texts(element, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']")
        assert [doi.lower() for doi in fields.get("doi_str_mv", [])] == [doi.lower() for doi in dois]
        assert fields["genre"] == texts(element, f"{cited}PublicationTypeList/PublicationType")
        (date,) = texts(element, f"{cited}Journal/JournalIssue/PubDate")
        assert fields["publishDateSort"] in date
        ids.add(fields["id"])
    assert len(ids) == count


def texts(element: etree._Element, path: str) -> list[str]:
    """The texts of the elements that an XPath finds, white space normalised, without empty ones."""
    found: Any = element.xpath(path)
    return [text for one in found if (text := normal("".join(one.itertext())))]


def normal(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


# --- titles, names, abstracts


def test_markup_in_a_title_is_text() -> None:
    title = (
        "<ArticleTitle>\n  The <i>in <b>vivo</b></i>\n\tH<sub>2</sub>O of <u>x</u><sup>2</sup><!-- no --> &amp; "
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>α</mml:mi>\n<mml:mo>=</mml:mo>\n'
        "<mml:mn>1</mml:mn></mml:math>&#xA0;end.  </ArticleTitle>"
    )
    assert article(title)["title"] == "The in vivo H2O of x2 & α=1\N{NO-BREAK SPACE}end."


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (
            "<ArticleTitle>[A title].</ArticleTitle><VernacularTitle>Un titre.</VernacularTitle>",
            ("[A title].", ["Un titre."]),
        ),
        ("<ArticleTitle/><VernacularTitle>Un titre.</VernacularTitle>", ("Un titre.", None)),
        ("<ArticleTitle>Same.</ArticleTitle><VernacularTitle>Same.</VernacularTitle>", ("Same.", None)),
        ("<ArticleTitle> </ArticleTitle>", (None, None)),
        ("", (None, None)),
    ],
)
def test_title_and_vernacular_title(titles: str, expected: tuple[str | None, list[str] | None]) -> None:
    fields = article(titles)
    assert (fields.get("title"), fields.get("title_alt")) == expected
    named = {"title", "title_short", "title_full", "title_sort"} & fields.keys()
    assert len(named) == (4 if expected[0] else 0)


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<LastName>Doe</LastName><ForeName>Jane A</ForeName><Initials>JA</Initials>", "Doe, Jane A"),
        ("<LastName>Doe</LastName><Initials>JA</Initials>", "Doe, JA"),
        ("<LastName>Doe</LastName><ForeName>John</ForeName><Suffix>3rd</Suffix>", "Doe, John, 3rd"),
        ("<LastName>Plato</LastName>", "Plato"),
        ("<ForeName>Madonna</ForeName>", "Madonna"),
        ("<LastName>\n  O&apos;Neil\n</LastName><ForeName>Seán <i>B</i></ForeName>", "O'Neil, Seán B"),
    ],
)
def test_names_of_authors(author: str, name: str) -> None:
    fields = article(f"<AuthorList><Author ValidYN='Y'>{author}</Author></AuthorList>")
    assert fields["author"] == [name]
    assert fields["author_sort"] == name


def test_groups_wrong_names_and_investigators() -> None:
    fields = article(
        "<AuthorList><Author><CollectiveName>The Group</CollectiveName></Author>"
        "<Author ValidYN='N'><LastName>Wrongh</LastName></Author><Author/></AuthorList>",
        outside="<InvestigatorList><Investigator><LastName>Helper</LastName><ForeName>H</ForeName></Investigator>"
        "</InvestigatorList>",
    )
    assert "author" not in fields
    assert fields["author_corporate"] == ["The Group"]
    assert fields["author_sort"] == "The Group"
    assert "The Group Wrongh Helper, H" in fields["allfields"][0]


def test_affiliations_are_searched_once() -> None:
    place = "<AffiliationInfo><Affiliation>Dept, X.</Affiliation><Identifier>9</Identifier></AffiliationInfo>"
    fields = article(
        f"<AuthorList><Author><LastName>A</LastName>{place}</Author><Author><LastName>B</LastName>{place}</Author>"
        "<Author><LastName>C</LastName><Affiliation>Old Dept.</Affiliation></Author></AuthorList>"
    )
    assert fields["allfields"] == ["pmid-17 17 A Dept, X. B C Old Dept."]


def test_three_hundred_authors() -> None:
    names = "".join(f"<Author><LastName>L{n}</LastName><ForeName>F</ForeName></Author>" for n in range(300))
    fields = article(f"<ArticleTitle>The end</ArticleTitle><AuthorList>{names}</AuthorList>")
    assert fields["author"] == [f"L{n}, F" for n in range(300)]
    keys = fields["work_keys_str_mv"]
    assert len(keys) == 600
    assert keys[:2] == ["AT l0f theend", "AT l1f theend"]
    assert keys[300] == "AT l0f end"


@pytest.mark.parametrize(
    ("abstract", "description"),
    [
        ("<Abstract><AbstractText>One.</AbstractText><AbstractText>Two.</AbstractText></Abstract>", "One. Two."),
        (
            "<Abstract><AbstractText Label='AIM'>One.</AbstractText><AbstractText Label='AIM'/>"
            "<AbstractText Label='UNLABELLED'>Two.</AbstractText>"
            "<CopyrightInformation>Me</CopyrightInformation></Abstract>",
            "AIM: One. Two.",
        ),
        ("<Abstract/>", None),
        ("<Abstract><AbstractText/></Abstract>", None),
    ],
)
def test_abstract(abstract: str, description: str | None) -> None:
    assert article(abstract).get("description") == description


def test_another_abstract_stands_in_only_where_there_is_none() -> None:
    other = "<OtherAbstract><AbstractText>Autre.</AbstractText></OtherAbstract>" * 2
    assert article(outside=other)["description"] == "Autre."
    fields = article("<Abstract><AbstractText>Own.</AbstractText></Abstract>", outside=other)
    assert fields["description"] == "Own."
    assert "Autre" not in fields["allfields"][0]


# --- dates, places, numbers, subjects


@pytest.mark.parametrize(
    ("dates", "year"),
    [
        ("<PubDate><Year>2003</Year><Month>Dec</Month></PubDate>", "2003"),
        ("<PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>", "1998"),
        ("<PubDate><MedlineDate>Spring 2003</MedlineDate></PubDate>", "2003"),
        ("<PubDate><MedlineDate>1976-1977</MedlineDate></PubDate>", "1976"),
        ("<PubDate><MedlineDate>1999-00 Winter</MedlineDate></PubDate>", "1999"),
        ("<PubDate><MedlineDate>no date</MedlineDate></PubDate>", "2001"),
        ("<PubDate><Season>Fall</Season></PubDate>", "2001"),
        ("<PubDate/>", "2001"),
        ("", "2001"),
    ],
)
def test_year_of_publication(dates: str, year: str) -> None:
    electronic = "<ArticleDate DateType='Electronic'><Year>2001</Year><Month>01</Month></ArticleDate>"
    fields = article(f"<Journal><JournalIssue>{dates}</JournalIssue></Journal>{electronic}")
    assert fields["publishDate"] == [year]
    assert fields["publishDateSort"] == year
    assert fields["allfields"][0].endswith(f" {year}")


def test_dates_of_the_work_on_the_record_are_not_dates_of_publication() -> None:
    fields = article(
        outside="<DateRevised><Year>2019</Year></DateRevised>",
        data="<History><PubMedPubDate PubStatus='pubmed'><Year>2018</Year></PubMedPubDate></History>",
    )
    assert not {"publishDate", "publishDateSort"} & fields.keys()
    assert fields["allfields"] == ["pmid-17 17"]


@pytest.mark.parametrize(
    ("issue", "pagination", "reference", "start"),
    [
        ("<Volume>2</Volume><Issue>12</Issue>", "<MedlinePgn>e408</MedlinePgn>", "2 (12): e408", "e408"),
        ("<Volume>2</Volume>", "<MedlinePgn>123-9; discussion 130</MedlinePgn>", "2: 123-9; discussion 130", "123"),
        ("<Issue>7</Issue>", "<MedlinePgn>11-2, 14</MedlinePgn>", "(7): 11-2, 14", "11"),
        ("", "<StartPage>S12</StartPage><EndPage>S15</EndPage><MedlinePgn>S12-5</MedlinePgn>", "S12-5", "S12"),
        ("<Volume>2</Volume>", "<MedlinePgn/>", "2", None),
        ("", "", None, None),
    ],
)
def test_place_in_the_journal(issue: str, pagination: str, reference: str | None, start: str | None) -> None:
    fields = article(
        f"<Journal><JournalIssue>{issue}</JournalIssue></Journal><Pagination>{pagination}</Pagination>",
    )
    assert fields.get("container_reference") == reference
    assert fields.get("container_start_page") == start


def test_journal_title_falls_back_on_its_abbreviation() -> None:
    assert article(outside="<MedlineJournalInfo><MedlineTA>J Abc</MedlineTA></MedlineJournalInfo>") == {
        **article(),
        "container_title": "J Abc",
        "allfields": ["pmid-17 17 J Abc"],
    }


def test_numbers_of_other_articles_are_not_taken() -> None:
    fields = article(
        outside="<CommentsCorrectionsList><CommentsCorrections><PMID>99</PMID></CommentsCorrections>"
        "</CommentsCorrectionsList>",
        data="<ArticleIdList><ArticleId IdType='pubmed'>17</ArticleId><ArticleId IdType='doi'>10.1/OWN</ArticleId>"
        "<ArticleId IdType='pmc'>PMC5</ArticleId><ArticleId IdType='pii'>S1(2)</ArticleId></ArticleIdList>"
        "<ReferenceList><Reference><ArticleIdList><ArticleId IdType='doi'>10.1/other</ArticleId>"
        "<ArticleId IdType='pmc'>PMC6</ArticleId></ArticleIdList></Reference></ReferenceList>",
    )
    assert fields["id"] == "pmid-17"
    assert fields["doi_str_mv"] == ["10.1/OWN"]
    assert fields["pmc_str"] == "PMC5"
    assert fields["allfields"] == ["pmid-17 17 10.1/OWN PMC5 S1(2)"]


def test_one_doi_given_twice_is_one() -> None:
    fields = article(
        "<ELocationID EIdType='doi' ValidYN='N'>10.1/bad</ELocationID>"
        "<ELocationID EIdType='doi' ValidYN='Y'>10.1/Abc%2#d</ELocationID>",
        data="<ArticleIdList><ArticleId IdType='doi'>10.1/abc%2#d</ArticleId></ArticleIdList>",
    )
    assert fields["doi_str_mv"] == ["10.1/Abc%2#d"]
    assert fields["url"][1:] == ["https://doi.org/10.1/Abc%252%23d"]


def test_subjects_are_named_once() -> None:
    heading = "<MeshHeading><DescriptorName>{}</DescriptorName>{}</MeshHeading>"
    two = "<QualifierName>blood</QualifierName><QualifierName>diet therapy</QualifierName>"
    fields = article(
        outside="<MeshHeadingList>"
        + heading.format("Asthma", two)
        + heading.format("Zinc", "<QualifierName>blood</QualifierName>")
        + heading.format("Asthma", "")
        + "<MeshHeading/><MeshHeading><DescriptorName/></MeshHeading></MeshHeadingList>"
        "<KeywordList><Keyword>Zinc</Keyword><Keyword>in <i>vivo</i></Keyword><Keyword/></KeywordList>"
    )
    assert fields["topic"] == [
        "Asthma",
        "Asthma / blood",
        "Asthma / diet therapy",
        "Zinc",
        "Zinc / blood",
        "in vivo",
    ]
    assert fields["topic_facet"] == ["Asthma", "blood", "diet therapy", "Zinc", "in vivo"]
    assert fields["allfields"] == ["pmid-17 17 Asthma blood diet therapy Zinc in vivo"]


def test_substances_grants_and_accession_numbers_are_searched() -> None:
    fields = article(
        "<GrantList><Grant><GrantID>R01</GrantID><Acronym>XX</Acronym><Agency>NIH HHS</Agency></Grant></GrantList>"
        "<DataBankList><DataBank><DataBankName>GENBANK</DataBankName><AccessionNumberList>"
        "<AccessionNumber>AF1</AccessionNumber></AccessionNumberList></DataBank></DataBankList>",
        outside="<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance>Zinc</NameOfSubstance>"
        "</Chemical></ChemicalList>",
    )
    assert fields["allfields"] == ["pmid-17 17 R01 NIH HHS AF1 Zinc"]


def test_languages_are_names_and_unknown_codes_stay() -> None:
    fields = article("<Language>fre</Language><Language>qqq</Language><Language>fre</Language>")
    assert fields["language"] == ["French", "qqq"]


# --- books, single citations, profiles


BOOK = """<PubmedBookArticle><BookDocument><PMID>20301295</PMID>
<ArticleIdList><ArticleId IdType="bookaccession">NBK1116</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>University of Washington</PublisherName></Publisher>
<BookTitle book="gene">GeneReviews<sup>®</sup></BookTitle><PubDate><Year>1993</Year></PubDate>
<AuthorList Type="editors"><Author><LastName>Adam</LastName><ForeName>MP</ForeName></Author></AuthorList>
<AuthorList Type="authors"><Author><LastName>Whole</LastName><ForeName>W</ForeName></Author></AuthorList>
<CollectionTitle>Reviews</CollectionTitle><Isbn>9780000000001</Isbn><Edition>2nd</Edition></Book>{chapter}
<Language>eng</Language><PublicationType>Review</PublicationType>
<Abstract><AbstractText>Short.</AbstractText></Abstract>
<ContributionDate><Year>2001</Year></ContributionDate></BookDocument>
<PubmedBookData><ArticleIdList><ArticleId IdType="pubmed">20301295</ArticleId></ArticleIdList></PubmedBookData>
</PubmedBookArticle>"""


def test_a_chapter_of_a_book() -> None:
    chapter = "<ArticleTitle>Ataxia</ArticleTitle><AuthorList><Author><LastName>Bird</LastName></Author></AuthorList>"
    fields = read(BOOK.format(chapter=chapter))
    assert {name: fields[name] for name in ("title", "author", "author2", "container_title", "publisher")} == {
        "title": "Ataxia",
        "author": ["Bird"],
        "author2": ["Adam, MP"],
        "container_title": "GeneReviews®",
        "publisher": ["University of Washington"],
    }
    assert (fields["isbn"], fields["edition"], fields["series"]) == (["9780000000001"], "2nd", ["Reviews"])
    assert (fields["publishDate"], fields["genre"], fields["description"]) == (["1993"], ["Review"], "Short.")
    assert "NBK1116" in fields["allfields"][0]


def test_a_whole_book() -> None:
    fields = read(BOOK.format(chapter="<ArticleTitle/>"))
    assert fields["title"] == "GeneReviews®"
    assert fields["author"] == ["Whole, W"]
    assert "container_title" not in fields
    assert isinstance(to_document(record(BOOK.format(chapter="")), PROFILE), Document)


def test_a_citation_by_itself() -> None:
    fields = read("<MedlineCitation><PMID Version='3'>5</PMID></MedlineCitation>")
    assert fields == {
        "id": "pmid-5",
        "allfields": ["pmid-5 5"],
        **PROFILE.constants,
        "url": ["https://pubmed.ncbi.nlm.nih.gov/5/"],
        "pmid_str": "5",
    }


def test_constants_win_and_prefix_and_style_are_the_profile_s() -> None:
    mine = Profile("mine", "pubmed", id_prefix="m", constants={"language": ["Latin"]}, title_sort="legacy")
    inside = "<ArticleTitle>The A-B.</ArticleTitle><Language>eng</Language>"
    fields = read(f"<MedlineCitation><PMID>5</PMID><Article>{inside}</Article></MedlineCitation>", mine)
    assert (fields["id"], fields["language"], fields["title_sort"]) == ("m5", ["Latin"], "a-b.")


# --- what is no record


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("<PubmedArticle/>", "has none to make its id of"),
        ("<PubmedArticle><MedlineCitation><PMID/></MedlineCitation></PubmedArticle>", "has none to make its id of"),
        ("<MedlineCitation><PMID>12a</PMID></MedlineCitation>", "'12a' is not a PubMed id"),
        ("<MedlineCitation><PMID>१२</PMID></MedlineCitation>", "'१२' is not a PubMed id"),
        ("<record/>", "<record> is not a PubMed record"),
        ("<PubmedArticle><MedlineCitation></PubmedArticle>", "line 1"),
        ("<PubmedArticle>&nope;</PubmedArticle>", "line 1"),
    ],
)
def test_what_is_no_record_is_refused(raw: str, message: str) -> None:
    with pytest.raises(RecordError, match=re.escape(message)):
        read(raw)


def test_a_number_of_another_article_is_no_pmid() -> None:
    data = "<PubmedData><ArticleIdList><ArticleId IdType='pubmed'>9</ArticleId></ArticleIdList></PubmedData>"
    with pytest.raises(RecordError, match="has none to make its id of"):
        read(f"<PubmedArticle><MedlineCitation/>{data}</PubmedArticle>")


def test_documents_can_be_written_as_json(varied: dict[str, dict[str, Any]]) -> None:
    assert json.loads(json.dumps(varied)) == varied
    assert all(value not in ("", []) for fields in varied.values() for value in fields.values())


@pytest.mark.parametrize(
    "said", ["[Not Available].", "[Not available]", "Not Available.", "[No title available].", "[In Process Citation]"]
)
def test_a_word_in_place_of_a_title_is_none(said: str) -> None:
    author = "<AuthorList><Author><LastName>Muster</LastName><ForeName>Eva</ForeName></Author></AuthorList>"
    vernacular = "<VernacularTitle>Ein Gräberfeld.</VernacularTitle>"
    fields = article(f"<ArticleTitle>{said}</ArticleTitle>{author}{vernacular}")
    assert (fields["title"], fields["title_sort"]) == ("Ein Gräberfeld.", "ein graberfeld")
    assert "title_alt" not in fields
    assert fields["work_keys_str_mv"] == ["AT mustereva eingraberfeld"]
    assert "vailable" not in fields["allfields"]
    untitled = article(f"<ArticleTitle>{said}</ArticleTitle>{author}")
    assert not {"title", "title_sort", "work_keys_str_mv"} & untitled.keys()


def test_a_title_with_those_words_in_it_is_one() -> None:
    assert article("<ArticleTitle>Not available to all.</ArticleTitle>")["title"] == "Not available to all."
