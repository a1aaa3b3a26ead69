"""An XML file read from many of its records on is the file read from its beginning, or it is not divided at all."""

import gzip
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import pymarc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.model.records import Fault, Record
from tests.sources.framed import PACK
from tests.sources.marc_records import xml
from tests.sources.oai_pages import DC, MARC, OAI, OAI_DC, dc, record
from tests.sources.pubmed_articles import article
from tests.sources.reading import DATA, ERASMUS, PUBMED
from tests.sources.stretches import by_span, parts_of, whole

SLIM = b"http://www.loc.gov/MARC21/slim"
DELETED = b'<record><header status="deleted"><identifier>d</identifier></header></record>'
BARE = f"<dc:dc xmlns:dc='{OAI_DC}'><dc:dc/></dc:dc>".encode()
# How a file begins, its records, what may stand for one, and how it ends.
KINDS = {
    "marc": (
        b'<?xml version="1.0"?>\n<!-- <record> --><collection xmlns="%s">\n' % SLIM,
        [xml(1), xml(22) + b"\n", xml(3).replace(b"T<", b"T&amp;<![CDATA[ <leader> ]]><")],
        [
            xml(4).replace(b"<leader>", b"<record><leader>"),
            xml(5).replace(b"<record", b"<record xmlns='urn:x' xml:base='y'"),
            xml(6).replace(b"<record", b"<record a='>\"' b=<"),
            xml(7, "m:"),
            b"<record/>",
            b'</collection><collection xmlns="urn:x">',
            b'</collection>\n<collection xmlns:m="%s">' % SLIM,
            BARE,
        ],
        b"</collection>\n",
    ),
    "marc with a prefix": (
        b'<m:collection xmlns:m="%s">' % SLIM,
        [xml(1, "m:"), b"\n" + xml(22, "m:")],
        [xml(3), b"</m:collection><m:collection xmlns:m='urn:x'>", b"</m:record>"],
        b"</m:collection>",
    ),
    "oai": (
        f'<OAI-PMH xmlns="{OAI}" xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}"><request verb="ListRecords">x</request>'
        "\n<ListRecords>\n".encode(),
        [record("1", dc("T")).encode(), record("2", MARC).encode() + b"\n ", DELETED],
        [
            record("3", "<oai_dc:dc><dc:title/></oai_dc:dc>").encode(),
            record("4", MARC + MARC).encode(),
            record("5", f"<collection>{MARC}{MARC}</collection>").encode(),
            record("6", dc("T")).replace("header", "head").encode(),
            record("7", record("8", MARC)).encode(),
            b"<resumptionToken>t</resumptionToken>",
            b"</ListRecords></OAI-PMH><OAI-PMH><ListRecords>",
            b'</ListRecords><ListRecords xmlns:dc="urn:x">',
            b'<error code="badVerb">no</error>',
            b'<error code="noRecordsMatch"/>',
        ],
        b'<resumptionToken cursor="0">t</resumptionToken></ListRecords></OAI-PMH>',
    ),
    "oai in a list of its own": (
        b"<records>",
        [DELETED, record("1", dc("T")).encode()],
        [b"</records><records xmlns='urn:x'>", b"<oai_dc:dc/>"],
        b"</records>",
    ),
    "pubmed": (
        b'<!DOCTYPE PubmedArticleSet PUBLIC "x" "y" [<!ENTITY z "<PubmedArticle>">]>\n<PubmedArticleSet>\n',
        [article(1), article(22) + b"\n", article(3, b"&z;")],
        [
            b"<PubmedBookArticle/>",
            b"<DeleteCitation><PMID>5</PMID>",
            b"<PMID>6</PMID>",
            b"</DeleteCitation>",
            article(7, b"<MedlineCitation/>"),
            b"</PubmedArticleSet><PubmedArticleSet>",
        ],
        b"</PubmedArticleSet>",
    ),
    "solr": (
        b'<response><result name="response">',
        [b'<doc><str name="id">%d</str></doc>' % n for n in (1, 22, 333)],
        [
            b'<doc><str name="id">4</str><doc><str name="id">5</str></doc></doc>',
            b'</result><result name="other">',
            b"<delete><id>6</id></delete>",
        ],
        b"</result></response>",
    ),
}
# What may stand anywhere.
ODD = [
    b"<!--",
    b"-->",
    b"<!-- <record><header/><doc><PubmedArticle> -->",
    b"<![CDATA[",
    b"]]>",
    b"<?x <record> ?>",
    b"<?",
    b"<!DOCTYPE x [ ",
    b"]>",
    b"Warning: out of memory\n",
    b"\xff\0",
    b"<x>",
    b"</x>",
    b"</record>",
    b"<record>",
    b"<html>502</html>",
    b" \n" * 30,
]
quick = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def contents(draw: st.DrawFn, kind: str) -> bytes:
    """Mostly sound files, and some that have suffered here or there."""
    head, tidy, odd, tail = KINDS[kind]
    pieces = draw(st.lists(st.sampled_from(tidy), min_size=3, max_size=25))
    for piece in draw(st.just([]) | st.lists(st.sampled_from(tidy + odd + ODD), max_size=3)):
        pieces.insert(draw(st.integers(0, len(pieces))), piece)
    content = bytearray(head + b"".join(pieces) + tail)
    if draw(st.integers(0, 3)) == 3:
        for at in draw(st.lists(st.integers(0, len(content)), max_size=2)):
            content[at:at] = draw(st.sampled_from(ODD))
        for at in draw(st.lists(st.integers(0, len(content) - 1), max_size=2)):
            content[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=2) | st.sampled_from([b"<", b">"]))
        content = content[: draw(st.none() | st.integers(0, len(content)))]
        content += draw(st.sampled_from([b"", b"\n", b"<!-- x -->", b"text", head]))
    return bytes(content)


def divided(path: Path, size: int, chunk: int) -> list[Record | Fault]:
    """What is read by span, in chunks of so many bytes; none where it is not divided."""
    with patch("indexer.sources.files.CHUNK", chunk):
        return by_span(path, parts_of(path, size))


@pytest.mark.parametrize("kind", KINDS)
@quick
@given(data=st.data(), size=st.integers(40, 500), chunk=st.integers(1, 300) | st.just(1 << 18))
def test_whatever_the_file_has_suffered(tmp_path: Path, kind: str, data: st.DataObject, size: int, chunk: int) -> None:
    path = tmp_path / "dump"
    path.write_bytes(data.draw(contents(kind)))
    read = divided(path, size, chunk)
    assert not read or read == whole(path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("packed", PACK)
@settings(quick, max_examples=50)
@given(data=st.data(), size=st.integers(40, 500))
def test_in_frames(tmp_path: Path, kind: str, packed: str, data: st.DataObject, size: int) -> None:
    content = data.draw(contents(kind))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=9)))
    path = tmp_path / "dump"
    path.write_bytes(PACK[packed]([content[start:end] for start, end in pairwise([0, *cuts, len(content)])]))
    read = divided(path, size, 1 << 18)
    assert not read or read == whole(path)


def sound(kind: str) -> bytes:
    head, tidy, _, tail = KINDS[kind]
    return head + b"".join(tidy * 30) + tail


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [50, 51, 300, 1000])
def test_a_sound_file_is_divided(tmp_path: Path, kind: str, size: int) -> None:
    path = tmp_path / "dump"
    path.write_bytes(sound(kind))
    parts = parts_of(path, size)
    assert len(parts) == -(-len(sound(kind)) // size)
    assert by_span(path, parts) == whole(path)
    assert [item.position.ordinal for item in whole(path)] == list(range(1, 30 * len(KINDS[kind][1]) + 1))
    assert {type(item) for item in whole(path)} == {Record}
    for packed, pack in PACK.items():
        (tmp_path / packed).write_bytes(pack([sound(kind)[at : at + 200] for at in range(0, len(sound(kind)), 200)]))
        parts = parts_of(tmp_path / packed, size)
        assert len(parts) == -(-len(sound(kind)) // size)
        assert by_span(tmp_path / packed, parts) == whole(tmp_path / packed)


@pytest.mark.parametrize("kind", ["marc", "oai", "pubmed"])
def test_broken_records_are_told_by_whoever_reads_their_span(tmp_path: Path, kind: str) -> None:
    head, tidy, _, tail = KINDS[kind]
    broken = tidy[0].rpartition(b"</")[0]
    path = tmp_path / "dump"
    path.write_bytes(head + (b"".join(tidy) + broken) * 20 + tidy[0] + tail)
    parts = parts_of(path, 400)
    assert len(parts) > 10
    assert by_span(path, parts) == whole(path)
    assert sum(isinstance(item, Fault) for item in whole(path)) == 20


@quick
@given(
    pads=st.lists(st.integers(1, 900) | st.integers(5000, 30_000), min_size=3, max_size=20),
    size=st.integers(5000, 40_000),
    chunks=st.tuples(*[st.sampled_from([500, 9000, 1 << 18])] * 2),
)
def test_records_about_as_large_as_one_may_be(
    tmp_path: Path, pads: list[int], size: int, chunks: tuple[int, int]
) -> None:
    """Where chunks end it depends on that whether the end of one is found."""
    path = tmp_path / "dump"
    made = [xml(1).replace(b"</leader>", b"</leader><!--</record>-->" + b" " * pad) for pad in pads]
    path.write_bytes(b"<collection>" + b"".join(made) + b"</collection>")
    with patch("indexer.sources.window.RECORD_LIMIT", 20_000):
        read = divided(path, size, chunks[0])
        with patch("indexer.sources.files.CHUNK", chunks[1]), patch("indexer.sources.content.HEAD", 200):
            assert not read or read == whole(path)


def marcxml() -> bytes:
    """Records of the Library of Congress, as pymarc writes them."""
    dump = gzip.decompress((DATA / "marc" / "lc_booksall_2016_sample.mrc.gz").read_bytes())
    as_xml: Callable[..., bytes] = pymarc.record_to_xml
    made = [as_xml(record, namespace=True) for record in pymarc.MARCReader(dump)]
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="%s">' % SLIM + b"\n".join(made) + b"</collection>"
    )


REAL: dict[str, Callable[[], bytes]] = {
    "oai": ERASMUS.read_bytes,
    "pubmed": lambda: gzip.decompress(PUBMED.read_bytes()),
    "marc": marcxml,
    "a few of marc": lambda: gzip.decompress((DATA / "marc" / "cases" / "tags-without-zeros.xml.gz").read_bytes()),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_divided(tmp_path: Path, name: str) -> None:
    path = tmp_path / "dump"
    path.write_bytes(REAL[name]())
    for size in (1000, 50_000):
        parts = parts_of(path, size)
        assert len(parts) == (-(-path.stat().st_size // size) if size < path.stat().st_size else 0)
        assert not parts or by_span(path, parts) == whole(path)
    assert len(whole(path)) > 2
