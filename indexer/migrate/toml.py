"""Settings as a TOML file."""

import json
from collections.abc import Mapping
from typing import Any

HEAD = """# Made by indexer migrate. Paths of mappings and stylesheets are those of the installation that was read.
# indexer config shows what counts; indexer load --dry-run and indexer diff --sample 100 show what it makes.
"""


def document(settings: Mapping[str, Any]) -> str:
    """The text of an indexer.toml: single values, then tables, then the profiles and sources."""
    lines = [HEAD]
    lines += [f"{key} = {value(each)}" for key, each in settings.items() if not isinstance(each, Mapping | list)]
    for key, table in settings.items():
        if isinstance(table, Mapping) and key != "profile" and table:
            lines += ["", f"[{key}]", *_pairs(table)]
    for name, table in settings.get("profile", {}).items():
        lines += ["", f"[profile.{_key(name)}]", *_pairs(table)]
    for source in settings.get("source", []):
        lines += ["", "[[source]]", *_pairs(source)]
    return "\n".join(lines) + "\n"


def value(given: Any) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {value(each)}" for key, each in given.items()) + " }"
    if isinstance(given, list):
        return "[" + ", ".join(map(value, given)) + "]"
    # a TOML basic string is a JSON string, but for DEL, which JSON leaves as it is
    return json.dumps(given, ensure_ascii=False).replace("\x7f", "\\u007F")


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {value(each)}" for key, each in table.items()]


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("-", "_").isidentifier() else json.dumps(name)
