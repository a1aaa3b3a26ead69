"""Templates, with what each of them may use: the language, the static files, links that are safe."""

import functools
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from indexer import __version__
from indexer.engines.query import SEARCH_TYPES
from indexer.web.asked import Asked
from indexer.web.languages import COOKIE, Language, best, languages
from indexer.web.record import page_of

LANGUAGE_PARAMETER = "lng"
YEAR = 31_536_000


@functools.cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("indexer.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "types": list(SEARCH_TYPES),
        "version": __version__,
        "page_of": page_of,
        "origin_of": lambda id: page_of(id).replace("/Record/", "/staff/records/", 1),
        "facet_rows": _facet_rows,
        "facets_shown": _facets_shown,
    }
    return environment


# Here and not in templates, for a page has dozens of values, and what a template calls takes longer than what it does.
Counted = Sequence[tuple[str, int]]
FacetRow = tuple[str, str, str]


def _facet_rows(t: Language, asked: Asked, name: str, counted: Counted) -> list[FacetRow]:
    """The values of a facet as they are called, how many records have each, and where it leads: "" for a chosen one."""
    urls = asked.urls_with(name, [value for value, _ in counted])
    return [(t.value(name, value), t.number(count), url) for (value, count), url in zip(counted, urls, strict=True)]


def _facets_shown(
    t: Language, asked: Asked, facets: Sequence[tuple[str, Counted]], most: int
) -> list[tuple[str, str, list[FacetRow], str]]:
    """Each facet: its field, what it is called, its first values, and where all are, or "" where these are all."""
    start = asked.at(1)
    return [
        (
            name,
            t.facet(name),
            _facet_rows(t, start, name, counted[:most]),
            start.url("/Search/FacetList", facet=name) if len(counted) > most else "",
        )
        for name, counted in facets
    ]


def language_of(request: Request) -> Language:
    """What the URL wishes, what was chosen before, what the browser accepts."""
    chosen = request.query_params.get(LANGUAGE_PARAMETER) or request.cookies.get(COOKIE, "")
    return best(chosen, request.headers.get("accept-language", ""))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page in the reader's language. A language that the URL asks for is kept in a cookie."""
    chosen = language_of(request)
    values.setdefault("asked", Asked())
    here = [(name, value) for name, value in request.query_params.multi_items() if name != LANGUAGE_PARAMETER]
    values |= {"for_staff": request.app.state.for_staff, "path": request.url.path, "here": here}
    text = _templates().get_template(template).render(t=chosen, languages=languages(), **values)
    response = HTMLResponse(text, status, {"cache-control": "no-cache", "vary": "accept-language, cookie"})
    if request.query_params.get(LANGUAGE_PARAMETER) == chosen.code:
        response.set_cookie(COOKIE, chosen.code, max_age=YEAR, httponly=True, samesite="lax")
    return response


def part(request: Request, template: str, **values: Any) -> str:
    """A part of a page, in the reader's language."""
    return _templates().get_template(template).render(t=language_of(request), **values)


def refuse(request: Request, status: int, key: str, **values: object) -> Response:
    """An answer that is none, as a page or as the API has it: what is wrong, without a word about the inside."""
    chosen = language_of(request)
    message = chosen(f"error_{key}", **values)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"status": "ERROR", "statusMessage": message}, status)
    return page(request, "error.html", status=status, message=message, number=status)
