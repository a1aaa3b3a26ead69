import json
from pathlib import Path

import pytest
from lxml import etree

from indexer.records import Record
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
