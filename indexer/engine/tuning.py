"""An empty index is set up for a bulk load, and put back afterwards: also by the next run, when this one is killed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from indexer.errors import TargetError
from indexer.sinks.base import Sink, Tunable
from indexer.sinks.elastic import BULK_SETTINGS
from indexer.state import journal
from indexer.state.store import Store


@contextmanager
def tuned(sink: Sink, store: Store, target: str, *, say: Callable[[str], None]) -> Iterator[None]:
    """For the time of the block. Only an empty index is touched: a live one has readers and needs its replicas."""
    if not hasattr(sink, "bulk_settings"):
        yield
        return
    tunable = cast(Tunable, sink)
    left = journal.read(store, target)
    if left is not None:
        tunable.put_settings(left)
        journal.cross_out(store, target)
        say("put back the index settings that an interrupted load had changed")
    if sink.count():
        yield
        return
    before = tunable.bulk_settings()
    journal.write(store, target, before)
    tunable.put_settings(BULK_SETTINGS)
    try:
        yield
    finally:
        try:
            tunable.put_settings(before)
            journal.cross_out(store, target)
        except TargetError as error:
            say(f"the index keeps its bulk-load settings for now ({error.message}); the next load puts them back")
