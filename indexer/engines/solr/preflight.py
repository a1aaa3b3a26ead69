"""Holds the live schema of a core or collection against biblio.toml before anything is sent.

It is read through the Schema API, as it was loaded. Nothing here writes.
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import requests

from indexer.engines.base import Difference
from indexer.engines.http import engine_words, not_json, shorten
from indexer.engines.preflight import ENGINE_FIELDS, refuse
from indexer.engines.solr import update_chain
from indexer.engines.solr.update_chain import OWN, UpdateChain
from indexer.engines.solr.words import not_started, refusal
from indexer.model.errors import NotThere, PermanentError, TargetError
from indexer.model.schema import Field, Schema, biblio, longest_first
from indexer.model.targets import Target

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
LONGEST_TERM = 32_766  # bytes of a string that Lucene indexes or keeps as a doc value
_INTERNAL = ("_version_", "_root_", "_nest_path_", "_nest_parent_")  # Solr's own fields
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
    strict: str | None = ""  # as update_chain.without_tolerance has it
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
        strict=update_chain.without_tolerance(config),
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
    except NotThere:
        return b""
    return response.content if response.status_code < 400 else b""


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


def _not_started(session: requests.Session, target: Target) -> PermanentError | None:
    try:
        failure = start_failure(session, target)
    except TargetError:
        return None
    if failure is None:
        return None
    return not_started(target, failure)


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


def solr_answer(session: requests.Session, target: Target, path: str, **params: str) -> Json:
    """The JSON that a path of a core answers. Raises PermanentError or TransientError."""
    return solr_json(target, session.get(f"{target.base}/{target.index}/{path}", params={"wt": "json", **params}))


def solr_json(target: Target, response: requests.Response) -> Json:
    """An answer's JSON object. Raises PermanentError with Solr's own words where it refused, TransientError where the
    answer lost its end.
    """
    if response.status_code >= 400:
        raise refusal(target, shorten(engine_words(response.content)))
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
