"""Elasticsearch and OpenSearch: what a bulk answer means item by item, and which servers are refused."""

import builtins
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import pytest
import requests

from indexer.engines import registry
from indexer.engines.base import Action, Outcome, Query, Write
from indexer.engines.elastic.sink import encode
from indexer.engines.registry import open_index, parse_target
from indexer.model.documents import Delete
from indexer.model.errors import ConfigError, PermanentError, TransientError
from indexer.model.targets import Target
from indexer.pipeline.bisect import bisect
from indexer.testing.documents import document, write
from tests.engines.server import Answer, Request, serving

CLIENTS = ["elasticsearch", "opensearch"]
PRODUCT = {"X-Elastic-Product": "Elasticsearch"}
INDEXED, DELETED = Outcome("indexed"), Outcome("deleted")
BATCH: list[Action] = [Write("a", b'{"id":"a"}'), Delete('b"\\'), Write("c", b'{"id":"c"}')]
Item = dict[str, Any]


@pytest.fixture(params=CLIENTS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=CLIENTS)
def server(request: pytest.FixtureRequest) -> Target:
    """A target on a real server, whose index is not there."""
    base = request.getfixturevalue(f"{request.param}_url")
    return parse_target(f"{request.param}+{base}/elastic_{uuid.uuid4().hex[:12]}")


@pytest.fixture
def installed(server: Target) -> Iterator[Target]:
    registry.install(server)
    yield server
    requests.delete(f"{server.base}/{server.index}", timeout=60)
    requests.delete(f"{server.base}/_index_template/{server.index}", timeout=60)


def answered(kind: str, items: Sequence[Item], batch: Sequence[Action] = BATCH) -> list[Outcome]:
    """The outcomes of a batch when the server answers so, item by item."""
    body = {"took": 1, "errors": True, "items": [{"index": item} for item in items]}
    with serving(lambda _: Answer(200, body, PRODUCT)) as scripted:
        return bisect(batch, open_index(parse_target(f"{kind}+{scripted.url}/biblio")).push)


def test_a_batch_is_lines_in_order() -> None:
    assert encode(BATCH) == (
        b'{"index":{"_id":"a"}}\n{"id":"a"}\n{"delete":{"_id":"b\\"\\\\"}}\n{"index":{"_id":"c"}}\n{"id":"c"}\n'
    )


def test_a_batch_goes_as_it_was_encoded(kind: str) -> None:
    items = [{"index": {"status": 201}}, {"delete": {"status": 404, "result": "not_found"}}, {"index": {"status": 200}}]
    with serving(lambda _: Answer(200, {"items": items}, PRODUCT)) as scripted:
        sink = open_index(parse_target(f"{kind}+{scripted.url}/bib%20lio"))
        assert sink.push(BATCH) == [INDEXED, DELETED, INDEXED]
    (request,) = scripted.requests
    assert request.body == encode(BATCH)
    assert request.method == "POST"
    assert request.path.startswith("/bib%2520lio/_bulk?")
    assert "refresh" not in request.path


def test_outcomes_item_by_item(kind: str) -> None:
    error = {"type": "mapper_parsing_exception", "reason": "failed", "caused_by": {"type": "x", "reason": "no date"}}
    assert answered(kind, [{"status": 400, "error": error}, {"status": 200}, {"status": 201}]) == [
        Outcome("rejected", "mapper_parsing_exception: failed: no date"),
        DELETED,
        INDEXED,
    ]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, "es_rejected_execution_exception"),
        (503, "unavailable_shards_exception"),
        (500, "something"),
        (408, "timeout"),
        (403, "cluster_block_exception"),  # the disk is nearly full: OpenSearch says 403, Elasticsearch 429
        (400, "index_closed_exception"),
    ],
)
def test_items_that_may_pass(kind: str, status: int, error: str) -> None:
    outcomes = answered(kind, [{"status": 201}, {"status": 200}, {"status": status, "error": {"type": error}}])
    again = Outcome("retry", f"{error}: no reason given", blamed=status == 500)
    assert outcomes == [INDEXED, DELETED, again]


def test_the_client_tries_nothing_again(kind: str) -> None:
    with serving(lambda _: Answer(429, {"error": {"type": "busy"}}, PRODUCT)) as scripted:
        with pytest.raises(TransientError):
            open_index(parse_target(f"{kind}+{scripted.url}/biblio")).push(BATCH)
        assert len(scripted.requests) == 1


def test_an_answer_about_fewer_documents(kind: str) -> None:
    with pytest.raises(TransientError, match="the answer to 3 documents is about 2 of them"):
        answered(kind, [{"status": 201}, {"status": 200}])


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (404, "index_not_found_exception", "the index was deleted"),
        (401, "security_exception", "HTTP 401"),
        (403, "security_exception", "HTTP 403"),
    ],
)
def test_items_that_stop_the_run(kind: str, status: int, error: str, words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        answered(kind, [{"status": 201}, {"status": 200}, {"status": status, "error": {"type": error, "reason": "x"}}])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("illegal_argument_exception", "no write index is defined for alias [al]. The write index may be disabled"),
        ("illegal_argument_exception", "pipeline with id [nope] does not exist"),
        ("illegal_argument_exception", "only write ops with an op_type of create are allowed in data streams"),
        ("routing_missing_exception", "routing is required for [al]/[a]"),
    ],
)
def test_an_index_that_takes_nothing_is_no_documents_fault(kind: str, error: str, reason: str) -> None:
    item = {"status": 400, "error": {"type": error, "reason": reason}}
    with pytest.raises(PermanentError) as caught:
        answered(kind, [{"status": 201}, {"status": 200}, item])
    assert reason in caught.value.message
    assert "no document's fault" in caught.value.advice


def test_a_document_that_a_pipeline_drops_is_not_there(kind: str) -> None:
    outcomes = answered(kind, [{"status": 200, "result": "noop"}] * 3)
    assert outcomes[0] == Outcome("rejected", "an ingest pipeline of the index drops it")
    assert outcomes[1] == DELETED


@pytest.mark.parametrize("status", [400, 403, 429])
def test_a_request_that_a_block_refuses_may_pass(kind: str, status: int) -> None:
    error = {"error": {"type": "index_closed_exception" if status == 400 else "cluster_block_exception"}}
    with serving(lambda _: Answer(status, error, PRODUCT)) as scripted, pytest.raises(TransientError) as caught:
        open_index(parse_target(f"{kind}+{scripted.url}/biblio")).commit()
    assert caught.value.busy


def test_a_delete_in_an_index_that_is_gone_is_no_success(kind: str) -> None:
    error = {"type": "index_not_found_exception", "reason": "no such index"}
    with pytest.raises(PermanentError):
        answered(kind, [{"status": 404, "error": error}], [Delete("x")])


def test_a_body_too_large_is_halved(kind: str) -> None:
    def answer(request: Request) -> Answer:
        if len(request.body) > 60:
            return Answer(413, b"too large", {"Content-Type": "text/plain"})
        actions = request.body.count(b'"_id"')
        return Answer(200, {"items": [{"index": {"status": 200}}] * actions}, PRODUCT)

    with serving(answer) as scripted:
        sink = open_index(parse_target(f"{kind}+{scripted.url}/biblio"))
        assert bisect(BATCH, sink.push) == [INDEXED, DELETED, INDEXED]


def test_an_id_that_the_engine_refuses_costs_one_document(installed: Target) -> None:
    """Over 512 bytes: the engine refuses the whole request."""
    sink = open_index(installed)
    sink.check()
    batch = [write(document(id, "Title"), sink) for id in ("a", "x" * 600, "b", "ö" * 256, "c")]
    outcomes = bisect(batch, sink.push)
    assert [outcome.status for outcome in outcomes] == ["indexed", "rejected", "indexed", "indexed", "indexed"]
    sink.commit()
    assert sink.count() == 4


def test_an_index_that_is_deleted_under_way(installed: Target) -> None:
    """The next bulk request makes it anew: without a look at its UUID, a run would end well without what was in it."""
    sink = open_index(installed)
    sink.check()
    sink.push([write(document("1", "One"), sink)])
    requests.delete(f"{installed.base}/{installed.index}", timeout=60).raise_for_status()
    sink.push([write(document("2", "Two"), sink)])
    with pytest.raises(PermanentError, match=f"index {installed.index} was deleted"):
        sink.commit()


def test_an_alias(installed: Target) -> None:
    alias = Target(installed.kind, base=installed.base, index=f"{installed.index}_alias")
    actions = {"actions": [{"add": {"index": installed.index, "alias": alias.index}}]}
    requests.post(f"{installed.base}/_aliases", json=actions, timeout=60).raise_for_status()
    sink = open_index(alias)
    sink.check()
    assert sink.push([write(document("1", "One"), sink)]) == [INDEXED]
    sink.commit()
    assert list(sink.ids()) == ["1"]
    assert sink.get(["1"])["1"]["title"] == "One"


def test_more_hits_than_a_page_can_reach(installed: Target) -> None:
    with pytest.raises(ConfigError, match="does not take this search"):
        open_index(installed).search(Query("", offset=20_000))


def test_an_index_without_our_schema(server: Target) -> None:
    requests.put(f"{server.base}/{server.index}", timeout=60).raise_for_status()
    try:
        with pytest.raises(PermanentError, match=r"allfields: not there, .* and [0-9]+ more") as caught:
            open_index(server).check()
        assert "indexer schema install" in caught.value.advice
    finally:
        requests.delete(f"{server.base}/{server.index}", timeout=60)


def test_opensearch_is_not_elasticsearch(opensearch_url: str) -> None:
    with pytest.raises(PermanentError) as caught:
        open_index(parse_target(f"elasticsearch+{opensearch_url}/biblio")).check()
    assert caught.value.message.startswith(f"elasticsearch+{opensearch_url}: this is OpenSearch ")
    assert caught.value.advice == f"Use opensearch+{opensearch_url} (pip install 'indexer[opensearch]')."


def test_elasticsearch_is_not_opensearch(elasticsearch_url: str) -> None:
    with pytest.raises(PermanentError) as caught:
        open_index(parse_target(f"opensearch+{elasticsearch_url}/biblio")).check()
    assert caught.value.message.startswith(f"opensearch+{elasticsearch_url}: this is Elasticsearch ")
    assert caught.value.advice == f"Use elasticsearch+{elasticsearch_url}."


def test_solr_is_not_elasticsearch(kind: str, solr_url: str) -> None:
    with pytest.raises(PermanentError):
        open_index(parse_target(f"{kind}+{solr_url.removesuffix('/solr')}/biblio")).check()


@pytest.mark.parametrize(
    ("kind", "version"), [("elasticsearch", "7.17.29"), ("elasticsearch", "10.0.0"), ("opensearch", "1.3.20")]
)
def test_versions_that_we_do_not_speak_to(kind: str, version: str) -> None:
    about = {"number": version, **({"distribution": "opensearch"} if kind == "opensearch" else {})}
    with (
        serving(lambda _: Answer(200, {"version": about}, PRODUCT)) as scripted,
        pytest.raises(PermanentError, match=f"{version}; indexer works with"),
    ):
        open_index(parse_target(f"{kind}+{scripted.url}/biblio")).check()


def test_opensearch_without_its_client(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def absent(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> Any:
        if name.startswith("opensearchpy"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, globals, locals, fromlist, level)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ConfigError, match="client for OpenSearch is not installed") as caught:
        open_index(parse_target("opensearch+http://localhost:1/biblio"))
    assert caught.value.advice == "pip install 'indexer[opensearch]'"


def test_get_reports_a_shard_that_fails(kind: str) -> None:
    docs = [{"_id": "a", "error": {"type": "no_shard_available_action_exception", "reason": "gone"}}]
    with (
        serving(lambda _: Answer(200, {"docs": docs}, PRODUCT)) as scripted,
        pytest.raises(TransientError, match="no_shard_available"),
    ):
        open_index(parse_target(f"{kind}+{scripted.url}/biblio")).get(["a"])


def test_half_an_answer_to_a_search_is_none(kind: str) -> None:
    answer = {"_shards": {"total": 2, "failed": 1}, "timed_out": False, "hits": {"total": {"value": 0}, "hits": []}}
    with (
        serving(lambda _: Answer(200, answer, PRODUCT)) as scripted,
        pytest.raises(TransientError, match="1 shards did not answer"),
    ):
        list(open_index(parse_target(f"{kind}+{scripted.url}/biblio")).ids())


def test_bodies_are_json() -> None:
    for line in encode(BATCH).splitlines():
        assert isinstance(orjson.loads(line), dict)


def test_what_the_server_deprecates_is_no_warning_of_ours_and_no_filter_is_set() -> None:
    answer = {"items": [{"index": {"status": 201}}]}
    headers = {"X-Elastic-Product": "Elasticsearch", "Warning": '299 Elasticsearch-9 "this is deprecated"'}
    before = list(warnings.filters)
    with serving(lambda _: Answer(200, answer, headers)) as scripted, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        filters = list(warnings.filters)
        sink = open_index(parse_target(f"elasticsearch+{scripted.url}/biblio"))
        assert sink.push(BATCH[:1]) == [INDEXED]
        sink.close()
        assert list(warnings.filters) == filters
    assert warned == []
    assert list(warnings.filters) == before
