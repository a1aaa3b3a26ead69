"""What the staff's pages set to work: one thing at a time, in a thread beside the answers, told of while it goes on.

It is the job of the command line, with its locks and its books; what it gives or raises is kept for the page that shows
it, of the last ones, until the server ends.
"""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from indexer.config import Config
from indexer.model.errors import IndexerError
from indexer.model.schema import in_use
from indexer.observe.audience import Audience
from indexer.state.owners import LockedError
from indexer.state.store import now

KEPT = 50
log = structlog.get_logger()


@dataclass(slots=True)
class Task:
    """`what` is asked of so many (`count`) records, since `began`. Once it is `done`, `result` is what the job gave, or
    `error` what it says that the world did; `failed`: it broke down, and the log says how.
    """

    id: int
    what: str
    count: int
    began: str
    audience: Audience = field(default_factory=Audience)
    done: threading.Event = field(default_factory=threading.Event)
    result: object = None
    error: IndexerError | None = None
    failed: bool = False

    @property
    def locked(self) -> bool:
        """Another run has the index: nothing was done, and nothing is wrong."""
        return isinstance(self.error, LockedError)


class Tasks:
    """Those of one server."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._kept: dict[int, Task] = {}
        self._thread: threading.Thread | None = None

    def find(self, id: int) -> Task | None:
        return self._kept.get(id)

    def running(self) -> Task | None:
        return next((task for task in list(self._kept.values()) if not task.done.is_set()), None)

    def begin(self, what: str, count: int, job: Callable[[Audience], object]) -> tuple[Task, bool]:
        """Starts the job; or gives the one that is under way, and False."""
        with self._lock:
            if (under_way := self.running()) is not None:
                return under_way, False
            task = Task(next(self._numbers), what, count, now())
            self._kept[task.id] = task
            for old in list(self._kept)[:-KEPT]:
                del self._kept[old]
            self._thread = threading.Thread(target=self._work, args=(task, job), name="task", daemon=True)
            self._thread.start()
        return task, True

    def close(self, seconds: float) -> None:
        """The server ends: what is in flight is finished, as after a Ctrl-C, if it does not take longer than that."""
        if (task := self.running()) is not None:
            task.audience.stop.set()
            task.done.wait(seconds)

    def _work(self, task: Task, job: Callable[[Audience], object]) -> None:
        log.info("task_begun", task=task.id, what=task.what, count=task.count)
        try:
            with in_use(self._config.schema()):
                task.result = job(task.audience)
        except IndexerError as error:
            task.error = error
            log.info("task_refused", task=task.id, reason=error.message)
        except Exception:
            task.failed = True
            log.exception("task_failed", task=task.id)
        finally:
            task.done.set()
            log.info("task_ended", task=task.id)
