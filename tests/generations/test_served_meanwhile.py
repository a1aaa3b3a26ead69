"""Fifty readers of the pages for a minute, while records are loaded and the index is built anew and switched."""

import http.client
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from indexer.model.targets import Target
from tests.conftest import PATIENCE, ROOT
from tests.end_to_end.syncing import configure, page
from tests.generations.versions import report

KINDS = ["embedded", pytest.param("solr", marks=pytest.mark.servers)]
CLIENTS = 50
SECONDS = 60
FIRST = 200  # records that are there from the beginning
EACH = 20  # that each load adds
ALL = "gallimaufry"  # in every title
WAIT = 0.5  # after a 503


class Crowd:
    """What the readers were answered: `wrong` are the answers that no state of the index explains."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(CLIENTS)]
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self.wrong: list[str] = []
        self.begun = self.done = 0  # loads

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _read(self, number: int) -> None:
        chance = random.Random(number)
        connection = http.client.HTTPConnection(self._address, timeout=PATIENCE)
        while not self._stop.is_set():
            try:
                chance.choice([self._one, self._all, self._record])(connection, chance.randrange(FIRST))
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(f"no answer: {error!r}")
                connection.close()

    def _one(self, connection: http.client.HTTPConnection, number: int) -> None:
        """A word that one record has."""
        if text := self._get(connection, f"/api/v1/search?lookfor=only{number}x&field[]=id"):
            found = json.loads(text)
            if (found["resultCount"], [each["id"] for each in found["records"]]) != (1, [f"r{number}"]):
                self.wrong.append(f"only{number}x: {text[:300]}")

    def _all(self, connection: http.client.HTTPConnection, _number: int) -> None:
        """A word that all have: of a load that goes on, all or nothing."""
        least = self.done
        if text := self._get(connection, f"/Search/Results?lookfor={ALL}&sort=title"):
            shown = re.search(r"of ([\d,]+)", text)
            total = int(shown[1].replace(",", "")) if shown else 0
            if total not in {FIRST + EACH * loads for loads in range(least, self.begun + 1)}:
                self.wrong.append(f"{total} records after {least} loads, {self.begun} begun")

    def _record(self, connection: http.client.HTTPConnection, number: int) -> None:
        text = self._get(connection, f"/Record/{quote(f'r{number}')}")
        if text and f"<h1><bdi>{title(number)}</bdi></h1>" not in text:
            self.wrong.append(f"/Record/r{number}: {text[:300]}")

    def _get(self, connection: http.client.HTTPConnection, path: str) -> str:
        """The answer; "" for one at the limits."""
        began = time.monotonic()
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode()
        self.seconds.append(time.monotonic() - began)
        self.statuses[response.status] += 1
        if response.status == 503 and response.getheader("Retry-After"):
            self._stop.wait(WAIT)
            return ""
        if response.status != 200:
            self.wrong.append(f"{path}: {response.status} {text[:300]}")
            return ""
        return text


def title(number: int) -> str:
    return f"{ALL} only{number}x"


@contextmanager
def served(target: Target, folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "indexer", "serve", "--target", str(target), "--port", "0", "--no-staff"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        found = re.search(r" at http://([^/]+)/", process.stdout.readline() if process.stdout else "")
        assert found is not None
        yield found[1]
    finally:
        process.terminate()
        process.wait(PATIENCE)


def add(folder: Path, load: int, numbers: range) -> None:
    page(folder / f"dumps/{load:03}.xml", *((f"r{number}", title(number)) for number in numbers))


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_no_answer_is_wrong_while_it_is_loaded_and_built_anew(target: Target, tmp_path: Path) -> None:
    configure(tmp_path, 'name = "seen"\nprofile = "ojs"\npaths = ["dumps"]', target=str(target))
    add(tmp_path, 0, range(FIRST))
    generations = [report(tmp_path, ROOT, "reindex")["generation"]]
    with served(target, tmp_path) as address:
        crowd = Crowd(address)
        crowd.start()
        try:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end or len(generations) < 3:
                crowd.begun += 1
                add(tmp_path, crowd.begun, range(FIRST + EACH * (crowd.begun - 1), FIRST + EACH * crowd.begun))
                report(tmp_path, ROOT, "sync")
                crowd.done = crowd.begun
                generations.append(report(tmp_path, ROOT, "reindex")["generation"])
        finally:
            crowd.stop()
    ordered = sorted(crowd.seconds)
    print(
        f"{dict(crowd.statuses)}, {crowd.done} loads, {len(generations) - 1} switches, median"
        f" {1000 * ordered[len(ordered) // 2]:.0f} ms, 95th {1000 * ordered[len(ordered) * 95 // 100]:.0f} ms"
    )
    assert crowd.wrong == []
    assert set(crowd.statuses) <= {200, 503}
    assert crowd.statuses[200] > CLIENTS
