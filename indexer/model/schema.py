"""Reads schemas/biblio.toml: every field once, with its type, multiplicity and what it is copied from.

The TOML has six parts: `field` (name, type, multi, indexed, stored, doc, ...), `dynamic` (pattern with one `*` at its
start, and the same keys), `copy` (source, targets), `[type.NAME]` (the analysis chain of a field type), `stop_words`
and `schema` (name, version, unique_key). The head of biblio.toml lists the keys.
"""

import functools
import pickle
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from dataclasses import fields as attributes
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One field, or one dynamic pattern (`name` is then the pattern, such as `*_str_mv`).

    `type` is a name of `[type.*]`. `copied_from` lists the source fields whose values are appended to this one, empty
    for a field that importers send themselves. `keyword`: Elasticsearch and OpenSearch get a verbatim NAME.keyword.
    """

    name: str
    type: str
    multi: bool = False
    indexed: bool = True
    stored: bool = True
    doc_values: bool = False
    term_vectors: bool = False
    offsets: bool = False
    keyword: bool = False
    copied_from: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: what is made of one is remembered for it
class Schema:
    """The whole list. `copies` maps a source field to its targets, in the order of the file.

    `open`: the target may have fields besides these, and is asked for them before anything is sent; until then every
    name is taken, and its values as they come. `alone`: the fields are those of the target and no others (a core of
    authority records, say): of ours, those that it does not have are left out of documents.
    """

    name: str
    version: str
    unique_key: str
    fields: dict[str, Field]
    dynamic: tuple[Field, ...]
    copies: dict[str, tuple[str, ...]]
    types: dict[str, dict[str, Any]]
    stop_words: tuple[str, ...] = ()
    open: bool = False
    alone: bool = False

    def field(self, name: str) -> Field | None:
        """The field of this name, or the longest dynamic pattern that it matches (Solr's rule), or None."""
        found = self.fields.get(name)
        if found is not None:
            return found
        for pattern in self.dynamic:  # sorted: the longest first
            if _matches(pattern.name, name):
                return pattern
        return None

    def takes(self, name: str) -> bool:
        """Whether a document may have the field, as far as can be known by now."""
        return self.open or self.field(name) is not None

    def made_by_us(self, name: str) -> bool:
        """Whether importers cannot give the field: it is nothing but a copy, or Solr's own."""
        return name == "_version_" or (name in self.copy_targets and name not in self.copies)

    def with_live(self, live: "Schema | None") -> "Schema":
        """The fields of documents for a target that has the `live` ones: those too of which we know nothing, or (where
        they count alone) only those. None for a target that has ours and no others.
        """
        if live is None:
            return replace(self, open=False) if self.open else self
        if self.alone:
            return replace(live, alone=True)
        return replace(
            self,
            fields=self.fields | {name: field for name, field in live.fields.items() if name not in self.fields},
            dynamic=longest_first([*self.dynamic, *live.dynamic]),
            open=False,
        )

    @property
    def copy_targets(self) -> frozenset[str]:
        return frozenset(target for targets in self.copies.values() for target in targets)

    @property
    def engine_copies(self) -> dict[str, tuple[str, ...]]:
        """The copies that every engine makes itself, source -> targets: those into a field that importers emit too, and
        that is copied itself (format into allfields). In a document such a field is what the importer emitted.
        """
        rows = {source: tuple(name for name in names if name in self.copies) for source, names in self.copies.items()}
        return {source: targets for source, targets in rows.items() if targets}

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields.values())

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it is one object, however often it is sent: what is made of it is made once there."""
        return _one, (pickle.dumps(tuple(getattr(self, each.name) for each in attributes(self))),)


@functools.lru_cache(8)
def _one(values: bytes) -> Schema:
    return Schema(*pickle.loads(values))  # noqa: S301 - what our own process has sent


def schemas_folder() -> Path:
    """The folder with biblio.toml and the compiled schemas: inside an installed package, or at the checkout's root."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


def live_alone() -> Schema:
    """What is known of a target whose own fields count alone, before it is asked for them: nothing."""
    return replace(bundled(), name="live", fields={}, dynamic=(), copies={}, open=True, alone=True)


_in_use: ContextVar[Schema | None] = ContextVar("schema", default=None)


def biblio() -> Schema:
    """The schema that documents are made for and indexes are held against: the bundled one, or (`use`, `in_use`) that
    of the settings and the target of this job.
    """
    return _in_use.get() or bundled()


def use(schema: Schema) -> None:
    """Makes it that of this process, or thread."""
    _in_use.set(schema)


@contextmanager
def in_use(schema: Schema) -> Iterator[None]:
    """Makes it that of what is called from here."""
    before = _in_use.set(schema)
    try:
        yield
    finally:
        _in_use.reset(before)


@functools.cache
def bundled() -> Schema:
    """The biblio schema that comes with the package."""
    return read(schemas_folder() / "biblio.toml")


def read(path: Path) -> Schema:
    """Reads a schema file; a wrong one raises KeyError or ValueError (the file is ours, not the user's)."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return build(data, str(path))


def build(data: dict[str, Any], path: str) -> Schema:
    """The schema of a file's content. Raises KeyError, TypeError or ValueError for what is wrong in it."""
    copies = {row["source"]: tuple(row["targets"]) for row in data["copy"]}
    sources: dict[str, list[str]] = {}
    for source, targets in copies.items():
        for target in targets:
            sources.setdefault(target, []).append(source)
    fields = {row["name"]: Field(**row, copied_from=tuple(sources.get(row["name"], ()))) for row in data["field"]}
    dynamic = [
        Field(name=row["pattern"], **{k: v for k, v in row.items() if k != "pattern"}) for row in data["dynamic"]
    ]
    unknown = [name for name in (*copies, *sources) if name not in fields]
    unknown += [field.type for field in (*fields.values(), *dynamic) if field.type not in data["type"]]
    if unknown:
        raise ValueError(f"{path}: copies or types name what is not there: {', '.join(unknown)}")
    return Schema(
        name=data["schema"]["name"],
        version=data["schema"]["version"],
        unique_key=data["schema"]["unique_key"],
        fields=fields,
        dynamic=longest_first(dynamic),
        copies=copies,
        types=data["type"],
        stop_words=tuple(data["stop_words"]),
    )


def longest_first(dynamic: list[Field]) -> tuple[Field, ...]:
    """Patterns in the order in which they are tried."""
    return tuple(sorted(dynamic, key=lambda field: -len(field.name)))


def _matches(pattern: str, name: str) -> bool:
    """One `*` at the start, or (in schemas of others) at the end."""
    if pattern[:1] == "*":
        return name.endswith(pattern[1:]) and len(name) >= len(pattern)
    return name.startswith(pattern[:-1])
