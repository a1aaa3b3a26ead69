"""Profiles: what a format needs to know about one source, as data that a user can write in indexer.toml."""

import difflib
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from indexer.formats.registry import Tables, bundled_profiles, default_profiles, format_named
from indexer.model import schema
from indexer.model.documents import Value
from indexer.model.errors import ConfigError
from indexer.model.schema import biblio, in_use

TitleSort = Literal["current", "legacy", "auto"]
FILES = (
    "mapping",
    "stylesheet",
    "properties",
    "functions",
)  # options that name files, written where people look for them
KEYS = ("base", "format", "id_prefix", "id_search", "id_replace", "constants", "title_sort", *FILES, "options")


@dataclass(frozen=True, slots=True)
class Profile:
    """`format` is the name of one (formats.registry).

    `id_search`/`id_replace` are pairs of regular expressions and replacements that turn a harvest's identifier into
    an id, applied in order (VuFindHarvest's idSearch/idReplace); `id_prefix` is then put before it where it is not
    there yet. `constants` are fields with fixed values. `options` are the format's own switches.
    """

    name: str
    format: str
    id_prefix: str = ""
    id_search: tuple[str, ...] = ()
    id_replace: tuple[str, ...] = ()
    constants: dict[str, Value] = field(default_factory=dict)
    title_sort: TitleSort = "current"
    options: dict[str, Any] = field(default_factory=dict)


def make_id(profile: Profile, identifier: str) -> str:
    """The document id for a harvest's identifier: searches and replacements in order, then the prefix where missing.

    An empty identifier stays empty. An id that went through the rules before comes out as it is, as long as the
    expressions do not match their own results.
    """
    for search, replacement in zip(profile.id_search, profile.id_replace, strict=True):
        identifier = re.sub(search, replacement, identifier)
    if identifier and not identifier.startswith(profile.id_prefix):
        return profile.id_prefix + identifier
    return identifier


@functools.cache
def bundled() -> dict[str, Profile]:
    """The profiles that come with the package, by name."""
    tables = bundled_profiles()
    with in_use(schema.bundled()):  # they are the same for every target
        return {name: _build(name, tables, {}) for name in tables}


def resolve(name: str, user_profiles: Mapping[str, Mapping[str, Any]]) -> Profile:
    """The profile of this name: the user's own (a table `[profile.NAME]` of indexer.toml), else the bundled one.

    A table builds on the profile that its `base` names, a bundled one or the user's; one with the name of a bundled
    profile and no base builds on that; one with only a `format` starts empty. Constants and options are merged with
    the base's, and a constant set to an empty list is taken out.

    Raises ConfigError, naming the key and the nearest known one, for unknown names and keys, values of the wrong
    type, regular expressions that do not compile, and bases in a circle.
    """
    return _build(name, bundled_profiles(), user_profiles)


def for_source(
    profile: Profile, *, source: str, constants: Mapping[str, Any], files: Mapping[str, str | list[str]] | None = None
) -> Profile:
    """The profile as the `[[source]]` of this name uses it: with the source's own constants and files over it.

    They mean what they mean in a profile of one's own on this one, and raise the same ConfigErrors, which name the key
    as `source.NAME.constants...` and `source.NAME.mapping`. `files` are keys of FILES with their paths.
    """
    where = f"source.{source}"
    options = _options(where, profile, _with_files(where, profile, files or {}))
    return replace(
        profile,
        constants=_meant(profile.format, options, _constants(where, profile.constants, constants), constants),
        options=options,
    )


def _build(name: str, ours: Tables, users: Tables, below: tuple[str, ...] = ()) -> Profile:
    """Builds `name` on its base. `below` are the user's profiles that are being built on it."""
    if name in below and name in ours:
        return _build(name, ours, {})  # a user's profile on the bundled one of the same name
    if name in below:
        raise ConfigError(f"profile {below[0]!r}: its bases go in a circle: {' -> '.join((*below, name))}")
    if name not in users:
        if name not in ours:
            raise ConfigError(
                f"there is no profile {name!r}" + (f" (base of profile {below[-1]!r})" if below else ""),
                advice=_nearest(name, {*ours, *users}),
            )
        users = {}
    table = users[name] if users else ours[name]
    where = f"profile.{name}"
    if unknown := [key for key in table if key not in KEYS]:
        raise ConfigError(f"{where}.{unknown[0]}: a profile has no such key", advice=_nearest(unknown[0], KEYS))
    texts = {key: _text(f"{where}.{key}", table[key]) for key in ("base", "format", "id_prefix") if key in table}
    base = texts.get("base") or (name if users and name in ours and "format" not in texts else None)
    start = _build(base, ours, users, (*below, name)) if base else _empty(where, texts.get("format"))
    if texts.get("format", start.format) != start.format:
        raise ConfigError(f"{where}.format: is {texts['format']!r}, and its base {base!r} reads {start.format!r}")
    search, replacement = _expressions(where, table, start)
    options = _options(where, start, _with_files(where, start, table), known=bool(base) or bool(users))
    given = table.get("constants", {})
    return replace(
        start,
        name=name,
        id_prefix=texts.get("id_prefix", start.id_prefix),
        id_search=search,
        id_replace=replacement,
        title_sort=_title_sort(where, table.get("title_sort", start.title_sort), start.format),
        constants=_meant(start.format, options, _constants(where, start.constants, given), given),
        options=options,
    )


def _empty(where: str, format_name: str | None) -> Profile:
    """What a profile without a base starts from: nothing but the options of its format."""
    if format_name is None:
        raise ConfigError(f"{where}: needs a base or a format", advice=f"Formats are: {', '.join(default_profiles())}.")
    if format_named(format_name) is None:
        raise ConfigError(
            f"{where}.format: there is no format {format_name!r}", advice=_nearest(format_name, default_profiles())
        )
    title_sort: TitleSort = "auto" if format_name == "solr_json" else "current"
    return Profile(where, format_name, title_sort=title_sort, options=_format_options(format_name))


def _format_options(format_name: str) -> dict[str, Any]:
    """The options of a format with their defaults."""
    return dict(bundled_profiles()[default_profiles()[format_name]].get("options", {}))


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where}: is {_type(value)}, not a string")
    return value


def _texts(where: str, value: object) -> list[str]:
    """A string or a list of strings, as a list."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise ConfigError(f"{where}: is {_type(value)}, not a string or a list of strings")
    return values


def _table(where: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where}: is {_type(value)}, not a table")
    return value


def _expressions(where: str, table: Mapping[str, Any], start: Profile) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pairs of id_search and id_replace; a table that has one has both."""
    if "id_search" not in table and "id_replace" not in table:
        return start.id_search, start.id_replace
    search = _texts(f"{where}.id_search", table.get("id_search", []))
    replacement = _texts(f"{where}.id_replace", table.get("id_replace", []))
    if len(search) != len(replacement):
        raise ConfigError(
            f"{where}: id_search and id_replace are not pairs: {len(search)} and {len(replacement)}",
            advice="Each expression needs its replacement, if only an empty string.",
        )
    for expression, new in zip(search, replacement, strict=True):
        try:
            re.compile(expression).sub(new, "")
        except (re.error, IndexError) as error:
            raise ConfigError(
                f"{where}.id_search: {expression!r} -> {new!r} is not a valid pair: {error}",
                advice=r"They are Python's: no delimiters around the expression, groups as \1.",
            ) from None
    return tuple(search), tuple(replacement)


def _title_sort(where: str, value: object, format_name: str) -> TitleSort:
    styles: tuple[TitleSort, ...] = ("current", "legacy")
    if format_name == "solr_json":  # the one format whose records come with a title_sort to go by
        styles += ("auto",)
    for style in styles:
        if value == style:
            return style
    raise ConfigError(f"{where}.title_sort: is {value!r}", advice=f"It is one of: {', '.join(styles)}.")


def _constants(where: str, start: Mapping[str, Value], given: object) -> dict[str, Value]:
    """The base's constants with the given ones over them, each in the shape that the schema has for its field."""
    fields = biblio()
    constants = dict(start)
    for name, value in _table(f"{where}.constants", given).items():
        here = f"{where}.constants.{name}"
        known = fields.field(name)
        if not fields.takes(name):
            raise ConfigError(f"{here}: the schema has no such field", advice=_nearest(name, fields.fields))
        if name == "id" or fields.made_by_us(name):
            raise ConfigError(f"{here}: this field is made for each record, it cannot be a constant")
        values = _texts(here, value)
        multi = len(values) > 1 if known is None else known.multi
        if not multi and len(values) > 1:
            raise ConfigError(f"{here}: the field holds one value, and {len(values)} are given")
        if not values:
            constants.pop(name, None)
        else:
            constants[name] = list(values) if multi else values[0]
    return constants


def _meant(
    format_name: str, options: Mapping[str, Any], constants: dict[str, Value], given: Mapping[str, Any]
) -> dict[str, Value]:
    """The constants without the examples of a bundled profile that a mapping with words of its own does not make."""
    format = format_named(format_name) if options.get("mapping") else None
    asked = format.hook("made_alone") if format is not None else None
    made = asked(options) if asked is not None else None
    if made is None:
        return constants
    examples = bundled()[default_profiles()[format_name]].constants
    return {
        name: value for name, value in constants.items() if name in given or name in made or examples.get(name) != value
    }


def _with_files(where: str, start: Profile, table: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of a table; its keys that name files (FILES) are the options of these names."""
    options = dict(_table(f"{where}.options", table.get("options", {})))
    for key in FILES:
        if key not in table:
            continue
        if key not in start.options:
            having = [name for name in default_profiles() if key in _format_options(name)]
            raise ConfigError(
                f"{where}.{key}: format {start.format} has no {key}", advice=f"Formats with one: {', '.join(having)}."
            )
        options[key] = _files(f"{where}.{key}", table[key]) if key == "mapping" else _text(f"{where}.{key}", table[key])
    return options


def _files(where: str, value: object) -> str | tuple[str, ...]:
    """A file, or several."""
    return value if isinstance(value, str) else tuple(_texts(where, value))


def _options(where: str, start: Profile, given: Mapping[str, Any], *, known: bool = True) -> dict[str, Any]:
    """The base's options with the given ones over them. `known` is off where they are being defined."""
    options = dict(start.options)
    for name, value in given.items():
        here = f"{where}.options.{name}"
        if known and name not in options:
            raise ConfigError(f"{here}: format {start.format} has no such option", advice=_nearest(name, options))
        if name == "mapping":
            value = _files(here, value) if not isinstance(value, tuple) else value
        elif name in options and type(value) is not type(options[name]):
            raise ConfigError(f"{here}: is {_type(value)}, not {_type(options[name])}")
        if isinstance(value, list):
            _texts(here, value)
        elif isinstance(value, dict):
            for key, one in value.items():
                _texts(f"{here}.{key}", one)
        options[name] = value
    if known and given:
        _check(where, start.format, options)
    return options


def files_of(profiles: Mapping[str, Profile]) -> str:
    """What the files say that profiles only name: mappings and stylesheets of one's own."""
    own = [profile for profile in profiles.values() if any(profile.options.get(key) for key in FILES)]
    depends = ((profile, format.hook("depends_on")) for profile in own if (format := format_named(profile.format)))
    return "".join(hook(profile.options) for profile, hook in depends if hook is not None)


def _check(where: str, format_name: str, options: Mapping[str, Any]) -> None:
    """Asks the format's `check_options`, where its module has one: it gives the option at fault and what is wrong."""
    format = format_named(format_name)
    check = format.hook("check_options") if format is not None else None
    wrong = check(options) if check is not None else None
    if wrong is not None:
        name, what = wrong
        raise ConfigError(f"{where}.options.{name}: {what}")


def _type(value: object) -> str:
    names = {
        bool: "true or false",
        str: "a string",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), type(value).__name__)


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"The nearest is {near[0]!r}."
    return f"There are: {', '.join(names)}." if len(names) <= 20 else ""
