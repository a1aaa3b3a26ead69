"""An empty index is set up for a bulk load, and put back afterwards: also by the next run, when this one is killed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from indexer.engines.base import Tunable, Writer
from indexer.model.errors import TargetError, TransientError
from indexer.state import saved_settings
from indexer.state.store import Store


@contextmanager
def tuned(
    sink: Writer, store: Store, target: str, *, tunable: bool, say: Callable[[str], None], unread: bool = False
) -> Iterator[None]:
    """For the time of the block, where the engine is `tunable`. Only an index that is empty, or that nobody reads yet
    (`unread`), is touched: a live one has readers and needs its replicas.
    """
    if not tunable or saved_settings.read(store, target) is not None:
        yield
        return
    index = cast(Tunable, sink)
    if index.count() and not unread:
        yield
        return
    before = index.bulk_settings()
    saved_settings.write(store, target, before)
    try:
        index.put_settings(index.for_bulk(before))
    except TransientError as error:  # a blocked index: it is loaded all the same, once that is over
        say(f"the index is not set up for a bulk load: {error.message}")
    try:
        yield
    finally:
        try:
            index.put_settings(before)
            saved_settings.cross_out(store, target)
        except TargetError as error:
            say(f"the index keeps its bulk-load settings for now ({error.message}); the next command puts them back")


def put_back(sink: Writer, store: Store, target: str, *, say: Callable[[str], None]) -> None:
    """Gives the index the settings that a load which ended early has left changed, if one has."""
    left = saved_settings.read(store, target)
    if left is None:
        return
    try:
        cast(Tunable, sink).put_settings(left)
        saved_settings.cross_out(store, target)
        say("put back the index settings that an interrupted load had changed")
    except TransientError as error:
        say(f"the index keeps the settings of an interrupted load for now: {error.message}")
