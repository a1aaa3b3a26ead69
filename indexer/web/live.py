"""A run while it goes on: server-sent events, each the part of its page that changes, as HTML.

A stream takes no place among the answers: it waits most of the time. There are so many at most, and each ends after a
while; browsers then ask for it again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import anyio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from indexer.model.errors import IndexerError
from indexer.web.access import denied
from indexer.web.render import refuse

EVERY = 1.0  # seconds between two looks
LONGEST = 600.0  # seconds of a stream
MOST = 16  # streams at once
BREATH = 15.0  # seconds after which something is sent, so that a proxy does not give up

Part = Callable[[Request], tuple[str, bool]]  # what is shown now, and whether it is the last word


def events(part: Part) -> Callable[[Request], object]:
    """The endpoint that sends a part of a page whenever it has changed."""
    open_now = 0

    async def sent(request: Request) -> AsyncIterator[str]:
        nonlocal open_now
        open_now += 1
        try:
            until, said, shown = time.monotonic() + LONGEST, time.monotonic(), ""
            while time.monotonic() < until and not request.app.state.ending():
                try:
                    text, last = await anyio.to_thread.run_sync(part, request)
                except IndexerError:  # the state does not answer: at the next look
                    text, last = shown, False
                if text != shown:
                    said, shown = time.monotonic(), text
                    yield "event: part\n" + "".join(f"data: {line}\n" for line in text.splitlines()) + "\n"
                if last:
                    yield "event: ended\ndata:\n\n"
                    return
                if time.monotonic() - said > BREATH:
                    said = time.monotonic()
                    yield ": \n\n"
                await asyncio.sleep(EVERY)
        finally:
            open_now -= 1

    async def endpoint(request: Request) -> Response:
        refused = denied(request, request.app.state.staff)
        if refused is not None:
            return refused
        if open_now >= MOST:
            return refuse(request, 503, "busy")
        try:
            await anyio.to_thread.run_sync(part, request)  # whether there is such a run at all
        except IndexerError:
            return refuse(request, 503, "no_index")
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(sent(request), media_type="text/event-stream", headers=headers)

    return endpoint
