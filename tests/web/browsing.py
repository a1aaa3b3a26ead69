"""A real browser, and the pages served for it as `indexer serve` does."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from tests.conftest import PATIENCE


def serving(app: Starlette) -> Iterator[str]:
    """The address of the pages, until the generator is closed."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
    app.state.ending = lambda: server.should_exit
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(PATIENCE)


def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A page of a new browser. Nothing it loads may come from elsewhere, and nothing may be refused."""
    context = browser.new_context(base_url=address, locale=options.pop("locale", "en-GB"), **options)
    page = context.new_page()
    page.set_default_timeout(60_000)
    trouble: list[str] = []

    def told(message: str, *, is_trouble: bool = True) -> None:
        if is_trouble:
            trouble.append(message)

    page.on("request", lambda request: told(request.url, is_trouble=not request.url.startswith(address)))
    page.on("console", lambda message: told(message.text, is_trouble="404" not in message.text))
    page.on("pageerror", lambda error: told(str(error)))
    page.on("dialog", lambda dialog: told(dialog.message))
    yield page
    context.close()
    assert trouble == []
