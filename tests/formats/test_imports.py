"""Formats and derived fields know nothing of where records come from and where documents go."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer

PACKAGE = Path(indexer.__file__).parent
FORBIDDEN = ("sources", "sinks", "engine", "state", "commands", "cli", "observe", "config", "targets", "rebuild")
MODULES = sorted([*(PACKAGE / "derive").rglob("*.py"), *(PACKAGE / "formats").rglob("*.py")])


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its head or inside a function, relative imports resolved."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(parts[: len(parts) - node.level]) if node.level else ""
            name = ".".join(part for part in (start, node.module) if part)
            yield name
            yield from (f"{name}.{alias.name}" for alias in node.names)


def forbidden(path: Path) -> set[str]:
    return {name for name in imported(path) if name.startswith(tuple(f"indexer.{part}" for part in FORBIDDEN))}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_of_another_room(path: Path) -> None:
    assert not forbidden(path)


@pytest.mark.parametrize("path", [path for path in MODULES if "derive" in path.parts], ids=lambda path: path.name)
def test_derive_does_not_know_the_formats(path: Path) -> None:
    assert not {name for name in imported(path) if name.startswith("indexer.formats")}


def test_the_walk_finds_an_import_inside_a_function() -> None:
    assert forbidden(PACKAGE / "pipeline/workers.py")
    assert {"indexer.derive.work_keys", "icu"} <= {
        *imported(PACKAGE / "formats/oai_dc.py"),
        *imported(PACKAGE / "derive/work_keys.py"),
    }


def test_what_derive_needs_is_in_the_project_or_in_python() -> None:
    known = {"indexer", "icu", *sys.stdlib_module_names}
    outside = {name.split(".")[0] for path in (PACKAGE / "derive").rglob("*.py") for name in imported(path)} - known
    assert not outside
