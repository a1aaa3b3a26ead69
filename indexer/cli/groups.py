"""The commands that are groups of commands: schema and dead-letters."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.options import common, person

if TYPE_CHECKING:
    from indexer.config import Config


@click.group()
def schema() -> None:
    """The index schema: compile it, compare it, install it."""


@schema.command("build")
@click.option("--check", is_flag=True, help="Write nothing; fail when the committed files differ.")
@click.option(
    "--copy-fields",
    is_flag=True,
    help="Only a Solr configset, with VuFind's copyField rules: Solr fills the copied fields, and is not sent them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for --copy-fields (default: biblio-copy-fields), or a schema with fields of your own (biblio-extra).",
)
@common()
def schema_build(config: "Config", check: bool, copy_fields: bool, out: Path | None) -> int:
    """Compile biblio.toml for every engine.

    Writes the Solr configset and the body of Elasticsearch and OpenSearch indices into schemas/; with schema.extra in
    the settings, all of it with those fields into --out.
    """
    from indexer.jobs.schema import build as run

    return run(config=config, check=check, copy_fields=copy_fields, out=out)


@schema.command("check")
@common("target", "json")
def schema_check(config: "Config", as_json: bool) -> int:
    """Compare files and target with biblio.toml."""
    from indexer.jobs.schema import check as run

    return run(config=config, as_json=as_json)


@schema.command("install")
@common("target")
def schema_install(config: "Config") -> int:
    """Put the schema on the target.

    Makes the core, collection, index or folder where there is none; what is there stays.
    """
    from indexer.jobs.schema import install as run

    return run(config=config)


@click.group("dead-letters")
def dead_letters() -> None:
    """Rejected records: list, show, try again, forget."""


@dead_letters.command("list")
@common("target", "json")
def dead_letters_list(config: "Config", as_json: bool) -> int:
    """What is wrong, how often, and with which records; of all targets, or of --target."""
    from indexer.jobs.dead_letters import list_ as run

    return run(config=config, as_json=as_json)


@dead_letters.command("show")
@click.argument("id", type=int)
@common("json")
def dead_letters_show(id: int, config: "Config", as_json: bool) -> int:
    """Everything about one dead letter, its record included."""
    from indexer.jobs.dead_letters import show as run

    return run(id, config=config, as_json=as_json)


@dead_letters.command("replay")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All dead letters of the target.")
@click.option("--profile", help="Read the records with this profile as it is now, not as they were read before.")
@common("target", "json", "quiet", "verbose", "log-format")
def dead_letters_replay(
    ids: tuple[int, ...],
    everything: bool,
    profile: str | None,
    config: "Config",
    as_json: bool,
    quiet: bool,
) -> int:
    """Try again; what comes through leaves the dead letters."""
    from indexer.jobs.dead_letters import replay as run

    return run(
        ids,
        config=config,
        everything=everything,
        profile_name=profile,
        as_json=as_json,
        audience=person(config, quiet=quiet),
    )


@dead_letters.command("drop")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All dead letters of the target.")
@common("target")
def dead_letters_drop(ids: tuple[int, ...], everything: bool, config: "Config") -> int:
    """Forget dead letters; their records stay out of the index."""
    from indexer.jobs.dead_letters import drop as run

    return run(ids, config=config, everything=everything)
