import json
from pathlib import Path

import pytest

from indexer.model.records import Fault, Header, Record
from indexer.sources import read
from tests.sources.json_pages import DOCS, pages
from tests.sources.reading import SEED, faults, only, raws, read_bytes, records


@pytest.mark.parametrize("layout", list(pages([])))
def test_every_layout_gives_the_same_documents(tmp_path: Path, layout: str) -> None:
    content = pages(DOCS)[layout]
    found = records(read_bytes(tmp_path, content))
    assert [json.loads(r.raw) for r in found] == DOCS
    assert {r.format for r in found} == {"solr_json"}
    assert [r.position.ordinal for r in found] == [1, 2, 3]
    assert all(r.raw in content for r in found)


def test_the_seed() -> None:
    (found,) = records(read([str(SEED / "document.json")], source="seed"))
    assert json.loads(found.raw) == json.loads((SEED / "document.json").read_bytes())
    (page,) = records(read([str(SEED / "record_page.txt")], source="seed"))
    assert (page.format, page.raw) == ("solr_json", (SEED / "record_page.txt").read_bytes())


def test_the_id_of_a_hit_is_in_the_header(tmp_path: Path) -> None:
    (found,) = records(read_bytes(tmp_path, b'{"_id": "7", "_score": 1, "_source": {"title": "T"}}'))
    assert (found.raw, found.header) == (b'{"title": "T"}', Header(identifier="7"))


def test_a_bulk_file(tmp_path: Path) -> None:
    content = b"""{"index": {"_index": "i", "_id": "1"}}
{"title": "T", "index": {"a": 1}}
{"delete": {"_id": "2"}}
{"create": {}}
{"id": "3"}
{"update": {"_id": "4"}}
"""
    *found, fault = read_bytes(tmp_path, content)
    assert [(r.format, r.raw, r.header) for r in records(found)] == [
        ("solr_json", b'{"title": "T", "index": {"a": 1}}', Header(identifier="1")),
        ("delete", b"2", Header(identifier="2", deleted=True)),
        ("solr_json", b'{"id": "3"}', None),
    ]
    assert isinstance(fault, Fault)
    assert fault.reason == "a partial update is not carried out: only whole documents are"


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        (b'{"delete": {"id": "x"}}', ["x"]),
        (b'{"delete": ["x", "y"]}', ["x", "y"]),
        (b'{"delete": "x", "delete": {"id": 5}, "commit": {}}', ["x", "5"]),
        (b'[\n {"delete": {"id": "x"}},\n {"delete": "y"}\n]', ["x", "y"]),
    ],
)
def test_deletes(tmp_path: Path, content: bytes, ids: list[str]) -> None:
    found = records(read_bytes(tmp_path, content))
    assert [(r.format, r.raw, r.header) for r in found] == [
        ("delete", id.encode(), Header(identifier=id, deleted=True)) for id in ids
    ]


def test_a_delete_by_query_is_not_carried_out(tmp_path: Path) -> None:
    fault = only(read_bytes(tmp_path, b'{"delete": {"query": "*:*"}}'))
    assert fault.reason == "a delete without an id is not carried out"
    assert fault.raw


def test_broken_lines(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b'{"id": "1"}\nrubbish\n{"id": "2"\n{"id": "3"}\n{"id": ')
    assert raws(found) == [b'{"id": "1"}', b'{"id": "3"}']
    assert [(f.raw, f.position.ordinal) for f in faults(found)] == [
        (b"rubbish", 2),
        (b'{"id": "2"', 3),
        (b'{"id":', 5),
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (b'{"totalRecords":2,"records":', b"}"),
        (b'{"count": 2, "records":', b"}"),
        (b'{"total":2,\n"records":', b"}\n"),
        (b'{"records":', b',"count":2}'),
    ],
)
def test_a_list_of_records_in_an_answer_of_whatever_service(tmp_path: Path, start: bytes, end: bytes) -> None:
    content = start + b'[{"id":"1"},{"id":"2"}]' + end
    assert raws(records(read_bytes(tmp_path, content))) == [b'{"id":"1"}', b'{"id":"2"}']
    for document in (b'{"id":"1","records":[{"id":"2"}]}', b'{"data":[],"id":"1"}', b'{"data":[{"a":1}],"id":"1"}'):
        assert raws(records(read_bytes(tmp_path, document))) == [document]


def test_objects_on_one_line(tmp_path: Path) -> None:
    content = b'{"id": "1"}\n{"id": "2", "t": "}{"}{"id": "3"} {"id": "4"}\n{"id": "5"}{"id": "6\n{"id": "7"}'
    found = read_bytes(tmp_path, content)
    ids = [json.loads(raw)["id"] for raw in raws(found)]
    assert ids == ["1", "2", "3", "4", "5", "7"]
    assert [content[f.position.offset or 0 :].startswith(f.raw) for f in found if f.raw] == [True] * 7
    assert [f.raw for f in faults(found)] == [b'{"id": "6']
    (whole,) = records(read_bytes(tmp_path, b'{"id": "1", "t": "}{"}\n'))
    assert whole.raw == b'{"id": "1", "t": "}{"}'


@pytest.mark.parametrize(
    "content", [b'{"id": "1"}\n\xef\xbb\xbf{"id": "2"}\n', b'[{"id": "1"}]\n\xef\xbb\xbf[{"id": "2"}]']
)
def test_a_byte_order_mark_in_the_middle(tmp_path: Path, content: bytes) -> None:
    assert raws(records(read_bytes(tmp_path, content))) == [b'{"id": "1"}', b'{"id": "2"}']


@pytest.mark.parametrize("second", ['{"index": {"_id": "2"}}', '{"create": {"_id": "2"}}'])
def test_a_bulk_action_without_its_document_is_told(tmp_path: Path, second: str) -> None:
    first = '{"index": {"_id": "1"}}'
    content = f'{first}\n{second}\n{{"t": "2"}}\n{first}\n{{"delete": {{"_id": "3"}}}}\n{first}\n{{"t": "1"}}\n'
    found = read_bytes(tmp_path, content.encode())
    assert [(r.raw, r.header.identifier) for r in found if isinstance(r, Record) and r.header] == [
        (b'{"t": "2"}', "2"),
        (b"3", "3"),
        (b'{"t": "1"}', "1"),
    ]
    told = [(f.reason, f.raw, f.position.offset) for f in faults(found)]
    reason = "is a bulk action without its document"
    assert told == [(reason, first.encode(), 0), (reason, first.encode(), content.index(first, 1))]


@pytest.mark.parametrize("layout", ["array", "pretty array", "pretty objects", "solr", "pretty solr", "pretty hits"])
@pytest.mark.parametrize("damage", [(b'"2"', b'"2'), (b"1.5", b"["), (b"1.5", b"}"), (b"1.5", b"{")])
def test_a_broken_document_leaves_its_neighbours(tmp_path: Path, layout: str, damage: tuple[bytes, bytes]) -> None:
    docs = [{"id": "1"}, {"id": "2", "n": 1.5}, {"id": "3", "title": "T"}, {"id": "4"}]
    content = pages(docs)[layout].replace(*damage)
    found = read_bytes(tmp_path, content)
    whole = [json.loads(raw) for raw in raws(found) if b'"2' not in raw]
    assert [doc["id"] for doc in whole if "id" in doc] == ["1", "3", "4"]


def test_arrays_that_end_early(tmp_path: Path) -> None:
    *found, fault = read_bytes(tmp_path, b'[{"id": "1"},\n{"id": "2"}')
    assert raws(found) == [b'{"id": "1"}', b'{"id": "2"}']
    assert isinstance(fault, Fault)
    assert fault.reason == "the file ends early (its array is not closed), after record 2"
    found = read_bytes(tmp_path, b'{"response":{"docs":[{"id":"1"},{"id":')
    assert raws(found) == [b'{"id":"1"}']
    assert [(f.raw, f.reason) for f in faults(found)] == [(b'{"id":', "has no end")]


def test_answers_without_documents(tmp_path: Path) -> None:
    error = only(read_bytes(tmp_path, b'{"responseHeader":{"status":400},"error":{"msg":"no such field","code":400}}'))
    assert error.reason == "this JSON answer holds no documents (neither response.docs nor hits.hits)"
    assert read_bytes(tmp_path, b'{"response":{"numFound":0,"docs":[]}}') == []
    assert read_bytes(tmp_path, b"[]") == []


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (b'{"responseHeader":{"status":0,"partialResults":true},"response":{"docs":', b"}}", "partialResults"),
        (b'{"responseHeader":{"partialResults":"omitted"},"response":{"docs":', b"}}", "partialResults"),
        (b'{"response":{"docs":', b'},"error":{"msg":"no room","code":500}}', "error: no room"),
        (b'{"took":1,"timed_out":true,"_shards":{"failed":2},"hits":{"hits":', b"}}", "timed_out; 2 failed shards"),
        (b'{"took":1,"hits":{"hits":', b'},"error":"gone"}', "error: gone"),
    ],
)
def test_an_answer_that_says_that_it_is_not_complete(tmp_path: Path, start: bytes, end: bytes, said: str) -> None:
    *found, fault = read_bytes(tmp_path, start + b'[{"id":"1"},{"id":"2"}]' + end)
    assert raws(found) == [b'{"id":"1"}', b'{"id":"2"}']
    assert isinstance(fault, Fault)
    assert fault.reason == f"this answer says that it is not complete ({said})"


@pytest.mark.parametrize(
    "start",
    [
        b'{"responseHeader":{"partialResults":false,"params":{"partialResults":"true"}},"error":null,"response":{"docs":',
        b'{"timed_out":false,"_shards":{"total":2,"failed":0},"hits":{"hits":',
    ],
)
def test_an_answer_that_says_that_it_is_complete(tmp_path: Path, start: bytes) -> None:
    assert raws(records(read_bytes(tmp_path, start + b'[{"id":"1","error":"x"}]}}'))) == [b'{"id":"1","error":"x"}']


def test_what_is_no_object(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b'[{"id": "1"}, 5, "x", {"id": "2"}]')
    assert raws(found) == [b'{"id": "1"}', b'{"id": "2"}']
    assert [f.raw for f in faults(found)] == [b"5", b'"x"']


@pytest.mark.parametrize("start", [b"[", b'{"response":{"docs":[', b""])
def test_a_record_above_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    monkeypatch.setattr("indexer.sources.window.RECORD_LIMIT", 1 << 20)
    huge = b'{"id": "2", "text": "' + b"x" * (3 << 20) + b'"}'
    content = start + b'{"id": "1"},\n'.replace(b",", b"," if start else b"") + huge
    content += (b",\n" if start else b"\n") + b'{"id": "3"}'
    found = read_bytes(tmp_path, content)
    assert raws(found) == [b'{"id": "1"}', b'{"id": "3"}']
    fault = faults(found)[0]
    assert "1 MiB" in fault.reason
    assert len(fault.raw) <= 1 << 20
