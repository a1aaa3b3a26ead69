"""Each package imports only those below it, in no circle; what one engine does is decided in that engine's folder."""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import indexer

PACKAGE = Path(indexer.__file__).parent
ORDER = [
    "model",
    "derive",
    "formats",
    "engines",
    "config",
    "sources",
    "harvest",
    "state",
    "pipeline",
    "observe",
    "cluster",
    "migrate",
    "jobs",
    "api",
    "web",
    "cli",
]  # from the ground floor up
MODULES = sorted(PACKAGE.rglob("*.py"))
SCHEMES = {"solr", "elasticsearch", "opensearch", "embedded", "jsonl"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


NAMES = {name_of(path) for path in MODULES}


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its head or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in NAMES else str(node.module)


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def above(path: Path) -> set[str]:
    here = room(name_of(path))
    if here not in ORDER:
        return set()
    higher = ORDER[ORDER.index(here) + 1 :]
    return {name for name in imported(path) if name.startswith("indexer.") and room(name) in higher}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_import_from_a_floor_above(path: Path) -> None:
    assert not above(path)


def test_every_package_has_its_floor() -> None:
    beside = {"", "testing", "__main__", "_schemas"}
    assert {room(name) for name in NAMES} - beside == set(ORDER)


def test_no_circle() -> None:
    graph = {name_of(path): {name for name in imported(path) if name in NAMES} - {name_of(path)} for path in MODULES}
    packages = {name for name in graph if f"{name}." in " ".join(sorted(graph))}
    for name in packages:  # a package's face names its parts, which are not there without it
        graph[name] = {each for each in graph[name] if not each.startswith(f"{name}.")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


def test_what_tests_share_is_not_in_a_module_of_tests() -> None:
    """One that changes would change what another shows."""
    found = []
    for path in Path(__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                found += [f"{path}: {name}" for name in names if ".test_" in name]
    assert not found


def test_the_walk_finds_an_import_inside_a_function() -> None:
    assert "icu" in set(imported(PACKAGE / "derive/work_keys.py"))
    assert "indexer.engines.solr.sink" in set(imported(PACKAGE / "engines/solr/__init__.py"))


def test_what_derive_needs_is_in_the_project_or_in_python() -> None:
    known = {"indexer", "icu", *sys.stdlib_module_names}
    outside = {name.split(".")[0] for path in (PACKAGE / "derive").rglob("*.py") for name in imported(path)} - known
    assert not outside


#: Beside the command line: what shows how far a run is, and the log, are on standard error by nature; a target, and a
#: dump, may be the standard output and input.
PRINTING = {"indexer.observe.progress", "indexer.observe.log", "indexer.engines.jsonl.sink", "indexer.sources.files"}


def uses_of_streams(tree: ast.AST) -> list[str]:
    """Where `print` is named, or a standard stream."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("print", "input"):
            found.append(f"line {node.lineno}: {node.id}")
        if isinstance(node, ast.Attribute) and node.attr in ("stdin", "stdout", "stderr"):
            found.append(f"line {node.lineno}: {node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module == "click":
            found.append(f"line {node.lineno}: click")
    return found


@pytest.mark.parametrize("path", [path for path in MODULES if room(name_of(path)) != "cli"], ids=name_of)
def test_nothing_but_the_command_line_prints(path: Path) -> None:
    found = uses_of_streams(ast.parse(path.read_text(encoding="utf-8")))
    if name_of(path) in PRINTING:
        assert found, "it needs no exception any more"
    else:
        assert not found


def test_the_walk_finds_what_prints() -> None:
    assert uses_of_streams(ast.parse("import sys\nsay = print\nsys.stderr.write('x')")) == [
        "line 2: print",
        "line 3: stderr",
    ]


@pytest.mark.parametrize("path", [path for path in MODULES if room(name_of(path)) != "engines"], ids=name_of)
def test_nothing_is_decided_by_an_engines_name(path: Path) -> None:
    """Outside the engines no text is compared, or matched, with the scheme of one."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        compared: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            compared = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            compared = [node.value]
        constants = [each for part in compared for each in ast.walk(part) if isinstance(each, ast.Constant)]
        found += [f"line {each.lineno}: {each.value}" for each in constants if each.value in SCHEMES]
    assert not found


def decided_by_words(path: Path) -> Iterator[str]:
    """Where it is asked whether something is `in` an error's text, or an advice is written over."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn | ast.Eq | ast.NotEq):
            for part in (node.left, *node.comparators):
                text = ast.unparse(part)
                if text.endswith(".message") or text in ("str(error)", "str(refusal)", "str(failure)", "str(caught)"):
                    yield f"line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            method = ast.unparse(node.func)
            if any(f".{text}.{verb}" in method for text in ("advice", "message") for verb in ("replace", "startswith")):
                yield f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.name != "words.py" and room(name_of(path)) != "testing"], ids=name_of
)
def test_nothing_is_decided_by_an_errors_words(path: Path) -> None:
    """What an engine says in words alone becomes a type in the `words.py` of its folder."""
    assert list(decided_by_words(path)) == []


def test_the_words_of_engines_would_be_found() -> None:
    assert list(decided_by_words(PACKAGE / "engines/embedded/words.py"))
