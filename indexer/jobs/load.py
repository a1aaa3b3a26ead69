"""`load` and `transform`: dumps into a target, or onto standard output."""

from collections.abc import Mapping, Sequence

from indexer import sources
from indexer.config import Config
from indexer.engines.registry import open_writer
from indexer.engines.retry import RetryPolicy
from indexer.formats import profiles
from indexer.formats.registry import DELETE, default_profiles
from indexer.jobs.results import LoadResult
from indexer.jobs.session import carry_out, open_session
from indexer.model.errors import ConfigError
from indexer.model.schema import biblio
from indexer.model.settings import LoadSettings
from indexer.model.targets import Target
from indexer.observe.audience import Audience
from indexer.observe.reporter import Reporter
from indexer.pipeline.push import Limits
from indexer.pipeline.run import Budget, Plan, Summary
from indexer.pipeline.workers import TransformSpec
from indexer.sources import live
from indexer.sources.remote_file import Remote

SMALL_DUMP = 4 * 2**20  # bytes on disk below which starting worker processes costs more than it gains


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
        dict.fromkeys([*files, *missing], source), {source: recipes(profile)}, settings, connections, locations
    )


def plan_of(
    files: Mapping[str, str],
    profiles_of: dict[str, dict[str, profiles.Profile]],
    settings: LoadSettings,
    connections: int,
    locations: Mapping[str, Target | Remote],
) -> Plan:
    """The plan that reads these files, each with its source, by the profile that a source has for each format."""
    size = sources.total_bytes(list(files))
    return Plan(
        files=files,
        spec=TransformSpec(profiles_of, set(), made_by(settings), bool(settings.dates)),
        workers=1 if size is not None and size < SMALL_DUMP else settings.workers,
        limits=limits(settings, connections=connections),
        budget=Budget(settings.error_budget.count, settings.error_budget.share),
        locations=locations,
    )


def made_by(settings: LoadSettings) -> str:
    """What fingerprints are good for: where it differs, all documents are sent again. So once the two dates are to be
    in them, or no longer. Rules have no part in it: what they make is in the fingerprint, and a document that came out
    as before need not be sent for their sake. (ICU's version is in it since 0.1.0, and stays: no state loses its own.)
    """
    import icu

    return f"1+icu{icu.ICU_VERSION} {biblio().version}{' dates' if settings.dates else ''}"


def limits(settings: LoadSettings, *, connections: int) -> Limits:
    return Limits(
        connections=connections,
        batch_documents=settings.batch_documents,
        batch_bytes=settings.batch_bytes,
        retry=retry_policy(settings),
    )


def retry_policy(settings: LoadSettings) -> RetryPolicy:
    return RetryPolicy(settings.retry_seconds, settings.retry_tries)


def recipes(profile: profiles.Profile | None) -> dict[str, profiles.Profile]:
    """The profile of each format: the one that was named, or every format's own. Lists of ids are read by any."""
    if profile is not None:
        return {profile.format: profile, DELETE: profile}
    bundled = profiles.bundled()
    usual = {format: bundled[name] for format, name in default_profiles().items()}
    return {DELETE: profiles.Profile(name="deletes", format=DELETE), **usual}
