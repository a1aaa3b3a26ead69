import gzip
import re
from pathlib import Path

import pytest
from lxml import etree

from indexer.model.records import Fault, Header, Record
from indexer.sources import read
from tests.sources.pubmed_articles import ARTICLES, article
from tests.sources.reading import PUBMED, faults, raws, read_bytes, records


def test_a_real_file_is_split_as_a_parser_splits_it() -> None:
    found = records(read([str(PUBMED)], source="pubmed"))
    content = gzip.decompress(PUBMED.read_bytes())
    parsed = etree.fromstring(content)
    assert [etree.tostring(etree.fromstring(r.raw), method="c14n") for r in found] == [
        etree.tostring(element, method="c14n", with_tail=False) for element in parsed
    ]
    assert [r.position.ordinal for r in found] == list(range(1, 333))
    for record in found:
        offset = record.position.offset
        assert offset is not None
        assert content[offset : offset + len(record.raw)] == record.raw
    assert {(r.format, r.source, r.position.file) for r in found} == {("pubmed", "pubmed", str(PUBMED))}


def test_deleted_citations_are_tombstones_in_their_place(tmp_path: Path) -> None:
    content = ARTICLES % (
        article(1)
        + b"\n<PubmedBookArticle><PMID>2</PMID></PubmedBookArticle>\n"
        + b'<DeleteCitation>\n<PMID Version="1">33</PMID>\n<PMID Version="1"> 44 </PMID></DeleteCitation>'
    )
    found = records(read_bytes(tmp_path, content))
    assert [(r.format, r.raw, r.header) for r in found] == [
        ("pubmed", article(1), None),
        ("pubmed", b"<PubmedBookArticle><PMID>2</PMID></PubmedBookArticle>", None),
        ("pubmed", b"", Header(identifier="33", deleted=True)),
        ("pubmed", b"", Header(identifier="44", deleted=True)),
    ]
    assert [r.position.ordinal for r in found] == [1, 2, 3, 4]


@pytest.mark.parametrize("pmid", [b"", b"x1", b"&unknown;"])
def test_a_deleted_citation_without_a_number_is_a_fault(tmp_path: Path, pmid: bytes) -> None:
    content = ARTICLES % (b"<DeleteCitation><PMID>" + pmid + b"</PMID><PMID>7</PMID></DeleteCitation>")
    bad, good = read_bytes(tmp_path, content)
    assert isinstance(bad, Fault)
    assert bad.raw
    assert isinstance(good, Record)
    assert good.header == Header(identifier="7", deleted=True)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (article(1), [article(1)]),
        (b"<?xml version='1.0'?>\n<!-- <PubmedArticle/> -->" + article(1) + b"\n", [article(1)]),
        (b"<MedlineCitation><PMID>1</PMID></MedlineCitation>", [b"<MedlineCitation><PMID>1</PMID></MedlineCitation>"]),
        (
            b"<MedlineCitationSet><MedlineCitation A='>'/><MedlineCitation >x</MedlineCitation ></MedlineCitationSet>",
            [b"<MedlineCitation A='>'/>", b"<MedlineCitation >x</MedlineCitation >"],
        ),
        (b"<collection>" + article(1) + article(2) + b"</collection>", [article(1), article(2)]),
        (b"<PubmedArticleSet></PubmedArticleSet>", []),
        (b"<PubmedArticleSet/>", []),
        ((ARTICLES % article(1)) + b"\n<?xml version='1.0'?>" + (ARTICLES % article(2)), [article(1), article(2)]),
    ],
)
def test_roots_and_single_records(tmp_path: Path, content: bytes, expected: list[bytes]) -> None:
    assert [r.raw for r in records(read_bytes(tmp_path, content))] == expected


@pytest.mark.parametrize(
    "title",
    [
        b"<!-- </PubmedArticle><PubmedArticle> -->",
        b"<![CDATA[</PubmedArticle><PubmedArticle>]]>",
        b"<?pi </PubmedArticle> ?>",
        b"what! a PubmedArticle?",
        b"<PubmedArticleId>9</PubmedArticleId>",
    ],
)
def test_what_looks_like_a_tag_and_is_none(tmp_path: Path, title: bytes) -> None:
    content = ARTICLES % (
        b"<!-- " + article(8) + b" --><![CDATA[" + article(9) + b"]]>" + article(1, title) + b"\n" + article(2)
    )
    assert [r.raw for r in records(read_bytes(tmp_path, content))] == [article(1, title), article(2)]


def test_a_doctype_with_entities_is_neither_read_nor_expanded(tmp_path: Path) -> None:
    doctype = (
        b'<!DOCTYPE PubmedArticleSet [<!-- ]> \' --><!ENTITY a "]><PubmedArticle>"><!ENTITY f SYSTEM "file:///etc/passwd">'
        b"<?pi ]> ?>]>"
    )
    content = b"<?xml version='1.0'?>" + doctype + ARTICLES % (article(1, b"&a;&f;") + article(2))
    found = records(read_bytes(tmp_path, content))
    assert [r.raw for r in found] == [article(1, b"&a;&f;"), article(2)]
    with pytest.raises(etree.XMLSyntaxError, match="Entity 'a' not defined"):
        etree.fromstring(found[0].raw)


def test_a_broken_record_costs_itself_alone(tmp_path: Path) -> None:
    broken = article(2).removesuffix(b"</PubmedArticle>") + b"\n"
    first, bad, last = read_bytes(tmp_path, ARTICLES % (article(1) + broken + article(3)))
    assert isinstance(first, Record)
    assert isinstance(last, Record)
    assert (first.raw, last.raw) == (article(1), article(3))
    assert isinstance(bad, Fault)
    assert (bad.raw, bad.position.ordinal, bad.reason) == (broken, 2, "has no end tag </PubmedArticle>")
    assert last.position.ordinal == 3


def test_a_broken_last_record_leaves_the_deletions(tmp_path: Path) -> None:
    broken = article(2).removesuffix(b"</PubmedArticle>")
    gone = b"<DeleteCitation><PMID>7</PMID></DeleteCitation>"
    found = read_bytes(tmp_path, ARTICLES % (article(1) + broken + gone))
    assert [fault.raw for fault in faults(found)] == [broken]
    assert raws(found) == [article(1), b""]
    assert [fault.raw for fault in faults(read_bytes(tmp_path, ARTICLES % broken))] == [broken]


def test_what_stands_between_records_is_not_passed_over(tmp_path: Path) -> None:
    lost = b"<PMID>2</PMID><ArticleTitle>T</ArticleTitle></PubmedArticle>"
    found = read_bytes(tmp_path, ARTICLES % (article(1) + lost + article(3) + b"</Title>"))
    assert raws(found) == [article(1), article(3)]
    assert [(f.raw, f.position.ordinal) for f in faults(found)] == [(lost, 2), (b"</Title>", 4)]


def test_a_file_that_ends_early_says_after_which_record(tmp_path: Path) -> None:
    content = ARTICLES % (article(1) + article(2))
    *_, fault = found = read_bytes(tmp_path, content[: content.index(b"</PubmedArticleSet>")])
    assert raws(found) == [article(1), article(2)]
    assert isinstance(fault, Fault)
    assert fault.reason == "the file ends early (</PubmedArticleSet> is missing), after record 2"
    assert fault.raw == b""
    assert fault.position.ordinal == 0


def test_a_record_above_the_limit_is_a_fault_and_the_reading_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.window.RECORD_LIMIT", 1 << 20)
    huge = article(2, b"x" * (3 << 20))
    for middle in (huge, huge.removesuffix(b"</PubmedArticle>"), article(2, b"<b>" * (1 << 20))):
        found = read_bytes(tmp_path, ARTICLES % (article(1) + middle + article(3)))
        assert raws(found) == [article(1), article(3)]
        (fault,) = faults(found)
        assert fault.reason == "is larger than 1 MiB: only its beginning is kept"
        assert fault.position.ordinal == 2
        assert middle.startswith(fault.raw)
        assert len(fault.raw) == 64 << 10


def test_a_comment_that_never_ends_is_told(tmp_path: Path) -> None:
    *_, fault = found = read_bytes(tmp_path, ARTICLES % (article(1) + b"<!-- " + article(2)))
    assert raws(found) == [article(1), article(2)]
    assert isinstance(fault, Fault)
    assert re.fullmatch(r"the comment that begins at byte \d+ never ends", fault.reason)


APPENDED = Path(__file__).parent.parent / "data" / "cases" / "efetch_append.xml"


def test_an_error_message_behind_an_answer_is_told_and_the_next_answer_read() -> None:
    """E-utilities appended to what they had sent, and whoever fetched it went on behind that."""
    found = list(read([str(APPENDED)], source="test"))
    assert [b"9000001%d" % number in raw for number, raw in enumerate(raws(found), 1)] == [True, True]
    content = APPENDED.read_bytes()
    at = content.index(b'{"error"')
    assert [(fault.position.ordinal, fault.position.offset) for fault in faults(found)] == [
        (2, at),
        (4, content.index(b'{"error"', at + 1)),
    ]
    assert {fault.raw.strip() for fault in faults(found)} == {content[at : content.index(b"\n", at)]}
    assert faults(found)[0].reason.startswith('is text outside of any record: \'{"error":"API rate limit exceeded"')
