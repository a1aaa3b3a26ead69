"""A file of fields of the user's own (`schema.extra`), on top of biblio.toml."""

import functools
import hashlib
import re
import tomllib
from dataclasses import fields as attributes
from pathlib import Path
from typing import Any

from indexer.model.errors import ConfigError
from indexer.model.schema import Field, Schema, build, schemas_folder

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATTERN = re.compile(r"\*[A-Za-z0-9_]+")


def extended(path: Path) -> Schema:
    """The bundled schema with the fields of a file of the user's, written as biblio.toml is: `field`, `dynamic`, `copy`
    and `[type.NAME]`, each of which may be missing. Its version says that it is another one, and which.

    Raises ConfigError for what is wrong in the file, and for a field, pattern or type that is there already.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return _extended(text, str(path))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise ConfigError(f"{path}: cannot be read: {why}", advice="schema.extra names it.") from None


_KEYS = {
    "field": {each.name for each in attributes(Field)} - {"copied_from"},
    "dynamic": {each.name for each in attributes(Field)} - {"copied_from", "name"} | {"pattern"},
    "copy": {"source", "targets"},
}
_WANTED = {"field": ("name", "type"), "dynamic": ("pattern", "type"), "copy": ("source", "targets")}


@functools.lru_cache(8)
def _extended(text: str, path: str) -> Schema:
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from None
    ours = tomllib.loads((schemas_folder() / "biblio.toml").read_text(encoding="utf-8"))
    if wrong := _wrong_in(own, ours):
        raise ConfigError(f"{path}: {wrong}", advice="docs/configure.md shows how such a file is written.")
    digest = hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
    sources = {row["source"]: row for row in ours["copy"]}
    for row in own.get("copy", []):
        if row["source"] in sources:
            sources[row["source"]]["targets"] += row["targets"]
        else:
            ours["copy"].append(row)
    for key in ("field", "dynamic"):
        ours[key] += own.get(key, [])
    ours["type"] |= own.get("type", {})
    ours["schema"]["version"] += f"+{digest}"
    try:
        return build(ours, path)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _wrong_in(own: dict[str, Any], ours: dict[str, Any]) -> str:
    """What is wrong in a file of fields, "" for nothing."""
    for key, rows in own.items():
        if key == "type" and isinstance(rows, dict):
            for name, body in rows.items():
                wrong = "is there already" if name in ours["type"] else _wrong_in_type(body, ours["type"])
                if wrong:
                    return f"type {name!r} {wrong}"
            continue
        if key not in _KEYS:
            return f"{key} is none of field, dynamic, copy and type"
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            return f"{key} is not a list of tables"
        for row in rows:
            what = f"{key} {row.get(_WANTED[key][0], '')!r}"
            if unknown := sorted(row.keys() - _KEYS[key]):
                return f"{what}: {unknown[0]} is not a known key"
            if missing := [name for name in _WANTED[key] if name not in row]:
                return f"{what}: {missing[0]} is missing"
            if key == "field" and not _NAME.fullmatch(str(row["name"])):
                return f"{what}: a name has letters, digits and _, and begins with no digit"
            if key == "dynamic" and not _PATTERN.fullmatch(str(row["pattern"])):
                return f"{what}: a pattern is * and an ending"
            first = _WANTED[key][0]
            if key != "copy" and row[first] in {each[first] for each in ours[key]}:
                return f"{what} is there already"
            if key == "copy" and not isinstance(row["targets"], list):
                return f"{what}: targets is not a list"
    names = [row["name"] for row in own.get("field", [])] + [row["pattern"] for row in own.get("dynamic", [])]
    return next((f"{name!r} is there twice" for name in names if names.count(name) > 1), "")


def _wrong_in_type(body: Any, types: dict[str, Any]) -> str:
    """What is wrong in a type: it is made of what the types of biblio.toml are made of."""
    if not isinstance(body, dict) or "kind" not in body:
        return "has no kind"
    if unknown := sorted(body.keys() - {key for each in types.values() for key in each}):
        return f"has {unknown[0]}, which is not a known key"
    for key in ("kind", "tokenizer"):
        known = {each[key] for each in types.values() if key in each}
        if key in body and body[key] not in known:
            return f"has the {key} {body[key]!r}; there are {', '.join(sorted(known))}"
    if body["kind"] == "text" and (missing := [key for key in ("tokenizer", "filters") if key not in body]):
        return f"has no {missing[0]}"
    for key in ("char_filters", "filters"):
        parts: dict[str, set[str]] = {}
        for row in (row for each in types.values() for row in each.get(key, ())):
            parts.setdefault(row["name"], {"side"}).update(row)
        for row in body.get(key, ()):
            name = row.get("name") if isinstance(row, dict) else row
            if not isinstance(row, dict) or name not in parts:
                return f"has {name!r} among its {key}; there are {', '.join(sorted(parts))}"
            if other := sorted((row.keys() | {"side"}) ^ parts[name]):
                return f"has the filter {name!r}, to which belong {', '.join(sorted(parts[name]))}: {other[0]} is wrong"
    return ""
