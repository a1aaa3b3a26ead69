import gzip
import json
from pathlib import Path

import pytest
from lxml import etree

from indexer.formats.marc.reader import parse
from indexer.model.records import Fault, Record
from indexer.sources import read
from tests.formats.marc.iso import iso, overflowing, title
from tests.sources.marc_records import JSON, JUNK, LEADER, ONE, THREE, TWO, xml
from tests.sources.oai_pages import answer, record
from tests.sources.reading import DATA, faults, only, raws, read_bytes, records

MARC = DATA / "marc"
LC = MARC / "lc_booksall_2016_sample.mrc.gz"
NAMESPACE = "http://www.loc.gov/MARC21/slim"


def found(items: list[Record | Fault]) -> list[bytes]:
    """Records and faults in order; all records are MARC, and stand where they say."""
    assert {item.format for item in items if isinstance(item, Record)} <= {"marc"}
    assert [item.position.ordinal for item in items] == list(range(1, len(items) + 1))
    return [item.raw for item in items]


def test_a_real_dump() -> None:
    whole = gzip.decompress(LC.read_bytes())
    items = records(read([str(LC)], source="s"))
    assert b"".join(item.raw for item in items) == whole
    assert len(items) == 1914
    assert items[7].position.offset == sum(len(item.raw) for item in items[:7])


@pytest.mark.parametrize("path", sorted([*MARC.rglob("*.marc"), *MARC.rglob("*.dat")]), ids=lambda path: path.name)
def test_the_records_of_other_projects_are_found(path: Path) -> None:
    assert {item.format for item in records(read([str(path)], source="s"))} == {"marc"}


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n", b"\n\n", b"\0" * 40, b"\x1a", b" ", b" " * 50])
def test_what_may_stand_between_records(tmp_path: Path, between: bytes) -> None:
    content = between.join([ONE, TWO, THREE]) + between
    items = records(read_bytes(tmp_path, content))
    assert found([*items]) == [ONE, TWO, THREE]
    assert [item.position.offset for item in items] == [content.index(raw) for raw in (ONE, TWO, THREE)]


@pytest.mark.parametrize("length", [0, 26, len(TWO) - 1, len(TWO) + 1, len(TWO + THREE), 9999, 99_999])
def test_a_length_that_lies_costs_nothing(tmp_path: Path, length: int) -> None:
    lying = b"%05d" % length + TWO[5:]
    assert found(read_bytes(tmp_path, ONE + lying + THREE)) == [ONE, lying, THREE]


def test_a_length_that_is_no_number(tmp_path: Path) -> None:
    for length in (b"     ", b"-0001", b"xxxxx", b"00\x0034"):
        odd = length + TWO[5:]
        assert found(read_bytes(tmp_path, ONE + odd + THREE)) == [ONE, odd, THREE]
        assert found(read_bytes(tmp_path, odd + THREE)) == [odd, THREE]


def test_a_record_that_is_longer_than_a_leader_can_say(tmp_path: Path) -> None:
    text = b"x" * 250_000
    for length in (99_999, 250_061 % 100_000):
        large = iso(*title(text), length=length)
        assert found(read_bytes(tmp_path, ONE + large + TWO)) == [ONE, large, TWO]


def test_a_terminator_inside_a_field(tmp_path: Path) -> None:
    stray = iso(*title(b"a\x1db"))
    assert found(read_bytes(tmp_path, ONE + stray + TWO)) == [ONE, stray, TWO]


def test_a_missing_terminator(tmp_path: Path) -> None:
    assert found(read_bytes(tmp_path, ONE[:-1] + TWO[:-1] + b"\r\n" + THREE[:-1])) == [ONE[:-1], TWO[:-1], THREE[:-1]]


def test_stray_bytes_stay_on_their_record(tmp_path: Path) -> None:
    assert found(read_bytes(tmp_path, b"00914" + ONE + b"junk" + TWO)) == [b"00914" + ONE, b"junk" + TWO]
    (danish,) = records(read([str(MARC / "yaz" / "marc4.marc")], source="s"))
    assert danish.raw.startswith(b"0091400914naa")


def test_junk_between_records_is_told_and_costs_them_nothing(tmp_path: Path) -> None:
    items = read_bytes(tmp_path, ONE + JUNK + TWO + JUNK + b"\x1d" + THREE + JUNK)
    assert found(items) == [ONE, JUNK, TWO, JUNK + b"\x1d", THREE, JUNK]
    reason = "is not a MARC record: begins with '<html>502 Bad Gateway: try again later</...'"
    assert [fault.reason for fault in faults(items)] == [reason] * 3
    assert all(fault.advice for fault in faults(items))


def test_a_file_that_begins_with_junk(tmp_path: Path) -> None:
    assert found(read_bytes(tmp_path, b"x" * 70 + ONE + TWO)) == [b"x" * 70, ONE, TWO]


@pytest.mark.parametrize("cut", [10, 30, len(TWO) // 2, len(TWO) - 4])
def test_a_record_that_is_cut(tmp_path: Path, cut: int) -> None:
    items = read_bytes(tmp_path, ONE + TWO[:cut])
    assert found(items) == [ONE, TWO[:cut]]
    assert raws(items) == [ONE]
    within = read_bytes(tmp_path, ONE + TWO[:cut] + THREE)
    assert raws(within)[0] == ONE
    assert raws(within)[-1].endswith(THREE)


def test_a_cut_record_says_how_much_is_there(tmp_path: Path) -> None:
    (fault,) = faults(read_bytes(tmp_path, ONE + TWO[:54]))
    assert fault.reason == f"ends early: its leader says {len(TWO):05} bytes, and 54 are there"


def test_a_record_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.sources.window.RECORD_LIMIT", 1 << 20)
    endless = iso(*title(b"x" * (3 << 20)), length=0)
    items = read_bytes(tmp_path, ONE + endless + TWO)
    assert raws(items) == [ONE, TWO]
    (fault,) = faults(items)
    assert fault.reason == "is larger than 1 MiB: only its beginning is kept"
    assert fault.raw == endless[: 64 << 10]


@pytest.mark.parametrize(("prefix", "declared"), [("", True), ("", False), ("marc:", True), ("m:", True)])
@pytest.mark.parametrize("wrapped", [True, False])
def test_marcxml(tmp_path: Path, prefix: str, declared: bool, wrapped: bool) -> None:
    xmlns = f' xmlns{":" if prefix else ""}{prefix.rstrip(":")}="{NAMESPACE}"' if declared else ""
    content = xml(1, prefix) + b"\n<!-- x -->" + xml(2, prefix)
    if wrapped:
        content = (
            f"<?xml version='1.0'?><{prefix}collection{xmlns}>".encode() + content + f"</{prefix}collection>".encode()
        )
    else:
        content = content.replace(f"<{prefix}record".encode(), f"<{prefix}record{xmlns}".encode())
    items = records(read_bytes(tmp_path, content))
    assert [item.format for item in items] == ["marc", "marc"]
    expected = f"{{{NAMESPACE}}}record" if declared else "record"
    assert [etree.fromstring(item.raw).tag for item in items] == [expected] * 2
    assert [etree.fromstring(item.raw)[1].text for item in items] == ["1", "2"]


def test_marcxml_whatever_the_profile_is(tmp_path: Path) -> None:
    content = b"<collection>" + xml(1) + b"</collection>"
    assert [item.format for item in records(read_bytes(tmp_path, content, format="oai_dc"))] == ["marc"]


def test_marcxml_in_an_oai_answer_keeps_its_header(tmp_path: Path) -> None:
    metadata = xml(1, "marc:").decode().replace("<marc:record", f'<marc:record xmlns:marc="{NAMESPACE}"')
    (item,) = records(read_bytes(tmp_path, answer(record("oai:x:1", metadata))))
    assert (item.format, item.raw) == ("marc", metadata.encode())
    assert item.header is not None
    assert item.header.identifier == "oai:x:1"


def test_a_profile_says_that_it_is_marc_where_its_first_record_does_not(tmp_path: Path) -> None:
    content = b"no leader, no directory\x1e\x1d" + ONE
    assert only(read_bytes(tmp_path, content[:25])).reason.startswith("format not recognised")
    bad, good = read_bytes(tmp_path, content, format="marc")
    assert isinstance(bad, Fault)
    assert isinstance(good, Record)
    assert (bad.raw, good.raw) == (content[:25], ONE)


def test_an_empty_collection(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, f'<collection xmlns="{NAMESPACE}"></collection>'.encode()) == []


@pytest.mark.parametrize("layout", [b"%s\n%s\n", b"[%s,%s]", b"%s%s", b"[\n %s,\n %s\n]"])
@pytest.mark.parametrize("spaced", [True, False])
def test_marc_in_json(tmp_path: Path, layout: bytes, spaced: bool) -> None:
    fields_first = b'{"fields":[{"001":"2"}],"leader":"%s"}' % LEADER.encode()
    one, two = (each.replace(b'":', b'": ').replace(b",", b", ") if spaced else each for each in (JSON, fields_first))
    assert found(read_bytes(tmp_path, layout % (one, two))) == [one, two]


def test_a_document_with_a_field_of_that_name_is_no_marc(tmp_path: Path) -> None:
    (item,) = records(read_bytes(tmp_path, b'{"leader":"Kim","id":"1","fields":"all"}\n'))
    assert item.format == "solr_json"


def test_a_leader_alone_is_not_marc(tmp_path: Path) -> None:
    assert "format not recognised" in only(read_bytes(tmp_path, b"00714cam a2200205 a 4500001")).reason


@pytest.mark.parametrize(
    "damage",
    [
        (6, b" "),
        (6, b"|"),
        (5, b"\xff"),
        (9, b"\x14"),
        (0, b"?????"),
        (0, b"99999"),
        (12, b"99999"),
    ],
)
def test_a_damaged_leader_is_still_the_one_at_the_start(tmp_path: Path, damage: tuple[int, bytes]) -> None:
    at, put = damage
    broken = TWO[:at] + put + TWO[at + len(put) :]
    assert found(list(read_bytes(tmp_path, ONE + broken + THREE))) == [ONE, broken, THREE]


@pytest.mark.parametrize("at", range(27, 36))
@pytest.mark.parametrize("put", [b"?", b"x", b"\0"])
def test_a_broken_first_entry_of_a_directory_is_as_any_other(tmp_path: Path, at: int, put: bytes) -> None:
    broken = TWO[:at] + put + TWO[at + 1 :]
    assert found(list(read_bytes(tmp_path, ONE + broken + THREE))) == [ONE, broken, THREE]
    assert found(list(read_bytes(tmp_path, broken))) == [broken]
    record = parse(broken)
    assert [(field.tag, field.value, field.subfields) for field in record.fields] == [
        ("001", "2", []),
        ("245", "", [("a", "TT")]),
    ]
    assert not [told for told in record.warnings if told.startswith("leader")]


@pytest.mark.parametrize("at", range(22))
@pytest.mark.parametrize("put", [b"", b"0%c", b"x%c", b"\xff%c"])
def test_a_leader_that_lost_or_got_a_byte(tmp_path: Path, at: int, put: bytes) -> None:
    broken = TWO[:at] + (put % TWO[at] if put else b"") + TWO[at + 1 :]
    assert found(list(read_bytes(tmp_path, ONE + broken + THREE))) == [ONE, broken, THREE]
    assert found(list(read_bytes(tmp_path, broken + THREE))) == [broken, THREE]
    record = parse(broken)
    assert (record.by_tag["001"][0].value, record.by_tag["245"][0].subfields) == ("2", [("a", "TT")])
    assert record.warnings


def test_a_leader_in_the_text_of_a_record_is_none(tmp_path: Path) -> None:
    """Nor is one whose directory begins with a broken entry."""
    other = iso(*title(b"quoted", b"9"))
    for quoted in (
        other[:48],
        other[:30] + b"x" + other[31:48],
        other[1:48],
        other[:-1].replace(b"\x1e", b" ").replace(b"\x1f", b"$"),
    ):
        sound = iso(*title(b"T", b"2"), ("500", b"  \x1fa" + quoted), ("504", b"  \x1fa" + quoted))
        broken = sound[:30] + b"?" + sound[31:]
        assert found(list(read_bytes(tmp_path, ONE + sound + THREE))) == [ONE, sound, THREE]
        assert found(list(read_bytes(tmp_path, ONE + broken + THREE))) == [ONE, broken, THREE]


@pytest.mark.parametrize("length", [99_999, None, 30])
def test_what_looks_like_a_leader_in_a_directory_is_none(tmp_path: Path, length: int | None) -> None:
    """Tags of letters and the digits between them make one, as far as its form goes."""
    fields = [(tag, b"  \x1fax") for tag in ("245", "FMT", "HOL", "974", "CAT", "LKR", "974")]
    broken = iso(("001", b"2"), *fields, length=length)
    assert found(list(read_bytes(tmp_path, ONE + broken + THREE))) == [ONE, broken, THREE]
    torn = broken[:60]  # and where a record ends in its directory, the next one's leader is one
    assert ONE in found(list(read_bytes(tmp_path, torn + ONE + THREE)))


def test_a_record_larger_than_its_directory_can_say(tmp_path: Path) -> None:
    big = overflowing(*title(b"Big", b"2"), *[("952", b"  \x1fa" + b"x" * 1000) for _ in range(120)])
    assert found(list(read_bytes(tmp_path, ONE + big + THREE))) == [ONE, big, THREE]


FIELDS = b'"fields":[{"001":"7"},{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"T"}]}}]'
MADE = b'"leader":"%s"' % LEADER.encode()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"_id":{"$oid":"5f"},%s,%s}' % (MADE, FIELDS),  # MongoDB's export
        b"{%s}" % FIELDS,  # no leader
        b'{"id":"x","version":1,%s,%s}' % (FIELDS, MADE),
        b'{"id":"x","parsedRecord":{"id":"x","content":{%s,%s}},"deleted":false}' % (FIELDS, MADE),  # FOLIO's
        b'{"type":"marc-hash","version":[1,0],%s,"fields":[["001","7"],["245","1","0",[["a","T"]]]]}' % MADE,
    ],
)
@pytest.mark.parametrize("layout", [b"%s\n%s\n", b"[%s,%s]", b'{"sourceRecords":[%s,%s],"totalRecords":2}'])
def test_marc_in_json_as_others_keep_it(tmp_path: Path, raw: bytes, layout: bytes) -> None:
    items = read_bytes(tmp_path, layout % (raw, raw))
    assert found(items) == [raw, raw]
    record = parse(raw)
    assert [(field.tag, field.value, field.subfields) for field in record.fields] == [
        ("001", "7", []),
        ("245", "", [("a", "T")]),
    ]
    assert record.warnings == ([] if MADE in raw else ["has no leader"])


def test_folio_says_by_itself_that_a_record_is_deleted() -> None:
    raw = b'{"state":"DELETED","parsedRecord":{"content":{%s,%s}}}' % (MADE, FIELDS)
    assert parse(raw).leader[5] == "d"


def test_a_profile_for_marc_decides_what_an_object_is(tmp_path: Path) -> None:
    escaped = json.dumps({"parsedRecord": {"content": f"{{{FIELDS.decode()}}}"}}).encode()
    (tmp_path / "dump").write_bytes(escaped)
    (item,) = records(read([str(tmp_path / "dump")], source="s", format="marc"))
    assert item.format == "marc"
    assert parse(item.raw).by_tag["001"][0].value == "7"
    (other,) = records(read([str(tmp_path / "dump")], source="s"))
    assert other.format == "solr_json"


@pytest.mark.parametrize(
    "text", [b"003@ $0123\n021A $aTitel\n", b"003@ \x1f0123\x1e021A \x1faTitel\x1e\n", b"002@/00 $0Aau\n"]
)
def test_pica_is_named(tmp_path: Path, text: bytes) -> None:
    assert only(read_bytes(tmp_path, text)).reason == "this is PICA+ (fields such as 003@ and 021A)"
