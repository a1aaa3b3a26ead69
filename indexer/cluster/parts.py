"""The parts of all dumps, found by the driver and its workers."""

import os
import time
from collections.abc import Callable
from threading import Event
from typing import Any

from indexer.cluster import cut as cutting
from indexer.cluster.cut import Cut, Part, planned
from indexer.cluster.scheduler import HERE, Cluster, sure
from indexer.cluster.scratch import Scratch
from indexer.model.build import Work
from indexer.pipeline.run import Plan
from indexer.sources.spans import Survey


def parts_of(
    plan: Plan,
    cluster: Cluster,
    spec: Any,
    scratch: Scratch,
    *,
    begin: Callable[[str, int], None],
    work: Work,
    stop: Event,
) -> list[Part]:
    """The parts of the plan's files, in order; not all of them once `stop` is set. `begin` is told of each stage, and
    of its tasks; `spec` is the plan's, as workers get it.
    """
    steps = planned(plan.files, os.getcwd())
    found: dict[int, list[Part]] = {n: [step] for n, step in enumerate(steps) if isinstance(step, Part)}
    far: dict[int, tuple[Any, ...]] = {}
    begin("cut", sum(isinstance(step, Cut) for step in steps))
    for number, step in enumerate(steps):
        if isinstance(step, Cut):
            arguments = (step, f"cut/{number}", scratch)
            if step.here:
                began = time.monotonic()
                found[number] = cutting.cut(*arguments, plan.spec, plan.locations)
                work.did(number, HERE, time.monotonic() - began, 0)
            else:
                far[number] = (*arguments, spec, {})
    for number, parts in cluster.run(cutting.divide, far, stop):
        found[number] = sure(parts, f"{far[number][0].file}: cutting it")
    whole = {number: far[number] for number in _survey(cluster, spec, found, begin, stop)}
    if whole:
        begin("cut", len(whole))
    for number, parts in cluster.run(cutting.cut, whole, stop):
        found[number] = sure(parts, f"{far[number][0].file}: cutting it")
    return [part for number in sorted(found) for part in found[number]]


def _survey(
    cluster: Cluster, spec: Any, found: dict[int, list[Part]], begin: Callable[[str, int], None], stop: Event
) -> list[int]:
    """Numbers the stretches of `found`; gives the steps whose files can be read from their beginning alone."""
    stretches = [
        (number, place)
        for number, parts in found.items()
        for place, part in enumerate(parts)
        if part.span is not None and not part.span.of_members
    ]
    tasks = {task: (found[number][place], spec) for task, (number, place) in enumerate(stretches)}
    if tasks:
        begin("survey", len(tasks))
    told: dict[int, dict[int, Survey | None]] = {}
    for task, its in cluster.run(cutting.survey, tasks, stop, records=_records):
        number, place = stretches[task]
        told.setdefault(number, {})[place] = sure(its, f"{found[number][place].files[0][0]}: looking through it")
    if stop.is_set():
        return []
    for number, surveys in told.items():
        found[number] = cutting.numbered(found[number], [surveys[place] for place in sorted(surveys)])
    return [number for number, parts in found.items() if not parts]


def _records(its: Survey | None) -> int:
    return its.records if its is not None else 0
