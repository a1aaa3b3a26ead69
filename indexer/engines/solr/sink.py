"""Solr 9 and 10, standalone or SolrCloud.

pysolr does the searches. Batches go over its session as we encoded them: pysolr would build each body anew, and tells
neither which document of a batch failed nor the status and Retry-After of an answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pysolr
import requests

from indexer.engines.base import PAGE, Action, Durable, Found, Hit, Outcome, Query, Refused
from indexer.engines.http import CHECK_SECONDS, CONNECT_SECONDS, TIMEOUT, engine_words, http_session, shorten
from indexer.engines.query import check_fields, search_type, sort_order
from indexer.engines.solr import preflight, update_chain, writable
from indexer.engines.solr.leaders import Trust
from indexer.engines.solr.schema import CONF
from indexer.engines.solr.search import SEPARATOR, asked, filters_of, spelling
from indexer.engines.solr.words import NoField, search_refused
from indexer.model.documents import Delete, Fields, Value
from indexer.model.errors import ConfigError, NotThere, PermanentError, TargetError, TransientError
from indexer.model.schema import Schema
from indexer.model.targets import Target

SUPPORTED = tuple(CONF)  # the versions that there is a configset for
FIRST_TIMEOUT = (CONNECT_SECONDS, CHECK_SECONDS)
OPTIMIZE_SECONDS = 3600.0
IDS_A_REQUEST = 500
CURSOR_ROWS = 10_000
COLLATION_TRIES = 10
DICTIONARIES = ("direct", "basicSpell")  # ours, else that of VuFind's configuration
FLUSH = b'{"commit":{"openSearcher":false}}'
COMMIT = b'{"commit":{"openSearcher":true,"waitSearcher":true}}'
NOTHING = b'{"delete":{"query":"{!term f=id}no document has this id"}}'
INTERNAL = ("_version_", "_root_", "score")

# A field is indexed otherwise in what the core holds than its schema says today: no document can be added that has it.
OTHER_SCHEMA = re.compile(r'cannot change field "[^"]*" from ')
# TolerantUpdateProcessor reports every failure as if the document were at fault. These are the server's own, unless
# the document is quoted.
DOCUMENT_TROUBLE = "ERROR: [doc="
SERVER_TROUBLE = re.compile(
    r"IndexWriter is closed|No space left on device|no servers hosting shard|No registered leader|"
    r"Cannot talk to ZooKeeper|ClusterState says we are the leader|Service Unavailable|Connection refused|"
    r"Server error writing document|SolrCoreState already closed|Server refused connection|"
    r"SocketTimeout|[Tt]imed? ?out|OutOfMemoryError|Too Many Requests|Connection reset|"
    r"^Collection \S+ is read-only",
)


class SolrSink:
    """A core or collection. `push` may be called from several threads: they share the session's connections."""

    durable: Durable = "acknowledged"  # in the update log, which is replayed when Solr starts

    def __init__(self, target: Target, *, connections: int = 2) -> None:
        self._target = target
        self._session = http_session(target, connections=connections)
        self._url = f"{target.base}/{target.index}"
        self._solr = pysolr.Solr(self._url, timeout=TIMEOUT, session=self._session)
        self._omit: frozenset[str] = frozenset()
        self.live: Schema | None = None  # its own fields, known after `check`
        self._checked = False
        self._trust: Trust | None = None  # of a SolrCloud
        self._chain = ""  # of updates; that of /update where it is empty

    def __str__(self) -> str:
        return str(self._target)

    @property
    def omit(self) -> frozenset[str]:
        return self._omit

    def check(self, *, to_write: bool = False) -> None:
        product = check_product(self._target, self._session)
        if to_write and product.cloud:
            writable.check_solr_cloud(self._session, self._target)
        live = preflight.check_solr(self._session, self._target)
        self._omit, self.live = live.omit, live.schema
        if product.cloud:
            self._trust, self._chain = Trust(self._target, self._session), live.strict or ""
            self._trust.begin()
            if to_write:
                self._check_chain(live.strict)
        check_select(self._target, self._session, product)
        self._checked = True

    def identity(self) -> str:
        """Solr gives an index no identity of its own; an emptied one is told by its count."""
        return ""

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        return self._send(batch) if batch else []

    def commit(self) -> None:
        """One hard commit that opens a searcher (pysolr would send two: as a parameter and as a body).

        A SolrCloud acknowledges a commit that did not reach a shard, because its leader is gone and no other is
        elected yet. Deleting what is not there does reach the leaders of all, or fails, and waits for an election. So
        that goes first, behind a commit which opens no searcher and takes most of the time.
        """
        try:
            if self._trust is not None:
                self._update(FLUSH)
                self._update(NOTHING)
            self._update(COMMIT)
        except Refused as refusal:
            raise PermanentError(f"{self._target}: the commit is refused: {refusal}") from None

    def _check_chain(self, strict: str | None) -> None:
        """Raises PermanentError where a node that is lost would take documents with it, unnoticed."""
        try:
            if strict:
                self._update(b"{}")
            if strict is not None:
                return
        except Refused:  # the collection was not loaded anew since its configuration has this chain
            pass
        raise PermanentError(
            f"{self._target}: its update chain {update_chain.HIDES}",
            advice="`indexer schema install` renews the bundled configuration; no document is indexed anew for that.\n"
            "In a configuration of your own add a chain that has all but this processor.",
            nothing_sent=True,
        )

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        found: dict[str, Fields] = {}
        for start in range(0, len(ids), IDS_A_REQUEST):
            some = ids[start : start + IDS_A_REQUEST]
            results = self._search(
                "{!terms f=id separator=$between v=$wanted}",
                between=SEPARATOR,
                wanted=SEPARATOR.join(some),
                rows=len(some),
            )
            found.update((document["id"], _fields(document)) for document in results.docs)
        return found

    def count(self) -> int:
        return int(self._search("*:*", rows=0).hits)

    def count_with(self, field: str) -> int:
        try:
            return int(self._search(f"{{!lucene}}{field}:[* TO *]", rows=0).hits)
        except NoField:
            return 0

    def ids(self) -> Iterator[str]:
        for document in self._search("*:*", fl="id", sort="id asc", rows=CURSOR_ROWS, cursorMark="*"):
            yield document["id"]

    def pages(self, after: str = "") -> Iterator[tuple[list[bytes], str]]:
        """By cursorMark, in the order of ids; what Solr does not store is not there."""
        check_product(self._target, self._session)
        mark = after or "*"
        while True:
            results = self._search("*:*", sort="id asc", rows=PAGE, cursorMark=mark)
            if not results.docs:
                return
            mark = results.nextCursorMark
            yield [orjson.dumps(document) for document in results.docs], mark

    def refresh(self) -> None:
        """Solr answers from its newest searcher."""

    def search(self, query: Query) -> Found:
        check_fields(query)
        main = asked(query)
        if main is None:
            return Found(0, [])
        params: dict[str, Any] = {
            "fl": "*,score",
            "rows": query.limit,
            "start": query.offset,
            "fq": filters_of(query),
            "sort": "score desc,id asc",
            **main,
        }
        if query.sort is not None:
            field, descending = sort_order(query.sort)
            params["sort"] = f"{field.name} {'desc' if descending else 'asc'},id asc"
        if query.facets:
            params |= {"facet": "true", "facet.field": query.facets, "facet.mincount": 1}
            params["facet.limit"] = query.facet_limit
        results = self._search(params.pop("q"), **params)
        return Found(
            total=int(results.hits),
            hits=[Hit(document["id"], _fields(document), document.get("score")) for document in results.docs],
            facets={name: _pairs(results.facets["facet_fields"][name]) for name in query.facets},
            suggestion=self._suggest(query) if query.suggest and not results.hits else None,
        )

    def close(self) -> None:
        self._session.close()

    def _send(self, batch: Sequence[Action]) -> list[Outcome]:
        """One request; Refused when Solr rejects it as a whole, or names documents that are none of the batch."""
        errors = self._update(encode(batch))["responseHeader"].get("errors", [])
        if not errors:
            return [_done(action) for action in batch]
        self._refuse_other_schema(*(error.get("message", "") for error in errors))
        reasons = {(error.get("type"), error.get("id")): error.get("message", "no reason given") for error in errors}
        outcomes = []
        for action in batch:
            reason = reasons.pop(("DELID" if isinstance(action, Delete) else "ADD", action.id), None)
            outcomes.append(_done(action) if reason is None else _failed(reason))
        if reasons:
            raise Refused(shorten("; ".join(reasons.values())))
        return outcomes

    def _update(self, body: bytes) -> dict[str, Any]:
        """What Solr acknowledges, with a `responseHeader`. Refused for what the body contains."""
        if self._trust is None:
            return self._request(body)
        return self._trust.acknowledged(lambda: self._request(body))

    def _request(self, body: bytes) -> dict[str, Any]:
        params = {"wt": "json", "omitHeader": "false"} | ({"update.chain": self._chain} if self._chain else {})
        headers = {"Content-Type": "application/json"}
        try:
            response = self._session.post(f"{self._url}/update", params=params, data=body, headers=headers)
        except NotThere as error:
            if not self._checked:
                raise
            # A server that starts answers 404 or 405 for its cores until it knows them, and 503 until they are loaded.
            raise TransientError(f"{error.message} any more", advice="Solr is starting, or the core is gone.") from None
        if response.status_code >= 400:
            words = engine_words(response.content)
            self._refuse_other_schema(words)
            raise Refused(shorten(words))
        answer = preflight.solr_json(self._target, response)
        if answer.get("responseHeader", {}).get("status") != 0:
            raise TransientError(f"{self._target}: the answer acknowledges nothing")
        return answer

    def _refuse_other_schema(self, *reasons: str) -> None:
        """Raises PermanentError where Lucene says that the schema is not the one that the index was made with."""
        for reason in reasons:
            if OTHER_SCHEMA.search(reason):
                raise PermanentError(
                    f"{self._target}: its documents were indexed by another version of its schema: {shorten(reason)}",
                    advice="`indexer reindex` builds an index by the schema of today beside this one and puts it\n"
                    "in its place. No document is at fault; what was acknowledged is kept.",
                )

    def _search(self, q: str, **params: Any) -> pysolr.Results:
        try:
            return self._solr.search(q, **params)
        except pysolr.SolrError as error:
            words = re.sub(r"(?s)^.*\[Reason: (.*)\].*$", r"\1", str(error))
            raise search_refused(self._target, shorten(words)) from None
        except (ValueError, TypeError, KeyError, AttributeError):  # pysolr reads whatever comes as Solr's JSON
            raise PermanentError(
                f"{self._target}: the answer is not Solr's", advice="Is this the URL of Solr?"
            ) from None

    def _suggest(self, query: Query) -> str | None:
        """A collation: the corrected words, tried by Solr itself so that it does find something."""
        words = spelling(query)
        if not words or search_type(query.type).exact or query.likes:
            return None
        params: dict[str, Any] = {
            **(asked(query) or {}),
            "fq": filters_of(query),
            "rows": 0,
            "spellcheck": "true",
            "spellcheck.q": words,
            "spellcheck.count": 10,
            "spellcheck.collate": "true",
            "spellcheck.maxCollations": 1,
            "spellcheck.maxCollationTries": COLLATION_TRIES,
            "spellcheck.collateExtendedResults": "false",
        }
        q = params.pop("q")
        for dictionary in DICTIONARIES:
            try:
                found = self._search(q, **params, **{"spellcheck.dictionary": dictionary})
            except ConfigError:  # a live configuration without this dictionary
                continue
            collations = found.spellcheck.get("collations", [])
            return collations[1] if len(collations) > 1 else None
        return None


def optimize(target: Target) -> None:
    """Merges the segments of a core or collection into one, which also builds the spelling dictionaries that wait for
    it. Raises PermanentError or TransientError.
    """
    with http_session(target) as session:
        body = b'{"optimize":{"waitSearcher":true,"maxSegments":1}}'  # without a number Solr 9 merges nothing
        url, wait = f"{target.base}/{target.index}/update", (CONNECT_SECONDS, OPTIMIZE_SECONDS)
        headers = {"Content-Type": "application/json"}
        preflight.solr_json(target, session.post(url, params={"wt": "json"}, data=body, headers=headers, timeout=wait))


@dataclass(frozen=True, slots=True)
class Product:
    """The Solr that answers: its major version, and whether it is a SolrCloud."""

    major: int
    cloud: bool


def check_product(target: Target, session: requests.Session) -> Product:
    """That Solr answers, in a version we speak to. Raises PermanentError, or TransientError."""
    try:
        answer = _json(session.get(f"{target.base}/admin/info/system", params={"wt": "json"}, timeout=FIRST_TIMEOUT))
    except NotThere:
        answer = {}
    version = answer.get("lucene", {}).get("solr-spec-version", "")
    if not version:
        raise PermanentError(
            f"{target}: there is no Solr at {target.base}{_other_product(target, session)}",
            advice="Solr's URL ends with /solr/ and the core or collection: solr+http://host:8983/solr/biblio.",
        )
    major = int(version.split(".")[0])
    if major not in SUPPORTED:
        known = " and ".join(map(str, SUPPORTED))
        raise PermanentError(f"{target}: this is Solr {version}; indexer works with Solr {known}.")
    return Product(major, cloud=answer.get("mode") == "solrcloud")


def check_select(target: Target, session: requests.Session, product: Product) -> None:
    """Raises PermanentError where a Solr 10 has a configuration of the time before: nothing can be searched there."""
    if product.major < 10:
        return
    try:
        session.get(f"{target.base}/{target.index}/select", params={"q": "*:*", "rows": "0", "wt": "json"})
    except NotThere:
        raise PermanentError(
            f"{target}: its solrconfig.xml has no request handler /select, which Solr {product.major} has to find by "
            "that name",
            advice="`indexer schema install --target ...` says how the bundled configset for this Solr comes there; in "
            "a configuration\nof your own add a SearchHandler of this name. Nothing was sent.",
        ) from None


def _other_product(target: Target, session: requests.Session) -> str:
    """`: this is OpenSearch 3.6.0` where the server says so at its root."""
    root = re.sub(r"(?<=[^/])/(?!/).*$", "/", target.base)
    try:
        answer = _json(session.get(root))
    except TargetError:
        return ""
    version = answer.get("version", {})
    if not isinstance(version, dict) or "number" not in version:
        return ""
    product = "OpenSearch" if version.get("distribution") == "opensearch" else "Elasticsearch"
    return f": this is {product} {version['number']}"


def encode(batch: Sequence[Action]) -> bytes:
    """One JSON body of commands in order. Keys repeat: Solr's JSON update format has it so."""
    return b"{" + b",".join(_command(action) for action in batch) + b"}"


def _json(response: requests.Response) -> dict[str, Any]:
    """The answer's JSON object, empty for what is none: another server's or a proxy's page."""
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _command(action: Action) -> bytes:
    if isinstance(action, Delete):
        return b'"delete":{"id":' + orjson.dumps(action.id) + b"}"
    return b'"add":{"doc":' + action.body + b"}"


def _done(action: Action) -> Outcome:
    return Outcome("deleted" if isinstance(action, Delete) else "indexed")


def _failed(reason: str) -> Outcome:
    passing = SERVER_TROUBLE.search(reason) and DOCUMENT_TROUBLE not in reason
    return Outcome("retry" if passing else "rejected", shorten(reason))


def _fields(document: dict[str, Any]) -> Fields:
    """The document without what Solr adds, values as strings."""
    return {name: _value(value) for name, value in document.items() if name not in INTERNAL}


def _value(value: Any) -> Value:
    if isinstance(value, list):
        return [_text(item) for item in value]
    return _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _pairs(flat: list[Any]) -> list[tuple[str, int]]:
    """Solr's facet counts, value and count in turn, as pairs."""
    return list(zip(flat[::2], flat[1::2], strict=True))
