"""`migrate`: another importer's installation as a configuration of ours, and the proof on its live index."""

from dataclasses import dataclass
from pathlib import Path

from indexer.config import Config
from indexer.jobs.changes import Changes
from indexer.jobs.diff import diff_of
from indexer.jobs.plan import plan_for_sources
from indexer.migrate.vufind import Migration, read
from indexer.model.errors import ConfigError


@dataclass(frozen=True, slots=True)
class MigrateResult:
    """`written` are the files that were written, in `folder`."""

    migration: Migration
    folder: Path
    written: list[Path]


@dataclass(frozen=True, slots=True)
class Checked:
    """One source held against the live index; `problem` says why that could not be done, "" where it was."""

    source: str
    changes: Changes | None
    problem: str = ""


def migrate(core: Path, *, local: Path | None, crontab: Path | None, out: Path) -> MigrateResult:
    """Reads a VuFind installation and writes an indexer.toml into the folder `out`, with what it names.

    Raises ConfigError where the folder is no installation, and where a file is there already: nothing is written over.
    """
    migration = read(core, local=local, crontab=crontab)
    there = [out / name for name in migration.files if (out / name).exists()]
    if there:
        raise ConfigError(f"{there[0]} already exists", advice="Give another folder with --out. Nothing was written.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in migration.files.items():
            (out / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{error.filename or out}: cannot be written: {error.strerror}") from None
    return MigrateResult(migration, out, [out / name for name in migration.files])


def check(config: Config, *, sample: int, seed: int) -> list[Checked]:
    """Takes records of each source through the configuration, and holds their documents against the live index."""
    found = []
    for source in config.settings.source:
        if source.oai is not None:
            found.append(Checked(source.name, None, "is harvested from a server: nothing of it is here yet"))
            continue
        try:
            plan = plan_for_sources(config, [source.name])
            changed = diff_of(plan, config.target(), sample=sample, seed=seed)
        except ConfigError as error:
            found.append(Checked(source.name, None, error.message))
            continue
        if sum(changed.documents.values()) + changed.rejected:
            found.append(Checked(source.name, changed))
        else:
            where = ", ".join(source.paths)
            found.append(Checked(source.name, None, f"there is no record in {where}: name files of it in `paths`"))
    return found
