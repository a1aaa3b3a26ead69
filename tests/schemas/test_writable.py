"""What of an alias, an index or a collection says that it takes no documents."""

from typing import Any

import pytest

from indexer.engines.elastic.writable import write_index
from indexer.engines.http import http_session
from indexer.engines.registry import open_index, parse_target
from indexer.engines.solr.writable import check_solr_cloud
from indexer.model.errors import PermanentError, TransientError
from tests.engines.server import Answer, Request, serving

NOT_ONE: dict[str, Any] = {"is_write_index": False}
THE_ONE: dict[str, Any] = {"is_write_index": True}
REPLICA = {"state": "active", "node_name": "n1", "leader": "true"}


@pytest.mark.parametrize(
    ("aliases", "found"),
    [
        ({"al": {"aliases": {}}}, "al"),
        ({"a1": {"aliases": {"al": {}, "other": NOT_ONE}}}, "a1"),
        ({"a1": {"aliases": {"al": NOT_ONE}}}, None),
        ({"a1": {"aliases": {"al": {}}}, "a2": {"aliases": {"al": {}}}}, None),
        ({"a1": {"aliases": {"al": {}}}, "a2": {"aliases": {"al": THE_ONE}}}, "a2"),
        ({"a1": {"aliases": {"al": NOT_ONE}}, "a2": {"aliases": {"al": NOT_ONE}}}, None),
    ],
)
def test_where_documents_go_that_are_sent_to_a_name(aliases: dict[str, Any], found: str | None) -> None:
    assert write_index("al", aliases) == found


def look(status: int, **collection: Any) -> None:
    told = {"cluster": {"live_nodes": ["n1"], "collections": {"c": collection}}}
    with serving(lambda _: Answer(status, told)) as server:
        target = parse_target(f"solr+{server.url}/solr/c")
        check_solr_cloud(http_session(target), target)


def test_a_collection_that_takes_documents() -> None:
    inactive = {"state": "inactive", "replicas": {}}  # was split
    active = {"state": "active", "replicas": {"r1": {**REPLICA, "leader": None}, "r2": REPLICA}}
    look(200, shards={"shard1": inactive, "shard1_0": active}, readOnly="false")


def test_a_collection_that_is_read_only() -> None:
    with pytest.raises(PermanentError, match="the collection c is read-only"):
        look(200, shards={}, readOnly="true")


@pytest.mark.parametrize(
    "replicas",
    [
        {},
        {"r1": {**REPLICA, "leader": "false"}},
        {"r1": {**REPLICA, "state": "down"}},
        {"r1": {**REPLICA, "node_name": "n2"}},  # which is not up
    ],
)
def test_a_shard_without_a_leader(replicas: dict[str, Any]) -> None:
    with pytest.raises(TransientError, match="shard1 of c has no leader that is up"):
        look(200, shards={"shard1": {"state": "active", "replicas": replicas}})


@pytest.mark.parametrize("status", [400, 401, 403])
def test_what_we_may_not_see_is_not_judged(status: int) -> None:
    look(status, shards={}, readOnly="true")


@pytest.mark.parametrize(("status", "refused"), [(404, True), (403, False), (200, False)])
def test_a_pipeline_is_missing_where_the_server_says_so(status: int, refused: bool) -> None:
    def answer(request: Request) -> Answer:
        product = {"X-Elastic-Product": "Elasticsearch"}
        if "/_ingest/pipeline/" in request.path:
            return Answer(status, {}, product)
        if "/_alias" in request.path:
            return Answer(200, {"biblio": {"aliases": {}}}, product)
        if "/_settings" in request.path:
            settings = {"index.uuid": "1", "index.final_pipeline": "tidy"}
            return Answer(200, {"biblio": {"settings": settings}}, product)
        if "/_mapping" in request.path:
            return Answer(200, {"biblio": {"mappings": {}}}, product)
        return Answer(200, {"version": {"number": "9.1.0"}}, product)

    with serving(answer) as server, pytest.raises(PermanentError) as caught:
        open_index(parse_target(f"elasticsearch+{server.url}/biblio")).check(to_write=True)
    assert ("the pipeline with id [tidy] does not exist, which index.final_pipeline" in caught.value.message) == refused
    assert ("its schema is not ours" in caught.value.message) != refused  # which comes after
