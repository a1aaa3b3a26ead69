"""VuFind's import files for tables (csv.ini): which column goes to which field, and what each value goes through.

Sections are `[General]` (header, encoding), `[Column:NUMBER]` (field, delimiter) and `[Field:NAME]` (callback, value,
callbackSeed). Kept from VuFind: values of `value[]` stand first and pass by the callbacks; columns count from 0 and are
taken in their order; callbacks see what the fields have by then; fields that no column fills come last, from their
seeds. An empty value is none here.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.formats import php_ini
from indexer.formats.xslt import functions, stylesheet
from indexer.model.errors import ConfigError, RecordError

Values = dict[str, list[str]]

HEADERS = ("fields", "none", "skip")

_CALLBACK = re.compile(r"\\?(?:\w+\\)*([\w:]+)\s*(?:\((.*)\))?", re.DOTALL)
_TOKEN = re.compile(r"\$\$(csv|field|fieldFirst)(?::(.*))?\$\$")


@dataclass(frozen=True, slots=True)
class Callback:
    """`name` is `Class::function` without its namespaces, or a function's of PHP; `line` of the file calls it."""

    name: str
    arguments: tuple[str, ...]
    line: int


@dataclass(slots=True)
class _Column:
    fields: list[str] = field(default_factory=list)
    delimiter: str = ""


@dataclass(slots=True)
class _Field:
    callbacks: list[Callback] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    seeds: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Import:
    """What a file says. `fields` are all that it names, in its order; `known` the functions that it may call."""

    path: Path
    header: str = "none"
    encoding: str = ""
    columns: dict[int, _Column] = field(default_factory=dict)
    fields: dict[str, _Field] = field(default_factory=dict)
    known: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


def load(options: Mapping[str, Any]) -> Import:
    """The file that the option `properties` names. Raises ConfigError that names what is wrong with it, and all
    functions that nobody has at once."""
    named = (options["properties"], options["functions"])
    return _load(*named, *map(stylesheet.changed, named))


def digest(options: Mapping[str, Any]) -> str:
    """What the documents depend on besides their records: another one when one of the files changes."""
    found = hashlib.blake2b(digest_size=16)
    for name in (options["properties"], options["functions"]):
        found.update(Path(name).read_bytes() + b"\0" if name else b"\0")
    return found.hexdigest()


def missing(path: Path) -> list[Callback]:
    """The callbacks that nobody has, of those that a site may write itself."""
    read = _read(path)
    known = _known(path, "")
    return [each for one in read.fields.values() for each in one.callbacks if each.name not in known]


def mapped(read: Import, header: Sequence[str], row: Sequence[str]) -> Values:
    """Field -> its values of one row. Raises RecordError where a callback fails."""
    found: Values = {name: list(one.values) for name, one in read.fields.items()}
    filled: set[str] = set()
    for number, cell in enumerate(row):
        column = _column(read, header, number)
        values = cell.split(column.delimiter) if column.delimiter else [cell]
        for name in column.fields:
            filled.add(name)
            made = _called(read, name, values, found)
            found.setdefault(name, []).extend(made)
    for name, one in read.fields.items():
        if name not in filled and one.callbacks:
            found[name].extend(_called(read, name, one.seeds, found))
    kept = {name: [value for value in values if value] for name, values in found.items()}
    return {name: values for name, values in kept.items() if values}


def columns_of(read: Import, header: Sequence[str]) -> dict[str, list[str]]:
    """Field -> the names of its columns, for `explain`."""
    found: dict[str, list[str]] = {}
    for number, title in enumerate(header):
        for name in _column(read, header, number).fields:
            found.setdefault(name, []).append(title)
    return found


def _column(read: Import, header: Sequence[str], number: int) -> _Column:
    """What a section says of a column counts for more than the header."""
    said = read.columns.get(number, _NONE)
    if said.fields or read.header != "fields" or number >= len(header):
        return said
    return _Column([header[number]] if header[number] else [], said.delimiter)


_NONE = _Column()


def _called(read: Import, name: str, values: Sequence[str], found: Values) -> list[str]:
    """These values behind the callbacks of the field, one after the other, value by value."""
    one = read.fields.get(name)
    made = list(values)
    for callback in one.callbacks if one is not None else ():
        made = [new for value in made for new in _call(read, callback, value, found)]
    return made


def _call(read: Import, callback: Callback, value: str, found: Values) -> list[str]:
    given = [_argument(text, value, found) for text in callback.arguments]
    try:
        return _texts(read.known[callback.name](*given))
    except Exception as error:  # noqa: BLE001 - a function of the site's may raise anything
        problem = f"{read.path.name}:{callback.line}: {callback.name}: {error or type(error).__name__}"
        raise RecordError(problem) from None


def _argument(text: str, value: str, found: Values) -> str | list[str]:
    token = _TOKEN.fullmatch(text)
    if token is None:
        return text
    if token[1] == "csv":
        return value
    values = found.get(token[2] or "", [])
    return list(values) if token[1] == "field" else next(iter(values), "")


def _texts(made: object) -> list[str]:
    if made is None:
        return []
    if isinstance(made, functions.Elements):
        return made.texts
    if isinstance(made, list | tuple):
        return [text for each in made for text in _texts(each)]
    if isinstance(made, str | bool | float | int):
        return [functions.text(made)]
    raise ValueError(f"gives {made!r}, and values are texts")


@functools.lru_cache(maxsize=64)
def _load(properties: str, own: str, *_changed: int) -> Import:
    path = Path(properties)
    read = _read(path)
    read.known = _known(path, own)
    lines = [
        f"{path}:{each.line}: there is no function {each.name}"
        for one in read.fields.values()
        for each in one.callbacks
        if each.name not in read.known
    ]
    if read.header != "fields" and "id" not in read.fields:
        lines.append(f"{path}: no column goes to the field id")
    if lines:
        raise ConfigError("\n".join(lines), advice="Write functions that are missing into the file `functions` names.")
    return read


def _known(path: Path, own: str) -> dict[str, Callable[..., Any]]:
    maps = [path.parent / stylesheet.MAPS, path.parent.parent / stylesheet.MAPS]
    return {
        **functions.PHP_FUNCTIONS,
        **functions.FUNCTIONS,
        "VuFind::mapString": stylesheet.map_string(maps),
        **(stylesheet.own_functions(Path(own)) if own else {}),
    }


def _read(path: Path) -> Import:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8") from None
    sections = php_ini.parse(text, str(path))
    general = sections.get("General", {})
    header = str(general.get("header", "")).strip().lower() or "none"  # PHP reads none as nothing
    if header not in HEADERS:
        raise ConfigError(f"{path}: [General] header is {header!r}; it is one of: {', '.join(HEADERS)}")
    read = Import(path, header, str(general.get("encoding", "")).strip())
    try:
        "".encode(read.encoding or "utf-8")
    except LookupError:
        raise ConfigError(f"{path}: [General] encoding is {read.encoding!r}, which is not known") from None
    lines = text.splitlines()
    for section, settings in sections.items():
        kind, colon, name = (part.strip() for part in section.partition(":"))
        if not colon:
            continue
        if kind.lower() == "column" and name.isdecimal():
            delimiter = "".join(_list(settings.get("delimiter")))
            column = _Column(_list(settings.get("field")), "\n" if delimiter == "PHP_EOL" else delimiter)
            read.columns[int(name)] = column
            for each in column.fields:
                read.fields.setdefault(each, _Field())
        elif kind.lower() == "field":
            calls = [_callback(text, lines, path) for text in _list(settings.get("callback"))]
            one = _Field(calls, _list(settings.get("value")), _list(settings.get("callbackSeed")))
            read.fields[name] = one
        else:
            raise ConfigError(f"{path}: [{section}] is neither [Column:NUMBER] nor [Field:NAME]")
    return read


def _list(value: object) -> list[str]:
    if isinstance(value, dict):
        return [str(each) for each in value.values()]
    return [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]


def _callback(text: str, lines: Sequence[str], path: Path) -> Callback:
    number = next(
        (n for n, line in enumerate(lines, 1) if text in line and not line.lstrip().startswith((";", "#"))), 0
    )
    found = _CALLBACK.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f"{path}:{number}: callback {text!r} is neither a function nor Class::function")
    arguments = ["$$csv$$"] if found[2] is None else [each.strip() for each in found[2].split(",")]
    if wrong := [each for each in arguments if each.startswith("$$") and not _TOKEN.fullmatch(each)]:
        raise ConfigError(f"{path}:{number}: {wrong[0]} is no $$csv$$, $$field:NAME$$ or $$fieldFirst:NAME$$")
    return Callback(found[1], tuple(arguments), number)
