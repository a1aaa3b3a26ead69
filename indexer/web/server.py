"""`indexer serve`: opens the index and answers until it is told to stop."""

import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.engines.registry import open_index, require_search
from indexer.model.errors import ConfigError
from indexer.model.targets import Target
from indexer.web.processes import run_in

if TYPE_CHECKING:
    from indexer.config import Config

CONNECTIONS = 16  # to a search server: one for each request that is answered at once
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
    """Serves the target's pages; `say` is told their address. Several `processes` share the work. Raises ConfigError,
    and what opening a target raises.

    `staff`: with the operator's pages of the configuration; None: where they need a password or a proxy's header, or
    only this machine reaches them.
    """
    require_search(target)
    try:
        import uvicorn

        from indexer.web.access import staff_of
        from indexer.web.app import application
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"what serves pages is not installed ({error.name})", advice="pip install 'indexer[web]'"
        ) from None
    if processes > 1:  # what staff set going is known to the process that does it
        if staff or password_file is not None or header_file is not None:
            raise ConfigError("the staff's pages are served by one process", advice="Leave --processes away.")
        staff = False
    operator = None
    if config is not None:
        operator = staff_of(config, host, wanted=staff, password_file=password_file, header_file=header_file)
    with closing(open_index(target, connections=1)) as index:
        index.check()
    with closing(_listen(host, port)) as listening:

        def answer() -> None:
            with closing(open_index(target, connections=CONNECTIONS)) as index:
                index.check()
                app = application(index, operator=operator)
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
                with suppress(KeyboardInterrupt):  # told to stop, it finished what was under way
                    server.run(sockets=[listening])
                if operator is not None:
                    app.state.tasks.close(SECONDS_TO_FINISH)

        address = f"[{host}]" if ":" in host else host
        say(f"{target} at http://{address}:{listening.getsockname()[1]}/  (Ctrl-C ends it)")
        if processes > 1:
            run_in(processes, answer)
        else:
            answer()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host} port {port}: {error.strerror or error}", advice="Try another --port or --host."
        ) from None
