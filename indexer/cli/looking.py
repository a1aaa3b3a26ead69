"""The commands that look: at an index, and at what its documents are made of."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.options import PROFILE, common, person
from indexer.model.errors import ExitCode

if TYPE_CHECKING:
    from indexer.config import Config


@click.command()
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--sample", type=click.IntRange(1, 100_000), help="Documents to read back (default: verify.sample, 1000)."
)
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, show_default=True, help="Draws the sample.")
@common("target", "workers", "json", "quiet")
def verify(names: tuple[str, ...], sample: int | None, seed: int, config: "Config", as_json: bool, quiet: bool) -> int:
    """Hold the index against the dumps of its sources.

    Books, counts, a sample of documents, and the saved searches of indexer.toml. Reads every dump again and sends
    nothing. Exit code 5: a check failed.
    """
    from indexer.cli.render import runs as render
    from indexer.jobs.verify import verify_index

    result = verify_index(names, config=config, sample=sample, seed=seed, audience=person(config, quiet=quiet))
    return render.verify(result, as_json=as_json, quiet=quiet)


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--id", "id", help="Only the document of this id.")
@click.option("--sample", type=click.IntRange(1, 100_000), help="Only so many documents, drawn by --seed.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, show_default=True, help="Draws the sample.")
@PROFILE
@common("target", "workers", "json")
def diff(
    paths: tuple[str, ...],
    id: str | None,
    sample: int | None,
    seed: int,
    profile: str | None,
    config: "Config",
    as_json: bool,
) -> int:
    """What a load would change in the index, by field and rule.

    Nothing is sent. PATHS are as for load; without any, all sources of indexer.toml are read.
    """
    from indexer.cli.render import documents as render
    from indexer.jobs.diff import diff as run

    result = run(paths, config=config, id=id, sample=sample, seed=seed, profile_name=profile)
    return render.diff(result, as_json=as_json)


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--id", "id", required=True, help="The document's id, as it is in the index.")
@click.option("--field", "name", metavar="NAME", help="Only this field.")
@PROFILE
@common("workers", "json")
def explain(
    paths: tuple[str, ...], id: str, name: str | None, profile: str | None, config: "Config", as_json: bool
) -> int:
    """Print which rule wrote each field of a document, from what.

    Reads the dumps up to the first record of this id. With each field: its values, the rule that wrote them, what it
    took from the record, and the steps between.
    """
    from indexer.cli.render import documents as render
    from indexer.jobs.explain import explain_document as run

    result = run(paths, id=id, field=name, config=config, profile_name=profile, audience=person(config))
    return render.explain(result, as_json=as_json)


@click.command()
@click.argument("query")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(0, 1000), help="Hits to show.")
@click.option("--sort", help="Field to sort by; - before it turns the order round. Default: relevance.")
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help="Only documents with this value.")
@common("target", "json")
def search(query: str, limit: int, sort: str | None, filters: tuple[str, ...], config: "Config", as_json: bool) -> int:
    """A quick look into the index, any backend."""
    from indexer.cli.render import search as render
    from indexer.jobs.search import filling
    from indexer.jobs.search import search as run

    wanted = tuple(map(render.filter_of, filters))
    result = run(query, target=config.target(), limit=limit, sort=sort, filters=wanted)
    code = render.search(query, result, as_json=as_json)
    if not result.found.total and not as_json and (line := filling(config, person(config))):
        click.echo(line)
    return code


@click.command()
@click.argument("query")
@click.argument("id")
@click.option("--type", "type_", default="AllFields", show_default=True, help="Search type: Title, Author, ISN, ...")
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help="A filter that was set, too.")
@common("target", "json")
def why(query: str, id: str, type_: str, filters: tuple[str, ...], config: "Config", as_json: bool) -> int:
    """Tell why a query finds a record, or does not.

    For each word: in which fields the record has it and what that counts; or which other fields have it, and which word
    of the record is most like it. For each filter whether the record passes. Any backend.
    """
    from indexer.cli.render import why as render
    from indexer.cli.render.search import filter_of
    from indexer.jobs.why import why as run

    return render.why(run(query, id, config=config, type=type_, filters=[*map(filter_of, filters)]), as_json=as_json)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port; 0: any free one.")
@click.option(
    "--staff/--no-staff",
    default=None,
    help="The operator's pages, /staff. Default: with a password, or where only this machine reaches them.",
)
@click.option(
    "--staff-password-file",
    "password_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File whose first line is the password of /staff. With it things can be changed there.",
)
@click.option(
    "--staff-header-file",
    "header_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File whose first line is a header, NAME: SECRET, that a proxy sets for staff.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="Processes that make pages (default: for an embedded index one a processor, 4 at most; else 1).",
)
@common("target", "verbose", "log-format")
def serve(
    host: str,
    port: int,
    staff: bool | None,
    password_file: Path | None,
    header_file: Path | None,
    processes: int | None,
    config: "Config",
) -> int:
    """Show the index as web pages.

    Search, records with every stored field, and VuFind's API (/api/v1): whoever reaches the address may read all that
    is in the index, and change nothing. /staff shows the runs and the rejected records; who knows the password may try
    those again there, or forget them. Stays until Ctrl-C or SIGTERM.
    """
    from indexer.web.server import processes_for
    from indexer.web.server import serve as run

    target = config.target()
    run(
        target,
        host=host,
        port=port,
        say=click.echo,
        config=config,
        staff=staff,
        password_file=password_file,
        header_file=header_file,
        processes=processes or processes_for(target),
    )
    return ExitCode.OK
