"""A build on a cluster in words: its stages, its workers, and what takes long."""

from collections.abc import Iterator, Mapping
from typing import Any

from indexer.observe.report import duration

SHOWN = 5  # of the workers that are slow, and of the parts that took longest


def lines(build: Mapping[str, Any]) -> Iterator[str]:
    """Of what model.build.Work.as_json gives: a line for each stage, slow worker, and part that took long."""
    for stage in build["stages"]:
        if stage["tasks"]:
            yield f"{stage['name']}: {told(stage)}"
    if build["requests"] is not None:
        yield f"requests under way at once, at the most: {build['requests']}"
    slow = [name for name, its in build["workers"].items() if its["slow"]]
    for name in slow[:SHOWN]:
        its = build["workers"][name]
        lost = f", {its['lost']} taken from it" if its["lost"] else ""
        did = f"{its['tasks']:,} parts, {its['records']:,} records in {duration(its['seconds'])}"
        yield f"slow worker {name}: {did}{lost}"
    for task in build["longest"][:SHOWN]:
        yield f"took longest: {task['stage']} of part {task['part']}, {duration(task['seconds'])} on {task['worker']}"
    if build["dashboard"]:
        yield f"Dask's own page: {build['dashboard']}"


def told(stage: Mapping[str, Any]) -> str:
    """How far a stage is."""
    parts = [f"{stage['done']:,} of {stage['tasks']:,} parts"]
    if stage["records"]:
        rate = f", {stage['records'] / stage['seconds']:,.0f} a second" if stage["seconds"] else ""
        parts.append(f"{stage['records']:,} records{rate}")
    parts.append(duration(stage["seconds"]))
    if stage["left"] is not None:
        parts.append(f"about {duration(stage['left'])} left")
    return " · ".join(parts)
