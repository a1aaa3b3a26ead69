"""The settings: each with its default, its limits and what it means. indexer/config.py fills them."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CredentialSettings(Table):
    """How to get into the target, or into an index that is read. Better in the environment than in a file; never on
    the command line.
    """

    username: str | None = Field(None, description="user for basic authentication")
    password: SecretStr | None = Field(None, description="password of that user")
    api_key: SecretStr | None = Field(None, description="Elasticsearch API key, base64 as Kibana shows it")
    ca_file: Path | None = Field(None, description="PEM file of the authority that signed the server's certificate")


class BudgetSettings(Table):
    """How much may go wrong before a run stops, resumable."""

    count: int = Field(1000, ge=0, description="rejected records at the most")
    share: float = Field(0.2, ge=0, le=1, description="share of rejected records at the most, from 1,000 read on")


class LoadSettings(Table):
    workers: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, 8), ge=1, le=64, description="processes that derive"
    )
    connections: int = Field(2, ge=1, le=32, description="requests to the target under way at once")
    batch_documents: int = Field(500, ge=1, le=10_000, description="documents in a request at the most")
    batch_bytes: int = Field(4 * 2**20, ge=1024, le=90 * 2**20, description="bytes in a request at the most")
    retry_seconds: float = Field(300, ge=0, description="how long a request that fails for a passing reason is tried")
    retry_tries: int = Field(100, ge=1, description="how often a request that fails for a passing reason is tried")
    dates: bool | None = Field(
        None,
        description="whether documents get first_indexed and last_indexed; where it is not said, they get none, and "
        "nothing is sent that would lose those of an index",
    )
    error_budget: BudgetSettings = BudgetSettings()


class ClusterSettings(Table):
    """Builds on a Dask cluster: `load` into an empty index, and `reindex`."""

    scheduler: str = Field("", description="address, such as tcp://host:8786; local:N for N workers of this machine")
    scratch: str = Field("var/scratch", min_length=1, description="folder that all hosts share, or s3://bucket/folder")
    requests: int = Field(8, ge=1, le=1000, description="requests to the target under way at once, of all workers")
    memory: int = Field(512, ge=16, description="megabytes that a worker may take to find the version that counts")
    part_seconds: float = Field(1800, gt=0, description="how long a part may take before another worker gets it")
    keep: bool = Field(False, description="whether scratch stays, so that the documents can be sent elsewhere, too")
    from_scratch: int = Field(0, ge=0, description="the run whose documents, kept in scratch, are sent")


class LogSettings(Table):
    format: Literal["console", "json"] = Field("console", description="lines for people, or JSON for machines")
    level: Literal["debug", "info", "warning", "error"] = Field("warning", description="what is logged")


class ScheduleSettings(Table):
    """When `indexer schedule` runs sync; either `cron` or `every`."""

    cron: str = Field("", description="cron expression of five fields, in the local time zone")
    every: str = Field("", description="time between the beginnings of two runs, such as 15m, 1h or 1d")
    jitter: int = Field(0, ge=0, description="seconds by which a run is put off at random, at the most")


class OaiSettings(Table):
    """A live OAI-PMH server as a source, and what is asked of it: the arguments of ListRecords (section 4.5)."""

    url: str = Field(description="base URL, http or https")
    metadata_prefix: str = Field("oai_dc", min_length=1)
    set: str | None = Field(None, min_length=1)
    from_: str | None = Field(None, alias="from", description="where the first harvest begins; later ones know")
    granularity: Literal["YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"] | None = Field(
        None, description="how exact a `from` the server takes, where what it says of itself is wrong"
    )
    credentials: bool = Field(False, description="whether the server gets source_credentials")


class MetricsSettings(Table):
    """Where Prometheus finds what the state knows."""

    file: str = Field("", description="text file for node_exporter, written after each run; empty: none")
    port: int = Field(0, ge=0, le=65535, description="port on which indexer schedule serves them; 0: none")
    address: str = Field("127.0.0.1", description="address on which it does")


class NotifySettings(Table):
    """Who is told how a load, sync or re-index ended, and of what: by a web hook, by mail."""

    on: tuple[Literal["failure", "held", "recovered", "done"], ...] = Field(
        ("failure", "held", "recovered"), description="what is told"
    )
    url: SecretStr | None = Field(None, description="web hook that gets the books as JSON")
    mail_to: list[str] = Field(default_factory=list, description="addresses that get a mail")
    mail_from: str = Field("", description="its sender; empty: indexer@ and the name of this host")
    smtp: str = Field("smtp://localhost:25", description="the mail server: smtp://host:port, or smtps:// for TLS")
    smtp_username: str | None = Field(None, description="user of the mail server")
    smtp_password: SecretStr | None = Field(None, description="password of that user")
    ca_file: Path | None = Field(None, description="PEM file of the authority that signed their certificates")


class SourceSettings(Table):
    """One source of `[[source]]`: where its dumps are or which server has them, which profile reads them, and what it
    changes in that. Either `paths` or `oai` is there.

    `move_processed`: `sync` moves its files to `processed/` once they are loaded.
    """

    name: str
    paths: list[str] = Field(default_factory=list, min_length=1)
    oai: OaiSettings | None = None
    profile: str | None = None
    constants: dict[str, Any] = Field(default_factory=dict)
    mapping: str | list[str] | None = None
    stylesheet: str | None = None
    properties: str | None = None
    functions: str | None = None
    move_processed: bool = False

    @property
    def files(self) -> dict[str, str | list[str]]:
        """The files of its own that it names: option of the profile -> path."""
        named = {
            "mapping": self.mapping,
            "stylesheet": self.stylesheet,
            "properties": self.properties,
            "functions": self.functions,
        }
        return {key: path for key, path in named.items() if path is not None}

    @property
    def read_by(self) -> str | None:
        """The name of its profile: the one that it names, or that of stylesheets where it names one of those."""
        return self.profile or ("xslt" if self.stylesheet or self.properties else None)


class SearchSettings(Table):
    """A search that has to find its records before a generation is promoted."""

    query: str = Field(description="words, as for indexer search")
    filters: dict[str, str] = Field(default_factory=dict, description="field = value, exact")
    finds: list[str] = Field(default_factory=list, description="ids that must be among the hits")
    at_least: int = Field(1, ge=0, description="hits at the least")


class VerifySettings(Table):
    """What `verify` looks at, and how much may differ from the live generation."""

    sample: int = Field(1000, ge=1, le=100_000, description="documents that are read back and compared")
    shrink: float = Field(0.05, ge=0, le=1, description="share of documents that may be missing against the live one")
    fill_loss: float = Field(0.1, ge=0, le=1, description="share of a field's documents that may lack it now")
    search: list[SearchSettings] = Field(default_factory=list)


class RebuildSettings(Table):
    """What stays of the generations that a re-index has made."""

    keep: int = Field(2, ge=2, le=100, description="generations that are kept, the live one and its former among them")
    configset: str = Field(
        "biblio", min_length=1, description="of the cores that a re-index makes on a standalone Solr"
    )
    adopt: bool = Field(
        False, description="an index that was there before becomes a generation without being asked for"
    )


class SolrSettings(Table):
    """What concerns Solr alone."""

    optimize: str = Field(
        "never", description="when its index is optimized: never, after-reindex, or a cron expression of five fields"
    )


class AfterSettings(Table):
    """What is run when an index has changed."""

    commit: list[str] = Field(
        default_factory=list, description="a command and its arguments; it gets the books as JSON on standard input"
    )
    seconds: float = Field(600, gt=0, description="how long it may take")


class SchemaSettings(Table):
    """What the schema has besides the bundled fields."""

    extra: str = Field("", description="a file with additional fields, written as schemas/biblio.toml is")


class DeleteSettings(Table):
    """The delete guard (indexer/pipeline/delete_guard.py)."""

    max_share: float = Field(0.05, ge=0, le=1, description="share of the documents that may be deleted at once")


class Settings(Table):
    target: str = Field("embedded:var/index", description="where documents go")
    state: str = Field("sqlite:///var/state.db", description="where runs and rejected records are remembered")
    reports: str = Field("var/reports", description="folder for the reports of runs; empty: none are written")
    harvest: str = Field("var/harvest", min_length=1, description="folder for what is harvested of OAI-PMH servers")
    credentials: CredentialSettings = CredentialSettings()
    source_credentials: CredentialSettings = CredentialSettings()
    load: LoadSettings = LoadSettings()
    log: LogSettings = LogSettings()
    cluster: ClusterSettings = ClusterSettings()
    verify: VerifySettings = VerifySettings()
    rebuild: RebuildSettings = RebuildSettings()
    metrics: MetricsSettings = MetricsSettings()
    delete: DeleteSettings = DeleteSettings()
    notify: NotifySettings = NotifySettings()
    fields: Literal["live"] | SchemaSettings = Field(
        SchemaSettings(), alias="schema", description="live: the target's own fields alone, as of an authority core"
    )
    schedule: ScheduleSettings = ScheduleSettings()
    solr: SolrSettings = SolrSettings()
    after: AfterSettings = AfterSettings()
    source: list[SourceSettings] = Field(default_factory=list)
    profile: dict[str, dict[str, Any]] = Field(default_factory=dict)
