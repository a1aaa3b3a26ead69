"""The operator's pages: targets, sources, runs and their books, rejected records. They read what `indexer status` and
`indexer dead-letters` read.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from indexer.jobs.dead_letters import DeadLetters, list_dead_letters, show_dead_letter
from indexer.jobs.status import SourceStatus, list_runs, list_sources, show_run, status
from indexer.model.books import COLUMNS, HELD
from indexer.model.errors import ConfigError, SourceError
from indexer.model.records import Record
from indexer.observe.report import duration
from indexer.state.store import is_absent
from indexer.web.access import Staff, denied
from indexer.web.asked import clean, number
from indexer.web.made import readable
from indexer.web.record import LONGEST_SHOWN
from indexer.web.render import page

RUNS = 50
LAST_RUNS = 10
LETTERS = 200
KINDS = 50
LARGEST = 2**31 - 1  # number of a run or a letter


def home(request: Request) -> Response:
    """What there is, and how it is doing."""
    config = _staff(request).config
    now = status(config=config)
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
    config = _staff(request).config
    chosen = {name: clean(request.query_params.get(name, "")) for name in ("source", "stage", "kind")}
    found = DeadLetters("", None, [], [])
    if not is_absent(config.settings.state):
        found = list_dead_letters(source=chosen["source"] or None, stage=chosen["stage"] or None, config=config)
    listed = [each for each in found.letters if chosen["kind"] in ("", each.kind)]
    kinds = [
        (source, kind, f"/staff/dead-letters?{urlencode({'source': source, 'stage': kind.stage, 'kind': kind.kind})}")
        for source, its in found.sources.items()
        for kind in its[:KINDS]
    ]
    return page(request, "staff_letters.html", letters=listed[:LETTERS], total=len(listed), kinds=kinds, chosen=chosen)


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
    reason = found.reason[:LONGEST_SHOWN]
    return page(request, "staff_letter.html", letter=found, raw=raw, profile=profile, reason=reason, held=HELD)


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
        response = denied(request, _staff(request)) or endpoint(request)
        response.headers["cache-control"] = "no-store"
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
    )
)
