"""The flags that several commands have."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.model.errors import ConfigError, IndexerError, RecordError

if TYPE_CHECKING:
    from indexer.config import Config
    from indexer.observe.audience import Audience

Command = Callable[..., Any]

PROFILE = click.option(
    "--profile",
    metavar="NAME",
    help="How to read the records: marc, ojs, pmc, pubmed, jats, ... (docs/configure.md) or one of indexer.toml. "
    "Default: as the content says.",
)

MAX_SHARE = click.option(
    "--max-share",
    type=click.FloatRange(0, 1),
    help="Share of the documents that may be deleted at once (default: delete.max_share, 0.05).",
)


#: The flags of `common`, each by its own name without the dashes.
FLAGS = {
    "config": click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="INDEXER_CONFIG",
        help="Settings file (default: ./indexer.toml where it exists).",
    ),
    "target": click.option("--target", help="Where documents go, such as solr+http://localhost:8983/solr/biblio."),
    "cluster": click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Build on a Dask cluster: tcp://host:8786, or local:N (docs/cluster.md).",
    ),
    "from-scratch": click.option(
        "--from-scratch",
        type=click.IntRange(min=1),
        metavar="RUN",
        help="Send what this run on a cluster has derived and kept (cluster.keep); nothing is derived.",
    ),
    "workers": click.option("--workers", type=int, help="Processes that derive documents."),
    "quiet": click.option("--quiet", is_flag=True, help="Print nothing but problems."),
    "verbose": click.option("--verbose", is_flag=True, help="Log what happens."),
    "json": click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
    "metrics-port": click.option(
        "--metrics-port", type=int, help="Serve Prometheus metrics on this port of metrics.address (127.0.0.1)."
    ),
    "log-format": click.option("--log-format", type=click.Choice(["console", "json"]), help="How to log."),
}


def common(*names: str) -> Callable[[Command], Command]:
    """The flags that mean the same everywhere; the command gets them as one `config` and the output switches."""

    def decorate(command: Command) -> Command:
        wrapped = _with_config(command)
        for name in reversed(("config", *names)):
            wrapped = FLAGS[name](wrapped)
        return wrapped

    return decorate


def _with_config(command: Command) -> Command:
    """The command, called with the `config` that its flags and the settings file come to, the schema and the log set up
    by it. Where the log is for machines, an error ends in it too.
    """

    @wraps(command)
    def wrapped(
        *args: Any,
        config_file: Path | None = None,
        target: str | None = None,
        workers: int | None = None,
        cluster: str | None = None,
        from_scratch: int | None = None,
        log_format: str | None = None,
        metrics_port: int | None = None,
        verbose: bool = False,
        **kwargs: Any,
    ) -> Any:
        from indexer import config as settings
        from indexer.model import schema
        from indexer.observe import log

        flags = {
            "target": target,
            "load.workers": workers,
            "cluster.scheduler": cluster,
            "cluster.from_scratch": from_scratch,
            "log.format": log_format,
            "metrics.port": metrics_port,
            "log.level": "info" if verbose else None,
        }
        for_machines = (log_format or os.environ.get("INDEXER_LOG_FORMAT")) == "json"
        try:
            _refuse_passwords(target, kwargs.get("paths", ()))
            config = settings.load(config_file, flags=flags, environ=os.environ)
            for_machines = config.settings.log.format == "json"
            schema.use(config.schema())
            log.configure(format=config.settings.log.format, level=config.settings.log.level)
            return command(*args, config=config, **kwargs)
        except IndexerError as error:
            if not for_machines:
                raise
            log.failed(error)
            return error.exit_code

    return wrapped


def _refuse_passwords(target: str | None, paths: Iterable[str]) -> None:
    """Raises ConfigError for a password among the words of the command."""
    from indexer.engines.registry import is_index
    from indexer.model.targets import has_credentials
    from indexer.model.urls import is_remote

    for given in paths:
        if is_index(given) and has_credentials(given):
            raise _exposed("a URL", "Set INDEXER_SOURCE_USERNAME and INDEXER_SOURCE_PASSWORD instead.")
        if is_remote(given) and has_credentials(given):
            raise _exposed("a URL", "Put them into ~/.netrc, or the URL into indexer.toml.")
    if target and has_credentials(target):
        raise _exposed("--target", "Set INDEXER_USERNAME and INDEXER_PASSWORD instead.")


def _exposed(what: str, advice: str) -> ConfigError:
    return ConfigError(
        f"{what} holds a password, which every user of this machine can read in the process list", advice=advice
    )


def person(config: "Config", *, quiet: bool = False, lines: bool = True) -> "Audience":
    """The person, or the log, at the other end of this command: shown how far it is, and whose Ctrl-C it takes. Without
    `lines` standard output is for JSON.
    """
    from indexer.observe import progress
    from indexer.observe.audience import Audience, ignore

    json_log = config.settings.log.format == "json"
    return Audience(
        progress=lambda: progress.choose(quiet=quiet, json_log=json_log),
        quiet=quiet,
        say=ignore if quiet or not lines else partial(print, flush=True),
        complain=partial(print, flush=True) if lines else ignore,
        warn=None if json_log else say_beside,
        signals=True,
    )


def named_ids(ids: Iterable[str], file: str | None, prefix: str = "") -> Iterator[str]:
    """The ids that were named, and those of the file: a list, or MARC records. Raises ConfigError where it cannot be
    read, or is neither."""
    for found in (ids, _ids_of(file) if file is not None else ()):
        for id in found:
            yield prefix + id


def _ids_of(file: str) -> Iterator[str]:
    from indexer.sources.files import STDIN
    from indexer.sources.marc import is_marc

    try:
        if file != STDIN:
            with open(file, "rb") as stream:
                head = stream.read(1 << 14).lstrip()
            if head.startswith((b"<", b"\xef\xbb\xbf<")) or is_marc(head):
                yield from _ids_of_records(file)
                return
        with sys.stdin.buffer if file == STDIN else open(file, "rb") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    id = line.strip().decode()
                except UnicodeDecodeError:
                    raise ConfigError(f"{file}: line {number:,} is not UTF-8", advice="Nothing was deleted.") from None
                if id:
                    yield id
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}", advice="Nothing was deleted.") from None


def _ids_of_records(file: str) -> Iterator[str]:
    """The 001 of each record."""
    from indexer import sources
    from indexer.formats.marc.reader import parse
    from indexer.model.records import Record

    for found in sources.read([file], source="delete", format="marc"):
        number = found.position.ordinal
        where = f"{file}: record {number:,}" if number else file
        if not isinstance(found, Record) or found.format != "marc":
            why = "is no MARC record" if isinstance(found, Record) else found.reason
            raise ConfigError(f"{where}: {why}", advice="Nothing was deleted.")
        try:
            id = next((field.value.strip() for field in parse(found.raw).by_tag.get("001", ())), "")
        except RecordError as error:
            raise ConfigError(f"{where}: {error}", advice="Nothing was deleted.") from None
        if id:
            yield id
        else:
            say_beside(f"{where} has no 001: left out")


def say_when(line: str) -> None:
    """A line with the time before it."""
    print(f"{datetime.now().astimezone().isoformat(timespec='seconds')}  {line}", flush=True)


def say_beside(line: str) -> None:
    """A line on standard error."""
    print(line, file=sys.stderr)
