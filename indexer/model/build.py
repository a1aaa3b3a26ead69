"""How far a build on a cluster is: its stages, its workers, and what takes long."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

SLOW = 2.0  # times what is usual
ENOUGH = 3  # tasks of a stage, from which on a worker can be told to be slow
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
    last: float = 0.0  # when a task was done


@dataclass(slots=True)
class Worker:
    """What a worker did, in seconds of work, `each` by stage: tasks and seconds. `lost`: how often it was gone, or a
    task was taken from it.
    """

    tasks: int = 0
    records: int = 0
    seconds: float = 0.0
    lost: int = 0
    each: dict[str, tuple[int, float]] = field(default_factory=dict)


@dataclass(slots=True)
class Work:
    """What a build tells of itself. `requests` may be under way at once now, of all workers; `fewest` when the engine
    was most busy.
    """

    clock: Callable[[], float] = time.monotonic
    dashboard: str = ""
    requests: int | None = None
    fewest: int | None = None
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
        stage.last = self.clock()
        its = self.workers.setdefault(worker, Worker())
        its.tasks, its.records, its.seconds = its.tasks + 1, its.records + records, its.seconds + seconds
        tasks, took = its.each.get(stage.name, (0, 0.0))
        its.each[stage.name] = (tasks + 1, took + seconds)
        self.longest = sorted([*self.longest, (seconds, stage.name, number, worker)], reverse=True)[:SHOWN]

    def lost(self, worker: str) -> None:
        """A worker is gone, or a task was taken from one that held it too long."""
        self.workers.setdefault(worker, Worker()).lost += 1

    def as_json(self) -> dict[str, Any]:
        """`left` are the seconds that the stage under way is likely to take still; a worker is `slow` that was lost, or
        takes more than twice as long for a task of some stage as the others do.
        """
        return {
            "dashboard": self.dashboard,
            "requests": self.requests,
            "fewest_requests": self.fewest,
            "stages": [self._stage(stage) for stage in list(self.stages)],
            "workers": {
                name: {
                    "tasks": its.tasks,
                    "records": its.records,
                    "seconds": round(its.seconds, 1),
                    "lost": its.lost,
                    "slow": bool(its.lost) or self._is_slow(name),
                }
                for name, its in sorted(dict(self.workers).items())
            },
            "longest": [
                {"stage": stage, "part": part, "worker": worker, "seconds": round(seconds, 1)}
                for seconds, stage, part, worker in self.longest
            ],
        }

    def _is_slow(self, name: str) -> bool:
        for stage, (tasks, seconds) in dict(self.workers[name].each).items():
            others = [
                its.each[stage] for other, its in dict(self.workers).items() if other != name and stage in its.each
            ]
            usual = [took / done for done, took in others if done >= ENOUGH]
            if tasks >= ENOUGH and usual and seconds / tasks > SLOW * median(usual):
                return True
        return False

    def _stage(self, stage: Stage) -> dict[str, Any]:
        seconds = (self.clock() if stage.ended is None else stage.ended) - stage.began
        left = stage.tasks - stage.before - stage.done
        # from what was done until the last task was: it does not grow while nothing is heard of the next one
        rest = left * (stage.last - stage.began) / (stage.done or 1) - (self.clock() - stage.last)
        return {
            "name": stage.name,
            "tasks": stage.tasks,
            "done": stage.before + stage.done,
            "records": stage.records,
            "seconds": round(seconds, 1),
            "left": round(max(0.0, rest), 1) if stage.done and stage.ended is None else None,
        }
