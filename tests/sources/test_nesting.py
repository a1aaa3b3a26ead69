"""Records in what search services answer, and in wrappers of any name and depth."""

from pathlib import Path

import pytest
from lxml import etree

from indexer.formats import to_document
from indexer.formats.profiles import bundled
from indexer.model.records import Fault, Record
from indexer.sources import read
from tests.sources.oai_pages import DC, OAI_DC, answer, dc, record
from tests.sources.reading import faults, only, raws, read_bytes, records

CASES = Path(__file__).parent.parent / "data" / "cases"
SLIM = "http://www.loc.gov/MARC21/slim"
LEADER = "00000nam a2200000 a 4500"


def marc(number: int, xmlns: str = "", prefix: str = "") -> str:
    p = f"{prefix}:" if prefix else ""
    title = f'<{p}datafield tag="245"><{p}subfield code="a">T</{p}subfield></{p}datafield>'
    return (
        f'<{p}record{xmlns}><{p}leader>{LEADER}</{p}leader><{p}controlfield tag="001">rec{number}</{p}controlfield>'
        f"{title}</{p}record>"
    )


def ids(found: list[Record | Fault]) -> list[str]:
    return [to_document(item, bundled()["marc"]).id for item in records(found)]


@pytest.mark.parametrize("name", ["alma.xml", "sru.xml", "sru2.xml"])
@pytest.mark.parametrize("format", [None, "marc"])
def test_answers_of_services(name: str, format: str | None) -> None:
    assert ids(list(read([str(CASES / name)], source="test", format=format))) == ["rec1", "rec2"]


@pytest.mark.parametrize(
    "content",
    [
        "<export><items>{}{}{}</items></export>",
        "<export><about><x>1</x><y/></about>{}{}{}</export>",
        "<a><b><c><d>{}</d><e>1</e></c><c><d>{}</d></c><c><d>{}</d></c></b></a>",
        "<bibs><n>3</n><bib><mms_id>1</mms_id>{}<x>y</x></bib><bib>{}</bib>\n<bib>{}</bib></bibs>",
        "<a><n>1</n><b>{}</b><b>{}{}</b></a>",
        "<set><more><n>1</n>{}{}{}</more></set>",
    ],
)
@pytest.mark.parametrize("form", ["bare", "namespace", "prefix", "inherited"])
@pytest.mark.parametrize("format", [None, "marc"])
def test_lists_in_any_wrapper(tmp_path: Path, content: str, form: str, format: str | None) -> None:
    xmlns = f' xmlns="{SLIM}"' if form == "namespace" else ""
    prefix = "marc" if form in ("prefix", "inherited") else ""
    if form == "prefix":
        xmlns = f' xmlns:marc="{SLIM}"'
    if form == "inherited":
        content = content.replace(">", f' xmlns:marc="{SLIM}">', 1)
    text = content.format(*(marc(number, xmlns, prefix) for number in (1, 2, 3)))
    found = read_bytes(tmp_path, text.encode(), format=format)
    assert ids(found) == ["rec1", "rec2", "rec3"]
    assert all(text.encode()[item.position.offset or 0 :].startswith(item.raw[:8]) for item in records(found))


@pytest.mark.parametrize("content", ["<bib><n>1</n>{}</bib>", "<a><bib><n>1</n>{}</bib></a>", "<a><b/>{}</a>"])
def test_one_record_in_a_wrapper(tmp_path: Path, content: str) -> None:
    assert ids(read_bytes(tmp_path, content.format(marc(1)).encode())) == ["rec1"]


def test_what_stands_in_the_place_of_a_record_is_told(tmp_path: Path) -> None:
    content = f"<bibs><n>1</n><bib>{marc(1)}</bib><bib><mods><title>x</title></mods></bib><bib>{marc(3)}</bib></bibs>"
    found = read_bytes(tmp_path, content.encode())
    assert len(raws(found)) == 2
    (fault,) = faults(found)
    assert (fault.raw, fault.position.ordinal) == (b"<bib><mods><title>x</title></mods></bib>", 2)
    listed = f"<a><items>{marc(1)}{marc(2)}<mods><title>x</title></mods><n>3</n></items></a>"
    assert [fault.raw for fault in faults(read_bytes(tmp_path, listed.encode()))] == [b"<mods><title>x</title></mods>"]


@pytest.mark.parametrize(
    "content",
    [
        "<bibs><error>Bib 77 cannot be &lt;exported&gt;</error><bib>{}</bib><bib>{}</bib></bibs>",
        "<bibs><bib>{}</bib><bib>{}</bib><error>Bib 77 cannot be &lt;exported&gt;</error></bibs>",
        "<bibs><bib>{}</bib><error>Bib 77 cannot be &lt;exported&gt;</error>"
        "<error>Bib 77 cannot be &lt;exported&gt;</error><bib>{}</bib></bibs>",
        "<a><list>{}{}</list><errorList><error>Bib 77 cannot be</error> &lt;exported&gt;</errorList></a>",
    ],
)
def test_a_message_beside_records_is_told(tmp_path: Path, content: str) -> None:
    found = read_bytes(tmp_path, content.format(marc(1), marc(2)).encode())
    assert len(raws(found)) == 2
    (fault,) = faults(found)
    assert fault.reason.endswith("stands beside its records: Bib 77 cannot be <exported>")


@pytest.mark.parametrize(
    "nothing", ["<errors/>", "<errors>0</errors>", "<error></error>", "<errors><code>0</code><m>No error</m></errors>"]
)
def test_a_message_that_says_nothing_is_none(tmp_path: Path, nothing: str) -> None:
    assert ids(read_bytes(tmp_path, f"<bibs>{nothing}<bib>{marc(1)}</bib><bib>{marc(2)}</bib></bibs>".encode()))


def test_notes_in_records_and_what_stands_before_them_are_none_of_them(tmp_path: Path) -> None:
    note = "<warning>no 245</warning><error>no 008</error>"
    before = "<exportInfo><date>2024</date><tool>x</tool></exportInfo><metadata><a/><b/></metadata>"
    content = f"<dump>{before}<row>{note}<data>{marc(1)}</data></row><row>{note}<data>{marc(2)}</data></row></dump>"
    assert len(ids(read_bytes(tmp_path, content.encode()))) == 2
    xmlns = f' xmlns="{SLIM}"'
    listed = f"<dump>{before}{marc(1, xmlns)}{marc(2, xmlns)}</dump>"
    assert len(ids(read_bytes(tmp_path, listed.encode()))) == 2


def test_what_services_say_of_their_answers_is_no_record(tmp_path: Path) -> None:
    said = (
        "<echoedSearchRetrieveRequest><query>x</query><q/></echoedSearchRetrieveRequest><facets><f>1</f><f>2</f></facets>"
        "<header><from>x</from></header><extraResponseData><x><y/></x></extraResponseData><n>1</n>"
    )
    for content in (
        "<a>{said}<l>{said}{one}{said}{two}{said}</l>{said}</a>",
        "<a>{said}<r>{said}<d>{one}</d><holdings><h>1</h></holdings></r><r><d>{two}</d>{said}</r>{said}</a>",
        "<bib><holdings><h>1</h></holdings>{one}</bib>",
    ):
        text = content.format(said=said, one=marc(1), two=marc(2))
        assert len(ids(read_bytes(tmp_path, text.encode()))) == text.count("<leader>")


def test_a_diagnostic_of_a_search_is_told(tmp_path: Path) -> None:
    sru = (CASES / "sru.xml").read_bytes()
    start = sru.index(b"<record ")
    diagnostic = b"<diagnostic><uri>info:srw/diagnostic/1/64</uri><message>Record does not exist</message></diagnostic>"
    broken = sru[:start] + diagnostic + sru[sru.index(b"</record>") + 9 :]
    found = read_bytes(tmp_path, broken)
    assert len(raws(found)) == 1
    assert b"Record does not exist" in faults(found)[0].raw
    end = b"<zs:diagnostics>" + diagnostic + b"</zs:diagnostics></zs:searchRetrieveResponse>"
    behind = read_bytes(tmp_path, sru.replace(b"</zs:searchRetrieveResponse>", end))
    assert len(raws(behind)) == 2
    assert faults(behind)[0].reason.endswith("info:srw/diagnostic/1/64 Record does not exist")
    none = sru[: sru.index(b"<zs:records>")] + b"<zs:diagnostics>" + diagnostic + b"</zs:diagnostics>"
    fault = only(read_bytes(tmp_path, none + b"</zs:searchRetrieveResponse>", format="marc"))
    assert fault.reason.endswith("this answer of an SRU server holds no records: Record does not exist")


@pytest.mark.parametrize("packed", ["escaped", "cdata"])
def test_records_that_are_packed_as_text(tmp_path: Path, packed: str) -> None:
    def pack(text: str) -> str:
        if packed == "cdata":
            return f"<![CDATA[<?xml version='1.0'?>{text}]]>"
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    inside = [pack(marc(number, f' xmlns="{SLIM}"')) for number in (1, 2)]
    data = "".join(
        f"<record><recordData>{each}</recordData><recordPosition>1</recordPosition></record>" for each in inside
    )
    content = f"<searchRetrieveResponse><numberOfRecords>2</numberOfRecords>{data}</searchRetrieveResponse>"
    assert ids(read_bytes(tmp_path, content.encode())) == ["rec1", "rec2"]


def test_a_broken_record_in_a_wrapper_costs_itself_alone(tmp_path: Path) -> None:
    for form in ("<bibs><n>1</n>{}</bibs>", "<a><items><n>1</n>{}</items></a>"):
        for around in ("<bib>{}</bib>", "{}"):
            for cut in ("</record>", "</datafield></record>"):
                parts = [around.format(marc(number)) for number in (1, 2, 3, 4)]
                parts[2] = parts[2].replace(cut, "")
                found = read_bytes(tmp_path, form.format("".join(parts)).encode())
                assert [b"rec1" in raws(found)[0], b"rec2" in raws(found)[1], b"rec4" in raws(found)[-1]] == [True] * 3


def test_a_damaged_record_among_the_first_does_not_make_one_of_the_whole_list(tmp_path: Path) -> None:
    damaged = marc(2).replace("<leader>", "<led>").replace("</record>", "<x>")
    found = read_bytes(tmp_path, f"<a><items><n>1</n>{marc(1)}{damaged}{marc(3)}</items></a>".encode())
    assert [b"rec1" in raws(found)[0], b"rec3" in raws(found)[-1]] == [True, True]
    assert len(raws(found)[0]) == len(raws(found)[-1]) == len(marc(1))


@pytest.mark.parametrize(
    ("metadata", "count"),
    [
        (f'<collection xmlns="{SLIM}">{marc(1)}</collection>', 1),
        (f'<collection xmlns="{SLIM}">\n {marc(1)}\n {marc(2)}</collection>', 2),
        (f'<m:collection xmlns:m="{SLIM}">{marc(1, "", "m")}</m:collection>', 1),
        (f"<collection>{marc(1)}</collection>", 1),
        (f'<x:wrap xmlns:x="y"><x:in>{marc(1, f" xmlns={chr(34)}{SLIM}{chr(34)}")}</x:in></x:wrap>', 1),
        (f"{marc(1)}\n{marc(2)}", 2),
    ],
)
@pytest.mark.parametrize("format", [None, "marc"])
def test_metadata_in_a_wrapper(tmp_path: Path, metadata: str, count: int, format: str | None) -> None:
    content = answer(record("oai:x:1", metadata), record("2", dc("T"))).replace(f' xmlns="{OAI_DC}"'.encode(), b"")
    found = records(read_bytes(tmp_path, content, format=format))
    assert [item.format for item in found] == ["marc"] * count + ["oai_dc"]
    assert all(item.header and item.header.identifier == "oai:x:1" for item in found[:count])
    if "xmlns" in metadata:
        assert {etree.QName(etree.fromstring(item.raw)).namespace for item in found[:count]} == {SLIM}


@pytest.mark.parametrize(
    "metadata",
    ["{}{}", "{}<x/>{}", "<records>{}{}</records>", "<records>{}</records><records>{}</records>"],
)
def test_two_records_that_would_have_one_id_are_none(tmp_path: Path, metadata: str) -> None:
    content = answer(record("1", metadata.format(dc("one"), dc("two"))), record("2", dc("T")))
    fault, sound = read_bytes(tmp_path, content)
    assert isinstance(fault, Fault)
    assert fault.reason == "its metadata holds 2 records, which would all have the id of its header"
    assert fault.raw.startswith(b"<record>")
    assert isinstance(sound, Record)


def test_one_record_beside_what_is_none_is_the_one(tmp_path: Path) -> None:
    content = answer(record("1", "<x/>" + dc("one")), record("2", dc("two") + "<x>y</x>"))
    assert len(records(read_bytes(tmp_path, content))) == 2


def test_a_wrapper_with_several_records_of_which_none_is_the_one(tmp_path: Path) -> None:
    """METS has a description of each page; which of them is that of the record, nobody can tell."""
    mets = (
        f'<mets xmlns="http://www.loc.gov/METS/"><dmdSec>{dc("page 1")}</dmdSec><dmdSec>{dc("page 2")}</dmdSec></mets>'
    )
    fault = only(read_bytes(tmp_path, answer(record("1", mets))))
    assert fault.reason == "its metadata is <mets>, which is not a known format"
    (found,) = records(read_bytes(tmp_path, answer(record("1", mets.replace(dc("page 2"), "")))))
    assert (found.format, found.raw) == ("oai_dc", dc("page 1").encode())


@pytest.mark.parametrize(
    ("format", "element"),
    [
        ("oai_dc", f'<dc xmlns:dc="{DC}"><dc:title>T</dc:title></dc>'),
        ("jats", "<article><title>T</title></article>"),
        ("pubmed", "<PubmedArticle><x/></PubmedArticle>"),
    ],
)
@pytest.mark.parametrize(
    "wrapper", ["{0}", "<a>{0}{0}</a>", "<a><b>{0}</b><b>{0}</b></a>", "<a><n>1</n><l>{0}{0}</l></a>"]
)
def test_the_profile_decides_what_names_alone_do_not(tmp_path: Path, format: str, element: str, wrapper: str) -> None:
    found = records(read_bytes(tmp_path, wrapper.format(element).encode(), format=format))
    assert [(item.format, item.raw) for item in found] == [(format, element.encode())] * wrapper.count("{0}")
    if format != "pubmed":
        (found_in,) = records(read_bytes(tmp_path, answer(record("1", f"<w>{element}</w>")), format=format))
        assert found_in.format == format


@pytest.mark.parametrize(
    "junk", ["Warning: foo() in /x.php on line 3\n", "<br />\n<b>Warning</b>: foo() in <b>/x.php</b> on line 3<br />\n"]
)
def test_a_message_before_an_answer_is_told_and_the_answer_read(tmp_path: Path, junk: str) -> None:
    found = read_bytes(tmp_path, junk.encode() + answer(record("1", dc("T")), record("2", dc("U"))))
    assert raws(found) == [dc("T").encode(), dc("U").encode()]
    assert b"foo() in" in faults(found)[0].raw


def test_harvested_records_in_a_wrapper_in_a_wrapper(tmp_path: Path) -> None:
    pages = "".join(f"<page>{record(str(n), dc('T'))}{record(str(n), dc('U'))}</page>" for n in (1, 2))
    found = records(read_bytes(tmp_path, f"<harvest>{pages}</harvest>".encode()))
    assert [item.raw for item in found] == [dc("T").encode(), dc("U").encode()] * 2
