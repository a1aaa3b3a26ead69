"""Indexes among the paths: what is one, what it is called, and whose credentials it gets."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from indexer import sources
from indexer.engines.base import Index
from indexer.engines.registry import is_index
from indexer.model.errors import ConfigError, SourceError
from indexer.model.targets import Credentials, Target
from indexer.pipeline.run_state import signatures
from indexer.sources import live
from indexer.sources.record_factory import RecordFactory


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("embedded:var/index", True),
        ("solr+http://host:8983/solr/biblio", True),
        ("elasticsearch+https://host/biblio", True),
        ("opensearch+https://host/biblio", True),
        ("jsonl:documents.jsonl", False),
        ("solr/dump.xml", False),
        ("http://host/dump.xml", False),
        ("embedded", False),
        ("./embedded:file", False),
        ("-", False),
    ],
)
def test_what_is_an_index(path: str, wanted: bool) -> None:
    assert is_index(path) is wanted
    assert (sources.expand([path])[0] == [path]) is (wanted or path in ("-", "http://host/dump.xml"))


def test_an_index_has_no_size_and_no_signature(tmp_path: Path) -> None:
    dump = tmp_path / "a.json"
    dump.write_text('{"id": "a"}')
    files = ["embedded:x", str(dump)]
    assert sources.total_bytes(files) is None
    assert sources.total_bytes([str(dump)]) == 11
    found = signatures(dict.fromkeys(files, ""))
    assert found["embedded:x"] == ""
    assert found[str(dump)] != ""


def test_one_that_is_named_twice_is_read_once() -> None:
    assert sources.expand(["embedded:x", "solr+http://h/solr/b", "embedded:x"])[0] == [
        "solr+http://h/solr/b",
        "embedded:x",
    ]


def test_a_password_goes_into_the_target_and_not_into_the_name() -> None:
    ours = Credentials(username="amy", password="s3cret")
    names, locations = live.named(
        ["dump.xml", "solr+http://bob:pa55@h/solr/b", "elasticsearch+https://h/b", "embedded:x"], ours
    )
    assert names == ["dump.xml", "solr+http://h/solr/b", "elasticsearch+https://h/b", "embedded:x"]
    solr, elastic = locations["solr+http://h/solr/b"], locations["elasticsearch+https://h/b"]
    assert isinstance(solr, Target)
    assert isinstance(elastic, Target)
    assert solr.credentials == Credentials(username="bob", password="pa55")
    assert elastic.credentials == ours
    with pytest.raises(ConfigError) as caught:
        live.named(["solr+http://bob:pa55@h/"], ours)
    assert "pa55" not in caught.value.message + caught.value.advice


class Copies:
    """An index behind a cache that gives the first page whatever it is asked for."""

    def pages(self, after: str) -> Iterator[tuple[list[bytes], str]]:
        while True:
            yield [b'{"id": "1"}'], "mark"


def test_an_index_that_gives_the_same_page_again_and_again_is_left() -> None:
    found = live._records(cast(Index, Copies()), RecordFactory("s", "index", exact=False), live.sleep)
    assert next(found).raw == b'{"id": "1"}'
    with pytest.raises(SourceError, match="the same page comes again and again, after record 1"):
        next(found)


def test_names_that_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert sources.lasting("embedded:x") == f"embedded:{tmp_path}/x"
    assert sources.lasting("x.xml") == f"{tmp_path}/x.xml"
    assert sources.lasting("solr+http://h/solr/b") == "solr+http://h/solr/b"
    assert sources.lasting("-") == "-"
