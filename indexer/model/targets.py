"""Where documents go, as a URL says it: `embedded:PATH`, `jsonl:PATH`, `solr+http://host/solr/core`, ..."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import unquote, urlsplit, urlunsplit

from indexer.model.errors import ConfigError

Kind = Literal["embedded", "jsonl", "solr", "elasticsearch", "opensearch"]
KINDS: tuple[str, ...] = get_args(Kind)
EXAMPLES = (
    "embedded:PATH, jsonl:PATH, solr+http://host:8983/solr/biblio, elasticsearch+https://host:9200/biblio, "
    "opensearch+https://host:9200/biblio"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to get in; never printed: the repr hides everything but the names that are set."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if self.api_key and self.username:
            raise ConfigError("both an API key and a user name are set", advice="Set one of the two.")
        if self.username and self.password is None:
            raise ConfigError(f"user {self.username!r} has no password", advice="Set INDEXER_PASSWORD.")


@dataclass(frozen=True, slots=True)
class Target:
    """`path` for embedded and jsonl (`-` is standard output). For servers, `base` is the root that the client talks
    to (`http://host:8983/solr`, `https://host:9200`) and `index` the core, collection, index or alias. `shards` is for
    a SolrCloud collection that `index` alone does not lead to (engines.solr.cloud_generations): all shards of the
    collection of which `index` is a core.
    """

    kind: Kind
    path: str = ""
    base: str = ""
    index: str = ""
    credentials: Credentials = field(default_factory=Credentials)
    shards: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.path:
            return f"{self.kind}:{self.path}"
        return f"{self.kind}+{self.base}/{self.index}"


def parse_target(text: str, credentials: Credentials | None = None) -> Target:
    """Reads a target's URL. A user and password in the URL win over `credentials`, and are kept out of `str(target)`.

    Raises ConfigError, which never repeats a password.
    """
    credentials = credentials or Credentials()
    kind, _, rest = text.partition(":")
    if kind in ("embedded", "jsonl"):
        if not rest:
            raise ConfigError(f"target {text!r} has no path", advice=f"Targets are: {EXAMPLES}")
        return Target("embedded" if kind == "embedded" else "jsonl", path=os.path.expanduser(rest))
    match = re.fullmatch(r"(solr|elasticsearch|opensearch)\+(https?://.+)", text)
    if match is None:
        raise ConfigError(f"{_without_user(text)!r} is not a target", advice=f"Targets are: {EXAMPLES}")
    try:
        url = urlsplit(match[2])
        port = url.port
    except ValueError as error:
        # a password with a / or @ in it is taken for a port or a host, which the error then quotes
        why = "the part before the last @ is not USER:PASSWORD, percent-encoded" if "@" in text else _why(error)
        raise ConfigError(f"target {_without_user(text)!r}: {why}", advice=f"Targets are: {EXAMPLES}") from None
    if "@" in url.path:
        raise ConfigError(
            f"target {_without_user(text)!r}: no index or core has an @ in its name",
            advice="A / in a password is written %2F. Better: set INDEXER_USERNAME and INDEXER_PASSWORD.",
        )
    if url.username is not None:
        credentials = Credentials(
            username=unquote(url.username),
            password=credentials.password if url.password is None else unquote(url.password),
            ca_file=credentials.ca_file,
        )
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    netloc = f"{host}:{port}" if port else host
    folder, _, index = url.path.rstrip("/").rpartition("/")
    base = urlunsplit((url.scheme, netloc, folder, "", ""))
    found: Kind = "solr" if match[1] == "solr" else "elasticsearch" if match[1] == "elasticsearch" else "opensearch"
    if not host or not index or (found == "solr" and not folder):
        missing = "core, such as /solr/biblio" if found == "solr" else "index, such as /biblio"
        raise ConfigError(f"target {found}+{base} names no {missing}", advice=f"Targets are: {EXAMPLES}")
    return Target(found, base=base, index=index, credentials=credentials)


def is_index(text: str) -> bool:
    """Whether a text that may also be the path of a file is the URL of an index."""
    return re.match(r"embedded:.|(?:solr|elasticsearch|opensearch)\+https?://", text) is not None


def has_credentials(text: str) -> bool:
    """Whether a URL carries a password: refused on the command line, where the process list would show it."""
    return re.search(r"//[^/@]*:.*@", text) is not None


def _why(error: ValueError) -> str:
    return "its port is not a number up to 65535" if str(error).startswith("Port") else str(error)


def _without_user(text: str) -> str:
    """A URL that may be wrong in any way, without what may be a user and a password."""
    return re.sub(r"//.*@", "//***@", text)
