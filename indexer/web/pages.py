"""The pages: search, all values of a facet, a record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from indexer.engines.analysis import stems_of
from indexer.engines.base import Found, Hit, Index, Query
from indexer.engines.query import BEGINS, only_stop_words, parse_words, search_type
from indexer.jobs.why import explain_hit
from indexer.model.documents import Fields
from indexer.web import export
from indexer.web.asked import LIMITS, LONGEST_VALUE, RESULTS, SORTS, Asked, check_exact, clean, number, search_of
from indexer.web.made import made, original, readable
from indexer.web.record import (
    LONGEST_SHOWN,
    first,
    page_of,
    search_for,
    shown,
    similar,
    staff_rows,
    title,
    values,
    versions,
    web_address,
    year,
)
from indexer.web.render import language_of, page
from indexer.web.words import marked, snippet

FACETS = ("format", "author_facet", "topic_facet", "language", "publishDate", "collection", "institution")
SHOWN_VALUES = 6  # of a facet; the rest is a page of its own
ALL_VALUES = 200
SHORTEST_TYPED = 2  # characters that are looked for while somebody types
SUGGESTED = 4  # of a kind
LONGEST_TYPED = 200
MOST_LEFT_OUT = 12  # words of a search of which each is left out, where it finds nothing
NEW = 50  # records in the feed of what is new
TEXT = "text/plain; charset=utf-8"


def results(request: Request) -> Response:
    """Search/Results: what was found, as a page or, with `view`, for programs."""
    view = request.query_params.get("view", "list")
    asked = search_of(request.query_params)
    index: Index = request.app.state.index
    if view in EXPORTS:
        return EXPORTS[view](request, asked, [hit.fields for hit in index.search(asked.query(suggest=False)).hits])
    asked = replace(asked, limit=asked.limit or LIMITS[0])
    found = index.search(asked.query(FACETS, facet_limit=SHOWN_VALUES + 1))
    fewer = without_one(index, asked) if not found.total else []
    return page(request, "results.html", fewer=fewer, **results_of(asked, found))


def without_one(index: Index, asked: Asked) -> list[tuple[str, int, Asked]]:
    """Of a search that finds nothing: each word without which it finds something, how much that is, and that search."""
    clauses = parse_words(asked.lookfor) or ()
    if search_type(asked.type).exact or not 1 < len(clauses) <= MOST_LEFT_OUT:
        return []
    found = []
    for left_out in clauses:
        if only_stop_words([left_out]):
            continue
        rest = " ".join(f'"{each.text}"' if each.phrase else each.text for each in clauses if each is not left_out)
        fewer = replace(asked, lookfor=rest, page=1)
        total = index.search(replace(fewer, limit=0).query(suggest=False)).total
        if total:
            found.append((left_out.text, total, fewer))
    return found


def results_of(asked: Asked, found: Found) -> dict[str, Any]:
    stems = stems_of(asked.lookfor)
    last = asked.last_page(found.total)
    return {
        "asked": asked,
        "found": found,
        "hits": [hit_of(hit, stems) for hit in found.hits],
        "facets": [(name, found.facets[name]) for name in FACETS if found.facets.get(name)],
        "shown_values": SHOWN_VALUES,
        "first": (asked.page - 1) * asked.limit + 1,
        "last": min(asked.page * asked.limit, found.total),
        "pages": [number for number in range(asked.page - 3, asked.page + 4) if 1 <= number <= last],
        "last_page": last,
        "sorts": list(SORTS),
        "limits": LIMITS,
        "exports": list(EXPORTS),
        "suggested": replace(asked, lookfor=found.suggestion or "", page=1),
        "no_filters": replace(asked, chosen=(), page=1),
        "everywhere": replace(asked, type="AllFields", page=1),
    }


def hit_of(hit: Hit, stems: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A record in a list."""
    fields = hit.fields
    people = values(fields, "author", "author_corporate")
    return {
        "url": page_of(hit.id),
        "title": marked(title(fields), stems),
        "people": [marked(name, stems) for name in people[:3]],
        "more_people": max(0, len(people) - 3),
        "year": year(fields),
        "formats": values(fields, "format"),
        "host": first(fields, "container_title"),
        "snippet": snippet(first(fields, "description"), stems) if stems else None,
        "online": next((url for url in map(web_address, values(fields, "url")) if url), ""),
    }


def home(request: Request) -> Response:
    """The first page: the box, what is in the index, and what it is of."""
    index: Index = request.app.state.index
    asked = Asked(limit=0)
    found = index.search(asked.query(FACETS, facet_limit=SHOWN_VALUES + 1, suggest=False))
    facets = [(name, found.facets[name]) for name in FACETS if found.facets.get(name)]
    return page(request, "home.html", found=found, facets=facets, shown_values=SHOWN_VALUES)


def facet_list(request: Request) -> Response:
    """Every value of a facet in a search, up to a limit."""
    name = request.query_params.get("facet", "")
    check_exact(name)
    asked = search_of(request.query_params)
    query = Asked(asked.lookfor, asked.type, asked.chosen, limit=0).query(
        (name,), facet_limit=ALL_VALUES, suggest=False
    )
    found = request.app.state.index.search(query)
    return page(request, "facet.html", asked=asked, name=name, counted=found.facets[name], most=ALL_VALUES)


def suggestions(request: Request) -> Response:
    """Titles, names and subjects that begin as what is typed, for the box of a page: what they are, where they lead."""
    asked = search_of(request.query_params)
    begins = Query(asked.lookfor, type=BEGINS, limit=0, facet_limit=ALL_VALUES, suggest=False)
    typed = " ".join(asked.lookfor.lower().split())
    found: list[tuple[str, str, str]] = []
    if len(typed) < SHORTEST_TYPED:
        return JSONResponse(found)
    if asked.type in ("AllFields", "Title", "JournalTitle"):
        hits = request.app.state.index.search(replace(begins, within="title_sort", limit=SUGGESTED)).hits
        found += [(title(hit.fields), "title", page_of(hit.id)) for hit in hits]
    for name, type_, kind in (("author_facet", "Author", "author"), ("topic_facet", "Subject", "topic")):
        if asked.type in ("AllFields", type_):
            counted = request.app.state.index.search(replace(begins, within=name, facets=(name,))).facets[name]
            values = [value for value, _ in counted if value.lower().startswith(typed)]
            found += [(value, kind, search_for(type_, value)) for value in values[:SUGGESTED]]
    t = language_of(request)
    shown = [{"text": text[:LONGEST_TYPED], "kind": t(f"suggested_{kind}"), "url": url} for text, kind, url in found]
    return JSONResponse(shown, headers={"cache-control": "private, max-age=60", "vary": "accept-language, cookie"})


def record(request: Request) -> Response:
    """Record/ID: the record, what is like it, and every stored field; with `style` its citation."""
    id = request.path_params["id"]
    index: Index = request.app.state.index
    fields = index.get([id]).get(id) if len(id) <= 1_000 and clean(id, strip=False) == id else None
    if fields is None:
        raise HTTPException(404)
    style = request.query_params.get("style", "")
    if style in EXPORTS:
        return EXPORTS[style](request, Asked(), [fields])
    if request.query_params.get("view") == "made":
        return _made(request, id, fields)
    if request.query_params.get("view") == "why":
        return _why(request, id, fields)
    base = str(request.base_url).rstrip("/")
    return page(
        request,
        "record.html",
        record=shown(fields),
        similar=[hit_of(hit) for hit in similar(index, fields)],
        versions=[hit_of(hit) for hit in versions(index, fields)],
        staff=staff_rows(fields),
        has_rules="fullrecord" in fields,
        coins=export.coins(fields),
        json_ld=export.json_ld(fields, base + page_of(id)),
        styles=[name for name in EXPORTS if name != "rss"],
    )


def _made(request: Request, id: str, fields: Fields) -> Response:
    raw = original(fields)
    profile, found = made(fields, raw) if raw else ("", [])
    text = readable(raw) if raw else first(fields, "fullrecord")[:LONGEST_SHOWN]
    return page(request, "made.html", id=id, title=title(fields), profile=profile, made=found, raw=text)


def _why(request: Request, id: str, fields: Fields) -> Response:
    """Why a search finds this record, or does not; the search is in the URL as that of the results is."""
    asked = search_of(request.query_params)
    field, value = request.query_params.get("narrow", ""), clean(request.query_params.get("to", ""))
    if field and value:
        check_exact(field)
        asked = asked.with_(field, language_of(request).value_of(field, value[:LONGEST_VALUE]))
    wanted = replace(asked, sort="relevance", page=1).query()
    looks = search_type(asked.type)
    looked_at = [*looks.fields, *looks.exact]
    found = explain_hit(request.app.state.index, wanted, id) if asked.lookfor or asked.chosen else None
    return page(
        request, "why.html", id=id, title=title(fields), asked=asked, why=found, facets=FACETS, looked_at=looked_at
    )


def new(request: Request) -> Response:
    """The records that came into the index last, as an Atom feed; without dates in the index it is empty."""
    asked = Asked(limit=number(request.query_params, "limit", NEW, 1, NEW))
    query = replace(asked.query(suggest=False), sort="-first_indexed")
    found = [hit.fields for hit in request.app.state.index.search(query).hits if first(hit.fields, "first_indexed")]
    return _atom(request, asked, found)


def description(request: Request) -> Response:
    """By which a browser or a reference manager searches here (OpenSearch 1.1)."""
    base = str(request.base_url).rstrip("/")
    response = page(request, "opensearch.xml", base=base)
    response.headers["content-type"] = "application/opensearchdescription+xml"
    return response


def _file(text: str, media_type: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-cache"}
    return Response(text, media_type=media_type, headers=headers)


def _json(_request: Request, _asked: Asked, found: list[Fields]) -> Response:
    return JSONResponse(found)


def _csv(_request: Request, _asked: Asked, found: list[Fields]) -> Response:
    return _file(export.csv_table(found), "text/csv; charset=utf-8", "records.csv")


def _ris(_request: Request, _asked: Asked, found: list[Fields]) -> Response:
    return _file(export.ris(found), "application/x-research-info-systems; charset=utf-8", "records.ris")


def _bibtex(_request: Request, _asked: Asked, found: list[Fields]) -> Response:
    return _file(export.bibtex(found), "application/x-bibtex; charset=utf-8", "records.bib")


def _atom(request: Request, asked: Asked, found: list[Fields]) -> Response:
    base = str(request.base_url).rstrip("/")
    here = quote(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    name = f"{language_of(request)('site')}: {asked.lookfor}" if asked.lookfor else language_of(request)("site")
    feed = export.atom(found, base=base, self_url=here, html_url=asked.url(), name=name)
    return Response(feed, media_type="application/atom+xml; charset=utf-8", headers={"cache-control": "no-cache"})


EXPORTS: dict[str, Callable[[Request, Asked, list[Fields]], Response]] = {
    "json": _json,
    "csv": _csv,
    "ris": _ris,
    "bibtex": _bibtex,
    "rss": _atom,
}

Pages = tuple[tuple[str, Callable[[Request], Response]], ...]
ASIDE: Pages = (("/Search/Suggest", suggestions),)  # may not keep anybody from an answer
ENDPOINTS: Pages = (
    ("/", home),
    (RESULTS, results),
    ("/Search/FacetList", facet_list),
    ("/Search/NewItem", new),
    ("/Search/OpenSearch", description),
    ("/Record/{id:path}", record),
)
