"""A web server that holds dumps, and does to the requests for them what a script says."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote, unquote, urlsplit

HTML = "text/html"


@dataclass(slots=True)
class Web:
    """`files`: path -> content. `asked` are the requests as they came: method, path with query, Range header.

    `cuts`: after so many bytes of its body the next GET of a file breaks off. `statuses` are given to the next
    requests of any kind, instead of an answer. `marks` off: neither ETag nor date; `ranges` off: no parts of a file.
    `loops`: two folders in each folder.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    marks: bool = True
    ranges: bool = True
    head: bool = True
    loops: bool = False
    retry_after: str = ""
    authorization: list[str] = field(default_factory=list)

    @property
    def gets(self) -> list[str]:
        return [path for method, path, _ in self.asked if method == "GET"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        web, asked = self.web, self.headers.get("Range", "")
        path = unquote(urlsplit(self.path).path)
        web.asked.append((self.command, self.path, asked))
        web.authorization.append(self.headers.get("Authorization", ""))
        if web.statuses:
            self._send(web.statuses.pop(0), b"", {"Retry-After": web.retry_after} if web.retry_after else {})
            return
        if not body and not web.head:
            self._send(403, b"", {})
            return
        if path.endswith("/"):
            self._send(200, self._page(path), {"Content-Type": HTML}, body=body)
            return
        content = web.files.get(path)
        if content is None:
            self._send(404, b"", {})
            return
        mark = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {"ETag": mark, "Accept-Ranges": "bytes"} if web.marks else {}
        start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked and web.ranges else 0
        if asked and web.ranges:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(206, content[start:], headers, body=body)
        else:
            self._send(200, content, headers, body=body)

    def _page(self, folder: str) -> bytes:
        """What Apache makes of a folder: sort links, the way up, and what lies right in it."""
        below = {path[len(folder) :].partition("/") for path in self.web.files if path.startswith(folder)}
        names = sorted({name + slash for name, slash, _ in below})
        names += ["a/", "b/"] if self.web.loops else []
        links = "".join(f'<tr><td><a href="{quote(name)}">{name}</a></td></tr>' for name in names)
        return f'<html><a href="?C=N;O=D">Name</a><a href="/">Parent</a><table>{links}</table></html>'.encode()

    def _send(self, status: int, content: bytes, headers: dict[str, str], *, body: bool = True) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not body:
            return
        cut = self.web.cuts.pop(0) if self.web.cuts and "Content-Type" not in headers else None
        self.wfile.write(content[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Web]:
    """A server on a free port of this machine."""
    web = Web()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"web": web}))
    web.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
