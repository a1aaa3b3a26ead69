"""Processes beside the server's own that make the pages of an index: Python makes one page at a time in each.

They are for an index whose searches are this machine's work; those of a search server are waited for in threads.
"""

import asyncio
import time
from types import SimpleNamespace

import structlog
from starlette.requests import Request
from starlette.responses import Response

from indexer.engines.registry import open_index
from indexer.model.schema import Schema, biblio, use
from indexer.model.settings import LogSettings
from indexer.model.targets import Target
from indexer.observe.log import configure
from indexer.pipeline.processes import Died, Processes
from indexer.pipeline.workers import collect_rarely
from indexer.web.answers import Endpoint, answer, busy

SHORTEST_LIFE = 5.0  # seconds: processes that end sooner would do so again
TRIES = 2
LONGEST = 60.0  # seconds for a page; nobody waits for it any more, and its process can make no other
# What of a request the pages read.
CARRIED = ("type", "method", "scheme", "server", "root_path", "path", "path_params", "query_string", "headers")
log = structlog.get_logger()

_app: SimpleNamespace


class Answering:
    """So many processes. When one dies all are made anew, and what they were about is begun again."""

    def __init__(self, count: int, target: Target, *, for_staff: bool, log: LogSettings | None) -> None:
        self._count = count
        self._given = (target, biblio(), for_staff, log)
        self._began = 0.0
        self._pool = self._start()

    async def answer(self, endpoint: Endpoint, request: Request) -> Response:
        """Whatever becomes of the endpoint, which has to be a function of a module."""
        scope = {name: request.scope[name] for name in CARRIED if name in request.scope}
        for _ in range(TRIES):
            pool = self._pool
            called = asyncio.wrap_future(pool.call(_answered, endpoint, scope))
            try:
                done, _ = await asyncio.wait([called], timeout=LONGEST)
            finally:
                called.cancel()  # of use where it is not done: nobody will ask for it any more
            if not done:
                log.error("page_without_end", path=request.url.path)
                self._renew(pool)
                return busy(request, "too_slow")
            try:
                status, headers, body = called.result()
            except Died:
                self._renew(pool)
            else:
                response = Response(body, status)
                response.raw_headers = headers
                return response
        return busy(request, "no_index")

    def close(self) -> None:
        self._pool.end()

    def _start(self) -> Processes:
        self._began = time.monotonic()
        # none is given a call ahead: another one may be free before it is
        return Processes(self._count, _begin, *self._given, ahead=1)

    def _renew(self, pool: Processes) -> None:
        """Others whose pages were made in this pool may have done it already."""
        if pool is self._pool and time.monotonic() - self._began > SHORTEST_LIFE:
            log.error("processes_made_anew")
            pool.end()
            self._pool = self._start()


def _begin(target: Target, schema: Schema, for_staff: bool, log: LogSettings | None) -> None:
    global _app
    if log is not None:
        configure(format=log.format, level=log.level)
    use(schema)
    collect_rarely()
    index = open_index(target, connections=1)
    index.check()
    _app = SimpleNamespace(state=SimpleNamespace(index=index, for_staff=for_staff))


def _answered(endpoint: Endpoint, scope: dict[str, object]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    response = answer(endpoint, Request({**scope, "app": _app}))
    return response.status_code, response.raw_headers, bytes(response.body)
