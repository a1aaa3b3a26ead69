"""`promote`, `rollback`, `generations`, `prune`: the switch between generations by hand, and what there is of them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import asdict

from indexer.config import Config
from indexer.engines.base import Index
from indexer.engines.generations import GenerationStore, not_adopted
from indexer.engines.registry import engine_of, open_generations, open_index
from indexer.jobs import generation_state
from indexer.jobs.fields import fitted
from indexer.jobs.plan import dumps, plan_for_sources
from indexer.jobs.publish import published
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError, ExitCode, PermanentError
from indexer.model.targets import Target
from indexer.observe.report import counted
from indexer.state import dumps as files
from indexer.state import lock, progress
from indexer.state.generations import Generation, index_name
from indexer.state.store import Store


def list_(*, config: Config, as_json: bool) -> int:
    target = config.target()
    with closing(open_generations(target)) as place, closing(open_state(config)) as store:
        found = generation_state.look(store, place, str(target))
        plain = place.is_plain()
    if as_json:
        rows = [asdict(each) for each in found]
        print(json.dumps({"target": str(target), "plain": plain, "generations": rows}, indent=2))
        return ExitCode.OK
    if plain:
        print(f"{target}: an index that is no generation; indexer reindex --adopt makes it the first one")
    elif not found:
        print(f"{target}: there are no generations")
    print("".join(f"{line}\n" for line in lines(found)), end="")
    return ExitCode.OK


def lines(found: Sequence[Generation]) -> list[str]:
    """One a line, for people."""
    told = []
    for each in found:
        count = "" if each.documents is None else counted(each.documents, "document")
        times = f"made {each.made}" if each.made else "not in the state"
        promoted = f"promoted {each.promoted}" if each.promoted else ""
        told.append("   ".join(filter(None, (f"{each.name}   {each.state:<8}", times, promoted, count))))
    return told


def promote(name: str | None, *, config: Config, as_json: bool) -> int:
    with _changing(config, "promote") as (target, place, store, found), ExitStack() as locks:
        chosen = _chosen(found, name, target)
        if chosen.state == "ready":  # to go back must be possible at any time
            locks.enter_context(_no_reindex(store, target, "promote"))  # which may go on with it, or drop it
            found = generation_state.look(store, place, str(target))
            chosen = _chosen(found, name, target)
            if trouble := place.trouble():
                raise generation_state.NotPromotedError(
                    f"{chosen.name} was not promoted: {'; '.join(trouble)}", advice="Mend that first."
                )
        return _switch(chosen, target, place, store, found, config, as_json=as_json)


def rollback(*, config: Config, as_json: bool) -> int:
    with _changing(config, "rollback") as (target, place, store, found):
        former = generation_state.former_live(found)
        if former is None:
            raise ConfigError(
                f"{target}: there is no generation to go back to",
                advice="indexer generations shows what there is. Nothing was changed.",
            )
        return _switch(former, target, place, store, found, config, as_json=as_json)


def prune(names: Sequence[str], *, config: Config, keep: int | None, as_json: bool) -> int:
    with _changing(config, "prune") as (target, place, store, found):
        if names:
            going = [_named(found, name, target) for name in names]
        else:
            going = generation_state.surplus(found, keep or config.settings.rebuild.keep)
        for each in going:
            if each.state == "live":
                raise ConfigError(f"{each.name} is live: it stays", advice="Nothing was removed.")
        with ExitStack() as locks:
            if any(each.state != "former" for each in going):  # somebody may be building it
                locks.enter_context(_no_reindex(store, target, "prune"))
            for each in going:
                generation_state.drop(store, place, str(target), each.name)
                if not as_json:
                    print(f"{each.name}   removed")
    if as_json:
        print(json.dumps({"target": str(target), "removed": [each.name for each in going]}, indent=2))
    elif not going:
        print("nothing to remove")
    return ExitCode.OK


@contextmanager
def _changing(config: Config, command: str) -> Iterator[tuple[Target, GenerationStore, Store, list[Generation]]]:
    """The target's place and state, nobody loading into the live index, and what there is of generations."""
    target = config.target()
    with (
        closing(open_generations(target, configset=config.settings.rebuild.configset)) as place,
        closing(open_state(config)) as store,
        published(config, store),
        lock.hold(store, str(target), command=command),
    ):
        yield target, place, store, generation_state.reconcile(store, place, str(target))


def _no_reindex(store: Store, target: Target, command: str) -> AbstractContextManager[None]:
    return lock.hold(store, index_name(str(target), ""), command=command)


def _chosen(found: Sequence[Generation], name: str | None, target: Target) -> Generation:
    """The generation of this name, or the one that is ready. Raises where it may not be promoted."""
    if name is None:
        session = next((each for each in found if each.state == "ready"), None)
        if session is None:
            raise ConfigError(
                f"{target}: no generation is ready to be promoted",
                advice="indexer generations shows what there is. Nothing was changed.",
            )
        return session
    chosen = _named(found, name, target)
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


def _named(found: Sequence[Generation], name: str, target: Target) -> Generation:
    for each in found:
        if each.name == name:
            return each
    raise ConfigError(
        f"{target}: there is no generation {name}",
        advice="indexer generations shows what there is. Nothing was changed.",
    )


def _switch(
    chosen: Generation,
    target: Target,
    place: GenerationStore,
    store: Store,
    found: Sequence[Generation],
    config: Config,
    *,
    as_json: bool,
) -> int:
    before = generation_state.live(found)
    if chosen.name != before:
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
    else:
        documents, behind, older = chosen.documents or 0, 0, ""
    if as_json:
        told = {"target": str(target), "live": chosen.name, "former": before, "documents": documents, "behind": behind}
        print(json.dumps(told, indent=2))
    elif chosen.name == before:
        print(f"{chosen.name} is live already")
    else:
        print(f"{chosen.name} is live, with {counted(documents, 'document')}")
        if before:
            print(f"{before} was live before: indexer rollback goes back to it")
        if older:
            print(f"it has not the schema of this version ({older}): nothing is loaded into it before a re-index")
        elif behind:
            dumps_are = "1 dump of the sources is" if behind == 1 else f"{behind:,} dumps of the sources are"
            print(f"{dumps_are} not in it: indexer sync")
    return ExitCode.OK


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
    known = files.complete(store, target_id) if target_id is not None else {}
    return sum(known.get(dump.key) != dump.signature for dump in dumps(plan) if dump.signature)
