from pathlib import Path

import pytest
from lxml import etree

from indexer.sources import read
from tests.sources.reading import SEED, faults, only, raws, read_bytes, records

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def dc(n: int) -> bytes:
    return f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}"><identifier>{n}</identifier></oai_dc:dc>'.encode()


def test_the_seed() -> None:
    (found,) = records(read([str(SEED / "oai_dc_record.xml")], source="seed"))
    whole = (SEED / "oai_dc_record.xml").read_bytes()
    assert found.format == "oai_dc"
    assert found.header is None
    assert found.position.offset == whole.index(b"<oai_dc:dc")
    assert found.raw == whole[whole.index(b"<oai_dc:dc") :].rstrip()


@pytest.mark.parametrize(
    "content",
    [
        b"<collection>%s%s</collection>",
        b"<?xml version='1.0'?>\n<anything a='1'>\n%s\n<!-- x -->%s\n</anything>\n",
        b"%s%s",
        b"<?xml version='1.0'?>%s\n<?xml version='1.0'?>%s",
        b"\xef\xbb\xbf%s\n%s",
    ],
)
def test_wrapped_or_one_after_the_other(tmp_path: Path, content: bytes) -> None:
    found = records(read_bytes(tmp_path, content % (dc(1), dc(2))))
    assert [r.raw for r in found] == [dc(1), dc(2)]
    assert [r.position.offset for r in found] == [(content % (dc(1), dc(2))).index(dc(n)) for n in (1, 2)]


def test_a_prefix_may_be_any_and_a_wrapper_may_declare_it(tmp_path: Path) -> None:
    content = f'<collection xmlns:x="{OAI_DC}"><x:dc><x:a/></x:dc></collection>'.encode()
    (found,) = records(read_bytes(tmp_path, content))
    assert found.format == "oai_dc"
    assert etree.fromstring(found.raw).tag == f"{{{OAI_DC}}}dc"


def test_other_records_in_a_collection_are_told(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b"<collection>" + dc(1) + b"<mods>2</mods>" + dc(3) + b"</collection>")
    assert raws(found) == [dc(1), dc(3)]
    assert [(f.raw, f.reason) for f in faults(found)] == [(b"<mods>2</mods>", "<mods> is not a known format")]


def test_the_profile_decides_where_the_content_does_not(tmp_path: Path) -> None:
    assert only(read_bytes(tmp_path, b"<mods>1</mods>")).reason == "format not recognised: the root element is <mods>"
    (found,) = records(read_bytes(tmp_path, b"<mods>1</mods>", format="mods"))
    assert (found.format, found.raw) == ("mods", b"<mods>1</mods>")
    found_in = records(read_bytes(tmp_path, b"<records><a/><a>2</a></records>", format="mods"))
    assert [r.raw for r in found_in] == [b"<a/>", b"<a>2</a>"]


def test_a_broken_record_costs_itself_alone(tmp_path: Path) -> None:
    broken = dc(2).removesuffix(b"</oai_dc:dc>")
    found = read_bytes(tmp_path, b"<collection>" + dc(1) + broken + dc(3) + b"</collection>")
    assert raws(found) == [dc(1), dc(3)]
    assert [f.raw for f in faults(found)] == [broken]
