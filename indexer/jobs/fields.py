"""The fields that documents may have in a target: ours, and what its own schema has besides.

A schema that we compiled has ours alone. In one that others keep a site has added fields, or it is that of another core
(authority records). What mappings, columns and constants name is held against it before the first record is read;
fields that only a dump names (its own columns, or documents of another index) are looked at record by record.
"""

import difflib
from collections.abc import Iterator
from dataclasses import replace

from indexer.engines.base import Writer
from indexer.formats.profiles import Profile, bundled
from indexer.formats.registry import format_named
from indexer.model.documents import Value
from indexer.model.errors import ConfigError
from indexer.model.schema import Schema, biblio, in_use
from indexer.pipeline.run import Plan

NOTHING = "Nothing was sent."


def schema_of(sink: Writer) -> Schema:
    """The fields of documents for a target that was checked. Engines of others may have none of their own."""
    return biblio().with_live(getattr(sink, "live", None))


def fitted(plan: Plan, sink: Writer) -> Plan:
    """The plan for this target, which was checked: without the fields that it fills itself, with those that only it
    has. Raises ConfigError for a field that a profile names and neither has.
    """
    ours, schema = biblio(), schema_of(sink)
    site: dict[str, bool] = {}
    if schema is not ours:
        with in_use(schema):
            for profile in _own_profiles(plan):
                for name in _named(profile, schema, sink):
                    field = schema.field(name)
                    if field is not None and ours.field(name) is None:
                        site[name] = field.multi
    besides = {name for name, multi in site.items() if multi}  # what fills them adds to what is sent
    spec = replace(plan.spec, omit=set(sink.omit) - besides, schema=schema, site=tuple(sorted(site.items())))
    return replace(plan, spec=spec)


def _own_profiles(plan: Plan) -> list[Profile]:
    """Those that are not as they come with the package: these name no fields of others."""
    found = {id(profile): profile for formats in plan.spec.profiles.values() for profile in formats.values()}
    return [profile for profile in found.values() if profile != bundled().get(profile.name)]


def _named(profile: Profile, schema: Schema, sink: Writer) -> Iterator[str]:
    """The fields that the profile names. Raises ConfigError for one that nobody has."""
    format = format_named(profile.format)
    if format is None:  # lists of ids
        return
    try:
        check = format.hook("check_options") if profile.options else None
        wrong = check(profile.options) if check is not None else None
    except ConfigError as error:
        raise ConfigError(f"{sink}: {error.message}", advice=error.advice) from None
    if wrong is not None:
        raise ConfigError(f"{sink}: profile.{profile.name}.options.{wrong[0]}: {wrong[1]}", advice=NOTHING)
    usual = [each.constants for each in bundled().values() if each.format == profile.format]
    for name, value in profile.constants.items():
        if not schema.takes(name) and _listed(value) not in [_listed(each.get(name, [])) for each in usual]:
            near = difflib.get_close_matches(name, schema.fields, n=1)
            hint = f"The nearest is {near[0]!r}. " if near else ""
            where = f"profile.{profile.name}.constants.{name}"
            raise ConfigError(f"{sink}: {where}: the schema has no such field", advice=hint + NOTHING)
        if schema.takes(name):
            yield name
    names = format.hook("named_fields")
    if names is not None:
        yield from names(profile.options)


def _listed(value: Value) -> list[str]:
    return [value] if isinstance(value, str) else value
