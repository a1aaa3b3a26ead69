import json
from pathlib import Path

import pytest
from lxml import etree

from indexer.model.records import Record
from tests.sources.marc_records import ONE as MARC_ONE
from tests.sources.reading import only, raws, read_bytes, records

XML = '<?xml version="1.0" encoding="{}"?>\n<PubmedArticleSet><PubmedArticle>{}</PubmedArticle></PubmedArticleSet>'


def xml(declared: str, title: str, encoding: str) -> bytes:
    return XML.format(declared, title).encode(encoding)


@pytest.mark.parametrize(
    ("declared", "encoding", "title"),
    [
        ("UTF-8", "utf-8", "Łódź"),
        ("utf-8", "utf-8-sig", "Łódź"),
        ("ISO-8859-1", "latin-1", "é\x85"),
        ("windows-1252", "cp1252", "é–€"),
        ("KOI8-R", "koi8-r", "Мир"),
        ("Shift_JIS", "shift_jis", "日本"),
        ("GB18030", "gb18030", "中文"),
        ("UTF-16", "utf-16", "Łódź"),
        ("UTF-16LE", "utf-16-le", "Łódź"),
        ("UTF-16BE", "utf-16-be", "Łódź"),
        ("UTF-16", "utf-8", "Łódź"),
        ("US-ASCII", "utf-8", "Łódź"),
        ("UTF-32", "utf-32", "Łódź"),
    ],
)
def test_records_are_utf_8_whatever_the_file_is(tmp_path: Path, declared: str, encoding: str, title: str) -> None:
    (found,) = records(read_bytes(tmp_path, xml(declared, title, encoding)))
    assert found.raw.decode() == f"<PubmedArticle>{title}</PubmedArticle>"
    assert (found.position.offset is None) == (not encoding.startswith("utf-8"))


@pytest.mark.parametrize(
    ("declared", "bad"),
    [("UTF-8", b"\xe9"), ("windows-1252", b"\x81"), ("EUC-JP", b"\x8f\xa1"), ("UTF-16LE", b"\0\xd8")],
)
def test_bytes_that_the_encoding_does_not_have_fail_their_record_alone(
    tmp_path: Path, declared: str, bad: bytes
) -> None:
    codec = "utf-16-le" if declared == "UTF-16LE" else "ascii"
    content = xml(declared, "?</PubmedArticle><PubmedArticle>good", codec).replace(
        "?<".encode(codec), bad + "<".encode(codec)
    )
    broken, good = read_bytes(tmp_path, content)
    assert isinstance(broken, Record)
    assert isinstance(good, Record)
    assert b"\xef\xbf\xbd" not in broken.raw
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(broken.raw)
    assert good.raw == b"<PubmedArticle>good</PubmedArticle>"


@pytest.mark.parametrize("declared", ["klingon", "hex", "unicode_escape", "utf-7", "\u00e9"])
def test_an_unknown_encoding_is_a_fault(tmp_path: Path, declared: str) -> None:
    fault = only(read_bytes(tmp_path, xml(declared, "x", "utf-8")))
    assert "names the encoding" in fault.reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_json(tmp_path: Path, encoding: str) -> None:
    docs = [{"id": "é"}, {"id": "Ł"}]
    content = "\n".join(json.dumps(doc, ensure_ascii=False) for doc in docs).encode(encoding)
    assert [json.loads(raw) for raw in raws(records(read_bytes(tmp_path, content)))] == docs


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ['[{"id": "1"}]', ' \n{"id": "1"}', "\n<add><doc><field name='id'>1</field></doc></add>"]
)
def test_utf_16_without_a_mark_is_told_by_its_zero_bytes(tmp_path: Path, encoding: str, text: str) -> None:
    (found,) = records(read_bytes(tmp_path, text.encode(encoding)))
    assert found.format == "solr_json"
    assert b"\0" not in found.raw


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("format", "name"), [("csv", "t.csv"), ("delete", "x.delete"), ("marc", "x.mrc"), (None, "x")])
def test_utf_16_without_a_mark_that_is_something_else_is_a_fault(
    tmp_path: Path, encoding: str, format: str | None, name: str
) -> None:
    fault = only(read_bytes(tmp_path, "id,title\r\n1,Café\r\n".encode(encoding), name, format))
    assert fault.reason == "seems to be UTF-16 without a byte-order mark: every other byte is zero"


BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "junk", [BOM * 2, BOM * 3 + b"\r\n", b"\n" + BOM, b" \n" + BOM + b"\t" + BOM + b"\n", b"\n" * 5000, BOM * 2000]
)
@pytest.mark.parametrize(
    ("content", "raw"),
    [
        (xml("UTF-8", "Łódź", "utf-8"), "<PubmedArticle>Łódź</PubmedArticle>"),
        (b'{"id": "1"}', '{"id": "1"}'),
    ],
)
def test_any_run_of_marks_and_white_space_is_passed_over(tmp_path: Path, junk: bytes, content: bytes, raw: str) -> None:
    (found,) = records(read_bytes(tmp_path, junk + content))
    assert found.raw.decode() == raw
    assert found.position.offset == (junk + content).index(raw.encode())


def test_white_space_before_a_declaration_and_several_marks_of_utf_16(tmp_path: Path) -> None:
    (found,) = records(read_bytes(tmp_path, b"\n" * 3000 + xml("ISO-8859-1", "é", "latin-1")))
    assert found.raw.decode() == "<PubmedArticle>é</PubmedArticle>"
    (found,) = records(read_bytes(tmp_path, b"\xff\xfe" * 3 + '{"id": "é"}'.encode("utf-16-le")))
    assert found.raw.decode() == '{"id": "é"}'


def test_marks_between_documents_are_none_of_their_content(tmp_path: Path) -> None:
    one = xml("UTF-8", "one", "utf-8")
    found = records(read_bytes(tmp_path, BOM + one + b"\r\n" + BOM + one))
    assert raws(found) == [b"<PubmedArticle>one</PubmedArticle>"] * 2


def test_a_blank_that_begins_a_leader_stays(tmp_path: Path) -> None:
    """MARC with a length of blanks: white space is passed over before XML alone."""
    content = MARC_ONE.replace(MARC_ONE[:5], b"     ", 1)
    (found,) = records(read_bytes(tmp_path, BOM + content))
    assert found.raw == content
