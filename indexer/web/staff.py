"""The operator's pages: targets, sources, runs and their books, rejected records. They read what `indexer status` and
`indexer dead-letters` read; what can be done there is in actions.py.
"""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from indexer.jobs.dead_letters import DeadLetters, LetterKind, show_dead_letter
from indexer.jobs.status import SourceStatus, list_runs, list_sources, show_run, status
from indexer.model.books import COLUMNS, HELD
from indexer.model.errors import ConfigError, SourceError
from indexer.model.records import Record
from indexer.observe.report import duration
from indexer.state.dead_letters import StoredLetter
from indexer.state.store import is_absent
from indexer.web import actions
from indexer.web.access import COOKIE, Staff, denied
from indexer.web.asked import clean, number
from indexer.web.made import readable
from indexer.web.record import LONGEST_SHOWN
from indexer.web.render import page

RUNS = 50
LAST_RUNS = 10
LETTERS = 200
KINDS = 50
LARGEST = 2**31 - 1  # number of a run or a letter
SESSION = 64  # characters of a browser's cookie


def home(request: Request) -> Response:
    """What there is, and how it is doing."""
    now = status(config=_staff(request).config)
    lags = {target.target: _time(target.lag(now.time)) for target in now.targets}
    return page(request, "staff.html", now=now, lags=lags, sources=_sources(request), runs=now.runs[:LAST_RUNS])


def runs(request: Request) -> Response:
    """The runs, the newest first."""
    before = number(request.query_params, "before", 0, 0, LARGEST)
    found = list_runs(config=_staff(request).config, limit=RUNS, before=before or None)
    return page(request, "staff_runs.html", runs=found, more=found[-1].id if len(found) == RUNS else 0)


def run(request: Request) -> Response:
    """One run with its books."""
    try:
        found = show_run(_id(request), config=_staff(request).config)
    except ConfigError:
        raise HTTPException(404) from None
    return page(request, "staff_run.html", run=found, columns=COLUMNS, took=_time(found.seconds))


def letters(request: Request) -> Response:
    """Rejected records by kind and source, or those of one; deletions that are held are of the stage `held`."""
    staff = _staff(request)
    chosen = {name: clean(request.query_params.get(name, "")) for name in ("source", "stage", "kind")}
    listed = actions.chosen_letters(staff, chosen)
    acted_on = actions.of_target(staff, actions.together(listed, held=chosen["stage"] == HELD))
    return page(
        request,
        "staff_letters.html",
        letters=listed[:LETTERS],
        total=len(listed),
        kinds=_kinds(listed),
        chosen=chosen,
        narrowed=any(chosen.values()),
        count=len(acted_on),
        through=max((each.id for each in acted_on), default=0),
        **_doing(request),
    )


def _kinds(letters: list[StoredLetter]) -> list[tuple[str, LetterKind, str]]:
    """Source and kind, with the address of its letters."""
    return [
        (source, kind, f"/staff/dead-letters?{urlencode({'source': source, 'stage': kind.stage, 'kind': kind.kind})}")
        for source, its in DeadLetters("", None, letters, []).sources.items()
        for kind in its[:KINDS]
    ]


def letter(request: Request) -> Response:
    """One rejected record with all that is known of it."""
    staff = _staff(request)
    if is_absent(staff.config.settings.state):
        raise HTTPException(404)
    try:
        found = show_dead_letter(_id(request), config=staff.config)
    except ConfigError:
        raise HTTPException(404) from None
    raw = readable(Record(found.source, found.format, found.raw, found.position)) if found.raw else ""
    profile = (found.profile or {}).get("name", "")
    return page(
        request,
        "staff_letter.html",
        letter=found,
        raw=raw,
        profile=profile,
        reason=found.reason[:LONGEST_SHOWN],
        held=HELD,
        ours=bool(actions.of_target(staff, [found])),
        **_doing(request),
    )


def raw(request: Request) -> Response:
    """The bytes of a rejected record, as its source gave them, to save."""
    staff = _staff(request)
    if is_absent(staff.config.settings.state):
        raise HTTPException(404)
    try:
        found = show_dead_letter(_id(request), config=staff.config)
    except ConfigError:
        raise HTTPException(404) from None
    saved = {"content-disposition": f'attachment; filename="record-{found.id}"'}
    return Response(found.raw, headers=saved, media_type="application/octet-stream")


def _doing(request: Request) -> dict[str, Any]:
    """What the forms of a page need: the token, and whether there are any."""
    return {"token": request.state.token, "may_act": _staff(request).guarded}


def _sources(request: Request) -> list[SourceStatus]:
    """Those of the configuration; none where it names none, or their notes cannot be read."""
    try:
        return list(list_sources(config=_staff(request).config))
    except (ConfigError, SourceError):
        return []


def _time(seconds: float | None) -> str:
    return duration(seconds) if seconds is not None else ""


def _id(request: Request) -> int:
    found = int(request.path_params["id"])
    if found > LARGEST:
        raise HTTPException(404)
    return found


def _staff(request: Request) -> Staff:
    staff: Staff = request.app.state.staff
    return staff


def _for_staff(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Nobody else sees it, and nobody keeps it."""

    def answer(request: Request) -> Response:
        staff = _staff(request)
        session = request.cookies.get(COOKIE, "")
        known = len(session) == SESSION
        if not known:
            session = secrets.token_hex(SESSION // 2)
        request.state.token = staff.token(session) if staff.guarded else ""
        response = denied(request, staff) or endpoint(request)
        response.headers["cache-control"] = "no-store"
        response.headers["referrer-policy"] = "same-origin"  # where a form comes from is to be seen
        if staff.guarded and not known and response.status_code == 200:
            secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, session, path="/staff", httponly=True, samesite="strict", secure=secure)
        return response

    return answer


ENDPOINTS: tuple[tuple[str, Callable[[Request], Response]], ...] = tuple(
    (path, _for_staff(endpoint))
    for path, endpoint in (
        ("/staff", home),
        ("/staff/runs", runs),
        ("/staff/runs/{id:int}", run),
        ("/staff/dead-letters", letters),
        ("/staff/dead-letters/{id:int}", letter),
        ("/staff/dead-letters/{id:int}/raw", raw),
        ("/staff/tasks/{id:int}", actions.task),
    )
)
