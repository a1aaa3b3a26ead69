"""The commands that are groups of commands: schema, dead-letters and migrate."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.options import common, person
from indexer.model.errors import ExitCode

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
    from indexer.cli.render import schema as render
    from indexer.jobs.schema import build as run

    return render.build(run(config=config, check=check, copy_fields=copy_fields, out=out))


@schema.command("check")
@common("target", "json")
def schema_check(config: "Config", as_json: bool) -> int:
    """Compare files and target with biblio.toml."""
    from indexer.cli.render import schema as render
    from indexer.jobs.schema import check as run

    return render.check(run(config=config), as_json=as_json)


@schema.command("install")
@common("target")
def schema_install(config: "Config") -> int:
    """Put the schema on the target.

    Makes the core, collection, index or folder where there is none; what is there stays.
    """
    from indexer.jobs.schema import install as run

    run(config=config, audience=person(config))
    return ExitCode.OK


@click.group("dead-letters")
def dead_letters() -> None:
    """Rejected records: list, show, try again, forget."""


@dead_letters.command("list")
@common("target", "json")
def dead_letters_list(config: "Config", as_json: bool) -> int:
    """What is wrong, how often, and with which records; of all targets, or of --target."""
    from indexer.cli.render import dead_letters as render
    from indexer.jobs.dead_letters import list_dead_letters as run

    target = str(config.target()) if config.origins.get("target") == "--target" else None
    return render.listed(run(target, config=config, audience=person(config)), as_json=as_json)


@dead_letters.command("show")
@click.argument("id", type=int)
@common("json")
def dead_letters_show(id: int, config: "Config", as_json: bool) -> int:
    """Everything about one dead letter, its record included."""
    from indexer.cli.render import dead_letters as render
    from indexer.jobs.dead_letters import show_dead_letter as run

    return render.shown(run(id, config=config, audience=person(config)), as_json=as_json)


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
    from indexer.cli.render import dead_letters as render
    from indexer.jobs.dead_letters import replay as run

    audience = person(config, quiet=quiet)
    result = run(ids, config=config, everything=everything, profile_name=profile, audience=audience)
    return render.replayed(result, as_json=as_json, quiet=quiet)


@dead_letters.command("drop")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All dead letters of the target.")
@common("target")
def dead_letters_drop(ids: tuple[int, ...], everything: bool, config: "Config") -> int:
    """Forget dead letters; their records stay out of the index."""
    from indexer.cli.render import dead_letters as render
    from indexer.jobs.dead_letters import drop as run

    return render.dropped(run(ids, config=config, everything=everything, audience=person(config)))


@click.group()
def migrate() -> None:
    """Take another importer's configuration over."""


@migrate.command("vufind")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--local", type=click.Path(path_type=Path, exists=True, file_okay=False), help="The site's folder [FOLDER/local]."
)
@click.option(
    "--cron", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A cron table (crontab -l > FILE)."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("migrated"),
    show_default=True,
    help="Where indexer.toml is written.",
)
@click.option(
    "--check", metavar="N", type=click.IntRange(min=1), help="Then hold N documents of each source against the index."
)
@click.option("--seed", type=int, default=0, help="Which N are drawn.")
def migrate_vufind(folder: Path, local: Path | None, cron: Path | None, out: Path, check: int | None, seed: int) -> int:
    """Make an indexer.toml of a VuFind installation.

    Reads its import, harvest and config folders, the site's over the core's, and changes nothing there. With --check an
    OUT that is there already is checked as it is, so that it can be edited and checked again.
    """
    from indexer.cli.render import migrate as render
    from indexer.config import load
    from indexer.jobs import migrate as jobs
    from indexer.model.schema import use

    code = 0
    if check is None or not (out / "indexer.toml").exists():
        code = render.migrated(jobs.migrate(folder, local=local, crontab=cron, out=out))
    if check is None:
        return code
    config = load(out / "indexer.toml", environ=os.environ)
    use(config.schema())  # fields of the target's own, as for every command
    return render.checked(jobs.check(config, sample=check, seed=seed), str(config.target())) or code
