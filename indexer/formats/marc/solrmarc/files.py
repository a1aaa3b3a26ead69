"""Property files of field specifications, as SolrMarc reads them: which lines count, which are one, what they say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from indexer.formats.marc.solrmarc import tables

_FIELD = re.compile(r"([-A-Za-z_0-9, \t]*)([:=]|[+?|]=)(.*)", re.DOTALL)
_MAP = re.compile(r" ?[:=] ?")
_UNIQUE = re.compile(r'default\.unique *[;=] *"?(true|false)"?')
_LINES = re.compile(r"\r\n|\r|\n")
_JAVA_SPACE = "".join(map(chr, range(33)))


@dataclass(frozen=True, slots=True)
class Line:
    """A field of the document: `names` without spaces, apart by commas, `operator` one of `= += ?= |=`, `text` the
    specification, which begins at `column` of its line (from 0). `unique` is what was the default until here."""

    number: int
    names: str
    operator: str
    text: str
    column: int
    unique: bool


@dataclass(slots=True)
class Properties:
    """A file. `maps` are the entries of its own maps; `passed_over` are lines that SolrMarc does not read, with why."""

    lines: list[Line] = field(default_factory=list)
    maps: dict[str, str] = field(default_factory=dict)
    passed_over: list[tuple[int, str]] = field(default_factory=list)
    unique: bool = True


def read(text: str, *, unique: bool = True) -> Properties:
    """What a file says. `unique` is what the files before have left as the default. Raises ValueError for bytes that
    were no text."""
    made = Properties(unique=unique)
    joined = list(_joined(text, made))
    for _, line in joined:
        if line.startswith(("map.", "pattern_map.")):
            key, *value = _MAP.split(line, maxsplit=1)
            if value:
                made.maps[key.strip(_JAVA_SPACE)] = tables.unescaped(value[0]).strip(_JAVA_SPACE)
    for number, line in joined:
        stripped = line.strip(_JAVA_SPACE)
        if not stripped or stripped.startswith(("#", "solrmarc.")):
            continue
        if stripped.startswith(("map.", "pattern_map.")):
            if stripped != line.rstrip(_JAVA_SPACE):
                made.passed_over.append((number, "a map whose line begins with a space is none to SolrMarc"))
            continue
        if default := _UNIQUE.fullmatch(stripped):
            made.unique = default[1] == "true"
            continue
        found = _FIELD.fullmatch(stripped)
        if found is None:
            made.passed_over.append((number, "is neither a field nor a comment: SolrMarc passes it over"))
            continue
        column = len(line) - len(line.lstrip(_JAVA_SPACE)) + found.start(3)
        names = re.sub("[ \t]", "", found[1])
        operator = "=" if found[2] == ":" else found[2]
        made.lines.append(Line(number, names, operator, found[3], column, made.unique))
    return made


def _joined(text: str, made: Properties) -> Iterable[tuple[int, str]]:
    """The lines with their numbers; one that ends with a comma goes on in the next that begins with a space."""
    waiting: tuple[int, str] | None = None
    for number, line in enumerate(_LINES.split(text), 1):
        start = number
        if waiting is not None and line[:1] in (" ", "\t") and line:
            start, line = waiting[0], waiting[1] + line
            waiting = None
        if line.rstrip(" \t").endswith(","):
            _lost(waiting, made)
            waiting = (start, line)
        else:
            yield start, line
    if waiting is not None:
        yield waiting


def _lost(waiting: tuple[int, str] | None, made: Properties) -> None:
    if waiting is not None and not waiting[1].lstrip().startswith("#"):
        made.passed_over.append((waiting[0], "ends with a comma and goes on nowhere: SolrMarc loses it"))
