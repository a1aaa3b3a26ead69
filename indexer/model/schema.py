"""Reads schemas/biblio.toml: every field once, with its type, multiplicity and what it is copied from.

The TOML has six parts: `field` (name, type, multi, indexed, stored, doc, ...), `dynamic` (pattern with one `*` at its
start, and the same keys), `copy` (source, targets), `[type.NAME]` (the analysis chain of a field type), `stop_words`
and `schema` (name, version, unique_key). The head of biblio.toml lists the keys.
"""

import functools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole list. `copies` maps a source field to its targets, in the order of the file."""

    name: str
    version: str
    unique_key: str
    fields: dict[str, Field]
    dynamic: tuple[Field, ...]
    copies: dict[str, tuple[str, ...]]
    types: dict[str, dict[str, Any]]
    stop_words: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of this name, or the longest dynamic pattern that it matches (Solr's rule), or None."""
        found = self.fields.get(name)
        if found is not None:
            return found
        for pattern in self.dynamic:  # sorted: longest suffix first
            if name.endswith(pattern.name[1:]) and len(name) > len(pattern.name) - 1:
                return pattern
        return None

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


def schemas_folder() -> Path:
    """The folder with biblio.toml and the compiled schemas: inside an installed package, or at the checkout's root."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


@functools.cache
def biblio() -> Schema:
    """The bundled biblio schema."""
    return read(schemas_folder() / "biblio.toml")


def read(path: Path) -> Schema:
    """Reads a schema file; a wrong one raises KeyError or ValueError (the file is ours, not the user's)."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    copies = {row["source"]: tuple(row["targets"]) for row in data["copy"]}
    sources: dict[str, list[str]] = {}
    for source, targets in copies.items():
        for target in targets:
            sources.setdefault(target, []).append(source)
    fields = {row["name"]: Field(**row, copied_from=tuple(sources.get(row["name"], ()))) for row in data["field"]}
    dynamic = [
        Field(name=row["pattern"], **{k: v for k, v in row.items() if k != "pattern"}) for row in data["dynamic"]
    ]
    dynamic.sort(key=lambda field: -len(field.name))
    unknown = [name for name in (*copies, *sources) if name not in fields]
    unknown += [field.type for field in (*fields.values(), *dynamic) if field.type not in data["type"]]
    if unknown:
        raise ValueError(f"{path}: copies or types name what is not there: {', '.join(unknown)}")
    return Schema(
        name=data["schema"]["name"],
        version=data["schema"]["version"],
        unique_key=data["schema"]["unique_key"],
        fields=fields,
        dynamic=tuple(dynamic),
        copies=copies,
        types=data["type"],
        stop_words=tuple(data["stop_words"]),
    )
