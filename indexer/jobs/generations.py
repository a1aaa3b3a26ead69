"""`promote`, `rollback`, `generations`, `prune`: the switch between generations by hand, and what there is of them."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass

from indexer.config import Config
from indexer.engines.base import Index
from indexer.engines.generations import GenerationStore, not_adopted
from indexer.engines.registry import engine_of, open_generations, open_index
from indexer.jobs import generation_state
from indexer.jobs.fields import fitted
from indexer.jobs.plan import dumps, plan_for_sources
from indexer.jobs.publish import published
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError, PermanentError
from indexer.model.targets import Target
from indexer.observe.audience import NOBODY, Audience
from indexer.state import dumps as files
from indexer.state import lock, progress
from indexer.state.generations import Generation, index_name
from indexer.state.store import Store


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations of a target, the newest first. `plain`: the index behind its URL is none of them."""

    target: str
    plain: bool
    generations: Sequence[Generation]


@dataclass(frozen=True, slots=True)
class SwitchResult:
    """`live` is the generation that is live now, `former` the one that was before: the same where nothing was switched.
    It holds `documents`, and has not read `behind` dumps of the sources as they are now. `older` says what its schema
    lacks for further loads, "" if nothing.
    """

    target: str
    live: str
    former: str | None
    documents: int
    behind: int = 0
    older: str = ""

    @property
    def switched(self) -> bool:
        return self.live != self.former


@dataclass(frozen=True, slots=True)
class PruneResult:
    """The names of the generations that were removed."""

    target: str
    removed: Sequence[str]


def list_generations(*, config: Config, audience: Audience = NOBODY) -> Generations:
    target = config.target()
    with closing(open_generations(target)) as place, closing(open_state(config, audience)) as store:
        known = generation_state.look(store, place, str(target))
        return Generations(str(target), place.is_plain(), known)


def promote(name: str | None = None, *, config: Config, audience: Audience = NOBODY) -> SwitchResult:
    """Makes this generation live, or without a name the one that is ready. Raises NotPromotedError where it is not fit
    for that, ConfigError where there is none.
    """
    with _changing(config, "promote", audience) as (target, place, store, known), ExitStack() as locks:
        chosen = _chosen(known, name, target)
        if chosen.state == "ready":  # to go back must be possible at any time
            locks.enter_context(_no_reindex(store, target, "promote"))  # which may go on with it, or drop it
            known = generation_state.look(store, place, str(target))
            chosen = _chosen(known, name, target)
            if trouble := place.trouble():
                raise generation_state.NotPromotedError(
                    f"{chosen.name} was not promoted: {'; '.join(trouble)}", advice="Mend that first."
                )
        return _switch(chosen, target, place, store, known, config)


def rollback(*, config: Config, audience: Audience = NOBODY) -> SwitchResult:
    """Makes the generation live again that was live before. Raises ConfigError where there is none."""
    with _changing(config, "rollback", audience) as (target, place, store, known):
        former = generation_state.former_live(known)
        if former is None:
            raise ConfigError(
                f"{target}: there is no generation to go back to",
                advice="indexer generations shows what there is. Nothing was changed.",
            )
        return _switch(former, target, place, store, known, config)


def prune(
    names: Sequence[str] = (), *, config: Config, keep: int | None = None, audience: Audience = NOBODY
) -> PruneResult:
    """Removes these generations, or those that are more than `keep` (rebuild.keep where it is None); never the live
    one. The audience is told of each.
    """
    with _changing(config, "prune", audience) as (target, place, store, known):
        if names:
            surplus = [_named(known, name, target) for name in names]
        else:
            surplus = generation_state.surplus(known, keep or config.settings.rebuild.keep)
        for generation in surplus:
            if generation.state == "live":
                raise ConfigError(f"{generation.name} is live: it stays", advice="Nothing was removed.")
        with ExitStack() as locks:
            if any(generation.state != "former" for generation in surplus):  # somebody may be building it
                locks.enter_context(_no_reindex(store, target, "prune"))
            for generation in surplus:
                generation_state.drop(store, place, str(target), generation.name)
                audience.say(f"{generation.name}   removed")
    return PruneResult(str(target), [generation.name for generation in surplus])


@contextmanager
def _changing(
    config: Config, command: str, audience: Audience
) -> Iterator[tuple[Target, GenerationStore, Store, list[Generation]]]:
    """The target's place and state, nobody loading into the live index, and what there is of generations."""
    target = config.target()
    with (
        closing(open_generations(target, configset=config.settings.rebuild.configset)) as place,
        closing(open_state(config, audience)) as store,
        published(config, store, audience),
        lock.hold(store, str(target), command=command),
    ):
        yield target, place, store, generation_state.reconcile(store, place, str(target))


def _no_reindex(store: Store, target: Target, command: str) -> AbstractContextManager[None]:
    return lock.hold(store, index_name(str(target), ""), command=command)


def _chosen(known: Sequence[Generation], name: str | None, target: Target) -> Generation:
    """The generation of this name, or the one that is ready. Raises where it may not be promoted."""
    if name is None:
        ready = next((generation for generation in known if generation.state == "ready"), None)
        if ready is None:
            raise ConfigError(
                f"{target}: no generation is ready to be promoted",
                advice="indexer generations shows what there is. Nothing was changed.",
            )
        return ready
    chosen = _named(known, name, target)
    if chosen.state == "unknown":
        raise generation_state.NotPromotedError(
            f"{name} is not in the state: it may be half built, and was not promoted",
            advice="indexer reindex builds another one; indexer prune NAME removes it.",
        )
    if chosen.state not in ("ready", "former", "live"):
        raise generation_state.NotPromotedError(
            f"{name} is {chosen.state}: it was not promoted",
            advice="indexer reindex goes on with it, verifies it and promotes it.",
        )
    return chosen


def _named(known: Sequence[Generation], name: str, target: Target) -> Generation:
    for generation in known:
        if generation.name == name:
            return generation
    raise ConfigError(
        f"{target}: there is no generation {name}",
        advice="indexer generations shows what there is. Nothing was changed.",
    )


def _switch(
    chosen: Generation,
    target: Target,
    place: GenerationStore,
    store: Store,
    known: Sequence[Generation],
    config: Config,
) -> SwitchResult:
    before = generation_state.live(known)
    if chosen.name == before:
        return SwitchResult(str(target), chosen.name, before, chosen.documents or 0)
    if place.is_plain():  # said before anything is deleted again
        raise not_adopted(target)
    with closing(open_index(place.target(chosen.name))) as sink, ExitStack() as opening:
        older = _older(sink, chosen, target)
        live = None
        if before is not None:
            live = opening.enter_context(closing(open_index(place.target(before), any_schema=True)))
        generation_state.delete_again(store, str(target), chosen.name, sink=sink, live=live)
        documents = sink.count()
    generation_state.promote(store, place, str(target), chosen.name)
    behind = _behind(chosen, target, store, config, sink)
    return SwitchResult(str(target), chosen.name, before, documents, behind, older)


def _older(sink: Index, chosen: Generation, target: Target) -> str:
    """What is wrong with its schema for us, "" if nothing: one that was live is searched as it was, and to go back to
    it must be possible. Raises PermanentError where it cannot be, as an embedded index that only we read.
    """
    try:
        sink.check()
    except PermanentError as error:
        if chosen.state != "former" or engine_of(target).private:
            raise
        sink.count()  # raises where it cannot be searched either
        return error.message
    return ""


def _behind(chosen: Generation, target: Target, store: Store, config: Config, sink: Index) -> int:
    """How many dumps of the sources the generation has not read as they are now."""
    if not config.settings.source:
        return 0
    plan = fitted(plan_for_sources(config), sink)
    target_id = progress.find_target(store, index_name(str(target), chosen.name))
    read = files.complete(store, target_id) if target_id is not None else {}
    return sum(read.get(dump.key) != dump.signature for dump in dumps(plan) if dump.signature)
