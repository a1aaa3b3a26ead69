"""The OpenAPI description of /api/v1."""

from typing import Any

from indexer import __version__
from indexer.engines.query import SEARCH_TYPES
from indexer.model.schema import biblio
from indexer.web.asked import DEEPEST, LIMITS, LONGEST_TEXT, MOST_FACETS, MOST_FILTERS, SORTS, is_exact

Json = dict[str, Any]


def document(record_fields: list[str], most_ids: int) -> Json:
    """OpenAPI 3.1 of what is answered, with its limits."""
    field = _many("field", "Fields of each record in the answer.", {"enum": record_fields}, len(record_fields))
    pretty = _one("prettyPrint", "Whether the answer is for people to read.", {"type": "boolean"})
    language = _one("lng", "Language of messages.", {"enum": ["en", "es", "de", "fr"]})
    exact = [field.name for field in biblio() if is_exact(field.name)]
    filters = {"type": "string", "pattern": f'^[-~]?({"|".join(exact)}):"[^"]*"$'}
    search = [
        _one("lookfor", 'Words that must all match; "..." is a phrase.', {"type": "string", "maxLength": LONGEST_TEXT}),
        _one("type", "Where they are looked for.", {"enum": list(SEARCH_TYPES), "default": "AllFields"}),
        _many("filter", "- before it excludes, ~ makes it one of several.", filters, MOST_FILTERS),
        _many("facet", "Fields whose values are counted.", {"enum": exact}, MOST_FACETS),
        _one("sort", "The order.", {"enum": list(SORTS), "default": "relevance"}),
        _one("page", f"Up to record {DEEPEST:,}.", {"type": "integer", "minimum": 1, "default": 1}),
        _one(
            "limit",
            "Records in the answer.",
            {"type": "integer", "minimum": 0, "maximum": LIMITS[-1], "default": LIMITS[0]},
        ),
    ]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Search", "version": __version__, "description": "As VuFind's API, version 1."},
        "servers": [{"url": "/api/v1"}],
        "paths": {
            "/search": {"get": _get("Records that match", [*search, field, pretty, language], not_found=False)},
            "/record": {
                "get": _get(
                    "Records by their ids",
                    [
                        _many("id", "Ids of records.", {"type": "string"}, most_ids, required=True),
                        field,
                        pretty,
                        language,
                    ],
                    not_found=True,
                )
            },
        },
        "components": {"schemas": {"Answer": _ANSWER, "Error": _ERROR}},
    }


_ERROR: Json = {
    "type": "object",
    "properties": {"status": {"const": "ERROR"}, "statusMessage": {"type": "string"}},
    "required": ["status", "statusMessage"],
}
_FACET: Json = {
    "type": "object",
    "properties": {
        "value": {"type": "string"},
        "translated": {"type": "string"},
        "count": {"type": "integer", "minimum": 1},
        "href": {"type": "string"},
        "isApplied": {"type": "boolean"},
    },
    "required": ["value", "translated", "count", "href", "isApplied"],
}
_ANSWER: Json = {
    "type": "object",
    "properties": {
        "resultCount": {"type": "integer", "minimum": 0},
        "records": {"type": "array", "items": {"type": "object"}},
        "facets": {"type": "object", "additionalProperties": {"type": "array", "items": _FACET}},
        "status": {"const": "OK"},
    },
    "required": ["resultCount", "status"],
}


def _get(summary: str, parameters: list[Json], *, not_found: bool) -> Json:
    errors = {"400": "Something in the request cannot be answered.", "503": "Too much is asked at once."}
    if not_found:
        errors["404"] = "There is no such record."
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": _content("Answer")},
            **{status: {"description": why, "content": _content("Error")} for status, why in errors.items()},
        },
    }


def _content(schema: str) -> Json:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _one(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _many(name: str, description: str, items: Json, most: int, *, required: bool = False) -> Json:
    schema = {"type": "array", "items": items, "maxItems": most} | ({"minItems": 1} if required else {})
    return (
        _one(f"{name}[]", description, schema)
        | {"explode": True, "style": "form"}
        | ({"required": True} if required else {})
    )
