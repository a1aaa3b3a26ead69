"""`verify`: books, counts and a seeded sample of documents of the live index against the dumps."""

from collections.abc import Collection

from indexer.config import Config
from indexer.engines.registry import open_index, require_index
from indexer.jobs.fields import fitted
from indexer.jobs.plan import plan_for_sources
from indexer.jobs.results import VerifyResult
from indexer.jobs.verification import verify
from indexer.observe.audience import NOBODY, Audience


def verify_index(
    names: Collection[str] = (),
    *,
    config: Config,
    sample: int | None = None,
    seed: int = 0,
    audience: Audience = NOBODY,
) -> VerifyResult:
    """Holds the live index against the dumps of these sources, all without a name, and changes nothing. `sample`
    documents are read back, verify.sample where it is None; `seed` draws them.
    """
    from indexer.jobs.state import open_state
    from indexer.state import dead_letters, deletions, lock, progress, runs
    from indexer.state.generations import live_index

    target = config.target()
    require_index(target, "{} cannot be verified")
    plan = plan_for_sources(config, names)
    limits = config.settings.verify
    if sample is not None:
        limits = limits.model_copy(update={"sample": sample})
    store = open_state(config, audience)
    try:
        sink = open_index(target, connections=1)
        try:
            sink.check()
            plan = fitted(plan, sink)
            with lock.hold(store, str(target), command="verify"):
                target_id = progress.find_target(store, live_index(store, str(target)))
                checks = verify(
                    plan,
                    sink,
                    live=None,
                    account=runs.last_account(store, str(target)),
                    limits=limits,
                    searches=limits.search,
                    documents=progress.count(store, target_id) if target_id is not None else None,
                    rejected={
                        *(dead_letters.known(store, target_id)[1] if target_id is not None else ()),
                        *deletions.noted(store, str(target)),
                    },
                    seed=seed,
                )
        finally:
            sink.close()
    finally:
        store.close()
    return VerifyResult(target=str(target), checks=checks)
