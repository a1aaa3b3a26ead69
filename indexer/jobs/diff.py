"""`diff`: what a load would change in the live index, by field and rule."""

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from indexer.config import Config
from indexer.engines.registry import open_index, require_index
from indexer.jobs.changes import Changes, changes
from indexer.jobs.compare import Sample
from indexer.jobs.fields import fitted
from indexer.jobs.load import plan_for
from indexer.jobs.plan import plan_for_sources
from indexer.model.errors import ConfigError, IndexerError
from indexer.model.targets import Target
from indexer.observe.audience import NOBODY, Audience
from indexer.pipeline.run import Plan


@dataclass(frozen=True, slots=True)
class DiffResult:
    target: str
    changes: Changes


def diff(
    paths: Sequence[str] = (),
    *,
    config: Config,
    id: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    profile_name: str | None = None,
    source: str | None = None,
    audience: Audience = NOBODY,
) -> DiffResult:
    """Holds the dumps at these paths, or those of one `source` or of all, against the index: all of it, the document
    `id`, or `sample` documents that `seed` draws. Nothing is sent or remembered. When the audience says stop, what was
    read by then is compared.
    """
    target = config.target()
    require_index(target, "{} cannot be compared with")
    if id is not None and sample is not None:
        raise ConfigError("--id and --sample ask for different things", advice="Give one of the two.")
    if profile_name and not paths:
        raise ConfigError("--profile is for paths; the sources of indexer.toml have their own")
    plan = (
        plan_for(paths, config, profile_name, connections=1)
        if paths
        else plan_for_sources(config, [source] if source else ())
    )
    result = diff_of(plan, target, id=id, sample=sample, seed=seed, stop=audience.stop)
    if id is not None and not result.documents:
        raise IndexerError(f"no record makes the document {id!r}", advice="indexer explain names an id that does.")
    return DiffResult(str(target), result)


def diff_of(
    plan: Plan,
    target: Target,
    *,
    id: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    stop: threading.Event | None = None,
) -> Changes:
    """What a load of this plan would change in the index behind the target."""
    with closing(open_index(target, connections=1)) as index:
        index.check()
        chosen = Sample(sample, seed) if sample is not None else None
        return changes(fitted(plan, index), index, id=id, sample=chosen, stop=stop)
