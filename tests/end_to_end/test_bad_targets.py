"""Targets and settings that are wrong, seen from the command line: exit code 2 or 3, where, and what to do."""

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from indexer.engines.registry import parse_target
from tests.conftest import ROOT
from tests.end_to_end.conftest import Ended, Indexer
from tests.end_to_end.listening import answering, free_port
from tests.schemas.collections import make_collection
from tests.schemas.conftest import drop_collection
from tests.schemas.foreign import foreign_configset, upload

SEED = ROOT / "tests/data/seed/oai_dc_record.xml"
PASSWORD = "s3cret/w@rd"


def load(indexer: Indexer, target: str, **env: str) -> Ended:
    """A load that must not work: nothing on standard output, no secret anywhere, no long waiting."""
    ended = indexer("load", SEED, "--profile", "pmc", env={"INDEXER_TARGET": target, **env})
    assert "trying again" not in ended.err
    assert ended.out == ""
    for piece in ("s3cret", "w@rd", "w%40rd"):
        assert piece not in ended.err
    return ended


@contextmanager
def speaking(banner: bytes) -> Iterator[str]:
    """A server of another protocol: it says its banner and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(banner)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def urls(base: str) -> Sequence[str]:
    """The same place as a target of each product."""
    return (f"solr+{base}/solr/biblio", f"elasticsearch+{base}/biblio", f"opensearch+{base}/biblio")


def test_a_target_that_is_down(indexer: Indexer) -> None:
    for target in urls(f"http://127.0.0.1:{free_port()}"):
        ended = load(indexer, target)
        assert ended.code == 3
        assert f"{target}: the server cannot be reached: Connection refused" in ended.err
        assert "Is it running?" in ended.err


def test_a_host_that_is_not_there(indexer: Indexer) -> None:
    ended = load(indexer, "solr+http://no-such-host.invalid:8983/solr/biblio")
    assert ended.code == 3
    assert "solr+http://no-such-host.invalid:8983/solr/biblio: the server cannot be reached" in ended.err


def test_a_target_that_refuses_us(indexer: Indexer) -> None:
    """The test servers let everybody in: this answer is made up."""
    with answering(401, b'{"error":"no"}', WWW_Authenticate='Basic realm="search"') as base:
        for target in urls(base):
            ended = load(indexer, target)
            assert ended.code == 3
            assert f"{target}: HTTP 401, the server asks for credentials" in ended.err
            assert "INDEXER_USERNAME and INDEXER_PASSWORD" in ended.err
            ended = load(indexer, target, INDEXER_USERNAME="loader", INDEXER_PASSWORD=PASSWORD)
            assert ended.code == 3
            assert "the credentials are refused" in ended.err


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH_9.6\r\n", b"220 mail.example.edu ESMTP\r\n", b""])
def test_what_is_no_http_server(indexer: Indexer, banner: bytes) -> None:
    with speaking(banner) as base:
        for target in urls(base):
            ended = load(indexer, target)
            assert ended.code == 3
            assert ended.err.startswith(f"{target}: ")


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>It works!</html>"), (404, b"not here"), (200, b"{}")])
def test_an_http_server_of_another_kind(indexer: Indexer, status: int, body: bytes) -> None:
    with answering(status, body) as base:
        for target in urls(base):
            ended = load(indexer, target)
            assert ended.code == 3
            assert ended.err.startswith(f"{target}: ")
            assert "schema install" not in ended.err, "there is nowhere to put a schema"


def test_another_product(indexer: Indexer, solr_url: str, elasticsearch_url: str, opensearch_url: str) -> None:
    for target, message in (
        (f"elasticsearch+{opensearch_url}/biblio", f"Use opensearch+{opensearch_url}"),
        (f"opensearch+{elasticsearch_url}/biblio", f"Use elasticsearch+{elasticsearch_url}"),
        (f"solr+{elasticsearch_url}/solr/biblio", "there is no Solr at"),
        (f"solr+{opensearch_url}/solr/biblio", "this is OpenSearch"),
        (f"elasticsearch+{solr_url}/biblio", "there is no Elasticsearch at"),
        (f"opensearch+{solr_url.removesuffix('/solr')}/biblio", "there is no OpenSearch at"),
    ):
        ended = load(indexer, target)
        assert ended.code == 3
        assert message in ended.err
        assert "schema install" not in ended.err


def test_an_index_that_is_not_there(
    indexer: Indexer, solr_url: str, solrcloud_url: str, elasticsearch_url: str, opensearch_url: str
) -> None:
    for product, base in (
        ("solr", solr_url),
        ("solr", solrcloud_url),
        ("elasticsearch", elasticsearch_url),
        ("opensearch", opensearch_url),
    ):
        ended = load(indexer, f"{product}+{base}/not_there")
        assert ended.code == 3
        assert f"{product}+{base}/not_there: HTTP 404" in ended.err
        assert "indexer schema install" in ended.err
        assert "Nothing was sent." in ended.err


def test_an_index_without_our_fields(indexer: Indexer, elasticsearch_url: str) -> None:
    url = f"{elasticsearch_url}/strange_{uuid.uuid4().hex[:12]}"
    requests.put(url, json={"mappings": {"properties": {"id": {"type": "text"}}}}, timeout=60).raise_for_status()
    try:
        ended = load(indexer, f"elasticsearch+{url}")
        assert ended.code == 3
        assert "its schema is not ours: " in ended.err
        assert "allfields: not there" in ended.err
        assert "indexer schema install" in ended.err
        assert requests.get(f"{url}/_count", timeout=60).json()["count"] == 0
    finally:
        requests.delete(url, timeout=60)


def test_a_collection_without_one_of_our_fields(indexer: Indexer, solrcloud_url: str) -> None:
    target = parse_target(f"solr+{solrcloud_url}/strange_{uuid.uuid4().hex[:12]}")
    upload(target, foreign_configset(leave_out="marc_error"))
    try:
        make_collection(target)
        ended = load(indexer, str(target))
        assert ended.code == 3
        assert "its schema is not ours: " in ended.err
        assert "marc_error: not there" in ended.err
        assert "indexer schema install" in ended.err
    finally:
        drop_collection(target)
        delete = {"action": "DELETE", "name": target.index}
        requests.get(f"{target.base}/admin/configs", params=delete, timeout=60)


@pytest.mark.parametrize(
    "target",
    [
        "biblio",
        "",
        "localhost:9200",
        "http://localhost:9200/biblio",
        "mysql://localhost/biblio",
        "embedded:",
        "solr+http://localhost:8983",
        "solr+http://localhost:8983/biblio",
        "elasticsearch+http://localhost:9200",
        "elasticsearch+http://localhost:port/biblio",
        "opensearch+http:///biblio",
    ],
)
def test_a_target_that_makes_no_sense(indexer: Indexer, target: str) -> None:
    ended = load(indexer, target)
    assert ended.code == 2
    assert "Targets are: embedded:PATH" in ended.err


@pytest.mark.parametrize(
    "target",
    [
        "solr+http://user:s3cret@localhost:8983/solr/biblio",
        "elasticsearch+https://user:s3cret/w@rd@localhost:9200/biblio",
        "http://user:s3cret@localhost/biblio",
    ],
)
def test_a_password_on_the_command_line(indexer: Indexer, target: str) -> None:
    for command in (["load", SEED], ["search", "x"], ["schema", "install"], ["config"]):
        ended = indexer(*command, "--target", target)
        assert (ended.code, ended.out) == (2, "")
        assert "--target holds a password" in ended.err
        assert "INDEXER_PASSWORD" in ended.err
        assert "s3cret" not in ended.err


@pytest.mark.parametrize("target", ["http://user:s3cret/w@rd@localhost/biblio", "solr+http://u:s3cret/x@h:1/solr/b"])
def test_a_password_in_a_target_that_is_wrong(indexer: Indexer, target: str) -> None:
    ended = load(indexer, target)
    assert ended.code == 2


def test_secrets_are_nowhere(indexer: Indexer, tmp_path: Path) -> None:
    """Not in settings shown, errors, logs, reports or the state."""
    target = f"elasticsearch+http://loader:s3cret@127.0.0.1:{free_port()}/biblio"
    (tmp_path / "indexer.toml").write_text(f'target = "{target}"\nstate = "postgresql+psycopg://u:s3cret@nowhere/db"\n')
    for command, env in (
        (["config"], {}),
        (["config"], {"INDEXER_PASSWORD": "s3cret", "INDEXER_USERNAME": "u"}),
        (["config"], {"INDEXER_API_KEY": "s3cret"}),
        (["status"], {}),
        (["load", SEED, "--profile", "pmc", "--verbose"], {}),
        (["load", SEED, "--profile", "pmc", "--log-format", "json"], {}),
        (["search", "x"], {}),
        (["schema", "install"], {}),
        (["schema", "check"], {"INDEXER_API_KEY": "s3cret"}),
    ):
        ended = indexer(*command, env=env)
        assert "s3cret" not in ended.out + ended.err, command
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.name != "indexer.toml":
            assert b"s3cret" not in file.read_bytes()


def in_file(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "indexer.toml").write_text(text, encoding="utf-8")

    return write


def as_folder(folder: Path) -> None:
    (folder / "indexer.toml").mkdir()


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (in_file("targt = 'embedded:x'"), "indexer.toml: targt is not a known key\n  Did you mean target?"),
        (in_file("[load]\nwokers = 1"), "load.wokers is not a known key\n  Did you mean load.workers?"),
        (in_file("[load]\nworkers = 'many'"), "indexer.toml: load.workers is not a whole number"),
        (in_file("[load]\nworkers = 0"), "indexer.toml: load.workers is less than 1"),
        (in_file("load = 3"), "indexer.toml: load is not a table"),
        (in_file("target = 7"), "indexer.toml: target is not a text in quotes"),
        (in_file("[log]\nformat = 'xml'"), "indexer.toml: log.format is none of 'console' or 'json'"),
        (in_file("[[source]]\nname = 'a'"), "indexer.toml: source.a has no paths"),
        (in_file("[profile.x]\nbse = 'ojs'"), "profile.x.bse: a profile has no such key\n  The nearest is 'base'."),
        (in_file("[profile.x]\nbase = 'ojz'"), "there is no profile 'ojz'"),
        (in_file("target = embedded:x"), "indexer.toml: is not TOML: "),
        (as_folder, "indexer.toml: cannot be read: Is a directory"),
    ],
)
def test_settings_that_are_wrong(
    indexer: Indexer, tmp_path: Path, prepare: Callable[[Path], None], message: str
) -> None:
    prepare(tmp_path)
    ended = indexer("load", SEED, "--profile", "pmc")
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["indexer.toml"]


def test_environment_and_flags_that_are_wrong(indexer: Indexer) -> None:
    for args, env, message in (
        (["config"], {"INDEXER_WORKERS": "x"}, "INDEXER_WORKERS: load.workers is not a whole number"),
        (["config"], {"INDEXER_TRAGET": "x"}, "INDEXER_TRAGET is not known\n  Did you mean INDEXER_TARGET?"),
        (["load", SEED, "--workers", "0"], {}, "--workers: load.workers is less than 1"),
        (["load", SEED, "--profile", "pubmet"], {}, "there is no profile 'pubmet'\n  The nearest is 'pubmed'."),
        (["load"], {}, "Missing argument 'PATHS...'"),
        (["lod"], {}, "No such command 'lod'"),
        (["config", "--config", "gone.toml"], {}, "gone.toml: no such file"),
    ):
        ended = indexer(*args, env=env)
        assert (ended.code, ended.out) == (2, "")
        assert message in ended.err


def test_a_state_that_cannot_be_written(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for state in (f"sqlite:///{tmp_path}/file/state.db", f"sqlite:///{tmp_path}", "sqlite:////proc/none/state.db"):
        ended = indexer("load", SEED, "--profile", "pmc", "--target", "jsonl:out.jsonl", env={"INDEXER_STATE": state})
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("state ")
        assert "INDEXER_STATE" in ended.err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_folders_that_may_not_be_written(indexer: Indexer, tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)
    for target in ("embedded:shut/idx", "jsonl:shut/out.jsonl"):
        ended = load(indexer, target)
        assert ended.code == 3
        assert "shut" in ended.err
    ended = load(indexer, "embedded:idx", INDEXER_STATE="sqlite:///shut/state.db")
    assert ended.code == 2
    assert "Permission denied" in ended.err
