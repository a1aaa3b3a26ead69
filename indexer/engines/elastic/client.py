"""The clients of Elasticsearch and OpenSearch, as one function that sends one request.

They are used at the level of requests: bodies go as they are, and nothing is retried behind our back.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from indexer.engines.base import Refused
from indexer.engines.http import (
    CHECK_SECONDS,
    MEND_ADVICE,
    READ_SECONDS,
    authorization,
    ca_file,
    connection_error,
    engine_words,
    not_json,
    shorten,
    status_error,
)
from indexer.model.errors import ConfigError, NotThere, PermanentError, TransientError
from indexer.model.targets import Target

SUPPORTED = {"elasticsearch": (8, 9), "opensearch": (2, 3)}
PRODUCTS = {"elasticsearch": "Elasticsearch", "opensearch": "OpenSearch"}
JSON = "application/json"
NDJSON = "application/x-ndjson"
# Refused for the state of the index or node, which may pass, and not for the document: a full disk, a block, a closed
# index, a moving shard.
PASSING = (
    "cluster_block_exception",
    "index_closed_exception",
    "unavailable_shards_exception",
    "circuit_breaking_exception",
)
ROOT = "/"  # where a server says what it is


class Call(Protocol):
    """One request: the answer's JSON. Raises TransientError, PermanentError, or Refused for what it contains."""

    def __call__(
        self, method: str, path: str, body: bytes | None = None, *, content_type: str = JSON, **params: str
    ) -> dict[str, Any]: ...


def open_client(target: Target, *, connections: int = 1) -> tuple[Call, Callable[[], None]]:
    """A function that sends one request to the target, and one that closes its connections.

    Raises ConfigError when the CA file or the client library is not there.
    """
    client = _elasticsearch(target, connections) if target.kind == "elasticsearch" else _opensearch(target, connections)
    send, close = client

    def call(
        method: str, path: str, body: bytes | None = None, *, content_type: str = JSON, **params: str
    ) -> dict[str, Any]:
        status, answer, retry_after = send(method, path, body, content_type, params)
        if 200 <= status < 300:
            if not isinstance(answer, dict):
                raise not_json(str(target), str(answer or "").encode())
            return answer
        words = engine_words(orjson.dumps(answer) if isinstance(answer, dict | list) else str(answer).encode())
        if words.startswith(PASSING):  # whatever the status: 400, 403 or 429
            raise TransientError(f"{target}: HTTP {status}: {shorten(words)}", advice=MEND_ADVICE, busy=True)
        if status in (400, 409, 413):
            raise Refused(shorten(words))
        raise status_error(str(target), status, words, retry_after=retry_after, credentials=target.credentials)

    return call, close


Send = Callable[[str, str, bytes | None, str, dict[str, str]], tuple[int, Any, str | None]]


def _elasticsearch(target: Target, connections: int) -> tuple[Send, Callable[[], None]]:
    """Elasticsearch's client: status, answer and Retry-After of a request, whatever the status."""
    from elastic_transport import (
        HttpHeaders,
        JsonSerializer,
        SerializationError,
        Transport,
        TransportApiResponse,
        TransportError,
    )
    from elastic_transport.client_utils import DEFAULT
    from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

    class Answers(JsonSerializer):
        def loads(self, data: bytes) -> Any:
            """Text where it is no JSON: the client would raise, and keep the status to itself."""
            try:
                return orjson.loads(data)
            except orjson.JSONDecodeError:
                return data.decode("utf-8", "replace")

    class Unwarned(Transport):
        def perform_request(self, *args: Any, **kwargs: Any) -> TransportApiResponse:
            """Without the header that the client would make a Python warning of: what is deprecated is none of the
            user's business, and the filters of warnings are the whole process's.
            """
            meta, body = super().perform_request(*args, **kwargs)
            if "warning" in meta.headers:
                kept = {name: value for name, value in meta.headers.items() if name.lower() != "warning"}
                meta = replace(meta, headers=HttpHeaders(kept))
            return TransportApiResponse(meta, body)

    client = Elasticsearch(
        _with_port(target.base),
        headers=_headers(target),
        ca_certs=(ca_file(target) if target.base.startswith("https:") else None) or DEFAULT,
        serializers={JSON: Answers()},
        transport_class=Unwarned,
        connections_per_node=connections,
        request_timeout=READ_SECONDS,
        max_retries=0,
        retry_on_timeout=False,
    )

    def send(
        method: str, path: str, body: bytes | None, content_type: str, params: dict[str, str]
    ) -> tuple[int, Any, str | None]:
        headers = {"accept": JSON} | ({"content-type": content_type} if body is not None else {})
        try:
            asked = client.options(request_timeout=CHECK_SECONDS) if path == ROOT else client
            response = asked.perform_request(method, path, params=params, headers=headers, body=body)
        except UnsupportedProductError as error:
            return error.meta.status, error.body, None
        except ApiError as error:
            return error.meta.status, error.body, error.meta.headers.get("retry-after")
        except SerializationError as error:
            raise not_json(str(target), str(error).encode()) from None
        except TransportError as error:
            raise connection_error(str(target), error, target.credentials) from None
        return response.meta.status, response.body, None

    return send, client.close


def _opensearch(target: Target, connections: int) -> tuple[Send, Callable[[], None]]:
    """OpenSearch's client: status, answer and Retry-After of a request, whatever the status."""
    try:
        from opensearchpy import OpenSearch, Urllib3HttpConnection
        from opensearchpy.exceptions import ConnectionError as Unreachable
        from opensearchpy.exceptions import SerializationError, TransportError
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{target}: the client for OpenSearch is not installed ({error.name})",
            advice="pip install 'indexer[opensearch]'",
        ) from None
    answered = threading.local()  # of this thread's last request

    class Connection(Urllib3HttpConnection):
        def get_response_headers(self, response: Any) -> Any:
            """Keeps what the client drops when it makes an error of the answer."""
            headers = super().get_response_headers(response)
            answered.retry_after = headers.get("retry-after")
            return headers

    client = OpenSearch(
        [_with_port(target.base)],
        connection_class=Connection,
        headers=_headers(target),
        ca_certs=ca_file(target),
        pool_maxsize=connections,
        timeout=READ_SECONDS,
        max_retries=0,
        retry_on_timeout=False,
    )

    def send(
        method: str, path: str, body: bytes | None, content_type: str, params: dict[str, str]
    ) -> tuple[int, Any, str | None]:
        headers = {"accept": JSON} | ({"content-type": content_type} if body is not None else {})
        answered.retry_after = None
        asked: dict[str, Any] = params | ({"request_timeout": CHECK_SECONDS} if path == ROOT else {})
        try:
            return 200, client.transport.perform_request(method, path, params=asked, headers=headers, body=body), None
        except SerializationError as error:
            raise not_json(str(target), str(error.args[0]).encode()) from None
        except Unreachable as error:
            raise connection_error(str(target), error, target.credentials) from None
        except TransportError as error:
            return int(error.status_code), error.info or error.error, answered.retry_after

    return send, client.close


def check_product(target: Target, call: Call) -> None:
    """That the server is the product of the target, in a version we speak to. Raises PermanentError."""
    try:
        answer = call("GET", ROOT)
    except NotThere:  # another server, which has nothing at its root
        answer = {}
    except Refused as refusal:
        raise PermanentError(f"{target}: {refusal}", advice="Is this the URL of the server?") from None
    version = answer.get("version", {})
    number = version.get("number", "") if isinstance(version, dict) else ""
    if not number:
        product = PRODUCTS[target.kind]
        raise PermanentError(f"{target}: there is no {product} at {target.base}", advice="Is this the server's URL?")
    kind = "opensearch" if version.get("distribution") == "opensearch" else "elasticsearch"
    server = f"{target.kind}+{target.base}"
    if kind != target.kind:
        extra = " (pip install 'indexer[opensearch]')" if kind == "opensearch" else ""
        raise PermanentError(
            f"{server}: this is {PRODUCTS[kind]} {number}.", advice=f"Use {kind}+{target.base}{extra}."
        )
    if int(number.split(".")[0]) not in SUPPORTED[kind]:
        known = " and ".join(map(str, SUPPORTED[kind]))
        raise PermanentError(f"{server}: this is {PRODUCTS[kind]} {number}; indexer works with {known}.")


def _with_port(base: str) -> str:
    """The URL with its port: one client demands it, the other takes 9200 where there is none."""
    url = urlsplit(base)
    if url.port is not None:
        return base
    return url._replace(netloc=f"{url.netloc}:{443 if url.scheme == 'https' else 80}").geturl()


def _headers(target: Target) -> dict[str, str]:
    value = authorization(target)
    return {"authorization": value} if value else {}
