import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.formats.marc.changed import last_change
from indexer.formats.marc.reader import fullrecord, parse
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.model.errors import RecordError
from indexer.model.records import Record
from indexer.sources import read
from tests.formats.marc.iso import iso, overflowing, title

DATA = Path(__file__).parents[2] / "data" / "marc"
LC = DATA / "lc_booksall_2016_sample.mrc.gz"
NAMESPACE = "http://www.loc.gov/MARC21/slim"


def raws(path: Path) -> Iterator[bytes]:
    for item in read([str(path)], source="test"):
        assert isinstance(item, Record), item
        yield item.raw


def one(name: str) -> MarcRecord:
    (raw,) = raws(DATA / name)
    return parse(raw)


def values(record: MarcRecord, tag: str) -> list[str]:
    return [" ".join(text for _, text in field.subfields) or field.value for field in record.by_tag.get(tag, [])]


def plain(record: MarcRecord) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [(field.tag, field.value or field.ind1 + field.ind2, field.subfields) for field in record.fields]


@pytest.mark.parametrize("path", [LC, DATA / "pymarc" / "marc.dat"], ids=lambda path: path.name)
def test_sound_records_are_what_pymarc_reads(path: Path) -> None:
    for raw in raws(path):
        ours, theirs = parse(raw), pymarc.Record(data=raw)
        assert plain(ours) == [
            (field.tag, field.data, [])
            if field.is_control_field()
            else (field.tag, "".join(field.indicators or ()), [tuple(subfield) for subfield in field.subfields])
            for field in theirs.fields
        ]
        assert (ours.leader[5:], ours.warnings) == (str(theirs.leader)[5:], [])
        assert [field for fields in ours.by_tag.values() for field in fields] == sorted(
            ours.fields, key=lambda field: list(ours.by_tag).index(field.tag)
        )


@pytest.mark.parametrize(
    ("name", "tag", "expected"),
    [
        ("marc8/cjk1.marc", "880", "245-02/$1 金田一 京助 と アイヌ語 / 大友 幸男."),
        ("marc8/cjk1.marc", "100", "880-01 Taisho\u0304, Tomizo\u0304, 1924-"),
        ("marc8/cjk3.marc", "880", "440-05/$1 东北  学人  现代  文学  硏究  丛书"),
        ("marc8/cyrillic.marc", "880", "245-02/(N Одлуке и решења Савезног уставног суда."),
        ("marc8/hebrew1.marc", "880", "710-03/(2/r איגוד כללי של סופרים בישראל."),
        ("marc8/hebrew1.marc", "245", "880-01 Gag : bit\u0323ʼon Igud kelali shel sofrim be-Yis\u0301raʼel."),
        ("yaz/marc9.marc", "880", "710-07/(3/r Morocco. وزارة العدل."),
    ],
)
def test_marc8_is_read_as_solrmarc_does(name: str, tag: str, expected: str) -> None:
    record = one(name)
    assert expected in values(record, tag)
    assert record.warnings == []


def test_every_column_of_ansel() -> None:
    text = " ".join(values(one("yaz/marc7.marc"), "500"))
    for shown in (
        "Script L (ℓ)",
        "alpha α",
        "Beta β",
        "Superscript 0 (⁰)",
        "Subscript ) (₎)",
        "Ligature left (o\u0361). VOYAGER COLUMN 9:  Ligature right (o) ;",
    ):
        assert shown in text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1b(S\x61\x62\x1b(B x", "αβ x"),  # Greek as G0
        (b"\x1b)Q\xc0\xc1\x1b(Q\x40\x41", "ґђґђ"),  # extended Cyrillic in either half
        (b"\x1b$1!0!\x1b(B.", "\u4e00."),  # East Asian, three bytes a character
        (b"\x1b$)1\xa1\xb0\xa1 a", "\u4e00 a"),
        (b"\xe5\xe8u", "u\u0304\u0308"),  # two marks before their letter
        (b"\xebi\xeca \xfan\xfbg", "i\u0361a n\u0360g"),  # marks over two letters: one character in Unicode
        (b"\xeb\xe2t\xecs", "t\u0361\u0301s"),
        (b"\xe2a end\xe2", "a\u0301 end\u0301"),
        (b"H\x1bb2\x1bsO", "H₂O"),
        (b"\x88The \x89end", "\x98The \x9cend"),
    ],
)
def test_escape_sequences(data: bytes, expected: str) -> None:
    record = parse(iso(*title(data), leader9=b" "))
    assert record.by_tag["245"][0].subfields == [("a", expected)]
    assert record.warnings == []


@pytest.mark.parametrize(
    ("data", "leader9", "expected", "warning"),
    [
        (b"Caf\xe9 \xc3\xa9", b"a", "Café é", "245 $a: byte 0xE9 is not UTF-8; leader says UTF-8. Read as Latin-1"),
        (b"\x93Q\x94", b"a", "“Q”", "245 $a: byte 0x93 is not UTF-8; leader says UTF-8. Read as Windows-1252"),
        ("é".encode(), b" ", "é", "leader says MARC-8, and the record is UTF-8. Read as UTF-8"),
        (b"a\xffb\xe2e", b" ", "aÿbe\u0301", "245 $a: byte 0xFF is not MARC-8. Read as Latin-1"),
        (
            b"Soci\x1bt\xe2e",
            b" ",
            "Socite\u0301",
            "245 $a: an escape character that designates no set of MARC-8. Left out",
        ),
        (
            b"\x1b$1~~~\x1b(B",
            b" ",
            "〓",
            "245 $a: 0x7E7E7E is not in the East Asian set of MARC-8. Shown as 〓",
        ),
    ],
)
def test_bytes_that_are_not_what_the_leader_says(data: bytes, leader9: bytes, expected: str, warning: str) -> None:
    record = parse(iso(*title(data), leader9=leader9))
    assert record.by_tag["245"][0].subfields == [("a", expected)]
    assert record.warnings == [warning]


@pytest.mark.parametrize(
    ("data", "leader9", "expected", "warning"),
    [
        (
            b"M\xfcller, die Stra\xdfe und das Caf\xe9 / K\xf6nig",
            b" ",
            "Müller, die Straße und das Café / König",
            "leader says MARC-8, and the record is Latin-1. Read as Latin-1",
        ),
        (b"\x93Q\x94", b" ", "“Q”", "leader says MARC-8, and the record is Latin-1. Read as Latin-1"),
        (
            b"Caf\xe2e \xe8uber",
            b"a",
            "Cafe\u0301 u\u0308ber",
            "leader says UTF-8, and the record is MARC-8. Read as MARC-8",
        ),
        (b"educa\xe7\xe3o", b"a", "educação", "245 $a: byte 0xE7 is not UTF-8; leader says UTF-8. Read as Latin-1"),
    ],
)
def test_the_whole_record_tells_marc8_from_latin1(data: bytes, leader9: bytes, expected: str, warning: str) -> None:
    record = parse(iso(*title(data), leader9=leader9))
    assert (record.by_tag["245"][0].subfields, record.warnings) == ([("a", expected)], [warning])


@pytest.mark.parametrize(
    ("data", "leader9", "expected"),
    [
        (b"Smith &amp; sons &lt;draft&gt; &quot;q&apos;", b"a", "Smith & sons <draft> \"q'"),
        (b"&amp;amp; &nbsp; &#233; &#xE9;", b"a", "&amp; &nbsp; &#233; &#xE9;"),
        (b"AT&T &amp; co", b"a", "AT&T &amp; co"),  # SolrMarc goes by the first ampersand
        (b"http://x.org/?a=1&lt=2&amp;b", b"a", "http://x.org/?a=1&lt=2&amp;b"),
        (b"Poems of &#x6F22; &#x1D11E; \xe9c", b" ", "Poems of \u6f22 \U0001d11e c\u030c"),
        (b"&#x1F; &#xD800; &#x110000; &#x85; &#x26;", b" ", "&#x1F; &#xD800; &#x110000; &#x85; &"),
    ],
)
def test_references_to_characters(data: bytes, leader9: bytes, expected: str) -> None:
    record = parse(iso(*title(data), leader9=leader9))
    assert record.by_tag["245"][0].subfields == [("a", expected)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Truy\xf2\xe3en ng\xe6\xe2an Vi\xf2\xe3et Nam", "Truyện ngắn Việt Nam"),
        (b"T\xe1\xbd \xb3i\xe3\xe0en ti\xe3\xe2eng", "Từ điển tiếng"),
        (b"L\xf2ich s\xe0\xbd", "Lịch sử"),
        (b"Nh\xe4\xbdng ng\xbd\xe1\xbci kh\xe3\xe2on kh\xe3\xe0o", "Những người khốn khổ"),
        (b"\xad\xe2\xbcc m\xbc", "Ước mơ"),
        (b"C\xf2\xe3ong h\xe1oa x\xe4a h\xf2\xe3oi ch\xe0u ngh\xe4ia", "Cộng hòa xã hội chủ nghĩa"),
        (b"\xe2\xa5lfric", "Ǽlfric"),
        (b"\xe5\xa5lfr\xe5\xb5d", "Ǣlfrǣd"),
        (b"b\xe2\xb2k", "bǿk"),
        (b"\xf2\xe5l", "ḹ"),
        (b"\xe5\xe6i", "ī\u0306"),
        (b"\xf2\xe9o", "ọ\u030c"),
        (b"\xe2&#x0435;", "е\u0301"),
    ],
)
def test_marks_before_one_letter_are_no_latin1(data: bytes, expected: str) -> None:
    record = parse(iso(*title(data), leader9=b" "))
    assert unicodedata.normalize("NFC", values(record, "245")[0]) == expected
    assert record.warnings == []


@pytest.mark.parametrize(
    "text",
    [
        "educação e construções",
        "compañía",
        "Ibáñez, cañón",
        "créées",
        "déçu",
        "fræði",
        "pääkkönen",
        "keittiöä",
        "«Café»",
        "Größe",
        "Öl",
        "élève passé",
        "Être",
    ],
)
def test_latin1_is_none_of_marc8(text: str) -> None:
    record = parse(iso(*title(text.encode("latin-1")), leader9=b" "))
    assert values(record, "245") == [text]
    assert record.warnings == ["leader says MARC-8, and the record is Latin-1. Read as Latin-1"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1b(NpRAWDA\x1b(B / news", "Правда / news"),
        (b"\x1b$1!0!\x1b(B.", "\u4e00."),
        (b"H\x1bb2\x1bsO", "H₂O"),
    ],
)
def test_escape_sequences_are_no_utf8(data: bytes, expected: str) -> None:
    record = parse(iso(*title(data), leader9=b"a"))
    assert record.by_tag["245"][0].subfields == [("a", expected)]
    assert record.warnings == ["leader says UTF-8, and the record is MARC-8. Read as MARC-8"]


@pytest.mark.parametrize("text", ["Soci\x1bsty", "Rome\x1b(New York)", "é \x1b(NpRAWDA\x1b(B"])
def test_an_escape_character_alone_makes_no_marc8(text: str) -> None:
    record = parse(iso(*title(text.encode()), leader9=b"a"))
    assert record.by_tag["245"][0].subfields == [("a", text)]


@pytest.mark.parametrize(
    ("data", "expected", "warning"),
    [
        (b"\x1b$1!0!!\x1b(B.", "\u4e00!.", "0x21"),
        (b"\x1b$1!0!!0\x1b(B.", "\u4e00!0.", "0x2130"),
        (b"\x1b$1!0! !0!\x1b(B.", "\u4e00 \u4e00.", ""),
    ],
)
def test_a_piece_of_an_east_asian_character_is_told(data: bytes, expected: str, warning: str) -> None:
    record = parse(iso(*title(data), leader9=b" "))
    assert record.by_tag["245"][0].subfields == [("a", expected)]
    told = f"245 $a: {warning} is no whole character of the East Asian set of MARC-8. Read as ASCII"
    assert record.warnings == ([told] if warning else [])


def test_subfields_without_length_are_none() -> None:
    record = parse(iso(("001", b"1"), ("245", b"10\x1fa\x1fbRest\x1fc"), ("500", b"  \x1fa"), ("501", b"  \x1f\x1faX")))
    assert [field.subfields for field in record.fields] == [[], [("b", "Rest")], [], [("a", "X")]]
    assert record.warnings == ["501: a subfield with neither code nor text. Left out"]


def test_one_field_in_another_encoding() -> None:
    record = parse(iso(*title(b"Caf\xe2e"), ("500", b"  \x1fa" + "é".encode()), leader9=b" "))
    assert (values(record, "245"), values(record, "500")) == (["Cafe\u0301"], ["é"])
    assert record.warnings == ["500 $a: is UTF-8; leader says MARC-8. Read as UTF-8"]


REPAIRED = ["Title", "second"]


@pytest.mark.parametrize(
    ("raw", "warnings"),
    [
        (iso(*title(b"Title"), ("500", b"  \x1fasecond"), length=7), ["leader: the length is '00007', and the record"]),
        (
            iso(*title(b"Title"), ("500", b"  \x1fasecond"), end=b"\x1e"),
            ["the record has no terminator (0x1D)"],
        ),
        (
            iso(*title(b"Title"), ("500", b"  \x1fasecond"), end=b""),
            ["the record has no terminator (0x1D)", "the last field has no terminator (0x1E)"],
        ),
        (
            iso(*title(b"Title"), ("500", b"  \x1fasecond"), lengths=[2, 12, 11]),
            ["directory: its entries are not where the fields are. Read field by field, in order"],
        ),
        (
            iso(*title(b"Title"), ("500", b"  \x1fasec\x1eond"), lengths=[2, 10, 12]),
            ["500: a field terminator (0x1E) stands in the field. Left out"],
        ),
        (
            iso(*title(b"Title"), ("500", b"  \x1fasecond"), ("9 9", b"")).replace(b"9 9000100023", b"9 90001x0023"),
            ["directory: its entries are not where"],
        ),
        (b"00914" + iso(*title(b"Title"), ("500", b"  \x1fasecond")), ["'00914' before the leader. Left out"]),
        (
            iso(*title(b"Title"), ("500", b"  \x1fasecond"), ("501", b"x")).replace(b"501", b"xx501"),
            [
                "leader: the base address is '00073', and the fields begin at 75",
                "leader: the length is",
                "directory: its entries are not of 12 bytes each",
            ],
        ),
    ],
)
def test_a_broken_structure_is_read_as_far_as_it_goes(raw: bytes, warnings: list[str]) -> None:
    record = parse(raw)
    assert [*values(record, "245"), *values(record, "500")] == REPAIRED
    found = [w for w in record.warnings if "has no subfields" not in w and "indicators" not in w and "text in" not in w]
    assert [told.startswith(said) for told, said in zip(found, warnings, strict=True)] == [True] * len(warnings)


def test_lengths_that_count_characters_and_a_stray_terminator() -> None:
    fields = [*title("Čapek".encode()), ("500", "  \x1faŽivot".encode()), ("504", b"  \x1fax\x1ey")]
    record = parse(iso(*fields, lengths=[2, 10, 10, 8]))
    assert [values(record, tag) for tag in ("245", "500", "504")] == [["Čapek"], ["Život"], ["xy"]]


def test_fields_in_another_order_than_their_entries() -> None:
    sound = iso(("245", b"10\x1fab"), ("001", b"x"))
    swapped = sound[:24] + sound[36:48] + sound[24:36] + sound[48:]
    assert [field.tag for field in parse(swapped).fields] == ["001", "245"]
    assert parse(swapped).warnings == []


def test_a_missing_terminator_of_a_field() -> None:
    sound = iso(("001", b"1"), ("245", b"10\x1faT"), ("500", b"  \x1fax"), ("504", b"  \x1fay"))
    record = parse(sound.replace(b"T\x1e", b"T "))
    assert [values(record, tag) for tag in ("245", "500", "504")] == [["T "], ["x"], ["y"]]
    assert record.warnings == ["245: the field does not end where the directory says"]


def test_a_field_of_megabytes() -> None:
    text = b"x" * 3_000_000
    record = parse(iso(*title(text), ("500", b"  \x1faend")))
    assert (values(record, "245"), values(record, "500")) == ([text.decode()], ["end"])


@pytest.mark.parametrize(
    ("tag", "data", "field", "warning"),
    [
        ("245", b"\x1faT", MarcField("245", "", " ", " ", [("a", "T")]), "245: has 0 characters for its two indica"),
        ("245", b"1\x1faT", MarcField("245", "", "1", " ", [("a", "T")]), "245: has 1 characters for its two indica"),
        ("245", b"10T\x1fbx", MarcField("245", "", "1", "0", [("a", "T"), ("b", "x")]), "245: has text in front of"),
        ("FMT", b"BOOK", MarcField("FMT", "", " ", " ", [("a", "BOOK")]), "FMT: has text in front of its subfields"),
        ("245", b"10\x1f\x1faT\x1f", MarcField("245", "", "1", "0", [("a", "T")]), "245: a subfield with neither code"),
        ("245", b"10\x1f\xc3\xa1T", MarcField("245", "", "1", "0", [("a", "T")]), "245: 'á' is not a subfield code."),
        ("245", b"10\x1f T", MarcField("245", "", "1", "0", [(" ", "T")]), "245: ' ' is not a subfield code"),
        (
            "008",
            b"150326s2015\x1f   nyu",
            MarcField("008", "150326s2015    nyu"),
            "008: a subfield delimiter (0x1F) st",
        ),
        ("001", b"17\x1f8", MarcField("001", "17 8"), "001: a subfield delimiter (0x1F) stands in the field."),
        ("001", b"  \x1fa17\x1ffb", MarcField("001", "17"), "001: a control field with subfields. Read as the text of"),
    ],
)
def test_bad_indicators_and_codes(tag: str, data: bytes, field: MarcField, warning: str) -> None:
    record = parse(iso((tag, data), ("500", b"  \x1fasound")))
    assert record.fields == [field, MarcField("500", "", " ", " ", [("a", "sound")])]
    assert [told.startswith(warning) for told in record.warnings] == [True]


def test_the_broken_records_of_other_projects() -> None:
    assert values(one("pymarc/bad_indicator.dat"), "245") == [
        "Aristocrats of color : the Black elite, 1880-1920 / Willard B. Gatewood."
    ]
    assert values(one("pymarc/bad_subfield_code.dat"), "245") == ["ActivePerl with ASP and ADO / Tobias Martinsson."]
    assert values(one("pymarc/utf8_without_leader_flag.dat"), "240") == [
        "De la solitude a\u0300 la communaute\u0301. English."
    ]
    escapes = one("pymarc/bad_marc8_escape.dat")
    assert values(escapes, "022") == ["0750-6848"]
    assert len(escapes.warnings) == 8
    danish = one("yaz/marc4.marc")
    assert (danish.by_tag["001"][0].value, values(danish, "245")) == ("a00001508", ["Byfornyelse ved Ibsen-Ringen"])
    assert danish.warnings[0] == "'00914' before the leader. Left out"
    assert "Granlund, Tom Kristian Augustsgate Pilestredet 19" in values(danish, "648")


def test_warnings_have_an_end() -> None:
    record = parse(iso(*[("500", b"\xff\xff\x1fa\xff")] * 40))
    assert len(record.warnings) == 26
    assert record.warnings[-1] == "and 55 more"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "MARC: 0 bytes are not a record"),
        (b"00026nam a22", "MARC: 12 bytes are not a record"),
        (b"x" * 100, "MARC: no field terminator (0x1E) after the leader"),
        (iso(), "MARC: the record has no fields"),
        (b"<record><leader>x</leader>", "XML line 1 of the record"),
        (b"<record><leader>x</leader></record>", "MARCXML: the record has no fields"),
        (b"<mods/>", "MARCXML: <mods> is not a MARC record"),
        (b'{"leader": "x", "fields": [', "MARC-in-JSON: "),
        (b'{"leader": "x", "fields": []}', "MARC-in-JSON: the record has no list of fields"),
        (b'{"leader": "x", "fields": ["245"]}', "MARC-in-JSON: '245' is not a field"),
    ],
)
def test_what_cannot_be_read(raw: bytes, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse(raw)
    assert caught.value.reason.startswith(reason)


def test_a_directory_that_points_at_the_same_bytes_again_and_again() -> None:
    raw = iso(("500", b"y" * 4000 + b"\x1e" + b"y" * 4998))
    with pytest.raises(RecordError, match="again and again"):
        parse(raw[:24] + b"500900000000" * 5000 + raw[36:])


def as_xml(record: pymarc.Record, prefix: str, namespace: bool) -> bytes:
    written: str = pymarc.record_to_xml(record, namespace=False).decode()  # type: ignore[no-untyped-call]
    for name in ("record", "leader", "controlfield", "datafield", "subfield"):
        written = written.replace(f"<{name}", f"<{prefix}{name}").replace(f"</{name}", f"</{prefix}{name}")
    declared = f' xmlns{":" if prefix else ""}{prefix.rstrip(":")}="{NAMESPACE}"' if namespace else ""
    return written.replace(f"<{prefix}record", f"<{prefix}record{declared}", 1).encode()


def test_xml_and_json_say_the_same_as_iso_2709() -> None:
    for raw in list(raws(LC))[::20]:
        expected, theirs = parse(raw), pymarc.Record(data=raw)
        written = [
            as_xml(theirs, "", True),
            as_xml(theirs, "marc:", True),
            as_xml(theirs, "", False),
            theirs.as_json().encode(),
            json.dumps(theirs.as_dict(), indent=1).encode(),
        ]
        for other in written:
            assert parse(other).fields == expected.fields
            assert parse(other).leader[5:] == expected.leader[5:]
            assert parse(other).warnings == []


@pytest.mark.parametrize(
    ("raw", "warning"),
    [
        (
            b"<record><leader>00000nam a2200</leader><controlfield tag='001'>1</controlfield></record>",
            "leader: has 14 characters, not 24",
        ),
        (
            b"<record><leader>00000nam a2200000 a 4500 x</leader><controlfield tag='001'>1</controlfield></record>",
            "leader: has 26 characters, not 24",
        ),
        (b"<record><controlfield tag='001'>1</controlfield></record>", "has no leader"),
        (
            b"<record><leader>00000nam a2200000 a 4500</leader><controlfield tag='001'>1</controlfield>"
            b"<datafeld tag='245'/></record>",
            "245: <datafeld> is no field of a MARC record. Left out",
        ),
        (
            b'{"leader":"00000nam a2200000 a 4500","fields":[{"001":1},{"245":{"ind1":"","subfields":[{"a":"T"}]}}]}',
            "245: the indicators are '' and ' '",
        ),
        (
            b'{"leader":"00000nam a2200000 a 4500","fields":[{"001":"1"},{"245":{"subfields":[{"ab":"T"}]}}]}',
            "245: the subfield codes are 'ab'",
        ),
        (
            b'{"leader":"00000nam a2200000 a 4500","fields":[{"001":"1"},{"245":{"subfields":"T"}}]}',
            "245: its subfields are not a list of objects",
        ),
    ],
)
def test_what_is_odd_in_xml_and_json(raw: bytes, warning: str) -> None:
    record = parse(raw)
    assert warning in record.warnings
    assert len(record.leader) == 24
    assert record.by_tag["001"][0].value == "1"


LEADER = "00000nam a2200000 a 4500"
IN_FRONT = "245: has text in front of its subfields. Read as $a"
AS_TEXT = "001: a control field with subfields. Read as the text of its first one"


@pytest.mark.parametrize(
    ("field", "read", "warnings"),
    [
        ("<controlfield tag='245'>Title</controlfield>", [("a", "Title")], [IN_FRONT]),
        ("<datafield tag='245' ind1=' ' ind2=' '>Title</datafield>", [("a", "Title")], [IN_FRONT]),
        (
            "<datafield tag='245' ind1=' ' ind2=' '>Lost text <subfield code='b'>x</subfield>\n</datafield>",
            [("a", "Lost text"), ("b", "x")],
            [IN_FRONT],
        ),
        (
            "<datafield tag='245' ind1=' ' ind2=' '>\n<subfield code='a'>T</subfield> and "
            "<subfield code='b'>x</subfield></datafield>",
            [("a", "T"), ("a", "and"), ("b", "x")],
            ["245: has text between its subfields. Read as $a"],
        ),
        ({"245": "Title"}, [("a", "Title")], [IN_FRONT]),
        (["245", "Title"], [("a", "Title")], [IN_FRONT]),
    ],
)
def test_text_of_a_data_field_outside_of_its_subfields(
    field: str | dict[str, str] | list[str], read: list[tuple[str, str]], warnings: list[str]
) -> None:
    raw = (
        f"<record><leader>{LEADER}</leader><controlfield tag='001'>1</controlfield>{field}</record>"
        if isinstance(field, str)
        else json.dumps({"leader": LEADER, "fields": [{"001": "1"}, field]})
    )
    record = parse(raw.encode())
    assert record.by_tag["245"] == [MarcField("245", "", " ", " ", read)]
    assert record.warnings == warnings


def test_fields_without_a_tag_are_left_out_and_told() -> None:
    inner = "<subfield code='a'>T</subfield><subfield code='b'>x</subfield>"
    raw = (
        f"<record><leader>{LEADER}</leader><controlfield tag='001'>1</controlfield><datafield ind1=' ' ind2=' '>{inner}"
        f"</datafield><datafield tag='2450' ind1=' ' ind2=' '>{inner}</datafield></record>"
    )
    parts = [{"a": "T"}, {"b": "x"}]
    other = {"leader": LEADER, "fields": [{"001": "1"}, {"": {"subfields": parts}}, {"2450": {"subfields": parts}}]}
    for written in (raw, json.dumps(other)):
        record = parse(written.encode())
        assert record.fields == [MarcField("001", "1")]
        assert record.warnings == ["a field has no tag. Left out: 'T x'", "'2450' is no tag. Left out: 'T x'"]
    with pytest.raises(RecordError, match="the record has no fields"):
        parse(f"<record><leader>{LEADER}</leader><datafield>{inner}</datafield></record>".encode())


def test_a_control_field_with_subfields_in_xml_and_json() -> None:
    for raw in (
        f"<record><leader>{LEADER}</leader><datafield tag='001'><subfield code='a'>17</subfield></datafield></record>",
        json.dumps({"leader": LEADER, "fields": [{"001": {"subfields": [{"a": "17"}, {"b": "x"}]}}]}),
        json.dumps({"leader": LEADER, "fields": [["001", " ", " ", [["a", "17"]]]]}),
    ):
        record = parse(raw.encode())
        assert (record.fields, record.warnings) == ([MarcField("001", "17")], [AS_TEXT])


CONTROLS = "characters that XML does not allow were replaced by spaces: U+0001, U+0008, U+000C"


@pytest.mark.parametrize("leader9", [b"a", b" "])
def test_control_characters_are_spaces_in_each_form(leader9: bytes) -> None:
    text = "a\x01b\x08c\x0cd\te"
    iso2709 = iso(*title(text.encode()), leader9=leader9)
    written = json.dumps({"leader": LEADER, "fields": [{"001": "1"}, {"245": {"subfields": [{"a": text}]}}]})
    in_xml = (
        f"<record><leader>{LEADER}</leader><controlfield tag='001'>1</controlfield><datafield tag='245' ind1='1' "
        f"ind2='0'><subfield code='a'>{text}</subfield></datafield></record>"
    )
    content = json.dumps({"parsedRecord": {"content": written}})
    for raw in (iso2709, written.encode(), in_xml.encode(), content.encode()):
        record = parse(raw)
        assert values(record, "245") == ["a b c d\te"]
        assert record.warnings == [CONTROLS]


def test_a_terminator_of_records_in_a_field_is_a_space() -> None:
    record = parse(iso(*title(b"a\x1db")))
    assert values(record, "245") == ["a b"]
    assert record.warnings == ["characters that XML does not allow were replaced by spaces: U+001D"]


@pytest.mark.parametrize("text", ["T", "\\u0001"])
def test_fields_nested_without_end_are_refused(text: str) -> None:
    deep = "[" * 900 + f'"{text}"' + "]" * 900
    with pytest.raises(RecordError, match="MARC-in-JSON: Recursion limit reached"):
        parse(f'{{"leader":"{LEADER}","fields":[{{"001":"1"}},{{"500":{deep}}}]}}'.encode())


def test_a_backslash_in_json_escapes_no_control_character() -> None:
    for text in ("C:\\u0001 \\b \\\\f", "a\nb\u0085c \\n"):
        written = json.dumps({"leader": LEADER, "fields": [{"001": "1"}, {"245": {"subfields": [{"a": text}]}}]})
        record = parse(written.encode())
        assert (values(record, "245"), record.warnings) == ([text], [])


def test_fullrecord_is_what_vufind_reads() -> None:
    record = parse(iso(("001", b"1"), ("245", b'10\x1faQ "x"\x1fb\xe2e'), leader9=b" "))
    leader = record.leader[:9] + "a" + record.leader[10:]
    title = '{"subfields":[{"a":"Q \\"x\\""},{"b":"e\\u0301"}],"ind1":"1","ind2":"0"}'
    assert fullrecord(record) == f'{{"leader":"{leader}","fields":[{{"001":"1"}},{{"245":{title}}}]}}'


def test_fullrecord_is_solrmarcs_to_the_byte() -> None:
    """Its order of keys, its escapes, and the last 001 alone."""
    record = parse(iso(("001", b"0"), ("245", "10\x1fa\u00ff\u0160\u65e5\U0001d11e\u2028</".encode()), ("001", b"1")))
    text = r"\u0160\u65e5\ud834\udd1e\u2028</"
    assert fullrecord(record) == (
        f'{{"leader":"{record.leader}","fields":[{{"001":"1"}},'
        f'{{"245":{{"subfields":[{{"a":"\u00ff{text}"}}],"ind1":"1","ind2":"0"}}}}]}}'
    )


@pytest.mark.parametrize("path", [LC, DATA / "marc8", DATA / "yaz"], ids=lambda path: path.name)
def test_fullrecord_holds_the_whole_record(path: Path) -> None:
    for raw in raws(path):
        record = parse(raw)
        text = fullrecord(record)
        again = parse(text.encode())
        assert (again.fields, again.warnings) == (record.fields, [])
        (theirs,) = pymarc.JSONReader(f"[{text}]")
        assert theirs is not None
        assert len(theirs.fields) == len(record.fields)


@pytest.mark.parametrize("status", [b"d", b"n", b"c"])
def test_deleted_records(status: bytes) -> None:
    raw = iso(*title(b"d d d"), status=status)
    other = fullrecord(parse(raw)).encode()
    written = [raw, b"00914" + raw, other, as_xml(pymarc.Record(data=raw), "", True), raw[:-1], b" " + other]
    assert [parse(each).leader[5] for each in written] == [status.decode()] * len(written)


SOUND = [*list(raws(LC))[:40:8], *raws(DATA / "marc8"), *raws(DATA / "yaz")]
WRITTEN = [*SOUND, *(fullrecord(parse(raw)).encode() for raw in SOUND[:2])]


@settings(max_examples=400)
@given(
    raw=st.sampled_from(WRITTEN),
    cuts=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 30), st.binary(max_size=20)), max_size=6),
)
def test_whatever_happens_to_a_record_it_is_read_or_refused(raw: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for at, size, inserted in cuts:
        raw = raw[:at] + inserted + raw[at + size :]
    try:
        record = parse(raw)
    except RecordError:
        return
    assert len(record.leader) == 24
    assert all(len(field.ind1) == len(field.ind2) == 1 for field in record.fields)
    assert json.loads(fullrecord(record))["fields"]


@pytest.mark.parametrize(
    ("damage", "warning"),
    [
        ((6, b" "), "leader: 06 holds ' '"),
        ((6, b"|"), "leader: 06 holds '|'"),
        ((9, b"\x14"), "leader: 09 holds '\\x14'"),
        ((0, b"?????"), "leader: the length is '?????', and the record has 62 bytes"),
        ((5, b"\xff"), "leader: 05 holds '\\xff'"),
        ((12, b"?"), "leader: the base address is '?0049', and the fields begin at 49"),
    ],
)
def test_a_byte_of_the_leader_costs_no_record(damage: tuple[int, bytes], warning: str) -> None:
    sound = iso(*title(b"Title"))
    record = parse(sound[: damage[0]] + damage[1] + sound[damage[0] + len(damage[1]) :])
    assert (values(record, "001"), values(record, "245")) == (["1"], ["Title"])
    assert record.warnings == [warning]


@pytest.mark.parametrize(("at", "put"), [(0, b""), (3, b""), (4, b""), (19, b"xx")])
def test_a_leader_that_lost_or_got_a_byte(at: int, put: bytes) -> None:
    sound = iso(*title(b"Title"))
    record = parse(sound[:at] + put + sound[at + 1 :])
    assert (values(record, "001"), values(record, "245")) == (["1"], ["Title"])
    assert record.leader[6:8] == "am"
    assert record.warnings[0] == f"leader: has {23 + len(put)} bytes, not 24"


@pytest.mark.parametrize("entry", [24, 36, 48])
@pytest.mark.parametrize(
    ("at", "put"), [(at, put) for at in range(12) for put in (b"", b"7%c", b"x%c", b"\xff%c") if at > 3 or put[1:]]
)
def test_an_entry_that_lost_or_got_a_byte_keeps_its_field_or_loses_it(entry: int, at: int, put: bytes) -> None:
    """No other tag comes out of it: 0017 may have been 001, 017 or 007."""
    sound = iso(("001", b"17"), ("245", b"10\x1faTitle"), ("505", b"  \x1fasecond"))
    place = entry + at
    record = parse(sound[:place] + (put % sound[place] if put else b"") + sound[place + 1 :])
    told = {"001": ["17"], "245": ["Title"], "505": ["second"]}
    if put == b"7%c" and at < 4:
        del told[sound[entry : entry + 3].decode()]
    assert {field.tag: values(record, field.tag) for field in record.fields} == told
    assert [warning for warning in record.warnings if warning.startswith("directory: ")]


def test_a_control_number_whose_tag_got_a_zero() -> None:
    sound = iso(("001", b"17"), ("245", b"10\x1faTitle"))
    assert values(parse(sound[:24] + b"0" + sound[24:]), "001") == ["17"]


@pytest.mark.parametrize("at", [24, 25, 26])
def test_a_tag_that_lost_a_digit_is_not_guessed(at: int) -> None:
    sound = iso(("001", b"17"), ("245", b"10\x1faTitle"), ("500", b"  \x1fasecond"))
    record = parse(sound[:at] + sound[at + 1 :])
    assert [field.tag for field in record.fields] == ["245", "500"]
    assert "directory: has no entry for some of the fields. Left out" in record.warnings


def test_a_directory_wider_than_its_standard() -> None:
    """More than 99,999 bytes before a field, or 9,999 in it: the entry grows, and all behind it are out of step."""
    items = [("952", b"  \x1fa" + b"x" * 1000) for _ in range(120)]
    record = parse(overflowing(*title(b"Title"), *items, ("856", b"40\x1fuhttp://x.org")))
    assert [field.tag for field in record.fields] == ["001", "245", *["952"] * 120, "856"]
    assert values(record, "856") == ["http://x.org"]
    long = parse(overflowing(*title(b"Title"), ("505", b"0 \x1fa" + b"y" * 20_000), ("650", b" 0\x1faCats")))
    assert [field.tag for field in long.fields] == ["001", "245", "505", "650"]
    assert values(long, "650") == ["Cats"]
    assert "directory: its entries are not of 12 bytes each" in long.warnings


def test_a_tag_out_of_step_is_not_trusted() -> None:
    """No id comes out of a piece of another field, and no tag of digits that are none."""
    sound = iso(("245", b"10\x1faT"), ("500", b"  \x1faone"), ("504", b"  \x1fatwo"), ("650", b" 0\x1fathree"))
    directory = sound[24:72]
    torn = sound[:24] + directory[:12] + b"0010" + directory[12:] + sound[72:]  # four bytes too many
    record = parse(torn)
    assert [(field.tag, field.subfields) for field in record.fields] == [
        ("245", [("a", "T")]),
        ("500", [("a", "one")]),
        ("504", [("a", "two")]),
        ("650", [("a", "three")]),
    ]
    lost = parse(iso(("245", b"10\x1faT"), ("001", b"12 3"), ("500", b"  \x1fax\x1ey"), lengths=[5, 3, 9]))
    assert "001" not in lost.by_tag


@pytest.mark.parametrize(
    ("leader", "read"),
    [
        ("\n    00000nam a2200000 a 4500\n  ", "00000nam a2200000 a 4500"),
        ("nam a22     a 4500", "      nam a22     a 4500"),
        ("00000nam a2200000 a 450", "00000nam a2200000 a 450 "),
        ("00000nam a2200000 a", "00000nam a2200000 a     "),
        ("     nam a22     2a 4500", "     nam a22     2a 4500"),
        ("     nam a22      a     ", "     nam a22      a     "),
    ],
)
def test_a_leader_that_is_indented_or_trimmed_is_whole(leader: str, read: str) -> None:
    fields = "<controlfield tag='001'>1</controlfield>"
    injected = "<identifier>oai:x:1</identifier><datestamp>2026-01-01</datestamp>"
    for raw in (
        f"<record>{injected}<leader>{leader}</leader>{fields}</record>",
        json.dumps({"leader": leader, "fields": [{"001": "1"}]}),
    ):
        record = parse(raw.encode())
        assert (record.leader, record.warnings) == (read, [])


def test_tags_that_a_program_took_for_numbers() -> None:
    leader = "00000nam a2200000 a 4500"
    raw = (
        f"<record><leader>{leader}</leader><controlfield tag='1'>1</controlfield><datafield tag='20' ind1=' ' ind2=' '>"
        "<subfield code='a'>0198526636</subfield></datafield><datafield tag='AB'/></record>"
    )
    for written in (
        raw,
        json.dumps({"leader": leader, "fields": [{"1": "1"}, {"20": {"subfields": []}}, {"AB": "x"}]}),
    ):
        assert [field.tag for field in parse(written.encode()).fields] == ["001", "020", "AB"]


@pytest.mark.parametrize("damage", [(6, b" "), (6, b"|"), (0, b"?????"), (9, b"\x14")])
def test_a_damaged_leader_says_still_that_its_record_is_deleted_and_when_it_changed(damage: tuple[int, bytes]) -> None:
    at, put = damage
    for status in (b"d", b"n"):
        sound = iso(("001", b"1"), ("005", b"20260102030405.0"), ("245", b"10\x1faT"), status=status)
        raw = sound[:at] + put + sound[at + len(put) :]
        assert (parse(raw).leader[5], last_change(raw)) == (status.decode(), 1767323045)


def test_a_long_record_without_sense_is_told_so_at_once() -> None:
    """Nothing is looked for from each of its bytes to its end."""
    assert parse(b"word" + b"245000100000" * 200_000 + b"xx\x1e\x1d").warnings
    entries = b"".join(b"500000%d%05d" % (n % 10, n) for n in range(9_000))
    record = parse(b"99999nam a2200000 a 4500" + entries + b"\x1e" + b"  \x1fax\x1e" * 9_500 + b"\x1d")
    assert record.warnings
