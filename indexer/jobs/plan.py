"""What a job reads and how: the plan for given files, and for the sources of indexer.toml, their dumps in the order in
which they are read.
"""

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer import sources
from indexer.config import Config
from indexer.engines.retry import RetryPolicy
from indexer.formats import profiles
from indexer.formats.registry import DELETE, default_profiles
from indexer.harvest.folder import folder_of
from indexer.jobs.session import rules_of
from indexer.model.errors import ConfigError
from indexer.model.schema import biblio
from indexer.model.settings import LoadSettings, SourceSettings
from indexer.model.targets import Target
from indexer.pipeline.push import Limits
from indexer.pipeline.run import Budget, Plan
from indexer.pipeline.workers import TransformSpec
from indexer.sources import live
from indexer.sources.files import STDIN, is_no_file
from indexer.sources.remote_file import Remote

SMALL_DUMP = 4 * 2**20  # bytes on disk below which starting worker processes costs more than it gains


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump of a source. `signature` says which file it is, as it lies there, and by which rules it is read; "" for
    what has none (an index) and for what is not there.
    """

    source: str
    file: str
    signature: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is remembered by."""
        return self.source, sources.lasting(self.file)


def chosen(config: Config, names: Collection[str] = ()) -> list[SourceSettings]:
    """The sources of these names, or all. Raises ConfigError where there is none, or one is not known."""
    configured = config.settings.source
    if not configured:
        raise ConfigError(
            "no source is configured",
            advice='Name one in indexer.toml: [[source]] with a name, a profile and paths = ["dumps/"].',
        )
    known = [source.name for source in configured]
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no source {name!r}", advice=f"There are: {', '.join(known)}.")
    return [source for source in configured if not names or source.name in names]


def plan_for_sources(config: Config, names: Collection[str] = (), *, whole: bool = True) -> Plan:
    """The plan that reads every dump of these sources (of all, without names) from its start, source by source; those
    that were moved to processed/ are among them.

    A path that stands for nothing is in it too, and told as a fault when it is read. Raises ConfigError; if it is to be
    the `whole` of the sources, also for a live server that was never harvested to its end: what is not here yet would
    look as if it were in no source.
    """
    files: dict[str, str] = {}
    locations: dict[str, Target | Remote] = {}
    profiles_of: dict[str, dict[str, profiles.Profile]] = {}
    for source in chosen(config, names):
        if STDIN in source.paths:
            raise ConfigError(f"source {source.name!r}: standard input cannot be a source of a scheduled job")
        paths, its_own = live.named(_paths(source, config, whole=whole), config.source_credentials())
        locations |= its_own
        if source.move_processed and (urls := [path for path in paths if is_no_file(path)]):
            raise ConfigError(
                f"source {source.name!r}: {urls[0]} cannot be moved to processed/",
                advice="Only files can be moved: remove move_processed, or put the URL into another source.",
            )
        there, missing = sources.expand(paths, with_processed=source.move_processed)
        for file in [*there, *missing]:
            if file in files:
                raise ConfigError(
                    f"{file} belongs to two sources, {files[file]!r} and {source.name!r}",
                    advice="A dump is read by one source only.",
                )
            files[file] = source.name
        profiles_of[source.name] = _profiles(source, config)
    plan = plan_of(files, profiles_of, config.settings.load, config.settings.load.connections, locations)
    harvested = {source.name for source in chosen(config, names) if source.oai is not None}
    return replace(plan, spec=replace(plan.spec, harvested=harvested))


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
        spec=TransformSpec(profiles_of, set(), fingerprint_key(settings), bool(settings.dates)),
        workers=1 if size is not None and size < SMALL_DUMP else settings.workers,
        limits=limits(settings, connections=connections),
        budget=Budget(settings.error_budget.count, settings.error_budget.share),
        locations=locations,
        # a stylesheet is a program of the site's: one that never ends is to cost its record, and not the run
        apart=any(_has_stylesheet(profile) for reads in profiles_of.values() for profile in reads.values()),
    )


def _has_stylesheet(profile: profiles.Profile) -> bool:
    return profile.format == "xslt" and any(profile.options.get(name) for name in ("stylesheet", "properties"))


def fingerprint_key(settings: LoadSettings) -> str:
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


def profiles_by_format(profile: profiles.Profile | None) -> dict[str, profiles.Profile]:
    """The profile of each format: the one that was named, or every format's own. Lists of ids are read by any."""
    if profile is not None:
        return {profile.format: profile, DELETE: profile}
    bundled = profiles.bundled()
    usual = {format: bundled[name] for format, name in default_profiles().items()}
    return {DELETE: profiles.Profile(name="deletes", format=DELETE), **usual}


def dumps(plan: Plan) -> list[Dump]:
    """The plan's dumps with their signatures, in the order in which they are read. The fields that its spec omits must
    be known by now.
    """
    rules = rules_of(plan)
    digests = {text: hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in set(rules.values())}
    return [
        Dump(source, file, _signature(file, digests[rules[file]], plan.locations.get(file)))
        for file, source in plan.files.items()
    ]


def is_as_it_was(dump: Dump) -> bool:
    """Whether the file that lies there now is the one of this signature."""
    return _signature(dump.file, dump.signature.rpartition(" ")[2]) == dump.signature


def part(plan: Plan, chosen_dumps: Sequence[Dump], config: Config) -> Plan:
    """The plan for these of its dumps alone."""
    files = {dump.file: dump.source for dump in chosen_dumps}
    smaller = plan_of(files, plan.spec.profiles, config.settings.load, plan.limits.connections, plan.locations)
    return replace(smaller, spec=plan.spec)


def _paths(source: SourceSettings, config: Config, *, whole: bool) -> list[str]:
    """Where its dumps are: those of a live server are what was harvested of it."""
    if source.oai is None:
        return source.paths
    folder = folder_of(config.settings.harvest, source.name)
    notes = folder.notes() if whole else None
    if whole and (notes is None or not notes.harvested):
        raise ConfigError(
            f"source {source.name!r}: {source.oai.url} was not harvested to its end yet",
            advice=f"indexer sync {source.name} does that. Nothing was changed.",
        )
    return folder.pages()


def _profiles(source: SourceSettings, config: Config) -> dict[str, profiles.Profile]:
    """The profile of each format, with the source's own constants and mapping."""
    named = profiles.resolve(source.read_by, config.settings.profile) if source.read_by else None
    if named is None and (source.constants or source.files):
        raise ConfigError(
            f"source {source.name!r} has constants or a mapping, and no profile",
            advice="Name the profile that they belong to: profile = ...",
        )
    if named is None:
        return profiles_by_format(None)
    return profiles_by_format(
        profiles.for_source(named, source=source.name, constants=source.constants, files=source.files)
    )


def _signature(file: str, rules: str, far: Target | Remote | None = None) -> str:
    """By size and time, which ask for no byte of the file: a folder may hold a hundred thousand of them. By what its
    server says of it for a file that lies elsewhere.
    """
    if isinstance(far, Remote):
        return f"{far.signature} {rules}" if far.signature else ""
    if is_no_file(file):
        return ""
    try:
        status = os.stat(file)
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns} {rules}"
