"""Holds a live schema against biblio.toml before anything is sent.

Solr's is read through its Schema API, as it was loaded; Elasticsearch's and OpenSearch's from the mapping. Nothing here
writes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import requests

from indexer.errors import PermanentError
from indexer.schema.elastic import ENGINE_FIELDS, index_body
from indexer.schema.model import Field, Schema, biblio
from indexer.sinks.http import engine_words, not_json, shorten
from indexer.targets import Target

INSTALL = "`indexer schema install --target ...` puts the bundled schema there; nothing was sent."
_NAMED = 8  # fields that a message names before it counts the rest
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a live schema is not biblio.toml's. `blocking`: documents would be refused, or could not be found."""

    field: str
    problem: str
    blocking: bool = True

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}"


@dataclass(frozen=True, slots=True)
class LiveSolr:
    """A core's schema: fields and dynamic patterns with Solr's own properties, defaults included, and the copyField
    rules as (source, target) pairs.
    """

    fields: dict[str, Json]
    dynamic: dict[str, Json]
    copies: tuple[tuple[str, str], ...]

    def field(self, name: str) -> Json | None:
        """The properties of this field, or of the longest dynamic pattern that matches it (Solr's rule), or None."""
        if name in self.fields or name in self.dynamic:
            return self.fields.get(name) or self.dynamic[name]
        matching = [pattern for pattern in self.dynamic if _matches(pattern, name)]
        return self.dynamic[max(matching, key=len)] if matching else None

    @property
    def omit(self) -> frozenset[str]:
        """Fields not to be sent, because a copyField rule fills them: those that are nothing but copies, and those that
        hold one value, which Solr would refuse as a second one.
        """
        schema = biblio()
        copied = schema.copy_targets - schema.copies.keys()
        targets = {target for _, target in self.copies if "*" not in target}
        return frozenset(name for name in targets if name in copied or not _multi(self.field(name)))


def live_solr_schema(session: requests.Session, target: Target) -> LiveSolr:
    """Reads the schema of a core or collection. Raises PermanentError (404 without one) or TransientError."""
    fields = solr_answer(session, target, "schema/fields", showDefaults="true")["fields"]
    dynamic = solr_answer(session, target, "schema/dynamicfields", showDefaults="true")["dynamicFields"]
    copies = solr_answer(session, target, "schema/copyfields")["copyFields"]
    return LiveSolr(
        fields={row["name"]: row for row in fields},
        dynamic={row["name"]: row for row in dynamic},
        copies=tuple((row["source"], row["dest"]) for row in copies),
    )


def missing_fields(schema: Schema, live: LiveSolr) -> list[str]:
    """The fields and dynamic patterns of the schema that a core has not, in the order of biblio.toml."""
    return [field.name for field in _sendable(schema) if live.field(field.name) is None]


def check_solr(session: requests.Session, target: Target) -> frozenset[str]:
    """Checks that a core takes our documents. Returns the fields that it fills itself, which are not to be sent.

    Raises PermanentError when fields are missing or hold one value where we send several; TransientError.
    """
    live = live_solr_schema(session, target)
    omit = live.omit
    refuse(target, [row for row in compare_solr(biblio(), live) if row.field not in omit])
    return omit


def check_elastic(mappings: Mapping[str, Any], target: Target) -> None:
    """Checks that an index takes our documents; `mappings` is the answer of its _mapping. Raises PermanentError."""
    refuse(target, compare_elastic(biblio(), mappings))


def refuse(target: Target, differences: list[Difference]) -> None:
    """Raises PermanentError for what is blocking among the differences."""
    blocking = [row for row in differences if row.blocking]
    if not blocking:
        return
    more = f" and {len(blocking) - _NAMED} more" if len(blocking) > _NAMED else ""
    shown = ", ".join(str(row) for row in blocking[:_NAMED])
    raise PermanentError(f"{target}: its schema is not ours: {shown}{more}", advice=INSTALL)


def compare_solr(schema: Schema, live: LiveSolr) -> list[Difference]:
    """Every difference between a core's schema and biblio.toml, in the order of biblio.toml, copyField rules last."""
    found: list[Difference] = []
    for field in _sendable(schema):
        properties = live.field(field.name)
        if properties is None:
            found.append(Difference(field.name, "not there"))
            continue
        if field.multi != _multi(properties):
            has, wanted = ("one value", "several") if field.multi else ("several values", "one")
            found.append(Difference(field.name, f"holds {has}, not {wanted}", blocking=field.multi))
        if properties["type"] != field.type:
            problem = f"its type is {properties['type']}, not {field.type}"
            found.append(Difference(field.name, problem, blocking=False))
        for key, wanted_flag in (("indexed", field.indexed), ("stored", field.stored)):
            if properties[key] != wanted_flag:
                found.append(Difference(field.name, f"is {'not ' if wanted_flag else ''}{key}", blocking=False))
    ours = {(source, target) for source, targets in schema.engine_copies.items() for target in targets}
    filled: dict[str, list[str]] = {}
    for source, target in sorted(set(live.copies) - ours):
        filled.setdefault(target, []).append(source)
    for target, sources in sorted(filled.items()):
        found.append(Difference(target, f"filled by copyField rules from {', '.join(sources)}", blocking=False))
    for source, target in sorted(ours - set(live.copies)):
        found.append(Difference(target, f"no copyField rule from {source}", blocking=False))
    return found


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
    return found


def compare_analysis(schema: Schema, settings: Mapping[str, Any]) -> list[Difference]:
    """The analyzers, normalizers and filters of ours that an index, or all indices of an alias, lack (blocking) or have
    defined otherwise; `settings` is the answer of _settings.
    """
    wanted = index_body(schema)["settings"]["index"]["analysis"]
    found: list[Difference] = []
    for index in sorted(settings):
        live = settings[index].get("settings", {}).get("index", {}).get("analysis", {})
        place = f" in {index}" if len(settings) > 1 else ""
        for kind, definitions in wanted.items():
            for name, definition in definitions.items():
                has = live.get(kind, {}).get(name)
                if has is None:
                    found.append(Difference(f"{kind} {name}", f"not there{place}"))
                elif has != _as_settings(definition):
                    found.append(Difference(f"{kind} {name}", f"differs{place}", blocking=False))
    return found


def solr_answer(session: requests.Session, target: Target, path: str, **params: str) -> Json:
    """The JSON that a path of a core answers. Raises PermanentError or TransientError."""
    return solr_json(target, session.get(f"{target.base}/{target.index}/{path}", params={"wt": "json", **params}))


def solr_json(target: Target, response: requests.Response) -> Json:
    """An answer's JSON object. Raises PermanentError with Solr's own words where it refused, TransientError where the
    answer lost its end.
    """
    if response.status_code >= 400:
        raise PermanentError(f"{target}: {shorten(engine_words(response.content))}")
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise not_json(str(target), response.content)
    return answer


def _sendable(schema: Schema) -> Iterator[Field]:
    """The fields and patterns that documents may hold: not the engine's own, not those for sorting at random."""
    yield from (field for field in schema if field.name not in ENGINE_FIELDS)
    yield from (field for field in schema.dynamic if schema.types[field.type]["kind"] != "random")


def _matches(pattern: str, name: str) -> bool:
    """Solr's dynamic patterns: one `*`, at the start or at the end."""
    if pattern.startswith("*"):
        return name.endswith(pattern[1:])
    return name.startswith(pattern.removesuffix("*"))


def _multi(properties: Json | None) -> bool:
    return bool(properties and properties.get("multiValued"))


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


def _compare_mapping(name: str, wanted: Json, live: Json, place: str) -> Iterator[Difference]:
    """What differs in one field's mapping. Another type blocks: sorting, facets and exact values would go wrong."""
    if wanted["type"] != live.get("type", "object"):
        yield Difference(name, f"its type is {live.get('type', 'object')}, not {wanted['type']}{place}")
        return
    for key in ("analyzer", "search_analyzer", "normalizer", "fields", "copy_to", "format"):
        if wanted.get(key) != live.get(key):
            yield Difference(name, f"its {key} differs{place}", blocking=False)
