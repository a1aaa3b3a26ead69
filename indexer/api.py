"""What programs call: `import indexer` gives all of it (docs/api.md).

Nothing here prints, takes signals, or changes anything else of the process that calls it. What happens while a job goes
on is for whoever follows it (`Audience`; by default nobody); what came of it is the result. Errors are those of
`indexer.model.errors`. The command line is built on the same jobs.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer import config as settings
from indexer.config import Config
from indexer.engines.registry import parse_target
from indexer.formats.profiles import Profile
from indexer.jobs import load as loading
from indexer.jobs.results import LoadResult, ReindexResult, SearchResult, SyncResult, VerifyResult
from indexer.model.books import Account
from indexer.model.documents import Delete, Fields
from indexer.model.records import Fault, Record
from indexer.model.schema import bundled, in_use
from indexer.model.targets import Target
from indexer.observe.audience import Audience
from indexer.pipeline.pool import End
from indexer.pipeline.run import Plan
from indexer.pipeline.transform_all import transform_all
from indexer.pipeline.workers import Failed, Filtered, Prepared

if TYPE_CHECKING:  # each is imported by what is called
    from indexer.jobs.dead_letters import DeadLetters
    from indexer.jobs.diff import DiffResult
    from indexer.jobs.explain import ExplainResult
    from indexer.jobs.generations import Generations
    from indexer.jobs.status import Status

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def configure(
    file: str | os.PathLike[str] | None = None, /, environ: Mapping[str, str] | None = None, **values: Any
) -> Config:
    """The settings of `file`, an indexer.toml (none is read without one), with `values` over them: `target="..."`,
    `state="..."`, and with two underscores for a dot what is in a table, as `load__workers=2`. `environ` are variables
    as the command line takes them (INDEXER_...); none by default.

    Raises ConfigError, which names the key and the nearest known one.
    """
    flags = {key.replace("__", "."): value for key, value in values.items()}
    return settings.load(Path(file) if file is not None else None, flags=flags, environ=environ or {}, look=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record, or with no id a file, of which no document could be made: where, and why."""

    where: str
    reason: str
    id: str | None = None


class Documents:
    """The documents of dumps, made as they are asked for. `books` and `rejected` say what became of all records so far;
    `deleted` holds the ids of which the dumps say that they are deleted.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._account = Account()
        self.rejected: list[Rejected] = []
        self.deleted: list[str] = []

    @property
    def books(self) -> Account:
        """By source: read = indexed (made, here) + deleted + filtered + rejected."""
        return self._account

    def __iter__(self) -> Iterator[Fields]:
        """Field -> text or list of texts, `id` first, with all derived and copied fields."""
        import orjson

        self._account, self.rejected, self.deleted = Account(), [], []
        with closing(transform_all(self._plan)) as chunks:
            for chunk in chunks:
                for item, made in chunk:
                    if isinstance(item, End):
                        continue
                    if isinstance(item, Fault) and not item.raw:
                        self.rejected.append(Rejected(str(item.position), item.reason))
                        self._account.faults += 1
                        continue
                    name = self._name_of(item)
                    self._account.count(name, "read")
                    if isinstance(made, Prepared):
                        self._account.count(name, "indexed")
                        fields: Fields = orjson.loads(made.write.body)
                        yield fields
                    elif isinstance(made, Delete):
                        self._account.count(name, "deleted")
                        self.deleted.append(made.id)
                    elif isinstance(made, Filtered):
                        self._account.count(name, "filtered")
                    else:
                        self._account.count(name, "rejected")
                        id, reason = (
                            (made.document_id, made.reason) if isinstance(made, Failed) else (None, _reason(item))
                        )
                        self.rejected.append(Rejected(str(item.position), reason, id))

    def _name_of(self, item: Record | Fault) -> str:
        """What its books are called: its source, else the profile that reads it."""
        profile = self._plan.spec.profile_of(item) if isinstance(item, Record) else None
        return item.source or (profile.name if profile is not None else "unknown")


def transform(paths: Paths, *, profile: str | None = None, config: Config | None = None) -> Documents:
    """The documents that the dumps at these paths become: files, folders, globs, URLs, indexes. `profile` is a bundled
    one or one of the configuration; without it each format has its own. Nothing is sent, and nothing remembered.

    Raises ConfigError for paths that lead nowhere and for a profile that is not there.
    """
    config = config or configure()
    with in_use(config.schema()):
        plan = loading.plan_for(_paths(paths), config, profile, connections=1)
    return Documents(replace(plan, workers=1, apart=False))  # no processes in a program that is not ours


def load(
    paths: Paths,
    *,
    target: str | None = None,
    profile: str | None = None,
    config: Config | None = None,
    dry_run: bool = False,
    force: bool = False,
    audience: Audience | None = None,
) -> LoadResult:
    """Loads dumps into `target`, or that of the configuration. What is unchanged is not sent, unless `force` says so.

    Raises TransientError and PermanentError for a target that does not take documents (what it acknowledged stays, and
    the same call goes on from there), LockedError while another run loads into it, BudgetError when too much is
    rejected, ConfigError.
    """
    config = _with_target(config, target)
    with in_use(config.schema()):
        return loading.load(
            _paths(paths),
            config=config,
            profile_name=profile,
            dry_run=dry_run,
            force=force,
            audience=audience or Audience(),
        )


def sync(
    config: Config,
    sources: Collection[str] = (),
    *,
    dry_run: bool = False,
    force: bool = False,
    max_share: float | None = None,
    audience: Audience | None = None,
) -> SyncResult:
    """Loads what is new or changed in the sources of the configuration, all without names. Raises what `load` does."""
    from indexer.jobs.sync import sync as run

    with in_use(config.schema()):
        return run(
            sources,
            config=config,
            dry_run=dry_run,
            force=force,
            max_share=max_share,
            audience=audience or Audience(),
        )


def reindex(
    config: Config,
    *,
    promote: bool = True,
    adopt: bool = False,
    keep: int | None = None,
    audience: Audience | None = None,
) -> ReindexResult:
    """Builds a new generation of the index out of all sources, verifies it and makes it live. Raises what `load` does,
    and NotPromotedError.
    """
    from indexer.jobs.reindex import reindex as run

    with in_use(config.schema()):
        return run(config=config, promote=promote, adopt=adopt, keep=keep, audience=audience or Audience())


def verify(config: Config, sources: Collection[str] = (), *, sample: int | None = None, seed: int = 0) -> VerifyResult:
    """Holds the live index against its dumps; changes nothing."""
    from indexer.jobs.verify import verify_index

    with in_use(config.schema()):
        return verify_index(sources, config=config, sample=sample, seed=seed)


def search(
    target: str | Target,
    query: str,
    *,
    limit: int = 10,
    offset: int = 0,
    sort: str | None = None,
    filters: Mapping[str, str] | None = None,
    facets: Sequence[str] = (),
    config: Config | None = None,
) -> SearchResult:
    """Searches an index: all words must match, "..." is a phrase. `sort` is a field, `-` before it for descending;
    `filters` are exact values of fields, `facets` fields whose values are counted. `config` says which fields there
    are, where they are not the bundled ones alone.
    """
    from indexer.jobs.search import search as run

    where = parse_target(target) if isinstance(target, str) else target
    wanted = tuple((filters or {}).items())
    with in_use(config.schema() if config is not None else bundled()):
        return run(query, target=where, limit=limit, offset=offset, sort=sort, filters=wanted, facets=facets)


def status(config: Config) -> "Status":
    """The last runs with their books, and how each target is doing: its dead letters, generations, and how far it is
    behind its sources.
    """
    from indexer.jobs.status import status as run

    return run(config=config)


def dead_letters(config: Config, *, source: str | None = None, stage: str | None = None) -> "DeadLetters":
    """The records that are not in the index behind the target of the configuration, and why."""
    from indexer.jobs.dead_letters import list_dead_letters

    return list_dead_letters(str(config.target()), source=source, stage=stage, config=config)


def generations(config: Config) -> "Generations":
    """The generations of the index behind the target of the configuration."""
    from indexer.jobs.generations import list_generations

    return list_generations(config=config)


def diff(config: Config, paths: Paths = (), *, id: str | None = None, sample: int | None = None) -> "DiffResult":
    """What a load of these dumps, or of all sources, would change in the index; nothing is sent."""
    from indexer.jobs.diff import diff as run

    return run(_paths(paths), config=config, id=id, sample=sample)


def explain(
    paths: Paths, id: str, *, profile: str | None = None, field: str | None = None, config: Config | None = None
) -> "ExplainResult":
    """Which rule wrote each field of the document `id`, from what in its record."""
    from indexer.jobs.explain import explain_document

    return explain_document(_paths(paths), id=id, field=field, config=config or configure(), profile_name=profile)


def _paths(paths: Paths) -> list[str]:
    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    return [os.fspath(path) for path in given]


def _with_target(config: Config | None, target: str | None) -> Config:
    if config is None:
        return configure(target=target) if target is not None else configure()
    if target is None:
        return config
    return replace(config, settings=config.settings.model_copy(update={"target": target}))


def _reason(item: object) -> str:
    return item.reason if isinstance(item, Fault) else ""


__all__ = [
    "Audience",
    "Config",
    "Documents",
    "LoadResult",
    "Profile",
    "ReindexResult",
    "Rejected",
    "SearchResult",
    "SyncResult",
    "VerifyResult",
    "configure",
    "dead_letters",
    "diff",
    "explain",
    "generations",
    "load",
    "reindex",
    "search",
    "status",
    "sync",
    "transform",
    "verify",
]
