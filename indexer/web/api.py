"""/api/v1 with VuFind's parameters and answers, so that clients of VuFind work here."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from indexer.engines.base import Index
from indexer.model.documents import Fields
from indexer.web.asked import BadRequest, facets_of, filters_of, many, search_of
from indexer.web.openapi import document
from indexer.web.record import first, page_of, shown, title, values, web_address

MOST_IDS = 100


def _names(fields: Fields, name: str) -> dict[str, dict[str, list[str]]]:
    roles = fields.get(f"{name}_role", [])
    roles = [roles] if isinstance(roles, str) else roles
    people = fields.get(name, [])
    people = [people] if isinstance(people, str) else people
    padded = [*roles, *[""] * (len(people) - len(roles))]
    return {person: {"role": [role] if role else []} for person, role in zip(people, padded, strict=False)}


#: The fields of a record in an answer, by VuFind's names; the first six are those that come unasked.
RECORD_FIELDS: dict[str, Callable[[Fields], Any]] = {
    "id": lambda fields: first(fields, "id"),
    "title": title,
    "authors": lambda fields: {
        "primary": _names(fields, "author"),
        "secondary": _names(fields, "author2"),
        "corporate": _names(fields, "author_corporate"),
    },
    "formats": lambda fields: values(fields, "format"),
    "languages": lambda fields: values(fields, "language"),
    "series": lambda fields: [{"name": name} for name in values(fields, "series", "series2")],
    "subjects": lambda fields: [[subject] for subject in values(fields, "topic", "geographic", "genre", "era")],
    "urls": lambda fields: [{"url": url, "desc": url} for url in values(fields, "url") if web_address(url)],
    "shortTitle": lambda fields: first(fields, "title_short"),
    "subTitle": lambda fields: first(fields, "title_sub"),
    "summary": lambda fields: values(fields, "description"),
    "publishers": lambda fields: values(fields, "publisher"),
    "publicationDates": lambda fields: values(fields, "publishDate"),
    "edition": lambda fields: first(fields, "edition"),
    "physicalDescriptions": lambda fields: values(fields, "physical"),
    "isbns": lambda fields: values(fields, "isbn"),
    "issns": lambda fields: values(fields, "issn"),
    "callNumbers": lambda fields: values(fields, "callnumber-raw"),
    "containerTitle": lambda fields: first(fields, "container_title"),
    "containerVolume": lambda fields: first(fields, "container_volume"),
    "containerIssue": lambda fields: first(fields, "container_issue"),
    "containerStartPage": lambda fields: first(fields, "container_start_page"),
    "institutions": lambda fields: values(fields, "institution"),
    "buildings": lambda fields: values(fields, "building"),
    "recordPage": lambda fields: page_of(first(fields, "id")),
    "published": lambda fields: [
        link.text for row in shown(fields).rows if row.label == "published" for link in row.values
    ],
    "fullRecord": lambda fields: first(fields, "fullrecord"),
    "rawData": lambda fields: {name: value for name, value in fields.items() if name != "fullrecord"},
}
DEFAULT_FIELDS = ("id", "title", "authors", "formats", "languages", "series", "subjects", "urls")


def search(request: Request) -> Response:
    params = request.query_params
    asked = search_of(params)
    names = _record_fields(many(params, "field"))
    facets = facets_of(many(params, "facet"))
    filters_of(many(params, "facetFilter"))  # taken, as VuFind does, and of no use here
    index: Index = request.app.state.index
    found = index.search(asked.query(facets, suggest=False))
    answer: dict[str, Any] = {"resultCount": found.total}
    if found.hits:
        answer["records"] = [record_of(hit.fields, names) for hit in found.hits]
    if facets:
        answer["facets"] = {
            name: [
                {
                    "value": value,
                    "translated": value,
                    "count": count,
                    "href": asked.with_(name, value).url(""),
                    "isApplied": asked.has(name, value),
                }
                for value, count in found.facets.get(name, [])
            ]
            for name in facets
        }
    return _answer(request, answer | {"status": "OK"})


def record(request: Request) -> Response:
    params = request.query_params
    ids = many(params, "id")
    if not ids:
        raise BadRequest("no_id")
    if len(ids) > MOST_IDS:
        raise BadRequest("too_many", number=MOST_IDS)
    names = _record_fields(many(params, "field"))
    readable = [id for id in dict.fromkeys(ids) if len(id) <= 1_000 and id.isprintable()]
    found: dict[str, Fields] = request.app.state.index.get(readable) if readable else {}
    if not found:
        raise HTTPException(404)
    records = [record_of(found[id], names) for id in readable if id in found]
    return _answer(request, {"resultCount": len(records), "records": records, "status": "OK"})


def record_of(fields: Fields, names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := RECORD_FIELDS[name](fields)) not in ("", None)}


def openapi(_request: Request) -> Response:
    return JSONResponse(document(list(RECORD_FIELDS), MOST_IDS))


def _record_fields(names: list[str]) -> Sequence[str]:
    if any(name not in RECORD_FIELDS for name in names):
        raise BadRequest("no_such_field")
    return list(dict.fromkeys(names)) or DEFAULT_FIELDS


def _answer(request: Request, answer: dict[str, Any]) -> Response:
    indent = 4 if request.query_params.get("prettyPrint", "").lower() in ("1", "true") else None
    text = json.dumps(answer, ensure_ascii=False, indent=indent)
    return Response(text, media_type="application/json", headers={"cache-control": "no-cache"})


ENDPOINTS: tuple[tuple[str, Callable[[Request], Response]], ...] = (
    ("/api/v1/search", search),
    ("/api/v1/record", record),
    ("/api/v1/openapi.json", openapi),
)
