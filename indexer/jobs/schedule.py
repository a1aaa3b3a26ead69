"""`schedule`: runs `sync` by a cron expression or an interval, for as long as the process lives.

Each run is a process of its own (`python -m indexer sync`): it reads the settings as they are then, gives its memory
back, and whatever becomes of it, the next one comes.
"""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import takewhile
from types import FrameType

from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from prometheus_client import start_http_server
from prometheus_client.core import Metric

from indexer.config import Config
from indexer.jobs import triggers as times
from indexer.jobs.plan import chosen
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError, ExitCode, IndexerError
from indexer.model.logs import get_logger
from indexer.observe import metrics
from indexer.observe.audience import Audience
from indexer.observe.report import duration
from indexer.state.overview import Overview, overviews
from indexer.state.store import is_absent

#: What passes by itself: an engine that starts after us, another run, a lock of a run that was killed.
PASSING = (ExitCode.TARGET, ExitCode.LOCKED)


def schedule(names: Collection[str], *, config: Config, flags: Sequence[str], audience: Audience) -> ExitCode:
    """Runs `sync` with these flags for these sources until SIGTERM or Ctrl-C; a run in flight is told to finish then,
    and waited for. With `every` the first run is at once, with `cron` at its time. A run that a PASSING fault ended is
    tried again before the next one is due.

    Gives 130 when a run was interrupted that way, 0 when none was under way. Raises ConfigError for a wrong schedule or
    a source that is not configured, before anything runs.
    """
    trigger = times.trigger(config.settings.schedule)
    chosen(config, names)
    say = audience.say
    scheduler = _scheduler()

    def ended(code: int, seconds: float) -> None:
        following = ""
        with job.lock:  # once it stops, the scheduler waits for us, with what `modify` needs in its hands
            if not job.stopping.is_set():
                if failures := len(list(takewhile(lambda code: code in PASSING, reversed(job.codes)))):
                    again = times.retry(failures, datetime.now().astimezone(), scheduled.next_run_time)
                    scheduled.modify(next_run_time=again)
                following = scheduled.next_run_time.isoformat(timespec="seconds")
        (get_logger().warning if code else get_logger().info)(
            "scheduled_run_finished", exit_code=code, seconds=round(seconds, 1), next_run=following
        )
        say(f"sync ended with {_words(code)} after {duration(seconds)}{following and f'; next run {following}'}")

    def stop(_number: int, _frame: FrameType | None) -> None:
        job.stop()

    job = Job([sys.executable, "-m", "indexer", "sync", *flags, *names], ended)
    now = datetime.now().astimezone()
    first = now if config.settings.schedule.every else trigger.get_next_fire_time(None, now)
    scheduled = scheduler.add_job(job.run, trigger, id="sync", next_run_time=first)
    scheduler.add_listener(lambda _event: _skipped(say), EVENT_JOB_MAX_INSTANCES)
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with _served(config, audience, lambda: metrics.of_schedule(scheduled.next_run_time, job.codes)):
            say(f"sync into {config.target()} is scheduled; first run {first.isoformat(timespec='seconds')}")
            scheduler.start()
            job.stopping.wait()
            scheduler.shutdown(wait=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return ExitCode.INTERRUPTED if job.interrupted else ExitCode.OK


class Job:
    """The scheduled command. `run` is called by the scheduler's thread, `stop` by a signal handler."""

    def __init__(self, command: Sequence[str], ended: Callable[[int, float], None]) -> None:
        self.codes: list[int] = []  # how the runs ended, in order
        self.interrupted = False
        self.stopping = threading.Event()
        self._command = list(command)
        self._ended = ended
        self._child: subprocess.Popen[bytes] | None = None
        self.lock = threading.RLock()  # a second signal comes into the handler of the first

    def run(self) -> None:
        """One run, to its end."""
        started = time.monotonic()
        with self.lock:
            if self.stopping.is_set():
                return
            # a session of its own: Ctrl-C at a terminal reaches us alone, and the run once, by `stop`
            self._child = subprocess.Popen(  # noqa: S603 - this program, with flags that were checked
                self._command, stdin=subprocess.DEVNULL, start_new_session=True
            )
        code = self._child.wait()
        with self.lock:
            self._child = None
            self.codes.append(code)
            self.interrupted = self.stopping.is_set() and code != ExitCode.OK
        self._ended(code, time.monotonic() - started)

    def stop(self) -> None:
        """No further run begins. The one in flight is told to finish what is in flight; told again, it ends at once."""
        with self.lock:
            self.stopping.set()
            if self._child is not None:
                self._child.terminate()


@contextmanager
def _served(config: Config, audience: Audience, own: Callable[[], Iterable[Metric]]) -> Iterator[None]:
    """Serves the metrics of the state, and these `own` ones, for the time of the block, where a port is set."""
    settings = config.settings.metrics
    if not settings.port:
        yield
        return
    registry = metrics.registry(lambda: [*own(), *_of_state(config, audience)])
    try:
        server, thread = start_http_server(settings.port, addr=settings.address, registry=registry)
    except OSError as error:
        raise ConfigError(
            f"metrics.port {settings.port} on {settings.address}: {error.strerror or error}",
            advice="Name a port that is free with metrics.port or --metrics-port.",
        ) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _of_state(config: Config, audience: Audience) -> Iterator[Metric]:
    """What the state says now, or that it cannot be read."""
    targets: list[Overview] = []
    readable = True
    if not is_absent(config.settings.state):
        try:
            with closing(open_state(config, audience)) as store:
                targets = overviews(store)
        except IndexerError as error:
            get_logger().warning("state_not_readable", reason=error.message)
            readable = False
    yield metrics.of_readable(readable)
    yield from metrics.families(targets)


def _scheduler() -> BackgroundScheduler:
    """One run at a time; those that were missed meanwhile are one, however late it is."""
    logging.getLogger("apscheduler").addHandler(logging.NullHandler())  # what there is to say we say
    return BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )


def _skipped(say: Callable[[str], None]) -> None:
    get_logger().warning("scheduled_run_skipped", reason="the one before is still running")
    say("a run was left out: the one before is still running")


def _words(code: int) -> str:
    return f"exit {code}" if code >= 0 else f"signal {-code}"
