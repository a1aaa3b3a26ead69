"""An OAI-PMH 2.0 server: the whole protocol over HTTP, with a clock of its own, and faults on request."""

import base64
import gzip
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SECONDS = "YYYY-MM-DDThh:mm:ssZ"
DAYS = "YYYY-MM-DD"
ARGUMENTS = {  # section 4: verb -> (required, optional)
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), {"resumptionToken"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListRecords": ({"metadataPrefix"}, {"from", "until", "set"}),
    "ListIdentifiers": ({"metadataPrefix"}, {"from", "until", "set"}),
}


@dataclass(frozen=True)
class Item:
    """A record; no title: a deleted one. `raw` is metadata as it is to be sent, well-formed or not."""

    id: str
    stamp: str
    title: str = ""
    sets: tuple[str, ...] = ()
    raw: str = ""

    @property
    def header(self) -> str:
        deleted = "" if self.title or self.raw else ' status="deleted"'
        sets = "".join(f"<setSpec>{each}</setSpec>" for each in self.sets)
        return f"<header{deleted}><identifier>{self.id}</identifier><datestamp>{self.stamp}</datestamp>{sets}</header>"

    @property
    def record(self) -> str:
        if not self.title and not self.raw:
            return f"<record>{self.header}</record>"
        dc = f'<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">{escape(self.title)}</dc:title>'
        metadata = self.raw or f'<oai_dc:dc xmlns:oai_dc="{DC}">{dc}</oai_dc:dc>'
        return f"<record>{self.header}<metadata>{metadata}</metadata></record>"


@dataclass
class Repository:
    """`now` is the server's clock, `asked` the arguments of all requests. `faults` are for coming requests, by their
    number from 0 on: a status ("503"), "cut", "broken" (cut without a word of it in HTTP), "page" (HTML), "drop" (no
    answer), "expired" (every token given so far), "entities" (a DOCTYPE that declares one); `token_fault` is one for
    every request with a token. `refusal` is the status of answers with an error. URLs longer than `longest` get
    `too_long`; `posted` counts what was asked by POST.
    """

    items: dict[str, Item] = field(default_factory=dict)
    size: int = 100
    now: str = "2021-06-01T12:00:00Z"
    granularity: str = SECONDS
    deleted: str = "persistent"
    sets: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("oai_dc",)
    last_token: bool = True
    zipped: bool = False
    user: str = ""
    retry_after: str | None = None
    redirect: str = ""
    refusal: int = 200
    faults: dict[int, str] = field(default_factory=dict)
    token_fault: str = ""
    longest: int = 65536
    too_long: int = 414
    posted: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    epoch: int = 0
    url: str = ""

    def put(self, *items: Item) -> None:
        self.items |= {item.id: item for item in items}

    def lists(self) -> list[dict[str, str]]:
        return [query for query in self.asked if query["verb"] == "ListRecords"]

    def answer(self, query: dict[str, str]) -> str:
        try:
            body = self._answer(query)
        except Refusal as refusal:
            body = f'<error code="{refusal.code}">{refusal.code} of {len(self.asked)}</error>'
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in query.items())
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{self.now}</responseDate><request{attributes}>{self.url}</request>{body}</OAI-PMH>\n"
        )

    def _answer(self, query: dict[str, str]) -> str:
        verb = query.get("verb", "")
        if verb not in ARGUMENTS:
            raise Refusal("badVerb")
        given = set(query) - {"verb"}
        required, optional = ARGUMENTS[verb]
        if "resumptionToken" in given and verb.startswith("List"):
            if len(given) > 1:
                raise Refusal("badArgument")
        elif required - given or given - required - optional:
            raise Refusal("badArgument")
        if query.get("metadataPrefix", self.formats[0]) not in self.formats:
            raise Refusal("cannotDisseminateFormat")
        return getattr(self, f"_{verb}")(query) if verb in ("Identify", "ListSets") else self._of_items(verb, query)

    def _Identify(self, _query: dict[str, str]) -> str:
        return (
            f"<Identify><repositoryName>Test</repositoryName><baseURL>{self.url}</baseURL>"
            "<protocolVersion>2.0</protocolVersion><adminEmail>a@example.org</adminEmail>"
            f"<earliestDatestamp>2000-01-01</earliestDatestamp><deletedRecord>{self.deleted}</deletedRecord>"
            f"<granularity>{self.granularity}</granularity></Identify>"
        )

    def _ListSets(self, _query: dict[str, str]) -> str:
        if not self.sets:
            raise Refusal("noSetHierarchy")
        sets = "".join(f"<set><setSpec>{each}</setSpec><setName>{each}</setName></set>" for each in self.sets)
        return f"<ListSets>{sets}</ListSets>"

    def _of_items(self, verb: str, query: dict[str, str]) -> str:
        if query.get("identifier", next(iter(self.items), None)) not in self.items:
            raise Refusal("idDoesNotExist")
        if verb == "GetRecord":
            return f"<GetRecord>{self.items[query['identifier']].record}</GetRecord>"
        if verb == "ListMetadataFormats":
            formats = "".join(
                f"<metadataFormat><metadataPrefix>{f}</metadataPrefix></metadataFormat>" for f in self.formats
            )
            return f"<ListMetadataFormats>{formats}</ListMetadataFormats>"
        at = 0
        if "resumptionToken" in query:
            try:
                epoch, at, query = json.loads(base64.b64decode(query["resumptionToken"]))
            except ValueError:
                raise Refusal("badResumptionToken") from None
            if epoch != self.epoch:
                raise Refusal("badResumptionToken")
        found = self._selected(query)
        part = found[at : at + self.size]
        body = "".join(item.record if verb == "ListRecords" else item.header for item in part)
        return f"<{verb}>{body}{self._token(at, len(found), query)}</{verb}>"

    def _selected(self, query: dict[str, str]) -> list[Item]:
        if query.get("set") and not self.sets:
            raise Refusal("noSetHierarchy")
        bounds = [query[name] for name in ("from", "until") if name in query]
        if self.granularity == DAYS and any(len(bound) > 10 for bound in bounds):
            raise Refusal("badArgument")
        if len({len(bound) for bound in bounds}) > 1:
            raise Refusal("badArgument")
        width = min([len(bound) for bound in bounds], default=20)
        found = [
            item
            for item in self.items.values()
            if item.stamp[:width] >= query.get("from", "")
            and item.stamp[:width] <= query.get("until", "9")
            and (not query.get("set") or query["set"] in item.sets)
        ]
        if not found:
            raise Refusal("noRecordsMatch")
        return found

    def _token(self, at: int, size: int, query: dict[str, str]) -> str:
        end = at + self.size
        if end >= size and (at == 0 or not self.last_token):
            return ""
        token = base64.b64encode(json.dumps([self.epoch, end, query]).encode()).decode() if end < size else ""
        return f'<resumptionToken completeListSize="{size}" cursor="{at}">{token}</resumptionToken>'


class Refusal(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def serving(repository: Repository) -> Iterator[Repository]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # header and body in one packet, which nobody waits for

        def do_GET(self) -> None:
            with lock:
                if len(self.path) > repository.longest:
                    self.send(repository.too_long, b"too long")
                else:
                    self.serve(urlsplit(self.path).query)

        def do_POST(self) -> None:
            with lock:
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                assert not urlsplit(self.path).query
                repository.posted += 1
                self.serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def serve(self, arguments: str) -> None:
            query = {name: values[0] for name, values in parse_qs(arguments).items()}
            fault = repository.faults.pop(len(repository.asked), "")
            if "resumptionToken" in query and not fault:
                fault = repository.token_fault
            repository.asked.append(query)
            repository.agents.add(self.headers["User-Agent"])
            wanted = base64.b64encode(repository.user.encode()).decode()
            if fault == "drop":
                self.close_connection = True
                return
            if fault == "expired":
                repository.epoch += 1
            if repository.redirect:
                self.send(302, b"", {"Location": repository.redirect})
            elif repository.user and self.headers["Authorization"] != f"Basic {wanted}":
                self.send(401, b"who are you?")
            elif fault.isdecimal():
                extra = {"Retry-After": repository.retry_after} if repository.retry_after else {}
                self.send(int(fault), b"<html><body>not now</body></html>", extra)
            else:
                self.send_answer(fault, repository.answer(query).encode())

        def send_answer(self, fault: str, body: bytes) -> None:
            if fault == "page":
                body = b"<!DOCTYPE html><html><body>Fatal error: out of memory</body></html>"
            elif fault == "broken":
                body = body[: len(body) * 2 // 3]
            elif fault == "entities":
                body = body.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1)
            coded: dict[str, str] = {}
            if repository.zipped:
                body, coded = gzip.compress(body), {"Content-Encoding": "gzip"}
            status = repository.refusal if b"<error " in body else 200
            self.send(status, body, coded, cut=fault == "cut")

        def send(
            self, status: int, body: bytes, headers: Mapping[str, str] | None = None, *, cut: bool = False
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
            self.close_connection = self.close_connection or cut

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    repository.url = f"http://127.0.0.1:{server.server_address[1]}/oai"
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
