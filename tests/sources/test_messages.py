"""A message before a dump is told, and the dump behind it is read."""

from pathlib import Path

import pytest

from indexer.model.records import Fault
from indexer.sources import read
from tests.sources.marc_records import JSON as MARC_IN_JSON
from tests.sources.marc_records import ONE, TWO, xml
from tests.sources.oai_pages import answer, dc, record
from tests.sources.pubmed_articles import ARTICLES, article
from tests.sources.reading import faults, only, raws, read_bytes, records

JSON = b'{"error":"API rate limit exceeded"}\n'
PAGE = b"<!DOCTYPE html>\n<html><head><title>502</title></head>\n<body>Bad Gateway</body></html>\n"
PHP = b"<br />\n<b>Warning</b>:  foo() in <b>/x.php</b> on line <b>3</b><br />\n"
PLAIN = b"\nNotice: Undefined index: foo() in /x.php on line 3\n"
MESSAGES = {"json": JSON, "page": PAGE, "php": PHP, "plain": PLAIN, "twice": PHP + PHP + PLAIN}

DUMPS = {
    "pubmed": (None, b'<?xml version="1.0"?>\n<!DOCTYPE x>\n' + ARTICLES % (article(1) + article(2))),
    "bare pubmed": (None, ARTICLES % (article(1) + article(2))),
    "oai": (None, answer(record("1", dc("T")), record("2", dc("U")))),
    "marcxml": (None, b"<collection>" + xml(1) + xml(2) + b"</collection>"),
    "marcxml with a profile": ("marc", b"<collection>" + xml(1) + xml(2) + b"</collection>"),
    "iso 2709": (None, ONE + TWO),
    "iso 2709 with a profile": ("marc", ONE + TWO),
    "table": ("csv", b"id,title\n1,A\n2,B\n"),
    "marc in json": ("marc", b"[" + MARC_IN_JSON + b",\n" + MARC_IN_JSON + b"]"),
    "pretty json": (None, b'[\n {\n  "id": "1"},\n {\n  "id": "2"}\n]\n'),
    "lines": (None, b'{"id": "1"}\n{"id": "2"}\n'),
}


@pytest.mark.parametrize("dump", DUMPS)
@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_before_a_dump_is_told_and_the_dump_read(tmp_path: Path, dump: str, message: str) -> None:
    format, content = DUMPS[dump]
    expected = raws(records(read_bytes(tmp_path, content, format=format)))
    assert len(expected) == 2
    found = read_bytes(tmp_path, MESSAGES[message] + content, format=format)
    if message == "json" and content.startswith(b"{"):  # an object among others: its format refuses it
        assert raws(found)[-2:] == expected
        return
    assert raws(found) == expected
    told = faults(found)
    assert any(word in told[-1].raw for word in (b"API rate", b"Bad Gateway", b"foo()"))
    assert len(told) == 1 or dump == "lines"
    whole = MESSAGES[message] + content
    assert dump in ("table", "oai") or all(whole[at.position.offset or 0 :].startswith(at.raw[:8]) for at in found)


def test_a_message_is_told_in_its_first_words(tmp_path: Path) -> None:
    fault, *_ = read_bytes(tmp_path, PHP + DUMPS["pubmed"][1])
    assert isinstance(fault, Fault)
    assert fault.reason == "begins with what is no part of it: 'Warning : foo() in /x.php on line 3'"
    assert (fault.raw, fault.position.ordinal) == (PHP, 1)


@pytest.mark.parametrize("message", ["page", "php", "json"])
def test_a_message_alone_is_no_dump(tmp_path: Path, message: str) -> None:
    for format in (None, "marc", "csv"):
        assert faults(read_bytes(tmp_path, MESSAGES[message], format=format)) or message == "json"
    assert only(read_bytes(tmp_path, PAGE + b"<!-- x -->")).reason.endswith("this is an HTML page")


def test_a_row_that_looks_like_a_message_is_one(tmp_path: Path) -> None:
    content = b"Warning: the title,1\nB,2\n"
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    found = records(read([str(path)], source="s", format="csv", header=False))
    assert raws(found) == [b"\nWarning: the title,1", b"\nB,2"]


def test_pages_that_the_profile_names_are_records(tmp_path: Path) -> None:
    page = b"<html><body>" + b"x" * (40 << 10) + b"</body></html>\n"
    path = tmp_path / "pages"
    path.write_bytes(page * 3)
    found = records(read([str(path)], source="s", format="xslt", elements=["html"]))
    assert raws(found) == [page.rstrip()] * 3
