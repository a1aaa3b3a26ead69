from pathlib import Path

import pytest

from indexer.formats import to_document
from indexer.formats.profiles import bundled
from indexer.model.records import Position
from indexer.sources import read
from tests.growth import check_growth
from tests.sources.reading import faults, only, raws, read_bytes, records

HEADER = b"id,title"


def rows(tmp_path: Path, content: bytes) -> list[bytes]:
    """The rows of a table, without the header that each has in front."""
    found = records(read_bytes(tmp_path, content, "t.csv", format="csv"))
    assert {r.format for r in found} <= {"csv"}
    assert all(r.raw.startswith(HEADER + b"\n") for r in found)
    return [r.raw.removeprefix(HEADER + b"\n") for r in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"1,A\n2,B\n", [b"1,A", b"2,B"]),
        (b"1,A\r\n2,B", [b"1,A", b"2,B"]),
        (b'1,"A\nB"\n2,"C\r\n\r\nD"\r\n', [b'1,"A\nB"', b'2,"C\r\n\r\nD"']),
        (b'"1","A ""x""\n, y"\n2,B\n', [b'"1","A ""x""\n, y"', b"2,B"]),
        (b'\n1,A\n \r\n,\n,,,\n"",""\n2,B\n\n', [b"1,A", b"2,B"]),
        (b'1,5" disk\n2,B\n', [b'1,5" disk', b"2,B"]),
        (b'1,"A\n2,B\n3,"C"\n', [b'1,"A', b"2,B", b'3,"C"']),
        (b'1,"A" x\n2,B\n', [b'1,"A" x', b"2,B"]),
        (b'1,"A', [b'1,"A']),
        (b'1,""', [b'1,""']),
        (b"", []),
    ],
)
def test_rows(tmp_path: Path, body: bytes, expected: list[bytes]) -> None:
    assert rows(tmp_path, HEADER + b"\n" + body) == expected


def test_rows_are_found_whatever_the_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = HEADER + b"\n" + b"".join(b'%d,"A ""%d""\n%s"\n' % (n, n, b"x" * n) for n in range(200))
    whole = rows(tmp_path, content)
    monkeypatch.setattr("indexer.sources.files.CHUNK", 7)
    assert rows(tmp_path, content) == whole
    assert len(whole) == 200


def test_a_byte_order_mark_and_a_hint_for_spreadsheets_are_no_header(tmp_path: Path) -> None:
    assert rows(tmp_path, b"\xef\xbb\xbf" + HEADER + b"\n1,A\n") == [b"1,A"]
    assert rows(tmp_path, b"sep=,\r\n" + HEADER + b"\n1,A\n") == [b"1,A"]
    (found,) = records(read_bytes(tmp_path, "\ufeffid,title\r\n1,Café\r\n".encode("utf-16-le"), format="csv"))
    assert found.raw == "id,title\n1,Café".encode()


def test_tables_that_were_put_together(tmp_path: Path) -> None:
    bom = b"\xef\xbb\xbf"
    content = bom + HEADER + b"\n1,A\n" + bom + b'"2","B\nb"\r\n' + bom + HEADER + b"\n3,C\n" + HEADER + b"\r\n"
    assert rows(tmp_path, content) == [b"1,A", b'"2","B\nb"', b"3,C"]
    assert rows(tmp_path, (HEADER + b"\n") * 2) == []
    found = records(read([str(tmp_path / "t.csv")], source="s", format="csv", header=False))
    assert raws(found) == [b"\n" + HEADER] * 2  # a row like others


@pytest.mark.parametrize("end", [b"\x1a", b"\n\x1a", b"\r\n\x1a\r\n", b"\x1a\x1a"])
def test_the_mark_of_the_end_of_a_file_is_no_row(tmp_path: Path, end: bytes) -> None:
    assert rows(tmp_path, HEADER + b"\n1,A\n2,\x1aB" + end) == [b"1,A", b"2,\x1aB"]


def test_positions_are_those_of_the_rows(tmp_path: Path) -> None:
    content = HEADER + b'\n1,"A\nB"\n\n2,C\n'
    found = records(read_bytes(tmp_path, content, "t.csv", format="csv"))
    assert [r.position for r in found] == [
        Position(str(tmp_path / "t.csv"), 1, 9),
        Position(str(tmp_path / "t.csv"), 2, content.index(b"2,C")),
    ]


def test_a_row_above_the_limit_is_a_fault_and_the_reading_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.window.RECORD_LIMIT", 1 << 20)
    content = HEADER + b"\n1,A\n2," + b"x" * (3 << 20) + b"\n3,C\n"
    found = read_bytes(tmp_path, content, format="csv")
    assert raws(found) == [HEADER + b"\n1,A", HEADER + b"\n3,C"]
    (fault,) = faults(found)
    assert fault.reason == "is larger than 1 MiB: only its beginning is kept"
    assert len(fault.raw) == 64 << 10


def test_a_quote_that_is_not_closed_within_the_limit_takes_no_row_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.window.RECORD_LIMIT", 1 << 16)
    monkeypatch.setattr("indexer.sources.content.HEAD", 1 << 14)
    behind = [b"%d,C" % number for number in range(3, 100_000)]
    content = b"\n".join([HEADER, b"1,A", b'2,"' + b"x" * (1 << 17), *behind])
    found = raws(read_bytes(tmp_path, content, format="csv"))
    assert found == [HEADER + b"\n" + row for row in (b"1,A", *behind)]


def test_quotes_that_never_close_cost_no_time(tmp_path: Path) -> None:
    def work(count: int) -> None:
        assert len(rows(tmp_path, HEADER + b"\n" + b'1,"x\n' * count)) == count

    check_growth(work, 50_000)


def test_a_rejected_row_can_be_read_again_by_itself(tmp_path: Path) -> None:
    (first,) = records(read_bytes(tmp_path, HEADER + b'\n1,"A\nB"\n', format="csv"))
    (again,) = records(read_bytes(tmp_path, first.raw, "again", format="csv"))
    assert again.raw == first.raw
    assert to_document(first, bundled()["csv"]) == to_document(again, bundled()["csv"])


def test_a_table_needs_a_profile(tmp_path: Path) -> None:
    fault = only(read_bytes(tmp_path, HEADER + b"\n1,A\n", "t.csv"))
    assert fault.reason.startswith("format not recognised: begins with 'id,title")
    assert "--profile" in fault.advice


def test_other_dumps_under_such_a_profile_are_told_from_tables(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"id": "1"}\n{"id": "2"}\n')
    found = records(read([str(tmp_path / "a.json")], source="test", format="csv"))
    assert {r.format for r in found} == {"solr_json"}


@pytest.mark.parametrize("content", [b"id,title\r1,A\r2,B\r", b'"id","title"\r"1","A"', b"id\ttitle\r1\tA\n"])
def test_rows_that_end_in_carriage_returns_are_told(tmp_path: Path, content: bytes) -> None:
    """Each would be a part of the header, and the table hold nothing."""
    fault = only(read_bytes(tmp_path, content, "t.csv", format="csv"))
    assert fault.reason == "the rows of this table end in carriage returns alone"


def test_a_carriage_return_in_a_cell_is_none_of_those(tmp_path: Path) -> None:
    (found,) = records(read_bytes(tmp_path, b'id,"ti\rtle"\r\n1,"A\rB"\r\n', "t.csv", format="csv"))
    assert found.raw == b'id,"ti\rtle"\n1,"A\rB"'


@pytest.mark.parametrize(
    "content", [b"Fatal error: no memory in /x.php\n", b"<html><body>Log in</body></html>", b"\x00\x01\x02"]
)
def test_one_line_that_is_no_header_is_told(tmp_path: Path, content: bytes) -> None:
    [fault] = read_bytes(tmp_path, content, "t.csv", format="csv")
    assert only(faults([fault]))


@pytest.mark.parametrize("content", [b"id,title\n", b"id\n", b'"id"\r\n', b"id\ttitle", b"\n\n", b""])
def test_a_table_without_rows_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    assert not [item for item in read_bytes(tmp_path, content, "t.csv", format="csv") if content.strip()]


def test_a_table_without_a_header_gives_its_first_row_too(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'1,"a\nb"\n\n2,c\n')
    found = records(read([str(path)], source="s", format="csv", header=False))
    assert raws(found) == [b'\n1,"a\nb"', b"\n2,c"]
