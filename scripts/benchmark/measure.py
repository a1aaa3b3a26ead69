"""Runs a command and says what it took: time, processor time and memory of it and all its children."""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_EVERY = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Taken:
    """`wall` and `cpu` (user and system) in seconds, of the command and all processes that it started and waited for;
    `own` and `all` in bytes, the largest sums of their memory at one moment, without and with the pages of files that
    they map (0 where it was not watched); `out`, what it printed.
    """

    wall: float
    cpu: float
    own: int
    all: int
    out: str


def run(command: Sequence[str | Path], *, cwd: Path, to_null: bool = False, watch_memory: bool = False) -> Taken:
    """Runs the command to its end, its output into /dev/null or kept, none of our own settings in its environment.

    Raises SystemExit, with what it said, where it fails.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("INDEXER_")}
    with open(os.devnull, "w+b") if to_null else tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=cwd,
            env=ours,
        )
        watcher = _Watcher(process.pid) if watch_memory else None
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # we are told to stop: so is the command
            process.terminate()
            process.wait()
            raise
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        own, everything = watcher.stop() if watcher else (0, 0)
        if process.returncode:
            err.seek(0)
            said = err.read().decode(errors="replace")[-2000:]
            sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{said}")
        out.seek(0)
        return Taken(wall, usage.ru_utime + usage.ru_stime, own, everything, out.read(100_000).decode(errors="replace"))


class _Watcher:
    """Adds up the memory of a process and its descendants now and then (Linux)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._own = self._all = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[int, int]:
        """The largest sums that were seen, in bytes: of the processes' own pages, and of all."""
        self._over.set()
        self._thread.join()
        return self._own, self._all

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_EVERY):
            seen = [proportional_memory(pid) for pid in tree(self._pid)]
            self._own = max(self._own, sum(own for own, _ in seen))
            self._all = max(self._all, sum(everything for _, everything in seen))


def tree(root: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text()
            except OSError:
                continue  # it ended while we looked
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def proportional_memory(pid: int) -> tuple[int, int]:
    """Bytes of memory of a process, a page that several share counted in parts (PSS): its own pages; all, with those
    of files that it maps, which the system can take back at any time. Both 0 once it is gone.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss")}
    everything = sizes.get("Pss", 0)
    return everything - sizes.get("Pss_File", 0), everything


def cpu_of(pid: int) -> float:
    """Processor time of a process that somebody else started, so far, in seconds; 0 where there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
