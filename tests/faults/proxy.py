"""A proxy in front of a real server that does to the requests which push documents, or commit them, what a script says.

Everything else (schema, reading back) passes. The faults below HTTP are real ones: a closed port, a connection
reset (RST), silence, a trickle of bytes.
"""

import contextlib
import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import orjson

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
COMMIT = b'{"commit"'  # goes to Solr's update handler, too
ASKS = (b'{"delete":{"query"', b"{}")  # whether the leaders of all shards took a commit, whether there is a chain


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def encode(self) -> bytes:
        """As it goes over the wire, correctly framed."""
        head = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, '')}"]
        head += [f"{name}: {value}" for name, value in self.headers if name.lower() not in HOP_BY_HOP]
        head += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(head).encode("latin-1") + self.body


@dataclass(slots=True)
class Push:
    """A request that pushes documents: when it came and was answered (monotonic seconds; 0: never), and its body."""

    body: bytes
    came: float
    answered: float = 0.0
    status: int = 0

    @property
    def documents(self) -> int:
        """How many actions it holds: lines of a bulk request, keys of Solr's JSON."""
        if self.body.startswith(b"{") and b"\n" not in self.body:
            return self.body.count(b'"add":{"doc":') + self.body.count(b'"delete":{"id":')
        return self.body.count(b'{"index":{"_id":') + self.body.count(b'{"delete":{"_id":')


class Proxy:
    """`url` stays the same while the port is closed and opened again. `pushes` are all that came, in their order,
    `commits` those after them; `commit_faults` are for the next of these. `otherwise` is what happens to pushes that no
    script is for.
    """

    def __init__(self, upstream: str) -> None:
        self.pushes: list[Push] = []
        self.commits: list[Push] = []
        self.commit_faults: list[Fault] = []
        self.asking_faults: list[Fault] = []
        self.otherwise: Fault = pass_on
        self.clients: set[socket.socket] = set()
        self.ended = threading.Event()
        parts = urlsplit(upstream)
        self.server = (parts.hostname or "", parts.port or 80)
        self._faults: dict[int, Fault] = {}
        self._lock = threading.Lock()
        self._listener: _Listener | None = None
        self._port = 0
        self.open()
        self.url = parts._replace(netloc=f"127.0.0.1:{self._port}").geturl()

    def script(self, faults: "Iterable[Fault]", *, after: int) -> None:
        """From now on `after` pushes pass, the next ones get these faults, the rest pass."""
        with self._lock:
            start = len(self.pushes) + after
            self._faults = dict(enumerate(faults, start))

    def note(self, push: Push) -> "Fault":
        """Takes a push down; gives what is to happen to it."""
        with self._lock:
            self.pushes.append(push)
            return self._faults.get(len(self.pushes) - 1, self.otherwise)

    def note_commit(self, commit: Push) -> "Fault":
        with self._lock:
            if not self.pushes:
                return pass_on
            self.commits.append(commit)
            return self.commit_faults.pop(0) if self.commit_faults else pass_on

    def open(self) -> None:
        with self._lock:
            if self._listener is None and not self.ended.is_set():
                self._listener = _Listener(("127.0.0.1", self._port), Exchange)
                self._listener.proxy = self
                self._port = self._listener.server_address[1]
                threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Nobody listens any more, and every connection is gone, as when a process was killed."""
        with self._lock:
            listener, self._listener = self._listener, None
            clients = list(self.clients)
        if listener is not None:
            listener.shutdown()
            listener.server_close()
        for client in clients:
            with contextlib.suppress(OSError):  # it may be gone already
                client.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        self.ended.set()
        self.close()


@contextlib.contextmanager
def proxying(upstream: str) -> Iterator[Proxy]:
    """A proxy before the server at this base URL."""
    proxy = Proxy(upstream)
    try:
        yield proxy
    finally:
        proxy.end()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    proxy: Proxy

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Closes without a word of its own, so that a reset is one."""
        self.close_request(request)


class Exchange(BaseHTTPRequestHandler):
    """A client's connection with its own one to the server; in a fault, the push that is its present request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener
    push: Push

    def setup(self) -> None:
        super().setup()
        self.proxy = self.server.proxy
        self.upstream = http.client.HTTPConnection(*self.proxy.server)
        self.proxy.clients.add(self.connection)

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the client went away, or was reset
            super().handle()

    def finish(self) -> None:
        self.proxy.clients.discard(self.connection)
        self.upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def exchange(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.push = Push(body, time.monotonic())
        path = self.path.partition("?")[0]
        if self.command == "POST" and (path.endswith("/_refresh") or body.startswith(COMMIT)):
            self.proxy.note_commit(self.push)(self)
        elif self.command == "POST" and body.startswith(ASKS):
            (self.proxy.asking_faults.pop(0) if self.proxy.asking_faults else pass_on)(self)
        elif self.command == "POST" and path.endswith(("/_bulk", "/update")):
            self.proxy.note(self.push)(self)
        else:
            pass_on(self)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = exchange

    def log_message(self, format: str, *args: object) -> None:
        pass

    def forward(self) -> Answer:
        """What the server says. When it says nothing, the client's connection ends, too."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        try:
            self.upstream.request(self.command, self.path, self.push.body, headers)
            answer = self.upstream.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        except (OSError, http.client.HTTPException) as error:
            self.reset()
            raise ConnectionError(f"the server is gone: {error}") from error

    def answer(self, answer: Answer) -> None:
        self.push.answered, self.push.status = time.monotonic(), answer.status
        self.wfile.write(answer.encode())

    def reset(self) -> None:
        """The connection ends with a RST: what was sent may never be read by the client."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


Fault = Callable[[Exchange], None]


def pass_on(exchange: Exchange) -> None:
    exchange.answer(exchange.forward())


def close_port(seconds: float) -> Fault:
    """Nobody listens for so long; the push that meets this has not reached the server."""

    def fault(exchange: Exchange) -> None:
        exchange.close_connection = True
        exchange.proxy.close()
        if not exchange.proxy.ended.wait(seconds):
            exchange.proxy.open()

    return fault


def hang_up(exchange: Exchange) -> None:
    """The connection ends before anybody has seen the push."""
    exchange.reset()


def where(found: Callable[[bytes], bool], then: Fault) -> Fault:
    """The fault for pushes of which this is true."""

    def fault(exchange: Exchange) -> None:
        (then if found(exchange.push.body) else pass_on)(exchange)

    return fault


def reset_after(sent: int) -> Fault:
    """The server takes the push; of its answer so many bytes come, then a RST."""

    def fault(exchange: Exchange) -> None:
        exchange.wfile.write(exchange.forward().encode()[:sent])
        exchange.reset()

    return fault


def stall(seconds: float) -> Fault:
    """The push is taken by nobody, and no answer comes."""

    def fault(exchange: Exchange) -> None:
        exchange.proxy.ended.wait(seconds)
        exchange.close_connection = True

    return fault


def trickle(pieces: int, pause: float) -> Fault:
    """The whole answer, but in pieces with a pause (seconds) before each."""

    def fault(exchange: Exchange) -> None:
        raw = exchange.forward().encode()
        size = -(-len(raw) // pieces)
        for start in range(0, len(raw), size):
            exchange.proxy.ended.wait(pause)
            exchange.wfile.write(raw[start : start + size])

    return fault


def refuse(status: int, *, retry_after: str | None = None) -> Fault:
    """Answers with this status; the server never sees the push."""
    return _instead(status, b'{"error":{"msg":"too busy","type":"busy","reason":"too busy"}}', retry_after)


def lose_acknowledgement(exchange: Exchange) -> None:
    """The server takes the push, and somebody on the way answers 503."""
    exchange.forward()
    refuse(503)(exchange)


def cut_json(exchange: Exchange) -> None:
    """The server's answer ends in the middle, in a frame of that length: only reading it tells."""
    whole = exchange.forward()
    exchange.answer(Answer(whole.status, whole.headers, whole.body[: len(whole.body) // 2]))


def drop_items(count: int) -> Fault:
    """A bulk answer that says nothing of its last items."""

    def fault(exchange: Exchange) -> None:
        whole = exchange.forward()
        content = orjson.loads(whole.body)
        content["items"] = content["items"][:-count]
        exchange.answer(Answer(whole.status, whole.headers, orjson.dumps(content)))

    return fault


def say_nothing_of_it(exchange: Exchange) -> None:
    """The server takes the push; the answer is an empty JSON object."""
    whole = exchange.forward()
    exchange.answer(Answer(whole.status, whole.headers, b"{}"))


def refuse_items(status: int, chosen: Callable[[int, bytes], bool] = lambda number, _: number % 2 == 1) -> Fault:
    """A bulk answer, itself a success, with this status for every second item, or those `chosen` by place and action,
    which the server never sees.
    """

    def fault(exchange: Exchange) -> None:
        whole = exchange.push.body
        actions = split_actions(whole)
        refused = [chosen(number, action) for number, action in enumerate(actions)]
        exchange.push.body = b"".join(action for action, no in zip(actions, refused, strict=True) if not no)
        taken = exchange.forward() if exchange.push.body else Answer(200, [], b'{"items":[]}')
        exchange.push.body = whole
        answered = iter(orjson.loads(taken.body)["items"])
        error = {"type": "es_rejected_execution_exception" if status in (429, 503) else "exception", "reason": "no"}
        items = [{"index": {"status": status, "error": error}} if no else next(answered) for no in refused]
        headers = taken.headers or [("Content-Type", "application/json"), ("X-Elastic-Product", "Elasticsearch")]
        exchange.answer(Answer(200, headers, orjson.dumps({"errors": True, "items": items})))

    return fault


def split_actions(body: bytes) -> list[bytes]:
    """The actions of a bulk request: one line for a deletion, two for a document."""
    lines = iter(body.splitlines(keepends=True))
    return [line if line.startswith(b'{"delete"') else line + next(lines) for line in lines]


def _instead(status: int, body: bytes, retry_after: str | None) -> Fault:
    def fault(exchange: Exchange) -> None:
        headers = [("Content-Type", "application/json")]
        headers += [("Retry-After", retry_after)] if retry_after is not None else []
        exchange.answer(Answer(status, headers, body))

    return fault
