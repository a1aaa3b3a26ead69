"""Processes beside the server's own that make the pages of an index: Python makes one page at a time in each.

They are for an index whose searches are this machine's work; those of a search server are waited for in threads.
"""

import asyncio
import time
from dataclasses import dataclass
from types import SimpleNamespace

import structlog
from starlette.requests import Request
from starlette.responses import Response

from indexer.engines.registry import open_index
from indexer.model.errors import IndexerError
from indexer.model.schema import Schema, biblio, use
from indexer.model.settings import LogSettings
from indexer.model.targets import Target
from indexer.observe.log import configure
from indexer.pipeline.processes import Died, Processes
from indexer.pipeline.workers import collect_rarely
from indexer.web.answers import SECONDS, Endpoint, answer, busy

AGAIN = 5.0  # seconds after which one is made anew that has died before it made a page
TRIES = 2
AT_ONCE = 2  # pages that a process is given: the one that it makes, and the next, so that it need not wait for it
WAIT = SECONDS  # until one takes a page: whoever asked has been told by then that it takes too long
LONGEST = 60.0  # seconds for a page; its process can make no other one
# What of a request the pages read.
CARRIED = ("type", "method", "scheme", "server", "root_path", "path", "path_params", "query_string", "headers")
log = structlog.get_logger()

_app: SimpleNamespace


@dataclass(slots=True, eq=False)
class _Maker:
    """A process, since when there is one, how many pages it is given, since when the last, and whether it has made
    one.
    """

    process: Processes
    began: float
    given: int = 0
    given_at: float = 0.0
    proven: bool = False


class Answering:
    """So many processes. One that dies is made anew, and the page that it was about is begun again by another one."""

    def __init__(self, count: int, target: Target, *, for_staff: bool, log: LogSettings | None) -> None:
        """Raises OSError where the system gives no more processes."""
        self._given = (target, biblio(), for_staff, log)
        self._open = True
        self._makers: list[_Maker] = []
        self._free = asyncio.Condition()
        self._telling: asyncio.Future[None] | None = None
        try:
            for _ in range(count):
                self._add()
        except BaseException:
            self.close()
            raise

    async def answer(self, endpoint: Endpoint, request: Request) -> Response:
        """Whatever becomes of the endpoint, which has to be a function of a module."""
        scope = {name: request.scope[name] for name in CARRIED if name in request.scope}
        for _ in range(TRIES):
            for idle in [maker for maker in self._makers if not maker.given and not maker.process.alive]:
                self._replace(idle)
            if not self._makers:  # they die as soon as they are made
                break
            try:
                async with asyncio.timeout(WAIT), self._free:
                    while (maker := self._least()) is None:
                        await self._free.wait()
                    maker.given += 1
                    maker.given_at = time.monotonic()
            except TimeoutError:
                await self._tell()  # it may have been told of a free one in the same moment
                return busy(request, "too_slow")
            called = asyncio.wrap_future(maker.process.call(_answered, endpoint, scope))
            done, _ = await asyncio.wait([called], timeout=LONGEST)
            if not done:
                log.error("page_without_end", path=request.url.path)
                maker.process.end()
            try:
                status, headers, body = await called
            except Died:
                self._replace(maker)
            else:
                maker.proven = True
                response = Response(body, status)
                response.raw_headers = headers
                return response
            finally:
                maker.given -= 1
                await self._tell()
            if not done:
                return busy(request, "too_slow")
        return busy(request, "no_index")

    async def _tell(self, *, every: bool = False) -> None:
        """One that waits for a process, or every one, looks again."""
        async with self._free:
            self._free.notify(len(self._makers) * AT_ONCE if every else 1)

    def _least(self) -> _Maker | None:
        """The process that has the least to do, if there is one that takes more; of several the one that was given a
        page last, for another may be held up.
        """
        least = min(self._makers, key=lambda maker: (maker.given, -maker.given_at), default=None)
        return least if least is not None and least.given < AT_ONCE else None

    def close(self) -> None:
        self._open = False
        for maker in self._makers:
            maker.process.end()

    def _add(self) -> None:
        self._makers.append(_Maker(Processes(1, _begin, *self._given), time.monotonic()))

    def _replace(self, maker: _Maker) -> None:
        if maker not in self._makers:  # another page that it was given has told already
            return
        log.error("process_died")
        maker.process.end()
        self._makers.remove(maker)
        age = time.monotonic() - maker.began
        if maker.proven or age > AGAIN:
            self._make_anew()
        else:
            asyncio.get_running_loop().call_later(AGAIN - age, self._make_anew)

    def _make_anew(self) -> None:
        if not self._open:
            return
        try:
            self._add()
        except OSError as error:  # too many processes, files, or no memory: it may pass
            log.error("process_not_made", reason=str(error))
            asyncio.get_running_loop().call_later(AGAIN, self._make_anew)
        else:
            self._telling = asyncio.ensure_future(self._tell(every=True))


def _begin(target: Target, schema: Schema, for_staff: bool, log_settings: LogSettings | None) -> None:
    global _app
    if log_settings is not None:
        configure(format=log_settings.format, level=log_settings.level)
    use(schema)
    collect_rarely()
    index = open_index(target, connections=1)
    try:
        index.check()
    except IndexerError as error:  # it was there when the server began
        log.error("index_does_not_answer", reason=error.message)
        raise SystemExit(1) from None
    _app = SimpleNamespace(state=SimpleNamespace(index=index, for_staff=for_staff))


def _answered(endpoint: Endpoint, scope: dict[str, object]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    response = answer(endpoint, Request({**scope, "app": _app}))
    return response.status_code, response.raw_headers, bytes(response.body)
