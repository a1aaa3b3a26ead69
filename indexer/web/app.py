"""The application: its routes, one list for each area, and what holds for every request: limits, headers, errors.

Endpoints are plain functions. `guarded` has them run, in threads or in processes, as many as may run at once and for as
long as they may.
"""

import asyncio
import functools
import re
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer.engines.base import Index
from indexer.web import actions, api, live, origin, pages, staff
from indexer.web.access import Staff
from indexer.web.answers import SECONDS, Endpoint, answer, busy
from indexer.web.forms import read_form
from indexer.web.processes import Answering
from indexer.web.render import refuse
from indexer.web.tasks import Tasks

AT_ONCE = 16  # requests that are answered at the same time
ASIDE_AT_ONCE = 4  # of suggestions, beside those
LONGEST_URL = 16_000
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
Run = Callable[[Endpoint, Request], Awaitable[Response]]


def application(
    index: Index,
    *,
    operator: Staff | None = None,
    answering: Answering | None = None,
    seconds: float = SECONDS,
    at_once: int = AT_ONCE,
) -> Starlette:
    """The pages and the API over an index that is open and can be searched; with `operator` those for staff, too.
    `answering`: the processes that make them; without, they are made in threads.
    """
    run = in_thread if answering is None else answering.answer
    guard = functools.partial(guarded, seconds=seconds, slots=threading.BoundedSemaphore(at_once))
    areas = (pages.ENDPOINTS, api.ENDPOINTS)
    routes: list[BaseRoute] = [Route(path, guard(endpoint, run)) for area in areas for path, endpoint in area]
    aside = functools.partial(guarded, seconds=seconds, slots=threading.BoundedSemaphore(ASIDE_AT_ONCE))
    routes += [Route(path, aside(endpoint, run)) for path, endpoint in pages.ASIDE]
    if operator is not None:
        routes += [Route(path, guard(endpoint, without_index), methods=["GET"]) for path, endpoint in staff.ENDPOINTS]
        routes += [
            Route(path, guard(endpoint, without_index, takes_form=True), methods=["POST"])
            for path, endpoint in actions.ACTIONS
        ]
        routes += [Route(path, live.events(part)) for path, part in staff.STREAMS]
        routes += [Route(path, guard(endpoint, in_thread), methods=["GET"]) for path, endpoint in origin.ENDPOINTS]
    routes.append(Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")))
    app = Starlette(
        routes=routes,
        middleware=[Middleware(_Headers)],
        exception_handlers={HTTPException: _http_error},
    )
    app.state.index = index
    app.state.staff = operator
    app.state.for_staff = operator is not None
    app.state.ending = lambda: False  # the server, who knows, puts its own here
    app.state.tasks = Tasks(operator.config) if operator is not None else None
    return app


def guarded(
    endpoint: Endpoint,
    run: Run,
    *,
    seconds: float,
    slots: threading.BoundedSemaphore,
    takes_form: bool = False,
) -> Callable[..., object]:
    """The endpoint, run as `run` does it. Too many at once, or too long: 503; one that takes too long keeps its place
    until it is done.
    """

    async def placed(request: Request) -> Response:
        try:
            return await run(endpoint, request)
        finally:
            slots.release()

    async def wrapped(request: Request) -> Response:
        if len(request.url.path) + len(request.url.query) > LONGEST_URL:
            return refuse(request, 414, "url_too_long")
        if takes_form:
            refused: tuple[int, str] | None = (408, "no_form")
            with anyio.move_on_after(seconds):
                refused = await read_form(request)
            if refused is not None:
                return refuse(request, refused[0], refused[1])
        if not slots.acquire(blocking=False):
            return busy(request, "busy")
        with anyio.move_on_after(seconds):
            return await asyncio.shield(asyncio.ensure_future(placed(request)))
        return busy(request, "too_slow")

    return wrapped


async def in_thread(endpoint: Endpoint, request: Request) -> Response:
    return await anyio.to_thread.run_sync(answer, endpoint, request, abandon_on_cancel=True)


async def without_index(endpoint: Endpoint, request: Request) -> Response:
    """In a thread, and whether the index is there or not."""
    return await anyio.to_thread.run_sync(answer, endpoint, request, False, abandon_on_cancel=True)


async def _http_error(request: Request, error: Exception) -> Response:
    """What no route answers: 404, and 405 for whatever is not a reading."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    response = refuse(request, status, "not_found" if status == 404 else "only_reading")
    response.headers.update(headers or {})
    return response


class _Headers:
    """Puts the headers of `HEADERS` on every answer; refuses a Host that is none, for it comes back in links."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                pairs = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in pairs if pair[0] not in there)]
            await send(message)

        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) > 1 or not all(
            re.fullmatch(rb"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?", host) for host in hosts
        ):
            await JSONResponse({"status": "ERROR", "statusMessage": "Bad Host header"}, 400)(scope, receive, sent)
            return
        await self._app(scope, receive, sent)
