"""Profiles: what a format needs to know about one source, as data that a user can write in indexer.toml."""

from dataclasses import dataclass, field
from typing import Any, Literal

from indexer.documents import Value

TitleSort = Literal["current", "legacy", "auto"]


@dataclass(frozen=True, slots=True)
class Profile:
    """`format` names a module of this package.

    `id_search`/`id_replace` are pairs of regular expressions and replacements that turn a harvest's identifier into
    an id, applied in order (VuFindHarvest's idSearch/idReplace); `id_prefix` is then put before it where it is not
    there yet. `constants` are fields with fixed values. `options` are the format's own switches.
    """

    name: str
    format: str
    id_prefix: str = ""
    id_search: tuple[str, ...] = ()
    id_replace: tuple[str, ...] = ()
    constants: dict[str, Value] = field(default_factory=dict)
    title_sort: TitleSort = "current"
    options: dict[str, Any] = field(default_factory=dict)
