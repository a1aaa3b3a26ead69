"""`verify`: books, counts and a seeded sample of documents of the live index against the dumps."""

import json
from collections.abc import Collection, Sequence

from indexer.config import Config
from indexer.engines.registry import open_index, require_index
from indexer.jobs.plan import plan_for_sources
from indexer.jobs.verification import Check, verify
from indexer.model.errors import ExitCode


def run(names: Collection[str], *, config: Config, sample: int | None, seed: int, as_json: bool, quiet: bool) -> int:
    from indexer.state import dead_letters, deletions, lock, progress, runs
    from indexer.state.generations import live_index
    from indexer.state.store import Store

    target = config.target()
    require_index(target, "cannot be verified")
    plan = plan_for_sources(config, names)
    limits = config.settings.verify
    if sample is not None:
        limits = limits.model_copy(update={"sample": sample})
    store = Store(config.settings.state)
    try:
        sink = open_index(target, connections=1)
        try:
            sink.check()
            plan.recipe.omit.update(sink.omit)
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
    failed = [check for check in checks if not check.passed]
    if as_json:
        print(json.dumps({"target": str(target), **as_data(checks)}, ensure_ascii=False, indent=2))
    elif failed or not quiet:
        print("\n".join(lines(checks)))
    return ExitCode.VERIFICATION if failed else ExitCode.OK


def as_data(checks: Sequence[Check]) -> dict[str, object]:
    """The checks as `--json` prints them."""
    rows = [{"check": check.name, "passed": check.passed, "message": check.message} for check in checks]
    return {"passed": all(check.passed for check in checks), "checks": rows}


def lines(checks: Sequence[Check]) -> list[str]:
    """The checks for people, one a line."""
    width = max(len(check.name) for check in checks)
    return [f"{'ok    ' if check.passed else 'FAILED'}  {check.name:<{width}}  {check.message}" for check in checks]
