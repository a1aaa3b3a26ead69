"""Elasticsearch 8 and 9, OpenSearch 2 and 3: one module, the client differs (client.py).

An acknowledged bulk request is durable: it is in the translog of the primary and the replicas in sync, synced to disk
(`index.translog.durability` is `request` unless somebody changed it).
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import orjson

from indexer.engines.base import PAGE, Action, Durable, Found, Hit, Outcome, Query, Refused
from indexer.engines.elastic import preflight, writable
from indexer.engines.elastic.client import NDJSON, PASSING, PRODUCTS, check_product, open_client
from indexer.engines.elastic.search import asked, exact_field, finds_nothing
from indexer.engines.http import BUSY, MEND_ADVICE, describe, may_pass, shorten, status_error
from indexer.engines.query import check_fields, search_type, sort_order, stored_fields
from indexer.model.documents import Delete, Fields
from indexer.model.errors import ConfigError, NotThere, PermanentError, TargetError, TransientError
from indexer.model.schema import Schema
from indexer.model.targets import Target

# What a bulk load into an empty index does without: a refresh every second, and, on one node, every document twice.
BULK_SETTINGS: dict[str, str | None] = {"index.refresh_interval": "-1", "index.number_of_replicas": "0"}
ITEM_PARTS = "items.*.status,items.*.result,items.*.error"  # of a bulk answer: a tenth of its bytes
IDS_A_REQUEST = 500
IDS_A_PAGE = 10_000  # index.max_result_window
SUGGESTION_TRIES = 5
KEEP_ALIVE = "15m"  # of the point in time between two pages: as long as a target that is down is waited for, and more
# How a point in time is opened and closed, and under which name it is given.
POINT_IN_TIME = {
    "elasticsearch": ("_pit", "/_pit", "id"),
    "opensearch": ("_search/point_in_time", "/_search/point_in_time", "pit_id"),
}
# Refused for what the index has been set to, which somebody has to mend: an alias without an index to write to, a data
# stream, an ingest pipeline that is not there, an index that asks for a routing.
MISCONFIGURED = re.compile(
    r"routing_missing_exception: |illegal_argument_exception: (?=.*(write index|more than one ind|op_type of create|"
    r"pipeline .*(does not exist|is missing|not found)))"
)

GONE = "What had been acknowledged is gone with it. Install the schema again, and load from the start."


class ElasticSink:
    """An index or alias. `push` may be called from several threads: they share the client's connections."""

    durable: Durable = "acknowledged"

    def __init__(self, target: Target, *, connections: int = 2) -> None:
        self._target = target
        self._call, self._close = open_client(target, connections=connections)
        self._index = "/" + quote(target.index, safe="")
        self._uuids: dict[str, str] = {}  # of the indices that `check` saw
        self._is_alias = False
        self.live: Schema | None = None  # its own fields, known after `check`

    def __str__(self) -> str:
        return str(self._target)

    @property
    def omit(self) -> frozenset[str]:
        return frozenset()

    def check(self, *, to_write: bool = False) -> None:
        check_product(self._target, self._call)
        if to_write:
            writable.check_elastic(self._target, self._call, self._index)
        mappings = self._call("GET", f"{self._index}/_mapping")
        preflight.check_elastic(mappings, self._target)
        self.live = preflight.live_elastic_schema(mappings)
        self._uuids = self._read_uuids()
        self._is_alias = self._target.index not in self._uuids

    def identity(self) -> str:
        return " ".join(sorted((self._uuids or self._read_uuids()).values()))

    def bulk_settings(self) -> dict[str, str | None]:
        """Of the first index: those behind one alias are made alike."""
        answer = self._ask("GET", "_settings", flat_settings="true")
        index = next(iter(answer.values()))["settings"]
        return {name: index.get(name) for name in BULK_SETTINGS}

    def for_bulk(self, before: dict[str, str | None]) -> dict[str, str | None]:
        """Where there are several nodes one replica stays, if there are any: with a node that is lost, documents that
        were acknowledged would be lost else.
        """
        if before["index.number_of_replicas"] == "0" or not self._has_several_nodes():
            return BULK_SETTINGS
        return BULK_SETTINGS | {"index.number_of_replicas": "1"}

    def _has_several_nodes(self) -> bool:
        try:
            return int(self._call("GET", "/_cluster/health")["number_of_data_nodes"]) > 1
        except (PermanentError, Refused):  # one who may not ask
            return True

    def put_settings(self, settings: dict[str, str | None]) -> None:
        self._ask("PUT", "_settings", orjson.dumps(settings))

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        return self._send(batch) if batch else []

    def commit(self) -> None:
        """A refresh: what is acknowledged is durable already.

        A bulk request to an index that is gone makes a new one, without a word. So an index that was deleted while we
        were loading, and documents with it, is found here.
        """
        live = self._read_uuids() if self._uuids else {}
        gone = [name for name, uuid in self._uuids.items() if live.get(name) != uuid]
        if gone:
            raise PermanentError(
                f"{self._target}: index {', '.join(gone)} was deleted while documents were sent to it",
                advice=GONE,
            )
        shards = self._ask("POST", "_refresh").get("_shards", {})
        if shards.get("failed"):
            raise TransientError(f"{self._target}: {shards['failed']} shards could not be refreshed")

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        """`_source` holds every field that was sent; those that the schema does not store are left out."""
        found: dict[str, Fields] = {}
        for start in range(0, len(ids), IDS_A_REQUEST):
            body = orjson.dumps({"ids": list(ids[start : start + IDS_A_REQUEST])})
            for document in self._ask("POST", "_mget", body, realtime="false")["docs"]:
                if "error" in document:
                    raise TransientError(f"{self._target}: {shorten(describe(document['error']))}")
                if document["found"]:
                    found[document["_id"]] = stored_fields(document["_source"])
        return found

    def count(self) -> int:
        return int(self._ask("GET", "_count")["count"])

    def count_with(self, field: str) -> int:
        query = {"query": {"exists": {"field": field}}}
        return int(self._ask("POST", "_count", orjson.dumps(query))["count"])

    def ids(self) -> Iterator[str]:
        """Pages by the field `id`: unlike a scroll it holds nothing open, unlike `_id` it needs no field data."""
        body: dict[str, Any] = {"size": IDS_A_PAGE, "sort": [{"id": "asc"}], "_source": False}
        while hits := self._search(body)["hits"]["hits"]:
            for hit in hits:
                yield hit["_id"]
            body["search_after"] = hits[-1]["sort"]

    def pages(self, after: str = "") -> Iterator[tuple[list[bytes], str]]:
        """As the index is when the reading begins (a point in time), in the order of the field `id`."""
        check_product(self._target, self._call)
        opened, closed, name = POINT_IN_TIME[self._target.kind]
        point = str(self._ask("POST", opened, keep_alive=KEEP_ALIVE)[name])
        body: dict[str, Any] = {"size": PAGE, "sort": [{"id": "asc"}], "track_total_hits": False}
        if after:
            body["search_after"] = orjson.loads(after)
        try:
            while True:
                body["pit"] = {"id": point, "keep_alive": KEEP_ALIVE}
                answer = self._search(body, path="/_search")
                hits = answer["hits"]["hits"]
                if not hits:
                    return
                point = answer.get("pit_id", point)
                body["search_after"] = hits[-1]["sort"]
                yield [_document(hit) for hit in hits], orjson.dumps(hits[-1]["sort"]).decode()
        except NotThere:
            raise TransientError(f"{self._target}: the server has forgotten where the reading was") from None
        finally:
            with contextlib.suppress(TargetError, Refused):  # it ends by itself after KEEP_ALIVE
                self._call("DELETE", closed, orjson.dumps({name: [point] if name == "pit_id" else point}))

    def refresh(self) -> None:
        """A search sees what the last refresh of the index left."""

    def search(self, query: Query) -> Found:
        check_fields(query)
        if finds_nothing(query):
            return Found(0, [])
        sort: list[Any] = ["_score", {"id": "asc"}]
        if query.sort is not None:
            field, descending = sort_order(query.sort)
            sort = [{field.name: {"order": "desc" if descending else "asc", "missing": "_last"}}, {"id": "asc"}]
        answer = self._search(
            {
                "query": asked(query),
                "from": query.offset,
                "size": query.limit,
                "sort": sort,
                "track_scores": query.sort is None,
                "track_total_hits": True,
                "aggs": {
                    name: {"terms": {"field": exact_field(name), "size": query.facet_limit}} for name in query.facets
                },
            }
        )
        total = answer["hits"]["total"]["value"]
        counted = answer.get("aggregations", {})
        return Found(
            total=total,
            hits=[Hit(hit["_id"], stored_fields(hit["_source"]), hit.get("_score")) for hit in answer["hits"]["hits"]],
            facets={
                name: [(str(row["key"]), row["doc_count"]) for row in counted[name]["buckets"]] for name in query.facets
            },
            suggestion=self._suggest(query) if query.suggest and not total else None,
        )

    def close(self) -> None:
        self._close()

    def _read_uuids(self) -> dict[str, str]:
        """Name -> UUID of the index, or of the indices behind the alias."""
        answer = self._ask("GET", "_settings/index.uuid")
        return {name: index["settings"]["index"]["uuid"] for name, index in answer.items()}

    def _ask(self, method: str, path: str, body: bytes | None = None, **params: str) -> dict[str, Any]:
        """A request on the index whose content is ours: a refusal is no document's fault."""
        try:
            return self._call(method, f"{self._index}/{path}", body, **params)
        except Refused as refusal:
            raise PermanentError(f"{self._target}: {refusal}") from None

    def _search(self, body: dict[str, Any], path: str = "") -> dict[str, Any]:
        """A search of the index; of `path` where its body says what to search."""
        try:
            answer = self._call("POST", path or f"{self._index}/_search", orjson.dumps(body))
        except Refused as refusal:
            product = PRODUCTS[self._target.kind]
            raise ConfigError(f"{self._target}: {product} does not take this search: {refusal}") from None
        if answer["_shards"]["failed"] or answer["timed_out"]:
            raise TransientError(f"{self._target}: {answer['_shards']['failed']} shards did not answer the search")
        return answer

    def _send(self, batch: Sequence[Action]) -> list[Outcome]:
        params = {"filter_path": ITEM_PARTS}
        if self._is_alias:  # else a new index takes the name of an alias that is gone
            params["require_alias"] = "true"
        answer = self._call("POST", f"{self._index}/_bulk", encode(batch), content_type=NDJSON, **params)
        items = answer.get("items", [])
        if len(items) != len(batch):
            raise TransientError(f"{self._target}: the answer to {len(batch)} documents is about {len(items)} of them")
        return [self._outcome(action, next(iter(item.values()))) for action, item in zip(batch, items, strict=True)]

    def _outcome(self, action: Action, item: dict[str, Any]) -> Outcome:
        status, error = item.get("status", 500), item.get("error")
        if item.get("result") == "noop" and not isinstance(action, Delete):
            return Outcome("rejected", "an ingest pipeline of the index drops it")
        if 200 <= status < 300:
            return Outcome("deleted" if isinstance(action, Delete) else "indexed")
        if error is None and status == 404 and isinstance(action, Delete):
            return Outcome("deleted")
        kind = error.get("type", "") if isinstance(error, dict) else ""
        words = shorten(describe(error) if isinstance(error, dict) else str(error or f"HTTP {status}"))
        if may_pass(status) or kind in PASSING:
            return Outcome("retry", words, blamed=status not in BUSY and kind not in PASSING)
        if MISCONFIGURED.match(words):
            raise PermanentError(f"{self._target}: the index takes no documents: {words}", advice=MEND_ADVICE)
        if kind == "index_not_found_exception":
            raise PermanentError(f"{self._target}: the index was deleted while documents were sent to it", advice=GONE)
        if status in (401, 403):
            raise status_error(str(self._target), status, words, credentials=self._target.credentials)
        return Outcome("rejected", words)

    def _suggest(self, query: Query) -> str | None:
        """The text with its unknown words replaced by known ones; only what finds something is suggested."""
        if search_type(query.type).exact or query.likes:
            return None
        options = {"field": "allfields_unstemmed", "suggest_mode": "missing", "size": SUGGESTION_TRIES}
        asked_for = {"text": query.text, "words": {"term": options | {"max_edits": 2}}}
        answer = self._search({"size": 0, "suggest": asked_for})
        unknown = [word for word in answer["suggest"]["words"] if word["options"]]
        for rank in range(SUGGESTION_TRIES if unknown else 0):
            corrected = query.text
            for word in reversed(unknown):
                option = word["options"][min(rank, len(word["options"]) - 1)]["text"]
                corrected = _replace(corrected, word["offset"], word["length"], option)
            body = {"size": 0, "query": asked(replace(query, text=corrected))}
            if self._search(body)["hits"]["total"]["value"]:
                return corrected
        return None


def encode(batch: Sequence[Action]) -> bytes:
    """The batch as newline-delimited JSON, in order."""
    lines = []
    for action in batch:
        if isinstance(action, Delete):
            lines.append(b'{"delete":{"_id":' + orjson.dumps(action.id) + b"}}\n")
        else:
            lines.append(b'{"index":{"_id":' + orjson.dumps(action.id) + b"}}\n" + action.body + b"\n")
    return b"".join(lines)


def _document(hit: dict[str, Any]) -> bytes:
    """What was sent; with the engine's name for the document where it did not name itself."""
    source = hit["_source"]
    return orjson.dumps(source if "id" in source else {"id": hit["_id"], **source})


def _replace(text: str, offset: int, length: int, new: str) -> str:
    """`text` with a piece replaced; Java counts UTF-16 units, two for a letter outside the first plane."""
    units = text.encode("utf-16-le")
    return (units[: 2 * offset] + new.encode("utf-16-le") + units[2 * (offset + length) :]).decode("utf-16-le")
