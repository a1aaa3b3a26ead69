"""`indexer serve`: opens the index and answers until it is told to stop."""

import os
import socket
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.engines.registry import engine_of, open_index, require_search
from indexer.model.errors import ConfigError
from indexer.model.targets import Target
from indexer.pipeline.processes import undisturbed

if TYPE_CHECKING:
    from indexer.config import Config

CONNECTIONS = 16  # to a search server: one for each request that is answered at once
MOST_PROCESSES = 4  # that are started where nobody said how many
SECONDS_TO_END = 5
SECONDS_TO_FINISH = 60  # what the staff's pages set to work


def serve(
    target: Target,
    *,
    host: str,
    port: int,
    say: Callable[[str], None],
    config: "Config | None" = None,
    staff: bool | None = None,
    password_file: Path | None = None,
    header_file: Path | None = None,
    processes: int = 1,
) -> None:
    """Serves the target's pages; `say` is told their address. Raises ConfigError, and what opening a target raises.

    `staff`: with the operator's pages of the configuration; None: where they need a password or a proxy's header, or
    only this machine reaches them. `processes` that make pages; with 1 they are made in this one. More of them run the
    program that calls this again, as those of `multiprocessing` do: it has to ask whether it is `__main__`.
    """
    require_search(target)
    try:
        with undisturbed():  # where C code sets up its module, as lxml's, Python forgets a Ctrl-C
            import uvicorn

            from indexer.web.access import staff_of
            from indexer.web.app import application
            from indexer.web.processes import Answering
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"what serves pages is not installed ({error.name})", advice="pip install 'indexer[web]'"
        ) from None
    operator = None
    if config is not None:
        operator = staff_of(config, host, wanted=staff, password_file=password_file, header_file=header_file)
    with ExitStack() as opened:
        index = opened.enter_context(closing(open_index(target, connections=CONNECTIONS)))
        index.check()
        listening = opened.enter_context(closing(_listen(host, port)))
        answering = None
        if processes > 1:
            log = config.settings.log if config is not None else None
            try:
                answering = Answering(processes, target, for_staff=operator is not None, log=log)
            except OSError as error:
                raise ConfigError(
                    f"{processes} processes that make pages cannot be started: {error.strerror or error}",
                    advice="Try fewer: --processes.",
                ) from None
            opened.callback(answering.close)
        app = application(index, operator=operator, answering=answering)
        options = uvicorn.Config(
            app,
            http="h11",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SECONDS_TO_END,
        )
        server = uvicorn.Server(options)
        app.state.ending = lambda: server.should_exit
        address = f"[{host}]" if ":" in host else host
        say(f"{target} at http://{address}:{listening.getsockname()[1]}/  (Ctrl-C ends it)")
        with suppress(KeyboardInterrupt):  # told to stop, it finished what was under way
            server.run(sockets=[listening])
        if operator is not None:
            app.state.tasks.close(SECONDS_TO_FINISH)


def processes_for(target: Target) -> int:
    """How many make the pages of a target where nobody said it: one a processor where searches are this machine's work,
    one where a server does them.
    """
    return 1 if engine_of(target).server else min(os.cpu_count() or 1, MOST_PROCESSES)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=256)
        # asyncio knows such sockets as TCP's only if they say so: without this the end of a page would wait for the
        # reader to acknowledge its beginning, which takes 40 ms
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host} port {port}: {error.strerror or error}", advice="Try another --port or --host."
        ) from None
