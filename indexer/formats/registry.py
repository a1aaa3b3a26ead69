"""The formats there are: those of this package, and those that installed distributions bring.

A format is a module with a function `document(record, profile)` (formats.to_document says what it gives) and, beside
it, a TOML file of the module's name:

    default_profile   the profile by which its records are read when nobody names one
    namespaces        of its records' root elements; `elements`: the names of root elements that have no namespace
    records           names of root elements, in whatever namespace, which a profile of this format takes for records
    reads_xml         true: its profiles take XML records of every kind, and name their elements by the option `records`
    [profile.NAME]    the profiles that come with it; one without a `base` is of this format
    [explain]         field -> the rule that `indexer explain` tells, and where its input stands

The module may also have `check_options(options)`, `parse(raw)` and others: see `Format.hook`.
Distributions name their modules under the entry point group `indexer.formats` (docs/extend.md). Modules of this package
are imported when their first record is met: the MARC mapping alone takes longer than all else at the start.
"""

import functools
import importlib
import importlib.metadata
import importlib.util
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

GROUP = "indexer.formats"
KEYS = ("default_profile", "namespaces", "elements", "records", "reads_xml", "profile", "explain")
DELETE = "delete"  # a list of ids to delete: VuFindHarvest's .delete files

Tables = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `profiles` and `rules` are tables by name, as they stand in its file; `rules` are by field."""

    name: str
    module: str
    default_profile: str
    namespaces: tuple[bytes, ...] = ()
    elements: tuple[bytes, ...] = ()
    records: tuple[bytes, ...] = ()
    reads_xml: bool = False
    profiles: Tables = field(default_factory=dict)
    rules: Tables = field(default_factory=dict)

    def load(self) -> ModuleType:
        """Its module, imported now if it was not yet."""
        return importlib.import_module(self.module)

    def hook(self, name: str) -> Callable[..., Any] | None:
        """An optional function of the module: `check_options(options)` gives (option, what is wrong with it) or None;
        `made_alone(options)` the fields that a mapping makes which the profile's example constants are not meant for;
        `parse(raw)` gives the root element that `indexer explain` looks into, where it is not plain XML;
        `named_values(record, profile)` gives name -> values, and field -> names, of a record that is no XML;
        `rules_of(record, profile)` gives field -> the rules that made it, where no table can say; `depends_on(options)`
        a text that is another one when the files change which the options name;
        `named_fields(options)` the fields that the options of a profile name; `header_of(options)` "none" where the
        first row of a table is a record.
        """
        function: Callable[..., Any] | None = getattr(self.load(), name, None)
        return function


@functools.cache
def ours() -> dict[str, Format]:
    """The formats of this package, by name."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.toml"), *here.glob("*/*.toml")], key=lambda file: file.stem)
    return {file.stem: _read(file.stem, f"{__package__}.{file.stem}", file) for file in files}


@functools.cache
def formats() -> dict[str, Format]:
    """Every format by name, ours first."""
    return {**ours(), **_brought()[0]}


def problems() -> list[str]:
    """Why a distribution's format is left out, a sentence each."""
    return list(_brought()[1])


def format_named(name: str) -> Format | None:
    """The format of this name. Distributions are looked at only for a name that is not ours."""
    return ours().get(name) or formats().get(name)


def default_profiles() -> dict[str, str]:
    """Format -> the profile that reads its records when nobody names one."""
    return {name: format.default_profile for name, format in formats().items()}


@functools.cache
def bundled_profiles() -> Tables:
    """The profiles that come with the formats, as tables of indexer.toml."""
    return {name: table for format in formats().values() for name, table in format.profiles.items()}


def of_root(namespace: bytes, local: bytes) -> str | None:
    """The format of records whose root element has this namespace, or without one this name."""
    return _by("namespaces").get(namespace) if namespace else _by("elements").get(local)


@functools.cache
def _by(key: str) -> dict[bytes, str]:
    return {value: name for name, format in reversed(formats().items()) for value in getattr(format, key)}


@functools.cache
def _brought() -> tuple[dict[str, Format], list[str]]:
    """The formats of distributions, and what is wrong with those that are left out."""
    brought: dict[str, Format] = {}
    problems: list[str] = []
    for point in importlib.metadata.entry_points(group=GROUP):
        who = f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value
        if point.name in ours() or point.name in brought or point.name == DELETE:
            problems.append(f"format {point.name!r} of {who} is left out: there is a format of that name")
            continue
        try:
            brought[point.name] = _bring(point.name, point.value)
        except Exception as error:  # noqa: BLE001 - what somebody else wrote may fail in any way, and others go on
            problems.append(f"format {point.name!r} of {who} is left out: {error or type(error).__name__}")
    return brought, problems


def _bring(name: str, module: str) -> Format:
    """A distribution's format, imported to see that it can be."""
    loaded = importlib.import_module(module)
    if not callable(getattr(loaded, "document", None)):
        raise ValueError(f"{module} has no function document(record, profile)")
    if loaded.__file__ is None:
        raise ValueError(f"{module} is not a file")
    format = _read(name, module, Path(loaded.__file__).with_name(f"{module.rpartition('.')[2]}.toml"))
    taken = sorted({known for each in ours().values() for known in each.profiles} & format.profiles.keys())
    if taken:
        raise ValueError(f"there is a profile {taken[0]!r} already")
    return format


def _read(name: str, module: str, file: Path) -> Format:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"there is no {file.name} beside it") from None
    if unknown := sorted(data.keys() - {*KEYS}):
        raise ValueError(f"{file.name}: there is no key {unknown[0]!r}; there are: {', '.join(KEYS)}")
    tables = data.get("profile", {})
    profiles = {key: table if "base" in table else {"format": name, **table} for key, table in tables.items()}
    default = data.get("default_profile", name)
    if default not in profiles:
        raise ValueError(f"{file.name}: default_profile is {default!r}, and there is no [profile.{default}]")
    return Format(
        name=name,
        module=module,
        default_profile=default,
        namespaces=tuple(text.encode() for text in data.get("namespaces", [])),
        elements=tuple(text.encode() for text in data.get("elements", [])),
        records=tuple(text.encode() for text in data.get("records", [])),
        reads_xml=data.get("reads_xml", False),
        profiles=profiles,
        rules=data.get("explain", {}),
    )
