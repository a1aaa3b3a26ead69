"""Pages of an index against the bare calls of its engine: the same searches, by as many clients at once."""

import http.client
import os
import queue
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from measure import cpu_of

from indexer.engines.base import Index
from indexer.engines.registry import open_index
from indexer.model.targets import Target
from indexer.web.asked import Asked
from indexer.web.pages import FACETS, SHOWN_VALUES

SEARCHES = 100
CLIENTS = 8
WARM_UP = 16
Answer = Callable[[Asked], None]


def measure(target: Target, folder: Path) -> dict[str, float]:
    """Milliseconds of an answer, the median and the 95th of 100, of pages and of bare calls; what each took of the
    processors; the first page's bytes.
    """
    with closing(open_index(target)) as index:
        index.check()
        searches = list(_searches(index))
        warm_up, searches = searches[:WARM_UP], searches[WARM_UP:]
        bare, bare_cpu = _timed(warm_up, searches, lambda: lambda asked: _call(index, asked), os.getpid())
    with _served(target, folder) as (address, pid):
        pages, page_cpu = _timed(warm_up, searches, lambda: _client(address), pid)
        size = len(_get(http.client.HTTPConnection(address), "/"))
    figures = {f"bare_{name}": value for name, value in _figures(bare).items()} | {"bare_cpu": bare_cpu}
    figures |= {f"page_{name}": value for name, value in _figures(pages).items()} | {"page_cpu": page_cpu}
    return figures | {
        "ratio": figures["page_median"] / figures["bare_median"],
        "ratio_by_cpu": page_cpu / bare_cpu if bare_cpu else 0.0,
        "first_page_bytes": size,
    }


def _searches(index: Index) -> Iterator[Asked]:
    """As people search: one or two words of a title, every fourth time a facet chosen, or another order."""
    number = 0
    for page, _ in index.pages():
        for body in page[::5]:
            words = re.findall(rb'"title":"[^"]*?(\w{5,})[^"]*?(\w{5,})', body)
            if words:
                asked = Asked(words[0][0].decode() if number % 2 else b" ".join(words[0]).decode())
                if number % 4 == 1:
                    asked = asked.with_("format", "Article")
                if number % 4 == 3:
                    asked = asked.sorted_by("year")
                yield asked
                number += 1
            if number == WARM_UP + SEARCHES:
                return


def _call(index: Index, asked: Asked) -> None:
    index.search(asked.query(FACETS, facet_limit=SHOWN_VALUES + 1))


def _client(address: str) -> Answer:
    connection = http.client.HTTPConnection(address, timeout=60)

    def answer(asked: Asked) -> None:
        _get(connection, asked.url())

    return answer


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        sys.exit(f"{path} was answered with {response.status}")
    return content


def _timed(
    warm_up: list[Asked], searches: list[Asked], client: Callable[[], Answer], pid: int
) -> tuple[list[float], float]:
    """What each search took, in seconds, and the processor time of the process that answers, in milliseconds at the
    mean; clients take the next one as soon as they have an answer.
    """
    waiting: queue.SimpleQueue[Asked] = queue.SimpleQueue()
    taken: list[float] = []

    def work() -> None:
        answer = client()
        for asked in warm_up:  # others than those that count, which are answered for the first time
            answer(asked)
        ready.wait()
        while True:
            try:
                asked = waiting.get_nowait()
            except queue.Empty:
                return
            began = time.perf_counter()
            answer(asked)
            taken.append(time.perf_counter() - began)

    for asked in searches:
        waiting.put(asked)
    before = [0.0]
    ready = threading.Barrier(CLIENTS, lambda: before.append(_cpu_of_all(pid)))
    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(taken) != len(searches):
        sys.exit(f"{len(searches) - len(taken)} searches were not answered")
    return taken, 1000 * (_cpu_of_all(pid) - before[-1]) / len(searches)


def _cpu_of_all(pid: int) -> float:
    """Of a process and those that it has started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return cpu_of(pid) + sum(cpu_of(int(child)) for child in children)


def _figures(taken: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * each for each in taken)
    return {"median": statistics.median(ordered), "p95": ordered[int(0.95 * (len(ordered) - 1))]}


@contextmanager
def _served(target: Target, folder: Path) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "indexer", "serve", "--target", str(target), "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r" at http://([^/]+)/", line)
        if found is None:
            sys.exit(f"indexer serve said {line!r}")
        yield found[1], process.pid
    finally:
        process.terminate()
        process.wait()
