import pytest
from lxml import etree

from indexer.formats.harvest import inject_header
from tests.sources.reading import SEED

INJECTED = b"<identifier>pubmed-5443306</identifier><datestamp>2017-05-30</datestamp>"


def test_the_seed_comes_out_byte_by_byte() -> None:
    harvested = (SEED / "oai_dc_record.xml").read_bytes().removeprefix(b'<?xml version="1.0"?>\n')
    assert harvested.count(INJECTED) == 1
    bare = harvested.replace(INJECTED, b"")
    assert inject_header(bare, identifier="pubmed-5443306", datestamp="2017-05-30") == harvested


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"<dc/>", b"<dc>%s</dc>"),
        (b'<o:dc a="x" />\n', b'<o:dc a="x">%s</o:dc>\n'),
        (b"<o:dc a='>'>\n<x/></o:dc>", b"<o:dc a='>'>%s\n<x/></o:dc>"),
        (b"<dc a='/'>x</dc>", b"<dc a='/'>%sx</dc>"),
        (b"no xml", b"no xml"),
    ],
)
def test_where_it_goes(raw: bytes, expected: bytes) -> None:
    injected = inject_header(raw, identifier="1", datestamp="2")
    assert injected == expected.replace(b"%s", b"<identifier>1</identifier><datestamp>2</datestamp>")


def test_what_has_a_meaning_in_xml_is_escaped() -> None:
    root = etree.fromstring(inject_header(b"<dc/>", identifier="a&b<c>é", datestamp="<"))
    assert [child.text for child in root] == ["a&b<c>é", "<"]
