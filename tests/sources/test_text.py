from pathlib import Path

from indexer.model.records import Header
from tests.sources.reading import faults, only, raws, read_bytes, records


def test_a_list_of_deleted_ids(tmp_path: Path) -> None:
    content = "\ufeffoai:x:1\r\n\n  oai:x:ü \noai:x:3".encode()
    found = records(read_bytes(tmp_path, content, "17_oai.delete"))
    assert [(r.format, r.raw.decode(), r.header, r.position.ordinal) for r in found] == [
        ("delete", id, Header(identifier=id, deleted=True), n)
        for n, id in enumerate(["oai:x:1", "oai:x:ü", "oai:x:3"], 1)
    ]
    assert [r.position.offset for r in found] == [content.index(b"oai:x:" + c) for c in (b"1", "ü".encode(), b"3")]


def test_ids_that_are_none(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b"a\n\xe9\n" + b"x" * 70_000 + b"\nb\n", "x.delete")
    assert raws(found) == [b"a", b"b"]
    assert [(f.position.ordinal, f.reason) for f in faults(found)] == [
        (2, "the id to be deleted is not UTF-8"),
        (3, "is too long for an id: only its beginning is kept"),
    ]


def test_an_error_page_is_no_list_of_ids(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b'oai:x:1\n<html><body>\n{"error": "limit"}\n', "x.delete")
    assert raws(found) == [b"oai:x:1"]
    assert [fault.reason for fault in faults(found)] == ["is markup and no id to be deleted"] * 2


def test_an_empty_list_is_told(tmp_path: Path) -> None:
    assert only(read_bytes(tmp_path, b"", "x.delete")).reason == "is empty"


def test_standard_input_has_no_name_and_needs_the_format(tmp_path: Path) -> None:
    assert only(read_bytes(tmp_path, b"abc\n")).reason == r"format not recognised: begins with 'abc\x0a'"
    assert raws(records(read_bytes(tmp_path, b"abc\n", format="delete"))) == [b"abc"]


def test_ids_with_carriage_returns_between_them_are_told(tmp_path: Path) -> None:
    fault = only(read_bytes(tmp_path, b"a\rb\rc\r", "x.delete"))
    assert fault.reason == "the id to be deleted has a carriage return in it"
