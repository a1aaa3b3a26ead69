"""HTTP to a search server: the session of a target, and which family of errors each failure belongs to.

What it means for a request, on every engine:

    not reached, reset, no answer in time               TransientError   connection_error
    certificate not trusted, no such URL                PermanentError   connection_error
    408, 429, 5xx (Solr's 503 while a core loads)       TransientError   status_error, with its Retry-After
    Solr's 5xx for a core that does not start           PermanentError   status_error
    400, 409, 413                                       Refused: pipeline/bisect.py looks for the documents
    401, 403, 404, 3xx and other 4xx                    PermanentError   status_error
    a success whose JSON is cut off, or nothing         TransientError   not_json
    a success that is something else (a log-in page)    PermanentError   not_json

and for one document, in an answer that is a success as a whole:

    Solr              in `errors`, words of SERVER_TROUBLE        sent again
                      in `errors`, other words                    rejected
                      no acknowledgement in the answer            TransientError
                      404 or 405, the core was there              TransientError (a server that starts loads it later)
    Elasticsearch,    408, 429, 5xx, or an error type of PASSING  sent again; rejected when it goes on with 500
    OpenSearch        401, 403, no such index, MISCONFIGURED      PermanentError
                      a pipeline drops the document               rejected
                      another status                              rejected
                      fewer items than documents                  TransientError

Where all documents that are sent are rejected with the same words, which name none of them, it is the target after all
(pipeline/target_fault.py): PermanentError.

A TransientError sends the whole request again, what is "sent again" only that document (pipeline/push.py). A request
that goes on failing while the server takes others is searched for the document that it fails of (pipeline/bisect.py).
"""

import base64
import email.utils
import re
import ssl
import time
from datetime import UTC
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from requests.adapters import HTTPAdapter

from indexer.model.errors import ConfigError, NotThere, PermanentError, TargetError, TransientError
from indexer.model.targets import Credentials, Target

CONNECT_SECONDS = 10.0
CHECK_SECONDS = 30.0  # for the first question, which any server that is well answers at once
READ_SECONDS = 300.0  # a commit that warms a large searcher takes minutes
TIMEOUT = (CONNECT_SECONDS, READ_SECONDS)
LONGEST_REASON = 1000  # characters; Elasticsearch quotes the whole value at fault

BUSY = (408, 429, 503)
# Solr's 500 where one node does not reach another, in the words of Java's exceptions.
NODE_GONE = re.compile(r"(?:\d+ )?Async exceptions? during distributed update:\s*java\.n(et|io)\.")

INSTALL_ADVICE = "`indexer schema install --target ...` makes it, with the bundled schema."
MEND_ADVICE = "That is the state of the index, and no document's fault: mend it, and run the same command again."


class EngineSession(requests.Session):
    """A requests session that raises TransientError and PermanentError instead of what requests raises, and for every
    answer that is neither a success nor a refusal of the request's content (400, 409, 413).

    Clients built on it (pysolr) would else reduce a status and its Retry-After header to a line of text.
    """

    def __init__(self, target: Target, connections: int) -> None:
        super().__init__()
        self._name = str(target)
        value = authorization(target)
        self._credentials = target.credentials
        if value is not None:
            self.auth = partial(_authorize, value)
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=max(connections, 1), max_retries=0)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """As requests does it, with our time-outs, and redirects refused: a followed POST would become a GET."""
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = TIMEOUT
        # Given with the request, because REQUESTS_CA_BUNDLE of the environment would win over the session's own.
        if kwargs.get("verify") is None:
            kwargs["verify"] = self.verify
        kwargs["allow_redirects"] = False
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            raise connection_error(self._name, error, self._credentials) from None
        status = response.status_code
        if status in (400, 409, 413) or 200 <= status < 300:
            return response
        raise status_error(
            self._name,
            status,
            engine_words(response.content),
            retry_after=response.headers.get("Retry-After"),
            location=response.headers.get("Location"),
            credentials=self._credentials,
        )


def http_session(target: Target, *, connections: int = 1) -> EngineSession:
    """A session with the target's credentials and CA file, that keeps up to `connections` connections alive.

    It may be used by several threads. Raises ConfigError when the CA file is not there.
    """
    session = EngineSession(target, connections)
    session.verify = ca_file(target) or True
    if target.shards:
        session.params = {"shards": ",".join(target.shards)}
    return session


def authorization(target: Target) -> str | None:
    """The value of the Authorization header, None without credentials.

    A user and password are encoded as UTF-8 (RFC 7617); requests and urllib3 would take Latin-1, and fail outside it.
    """
    credentials = target.credentials
    if credentials.username is not None:
        pair = f"{credentials.username}:{credentials.password or ''}"
        return "Basic " + base64.b64encode(pair.encode()).decode()
    if credentials.api_key is None:
        return None
    if target.kind == "solr":
        advice = f"Set {credentials.settings}USERNAME and {credentials.settings}PASSWORD."
        raise ConfigError(f"{target}: Solr knows no API keys", advice=advice)
    return f"ApiKey {credentials.api_key}"


def _authorize(value: str, request: requests.PreparedRequest) -> requests.PreparedRequest:
    """As the session's `auth`, and not a plain header: requests would prefer ~/.netrc to that."""
    request.headers["Authorization"] = value
    return request


def ca_file(target: Target) -> str | None:
    """The path of the target's CA file, None for the usual authorities. Raises ConfigError when it is not there."""
    path = target.credentials.ca_file
    if path is None:
        return None
    if not path.is_file():
        advice = f"Set {target.credentials.settings}CA_FILE to a PEM file."
        raise ConfigError(f"{target}: the CA file {path} is not there", advice=advice)
    return str(path)


def connection_error(name: str, error: BaseException, credentials: Credentials) -> TargetError:
    """What it means that no answer came. `name` is the target as the user wrote it, without `credentials`."""
    root = root_cause(error)
    words = str(getattr(root, "strerror", None) or root) or type(root).__name__
    if isinstance(root, ssl.SSLCertVerificationError):
        return PermanentError(
            f"{name}: the server's certificate is not trusted: {shorten(words)}",
            advice=f"Set {credentials.settings}CA_FILE to the certificate authority that signed it; "
            "verification is never left out.",
        )
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return PermanentError(f"{name}: {shorten(words)}", advice="Look at its URL.")
    if isinstance(error, requests.Timeout) or "timed out" in words.lower():
        return TransientError(f"{name}: no answer in time: {shorten(words)}", advice="Is the server overloaded?")
    return TransientError(
        f"{name}: the server cannot be reached: {shorten(words)}", advice="Is it running? Is the URL right?"
    )


def status_error(
    name: str,
    status: int,
    words: str,
    *,
    retry_after: str | None = None,
    location: str | None = None,
    credentials: Credentials,
) -> TargetError:
    """The error behind a status that is no success: PermanentError, or TransientError for 408, 429 and 5xx.

    `words` are the engine's own; `retry_after` and `location` are the headers as they came.
    """
    said = f": {shorten(words)}" if words else ""
    has_credentials = credentials.username is not None or credentials.api_key is not None
    if "init failure" in words:  # Solr's 500 for a core whose configuration does not load
        return PermanentError(f"{name}: HTTP {status}{said}", advice="Solr's log says more.")
    if may_pass(status):
        return TransientError(
            f"{name}: HTTP {status}{said}",
            advice="The server is busy or not well: look at its log.",
            retry_after=retry_seconds(retry_after),
            busy=status in BUSY or NODE_GONE.match(words) is not None,
        )
    if re.match(r"Collection \S+ is read-only", words):  # Solr's 403 for a commit
        return TransientError(f"{name}: HTTP {status}{said}", advice=MEND_ADVICE, busy=True)
    if status == 401:
        why = "the credentials are refused" if has_credentials else "the server asks for credentials"
        return PermanentError(f"{name}: HTTP 401, {why}{said}", advice=_which(credentials))
    if status == 403:
        advice = "Give this user the right to read the schema, to write and to search." if has_credentials else ""
        return PermanentError(f"{name}: HTTP 403, not allowed{said}", advice=advice or _which(credentials))
    if status in (404, 405):
        return NotThere(f"{name}: HTTP {status}, not there", advice=INSTALL_ADVICE)
    if 300 <= status < 400:
        parts = urlsplit(location or "")
        place = f" to {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else ""
        return PermanentError(f"{name}: HTTP {status}, moved{place}", advice="Give the target's new URL.")
    return PermanentError(f"{name}: HTTP {status}{said}")


def _which(credentials: Credentials) -> str:
    """The settings that hold these, as advice."""
    name = credentials.settings
    return f"Set {name}USERNAME and {name}PASSWORD, or {name}API_KEY."


def may_pass(status: int) -> bool:
    """Whether an HTTP status, of a request or of a document in a bulk answer, says that a later try may succeed."""
    return status in BUSY or status >= 500


def not_json(name: str, body: bytes) -> TargetError:
    """What it means that the answer to a successful request is no JSON object: TransientError for one that lost its
    end, PermanentError for another server's page.
    """
    if not body.strip() or body.lstrip().startswith(b"{"):
        return TransientError(
            f"{name}: the answer is cut off after {len(body):,} bytes", advice="Look at what stands between us."
        )
    return PermanentError(
        f"{name}: the answer is not JSON: {shorten(engine_words(body))[:200]}", advice="Is this the URL of the server?"
    )


def engine_words(body: bytes) -> str:
    """What the engine says went wrong: out of Solr's or Elasticsearch's JSON, or the text of an HTML page."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        text = re.sub(r"(?s)<(style|script|title)\b.*?</\1>|<[^>]*>", " ", body.decode("utf-8", "replace"))
        return " ".join(text.split())
    error = answer.get("error", answer) if isinstance(answer, dict) else answer
    if isinstance(error, dict):
        error = error.get("msg") or describe(error)
    return error if isinstance(error, str) else ""


def describe(error: dict[str, Any]) -> str:
    """Elasticsearch's error object in one line: its type and reason, and the reasons of its causes."""
    parts = [f"{error.get('type', 'error')}: {error.get('reason') or 'no reason given'}"]
    cause = error.get("caused_by")
    while isinstance(cause, dict):
        reason = str(cause.get("reason") or cause.get("type", ""))
        if reason and reason not in parts[-1]:
            parts.append(reason)
        cause = cause.get("caused_by")
    return ": ".join(parts)


def retry_seconds(header: str | None) -> float | None:
    """A Retry-After header (RFC 9110 section 10.2.3: seconds or an HTTP date) in seconds from now, or None."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        date = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, date.timestamp() - time.time())


def root_cause(error: BaseException) -> BaseException:
    """The exception at the bottom: `Connection refused` instead of three libraries' names around it."""
    seen = {id(error)}
    while (inner := error.__cause__ or error.__context__) is not None and id(inner) not in seen:
        seen.add(id(inner))
        error = inner
    return error


def shorten(words: str) -> str:
    """The engine's words on one line, cut where they quote a whole document."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"
