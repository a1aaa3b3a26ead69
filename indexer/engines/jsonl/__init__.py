"""Files of JSON lines: they take documents, and keep no index of them."""

from indexer.engines.base import Difference, Engine, Writer
from indexer.model.targets import Target


def _open(target: Target, *, connections: int, create: bool, any_schema: bool) -> Writer:
    from indexer.engines.jsonl.sink import JsonLinesSink

    return JsonLinesSink(target)


def _install(target: Target) -> list[str]:
    return [f"{target}: JSON lines need no schema; nothing to do"]


def _differences(_target: Target) -> list[Difference]:
    return []


JSON_LINES = Engine(
    scheme="jsonl",
    product="a file of JSON lines",
    example="jsonl:PATH",
    server=False,
    index=False,
    open=_open,
    install=_install,
    differences=_differences,
)
