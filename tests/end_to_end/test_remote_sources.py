"""Dumps on a web server: only what changed is fetched, and nothing that is secret comes out anywhere."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from tests.end_to_end.conftest import Indexer
from tests.end_to_end.syncing import configure, counts, page, titles
from tests.sources.web import Web, serving

SECRET = "s1gn4tur3"


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        yield server


def put(web: Web, path: str, folder: Path, *records: tuple[str, str]) -> None:
    web.files[path] = gzip.compress(page(folder / "made.xml", *records).read_bytes(), mtime=0)
    (folder / "made.xml").unlink()


def test_sync_fetches_what_is_new_and_asks_of_the_rest_by_head_alone(
    indexer: Indexer, web: Web, tmp_path: Path
) -> None:
    put(web, "/dumps/1.xml.gz", tmp_path, ("a", "one"), ("b", "one"))
    put(web, "/dumps/2.xml.gz", tmp_path, ("b", "two"))
    configure(tmp_path, f"name = 'far'\nprofile = 'ojs'\npaths = ['{web.url}/dumps/']")
    assert counts(indexer("sync", "--json"), "far") == {"read": 3, "indexed": 3}

    web.asked.clear()
    assert indexer("sync").out.startswith("far   nothing new\n")
    assert web.gets == ["/dumps/"]
    assert sorted(path for method, path, _ in web.asked if method == "HEAD") == ["/dumps/1.xml.gz", "/dumps/2.xml.gz"]

    put(web, "/dumps/3.xml.gz", tmp_path, ("a", ""), ("c", "three"))
    web.asked.clear()
    third = indexer("sync", "--json")
    assert json.loads(third.out)["files"] == {"far": [f"{web.url}/dumps/3.xml.gz"]}
    assert web.gets == ["/dumps/", "/dumps/3.xml.gz"]
    assert titles(tmp_path) == {"b": "two", "c": "three"}


def test_a_load_whose_stream_breaks_off_goes_on(indexer: Indexer, web: Web, tmp_path: Path) -> None:
    put(web, "/1.xml.gz", tmp_path, *((str(n), f"title {n}") for n in range(2000)))
    web.cuts.append(len(web.files["/1.xml.gz"]) // 2)
    ended = indexer("load", f"{web.url}/1.xml.gz", "--profile", "ojs", "--target", "embedded:index")
    assert ended.code == 0, ended.err
    assert f"{web.url}/1.xml.gz: the connection failed" in ended.err
    assert len(titles(tmp_path)) == 2000


@pytest.mark.long
def test_a_server_that_is_down_costs_its_own_files_alone(indexer: Indexer, tmp_path: Path) -> None:
    with serving() as gone:
        url = gone.url
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(
        tmp_path,
        f"name = 'far'\nprofile = 'ojs'\npaths = ['{url}/dumps/']",
        "name = 'near'\nprofile = 'ojs'\npaths = ['dumps']",
    )
    ended = indexer("sync")
    assert ended.code == ExitCode.REJECTED
    assert f"{url}/dumps/: the connection failed (Connection refused)" in ended.err
    assert titles(tmp_path) == {"a": "one"}


def test_secrets_come_out_nowhere(indexer: Indexer, web: Web, tmp_path: Path) -> None:
    put(web, "/1.xml.gz", tmp_path, ("a", "one"), ("", "no id"))
    signed = f"{web.url.replace('//', '//bob:' + SECRET + '@')}/1.xml.gz?X-Amz-Signature={SECRET}"
    missing = f"{web.url}/2.xml.gz?token={SECRET}"
    configure(tmp_path, f"name = 'far'\nprofile = 'ojs'\npaths = ['{signed}', '{missing}']")
    said = [
        indexer("sync", "--dry-run"),
        indexer("sync", "--verbose", "--log-format", "json"),
        indexer("config"),
        indexer("status", "--json"),
        indexer("dead-letters", "list", "--json"),
        indexer("load", missing, "--target", "embedded:index"),
        indexer("explain", missing, "--id", "a"),
    ]
    assert any(f"{web.url}/1.xml.gz?***" in ended.out for ended in said)
    for ended in said:
        assert SECRET not in ended.out + ended.err
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "indexer.toml"]
    assert any(path.suffix == ".db" for path in kept)
    for path in kept:
        assert SECRET.encode() not in path.read_bytes(), path
    assert titles(tmp_path) == {"a": "one"}


def test_a_password_in_a_url_is_refused_on_the_command_line(indexer: Indexer) -> None:
    ended = indexer("load", f"https://bob:{SECRET}@host/x.xml")
    assert ended.code == ExitCode.USAGE
    assert "~/.netrc" in ended.err
    assert SECRET not in ended.err
