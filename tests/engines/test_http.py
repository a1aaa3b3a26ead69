"""Which family a failure belongs to, on every client that we speak HTTP with; and what never gets out."""

import logging
import socket
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from indexer.engines.base import Index, Write
from indexer.engines.http import describe, engine_words, retry_seconds, shorten
from indexer.engines.registry import open_index, parse_target
from indexer.model.errors import ConfigError, PermanentError, TargetError, TransientError
from indexer.model.targets import Credentials, Target
from indexer.pipeline.bisect import bisect
from tests.engines.server import Answer, Request, serving

CLIENTS = ["solr", "elasticsearch", "opensearch"]
SECRET = "s3cret-ßpäss"
DOCUMENT = Write("1", b'{"id":"1"}')


def target_at(kind: str, url: str, credentials: Credentials | None = None) -> Target:
    return parse_target(f"{kind}+{url}/{'solr/' if kind == 'solr' else ''}biblio", credentials)


@pytest.fixture(params=CLIENTS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def push_to(kind: str, answer: Answer, credentials: Credentials | None = None) -> tuple[Index, list[Request]]:
    """One document pushed to a server that answers so; raises what the sink raises."""
    with serving(lambda _: answer) as server:
        sink = open_index(target_at(kind, server.url, credentials))
        try:
            sink.push([DOCUMENT])
        finally:
            sink.close()
        return sink, server.requests


SEVERAL = "2 Async exceptions during distributed update: \n"


@pytest.mark.parametrize(
    ("words", "busy"),
    [("java.net.ConnectException", True), ("java.nio.channels.ClosedChannelException", True), ("x", False)],
)
@pytest.mark.parametrize("several", ["Async exception during distributed update: ", SEVERAL])
def test_no_document_is_to_blame_for_a_node_that_is_gone(several: str, words: str, busy: bool) -> None:
    error = {"msg": f"{several}{words}"}
    with pytest.raises(TransientError) as caught:
        push_to("solr", Answer(500, {"error": error}))
    assert caught.value.busy is busy


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass(kind: str, status: int) -> None:
    with pytest.raises(TransientError) as caught:
        push_to(kind, Answer(status, {"error": {"msg": "busy, come again", "type": "x", "reason": "busy, come again"}}))
    assert f"{kind}+http://127.0.0.1:" in caught.value.message
    assert f"HTTP {status}" in caught.value.message
    assert "busy, come again" in caught.value.message
    assert caught.value.retry_after is None


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_what_will_not_pass(kind: str, status: int) -> None:
    with pytest.raises(PermanentError, match=f"HTTP {status}"):
        push_to(kind, Answer(status, b"<html><head><title>No</title></head><body>No.</body></html>"))


def test_the_engine_says_when_to_come_again(kind: str) -> None:
    with pytest.raises(TransientError) as caught:
        push_to(kind, Answer(503, {}, {"Retry-After": "7"}))
    assert caught.value.retry_after == 7


def test_nobody_listens(kind: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        sink = open_index(target_at(kind, f"http://127.0.0.1:{taken.getsockname()[1]}"))
        with pytest.raises(TransientError, match="cannot be reached: Connection refused"):
            sink.push([DOCUMENT])
        with pytest.raises(TransientError):
            sink.check()
        with pytest.raises(TransientError):
            sink.count()


def test_no_such_host(kind: str) -> None:
    with pytest.raises(TransientError, match="cannot be reached"):
        open_index(target_at(kind, "http://no-such-host.invalid:9")).push([DOCUMENT])


def test_an_answer_that_ends_early(kind: str) -> None:
    with pytest.raises(TransientError):
        push_to(kind, Answer(200, {"items": [{"index": {"status": 200}}], "responseHeader": {"status": 0}}, cut=True))


@pytest.mark.parametrize("body", [b"", b'{"items":[{"index":{"sta', b'{"responseHeader":{"sta'])
def test_an_answer_that_is_cut_in_a_frame_of_its_length(kind: str, body: bytes) -> None:
    with pytest.raises(TransientError, match=f"the answer is cut off after {len(body)} bytes"):
        push_to(kind, Answer(200, body, {"X-Elastic-Product": "Elasticsearch"}))


def test_no_answer_in_time(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.engines.http.TIMEOUT", (0.3, 0.3))
    monkeypatch.setattr("indexer.engines.elastic.client.READ_SECONDS", 0.3)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        sink = open_index(target_at(kind, f"http://127.0.0.1:{deaf.getsockname()[1]}"))
        with pytest.raises(TransientError, match="no answer in time"):
            sink.push([DOCUMENT])


def test_a_redirect_is_not_followed(kind: str) -> None:
    """A POST that is followed becomes a GET: the batch would be lost with a 200."""
    with pytest.raises(PermanentError, match="HTTP 301") as caught:
        push_to(kind, Answer(301, b"", {"Location": "https://somebody:else@elsewhere.example/solr/biblio/update"}))
    assert "else@" not in caught.value.message


def test_a_proxy_answers_in_html(kind: str) -> None:
    with pytest.raises(PermanentError) as caught:
        push_to(kind, Answer(200, b"<html>Please log in</html>", {"Content-Type": "text/html"}))
    assert caught.value.message.startswith(f"{kind}+http://127.0.0.1:")


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        (Credentials(username="Jürgen", password=SECRET), "Basic SsO8cmdlbjpzM2NyZXQtw59ww6Rzcw=="),
        (Credentials(api_key="a2V5OnMzY3JldA=="), "ApiKey a2V5OnMzY3JldA=="),
    ],
)
def test_credentials_are_sent(kind: str, credentials: Credentials, header: str) -> None:
    if kind == "solr" and credentials.api_key:
        pytest.skip("Solr knows no API keys")
    answer = {"items": [{"index": {"status": 201}}], "responseHeader": {"status": 0}}
    _, requests = push_to(kind, Answer(200, answer, {"X-Elastic-Product": "Elasticsearch"}), credentials)
    assert [request.headers.get("authorization") for request in requests] == [header]


def test_solr_knows_no_api_keys() -> None:
    with pytest.raises(ConfigError, match="no API keys"):
        open_index(target_at("solr", "http://localhost:1", Credentials(api_key="x")))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_credentials_never_get_out(kind: str, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    for credentials in (Credentials(username="user", password=SECRET), Credentials(api_key=SECRET.encode().hex())):
        if kind == "solr" and credentials.api_key:
            continue
        with serving(lambda _: Answer(status, {"error": "no"})) as server:
            target = target_at(kind, server.url, credentials)
            sink = open_index(target)
            shown += [repr(sink), repr(target), str(target), repr(credentials)]
            acts: list[Callable[[], object]] = [
                sink.check,
                partial(bisect, [DOCUMENT], sink.push),
                sink.commit,
                sink.count,
                partial(sink.get, ["1"]),
            ]
            for act in acts:
                try:
                    shown.append(repr(act()))
                except (TargetError, ConfigError) as error:
                    shown += [str(error), error.advice, "".join(traceback.format_exception(error))]
    text = "\n".join(shown) + caplog.text
    assert "HTTP" in text or "rejected" in text
    for secret in (SECRET, SECRET.encode().hex(), "dXNlcjpzM2Ny"):
        assert secret not in text


def test_a_401_says_which_settings() -> None:
    with pytest.raises(PermanentError, match="asks for credentials") as caught:
        push_to("solr", Answer(401))
    assert "INDEXER_PASSWORD" in caught.value.advice
    with pytest.raises(PermanentError, match="the credentials are refused"):
        push_to("solr", Answer(401), Credentials(username="a", password="b"))


def test_netrc_is_not_for_us(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    answer = {"items": [{"index": {"status": 201}}], "responseHeader": {"status": 0}}
    credentials = Credentials(username="user", password="x")
    _, requests = push_to(kind, Answer(200, answer, {"X-Elastic-Product": "Elasticsearch"}), credentials)
    assert requests[0].headers["authorization"] == "Basic dXNlcjp4"


def test_an_unknown_certificate_is_refused(kind: str, certificate: Path) -> None:
    with (
        serving(lambda _: Answer(), certificate=certificate) as server,
        pytest.raises(PermanentError, match="certificate is not trusted") as caught,
    ):
        open_index(target_at(kind, server.url)).push([DOCUMENT])
    assert "INDEXER_CA_FILE" in caught.value.advice
    assert server.requests == []


def test_a_ca_file(kind: str, certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text("")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))  # ours wins
    answer = {"items": [{"index": {"status": 201}}], "responseHeader": {"status": 0}}
    with serving(
        lambda _: Answer(200, answer, {"X-Elastic-Product": "Elasticsearch"}), certificate=certificate
    ) as server:
        sink = open_index(target_at(kind, server.url, Credentials(ca_file=certificate)))
        assert sink.push([DOCUMENT])[0].status == "indexed"
        sink.close()


def test_a_ca_file_beside_a_url_without_tls(kind: str, certificate: Path) -> None:
    with pytest.raises(TransientError, match="cannot be reached"):
        open_index(target_at(kind, "http://127.0.0.1:1", Credentials(ca_file=certificate))).push([DOCUMENT])


def test_a_ca_file_that_is_not_there(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="CA file") as caught:
        open_index(target_at(kind, "https://localhost:1", Credentials(ca_file=tmp_path / "none.pem")))
    assert "INDEXER_CA_FILE" in caught.value.advice


def test_connections_are_kept_alive(kind: str) -> None:
    answer = {"items": [{"index": {"status": 201}}], "responseHeader": {"status": 0}}
    with serving(lambda _: Answer(200, answer, {"X-Elastic-Product": "Elasticsearch"})) as server:
        sink = open_index(target_at(kind, server.url))
        for _ in range(3):
            sink.push([DOCUMENT])
    assert len({request.client for request in server.requests}) == 1


def test_retry_after_headers() -> None:
    assert retry_seconds(None) is None
    assert retry_seconds("120") == 120
    assert retry_seconds("soon") is None
    assert retry_seconds("-1") is None
    assert retry_seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    far = retry_seconds("Wed, 21 Oct 2099 07:28:00 GMT")
    assert far is not None
    assert far > 1e9


def test_the_engines_own_words() -> None:
    assert engine_words(b'{"responseHeader":{},"error":{"msg":"unknown field","code":400}}') == "unknown field"
    assert engine_words(b'{"error":"no handler found"}') == "no handler found"
    assert engine_words(b'{"error":{"type":"t","reason":"r","caused_by":{"type":"c","reason":"why"}}}') == "t: r: why"
    assert engine_words(b"<html><head><title>Error 404</title></head><body><h2>Not\n Found</h2></body>") == "Not Found"
    assert engine_words(b"") == ""
    assert engine_words(b"\xff") == "\ufffd"
    assert engine_words(b"[1]") == ""


def test_an_error_of_elasticsearch_in_one_line() -> None:
    assert describe({"type": "a", "reason": "the field", "caused_by": {"type": "b", "reason": "the field"}}) == (
        "a: the field"
    )
    assert describe({"type": "a", "reason": None, "caused_by": {"type": "b"}}) == "a: no reason given: b"


def test_long_reasons_are_cut() -> None:
    assert shorten("a\n  b") == "a b"
    assert len(shorten("x" * 5000)) == 1000


@pytest.mark.parametrize("status", [404, 500])
def test_an_index_that_is_not_there_any_more_does_not_say_that_nothing_was_sent(kind: str, status: int) -> None:
    """In the midst of a load, much was; `load` says so where it could not begin."""
    answer = Answer(status, b'{"error": {"msg": "SolrCore Initialization Failures: init failure"}}')
    with pytest.raises(TargetError) as caught:
        push_to(kind, answer)
    assert "nothing was sent" not in caught.value.advice.lower()


@pytest.mark.parametrize("settings", ["INDEXER_", "INDEXER_SOURCE_"])
def test_advice_names_the_settings_that_the_credentials_come_from(kind: str, settings: str, certificate: Path) -> None:
    credentials = Credentials(settings=settings)
    with pytest.raises(PermanentError) as refused:
        push_to(kind, Answer(401, {"error": "no"}), credentials)
    assert refused.value.advice.startswith(f"Set {settings}USERNAME and {settings}PASSWORD")
    with serving(lambda _: Answer(), certificate=certificate) as server, pytest.raises(PermanentError) as unknown:
        open_index(target_at(kind, server.url, credentials)).push([DOCUMENT])
    assert unknown.value.advice.startswith(f"Set {settings}CA_FILE ")
    missing = Credentials(ca_file=Path("none.pem"), settings=settings)
    with pytest.raises(ConfigError) as absent:
        open_index(target_at(kind, "https://localhost:1", missing))
    assert absent.value.advice.startswith(f"Set {settings}CA_FILE ")
