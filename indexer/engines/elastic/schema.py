"""Compiles the schema into schemas/elastic/biblio.json: settings and strict mappings for Elasticsearch and OpenSearch.

The same file suits Elasticsearch 8 and 9 and OpenSearch 2 and 3: it uses only filters that both have built in. Where
Solr's chains (docs/fields.md) need a plugin or a file on the server, the nearest built-in stands in:

- standard tokenizer for ICU's (both follow UAX #29; they differ in Thai, Lao, Khmer and CJK); for ICU folding lowercase
  and asciifolding, which knows no accent that stands behind its letter (as MARC data has them): those go before;
- no protected words: they would be a file on every node;
- a text type that keeps the whole value through normalizing filters only (textFacet, callnumberSearch) is a keyword
  with a normalizer: facets count what Solr's do, `_source` keeps the value as it was sent;
- textSpellShingle has single words as well as pairs, which the phrase suggester needs to weigh one by the other;
- a geo value stays a keyword: VuFind's ENVELOPE and point forms go in and come back as they are. geo_shape would take
  ENVELOPE, but refuse the other forms, and with them the whole document;
- what Solr does not index (fullrecord) is a keyword without index and doc values: only in `_source`.

Unknown fields are refused as by Solr, and the dynamic patterns work. `dynamic: strict` would refuse those too (only new
OpenSearch has strict_allow_templates), so the mapping is dynamic and its last template gives every field that nothing
else matches a date type whose format no value has: its document is rejected, the mapping stays as it was.

Nothing has `ignore_above`: a value over Lucene's 32,766 bytes makes its document fail aloud, as in Solr, instead of
being left out of searches and facets in silence.
"""

import re
from typing import Any

import orjson

from indexer.engines.preflight import ENGINE_FIELDS
from indexer.engines.solr.schema import NUMERALS
from indexer.model.schema import Field, Schema

PATH = "elastic/biblio.json"

# A date format that is one literal: Elasticsearch quotes it when it rejects a document with a field we don't have.
UNKNOWN = "'(this field is not in the biblio schema)'"

_NORMALIZING = frozenset({"pattern_replace", "icu_folding", "lowercase"})
_FOLDING = ("lowercase", "asciifolding")
_MARKS = "marks"  # accents of their own, and the signs by which romanisation writes what is no letter
_MARKS_PATTERN = r"[\u02B9-\u02D1\u0300-\u036F]"
_SORTED = "_sort"  # fields to sort by get a normalizer, so that case and accents do not part what files together
_SORT_NORMALIZER = "sort"
Json = dict[str, Any]


def index_body(schema: Schema) -> Json:
    """`settings` and `mappings`, as an index or the `template` of an index template takes them."""
    analysis = _Analysis(schema)
    properties = {
        field.name: analysis.mapping(field) for field in sorted(schema, key=_by_name) if field.name not in ENGINE_FIELDS
    }
    # The first template that matches wins, here as in Solr the longest suffix: `schema.dynamic` is sorted so.
    templates = [
        {field.name.lstrip("*_"): {"match": field.name, "mapping": analysis.mapping(field)}}
        for field in schema.dynamic
        if schema.types[field.type]["kind"] != "random"
    ]
    templates.append({"unknown": {"match": "*", "mapping": {"type": "date", "format": UNKNOWN}}})
    return {
        "settings": {"index": {"mapping": {"total_fields": {"limit": 2000}}, "analysis": analysis.settings()}},
        "mappings": {
            "_meta": {"schema": schema.name, "version": schema.version},
            "dynamic": True,
            "date_detection": False,
            "numeric_detection": False,
            "dynamic_templates": templates,
            "properties": properties,
        },
    }


def template_json(schema: Schema) -> str:
    """The text of schemas/elastic/biblio.json."""
    return orjson.dumps(index_body(schema), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _by_name(field: Field) -> str:
    return field.name


class _Analysis:
    """Collects the analyzers, normalizers and filters that the mappings name."""

    def __init__(self, schema: Schema) -> None:
        self._types = schema.types
        self._stop_words = list(schema.stop_words)
        self._copies = schema.engine_copies
        self._filters: Json = {}
        self._char_filters: Json = {_MARKS: {"type": "pattern_replace", "pattern": _MARKS_PATTERN, "replacement": ""}}
        self._analyzers: Json = {}
        self._normalizers: Json = {
            _SORT_NORMALIZER: {"type": "custom", "char_filter": [_MARKS], "filter": list(_FOLDING)}
        }
        self._keyword_types: set[str] = set()
        for name, definition in schema.types.items():
            if definition["kind"] == "text":
                self._text_type(name, definition)

    def settings(self) -> Json:
        return {
            "char_filter": self._char_filters,
            "filter": self._filters,
            "analyzer": self._analyzers,
            "normalizer": self._normalizers,
        }

    def mapping(self, field: Field) -> Json:
        """The mapping of one field. Whether it is stored and multi-valued, a mapping does not say."""
        kind = self._types[field.type]["kind"]
        if kind == "text" and field.type not in self._keyword_types:
            return self._text_mapping(field)
        if kind in ("boolean", "long"):
            return {"type": kind}
        if kind == "date":
            return {"type": "date", "format": "strict_date_optional_time"}
        if not field.indexed:
            return {"type": "keyword", "index": False, "doc_values": False}
        mapping: Json = {"type": "keyword"}
        if field.type in self._keyword_types:
            mapping["normalizer"] = field.type
        elif field.name.endswith(_SORTED):
            mapping["normalizer"] = _SORT_NORMALIZER
        if field.name in self._copies:
            mapping["copy_to"] = list(self._copies[field.name])
        return mapping

    def _text_mapping(self, field: Field) -> Json:
        mapping: Json = {"type": "text", "analyzer": field.type}
        if f"{field.type}_query" in self._analyzers:
            mapping["search_analyzer"] = f"{field.type}_query"
        if field.term_vectors:
            mapping["term_vector"] = "yes"
        if field.offsets:
            mapping["index_options"] = "offsets"
        if not self._types[field.type].get("norms", True):
            mapping["norms"] = False
        if field.keyword:
            mapping["fields"] = {"keyword": {"type": "keyword"}}
        return mapping

    def _text_type(self, name: str, definition: Json) -> None:
        rows = [*definition.get("char_filters", ()), *definition["filters"]]
        whole = definition["tokenizer"] == "keyword"
        if whole and all(row["name"] in _NORMALIZING for row in rows):
            self._keyword_types.add(name)
            self._normalizers[name] = self._normalizer(name, rows)
            return
        # A pattern on the characters before a tokenizer that keeps them all is one on its only token.
        assert whole or not definition.get("char_filters"), name  # noqa: S101 - biblio.toml is ours
        tokenizer = "standard" if definition["tokenizer"] == "icu" else definition["tokenizer"]
        sided = any("side" in row for row in rows)
        index = [row for row in rows if row.get("side") != "query"]
        common: Json = {"type": "custom", "tokenizer": tokenizer} | ({"char_filter": [_MARKS]} if _folds(rows) else {})
        self._analyzers[name] = {**common, "filter": self._chain(name, index)}
        if sided:
            query = [row for row in rows if row.get("side") != "index"]
            self._analyzers[f"{name}_query"] = {**common, "filter": self._chain(name, query)}

    def _normalizer(self, name: str, rows: list[Json]) -> Json:
        """Patterns as char filters: OpenSearch takes them in a normalizer, and refuses them as token filters."""
        patterns = [row for row in rows if row["name"] == "pattern_replace"]
        assert rows[: len(patterns)] == patterns, name  # noqa: S101 - biblio.toml is ours
        for number, row in enumerate(patterns, 1):
            self._char_filters[f"{name}_{number}"] = {"type": "pattern_replace", **_pattern(row)}
        return {
            "type": "custom",
            "char_filter": [
                *(f"{name}_{number}" for number in range(1, len(patterns) + 1)),
                *([_MARKS] if _folds(rows) else ()),
            ],
            "filter": self._chain(name, rows[len(patterns) :]),
        }

    def _chain(self, owner: str, rows: list[Json]) -> list[str]:
        """The names of a chain's filters; those with settings are defined under a name of their own."""
        names: list[str] = []
        for row in rows:
            match row["name"]:
                case "protected_words":
                    pass
                case "synonyms":
                    names.append(self._define("numerals", {"type": "synonym_graph", "synonyms": _numerals()}))
                case "icu_folding":
                    names += _FOLDING
                case "lowercase":
                    names.append("lowercase")
                case "word_delimiter":
                    names.append(self._define(f"words_{'index' if row['catenate'] else 'query'}", _words(row)))
                case "stop":
                    stop = {"type": "stop", "stopwords": self._stop_words, "ignore_case": True}
                    names.append(self._define("english_stop", stop))
                case "english_stemmer":
                    names.append(self._define("english_stemmer", {"type": "stemmer", "language": "porter2"}))
                case "remove_duplicates":
                    names.append(self._define("remove_duplicates", {"type": "unique", "only_on_same_position": True}))
                case "shingle":
                    size = row["size"]
                    shape = {"min_shingle_size": size, "max_shingle_size": size, "output_unigrams": True}
                    names.append(self._define("pairs", {"type": "shingle", **shape}))
                case "edge_ngram":
                    shape = {"min_gram": row["min"], "max_gram": row["max"]}
                    names.append(self._define("beginnings", {"type": "edge_ngram", **shape}))
                case "length":
                    names.append(
                        self._define(f"{owner}_length", {"type": "length", "min": row["min"], "max": row["max"]})
                    )
                case "pattern_replace":
                    number = sum(bool(re.fullmatch(rf"{re.escape(owner)}_\d+", name)) for name in names) + 1
                    names.append(self._define(f"{owner}_{number}", {"type": "pattern_replace", **_pattern(row)}))
                case other:
                    raise ValueError(f"type {owner}: no built-in filter stands for {other!r}")
        return names

    def _define(self, name: str, settings: Json) -> str:
        self._filters[name] = settings
        return name


def _folds(rows: list[Json]) -> bool:
    return any(row["name"] == "icu_folding" for row in rows)


def _numerals() -> list[str]:
    """The synonyms in every case: they are looked up before case is folded, and no option makes that of no account."""
    forms = ([form for one in forms for form in (one, one.upper(), one.capitalize())] for forms in NUMERALS)
    return [",".join(dict.fromkeys(each)) for each in forms]


def _pattern(row: Json) -> Json:
    return {"pattern": row["pattern"], "replacement": row["replacement"]}


def _words(row: Json) -> Json:
    return {
        "type": "word_delimiter_graph",
        "generate_word_parts": True,
        "generate_number_parts": True,
        "split_on_case_change": True,
        "catenate_words": row["catenate"],
        "catenate_numbers": row["catenate"],
        "catenate_all": False,
    }
