"""Dask: where tasks are run, and what becomes of those whose worker dies, hangs or cannot be reached."""

import contextlib
import itertools
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

from indexer import __version__
from indexer.cluster.push import own_credentials
from indexer.cluster.scratch import Scratch
from indexer.cluster.throttle import Throttle
from indexer.formats.profiles import files_of
from indexer.formats.version import derive_version
from indexer.model.build import Work
from indexer.model.errors import ConfigError, IndexerError, TransientError
from indexer.model.settings import ClusterSettings
from indexer.model.targets import Credentials
from indexer.pipeline.workers import TransformSpec

LOOK_SECONDS = 5.0  # between two looks at tasks that take long
CONNECT_SECONDS = 15
COME_UP_SECONDS = 60  # for the first worker
RESULT_SECONDS = 30  # until a result is here, which is small
ANSWER_SECONDS = 120  # for workers that are asked what they have: one that was just begun reads the rules first
HERE = "this process"  # where the driver does a task itself
GOES_ON = "What is done is kept: run the same command again, and it goes on with the parts that are left."


@dataclass(frozen=True, slots=True)
class Lost:
    """A task that has cost its workers, or held them up."""

    why: str


def sure(result: Any, task: object) -> Any:
    """The result of a task that nobody else can do. Raises TransientError where it is Lost."""
    if isinstance(result, Lost):
        raise TransientError(f"{task} {result.why}", advice=GOES_ON)
    return result


@dataclass(frozen=True, slots=True)
class Facts:
    """What has to be the same on every worker. `there`: it sees the dumps; `secrets`: which credentials it has."""

    version: str
    derive: str
    rules: str
    there: tuple[str, ...]
    secrets: tuple[str | None, bool, bool]


def facts(spec: TransformSpec, files: Sequence[str], scratch: Scratch) -> Facts:
    """This process's."""
    rules = "".join(files_of(profiles) for profiles in spec.profiles.values())
    missing = [file for file in files if not os.path.exists(file)]
    if not scratch.has("here"):
        missing.append(scratch.url)
    return Facts(__version__, derive_version(), rules, tuple(missing), secrets(own_credentials()))


@dataclass(frozen=True, slots=True)
class Did:
    """What a task came to, and the worker that did it in so many seconds."""

    result: Any
    worker: str
    seconds: float


def _same(made_by: tuple[str, str], function: Callable[..., Any], *arguments: Any) -> Did:
    """On a worker, which may have joined since all were checked."""
    if made_by != (__version__, derive_version()):
        raise ConfigError(
            f"a worker that joined the cluster has another release, indexer {__version__}, or other libraries",
            advice=f"Install the same on every host. {GOES_ON}",
        )
    from distributed import get_worker

    began = time.monotonic()
    result = function(*arguments)
    return Did(result, get_worker().address, time.monotonic() - began)


def secrets(credentials: Credentials) -> tuple[str | None, bool, bool]:
    return credentials.username, bool(credentials.password), bool(credentials.api_key)


class Cluster:
    """The workers of a scheduler."""

    def __init__(self, client: Any, work: Work, say: Callable[[str], None], *, patience: float) -> None:
        self._client = client
        self._work = work
        self._say = say
        self._known: set[str] = set()
        self._hung: set[str] = set()  # until they are heard of again: they get nothing to do
        self._patience = patience

    @property
    def threads(self) -> int:
        """How many tasks run at once."""
        return sum(self._client.nthreads().values()) or 1

    @property
    def workers(self) -> int:
        return len(self._client.nthreads())

    def check(
        self, spec: TransformSpec, files: Set[str], scratch: Scratch, credentials: Credentials, *, sends: bool
    ) -> None:
        """Raises ConfigError for a worker that would make other documents, or could not do its part."""
        mine = facts(spec, sorted(files), scratch)
        try:
            found = self._client.sync(
                self._client._run,
                facts,
                spec,
                sorted(files),
                scratch,
                on_error="return",
                callback_timeout=ANSWER_SECONDS,
            )
        except TimeoutError:
            raise ConfigError(
                f"cluster: not all of {self.workers} workers answered within {ANSWER_SECONDS} s",
                advice="Restart those that hang (the scheduler's page shows them). Nothing was read or sent.",
            ) from None
        for worker, its in found.items():
            if not isinstance(its, Facts):
                raise _refused(worker, f"cannot run indexer {__version__}: {its}")
            for name, ours, theirs in (
                ("indexer", mine.version, its.version),
                ("the rules and their libraries", mine.derive, its.derive),
                ("its mapping files", mine.rules, its.rules),
            ):
                if ours != theirs:
                    raise _refused(worker, f"{name} differ: here {ours[:40]}, there {theirs[:40]}")
            if lacks := set(its.there) - set(mine.there):
                raise _refused(
                    worker,
                    f"does not see {sorted(lacks)[0]}",
                    "Dumps and scratch lie in folders that all hosts share, at the same path everywhere.",
                )
            if sends and its.secrets != secrets(credentials):
                raise _refused(
                    worker,
                    "has other credentials of the target",
                    "Put them into its environment: INDEXER_USERNAME, INDEXER_PASSWORD and so on.",
                )

    def run(
        self,
        function: Callable[..., Any],
        tasks: Mapping[int, tuple[Any, ...]],
        stop: Event,
        *,
        records: Callable[[Any], int] = lambda _: 0,
    ) -> Iterator[tuple[int, Any]]:
        """The tasks' results by their numbers, as they come; Lost for one that costs its workers. Ends early on `stop`.
        `records` says how many a result stands for, in what is told of the work.

        Raises what a task raises, TransientError when the scheduler is gone.
        """
        waiting = deque(tasks)
        flying: dict[Any, _Flying] = {}  # in the order in which they were given away
        try:
            while (waiting or flying) and not stop.is_set():
                threads = self._look_at_workers()
                while waiting and len(flying) < 2 * threads:
                    number = waiting.popleft()
                    flying[self._submit(function, tasks[number])] = _Flying(number)
                for task in itertools.islice(flying.values(), threads):  # the others wait for a worker
                    task.since = task.since or time.monotonic()
                for future in self._done(list(flying)):
                    task = flying.pop(future)
                    number = task.number
                    try:
                        result = self._result(future)
                    except TimeoutError:  # it lies with a worker that does not answer any more
                        self._elsewhere(function, tasks, flying, future, task)
                        continue
                    if isinstance(result, Did):
                        self._hung.discard(result.worker)
                        self._work.did(number, result.worker, result.seconds, records(result.result))
                        result = result.result
                    yield number, result
                    future.release()
                self._look(function, tasks, flying)
        finally:
            with contextlib.suppress(Exception):  # the scheduler may be gone, and what ends the run says so
                self._client.cancel(list(flying), force=True)

    def throttled(self, name: str, requests: int) -> Throttle:
        """A context in which so many requests of this name may be under way, and fewer where the engine is busy."""
        return Throttle(self._client, name, requests, self._work)

    def _look_at_workers(self) -> int:
        """How many tasks run at once; what has changed is said."""
        there = self._client.nthreads()
        for worker in sorted(self._known - set(there)):
            self._work.lost(worker)
            self._say(f"worker {worker} is gone: what it was doing is done by another one")
        if self._known and not there:
            self._say("no worker is left: waiting for one")
        self._known = set(there)
        return sum(threads for worker, threads in there.items() if worker not in self._hung) or 1

    def _submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        others = [worker for worker in self._client.nthreads() if worker not in self._hung] if self._hung else None
        made_by = (__version__, derive_version())
        return self._client.submit(_same, made_by, function, *arguments, pure=False, workers=others or None)

    def _done(self, futures: list[Any]) -> list[Any]:
        from distributed import wait

        try:
            done = list(wait(futures, timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            done = []
        except Exception as error:  # noqa: BLE001 - Dask has no family of its own for what it raises here
            raise _gone(error) from None
        if self._client.status != "running":
            raise _gone(self._client.status)
        return done

    def _result(self, future: Any) -> Any:
        from distributed.scheduler import KilledWorker

        if future.status == "finished":
            return future.result(timeout=min(RESULT_SECONDS, self._patience))
        if future.status != "error":
            raise _gone(future.status)
        error = future.exception()
        if isinstance(error, KilledWorker):
            return Lost("ended its worker again and again")
        if isinstance(error, IndexerError):
            raise error
        raise TransientError(f"a task failed on a worker: {type(error).__name__}: {error}", advice=GOES_ON)

    def _look(
        self, function: Callable[..., Any], tasks: Mapping[int, tuple[Any, ...]], flying: dict[Any, "_Flying"]
    ) -> None:
        """Gives a task that takes too long to another worker."""
        now = time.monotonic()
        late = [
            future
            for future, task in flying.items()
            if task.since and now - task.since > self._patience and future.status == "pending"
        ]
        for future in late:
            self._elsewhere(function, tasks, flying, future, flying.pop(future))

    def _elsewhere(
        self,
        function: Callable[..., Any],
        tasks: Mapping[int, tuple[Any, ...]],
        flying: dict[Any, "_Flying"],
        future: Any,
        task: "_Flying",
    ) -> None:
        """Takes a task from the worker that has it, or its result, and gives it to another one."""
        has = [worker for worker, keys in self._client.processing().items() if future.key in keys]
        has += [worker for workers in self._client.who_has([future]).values() for worker in workers]
        self._client.cancel([future], force=True)
        for worker in has:
            self._hung.add(worker)
            self._work.lost(worker)
            self._say(f"worker {worker} does not come to an end with part {task.number}: another one gets it")
        if task.again:
            why = f"part {task.number} takes more than {self._patience:.0f} s, twice"
            raise TransientError(why, advice=GOES_ON)
        flying[self._submit(function, tasks[task.number])] = _Flying(task.number, again=True)


@dataclass(slots=True)
class _Flying:
    """A task that was given to the scheduler; `since` it has a worker. `again`: another one had it too long."""

    number: int
    again: bool = False
    since: float = 0.0


@contextmanager
def connected(
    settings: ClusterSettings, credentials: Credentials, work: Work, stop: Event, say: Callable[[str], None]
) -> Iterator[Cluster | None]:
    """The cluster that the settings name: that of a scheduler, or (`local:N`) workers of this machine, for the time of
    the build, which puts what is done into `work`. None where that is stopped before there is a worker. Raises
    ConfigError where it cannot be reached or has no workers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ConfigError(
            "a cluster needs Dask, which is not installed", advice="pip install 'indexer[cluster]'"
        ) from None
    address = settings.scheduler
    if not address.startswith(("local:", "tcp://", "tls://")):
        raise ConfigError(
            f"--cluster {address}: this is no address of a scheduler",
            advice="Such as tcp://head:8786; local:2 for two workers of this machine.",
        )
    with contextlib.ExitStack() as stack:
        stack.enter_context(_silence())
        try:
            if address.startswith("local:"):
                address = stack.enter_context(
                    LocalCluster(
                        n_workers=_number(address),
                        threads_per_worker=1,
                        dashboard_address=None,
                        env=_environment(credentials),
                        silence_logs=50,
                    )
                )
            client = stack.enter_context(Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
            stack.enter_context(client.as_current())
            end = time.monotonic() + COME_UP_SECONDS
            while not client.nthreads() and not stop.is_set():
                if time.monotonic() > end:
                    raise TimeoutError(f"it has no worker, and none came within {COME_UP_SECONDS} s")
                time.sleep(0.1)
        except (OSError, TimeoutError, ValueError) as error:
            raise ConfigError(
                f"cluster {settings.scheduler}: {str(error) or 'it does not answer'}",
                advice="Start the scheduler (dask scheduler) and its workers (dask worker), or take --cluster local:2. "
                "Nothing was sent.",
            ) from None
        if client.run_on_scheduler(lambda: "distributed.dashboard.scheduler" in sys.modules):  # else there is no page
            work.dashboard = str(client.dashboard_link)
        try:
            yield None if stop.is_set() else Cluster(client, work, say, patience=settings.part_seconds)
        except OSError as lost:  # Dask's: an engine, the state and scratch say what they are
            raise _gone(lost) from None


@contextmanager
def _silence() -> Iterator[None]:
    """What Dask logs of lost connections, with its traceback, is said in a sentence by what ends the build."""
    handlers = logging.getLogger("distributed").handlers
    before = [(handler, handler.level) for handler in handlers]
    for handler in handlers:
        handler.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for handler, level in before:
            handler.setLevel(level)


def _number(address: str) -> int:
    number = address.partition(":")[2]
    if not number.isdigit() or not 1 <= int(number) <= 256:
        raise ConfigError(f"--cluster {address}: how many workers?", advice="Such as local:2.")
    return int(number)


def _environment(credentials: Credentials) -> dict[str, str]:
    """Of workers that we start: what indexer.toml says of the target's credentials, they have from here."""
    given = {
        "INDEXER_USERNAME": credentials.username,
        "INDEXER_PASSWORD": credentials.password,
        "INDEXER_API_KEY": credentials.api_key,
        "INDEXER_CA_FILE": str(credentials.ca_file) if credentials.ca_file else None,
    }
    return {name: value for name, value in given.items() if value}


def _refused(
    worker: str, why: str, advice: str = "Install the same release with the same libraries and files on every host."
) -> ConfigError:
    return ConfigError(f"worker {worker}: {why}", advice=f"{advice} Nothing was read or sent.")


def _gone(error: object) -> TransientError:
    return TransientError(f"the cluster's scheduler is gone: {error}", advice=GOES_ON)
