"""The embedded index: Tantivy in a folder of its own."""

from indexer.engines.base import Difference, Engine, Writer
from indexer.engines.generations import GenerationStore
from indexer.model.targets import Target


def _open(target: Target, *, connections: int, create: bool, any_schema: bool) -> Writer:
    from indexer.engines.embedded.sink import EmbeddedSink

    return EmbeddedSink(target.path, create=create, any_schema=any_schema)


def _install(target: Target) -> list[str]:
    from indexer.engines.embedded.folder import install

    return install(target.path) or [f"{target}: is there already"]


def _differences(target: Target) -> list[Difference]:
    """None: `check` raises for a folder of another schema."""
    from indexer.engines.embedded.sink import EmbeddedSink

    sink = EmbeddedSink(target.path)
    sink.check()
    sink.close()
    return []


def _generations(target: Target, _configset: str) -> GenerationStore:
    from indexer.engines.embedded.generations import EmbeddedGenerations

    return EmbeddedGenerations(target)


EMBEDDED = Engine(
    scheme="embedded",
    product="the embedded index",
    example="embedded:PATH",
    server=False,
    private=True,
    open=_open,
    install=_install,
    differences=_differences,
    generations=_generations,
)
