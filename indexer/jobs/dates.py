"""first_indexed and last_indexed of a target: which documents get them, and that those of an index are not lost."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

from indexer.config import Config
from indexer.derive.tracking import DATES, own_dates
from indexer.engines.base import Counting, Index, Writer
from indexer.engines.registry import engine_of, open_index
from indexer.model.errors import ConfigError, PermanentError
from indexer.model.targets import Target

if TYPE_CHECKING:
    from indexer.pipeline.dates import Dates, There
    from indexer.state.store import Store


@contextmanager
def dates_of(
    target: Target, sink: Writer, store: "Store", config: Config, *, building: bool = False
) -> "Iterator[Dates | None]":
    """What puts the two dates into documents for this target; None without load.dates, and for a file of JSON lines:
    nothing is in an index then. `building`: the sink is a generation beside the live one, whose dates it takes over.
    """
    if not config.settings.load.dates or sink.durable == "never":
        yield None
        return
    from indexer.pipeline.dates import Dates
    from indexer.state import tracked

    target_id = tracked.open_target(store, str(target))
    with _live(target, sink, building=building) as live:
        unknown = live is not None and count(live) > tracked.count(store, str(target))
        there = _reader(live) if live is not None and unknown else None
        yield Dates(store, target_id, building=building, there=there)


def check_kept(target: Target, live: Writer, store: "Store", config: Config) -> None:
    """Raises ConfigError where documents of the live index have dates that would be lost, as nobody has said whether
    they are to be kept: before this state knows a document of it, and where they were put in by load.dates.
    """
    if config.settings.load.dates is not None or not engine_of(target).index:
        return
    from indexer.state import progress, tracked
    from indexer.state.generations import live_index

    target_id = progress.find_target(store, live_index(store, str(target)))
    loaded = target_id is not None and progress.count(store, target_id) > 0
    if loaded and not tracked.count(store, str(target)):
        return
    if dated := count(cast(Index, live)):
        documents = "1 document there has" if dated == 1 else f"{dated:,} documents there have"
        raise ConfigError(
            f"{target}: {documents} {DATES[0]} and {DATES[1]}, and load.dates does not say whether they stay",
            advice="dates = true under [load] in indexer.toml (INDEXER_DATES=true) keeps them and goes on with them, "
            "with dates = false\nwhat is sent has none. Nothing was sent.",
        )


def count(index: Index) -> int:
    """How many documents have the dates; 0 for an engine of others that does not tell (base.Counting)."""
    return cast(Counting, index).count_with(DATES[0]) if hasattr(index, "count_with") else 0


@contextmanager
def _live(target: Target, sink: Writer, *, building: bool) -> Iterator[Index | None]:
    """The index that people search: the sink itself, or the one beside which it is built. None where there is none."""
    if not building:
        yield cast(Index, sink)
        return
    with closing(open_index(target, any_schema=True)) as live:
        try:
            live.count()
        except PermanentError:  # the first generation
            yield None
        else:
            yield live


def _reader(live: Index) -> "There":
    def there(ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        found = {id: own_dates(fields) for id, fields in live.get(ids).items()}
        return {id: dates for id, dates in found.items() if dates is not None}

    return there
