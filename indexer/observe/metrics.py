"""What Prometheus is told: the state of each target as metrics, in a file for its node exporter, or over HTTP.

Everything is read from the state when it is asked for: no run has to live on for its numbers to be seen. Targets are
named without credentials.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from indexer import __version__
from indexer.formats.version import derive_version
from indexer.model.errors import ConfigError
from indexer.state.overview import Overview

#: Every gauge of a target: its labels beside `target`, and what it says.
GAUGES: dict[str, tuple[tuple[str, ...], str]] = {
    "indexer_last_run_timestamp_seconds": (("command",), "When the last run of a command ended."),
    "indexer_last_success_timestamp_seconds": (("command",), "When the last run began that exited with 0."),
    "indexer_last_run_exit_code": (("command",), "Exit code of the last run: 0 all well, 1 with problems, ..."),
    "indexer_run_seconds": (("command",), "How long the last run took."),
    "indexer_records": (("command", "source", "outcome"), "The books of the last run, by column."),
    "indexer_books_open": (("command",), "1 where the books of the last run do not close."),
    "indexer_retries": (("command",), "Requests that the last run had to try again."),
    "indexer_dead_letters": ((), "Rejected records that are kept."),
    "indexer_generation_info": (("generation", "state"), "1 for each generation of the index that is known."),
    "indexer_generation_documents": (("generation",), "Documents of a generation when it was verified."),
    "indexer_running": (("command",), "1 while a run holds the target's lock."),
    "indexer_cluster_parts": (("stage",), "Parts of a stage of the build on a cluster that is under way."),
    "indexer_cluster_parts_done": (("stage",), "Those of them that are done."),
    "indexer_cluster_seconds_left": (("stage",), "How long the stage is likely to take still."),
    "indexer_cluster_requests": ((), "Requests that may be under way at once, of all workers."),
    "indexer_cluster_worker_records": (("worker",), "Records that a worker of the build has passed, over all stages."),
    "indexer_cluster_worker_seconds": (("worker",), "How long it worked for them."),
    "indexer_cluster_worker_slow": (("worker",), "1 for a worker that takes twice as long as the others, or hung."),
}


def families(overviews: Iterable[Overview]) -> Iterator[Metric]:
    """The metrics of these targets, and of the program itself."""
    build = GaugeMetricFamily("indexer_build_info", "1, with the versions.", labels=("version", "derive"))
    build.add_metric((__version__, derive_version()), 1)
    yield build
    gauges = {
        name: GaugeMetricFamily(name, meaning, labels=("target", *labels)) for name, (labels, meaning) in GAUGES.items()
    }
    for overview in overviews:
        for name, labels, value in _samples(overview):
            gauges[name].add_metric((overview.target, *labels), value)
    yield from gauges.values()


#: What `schedule` says of itself, without a target.
OF_SCHEDULE = {
    "indexer_schedule_next_run_timestamp_seconds": "When the next run is due.",
    "indexer_schedule_runs": "Runs since the scheduler was started, by exit code (negative: the signal that ended it).",
    "indexer_schedule_last_exit_code": "Exit code of the last run, also of one that never got to the state.",
    "indexer_state_readable": "0 while the state cannot be read: then nothing else is known.",
}


def of_schedule(next_run: datetime | None, codes: Sequence[int]) -> Iterator[Metric]:
    """The scheduler's own metrics: `codes` are those with which its runs ended, in order."""
    due, last = "indexer_schedule_next_run_timestamp_seconds", "indexer_schedule_last_exit_code"
    if next_run is not None:
        yield GaugeMetricFamily(due, OF_SCHEDULE[due], value=next_run.timestamp())
    runs = "indexer_schedule_runs"
    counted = CounterMetricFamily(runs, OF_SCHEDULE[runs], labels=("exit_code",))
    for code, count in Counter(codes).items():
        counted.add_metric((str(code),), count)
    yield counted
    if codes:
        yield GaugeMetricFamily(last, OF_SCHEDULE[last], value=codes[-1])


def of_readable(readable: bool) -> Metric:
    name = "indexer_state_readable"
    return GaugeMetricFamily(name, OF_SCHEDULE[name], value=readable)


def registry(read: Callable[[], Iterable[Metric]]) -> CollectorRegistry:
    """A registry that asks `read` for its metrics each time it is asked itself."""

    class Reading(Collector):
        def collect(self) -> Iterable[Metric]:
            return read()

    collectors = CollectorRegistry(auto_describe=False)
    collectors.register(Reading())
    return collectors


def write(file: Path, overviews: Iterable[Overview]) -> None:
    """Writes the metrics into a file as node_exporter's textfile collector reads it: whole, or not at all, and readable
    by its user whatever the umask (the library's own function does not see to that).

    Raises ConfigError when that is not possible.
    """
    text = generate_latest(registry(lambda: families(overviews)))
    part = file.with_name(f".{file.name}.{os.getpid()}")  # the collector reads *.prom alone
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(text)
            part.chmod(0o644)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"metrics.file {file}: {error.strerror}",
            advice="The index and the books are not concerned. Name a file that can be written with metrics.file.",
        ) from None


def _samples(overview: Overview) -> Iterator[tuple[str, tuple[str, ...], float]]:
    for run in overview.last:
        by = (run.command,)
        yield "indexer_last_run_timestamp_seconds", by, _seconds(run.finished)
        yield "indexer_last_run_exit_code", by, run.exit_code
        yield "indexer_run_seconds", by, run.seconds
        yield "indexer_retries", by, run.retries
        yield "indexer_books_open", by, any(not books.closed for books in run.books.values())
        for source, books in run.books.items():
            for column, count in books.counts().items():
                yield "indexer_records", (run.command, source, column), count
    for command, run in overview.good.items():
        yield "indexer_last_success_timestamp_seconds", (command,), _seconds(run.started)
    yield "indexer_dead_letters", (), overview.dead_letters
    for generation in overview.generations:
        yield "indexer_generation_info", (generation.name, generation.state), 1
        if generation.documents is not None:
            yield "indexer_generation_documents", (generation.name,), generation.documents
    for holder in overview.running:
        yield "indexer_running", (holder.command,), 1
    if overview.build is not None:
        yield from _build(overview.build)


def _build(build: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], float]]:
    for stage in build["stages"]:
        yield "indexer_cluster_parts", (stage["name"],), stage["tasks"]
        yield "indexer_cluster_parts_done", (stage["name"],), stage["done"]
        if stage["left"] is not None:
            yield "indexer_cluster_seconds_left", (stage["name"],), stage["left"]
    if build["requests"] is not None:
        yield "indexer_cluster_requests", (), build["requests"]
    for name, its in build["workers"].items():
        yield "indexer_cluster_worker_records", (name,), its["records"]
        yield "indexer_cluster_worker_seconds", (name,), its["seconds"]
        yield "indexer_cluster_worker_slow", (name,), its["slow"]


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
