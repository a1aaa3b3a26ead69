"""A table of an SQLite file as a target: `sqlite:PATH`. It keeps documents and gives them back; it searches nothing."""

from indexer.engines.base import Engine, Writer
from indexer.model.targets import Target


def _open(target: Target, *, connections: int, create: bool, any_schema: bool) -> Writer:
    from indexer_sqlite.sink import SqliteSink  # imported when a target is opened, so that commands start fast

    return SqliteSink(target, create=create)


SQLITE = Engine(
    scheme="sqlite",
    product="an SQLite file",
    example="sqlite:PATH",
    server=False,
    searchable=False,
    private=True,
    open=_open,
    differences=lambda _target: [],  # a document is stored as it is: every schema fits
)
