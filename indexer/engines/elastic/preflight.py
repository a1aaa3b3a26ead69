"""Holds the mappings of an index, or of those behind an alias, against biblio.toml before anything is sent.

Nothing here writes.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from indexer.engines.base import Difference
from indexer.engines.elastic.schema import index_body
from indexer.engines.preflight import refuse
from indexer.model.schema import Field, Schema, biblio, longest_first
from indexer.model.targets import Target

Json = dict[str, Any]


def check_elastic(mappings: Mapping[str, Any], target: Target) -> None:
    """Checks that an index takes our documents; `mappings` is the answer of its _mapping. Raises PermanentError."""
    refuse(target, compare_elastic(biblio(), mappings))


def compare_elastic(schema: Schema, mappings: Mapping[str, Any]) -> list[Difference]:
    """Every difference between the mappings of an index, or of all indices of an alias, and biblio.toml's."""
    wanted = index_body(schema)["mappings"]
    found: list[Difference] = []
    for index in sorted(mappings):
        live = mappings[index].get("mappings", {})
        place = f" in {index}" if len(mappings) > 1 else ""
        properties = live.get("properties", {})
        for name, mapping in wanted["properties"].items():
            if name not in properties:
                found.append(Difference(name, f"not there{place}"))
            else:
                found += _compare_mapping(name, mapping, properties[name], place)
        templates = {row["match"]: row["mapping"] for row in _templates(live)}
        for row in _templates(wanted):
            if row["match"] not in templates:
                found.append(Difference(row["match"], f"not there{place}"))
            else:
                found += _compare_mapping(row["match"], row["mapping"], templates[row["match"]], place)
    live_fields = live_elastic_schema(mappings)
    for name in (*sorted(live_fields.fields), *(field.name for field in live_fields.dynamic)):
        found.append(Difference(name, "a field of this index alone: profiles and dumps may give it", blocking=False))
    return found


def live_elastic_schema(mappings: Mapping[str, Any]) -> Schema:
    """The fields and patterns that an index, or every index of an alias, has and we do not: a mapping does not say how
    many values a field holds, any may hold several.
    """
    ours = biblio()
    each = [index.get("mappings", {}) for index in mappings.values()]
    names = [{name for name, body in one.get("properties", {}).items() if "type" in body} for one in each]
    patterns = [{row["match"] for row in _templates(one)} for one in each]
    known = {field.name for field in ours.dynamic}
    fields = [
        Field(name, "string", multi=True) for name in set.intersection(*names or [set()]) if ours.field(name) is None
    ]
    dynamic = [
        Field(name, "string", multi=True)
        for name in set.intersection(*patterns or [set()])
        if name not in known and name.count("*") == 1 and "*" in (name[0], name[-1]) and name != "*"
    ]
    return dataclasses.replace(
        ours,
        name="live",
        fields={field.name: field for field in fields},
        dynamic=longest_first(dynamic),
        copies={},
        open=False,
    )


def compare_analysis(schema: Schema, settings: Mapping[str, Any]) -> list[Difference]:
    """The analyzers, normalizers and filters of ours that an index, or all indices of an alias, lack (blocking) or have
    defined otherwise, and their ingest pipelines; `settings` is the answer of _settings.
    """
    wanted = index_body(schema)["settings"]["index"]["analysis"]
    found: list[Difference] = []
    for index in sorted(settings):
        own = settings[index].get("settings", {}).get("index", {})
        live = own.get("analysis", {})
        place = f" in {index}" if len(settings) > 1 else ""
        for key in ("default_pipeline", "final_pipeline"):
            if (pipeline := own.get(key, "_none")) != "_none":
                problem = f"documents go through {pipeline}{place}, which may change or drop them"
                found.append(Difference(key, problem, blocking=False))
        for kind, definitions in wanted.items():
            for name, definition in definitions.items():
                has = live.get(kind, {}).get(name)
                if has is None:
                    found.append(Difference(f"{kind} {name}", f"not there{place}"))
                elif has != _as_settings(definition):
                    found.append(Difference(f"{kind} {name}", f"differs{place}", blocking=False))
    return found


def _templates(mappings: Json) -> list[Json]:
    """The dynamic templates that go by the field's name."""
    rows = [body for row in mappings.get("dynamic_templates", []) for body in row.values()]
    return [
        {"match": row["match"][0] if isinstance(row["match"], list) else row["match"], "mapping": row["mapping"]}
        for row in rows
        if "match" in row
    ]


def _as_settings(definition: Json) -> Json:
    """A definition as _settings shows it: every scalar a string, nothing where a list is empty."""
    return {
        key: value if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in definition.items()
    }


_COMPARED = (
    "analyzer", "search_analyzer", "normalizer", "fields", "copy_to", "format", "index", "doc_values", "ignore_above",
    "index_options",
)  # fmt: skip


def _compare_mapping(name: str, wanted: Json, live: Json, place: str) -> Iterator[Difference]:
    """What differs in one field's mapping. Another type blocks: sorting, facets and exact values would go wrong."""
    if wanted["type"] != live.get("type", "object"):
        yield Difference(name, f"its type is {live.get('type', 'object')}, not {wanted['type']}{place}")
        return
    for key in _COMPARED:
        if wanted.get(key) != live.get(key):
            yield Difference(name, f"its {key} differs{place}", blocking=False)
