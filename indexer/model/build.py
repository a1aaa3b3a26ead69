"""How far a build on a cluster is: its stages, its workers, and what takes long."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

SLOW = 2.0  # times what is usual
SHOWN = 10  # of the tasks that took longest


@dataclass(slots=True)
class Stage:
    """A pass over `tasks` (parts of the dumps, or pieces of the ids). `before`: done by an earlier call."""

    name: str
    tasks: int
    began: float
    before: int = 0
    done: int = 0
    records: int = 0
    ended: float | None = None


@dataclass(slots=True)
class Worker:
    """What a worker did, in seconds of work. `lost`: tasks that were taken from it."""

    tasks: int = 0
    records: int = 0
    seconds: float = 0.0
    lost: int = 0


@dataclass(slots=True)
class Work:
    """What a build tells of itself. `requests` may be under way at once now, of all workers."""

    clock: Callable[[], float] = time.monotonic
    dashboard: str = ""
    requests: int | None = None
    stages: list[Stage] = field(default_factory=list)
    workers: dict[str, Worker] = field(default_factory=dict)
    longest: list[tuple[float, str, int, str]] = field(default_factory=list)

    def begin(self, name: str, tasks: int, before: int = 0) -> None:
        """A stage begins, and the one before it has ended."""
        self.end()
        self.stages.append(Stage(name, tasks, self.clock(), before))

    def end(self) -> None:
        if self.stages and self.stages[-1].ended is None:
            self.stages[-1].ended = self.clock()

    def did(self, number: int, worker: str, seconds: float, records: int) -> None:
        """A task of the stage is done."""
        stage = self.stages[-1]
        stage.done += 1
        stage.records += records
        its = self.workers.setdefault(worker, Worker())
        its.tasks, its.records, its.seconds = its.tasks + 1, its.records + records, its.seconds + seconds
        self.longest = sorted([*self.longest, (seconds, stage.name, number, worker)], reverse=True)[:SHOWN]

    def lost(self, worker: str) -> None:
        """A task was taken from a worker that held it too long."""
        self.workers.setdefault(worker, Worker()).lost += 1

    def as_json(self) -> dict[str, Any]:
        """`left` are the seconds that the stage under way is likely to take still; a worker is `slow` that takes more
        than twice as long for a record as the others do.
        """
        took = [each.seconds / each.records for each in list(self.workers.values()) if each.records]
        usual = median(took) if took else 0.0
        return {
            "dashboard": self.dashboard,
            "requests": self.requests,
            "stages": [self._stage(stage) for stage in list(self.stages)],
            "workers": {
                name: {
                    "tasks": its.tasks,
                    "records": its.records,
                    "seconds": round(its.seconds, 1),
                    "lost": its.lost,
                    "slow": bool(its.lost or (its.records and its.seconds / its.records > SLOW * usual)),
                }
                for name, its in sorted(dict(self.workers).items())
            },
            "longest": [
                {"stage": stage, "part": part, "worker": worker, "seconds": round(seconds, 1)}
                for seconds, stage, part, worker in self.longest
            ],
        }

    def _stage(self, stage: Stage) -> dict[str, Any]:
        seconds = (self.clock() if stage.ended is None else stage.ended) - stage.began
        left = stage.tasks - stage.before - stage.done
        return {
            "name": stage.name,
            "tasks": stage.tasks,
            "done": stage.before + stage.done,
            "records": stage.records,
            "seconds": round(seconds, 1),
            "left": round(left * seconds / stage.done, 1) if stage.done and stage.ended is None else None,
        }
