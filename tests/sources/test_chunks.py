"""Where the chunks of a stream end must not matter."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.model.records import Fault, Record
from indexer.sources.content import of_members
from indexer.sources.record_factory import RecordFactory
from indexer.sources.unpack import Member
from indexer.sources.window import Stream
from tests.sources.json_pages import DOCS, pages
from tests.sources.marc_records import JSON, JUNK, ONE, THREE, TWO, xml
from tests.sources.oai_pages import MARC, answer, dc, record
from tests.sources.pubmed_articles import ARTICLES, article
from tests.sources.reading import ERASMUS, SEED

WHOLE = {
    "oai": ERASMUS.read_bytes()[:9000],
    "oai_nested": answer(
        record("1", MARC), record("2", dc("T")).removesuffix("</record>"), record("3", f"<!--x-->{MARC}")
    ),
    "oai_nested_at_the_end": answer(*(record(str(n), MARC if n > 5 else dc("T")) for n in range(8))),
    "seed": (SEED / "oai_dc_record.xml").read_bytes(),
    "page": (SEED / "record_page.txt").read_bytes(),
    "pubmed": b"<?xml version='1.0'?><!DOCTYPE a [<!-- ' --><!ENTITY b ']>'>]>"
    + ARTICLES
    % (
        article(1, b"<!-- </PubmedArticle> -->")
        + article(2).removesuffix(b"</PubmedArticle>")
        + article(3, b"<![CDATA[<PubmedArticle>]]>")
        + b"<x/></PubmedArticle>"
        + article(4)
        + b"<DeleteCitation><PMID>5</PMID></DeleteCitation>"
    ),
    "latin": "<?xml version='1.0' encoding='ISO-8859-1'?><PubmedArticle>é</PubmedArticle>".encode("latin-1"),
    "utf16": "<PubmedArticle>é😀</PubmedArticle>".encode("utf-16"),
    "solr": b"<add><doc><field name='id'>1</field><doc>2</doc></doc><doc><doc>4</doc></add>",
    "marc": b"".join(
        [b"00914", ONE, b"\n", TWO, b"x", TWO[:-1], JUNK, b"\x1d", b"00050", THREE[5:], b"  ", ONE[:-1], TWO[:50]]
    ),
    "marc_xml": b"<collection>" + xml(1) + xml(2).removesuffix(b"</record>") + xml(3) + b"</collection>",
    "marc_json": JSON + b"\n" + JSON + b"\n",
    **pages(DOCS),
    **{f"broken {name}": page.replace(b"1.5", b"}").replace(b'"3"', b'"3') for name, page in pages(DOCS).items()},
}


def split(name: str, cuts: list[int]) -> list[Record | Fault]:
    """Detection gets no more than it needs, so that the splitters meet the chunks."""
    content = WHOLE[name]

    def chunks() -> Iterator[bytes]:
        edges = [0, *sorted({cut % (len(content) + 1) for cut in cuts}), len(content)]
        for start, end in pairwise(edges):
            if end > start:
                yield content[start:end]

    head = 1000 if name in ("oai", "seed", "page") else 200
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.sources.content.HEAD", head)
        return list(of_members("x", iter([Member("x", Stream(chunks()))]), RecordFactory("s", "x")))


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=60)
@given(cuts=st.lists(st.integers(0, 100_000), max_size=12))
def test_chunks_of_any_size_give_the_same_records(name: str, cuts: list[int]) -> None:
    assert split(name, cuts) == split(name, [])


@pytest.mark.parametrize("name", WHOLE)
def test_every_byte_a_chunk_gives_the_same_records(name: str) -> None:
    whole = split(name, [])
    assert split(name, list(range(len(WHOLE[name])))) == whole
    assert any(isinstance(item, Record) for item in whole)


@pytest.mark.parametrize("name", WHOLE)
def test_two_chunks_give_the_same_records(name: str) -> None:
    whole = split(name, [])
    for cut in range(min(len(WHOLE[name]), 4000)):
        assert split(name, [cut]) == whole
