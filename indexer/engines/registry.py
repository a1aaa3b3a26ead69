"""The engines there are: those of this package, and those that installed distributions bring.

Everything that differs from engine to engine is asked of the `Engine` (engines.base) whose scheme begins a target's
URL. Distributions name theirs under the entry point group `indexer.engines`, the scheme as its name (docs/extend.md).
"""

import functools
import importlib.metadata
import os
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote, urlsplit, urlunsplit

from indexer.engines.base import Difference, Engine, Index, Writer
from indexer.engines.elastic import ELASTICSEARCH, OPENSEARCH
from indexer.engines.embedded import EMBEDDED
from indexer.engines.generations import GenerationStore
from indexer.engines.jsonl import JSON_LINES
from indexer.engines.solr import SOLR
from indexer.model.errors import ConfigError
from indexer.model.targets import Credentials, Target

GROUP = "indexer.engines"
OURS = {engine.scheme: engine for engine in (EMBEDDED, JSON_LINES, SOLR, ELASTICSEARCH, OPENSEARCH)}

_SCHEME = re.compile(r"([a-z][a-z0-9.-]*)(?:\+(https?://.+)|:(.*))", re.S)


def engines() -> dict[str, Engine]:
    """Every engine by the scheme of its targets, ours first."""
    return {**OURS, **_brought()[0]}


def problems() -> list[str]:
    """Why a distribution's engine is left out, a sentence each."""
    return list(_brought()[1])


def engine_of(target: Target) -> Engine:
    """The engine of a target that `parse_target` has read."""
    return OURS.get(target.kind) or engines()[target.kind]


def parse_target(text: str, credentials: Credentials | None = None) -> Target:
    """Reads a target's URL. A user and password in the URL win over `credentials`, and are kept out of `str(target)`.

    Raises ConfigError, which never repeats a password.
    """
    match = _SCHEME.fullmatch(text)
    engine = _find(match[1]) if match is not None else None
    if match is None or engine is None or engine.server != (match[2] is not None):
        raise ConfigError(f"{_without_user(text)!r} is not a target", advice=_examples())
    if not engine.server:
        if not match[3]:
            raise ConfigError(f"target {text!r} has no path", advice=_examples())
        return Target(engine.scheme, path=os.path.expanduser(match[3]))
    return _of_server(engine, text, match[2], credentials or Credentials())


def is_index(text: str) -> bool:
    """Whether a text that may also be the path of a file is the URL of an index."""
    match = _SCHEME.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return False
    engine = _find(match[1]) if match[2] or match[1] in OURS else None  # a path may have a colon in it
    return engine is not None and engine.index and engine.server == (match[2] is not None)


def open_writer(target: Target, *, connections: int = 2, create: bool = False, any_schema: bool = False) -> Writer:
    """What takes documents for a target. Nothing is sent before its `check`.

    `connections` is how many threads may push at once. With `create`, `check` makes an embedded index that is not
    there, for a load; servers get their core or index by `indexer schema install`. With `any_schema` an embedded index
    that another version made is opened too, to be read; of a server only `check` asks for its schema. The engine's
    client is imported here and not before, so that a command that needs none starts fast. Raises ConfigError when the
    client is not installed, or a CA file not there.
    """
    return engine_of(target).open(target, connections=connections, create=create, any_schema=any_schema)


def open_index(target: Target, *, connections: int = 2, create: bool = False, any_schema: bool = False) -> Index:
    """`open_writer` for an engine that keeps an index; who calls it has asked `require_index` first, or got the target
    from a GenerationStore.
    """
    return open_writer(target, connections=connections, create=create, any_schema=any_schema)  # type: ignore[return-value]


def open_generations(target: Target, *, configset: str = "biblio") -> GenerationStore:
    """The generations of a target. `configset` is for the cores that are made on a standalone Solr.

    Raises ConfigError for an engine that has none; PermanentError or TransientError.
    """
    engine = engine_of(target)
    if engine.generations is None:
        raise ConfigError(
            f"{target}: {engine.product} has no generations: reindex is not possible here",
            advice="Load it anew with `indexer load`.",
        )
    return engine.generations(target, configset)


def install(target: Target) -> list[str]:
    """Puts the bundled schema on the target. Returns lines that say what was done; doing it twice changes nothing.

    Raises ConfigError for an engine that gets no schema from here, and what `Engine.install` raises.
    """
    engine = engine_of(target)
    if engine.install is None:
        raise ConfigError(f"{target}: {engine.product} gets no schema from here", advice="Nothing was done.")
    return engine.install(target)


def differences(target: Target) -> list[Difference]:
    """How the live schema of the target differs from the bundled one; nothing is written. Raises what
    `Engine.differences` raises, and ConfigError for an engine that cannot tell.
    """
    engine = engine_of(target)
    if engine.differences is None:
        raise ConfigError(f"{target}: {engine.product} does not show its schema")
    return engine.differences(target)


def require_index(target: Target, problem: str, advice: str = "") -> None:
    """Raises ConfigError with this problem, in which {} is what the engine is, where it keeps nothing that can be read
    back.
    """
    engine = engine_of(target)
    if not engine.index:
        raise ConfigError(f"{target}: {problem.format(engine.product)}", advice=advice)


def require_search(target: Target) -> None:
    """Raises ConfigError where the engine cannot be searched."""
    engine = engine_of(target)
    if not (engine.index and engine.searchable):
        raise ConfigError(
            f"{target}: {engine.product} cannot be searched",
            advice="Load the documents into an index: indexer load ... --target embedded:PATH",
        )


def _find(scheme: str) -> Engine | None:
    """Distributions are looked at only for a scheme that is not ours."""
    return OURS.get(scheme) or engines().get(scheme)


def _of_server(engine: Engine, text: str, address: str, credentials: Credentials) -> Target:
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError as error:
        # a password with a / or @ in it is taken for a port or a host, which the error then quotes
        why = "the part before the last @ is not USER:PASSWORD, percent-encoded" if "@" in text else _why(error)
        raise ConfigError(f"target {_without_user(text)!r}: {why}", advice=_examples()) from None
    if "@" in url.path:
        raise ConfigError(
            f"target {_without_user(text)!r}: no index or core has an @ in its name",
            advice=f"A / in a password is written %2F. Better: set {credentials.settings}USERNAME and "
            f"{credentials.settings}PASSWORD.",
        )
    if url.username is not None:
        credentials = replace(
            credentials,
            username=unquote(url.username),
            password=credentials.password if url.password is None else unquote(url.password),
            api_key=None,
        )
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    netloc = f"{host}:{port}" if port else host
    folder, _, index = url.path.rstrip("/").rpartition("/")
    base = urlunsplit((url.scheme, netloc, folder, "", ""))
    wanted = urlsplit(engine.example.partition("+")[2]).path
    if not host or not index or (wanted.count("/") > 1 and not folder):
        raise ConfigError(f"target {engine.scheme}+{base} names no {engine.noun}, such as {wanted}", advice=_examples())
    return Target(engine.scheme, base=base, index=index, credentials=credentials)


def _examples() -> str:
    return f"Targets are: {', '.join(engine.example for engine in engines().values())}"


def _why(error: ValueError) -> str:
    return "its port is not a number up to 65535" if str(error).startswith("Port") else str(error)


def _without_user(text: str) -> str:
    """A URL that may be wrong in any way, without what may be a user and a password."""
    return re.sub(r"//.*@", "//***@", text)


@functools.cache
def _brought() -> tuple[dict[str, Engine], list[str]]:
    """The engines of distributions, and what is wrong with those that are left out."""
    found: dict[str, Engine] = {}
    wrong: list[str] = []
    for point in importlib.metadata.entry_points(group=GROUP):
        who = f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value
        if point.name in OURS or point.name in found:
            wrong.append(f"engine {point.name!r} of {who} is left out: there is an engine of that name")
            continue
        try:
            found[point.name] = _bring(point.name, point.load)
        except Exception as error:  # noqa: BLE001 - what somebody else wrote may fail in any way, and others go on
            wrong.append(f"engine {point.name!r} of {who} is left out: {error or type(error).__name__}")
    return found, wrong


def _bring(scheme: str, load: Callable[[], object]) -> Engine:
    engine = load()
    if not isinstance(engine, Engine):
        raise ValueError(f"{engine!r} is not an indexer.engines.base.Engine")
    if engine.scheme != scheme:
        raise ValueError(f"its scheme is {engine.scheme!r}")
    return engine
