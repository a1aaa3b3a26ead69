"""Where documents go, as a URL says it: `embedded:PATH`, `jsonl:PATH`, `solr+http://host/solr/core`, ..."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from indexer.model.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to get in; never printed: the repr hides everything but the names that are set."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    settings: str = field(default="INDEXER_", repr=False, compare=False)  # what the names of their settings begin with

    def __post_init__(self) -> None:
        if self.api_key and self.username:
            raise ConfigError("both an API key and a user name are set", advice="Set one of the two.")
        if self.username and self.password is None:
            raise ConfigError(f"user {self.username!r} has no password", advice=f"Set {self.settings}PASSWORD.")


@dataclass(frozen=True, slots=True)
class Target:
    """`kind` is the scheme of its engine (engines.registry). `path` for those that are no servers (`-` is standard
    output). For servers, `base` is the root that the client talks to (`http://host:8983/solr`, `https://host:9200`) and
    `index` the core, collection, index or alias. `shards` is for a SolrCloud collection that `index` alone does not
    lead to (engines.solr.cloud_generations): all shards of the collection of which `index` is a core.
    """

    kind: str
    path: str = ""
    base: str = ""
    index: str = ""
    credentials: Credentials = field(default_factory=Credentials)
    shards: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.path:
            return f"{self.kind}:{self.path}"
        return f"{self.kind}+{self.base}/{self.index}"


def has_credentials(text: str) -> bool:
    """Whether a URL carries a password: refused on the command line, where the process list would show it."""
    return re.search(r"//[^/@]*:.*@", text) is not None
