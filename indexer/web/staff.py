"""The operator's pages: targets, sources, runs and their books, rejected records. They read what `indexer status` and
`indexer dead-letters` read; what can be done there is in actions.py.
"""

import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from indexer.jobs.dead_letters import DeadLetters, LetterKind, show_dead_letter
from indexer.jobs.status import SeenRun, SourceStatus, list_runs, list_sources, look_at_run, runs_under_way, status
from indexer.model.books import COLUMNS, HELD
from indexer.model.errors import ConfigError, SourceError
from indexer.model.records import Record
from indexer.observe import building, plots
from indexer.observe.report import duration
from indexer.observe.spans import spans
from indexer.state.dead_letters import StoredLetter
from indexer.state.store import is_absent
from indexer.web import actions
from indexer.web.access import COOKIE, Staff, denied
from indexer.web.asked import clean, number
from indexer.web.made import readable
from indexer.web.record import LONGEST_SHOWN
from indexer.web.render import language_of, page, part

RUNS = 50
LAST_RUNS = 10
LETTERS = 200
KINDS = 50
JUST_NOW = 10.0  # seconds
DRAWN_EVERY = 10.0  # seconds
DRAWN = 32  # pictures that are kept
_drawing = threading.Lock()
_drawn: dict[tuple[int, str, str], str] = {}
SESSION = 64  # characters of a browser's cookie
T = TypeVar("T")


def home(request: Request) -> Response:
    """What there is, and how it is doing."""
    now = status(config=_staff(request).config)
    lags = {target.target: _time(target.lag(now.time)) for target in now.targets}
    return page(
        request,
        "staff.html",
        now=now,
        lags=lags,
        sources=_sources(request),
        runs=now.runs[:LAST_RUNS],
        under_way=runs_under_way(config=_staff(request).config),
        task=request.app.state.tasks.running(),
    )


def runs(request: Request) -> Response:
    """The runs, the newest first."""
    before = number(request.query_params, "before", 0, 0, actions.LARGEST)
    found = list_runs(config=_staff(request).config, limit=RUNS, before=before or None)
    return page(request, "staff_runs.html", runs=found, more=found[-1].id if len(found) == RUNS else 0)


def run(request: Request) -> Response:
    """One run with its books."""
    return page(request, "staff_run.html", drawn=plots.available(), **shown_run(_seen(request)))


def run_part(request: Request) -> tuple[str, bool]:
    """What of a run's page changes while it goes on, and whether it has ended."""
    seen = _seen(request)
    return part(request, "staff_run_part.html", **shown_run(seen)), not seen.under_way


def picture(request: Request) -> Response:
    """The time line of a run (SVG)."""
    drawing = _drawing_of(request, _seen(request))
    if not drawing:
        raise HTTPException(404)
    # a picture by itself: its styles are its own, and nothing in it is run
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return Response(drawing, headers={"content-security-policy": policy}, media_type="image/svg+xml")


def _drawing_of(request: Request, seen: SeenRun) -> str:
    """One is drawn at a time, of a run that goes on every ten seconds at most; "" where there is nothing to draw."""
    t = language_of(request)
    if seen.report is None:
        return ""
    key = (seen.run.id, t.code, "" if seen.run.finished else str(int(time.monotonic() / DRAWN_EVERY)))
    with _drawing:
        if key not in _drawn:
            words = {name: t(f"plot_{name}") for name in plots.TEXTS}
            words |= {f"books_{column}": t(f"books_{column}") for column in COLUMNS}
            for old in list(_drawn)[: -(DRAWN - 1)]:
                del _drawn[old]
            _drawn[key] = plots.svg(seen.report, words, t.written)
        return _drawn[key]


def saved(request: Request) -> Response:
    """The page of a run as one file that needs nothing else."""
    seen = _seen(request)
    if seen.report is None:
        raise HTTPException(404)
    style = (Path(__file__).parent / "static/style.css").read_text(encoding="utf-8")
    ours = {"alone": True, "style": Markup(style), "drawing": Markup(_drawing_of(request, seen))}  # noqa: S704 - no text of a record
    text = part(request, "staff_run_alone.html", **shown_run(seen) | ours)
    headers = {"content-disposition": f'attachment; filename="run-{seen.run.id}.html"'}
    return Response(text, headers=headers, media_type="text/html; charset=utf-8")


def shown_run(seen: SeenRun) -> dict[str, Any]:
    """What the page of a run shows: its own books, or as they are by now."""
    run, report = seen.run, seen.report
    books: dict[str, dict[str, int]] = {name: each.counts() for name, each in run.books.items()}
    left, just_now, done = None, None, None
    seconds = run.seconds
    if report is not None and run.finished is None:
        books, seconds = report["books"], report["seconds"]
        if report.get("bytes") and report.get("bytes_read"):
            done = min(1.0, report["bytes_read"] / report["bytes"])
            left = _time(seconds * (1 - done) / done)
        series = report["timeline"]
        buckets = max(1, min(len(series["documents"]), round(JUST_NOW / series["seconds_a_bucket"])))
        just_now = int(sum(series["documents"][-buckets:]) / (buckets * series["seconds_a_bucket"]))
    read = sum(each["read"] for each in books.values())
    return {
        "alone": False,
        "run": run,
        "report": report,
        "under_way": seen.under_way,
        "columns": [name for name in COLUMNS if name != "superseded" or any(name in each for each in books.values())],
        "books": books,
        "totals": {name: sum(each.get(name, 0) for each in books.values()) for name in COLUMNS},
        "took": _time(seconds),
        "rate": int(read / seconds) if seconds else 0,
        "just_now": just_now,
        "done": None if done is None else int(100 * done),
        "left": left,
        "retries": report["retries"] if report is not None and run.finished is None else run.retries,
        "rows": spans(report) if report is not None else [],
        "build": list(building.lines(report["build"])) if report is not None and report.get("build") else [],
    }


def _seen(request: Request) -> SeenRun:
    config = _staff(request).config
    return _found(request, lambda id: look_at_run(id, config=config))


def _letter(request: Request) -> StoredLetter:
    config = _staff(request).config
    return _found(request, lambda id: show_dead_letter(id, config=config))


def _found(request: Request, look: Callable[[int], T]) -> T:
    """What the state has under the number of the page's address; 404 where it has nothing."""
    if is_absent(_staff(request).config.settings.state):
        raise HTTPException(404)
    try:
        return look(_id(request))
    except ConfigError:
        raise HTTPException(404) from None


def changes(request: Request) -> Response:
    """What a load would change: asked for here, and told on the page of what was set to work."""
    names = [source.name for source in _staff(request).config.settings.source]
    most = actions.LARGEST_SAMPLE
    return page(request, "staff_changes.html", names=names, most=most, **_doing(request))


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
    found = _letter(request)
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
        ours=bool(actions.of_target(_staff(request), [found])),
        **_doing(request),
    )


def raw(request: Request) -> Response:
    """The bytes of a rejected record, as its source gave them, to save."""
    found = _letter(request)
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
    if found > actions.LARGEST:
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


STREAMS = (("/staff/runs/{id:int}/events", run_part),)
ENDPOINTS: tuple[tuple[str, Callable[[Request], Response]], ...] = tuple(
    (path, _for_staff(endpoint))
    for path, endpoint in (
        ("/staff", home),
        ("/staff/runs", runs),
        ("/staff/runs/{id:int}", run),
        ("/staff/runs/{id:int}/picture.svg", picture),
        ("/staff/runs/{id:int}/report.html", saved),
        ("/staff/changes", changes),
        ("/staff/dead-letters", letters),
        ("/staff/dead-letters/{id:int}", letter),
        ("/staff/dead-letters/{id:int}/raw", raw),
        ("/staff/tasks/{id:int}", actions.task),
    )
)
