"""Holds a live schema against biblio.toml before anything is sent.

Solr's is read through its Schema API, as it was loaded; Elasticsearch's and OpenSearch's from the mapping. Nothing here
writes.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import requests

from indexer.engines.base import Difference
from indexer.engines.elastic.schema import ENGINE_FIELDS, index_body
from indexer.engines.http import engine_words, not_json, shorten
from indexer.engines.solr import update_chain
from indexer.engines.solr.update_chain import OWN, UpdateChain
from indexer.model.errors import PermanentError, TargetError
from indexer.model.schema import Field, Schema, biblio, longest_first
from indexer.model.targets import Target

INSTALL = (
    "`indexer schema install --target ...` puts the bundled schema where there is none; in a schema of your own,\n"
    "change what is named, or give another core, collection or index. `indexer schema check` tells every difference.\n"
    "Nothing was sent."
)
#: What a Solr field of a class takes, by the class's simple name. Others are not judged.
_TAKES = {
    **dict.fromkeys(("StrField", "TextField", "SortableTextField", "CollationField", "ICUCollationField"), "text"),
    **{f"{size}PointField": "numbers" for size in ("Int", "Long", "Float", "Double")},
    **{f"Trie{size}Field": "numbers" for size in ("Int", "Long", "Float", "Double")},
    **dict.fromkeys(("DatePointField", "TrieDateField", "DateRangeField"), "dates"),
    **dict.fromkeys(("EnumField", "EnumFieldType"), "values of a fixed list"),
    **dict.fromkeys(("CurrencyField", "CurrencyFieldType"), "amounts of money"),
    **dict.fromkeys(("LatLonPointSpatialField", "BBoxField", "PointType"), "places"),
    **dict.fromkeys(("SpatialRecursivePrefixTreeFieldType", "RptWithGeometrySpatialField"), "places"),
    "BoolField": "true and false",
    "BinaryField": "bytes",
    "UUIDField": "UUIDs",
    "DenseVectorField": "vectors",
    "RandomSortField": "nothing",
}
#: What our kinds of fields are sent as; a text field takes them all.
_SENT = {"long": "numbers", "date": "dates", "boolean": "true and false", "geo": "places"}
MODULE_ADVICE = "Start Solr with its ICU module: SOLR_MODULES=analysis-extras."
LONGEST_TERM = 32_766  # bytes of a string that Lucene indexes or keeps as a doc value
_INTERNAL = ("_version_", "_root_", "_nest_path_", "_nest_parent_")  # Solr's own fields
_NAMED = 8  # fields that a message names before it counts the rest
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LiveSolr:
    """A core's schema: fields and dynamic patterns with Solr's own properties, defaults included; the copyField rules
    as (source, target) pairs; the class of each field type; and the chain that updates go through.
    """

    fields: dict[str, Json]
    dynamic: dict[str, Json]
    copies: tuple[tuple[str, str], ...]
    types: dict[str, str] = dataclasses.field(default_factory=dict)
    unique_key: str | None = "id"
    chain: UpdateChain = OWN
    dictionaries: tuple[str, ...] = ()  # of spelling, that are built when the index is optimized

    def field(self, name: str) -> Json | None:
        """The properties of this field, or of the longest dynamic pattern that matches it (Solr's rule), or None."""
        if name in self.fields or name in self.dynamic:
            return self.fields.get(name) or self.dynamic[name]
        matching = [pattern for pattern in self.dynamic if _matches(pattern, name)]
        return self.dynamic[max(matching, key=len)] if matching else None

    @property
    def omit(self) -> frozenset[str]:
        """Fields not to be sent, because a copyField rule fills them from what we send: those that are nothing but
        copies, those that hold one value, which Solr would refuse as a second one, and those of its own, unless a
        profile gives them values besides.
        """
        ours = biblio()
        copied = ours.copy_targets - ours.copies.keys()
        both = ours.with_live(self.schema)
        found = set()
        for source, target in self.copies:
            known = ours.field(target) is not None
            if "*" in target or not _is_sent(source, ours if known else both):
                continue
            if not known or target in copied or not _multi(self.field(target)):
                found.add(target)
        return frozenset(found)

    @property
    def schema(self) -> Schema:
        """Its fields and patterns as ours are written."""
        named = [_as_field(name, row) for name, row in self.fields.items() if name not in _INTERNAL]
        return dataclasses.replace(
            biblio(),
            name="live",
            unique_key=self.unique_key or "",
            fields={field.name: field for field in named},
            dynamic=longest_first([_as_field(name, row) for name, row in self.dynamic.items()]),
            copies={},
            open=False,
        )

    def site_fields(self, ours: Schema) -> list[str]:
        """The names and patterns that it has and we do not."""
        patterns = {field.name for field in ours.dynamic}
        names = [name for name in self.fields if ours.field(name) is None and name not in _INTERNAL]
        return [*names, *(name for name in self.dynamic if name not in patterns)]


def live_solr_schema(session: requests.Session, target: Target) -> LiveSolr:
    """Reads the schema of a core or collection. Raises PermanentError (404 without one) or TransientError."""
    fields = solr_answer(session, target, "schema/fields", showDefaults="true")["fields"]
    dynamic = solr_answer(session, target, "schema/dynamicfields", showDefaults="true")["dynamicFields"]
    copies = solr_answer(session, target, "schema/copyfields")["copyFields"]
    types = solr_answer(session, target, "schema/fieldtypes")["fieldTypes"]
    config = _live_config(session, target)
    return LiveSolr(
        fields={row["name"]: row for row in fields},
        dynamic={row["name"]: row for row in dynamic},
        copies=tuple((row["source"], row["dest"]) for row in copies),
        types={row["name"]: str(row.get("class", "")) for row in types},
        unique_key=solr_answer(session, target, "schema/uniquekey").get("uniqueKey"),
        chain=update_chain.read(config),
        dictionaries=tuple(update_chain.built_on_optimize(config)),
    )


def _live_config(session: requests.Session, target: Target) -> bytes:
    """The solrconfig.xml; empty where the server does not let us see it: its update chain counts as Solr's own then."""
    try:
        return live_file(session, target, "solrconfig.xml")
    except PermanentError:
        return b""


def live_file(session: requests.Session, target: Target, name: str) -> bytes:
    """A file of the live configset; empty when it has none of this name (a managed schema)."""
    url = f"{target.base}/{target.index}/admin/file"
    try:
        response = session.get(url, params={"file": name, "contentType": "text/xml;charset=utf-8"})
    except PermanentError as error:
        if "HTTP 404" not in error.message:
            raise
        return b""
    return response.content if response.status_code < 400 else b""


def missing_fields(schema: Schema, live: LiveSolr) -> list[str]:
    """The fields and dynamic patterns of the schema that a core has not, in the order of biblio.toml."""
    return [field.name for field in _sendable(schema) if live.field(field.name) is None]


def check_solr(session: requests.Session, target: Target) -> LiveSolr:
    """Checks that a core takes our documents. Gives its schema.

    Raises PermanentError when fields are missing, hold one value where we send several or what is no text, when it has
    another unique key, asks for fields that nothing fills, or its update chain drops what we send; TransientError.
    """
    try:
        live = live_solr_schema(session, target)
    except TargetError as error:  # a core that cannot be loaded answers 500, as one that ails does
        raise _not_started(session, target) or error from None
    omit = live.omit
    refuse(target, [row for row in compare_solr(biblio(), live) if row.field not in omit])
    return live


def start_failure(session: requests.Session, target: Target) -> str | None:
    """Why a standalone Solr could not load this core, in its own words; None where it says nothing of it."""
    params = {"action": "STATUS", "core": target.index, "wt": "json"}
    answer = solr_json(target, session.get(f"{target.base}/admin/cores", params=params))
    failure = answer.get("initFailures", {}).get(target.index)
    return str(failure) if failure else None


def start_advice(words: str) -> str:
    return (
        "Start Solr with its ICU module: SOLR_MODULES=analysis-extras." if "ICU" in words else "Solr's log says more."
    )


def _not_started(session: requests.Session, target: Target) -> PermanentError | None:
    try:
        failure = start_failure(session, target)
    except TargetError:
        return None
    if failure is None:
        return None
    return PermanentError(f"{target}: the core does not start: {failure}", advice=start_advice(failure))


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
    if live.unique_key != schema.unique_key:
        other = live.unique_key or "nothing"
        found.append(Difference(schema.unique_key, f"is not the unique key there, but {other} is"))
    for field in () if schema.alone else _sendable(schema):
        properties = live.field(field.name)
        if properties is None:
            found.append(Difference(field.name, "not there"))
            continue
        if field.multi != _multi(properties):
            has, wanted = ("one value", "several") if field.multi else ("several values", "one")
            found.append(Difference(field.name, f"holds {has}, not {wanted}", blocking=field.multi))
        takes = _TAKES.get(live.types.get(properties["type"], "").rpartition(".")[2], "text")
        refuses = takes not in ("text", _SENT.get(schema.types[field.type]["kind"]))
        if refuses or properties["type"] != field.type:
            told = f", which takes {takes} alone" if refuses else ""
            problem = f"its type is {properties['type']}, not {field.type}{told}"
            found.append(Difference(field.name, problem, blocking=refuses))
        for key, wanted_flag in (("indexed", field.indexed), ("stored", field.stored)):
            if properties[key] != wanted_flag:
                found.append(Difference(field.name, f"is {'not ' if wanted_flag else ''}{key}", blocking=False))
        if _is_cut_short(field, properties, schema):
            problem = f"is indexed or has docValues there: a value of more than {LONGEST_TERM:,} bytes is refused"
            found.append(Difference(field.name, problem, blocking=False))
    found += _required(schema, live)
    found += [Difference(*trouble) for trouble in update_chain.troubles(live.chain, schema)]
    for name in [] if schema.alone else live.site_fields(schema):
        found.append(Difference(name, _taken(live.fields.get(name) or live.dynamic[name]), blocking=False))
    ours = {(source, target) for source, targets in schema.engine_copies.items() for target in targets}
    filled: dict[str, list[str]] = {}
    for source, target in sorted(set(live.copies) - ours):
        filled.setdefault(target, []).append(source)
    for target, sources in sorted(filled.items()):
        found.append(Difference(target, f"filled by copyField rules from {', '.join(sources)}", blocking=False))
    if live.dictionaries:
        problem = f"builds the spelling dictionaries {', '.join(live.dictionaries)} when it is optimized: solr.optimize"
        found.append(Difference("solrconfig.xml", problem, blocking=False))
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


def _is_cut_short(field: Field, properties: Json, schema: Schema) -> bool:
    """Whether long values, which we keep in a field that is only stored, are too long for this one."""
    only_stored = schema.types[field.type]["kind"] == "string" and not (field.indexed or field.doc_values)
    return only_stored and bool(properties.get("indexed") or properties.get("docValues"))


def _required(schema: Schema, live: LiveSolr) -> Iterator[Difference]:
    """Fields without which Solr refuses a document: those that we never send, and those that a record may lack."""
    copied = {target for source, target in live.copies if _is_sent(source, schema)}
    for name, properties in live.fields.items():
        if not properties.get("required") or name in (live.unique_key, *ENGINE_FIELDS) or "default" in properties:
            continue
        if name in copied or name in live.chain.fills:
            continue
        if schema.field(name) is None and not schema.alone:
            yield Difference(
                name, "is required there, and nothing fills it: give it a default, or make it not required"
            )
        else:
            yield Difference(name, "is required there: a record without it is refused", blocking=False)


def _is_sent(source: str, schema: Schema) -> bool:
    """Whether documents may hold a field that this source of a copyField rule, which may be a pattern, stands for."""
    if "*" not in source:
        return schema.field(source) is not None
    pattern = re.compile(re.escape(source).replace(r"\*", ".*"))
    return any(pattern.fullmatch(each.name) for each in _sendable(schema))


def _as_field(name: str, properties: Json) -> Field:
    return Field(
        name,
        properties["type"],
        multi=_multi(properties),
        indexed=bool(properties.get("indexed", True)),
        stored=bool(properties.get("stored", True)),
    )


def _taken(properties: Json) -> str:
    values = "several values" if _multi(properties) else "one value"
    return f"a field of this index alone ({properties['type']}, {values}): profiles and dumps may give it"


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
