"""Where a record came from, for staff: what the state knows of it, and the record in the dumps, where they have it.

Beside the page that everybody may see, for it tells of runs and of files of this machine.
"""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from indexer.derive.tracking import shown
from indexer.jobs.origin import SECONDS, find_in_dumps, history_of
from indexer.model.documents import Fields
from indexer.web.access import Staff, denied
from indexer.web.asked import clean
from indexer.web.made import compared, readable
from indexer.web.record import title
from indexer.web.render import page


def origin(request: Request) -> Response:
    """What is known of one document, and how it is made of its record in the dumps."""
    staff: Staff = request.app.state.staff
    if refused := denied(request, staff):
        return refused
    id = request.path_params["id"]
    fields: Fields | None = request.app.state.index.get([id]).get(id) if clean(id, strip=False) == id else None
    if fields is None:
        raise HTTPException(404)
    known = history_of(id, config=staff.config)
    found = find_in_dumps(id, config=staff.config)
    dates = known.dates
    moments = (dates.first, dates.last, dates.changed, dates.deleted) if dates else ()
    names = ("first", "last", "changed", "deleted")
    response = page(
        request,
        "origin.html",
        id=id,
        title=title(fields),
        known=known,
        dates=[(name, shown(at)) for name, at in zip(names, moments, strict=False) if at is not None],
        found=found,
        made=compared(fields, found.fields),
        raw=readable(found.record) if found.record else "",
        seconds=int(SECONDS),
    )
    response.headers["cache-control"] = "no-store"
    return response


ENDPOINTS: tuple[tuple[str, Callable[[Request], Response]], ...] = (("/staff/records/{id:path}", origin),)
