"""What there is of a target's generations, by the engine's word and by the state's, and the switch between them.

The engine's word counts: a process may be killed between the switch and the line in the state that tells of it.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from indexer.engines.base import PAGE, Index
from indexer.engines.generations import GenerationStore
from indexer.engines.registry import open_generations, open_index
from indexer.model import generation as names
from indexer.model.documents import Delete
from indexer.model.errors import ExitCode, IndexerError, PermanentError, TransientError
from indexer.model.targets import Target
from indexer.pipeline.bisect import bisect
from indexer.state import deletions, dumps, progress, tracked
from indexer.state import generations as stored_generations
from indexer.state.generations import UNFINISHED, Generation, index_name, live_index
from indexer.state.store import Store

KEPT_WITHOUT_INDEX = ("adopting", "building")  # written down before they are made


class NotPromotedError(IndexerError):
    """The generation is not fit to be live."""

    exit_code = ExitCode.VERIFICATION


def look(store: Store, place: GenerationStore, target: str) -> list[Generation]:
    """The generations as they are, the newest first; nothing is changed."""
    serving, there = place.live(), set(place.there())
    known = stored_generations.known(store, target)
    there_still = [
        replace(generation, state=_state(generation, serving))
        for generation in known
        if _is_there(generation, there, place)
    ]
    unknown = sorted(there - {generation.name for generation in known}, reverse=True)
    return there_still + [Generation(name, "live" if name == serving else "unknown", "") for name in unknown]


def reconcile(store: Store, place: GenerationStore, target: str) -> list[Generation]:
    """Brings the state up to what the engine says. The caller holds the lock of the live index."""
    serving, there = place.live(), set(place.there())
    known = stored_generations.known(store, target)
    for generation in known:
        if generation.state == "adopting" and generation.name == serving:
            index = place.target(generation.name)
            stored_generations.carry_over(store, target, generation.name, identity=identity(index))
    if serving != live(known):
        stored_generations.switch(store, target, serving)
    for generation in known:
        if not _is_there(generation, there, place):
            stored_generations.forget(store, target, generation.name)
    return look(store, place, target)


def agree(store: Store, target: Target) -> None:
    """Reconciles state and engine, and opens an index again that a killed adoption left closed to writes. The caller
    holds the lock of the live index.

    A state that knows of no generations may be a new one: what it knows of a plain index must not pass for what is
    known of a generation that is live by now.
    """
    known = stored_generations.known(store, str(target))
    with closing(open_generations(target)) as place:
        if any(generation.state == "adopting" for generation in known):
            place.mend()
        try:
            serving = place.live()
        except PermanentError:
            if known:
                raise
            return  # who may only load into the index has made no generations of it, and need not be let look
        if known or serving is not None:
            reconcile(store, place, str(target))


def identity(target: Target) -> str:
    """What the engine calls this index."""
    with closing(open_index(target, any_schema=True)) as sink:
        return sink.identity()


def new_name(taken: Iterable[str]) -> str:
    """The time, as a name that is not taken."""
    taken, time = set(taken), datetime.now(UTC)
    while (name := names.new_name(time)) in taken:
        time += timedelta(seconds=1)
    return name


def live(generations: Sequence[Generation]) -> str | None:
    return next((generation.name for generation in generations if generation.state == "live"), None)


def unfinished(generations: Sequence[Generation]) -> Generation | None:
    """The one that a re-index was building when it ended before its switch."""
    return next((generation for generation in generations if generation.state in UNFINISHED), None)


def former_live(generations: Sequence[Generation]) -> Generation | None:
    """The one that was live before the last switch."""
    former = [generation for generation in generations if generation.state == "former"]
    return max(former, key=lambda generation: (generation.promoted or "", generation.made), default=None)


def surplus(generations: Sequence[Generation], keep: int) -> list[Generation]:
    """Those that go when `keep` are kept: the live one, the one that was live before it, and of the others the last
    that were live. One that is being built or waits to be promoted counts not, and stays.
    """
    former = [generation for generation in generations if generation.state == "former"]
    former.sort(key=lambda generation: (generation.promoted or "", generation.made), reverse=True)
    return former[max(keep - 1, 1) :] + [generation for generation in generations if generation.state == "failed"]


def delete_again(store: Store, target: str, name: str, *, sink: Index, live: Index | None) -> None:
    """Takes out of the generation behind `sink` what was deleted from the live index by hand, and is not there again:
    its sources may have it still. Before each switch, under the lock of the live index.
    """
    ids = deletions.noted(store, target)
    target_id = progress.find_target(store, index_name(target, name))
    taken: list[str] = []
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        back = live.get(page) if live is not None else {}
        deletions.strike(store, target, list(back))
        gone = sink.get([id for id in page if id not in back])
        if not gone:
            continue
        if target_id is not None:
            with store.begin() as connection:
                progress.forget(connection, target_id, list(gone))
        for done in bisect([Delete(id) for id in gone], sink.push):
            if done.status != "deleted":
                raise TransientError(
                    f"{sink}: a document that was deleted by hand could not be deleted again: {done.reason}",
                    advice="Nothing was switched. Mend that, and run the same command again.",
                )
        taken += gone
    if ids:
        sink.commit()
    tracked.mark_deleted(store, target, taken)  # it was loaded into this generation, and so not deleted any more
    if taken and target_id is not None:
        _read_again(store, target, target_id)


def _read_again(store: Store, target: str, target_id: int) -> None:
    """Dumps that this generation has read and the live index has not may bring a document back that was deleted: the
    next sync reads them, as it would have without a switch.
    """
    live_id = progress.find_target(store, live_index(store, target))
    there = dumps.complete(store, live_id) if live_id is not None else {}
    if there:
        read = dumps.complete(store, target_id)
        dumps.begin(store, target_id, {key: mark for key, mark in read.items() if _file(there.get(key)) != _file(mark)})


def _file(signature: str | None) -> str:
    """Which file it is, whatever the rules by which it was read."""
    return (signature or "").rpartition(" ")[0]


def promote(store: Store, place: GenerationStore, target: str, name: str) -> None:
    """The switch. The caller holds the lock of the live index."""
    place.promote(name)
    stored_generations.switch(store, target, name)


def drop(store: Store, place: GenerationStore, target: str, name: str) -> None:
    """Takes a generation off the engine, and out of the state."""
    place.drop(name)
    stored_generations.forget(store, target, name)


def _state(generation: Generation, serving: str | None) -> str:
    if generation.name == serving:
        return "live"
    return "former" if generation.state == "live" else generation.state


def _is_there(generation: Generation, there: set[str], place: GenerationStore) -> bool:
    """The engine is asked once more only about one that it does not name."""
    return generation.name in there or generation.state in KEPT_WITHOUT_INDEX or place.hides()
