from pathlib import Path

import pytest
from lxml import etree

from indexer.model.records import Fault, Header, Record
from indexer.sources import read
from tests.sources.oai_pages import DC, MARC, OAI, OAI_DC, answer, dc, record
from tests.sources.reading import ERASMUS, faults, only, raws, read_bytes, records


def test_a_real_answer_gives_what_a_parser_finds() -> None:
    found = records(read([str(ERASMUS)], source="erasmus"))
    tree = etree.parse(ERASMUS)
    names = {"o": OAI}
    parsed = tree.findall(".//o:record", names)
    assert len(found) == len(parsed) == 16
    for ours, theirs in zip(found, parsed, strict=True):
        metadata = theirs.find("o:metadata", names)
        assert metadata is not None
        assert etree.canonicalize(ours.raw.decode()) == etree.canonicalize(
            etree.tostring(metadata[0], with_tail=False).decode().replace(f' xmlns="{OAI}"', "")
        )
        assert ours.header == Header(
            theirs.findtext("o:header/o:identifier", namespaces=names),
            theirs.findtext("o:header/o:datestamp", namespaces=names),
            tuple(str(e.text) for e in theirs.findall("o:header/o:setSpec", names)),
        )
        assert ours.format == "oai_dc"
        assert ours.raw in ERASMUS.read_bytes()


@pytest.mark.parametrize("prefix", ["", "oai"])
def test_headers_sets_and_deleted_records(tmp_path: Path, prefix: str) -> None:
    p = f"{prefix}:" if prefix else ""
    gone = f'<{p}record><{p}header status="Deleted"><{p}identifier>oai:x:2</{p}identifier></{p}header></{p}record>'
    sets = f"<{p}setSpec>a:b</{p}setSpec><{p}setSpec>c&amp;d</{p}setSpec>"
    found = records(
        read_bytes(tmp_path, answer(record("oai:x:1", dc("T"), prefix=prefix, header=sets), gone, prefix=prefix))
    )
    assert [(r.raw, r.header) for r in found] == [
        (dc("T").encode(), Header("oai:x:1", "2017-05-30", ("a:b", "c&d"))),
        (b"", Header("oai:x:2", deleted=True)),
    ]


def test_namespaces_of_ancestors_come_along_where_they_are_used(tmp_path: Path) -> None:
    bare = "<oai_dc:dc><dc:title>T</dc:title><dc:type xsi:type='dcterms:X'/></oai_dc:dc>"
    outer = (
        f' xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}" xmlns:unused="u"'
        " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:dcterms=\"d\""
    )
    (found,) = records(read_bytes(tmp_path, answer(record("1", bare), namespaces=outer)))
    root = etree.fromstring(found.raw)
    assert root.tag == f"{{{OAI_DC}}}dc"
    assert root[0].tag == f"{{{DC}}}title"
    assert root[1].nsmap["dcterms"] == "d"
    assert "unused" not in root.nsmap
    assert None not in root.nsmap
    # An unprefixed child is in the answer's default namespace, with us as with a parser.
    (found,) = records(read_bytes(tmp_path, answer(record("1", dc("T").replace("dc:title", "title")))))
    assert etree.fromstring(found.raw)[0].tag == f"{{{OAI}}}title"


def test_namespaces_on_the_record_and_the_metadata(tmp_path: Path) -> None:
    text = record("1", "<o:dc><dc:title>T</dc:title></o:dc>")
    text = text.replace("<record>", f'<record xmlns:o="{OAI_DC}">').replace("<metadata>", f'<metadata xmlns:dc="{DC}">')
    (found,) = records(read_bytes(tmp_path, answer(text)))
    assert (found.format, etree.fromstring(found.raw)[0].tag) == ("oai_dc", f"{{{DC}}}title")


def test_a_marc_record_inside_a_record(tmp_path: Path) -> None:
    found = records(read_bytes(tmp_path, answer(record("1", MARC), record("2", f"<!-- x --> {MARC}"))))
    assert [(r.format, r.raw) for r in found] == [("marc", MARC.encode())] * 2


def test_a_broken_record_costs_itself_alone(tmp_path: Path) -> None:
    whole = [record(str(n), MARC if n % 2 else dc("T")) for n in range(5)]
    for cut in ("</metadata>\n</record>", "</record>"):
        for n in range(4):
            items = [*whole]
            items[n] = items[n].removesuffix(cut)
            found = read_bytes(tmp_path, answer(*items))
            assert [r.header.identifier for r in found if isinstance(r, Record) and r.header] == [
                str(m) for m in range(5) if m != n
            ]
            (fault,) = faults(found)
            assert fault.position.ordinal == n + 1
            assert fault.raw.decode().strip() == items[n].strip()


def test_metadata_of_an_unknown_kind_needs_a_format(tmp_path: Path) -> None:
    content = answer(record("1", '<m:mods xmlns:m="http://www.loc.gov/mods/v3"/>'), record("2", dc("T")))
    bad, good = read_bytes(tmp_path, content)
    assert isinstance(bad, Fault)
    assert bad.reason == "its metadata is <m:mods>, which is not a known format"
    assert bad.raw
    assert isinstance(good, Record)
    assert [r.format for r in records(read_bytes(tmp_path, content, format="mods"))] == ["mods", "oai_dc"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<record><header><identifier>1</identifier></header></record>", "has no metadata"),
        ("<record><header><identifier>1</identifier></header><metadata> </metadata></record>", "has no metadata"),
        ('<record><header status="deleted"/></record>', "is deleted and has no identifier"),
        ("<record>" + dc("T") + "</record>", "has no OAI-PMH header"),
        (record("&who;", dc("T")), "its OAI-PMH header: the entity &who; is not defined"),
        (record("&#1114112;", dc("T")), "its OAI-PMH header: &#1114112; is not a character"),
        (
            record("1", dc("T").removesuffix("</oai_dc:dc>")),
            "its metadata has no end tag </oai_dc:dc>",
        ),
        ("<foo>x</foo>", "<foo> is in no record"),
    ],
)
def test_records_without_sense(tmp_path: Path, text: str, reason: str) -> None:
    bad, good = read_bytes(tmp_path, answer(text, record("2", dc("T"))))
    assert isinstance(bad, Fault)
    assert bad.reason == reason
    assert bad.raw
    assert isinstance(good, Record)
    assert good.position.ordinal == 2


def test_error_answers(tmp_path: Path) -> None:
    def error(code: str) -> bytes:
        return f'<OAI-PMH xmlns="{OAI}"><request/><error code="{code}">No &lt;luck&gt;</error></OAI-PMH>'.encode()

    assert read_bytes(tmp_path, error("noRecordsMatch")) == []
    fault = only(read_bytes(tmp_path, error("badResumptionToken")))
    assert fault.reason == ("the OAI-PMH server answered with the error badResumptionToken: No &lt;luck&gt;")
    fault = only(read_bytes(tmp_path, f'<OAI-PMH xmlns="{OAI}"><Identify/></OAI-PMH>'.encode()))
    assert fault.reason == "this OAI-PMH answer holds no records"


def test_several_answers_wrappers_and_single_records(tmp_path: Path) -> None:
    one, two = answer(record("1", dc("T")), verb="GetRecord"), answer(record("2", dc("U")))
    assert raws(read_bytes(tmp_path, one + b"\n" + two)) == [dc("T").encode(), dc("U").encode()]
    for root in ("records", "ListRecords", "collection"):
        wrapped = f"<{root}>{record('1', dc('T'))}{record('2', dc('U'))}</{root}>".encode()
        assert raws(records(read_bytes(tmp_path, wrapped))) == [dc("T").encode(), dc("U").encode()]
    assert raws(records(read_bytes(tmp_path, record("1", dc("T")).encode()))) == [dc("T").encode()]
