"""The commands: parse, call, print, exit code. What a command needs is imported when it runs: --help is fast.

Those that look at an index are in `looking`, and those that are groups of commands in `groups`.
"""

import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import click

from indexer import __version__
from indexer.cli.groups import dead_letters, migrate, schema
from indexer.cli.looking import diff, explain, search, serve, verify, why
from indexer.cli.options import MAX_SHARE, PROFILE, common, named_ids, person, say_when
from indexer.model.errors import ConfigError, ExitCode, IndexerError

if TYPE_CHECKING:
    from indexer.config import Config


def main() -> NoReturn:
    """The console script. Every error that the world causes ends as a message and an exit code."""
    _open_closed_streams()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends a command as Ctrl-C does: locks are given back
    sys.unraisablehook = _end_if_interrupted
    try:
        # not cli.main: it ends the process with 1 when the reader of our output goes away
        with cli.make_context("indexer", sys.argv[1:]) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        code = end.exit_code
    except IndexerError as error:
        say_error(error)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except KeyboardInterrupt:
        _end_at_once(ExitCode.INTERRUPTED)
    except click.Abort:
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        # the reader of our output went away (`| head`): nothing is wrong, and nothing more can be written
        _drop_output()
        code = ExitCode.OK
    except OSError as error:
        _drop_output()
        print(f"{error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        code = ExitCode.REJECTED
    sys.exit(code if isinstance(code, int) else ExitCode.OK)


def _end_at_once(code: int) -> NoReturn:
    """Without waiting for threads, which a server that does not answer may hold for minutes."""
    if used := sys.modules.get("multiprocessing.util"):
        used._run_finalizers(0)  # semaphores of worker processes; Python would warn that they were left behind
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def _end_if_interrupted(unraisable: "sys.UnraisableHookArgs") -> None:
    """Ctrl-C where Python cannot raise it, as in the midst of an import: it would print a traceback and go on."""
    if unraisable.exc_type is KeyboardInterrupt:
        _end_at_once(ExitCode.INTERRUPTED)
    sys.__unraisablehook__(unraisable)


def _open_closed_streams() -> None:
    """Standard streams that the caller closed (`>&-`) read as empty and write nowhere; else the next file that is
    opened would take their place, and get what is printed.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we live


def _drop_output() -> None:
    """What Python still holds for standard output would fail once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say_error(error: IndexerError) -> None:
    print(error.message, file=sys.stderr)
    for line in error.advice.splitlines():
        print(f"  {line}", file=sys.stderr)


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    from indexer.formats.version import derive_version

    click.echo(f"indexer {__version__} (derive {derive_version()})")
    context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """Loads library record dumps into Solr, Elasticsearch, OpenSearch or an embedded index.

    Each record becomes the VuFind biblio document, derived fields included.

    \b
    Exit codes: 0 all well, 1 finished with rejected records or unreadable files, 2 wrong usage or
    configuration, 3 target or source not reachable or refused, 4 another run is loading into this target,
    5 verification failed or too much would be deleted, 130 interrupted.
    """


@cli.command()
@click.argument("paths", nargs=-1, required=True)
@PROFILE
@click.option("--dry-run", is_flag=True, help="Read and derive everything, send and remember nothing.")
@click.option("--force", is_flag=True, help="Send unchanged documents too.")
@common("target", "workers", "cluster", "from-scratch", "json", "quiet", "verbose", "log-format")
def load(
    paths: tuple[str, ...],
    profile: str | None,
    dry_run: bool,
    force: bool,
    config: "Config",
    as_json: bool,
    quiet: bool,
) -> int:
    """Load dumps into the target.

    PATHS are files, folders, globs, URLs (https, s3) or - for standard input; plain, gzip, bzip2, xz, zstd, zip or tar.
    The URL of an index, as --target takes it, stands for its documents.
    """
    from indexer.cli.render import runs as render
    from indexer.jobs.load import load as run

    audience = person(config, quiet=quiet)
    result = run(paths, config=config, profile_name=profile, dry_run=dry_run, force=force, audience=audience)
    return render.load(result, as_json=as_json, quiet=quiet)


@cli.command()
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say which files are new and what would be deleted; send nothing.")
@click.option("--force", is_flag=True, help="Read every file, and send unchanged documents too.")
@MAX_SHARE
@common("target", "workers", "json", "quiet", "verbose", "log-format")
def sync(
    names: tuple[str, ...],
    dry_run: bool,
    force: bool,
    max_share: float | None,
    config: "Config",
    as_json: bool,
    quiet: bool,
) -> int:
    """Load what is new or changed in the sources: the nightly job.

    SOURCE is the name of a [[source]] of indexer.toml; without one it is all of them. A file that was read to its end
    and is as it was then is not opened. Exit code 5: the sources delete more than may go at once; that is held, the
    rest is loaded.
    """
    from indexer.cli.render import runs as render
    from indexer.jobs.sync import sync as run

    audience = person(config, quiet=quiet)
    result = run(names, config=config, dry_run=dry_run, force=force, max_share=max_share, audience=audience)
    return render.sync(result, as_json=as_json, quiet=quiet)


@cli.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--file", metavar="FILE", help="A list of ids, one a line (- is standard input), or MARC records.")
@click.option("--id-prefix", metavar="TEXT", default="", help="What is put before each id.")
@click.option("--dry-run", is_flag=True, help="List the documents; delete nothing.")
@MAX_SHARE
@common("target", "json", "quiet", "verbose", "log-format")
def delete(
    ids: tuple[str, ...],
    file: str | None,
    id_prefix: str,
    dry_run: bool,
    max_share: float | None,
    config: "Config",
    as_json: bool,
    quiet: bool,
) -> int:
    """Delete documents by their ids.

    A document comes back when sync or load reads its record again: take it out of its source, too. Exit code 5: these
    are more than may go at once, and none was deleted.
    """
    from indexer.cli.render import runs as render
    from indexer.jobs.deletions import delete as run

    if not ids and file is None:
        raise ConfigError("no ids were named", advice="Name them, or a file with one a line: --file FILE.")
    audience = person(config, quiet=quiet)
    named = named_ids(ids, file, id_prefix)
    result = run(named, config=config, dry_run=dry_run, max_share=max_share, audience=audience)
    return render.delete(result, as_json=as_json, quiet=quiet)


@cli.command()
@click.option("--dry-run", is_flag=True, help="List the documents; delete nothing.")
@MAX_SHARE
@common("target", "workers", "json", "quiet", "verbose", "log-format")
def sweep(dry_run: bool, max_share: float | None, config: "Config", as_json: bool, quiet: bool) -> int:
    """Delete the documents that no source has any more.

    Reads every dump of every source of indexer.toml. Exit code 5: one of them cannot be read, or these are more than
    may go at once; none was deleted then.
    """
    from indexer.cli.render import runs as render
    from indexer.jobs.deletions import sweep as run

    result = run(config=config, dry_run=dry_run, max_share=max_share, audience=person(config, quiet=quiet))
    return render.delete(result, as_json=as_json, quiet=quiet)


@cli.command()
@click.option("--no-promote", is_flag=True, help="Stop before the switch: indexer promote makes it.")
@click.option("--adopt", is_flag=True, help="Take the index that is there as the first generation, to go back to.")
@click.option("--keep", type=click.IntRange(2, 100), help="Generations to keep (default: rebuild.keep, 2).")
@common("target", "workers", "cluster", "from-scratch", "json", "quiet", "verbose", "log-format")
def reindex(no_promote: bool, adopt: bool, keep: int | None, config: "Config", as_json: bool, quiet: bool) -> int:
    """Build a new index beside the live one, verify it, switch.

    It is built from all sources of indexer.toml. Searches go on in the live index, and so may indexer sync, until the
    new one is in its place. Called again after an interruption it goes on. Exit code 5: a check failed, and
    nothing was promoted.
    """
    from indexer.cli.render import runs as render
    from indexer.jobs.reindex import reindex as run

    audience = person(config, quiet=quiet or as_json, lines=not as_json)
    result = run(config=config, promote=not no_promote, adopt=adopt, keep=keep, audience=audience)
    return render.reindex(result, as_json=as_json)


@cli.command()
@click.argument("name", metavar="[NAME]", required=False)
@common("target", "json")
def promote(name: str | None, config: "Config", as_json: bool) -> int:
    """Make a generation live that is ready, or was live before.

    Without a NAME it is the one that is ready, after indexer reindex --no-promote.
    """
    from indexer.cli.render import generations as render
    from indexer.jobs.generations import promote as run

    return render.switch(run(name, config=config, audience=person(config)), as_json=as_json)


@cli.command()
@common("target", "json")
def rollback(config: "Config", as_json: bool) -> int:
    """Make the generation live again that was live before.

    What was loaded since then is not in it: indexer sync loads that. A second rollback undoes the first.
    """
    from indexer.cli.render import generations as render
    from indexer.jobs.generations import rollback as run

    return render.switch(run(config=config, audience=person(config)), as_json=as_json)


@cli.command()
@common("target", "json")
def generations(config: "Config", as_json: bool) -> int:
    """The generations of the index: which is live, which are kept."""
    from indexer.cli.render import generations as render
    from indexer.jobs.generations import list_generations as run

    return render.generations(run(config=config, audience=person(config)), as_json=as_json)


@cli.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--keep", type=click.IntRange(2, 100), help="Generations to keep (default: rebuild.keep, 2).")
@common("target", "json")
def prune(names: tuple[str, ...], keep: int | None, config: "Config", as_json: bool) -> int:
    """Remove generations that are not to be kept.

    Those that are more than rebuild.keep (2), or those that are NAMEd; never the live one. After a switch reindex does
    this by itself.
    """
    from indexer.cli.render import generations as render
    from indexer.jobs.generations import prune as run

    result = run(names, config=config, keep=keep, audience=person(config, lines=not as_json))
    return render.prune(result, as_json=as_json)


@cli.command()
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@common("target", "workers", "metrics-port", "quiet", "verbose", "log-format")
@click.pass_context
def schedule(context: click.Context, names: tuple[str, ...], config: "Config", quiet: bool) -> int:
    """Run sync again and again.

    [schedule] of indexer.toml says when. Stays until Ctrl-C or SIGTERM, which a run in flight is told, too: what it has
    sent is safe, and the next goes on from there. No two runs overlap. Needs no cron; where there is one, or systemd,
    let it run sync.
    """
    from indexer.jobs.schedule import schedule as run
    from indexer.observe.audience import ignore

    quiet = quiet or config.settings.log.format == "json"
    audience = replace(person(config), say=ignore if quiet else say_when)
    return run(names, config=config, flags=_again(context), audience=audience)


def _again(context: click.Context) -> list[str]:
    """The flags of `common` that a command was given, for another command that has them too."""
    given: list[str] = []
    for name in ("config_file", "target", "workers", "log_format"):
        if (value := context.params.get(name)) is not None:
            given += [f"--{'config' if name == 'config_file' else name.replace('_', '-')}", str(value)]
    return given + [f"--{name}" for name in ("quiet", "verbose") if context.params.get(name)]


@cli.command()
@click.argument("paths", nargs=-1, required=True)
@PROFILE
@common("workers", "quiet", "verbose", "log-format")
def transform(paths: tuple[str, ...], profile: str | None, config: "Config", quiet: bool) -> int:
    """Print the documents as JSON lines; nothing is sent anywhere."""
    from indexer.cli.render import runs as render
    from indexer.jobs.load import transform as run

    quiet = quiet or config.settings.log.format == "json"
    result = run(paths, config=config, profile_name=profile, audience=person(config, quiet=quiet))
    return render.transform(result, quiet=quiet)


@cli.command()
@common("json")
def status(config: "Config", as_json: bool) -> int:
    """The last runs and their books, and how each target is doing."""
    from indexer.cli.render import status as render
    from indexer.jobs.status import status as run

    return render.status(run(config=config, audience=person(config)), as_json=as_json)


@cli.command("config")
@common("target")
def show_config(config: "Config") -> int:
    """Each setting, its value and where it came from."""
    rows = config.rows()
    width = max(len(key) for key, _, _ in rows)
    wide = max(len(value) for _, value, _ in rows)
    for key, value, origin in rows:
        click.echo(f"{key:<{width}}  {value:<{wide}}  {origin}")
    return ExitCode.OK


for command in (schema, dead_letters, migrate, verify, diff, explain, search, why, serve):
    cli.add_command(command)
