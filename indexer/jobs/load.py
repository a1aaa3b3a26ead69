"""`load` and `transform`: dumps into a target, or onto standard output."""

from collections.abc import Sequence

from indexer import sources
from indexer.config import Config
from indexer.engines.registry import open_writer
from indexer.formats import profiles
from indexer.jobs.plan import plan_of, profiles_by_format
from indexer.jobs.results import LoadResult
from indexer.jobs.session import carry_out, open_session
from indexer.model.errors import ConfigError
from indexer.model.targets import Target
from indexer.observe.audience import Audience
from indexer.observe.reporter import Reporter
from indexer.pipeline.run import Plan
from indexer.pipeline.summary import Summary
from indexer.sources import live


def load(
    paths: Sequence[str],
    *,
    config: Config,
    profile_name: str | None = None,
    dry_run: bool = False,
    force: bool = False,
    audience: Audience,
) -> LoadResult:
    """Dumps into the target of the configuration. `force` sends what is unchanged, too; `dry_run` sends nothing."""
    target = config.target()
    plan = plan_for(paths, config, profile_name, connections=config.settings.load.connections)
    if dry_run:
        summary = Summary()
        with Reporter(
            config, None, audience=audience, command="load --dry-run", target=str(target), summary=summary
        ) as reporter:
            carry_out(plan, None, None, reporter)
        return LoadResult(target=str(target), summary=summary, dry_run=True)
    connections = plan.limits.connections
    from indexer.jobs import after

    after.check(config)
    with open_session(target, config, command="load", audience=audience, connections=connections) as session:
        summary = session.load(plan, force=force)
        after.after_commit(session, config, "load")
    return LoadResult(target=str(target), summary=summary, remembered=True, report=session.reporter.page)


def transform(
    paths: Sequence[str], *, config: Config, profile_name: str | None = None, audience: Audience
) -> LoadResult:
    """Documents as JSON lines on standard output."""
    target = Target("jsonl", path="-")
    plan = plan_for(paths, config, profile_name, connections=1)
    sink = open_writer(target, connections=1)
    try:
        sink.check()
        summary = Summary()
        with Reporter(
            config, None, audience=audience, command="transform", target=str(target), summary=summary
        ) as reporter:
            carry_out(plan, sink, None, reporter)
    finally:
        sink.close()
    return LoadResult(target="standard output", summary=summary)


def plan_for(paths: Sequence[str], config: Config, profile_name: str | None, *, connections: int) -> Plan:
    settings = config.settings.load
    profile = profiles.resolve(profile_name, config.settings.profile) if profile_name else None
    paths, locations = live.named(paths, config.source_credentials())
    files, missing = sources.expand(paths)
    if missing and not files:
        # when no path leads anywhere the command line is wrong; when some do, the run reports the others
        raise ConfigError(
            f"{', '.join(missing)}: no such file or folder", advice="Nothing was read, and nothing was sent."
        )
    source = profile.name if profile else ""
    return plan_of(
        dict.fromkeys([*files, *missing], source),
        {source: profiles_by_format(profile)},
        settings,
        connections,
        locations,
    )
