from pathlib import Path

import pytest

from indexer.model.records import Fault, Header
from tests.sources.reading import faults, raws, read_bytes, records


def doc(n: int) -> bytes:
    return b'<doc><field name="id">%d</field><field name="doc">a</field></doc>' % n


def test_update_messages(tmp_path: Path) -> None:
    nested = b'<doc boost="1"><field name="id">2</field>' + doc(20) + b"</doc>"
    content = (
        b"<update><add commitWithin='1'>\n" + doc(1) + nested + b"</add><delete><id>a&amp;b</id><id> c </id></delete>"
        b"<commit/><add>" + doc(3) + b"</add></update>"
    )
    found = records(read_bytes(tmp_path, content))
    assert [(r.format, r.raw) for r in found] == [
        ("solr_json", doc(1)),
        ("solr_json", nested),
        ("delete", b"a&b"),
        ("delete", b"c"),
        ("solr_json", doc(3)),
    ]
    assert found[2].header == Header(identifier="a&b", deleted=True)


def test_roots(tmp_path: Path) -> None:
    assert raws(records(read_bytes(tmp_path, b"<add>" + doc(1) + b"</add>\n<add>" + doc(2) + b"</add>"))) == [
        doc(1),
        doc(2),
    ]
    assert raws(records(read_bytes(tmp_path, doc(1)))) == [doc(1)]
    assert raws(records(read_bytes(tmp_path, b"<delete><id>1</id></delete>"))) == [b"1"]
    assert records(read_bytes(tmp_path, b"<add/>")) == []


def test_answers(tmp_path: Path) -> None:
    one, two = b'<doc><str name="id">1</str></doc>', b'<doc><str name="id">2</str></doc>'
    content = (
        b'<?xml version="1.0"?><response><lst name="responseHeader"><int name="status">0</int></lst>'
        b'<result name="response" numFound="2">' + one + two + b'</result><lst name="moreLikeThis"><result name="1">'
        b'<doc><str name="id">x</str></doc></result></lst></response>'
    )
    assert raws(records(read_bytes(tmp_path, content))) == [one, two]


def solr_answer(header: bytes, behind: bytes) -> bytes:
    head = b'<response><lst name="responseHeader"><int name="status">0</int>' + header + b"</lst>"
    docs = b'<result name="response"><doc><str name="id">1</str></doc></result>'
    return head + docs + behind + b"</response>"


@pytest.mark.parametrize(
    ("header", "behind", "said"),
    [
        (b'<bool name="partialResults">true</bool>', b"", "partialResults"),
        (b"", b'<lst name="error"><lst name="x"/><str name="msg">a &lt; b</str></lst>', "error: a < b"),
    ],
)
def test_an_answer_that_says_that_it_is_not_complete(tmp_path: Path, header: bytes, behind: bytes, said: str) -> None:
    *found, fault = read_bytes(tmp_path, solr_answer(header, behind))
    assert raws(found) == [b'<doc><str name="id">1</str></doc>']
    assert isinstance(fault, Fault)
    assert fault.reason == f"this answer says that it is not complete ({said})"


def test_an_answer_that_says_that_it_is_complete(tmp_path: Path) -> None:
    header = b'<bool name="partialResults">false</bool><lst name="params"><str name="partialResults">true</str></lst>'
    facet = b'<lst name="facet_counts"><lst name="error"><int name="msg">2</int></lst></lst>'
    assert len(records(read_bytes(tmp_path, solr_answer(header, facet)))) == 1


def test_a_delete_by_query_is_not_carried_out(tmp_path: Path) -> None:
    bad, empty = read_bytes(tmp_path, b"<delete><query>*:*</query><id> </id></delete>")
    assert isinstance(bad, Fault)
    assert isinstance(empty, Fault)
    assert (bad.reason, bad.raw) == ("a delete by query is not carried out", b"<query>*:*</query>")
    assert empty.reason == "the id to be deleted is empty"


def test_a_broken_document_costs_itself_alone(tmp_path: Path) -> None:
    broken = doc(2).removesuffix(b"</doc>")
    found = read_bytes(tmp_path, b"<add>" + doc(1) + broken + doc(3) + doc(4) + b"</add>")
    assert raws(found) == [doc(1), doc(3), doc(4)]
    assert [(f.raw, f.position.ordinal) for f in faults(found)] == [(broken, 2)]
