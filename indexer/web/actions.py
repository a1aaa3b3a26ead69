"""What the staff's pages change: rejected records tried again or forgotten, held deletions sent or forgotten.

By POST only, from whom is known to be of the staff, with a token; by the jobs of the command line, under their locks.
"""

from collections.abc import Callable, Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indexer.jobs import dead_letters
from indexer.jobs.diff import DiffResult, diff
from indexer.model.books import HELD
from indexer.model.documents import Value
from indexer.observe.audience import Audience
from indexer.state.dead_letters import StoredLetter
from indexer.state.store import is_absent
from indexer.web.access import TOKEN, Staff, denied, from_elsewhere
from indexer.web.asked import clean
from indexer.web.render import page, refuse
from indexer.web.tasks import Task, Tasks

AT_ONCE = 2.0  # seconds: what is done by then is shown at once
SURE = "sure"  # the field of a form by which a person says so
LARGEST = 2**31 - 1  # number of a run or a letter
LARGEST_SAMPLE = 1000  # documents whose changes are looked for
LONGEST_VALUE = 300  # characters of one that is shown


def chosen_letters(staff: Staff, names: Mapping[str, str], through: int = LARGEST) -> list[StoredLetter]:
    """The letters of a source, stage and kind ("" or left out: of any), without their records; those of a number up to
    `through`.
    """
    if is_absent(staff.config.settings.state):
        return []
    found = dead_letters.list_dead_letters(
        source=names.get("source") or None, stage=names.get("stage") or None, config=staff.config
    )
    kind = names.get("kind", "")
    return [each for each in found.letters if kind in ("", clean(each.kind)) and each.id <= through]


def of_target(staff: Staff, letters: Sequence[StoredLetter]) -> list[StoredLetter]:
    """Those of the target that is served: the jobs open no other."""
    target = str(staff.config.target())
    return [letter for letter in letters if letter.target == target]


def together(letters: Sequence[StoredLetter], *, held: bool) -> list[StoredLetter]:
    """Of several letters those that one button is for: deletions that are held, or all others."""
    return [letter for letter in letters if (letter.stage == HELD) == held]


def replay(request: Request) -> Response:
    """Tries rejected records again, or sends held deletions."""
    return _act(request, dead_letters.replay, "replay", "release")


def drop(request: Request) -> Response:
    """Forgets rejected records, or deletions that are held."""
    return _act(request, dead_letters.drop, "drop", "drop_held")


def compare(request: Request) -> Response:
    """Holds a sample of what the sources have against the index. It changes nothing, and reads every dump."""
    config = request.app.state.staff.config
    form = request.state.form
    source, number = clean(form.get("source", "")), form.get("sample", "")
    if not number.isdecimal() or len(number) > len(str(LARGEST_SAMPLE)):
        raise HTTPException(400)
    sample = min(max(int(number), 1), LARGEST_SAMPLE)
    if source not in ("", *(each.name for each in config.settings.source)):
        raise HTTPException(404)

    def job(audience: Audience) -> DiffResult:
        return diff(config=config, sample=sample, source=source or None, audience=audience)

    return begin(request, "diff", sample, job)


def stop(request: Request) -> Response:
    """What is under way comes to its end as after a Ctrl-C."""
    task = task_of(request)
    task.audience.stop.set()
    return see(task)


def task(request: Request) -> Response:
    """What was set to work here, and how it ended."""
    found = task_of(request)
    return page(
        request,
        "staff_task.html",
        task=found,
        ended=found.done.is_set(),
        token=request.state.token,
        value=_value,
        kinds=("added", "changed", "deleted", "unchanged"),
    )


def _value(value: Value | None) -> str:
    """What a field has, as text that is not too long."""
    if value is None:
        return "–"
    text = value if isinstance(value, str) else " · ".join(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"


def task_of(request: Request) -> Task:
    tasks: Tasks = request.app.state.tasks
    found = tasks.find(int(request.path_params["id"]))
    if found is None:
        raise HTTPException(404)
    return found


def see(task: Task) -> Response:
    return RedirectResponse(f"/staff/tasks/{task.id}", 303)


def _asked_for(request: Request) -> tuple[list[int], bool]:
    """The letters of a form: one by its number, or those that a page showed together; and whether they are deletions
    that are held. Those go by themselves: who tries a source again has not said that documents may be deleted.
    """
    staff: Staff = request.app.state.staff
    form = request.state.form
    number = form.get("id", "")
    if number.isdecimal() and len(number) < len(str(LARGEST)):
        letters = [each for each in chosen_letters(staff, {}) if each.id == int(number)]
    else:
        names = {name: clean(form.get(name, "")) for name in ("source", "stage", "kind")}
        through = form.get("through", "")
        if not through.isdecimal():
            raise HTTPException(400)
        letters = chosen_letters(staff, names, int(through))
        letters = together(letters, held=names["stage"] == HELD)
    letters = of_target(staff, letters)
    if not letters:
        raise HTTPException(404)
    return [letter.id for letter in letters], letters[0].stage == HELD


def _act(request: Request, job: Callable[..., object], what: str, what_of_held: str) -> Response:
    """Sets a job on the letters of the form to work; what takes something away only where the form says it is sure."""
    ids, held = _asked_for(request)
    config = request.app.state.staff.config
    named = what_of_held if held else what
    if named != "replay" and request.state.form.get(SURE) != "yes":
        return refuse(request, 400, "not_sure")
    return begin(request, named, len(ids), lambda audience: job(ids, config=config, audience=audience))


def begin(request: Request, what: str, count: int, job: Callable[[Audience], object]) -> Response:
    """Sets a job to work, and leads to the page that tells of it; 409 while there is another."""
    tasks: Tasks = request.app.state.tasks
    task, begun = tasks.begin(what, count, job)
    if not begun:
        return page(request, "staff_busy.html", status=409, task=task)
    task.done.wait(AT_ONCE)
    return see(task)


def for_staff_to_do(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Only staff that is known to be of the staff, from a page of ours."""

    def answer(request: Request) -> Response:
        staff: Staff = request.app.state.staff
        request.state.token = ""
        response = denied(request, staff)
        if response is None and not staff.guarded:
            response = refuse(request, 403, "no_actions")
        if response is None and from_elsewhere(request, staff, request.state.form.get(TOKEN, "")):
            response = refuse(request, 403, "no_token")
        response = response or endpoint(request)
        response.headers["cache-control"] = "no-store"
        return response

    return answer


ACTIONS: tuple[tuple[str, Callable[[Request], Response]], ...] = tuple(
    (path, for_staff_to_do(endpoint))
    for path, endpoint in (
        ("/staff/dead-letters/replay", replay),
        ("/staff/dead-letters/drop", drop),
        ("/staff/changes", compare),
        ("/staff/tasks/{id:int}/stop", stop),
    )
)
