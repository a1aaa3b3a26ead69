"""`kill -9` and gentler ends of a load with two workers: the same command again ends as an unbroken run."""

import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.engines import registry
from indexer.engines.registry import parse_target
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.conformance.conftest import SERVERS, _drop
from tests.conftest import PATIENCE, ROOT
from tests.end_to_end.conftest import read_back
from tests.end_to_end.documents import of_lines, stored
from tests.faults.conftest import make_index
from tests.faults.proxy import proxying, stall

SLICE = ROOT / "tests/data/pubmed/pubmed21n1298_slice.xml.gz"
ENGINES = [
    "embedded",
    pytest.param("solr", marks=pytest.mark.servers),
    pytest.param("elasticsearch", marks=pytest.mark.servers),
]
#: The command, with the embedded index committing more often than every 30 seconds.
COMMAND = "import indexer.pipeline.run as run; run.COMMIT_EVERY = {}; from indexer.cli.main import main; main()"

Documents = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Dumps:
    """Two dumps, the second with later versions and deletions of what the first holds, and records without a PMID."""

    folder: Path
    documents: Documents
    books: dict[str, int]  # read, written, deleted, rejected


def make_dumps(folder: Path, copies: int) -> Dumps:
    """Real records with new ids, `copies` times 332 of them."""
    text = gzip.decompress(SLICE.read_bytes()).decode()
    articles = re.findall(r"<PubmedArticle>.*?</PubmedArticle>", text, re.S)
    assert len(articles) == 332

    def numbered(article: str, pmid: object) -> str:
        return re.sub(r"<PMID Version=\"\d+\">\d+</PMID>", f'<PMID Version="1">{pmid}</PMID>', article, count=1)

    def write(name: str, articles: list[str], end: str = "") -> None:
        body = "\n".join(articles)
        (folder / name).write_bytes(
            gzip.compress(f"<PubmedArticleSet>\n{body}{end}</PubmedArticleSet>".encode(), compresslevel=1)
        )

    first = [numbered(article, 332 * copy + n) for copy in range(1, copies + 1) for n, article in enumerate(articles)]
    first[100] = numbered(first[100], "none")
    first[-5] = numbered(first[-5], "none")
    later = [
        numbered(article, 332 * copy + n)
        for copy in range(1, copies + 1, 3)
        for n, article in enumerate(reversed(articles))
    ]
    deleted = [332 + n for n in range(0, 332, 7)]
    deletions = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    write("a.xml.gz", first)
    write("b.xml.gz", later, f"<DeleteCitation>{deletions}</DeleteCitation>")
    lines = subprocess.run(
        [sys.executable, "-m", "indexer", "transform", str(folder), "--profile", "pubmed", "--quiet"],
        capture_output=True,
        check=False,
    )
    assert lines.returncode == ExitCode.REJECTED, lines.stderr
    documents = of_lines(lines.stdout.decode())
    for pmid in deleted:
        del documents[f"pmid-{pmid}"]
    read = len(first) + len(later) + len(deleted)
    books = {"read": read, "written": read - 2 - len(deleted), "deleted": len(deleted), "rejected": 2}
    return Dumps(folder, stored(documents), books)


@pytest.fixture(scope="session")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Dumps:
    return make_dumps(tmp_path_factory.mktemp("dumps"), 12)


@pytest.fixture(scope="session")
def many_dumps(tmp_path_factory: pytest.TempPathFactory) -> Dumps:
    return make_dumps(tmp_path_factory.mktemp("dumps"), 60)


@pytest.fixture(params=ENGINES)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    kind = request.param
    if kind not in SERVERS:
        yield parse_target(f"{kind}:{tmp_path / 'index'}")
        return
    product, fixture = SERVERS[kind]
    made = parse_target(f"{product}+{request.getfixturevalue(fixture)}/kill_{uuid.uuid4().hex[:12]}")
    try:
        registry.install(made)
        yield made
    finally:
        _drop(kind, made)


class Load:
    """A load that runs: `mark` is in the environment of all its processes."""

    def __init__(self, dumps: Dumps, target: Target, folder: Path, *options: str, limit: int | None = None) -> None:
        """`limit`: bytes that a file of its may have. It commits once then, so that a file does become too large."""
        limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); " if limit else ""
        command = limited + COMMAND.format(600 if limit else 0.4)
        self.mark = f"kill-{uuid.uuid4().hex}"
        self.process = subprocess.Popen(
            [
                sys.executable, "-c", command, "load", str(dumps.folder), "--profile", "pubmed",
                "--target", str(target), "--workers", "2", "--json", *options,
            ],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "INDEXER_BATCH_DOCUMENTS": "200", "PYTEST_MARK": self.mark},
            start_new_session=True,
        )  # fmt: skip

    def end(self) -> tuple[int, str, str]:
        """Waits for it; gives its exit code and what it printed."""
        out, err = self.process.communicate(timeout=PATIENCE)
        # a worker whose parent is killed before it has told it what to do says so in Python's own words
        assert "Traceback" not in err or self.process.returncode == -signal.SIGKILL, err
        assert self.left_behind() == []
        return self.process.returncode, out, err

    def kill(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)

    def workers(self) -> list[int]:
        """Its processes that derive documents."""
        return [pid for pid in self.processes() if pid != self.process.pid and b"spawn_main" in _read(pid, "cmdline")]

    def processes(self) -> list[int]:
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [pid for pid in pids if self.mark.encode() in _read(pid, "environ")]

    def left_behind(self) -> list[int]:
        """Its processes that are still there a while after its end."""
        until = time.monotonic() + PATIENCE
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.05)
        return left


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""  # it has ended meanwhile, or is not ours


def is_whole(report: dict[str, Any], dumps: Dumps, target: Target) -> None:
    """The index and the books are those of an unbroken run."""
    books = report["books"]["pubmed"]
    assert report["books_closed"] is True
    assert {
        "read": books["read"],
        "written": books["indexed"] + books["unchanged"],
        "deleted": books["deleted"],
        "rejected": books["rejected"],
    } == dumps.books
    back = stored(read_back(target))
    assert back.keys() == dumps.documents.keys()
    assert back == dumps.documents


def finish(dumps: Dumps, target: Target, folder: Path) -> str:
    """The same command to its end: the index and the books are those of an unbroken run. Gives what it said."""
    code, out, err = Load(dumps, target, folder).end()
    assert code == ExitCode.REJECTED, err
    is_whole(json.loads(out), dumps, target)
    return err


def killed_and_resumed(dumps: Dumps, target: Target, folder: Path, *, kills: int, seed: int, span: float) -> None:
    """`kills` times a load is killed within `span` seconds, each going on from where the one before came to."""
    moments = random.Random(seed)
    done = 0
    while done < kills:
        load = Load(dumps, target, folder, "--force")  # to have something to do also if one was through before its end
        try:
            load.process.wait(timeout=moments.uniform(0.4, span))
            span *= 0.7
        except subprocess.TimeoutExpired:
            load.kill()
            done += 1
        load.end()
    finish(dumps, target, folder)


@pytest.mark.parametrize("seed", [1])
def test_killed_at_some_moments(dumps: Dumps, target: Target, tmp_path: Path, seed: int) -> None:
    killed_and_resumed(dumps, target, tmp_path, kills=2, seed=seed, span=3.0)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_killed_at_thirty_moments(many_dumps: Dumps, target: Target, tmp_path: Path, seed: int) -> None:
    killed_and_resumed(many_dumps, target, tmp_path, kills=3, seed=seed, span=9.0)


@pytest.fixture
def embedded(tmp_path: Path) -> Target:
    return parse_target(f"embedded:{tmp_path / 'index'}")


@pytest.fixture
def solr(request: pytest.FixtureRequest, solr_url: str) -> Iterator[Target]:
    yield from make_index("solr", request)


def begun(load: Load, folder: Path) -> None:
    """Waits until its first batches were committed."""
    until = time.monotonic() + PATIENCE
    while not list(folder.glob("index/index/*.store")):
        assert load.process.poll() is None, load.end()
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stores_how_far_it_came(dumps: Dumps, embedded: Target, tmp_path: Path, number: int) -> None:
    load = Load(dumps, embedded, tmp_path)
    begun(load, tmp_path)
    # to all its processes, as Ctrl-C on a terminal and systemd do it
    os.killpg(load.process.pid, number)
    code, out, err = load.end()
    assert code == ExitCode.INTERRUPTED, err
    report = json.loads(out)
    assert report["interrupted"] is True
    assert report["books_closed"] is True
    assert len(read_back(embedded)) > 0
    said = finish(dumps, embedded, tmp_path)
    [at] = re.findall(r"resuming at record ([\d,]+)", said)
    assert int(at.replace(",", "")) == report["books"]["pubmed"]["read"] + 1


def test_a_second_interrupt_ends_at_once(dumps: Dumps, solr: Target, tmp_path: Path) -> None:
    """Though a request is under way that nobody answers: what was counted is safe, what was not is said."""
    with proxying(solr.base) as proxy:
        proxy.script([stall(600)] * 2, after=4)
        load = Load(dumps, parse_target(f"solr+{proxy.url}/{solr.index}"), tmp_path)
        until = time.monotonic() + PATIENCE
        while len(proxy.pushes) < 6 and time.monotonic() < until:
            time.sleep(0.05)
        load.kill(signal.SIGINT)
        time.sleep(0.5)
        assert load.process.poll() is None
        load.kill(signal.SIGINT)
        began = time.monotonic()
        code, out, err = load.end()
        assert time.monotonic() - began < 300
    assert (code, out) == (ExitCode.INTERRUPTED, "")
    assert "ended at once by an interrupt" in err
    status = subprocess.run(
        [sys.executable, "-m", "indexer", "status", "--json"], cwd=tmp_path, capture_output=True, check=True
    )
    [run] = json.loads(status.stdout)["runs"]
    books = run["books"]["pubmed"]
    assert books["read"] == books["indexed"] + books["rejected"] > 0
    assert re.fullmatch(r"ended at once by an interrupt; [\d,]+ records were in flight .*", run["message"])
    finish(dumps, solr, tmp_path)


def test_a_worker_that_is_killed(dumps: Dumps, embedded: Target, tmp_path: Path) -> None:
    """What it was about is derived again, and the load goes on."""
    load = Load(dumps, embedded, tmp_path)
    begun(load, tmp_path)
    workers = load.workers()
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    code, out, err = load.end()
    assert code == ExitCode.REJECTED
    assert "worker_died" in err
    is_whole(json.loads(out), dumps, embedded)


def test_a_disk_that_fills(dumps: Dumps, embedded: Target, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: what is in the way of the index is in the way of the state."""
    full = Load(dumps, embedded, tmp_path, limit=1_500_000)
    code, _, err = full.end()
    assert code == ExitCode.TARGET, err
    assert f"{embedded}: cannot be written: " in err
    assert "free space" in err
    finish(dumps, embedded, tmp_path)
