import re

import pytest

from indexer.formats import to_document
from indexer.formats.profiles import bundled
from indexer.model.documents import Document, Fields
from indexer.model.errors import RecordError
from indexer.model.records import Header, Position, Record

START = '<oai_doaj:doajArticle xmlns:oai_doaj="http://doaj.org/features/oai_doaj/1.0/">'
ARTICLE = f"""{START}
<oai_doaj:language>eng</oai_doaj:language>
<oai_doaj:publisher>A Press</oai_doaj:publisher>
<oai_doaj:journalTitle>Journal of Openness</oai_doaj:journalTitle>
<oai_doaj:issn>1234-5678</oai_doaj:issn><oai_doaj:issn>1111-1111</oai_doaj:issn>
<oai_doaj:eissn>8765-4321</oai_doaj:eissn>
<oai_doaj:publicationDate>2019-03-01</oai_doaj:publicationDate>
<oai_doaj:volume>4</oai_doaj:volume>
<oai_doaj:doi>10.1234/x</oai_doaj:doi>
<oai_doaj:title language="eng">The open door</oai_doaj:title>
<oai_doaj:title language="ger">Die offene T&#252;r</oai_doaj:title>
<oai_doaj:authors>
<oai_doaj:author><oai_doaj:name>Jane  Doe</oai_doaj:name><oai_doaj:email>j@x.org</oai_doaj:email></oai_doaj:author>
<oai_doaj:author><oai_doaj:name>R. Roe</oai_doaj:name></oai_doaj:author>
</oai_doaj:authors>
<oai_doaj:affiliationsList>
<oai_doaj:affiliationName affiliationId="0">Uni</oai_doaj:affiliationName></oai_doaj:affiliationsList>
<oai_doaj:abstract language="eng">Doors.</oai_doaj:abstract>
<oai_doaj:fullTextUrl format="html">x.org/1</oai_doaj:fullTextUrl>
<oai_doaj:keywords><oai_doaj:keyword>door</oai_doaj:keyword>
<oai_doaj:keyword> open </oai_doaj:keyword></oai_doaj:keywords>
</oai_doaj:doajArticle>"""


def made(raw: str, header: Header | None = None) -> Fields:
    document = to_document(Record("test", "doaj", raw.encode(), Position("test.xml", 1), header), bundled()["doaj"])
    assert isinstance(document, Document)
    return document.fields


def test_an_article_in_the_stylesheets_order() -> None:
    fields = made(ARTICLE, Header("oai:doaj.org/article:1", "2020-01-01"))
    emitted = list(fields)[: list(fields).index("work_keys_str_mv") + 1]
    assert {name: fields[name] for name in emitted if name != "allfields"} == {
        "id": "oai:doaj.org/article:1",
        "record_format": "Article",
        "institution": ["Directory of Open Access Journals"],
        "collection": ["DOAJ"],
        "language": ["English"],
        "format": ["Article"],
        "author": ["Jane Doe", "R. Roe"],
        "author_sort": "Jane Doe",
        "title": "The open door",
        "title_short": "The open door",
        "title_full": "The open door",
        "title_sort": "open door",
        "title_alt": ["Die offene Tür"],
        "publisher": ["A Press"],
        "publishDate": ["2019-03-01"],
        "publishDateSort": "2019-03-01",
        "series": ["Journal of Openness"],
        "issn": ["1234-5678", "8765-4321"],
        "description": "Doors.",
        "topic": ["door", "open"],
        "url": ["http://x.org/1"],
        "work_keys_str_mv": [
            *("AT janedoe theopendoor", "AT rroe theopendoor", "AT janedoe dieoffenetur", "AT rroe dieoffenetur"),
            *("AT janedoe opendoor", "AT rroe opendoor"),
        ],
    }
    assert emitted[:3] == ["id", "record_format", "allfields"]
    assert fields["allfields"][0].startswith("oai:doaj.org/article:12020-01-01 eng A Press Journal of Openness")


def test_a_harvested_record_gives_the_same_document() -> None:
    inside = ARTICLE.replace(START, f"{START}<identifier>d-1</identifier><datestamp>2020</datestamp>")
    assert made(inside) == made(ARTICLE, Header("d-1", "2020"))


def test_what_an_article_may_lack() -> None:
    fields = made(f"{START}<identifier>1</identifier></oai_doaj:doajArticle>")
    assert fields.keys().isdisjoint({"title", "author", "author_sort", "url", "publishDate", "work_keys_str_mv"})


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (f"{START}</oai_doaj:doajArticle>", "no element <identifier> and no OAI-PMH header"),
        ("<dc/>", "the record is <dc>, not doajArticle"),
        (START, "XML line 1"),
    ],
)
def test_what_cannot_be_a_document_is_an_error_of_the_record(raw: str, said: str) -> None:
    with pytest.raises(RecordError, match=re.escape(said)):
        made(raw)
