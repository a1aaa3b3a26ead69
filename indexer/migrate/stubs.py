"""`site_functions.py`: a stub for each function that mappings, stylesheets and tables call and nobody has."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_HEAD = '''"""What the site's import calls of their own.

Functions of a mapping get the record (docs/mapping.md) or the value, and their parameters as texts, and give a list of
texts, one text or None. Those of stylesheets get texts, and lists of texts for node sets; those of tables
texts, and a list of texts for $$field:...$$.
"""
'''
_LIMIT = 200  # lines of one function
_PHP = r"\bfunction\s+&?{}\s*\("
_JAVA = r"^\s*(?:[\w<>\[\],.?]+\s+)+{}\s*\((?!.*;\s*$)"  # also Groovy's `def` and BeanShell's


@dataclass(frozen=True, slots=True)
class Missing:
    """`name` is `Class::function` or a function's, `place` where it is called. `first` is what a mapping's function
    gets first, "" for that of a stylesheet or a table; `owner` the script or the class that the mapping names.
    """

    name: str
    place: str
    first: str = ""
    owner: str = ""


def text(wanted: Sequence[Missing], folders: Sequence[Path], shown: Callable[[Path], str]) -> str:
    """The file, "" where nothing is missing. The source lines are looked for in these folders, the nearest first."""
    if not wanted:
        return ""
    by_class: dict[str, dict[str, list[Missing]]] = {}
    for each in wanted:
        owner, _, name = each.name.rpartition("::")
        by_class.setdefault(owner, {}).setdefault(name, []).append(each)
    lines = [_HEAD.rstrip("\n"), ""]
    for owner in sorted(by_class, key=bool):
        indent = "    " if owner else ""
        lines += ["", f"class {re.sub(r'[^A-Za-z0-9_]', '', owner)}:"] if owner else []
        for name, calls in by_class[owner].items():
            lines += _stub(name, calls, indent, _source(name, calls, folders, shown))
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines).rstrip() + "\n")


def _stub(name: str, calls: Sequence[Missing], indent: str, source: Iterable[str]) -> list[str]:
    first = next((f"{each.first}, " for each in calls if each.first), "")
    return [
        "",
        *([f"{indent}@staticmethod"] if indent else [""]),
        f"{indent}def {name}({first}*given):",
        *(f"{indent}    # called in {place}" for place in dict.fromkeys(each.place for each in calls)),
        *(f"{indent}    # {line}".rstrip() for line in source),
        f'{indent}    raise NotImplementedError("{name} is to be written")',
        "",
    ]


def _source(name: str, calls: Sequence[Missing], folders: Sequence[Path], shown: Callable[[Path], str]) -> list[str]:
    """The lines of the function of this name: of the script that a call names, else wherever the site has it."""
    scripts = [each.owner for each in calls if each.owner.endswith((".bsh", ".groovy"))]
    of_mapping = any(each.first for each in calls)
    patterns = [*scripts, "*.java", "*.bsh", "*.groovy"] if of_mapping else ["*.php"]
    start = re.compile((_JAVA if of_mapping else _PHP).format(re.escape(name)))
    for file in _files(patterns, folders):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines):
            if start.search(line):
                return [f"{shown(file)}:{number + 1}", *_block(lines[number : number + _LIMIT])]
    return []


def _files(patterns: Sequence[str], folders: Sequence[Path]) -> Iterator[Path]:
    for pattern in patterns:
        for folder in folders:
            if folder.is_dir() and not pattern.startswith("/") and ".." not in pattern:
                yield from sorted(path for path in folder.rglob(pattern) if path.is_file())


def _block(lines: list[str]) -> list[str]:
    """The lines up to the brace that closes the first one."""
    depth = 0
    for number, line in enumerate(lines):
        depth += line.count("{") - line.count("}")
        if depth <= 0 and "}" in line:
            return lines[: number + 1]
    return lines
