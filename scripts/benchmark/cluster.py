"""Builds on a cluster: how deriving scales over hosts, what the driver takes, and what Dask's scheduler takes."""

import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from hosts import Host, hosts, why_not

SCHEDULER = (sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard")
WORKER = (sys.executable, "-m", "distributed.cli.dask_worker", "--no-nanny", "--no-dashboard")
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
COME_UP_SECONDS = 60
PART = 50_000  # records


@contextmanager
def workers(count: int) -> Iterator[str]:
    """The address of a scheduler with so many workers of one core each, on hosts of their own."""
    with ExitStack() as stack:
        there = stack.enter_context(hosts(count)) if not why_not() else [None] * count
        port = _free_port()
        _start(stack, [*SCHEDULER, "--port", str(port)])
        for number, host in enumerate(there):
            _start(stack, _worker(port, number, host))
        _wait(f"tcp://127.0.0.1:{port}", count)
        yield f"tcp://127.0.0.1:{port}"


def _worker(port: int, number: int, host: Host | None) -> list[str]:
    words = [*WORKER, "--nthreads", "1"]
    if host is None:
        core = sorted(os.sched_getaffinity(0))[number % len(os.sched_getaffinity(0))]
        return ["taskset", "-c", str(core), *words, f"tcp://127.0.0.1:{port}"]
    return host.command(*words, "--host", host.there, f"tcp://{host.here}:{port}")


def _start(stack: ExitStack, command: Sequence[str]) -> None:
    process = subprocess.Popen(command, **QUIET)
    stack.callback(process.wait)
    stack.callback(process.kill)


def _wait(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, timeout=COME_UP_SECONDS, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        client.wait_for_workers(count, timeout=COME_UP_SECONDS)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def stage(out: str, name: str) -> dict[str, float]:
    """Of a build's report as JSON."""
    found: dict[str, float] = next(each for each in json.loads(out)["build"]["stages"] if each["name"] == name)
    return found


# ---- the driver, with made-up ids


class _Done:
    """A cluster on which everything is done already, as it lies in scratch."""

    workers = threads = 1

    def __init__(self, results: Mapping[str, Callable[[int], Any]]) -> None:
        self._results = results

    def check(self, *_: Any, **__: Any) -> None:
        pass

    @contextmanager
    def throttled(self, *_: Any) -> Iterator[None]:
        yield

    def run(self, function: Any, tasks: Mapping[int, Any], stop: Event, **_: Any) -> Iterator[tuple[int, Any]]:
        for number in tasks:
            yield number, self._results[function.__name__](number)


def make_up(folder: str, part: int) -> None:
    """What workers leave in scratch of a part with ids that nobody else has."""
    from indexer.cluster.scratch import Scratch

    scratch = Scratch(folder)
    ids = [f"oai-{part:06}-{number:08}" for number in range(PART)]
    told = {"records": PART, "books": {"theses": {"read": PART}}, "warnings": {}, "faults": [], "letters": 0}
    scratch.write(f"derived/{part}", [told | {"several": [], "seconds": 1.0}])
    sent = {
        "books": {"theses": {"indexed": PART}},
        "retries": 0,
        "seconds": 1.0,
        "batches": [[500, 0.1]] * (PART // 500),
    }
    marks = [[id, f"{number:016}".encode(), number] for number, id in enumerate(ids)]
    scratch.write(f"made-up/{part}", [sent, marks, [], [], []])


def driver(records: int) -> dict[str, float]:
    """Processor seconds for a record, and the largest memory, of a driver that counts and remembers so many."""
    with tempfile.TemporaryDirectory() as folder:
        ours = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[1] / "testbed")]
        script = f"import sys; sys.path[:0] = {ours!r}; import cluster; "
        parts = -(-records // PART)
        making = f"[cluster.make_up({folder + '/scratch'!r}, part) for part in range({parts})]"
        subprocess.run([sys.executable, "-c", script + making], check=True)
        told = subprocess.run(
            [sys.executable, "-c", f"{script}cluster.drive({folder!r}, {parts})"],
            check=True,
            capture_output=True,
            text=True,
        )
        found: dict[str, float] = json.loads(told.stdout)
        return found


def drive(folder: str, parts: int) -> None:
    """Runs the driver's own part of a build in this process, and prints what it took."""
    import shutil
    from types import SimpleNamespace

    from indexer.cluster import driver as driving
    from indexer.cluster.cut import Part
    from indexer.cluster.scratch import Scratch
    from indexer.engines.retry import RetryPolicy
    from indexer.model.build import Work
    from indexer.model.schema import biblio
    from indexer.model.settings import ClusterSettings
    from indexer.model.targets import Target
    from indexer.pipeline.push import Limits
    from indexer.pipeline.run import Budget, Events
    from indexer.pipeline.summary import Summary
    from indexer.state import progress, runs
    from indexer.state.store import Store

    scratch = Scratch(f"{folder}/scratch")
    store = Store(f"sqlite:///{folder}/state.db")
    run_id = runs.start(store, command="load", target="t", derive_version="1")
    target_id = progress.open_target(store, "t", identity="", documents_in_index=0)
    sink = SimpleNamespace(durable="acknowledged", commit=lambda: None, push=lambda actions: [])
    build: Any = SimpleNamespace(
        plan=SimpleNamespace(
            files={},
            spec=SimpleNamespace(schema=biblio(), profiles={}),
            limits=Limits(1, 500, 1 << 22, RetryPolicy(1, 1)),
            budget=Budget(1, 1.0),
        ),
        target=Target("solr", "t"),
        engine=SimpleNamespace(server=True),
        sink=sink,
        store=store,
        target_id=target_id,
        run_id=run_id,
        derive_version="1",
        dates=None,
        building=True,
        key="k",
        name="t",
        identity="",
        settings=ClusterSettings(scratch=f"{folder}/scratch"),
    )
    events = Events(**{name: lambda *_: None for name in Events.__dataclass_fields__})
    job = driving._Job(build, events, Event(), Summary(), Work(), lambda _: None)
    job._derived = scratch
    job._sent = scratch.at("to")
    job._parts = [Part((), folder, "x") for _ in range(parts)]

    def pushed(part: int) -> Any:
        os.makedirs(f"{folder}/scratch/to/pushed", exist_ok=True)
        os.rename(f"{folder}/scratch/made-up/{part}", f"{folder}/scratch/to/pushed/{part}")
        return {"books": {}, "retries": 0}

    cluster: Any = _Done(
        {"derive": lambda part: scratch.read(f"derived/{part}"), "resolve": lambda _: 0, "push_from_here": pushed}
    )
    for part in range(parts):  # not counted as done by an earlier call
        os.rename(f"{folder}/scratch/derived/{part}", f"{folder}/scratch/derived-{part}")
    cluster._results["derive"] = lambda part: scratch.read(f"derived-{part}")
    before, began = time.process_time(), time.monotonic()
    for each in (job._derive, job._resolve, job._push):
        each(cluster, None)
    took = time.process_time() - before
    assert progress.count(store, target_id) == parts * PART
    store.close()
    shutil.rmtree(f"{folder}/scratch")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    figures = {"microseconds": 1e6 * took / (parts * PART), "peak": peak, "seconds": time.monotonic() - began}
    print(json.dumps(figures))


# ---- Dask's scheduler, with tasks that sleep


def simulate(tasks: int, at_once: int, seconds: float) -> dict[str, float]:
    """Tasks that sleep, given away as a build gives away its own, `at_once` of them: what the scheduler took."""
    from distributed import Client

    from indexer.cluster.scheduler import Cluster
    from indexer.model.build import Work

    port = _free_port()
    with ExitStack() as stack:
        command = [*SCHEDULER, "--port", str(port)]
        scheduler = subprocess.Popen(command, **QUIET)
        stack.callback(scheduler.wait)
        stack.callback(scheduler.kill)
        processes = 4
        for _ in range(processes):
            _start(stack, [*WORKER, "--nthreads", str(at_once // processes), f"tcp://127.0.0.1:{port}"])
        address = f"tcp://127.0.0.1:{port}"
        client: Any = Client(address, timeout=COME_UP_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        stack.enter_context(client)
        stack.enter_context(client.as_current())
        client.wait_for_workers(processes, timeout=COME_UP_SECONDS)
        work = Work()
        work.begin("sleep", tasks)
        cluster = Cluster(client, work, print, patience=3600)
        ticks = os.sysconf("SC_CLK_TCK")
        before, mine, began = _cpu(scheduler.pid), time.process_time(), time.monotonic()
        done = sum(1 for _ in cluster.run(time.sleep, dict.fromkeys(range(tasks), (seconds,)), Event()))
        took = time.monotonic() - began
        assert done == tasks
        memory = int(Path(f"/proc/{scheduler.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return {
            "scheduler_ms_a_task": 1000 * (_cpu(scheduler.pid) - before) / ticks / tasks,
            "driver_ms_a_task": 1000 * (time.process_time() - mine) / tasks,
            "scheduler_memory_mb": memory / 1e6,
            "tasks_a_second": tasks / took,
        }


def _cpu(pid: int) -> int:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return int(user) + int(system)
