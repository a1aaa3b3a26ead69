"""One typed settings tree: defaults < indexer.toml < environment < flags.

`load` reads it all and remembers where each value came from, so that `indexer config` can say so. An unknown key is
an error that names the nearest known one.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from indexer.engines.registry import engine_of, parse_target
from indexer.formats.profiles import FILES
from indexer.model.errors import ConfigError
from indexer.model.extra_fields import extended
from indexer.model.schema import Schema, bundled, in_use, live_alone
from indexer.model.settings import (
    AfterSettings,
    BudgetSettings,
    ClusterSettings,
    CredentialSettings,
    DeleteSettings,
    LoadSettings,
    LogSettings,
    MetricsSettings,
    NotifySettings,
    OaiSettings,
    RebuildSettings,
    ScheduleSettings,
    SchemaSettings,
    SearchSettings,
    Settings,
    SolrSettings,
    SourceSettings,
    Table,
    VerifySettings,
)
from indexer.model.targets import Credentials, Target
from indexer.model.urls import is_remote, public

DEFAULT_FILE = "indexer.toml"
_LIVE_ADVICE = "It is for Solr cores with a schema of another kind, such as VuFind's authority."

#: Environment variable -> dotted key of the settings tree.
ENVIRONMENT = {
    "INDEXER_TARGET": "target",
    "INDEXER_STATE": "state",
    "INDEXER_REPORTS": "reports",
    "INDEXER_HARVEST": "harvest",
    "INDEXER_USERNAME": "credentials.username",
    "INDEXER_PASSWORD": "credentials.password",
    "INDEXER_API_KEY": "credentials.api_key",
    "INDEXER_CA_FILE": "credentials.ca_file",
    "INDEXER_SOURCE_USERNAME": "source_credentials.username",
    "INDEXER_SOURCE_PASSWORD": "source_credentials.password",
    "INDEXER_SOURCE_API_KEY": "source_credentials.api_key",
    "INDEXER_SOURCE_CA_FILE": "source_credentials.ca_file",
    "INDEXER_WORKERS": "load.workers",
    "INDEXER_CONNECTIONS": "load.connections",
    "INDEXER_BATCH_DOCUMENTS": "load.batch_documents",
    "INDEXER_BATCH_BYTES": "load.batch_bytes",
    "INDEXER_RETRY_SECONDS": "load.retry_seconds",
    "INDEXER_RETRY_TRIES": "load.retry_tries",
    "INDEXER_METRICS_FILE": "metrics.file",
    "INDEXER_METRICS_PORT": "metrics.port",
    "INDEXER_METRICS_ADDRESS": "metrics.address",
    "INDEXER_SCHEDULE_CRON": "schedule.cron",
    "INDEXER_SCHEDULE_EVERY": "schedule.every",
    "INDEXER_SCHEDULE_JITTER": "schedule.jitter",
    "INDEXER_NOTIFY_URL": "notify.url",
    "INDEXER_SMTP_USERNAME": "notify.smtp_username",
    "INDEXER_SMTP_PASSWORD": "notify.smtp_password",
    "INDEXER_DATES": "load.dates",
    "INDEXER_MAX_SHARE": "delete.max_share",
    "INDEXER_ADOPT": "rebuild.adopt",
    "INDEXER_SCHEMA": "schema",
    "INDEXER_CLUSTER": "cluster.scheduler",
    "INDEXER_SCRATCH": "cluster.scratch",
    "INDEXER_LOG_FORMAT": "log.format",
    "INDEXER_LOG_LEVEL": "log.level",
}


@dataclass(frozen=True, slots=True)
class Config:
    """The settings and, for each dotted key that is not a default, where its value came from."""

    settings: Settings
    origins: dict[str, str] = field(default_factory=dict)

    def target(self) -> Target:
        return parse_target(self.settings.target, self.target_credentials())

    def target_credentials(self) -> Credentials:
        return _credentials("credentials", self.settings.credentials)

    def schema(self) -> Schema:
        """The fields that documents may have: the bundled ones and those of `schema.extra`; open where the target may
        have fields of its own besides. Raises ConfigError for a file that is wrong.
        """
        engine, fields = engine_of(parse_target(self.settings.target)), self.settings.fields
        if fields == "live":
            if not engine.any_schema:
                raise ConfigError(f"schema = 'live': {engine.product} has no schema but ours", advice=_LIVE_ADVICE)
            return live_alone()
        ours = extended(Path(fields.extra)) if fields.extra else bundled()
        return replace(ours, open=True) if engine.own_fields else ours

    def source_credentials(self) -> Credentials:
        """Those for an index that is read, which does not get the target's."""
        return _credentials("source_credentials", self.settings.source_credentials)

    def rows(self) -> list[tuple[str, str, str]]:
        """(key, value, where it came from) of every single setting; secrets as `***`."""
        rows = []
        for key, value in _flatten(self.settings.model_dump(by_alias=True)):
            text = "***" if isinstance(value, SecretStr) else "" if value is None else str(value)
            if key == "target":
                text = str(parse_target(text))
            elif key == "state":
                text = re.sub(r"//(.*?):.*@", r"//\1:***@", text)
            elif key.startswith("source.") and isinstance(value, list):
                text = str([public(path) if is_remote(path) else path for path in value])
            rows.append((key, text, self.origins.get(key, "default")))
        return rows


def _credentials(name: str, given: CredentialSettings) -> Credentials:
    if given.ca_file and not given.ca_file.is_file():
        raise ConfigError(f"{name}.ca_file: {given.ca_file} is not a file")
    return Credentials(
        username=given.username,
        password=given.password.get_secret_value() if given.password else None,
        api_key=given.api_key.get_secret_value() if given.api_key else None,
        ca_file=given.ca_file,
        settings="INDEXER_SOURCE_" if name == "source_credentials" else "INDEXER_",
    )


def load(
    path: Path | None = None,
    *,
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str],
    look: bool = True,
) -> Config:
    """Reads indexer.toml (`path`, else with `look` ./indexer.toml where it is), the environment and `flags` (dotted key
    -> value).

    Raises ConfigError that names the file, the key and the nearest known key.
    """
    tree: dict[str, Any] = {}
    origins: dict[str, str] = {}
    file = path or Path(DEFAULT_FILE)
    if path is not None or (look and file.exists()):
        tree = _read_toml(file)
        _nearest_keys(tree, str(file))
        _anchor_files(tree, file.parent)
        origins |= {key: str(file) for key, _ in _flatten(tree)}
    for name, key in ENVIRONMENT.items():
        if name in environ:
            _put(tree, key, environ[name])
            origins[key] = name
    for name in environ:
        if name.startswith("INDEXER_") and name not in ENVIRONMENT and name not in ("INDEXER_CONFIG",):
            close = difflib.get_close_matches(name, ENVIRONMENT, n=1)
            if close and difflib.SequenceMatcher(None, name, close[0]).ratio() > 0.9:
                raise ConfigError(f"environment variable {name} is not known", advice=f"Did you mean {close[0]}?")
    for key, value in (flags or {}).items():
        if value is not None:
            _put(tree, key, value)
            origins[key] = f"--{key.rpartition('.')[2].replace('_', '-')}"
    if not look:
        _nearest_keys(tree, "settings")  # what a program gives may be misspelt, too
    log = tree.get("log")
    if isinstance(log, Mapping) and log.get("format") == "json" and "level" not in log:
        _put(tree, "log.level", "info")  # what machines read is the whole story
        origins["log.level"] = "default of log.format json"
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise _invalid(error, tree, origins, file) from None
    names = [source.name for source in settings.source]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(
                f"{file}: two sources are named {name!r}", advice="Each source needs its own name: rename one of them."
            )
    for source in settings.source:
        _check_places(source, file)
    _check_notify(settings.notify, file)
    config = Config(settings, origins)
    if settings.profile or settings.source:
        with in_use(config.schema()):
            _check_profiles(settings, file)
    return config


def _anchor_files(tree: Mapping[str, Any], folder: Path) -> None:
    """Makes the files that profiles and sources name, and `schema.extra`, paths from here: they count from the folder
    of indexer.toml.
    """
    profiles, sources = tree.get("profile"), tree.get("source")
    tables = [
        *(profiles.values() if isinstance(profiles, Mapping) else ()),
        *(sources if isinstance(sources, list) else ()),
    ]
    schema = tree.get("schema")
    if isinstance(schema, dict) and isinstance(schema.get("extra"), str) and schema["extra"]:
        schema["extra"] = str(folder / schema["extra"])
    for each in tables:
        for table in (each, each.get("options") if isinstance(each, dict) else None):
            if isinstance(table, dict):
                table.update({key: _anchored(table[key], folder) for key in (*FILES, "maps") if table.get(key)})


def _anchored(value: Any, folder: Path) -> Any:
    """A path, or a list of them, from here; the bundled mapping has a name, and no path."""
    if isinstance(value, list):
        return [_anchored(one, folder) for one in value]
    return str(folder / value) if isinstance(value, str) and value != "vufind" else value


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such file", advice="Name an existing file with --config.") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: byte {error.start + 1:,} is not UTF-8", advice="Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not TOML: {error}", advice='Texts stand in quotes: target = "...".') from None


#: What pydantic finds wrong with a value -> how that is said; {} are what pydantic tells of it.
_WRONG = {
    "missing": "is missing",
    "string_type": "is not a text in quotes",
    "int_type": "is not a whole number",
    "int_parsing": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_type": "is not a number",
    "float_parsing": "is not a number",
    "finite_number": "is not a finite number",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    "list_type": "is not a list",
    "dict_type": "is not a table",
    "model_type": "is not a table",
    "too_short": "is an empty list",
    "greater_than": "is not more than {gt}",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
    "literal_error": "is none of {expected}",
}


def _invalid(error: ValidationError, tree: Mapping[str, Any], origins: Mapping[str, str], file: Path) -> ConfigError:
    """The first value that is wrong: where it came from, which key, and why. The value itself may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = first["loc"]
    if place[0] == "schema" and len(place) == 2:  # neither of the two kinds that it may be
        return ConfigError(f'{origins.get("schema") or file}: schema is neither "live" nor a table')
    if len(place) > 1 and place[0] == "source" and isinstance(place[1], int):
        named = tree["source"][place[1]].get("name") if isinstance(tree["source"][place[1]], Mapping) else None
        place = ("source", str(named or place[1] + 1), *place[2:])
    key = ".".join(str(part) for part in place)
    words = _WRONG.get(first["type"])
    reason = words.format(**first.get("ctx", {})) if words else first["msg"].lower()
    return ConfigError(f"{origins.get(key) or file}: {key} {reason}")


def _check_places(source: SourceSettings, file: Path) -> None:
    """Raises ConfigError for a source that has no dumps, or two kinds of them, and for a server that is none."""
    key = f"{file}: source.{source.name}"
    if source.oai is None:
        if not source.paths:
            raise ConfigError(
                f"{key} has no paths", advice='Such as paths = ["dumps/"], or oai = { url = "https://..." }.'
            )
        return
    if source.paths:
        raise ConfigError(f"{key} has both paths and oai", advice="Make two sources of it.")
    if source.move_processed:
        raise ConfigError(f"{key}: what is harvested is not moved", advice="Take move_processed out.")
    try:
        url = urlsplit(source.oai.url)
        good = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        good = False
    if not good or url.fragment:
        raise ConfigError(f"{key}.oai.url is not a URL", advice="Such as https://repository.example.edu/oai.")
    if "@" in url.netloc:
        raise ConfigError(
            f"{key}.oai.url has a user in it",
            advice="Set INDEXER_SOURCE_USERNAME and INDEXER_SOURCE_PASSWORD, and credentials = true in oai.",
        )
    if source.oai.from_ is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", source.oai.from_):
        raise ConfigError(
            f"{key}.oai.from is not a date", advice='Such as from = "2020-01-31" or "2020-01-31T00:00:00Z".'
        )


def _check_notify(notify: NotifySettings, file: Path) -> None:
    """Raises ConfigError for a web hook or a mail server that is none: a run is not to find that out at its end."""
    places = {}
    if notify.url is not None:
        places["url"] = (notify.url.get_secret_value(), ("https", "http"), "https://hooks.example.edu/indexer")
    if notify.mail_to:
        places["smtp"] = (notify.smtp, ("smtp", "smtps"), "smtp://mail.example.edu:587")
    for key, (url, schemes, example) in places.items():
        try:
            parts = urlsplit(url)
            good = parts.scheme in schemes and parts.hostname and parts.port != 0 and "@" not in parts.netloc
        except ValueError:
            good = False
        if not good:  # what it is may be a secret
            raise ConfigError(
                f"{file}: notify.{key} is not the URL of a server", advice=f"Such as {example}, without a user name."
            )
    for address in [*notify.mail_to, *filter(None, [notify.mail_from])]:
        if not re.fullmatch(r"[^\s@<>,]+@[^\s@<>,]+", address):
            raise ConfigError(
                f"{file}: notify: {address!r} is not a mail address", advice="Such as library@example.edu."
            )
    if notify.ca_file and not notify.ca_file.is_file():
        raise ConfigError(f"{file}: notify.ca_file: {notify.ca_file} is not a file")


def _check_profiles(settings: Settings, file: Path) -> None:
    """Raises ConfigError for a profile that is wrong, and for a source that no profile fits."""
    from indexer.formats import profiles  # reads the schema: not for those who have no profiles

    try:
        for name in settings.profile:
            profiles.resolve(name, settings.profile)
        for source in settings.source:
            if source.read_by is not None:
                profile = profiles.resolve(source.read_by, settings.profile)
                profiles.for_source(profile, source=source.name, constants=source.constants, files=source.files)
            elif source.constants or source.files:
                key = next(iter(source.files), "constants")
                raise ConfigError(
                    f"source.{source.name}.{key}: changes a profile, and the source names none",
                    advice='Name the one that it builds on, such as profile = "marc".',
                )
    except ConfigError as error:
        raise ConfigError(f"{file}: {error.message}", advice=error.advice) from None


def _nearest_keys(tree: Mapping[str, Any], file: str, model: type[Table] = Settings, prefix: str = "") -> None:
    """Refuses a key that the model does not have, naming the nearest that it has."""
    known = [info.alias or name for name, info in model.model_fields.items()]
    for key, value in tree.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            advice = f"Did you mean {prefix}{close[0]}?" if close else f"Known keys: {', '.join(known)}."
            raise ConfigError(f"{file}: {prefix}{key} is not a known key", advice=advice)
        nested: dict[str, type[Table]] = {
            "credentials": CredentialSettings,
            "source_credentials": CredentialSettings,
            "load": LoadSettings,
            "log": LogSettings,
            "metrics": MetricsSettings,
            "schedule": ScheduleSettings,
            "source": SourceSettings,
            "verify": VerifySettings,
            "rebuild": RebuildSettings,
            "delete": DeleteSettings,
            "schema": SchemaSettings,
            "solr": SolrSettings,
            "after": AfterSettings,
            "cluster": ClusterSettings,
        }
        if prefix or key not in nested:
            continue
        for table in value if isinstance(value, list) else [value]:
            if isinstance(table, Mapping):
                _nearest_keys(table, file, nested[key], f"{key}.")
                if key == "source" and isinstance(table.get("oai"), Mapping):
                    _nearest_keys(table["oai"], file, OaiSettings, "source.oai.")
                if key == "load" and isinstance(table.get("error_budget"), Mapping):
                    _nearest_keys(table["error_budget"], file, BudgetSettings, "load.error_budget.")
                searches = table.get("search") if key == "verify" else None
                for search in searches if isinstance(searches, list) else ():
                    if isinstance(search, Mapping):
                        _nearest_keys(search, file, SearchSettings, "verify.search.")


def _put(tree: dict[str, Any], key: str, value: Any) -> None:
    *tables, last = key.split(".")
    for name in tables:
        inner = tree.get(name)
        tree[name] = inner if isinstance(inner, dict) else {}
        tree = tree[name]
    tree[last] = value


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            rows += _flatten(value, f"{prefix}{key}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, item in enumerate(value, 1):
                rows += _flatten(item, f"{prefix}{key}.{item.get('name', number)}.")
        elif value not in ({}, []):
            rows.append((f"{prefix}{key}", value))
    return rows
