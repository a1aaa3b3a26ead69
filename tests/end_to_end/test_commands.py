"""What every command promises whatever it does: flags, output for people and machines, interruption."""

import array
import fcntl
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.registry import parse_target
from indexer.model.errors import ExitCode
from tests.conftest import PATIENCE, ROOT
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.listening import answering, free_port

SEED = ROOT / "tests/data/seed/oai_dc_record.xml"
SAMPLE = ROOT / "samples/pubmed20n0014_slice.xml.gz"
PMC = ("--profile", "pmc")
COLUMNS = {"read", "indexed", "unchanged", "deleted", "filtered", "rejected", "superseded"}


def start(*args: str | Path, cwd: Path, **pipes: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "indexer", *map(str, args)], cwd=cwd, **pipes)


def events(stderr: str) -> list[dict[str, Any]]:
    """Every line of a JSON log is an object with the name of an event that never changes."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in stderr.splitlines()]
    for row in rows:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", row["event"])
        assert {"level", "timestamp"} <= row.keys()
    return rows


def test_a_dry_run_touches_nothing(indexer: Indexer, tmp_path: Path) -> None:
    down = f"http://127.0.0.1:{free_port()}"  # a request to it would fail
    for target in ("embedded:idx", "jsonl:out.jsonl", f"solr+{down}/solr/biblio", f"elasticsearch+{down}/biblio"):
        ended = indexer("load", SEED, *PMC, "--dry-run", "--target", target)
        assert ended.code == 0, ended.err
        assert "read 1   indexed 1" in ended.out
        assert "dry run: nothing was sent" in ended.out
        assert target in ended.out
    for command in (["transform", SEED, *PMC], ["config"], ["--version"], ["--help"], ["schema", "build", "--check"]):
        assert indexer(*command).code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_load_says_the_same_to_people_and_machines(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id":"1"}\n{"title":"no id"}\n')
    for_people = indexer("load", "bad.jsonl", "gone", "--target", "embedded:a")
    assert for_people.code == 1
    lines = for_people.out.splitlines()
    assert lines[0] == "solr_json   read 2   indexed 1   rejected 1"
    assert re.fullmatch(
        r"books closed · [\d.]+ s · [\d,]+ records/s · embedded:a · report var/reports/.+\.html", lines[1]
    )
    assert lines[2] == "rejected records are kept, and why: indexer dead-letters list"
    assert lines[3] == "1 file was not read, or not to the end"
    for_machines = indexer("load", "bad.jsonl", "gone", "--target", "embedded:b", "--json")
    assert for_machines.code == 1
    told = json.loads(for_machines.out)
    assert told["books"] == {
        "solr_json": {"read": 2, "indexed": 1, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 1}
    }
    assert (told["target"], told["exit_code"], told["faults"], told["dry_run"]) == ("embedded:b", 1, 1, False)
    assert told["books_closed"] is True
    assert told["interrupted"] is False
    assert told["seconds"] >= 0
    report = tmp_path / told["report"]
    assert report.suffix == ".html"
    assert "bad.jsonl record 2" in report.read_text(encoding="utf-8")
    kept = json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))
    assert kept["books"] == told["books"]
    assert ([each["count"] for each in kept["rejected"]], len(kept["problems"])) == ([1], 1)


def test_status(indexer: Indexer, tmp_path: Path) -> None:
    assert indexer("status").out.startswith("no run yet")
    assert json.loads(indexer("status", "--json").out)["runs"] == []
    (tmp_path / "bad.jsonl").write_text('{"id":"1"}\n{"title":"no id"}\n')
    indexer("load", SEED, *PMC, "--target", "embedded:idx")
    indexer("load", "bad.jsonl", "--target", "embedded:idx")
    indexer("load", SEED, "--dry-run", *PMC, "--target", "embedded:idx")
    indexer("load", SEED, *PMC, "--target", "embedded:.")  # a folder that is not ours: refused before anything is read
    shown = indexer("status")
    assert shown.code == 0
    assert "load  finished, with problems (exit 1)  embedded:idx" in shown.out
    assert "solr_json  read 2  indexed 1  rejected 1" in shown.out
    assert "load  all well (exit 0)  embedded:idx" in shown.out
    assert "load  the target failed (exit 3)  embedded:." in shown.out
    refused, newest, first = json.loads(indexer("status", "--json").out)["runs"]
    assert (refused["exit_code"], refused["books"]) == (3, {})
    assert (newest["command"], newest["exit_code"], newest["books"]["solr_json"]["rejected"]) == ("load", 1, 1)
    assert first["books"]["pmc"].keys() == COLUMNS
    assert first["started"] <= first["finished"]


def test_search_as_json(indexer: Indexer) -> None:
    indexer("load", SEED, *PMC, "--target", "embedded:idx")
    found = json.loads(indexer("search", "thrombocytopenia", "--target", "embedded:idx", "--json").out)
    assert found["total"] == 1
    assert found["documents"][0]["id"] == "pubmed-5443306"
    assert dict(found["facets"]["format"])["Online"] == 1
    missed = json.loads(indexer("search", "thrombocytopenai", "--target", "embedded:idx", "--json").out)
    assert (missed["total"], missed["suggestion"]) == (0, "thrombocytopenia")


def test_quiet_says_nothing_when_all_is_well(indexer: Indexer, tmp_path: Path) -> None:
    loaded = indexer("load", SEED, *PMC, "--target", "embedded:idx", "--quiet")
    assert (loaded.code, loaded.out, loaded.err) == (0, "", "")
    transformed = indexer("transform", SEED, *PMC, "--quiet")
    assert (transformed.code, transformed.err) == (0, "")
    assert len(transformed.out.splitlines()) == 1
    (tmp_path / "bad.jsonl").write_text('{"title":"no id"}\n')
    rejected = indexer("load", "bad.jsonl", "--target", "embedded:idx", "--quiet")
    assert (rejected.code, rejected.out) == (1, "")
    assert "bad.jsonl record 1: id: the record has none" in rejected.err


@pytest.mark.parametrize("asked", ["flag", "environment", "file"])
def test_logs_for_machines(indexer: Indexer, tmp_path: Path, asked: str) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id":"1"}\n{"title":"no id"}\n')
    (tmp_path / "empty.xml").touch()
    flag = ["--log-format", "json"] if asked == "flag" else []
    env = {"INDEXER_LOG_FORMAT": "json"} if asked == "environment" else {}
    if asked == "file":
        (tmp_path / "indexer.toml").write_text('[log]\nformat = "json"\n')
    loaded = indexer("load", "bad.jsonl", "empty.xml", "--target", "embedded:idx", *flag, env=env)
    assert loaded.code == 1
    started, *problems, finished = events(loaded.err)
    assert started["event"] == "run_started"
    rejected = next(row for row in problems if row["event"] == "record_rejected")
    assert (rejected["record"], rejected["level"]) == ("bad.jsonl record 2", "warning")
    fault = next(row for row in problems if row["event"] == "file_fault")
    assert (fault["file"], fault["reason"]) == ("empty.xml", "is empty")
    assert finished["event"] == "run_finished"
    assert {name: finished[name] for name in ("read", "indexed", "rejected", "exit_code")} == {
        "read": 2, "indexed": 1, "rejected": 1, "exit_code": 1
    }  # fmt: skip
    assert finished["sources"]["solr_json"]["indexed"] == 1
    transformed = indexer("transform", "bad.jsonl", *flag, env=env)
    assert [row["event"] for row in events(transformed.err)] == ["run_started", "record_rejected", "run_finished"]
    down = f"solr+http://127.0.0.1:{free_port()}/solr/biblio"
    failed = indexer("load", "bad.jsonl", "--target", down, *flag, env=env)
    assert failed.code == 3
    (event,) = events(failed.err)
    assert (event["event"], event["level"], event["exit_code"]) == ("command_failed", "error", 3)
    assert "cannot be reached" in event["reason"]


def test_a_wrong_setting_in_a_log_for_machines(indexer: Indexer) -> None:
    ended = indexer("load", "x", "--profile", "pubmet", env={"INDEXER_LOG_FORMAT": "json"})
    assert ended.code == 2
    (event,) = events(ended.err)
    assert event["reason"] == "there is no profile 'pubmet'"


def test_a_target_that_comes_and_goes_is_told_in_the_log(indexer: Indexer, tmp_path: Path) -> None:
    """A server that answers 503 is tried again for retry_seconds, then it is an error of its own words."""
    with answering(503, b'{"error":"warming up"}') as base:
        ended = indexer("load", SEED, *PMC, "--target", f"solr+{base}/solr/biblio", env={"INDEXER_RETRY_SECONDS": "1"})
    assert ended.code == 3
    assert "HTTP 503: warming up" in ended.err


def test_config_shows_each_setting_and_its_origin(indexer: Indexer, tmp_path: Path) -> None:
    (tmp_path / "indexer.toml").write_text(
        'target = "embedded:here"\n[load]\nconnections = 3\n[profile.theses]\nbase = "ojs"\n'
    )
    shown = indexer("config", "--target", "embedded:there", env={"INDEXER_WORKERS": "5", "INDEXER_PASSWORD": "x1y2"})
    rows = {line.split()[0]: line.split()[1:] for line in shown.out.splitlines()}
    assert rows["target"] == ["embedded:there", "--target"]
    assert rows["load.workers"] == ["5", "INDEXER_WORKERS"]
    assert rows["load.connections"] == ["3", "indexer.toml"]
    assert rows["load.batch_documents"] == ["500", "default"]
    assert rows["credentials.password"] == ["***", "INDEXER_PASSWORD"]
    assert rows["profile.theses.base"] == ["ojs", "indexer.toml"]
    assert "x1y2" not in shown.out


def test_the_version_names_what_decides_the_documents(indexer: Indexer) -> None:
    import icu

    assert f"icu{icu.ICU_VERSION}" in indexer("--version").out


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are listed by Linux")
def test_interrupted_with_worker_processes_it_leaves_nothing_behind(tmp_path: Path) -> None:
    assert start("load", SEED, "--quiet", cwd=tmp_path).wait(PATIENCE) == 0
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = start("diff", "-", "--profile", "pubmed", "--workers", "2", cwd=tmp_path, **pipes)
    assert process.stdin is not None
    process.stdin.write(gzip.decompress(SAMPLE.read_bytes())[:2_000_000])  # and it waits for more
    process.stdin.flush()
    until = time.monotonic() + PATIENCE
    while unread(process.stdin) or len(ready_workers(process.pid)) < 2:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == ExitCode.INTERRUPTED  # and its input is not at its end
    assert process.communicate() == (b"", b"")


def unread(pipe: Any) -> int:
    """How many bytes lie in a pipe."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def ready_workers(pid: int) -> list[int]:
    """Processes that derive documents and have begun to: they leave Ctrl-C to the one that started them."""
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [
        each
        for each in children
        if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes() and ignores(each, signal.SIGINT)
    ]


def test_help_is_fast_because_it_imports_little() -> None:
    program = (
        "import sys\n"
        "from indexer.cli import main as cli\n"
        "sys.argv = ['indexer', *sys.argv[1:]]\n"
        "try: cli.main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = 'lxml pydantic sqlalchemy tantivy elasticsearch rich requests icu structlog'.split()\n"
        "print(*(name for name in heavy if name in sys.modules), file=sys.stderr)\n"
    )
    for args in (["--help"], ["load", "--help"], ["schema", "--help"], ["-h"]):
        done = subprocess.run([sys.executable, "-c", program, *args], capture_output=True, text=True, check=True)
        assert done.stdout.startswith("Usage: indexer ")
        assert "..." not in done.stdout.partition("Commands:")[2]  # what a command does is said in one line
        assert done.stderr.strip() == ""


@pytest.mark.parametrize(
    "args",
    [
        ["transform", str(SAMPLE)],  # more than a pipe holds
        ["transform", str(SEED), "--profile", "pmc"],
        ["config"],
        ["--help"],
        ["load", str(SEED), "--dry-run", "--json"],
    ],
)
def test_a_reader_that_leaves(tmp_path: Path, args: list[str]) -> None:
    """As in `indexer ... | head -1`: nothing is wrong, nothing is said, not even when Python ends."""
    for take in (b"", b"\n"):
        with start(*args, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            if take:
                process.stdout.readline()
            process.stdout.close()
            said = process.stderr.read().decode()
            assert process.wait(timeout=PATIENCE) == 0
        assert "Broken" not in said
        assert "Traceback" not in said
        assert "Exception" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_no_room_for_the_output(tmp_path: Path) -> None:
    for args, code in ((["config"], 1), (["transform", SEED, *PMC], 3)):
        with open("/dev/full", "wb") as full:
            process = start(*args, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE)
            _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == code
        assert b"No space left on device" in said
        assert b"Traceback" not in said


def test_closed_streams(tmp_path: Path) -> None:
    """A caller that closes standard streams: what is opened next must not take their place."""
    command = f"{sys.executable} -m indexer"
    for line, code in (
        (f"{command} load {SEED} --profile pmc --target embedded:idx <&- >&- 2>&-", 0),
        (f"{command} transform {SEED} --profile pmc >&-", 0),
        (f"{command} load - --target embedded:idx <&-", 1),
    ):
        done = subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
    assert len(read_back(parse_target(f"embedded:{tmp_path / 'idx'}"))) == 1


def small_documents(path: Path, numbers: Iterable[int]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as stream:
        for number in numbers:
            stream.write(
                json.dumps({"id": f"n{number}", "title": f"The {number}th book", "author": ["Doe, J."]}) + "\n"
            )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_load_goes_on_with_the_same_command(
    indexer: Indexer, tmp_path: Path, number: signal.Signals
) -> None:
    count = 60_000
    small_documents(tmp_path / "dump.jsonl.gz", range(count))
    command = ("load", "dump.jsonl.gz", "--target", "embedded:idx")
    process = start(*command, "--log-format", "json", cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert json.loads(process.stderr.readline())["event"] == "run_started"
    while process.poll() is None and not list(tmp_path.glob("idx/index/*.store")):
        time.sleep(0.01)  # some batches
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err.decode()
    assert [row["event"] for row in events(err.decode())] == ["stopping", "run_finished"]
    found = re.search(r"read ([\d,]+)   indexed ([\d,]+)", out.decode())
    assert found is not None
    taken = int(found[1].replace(",", ""))
    assert found[1] == found[2]
    assert 0 < taken < count
    assert "interrupted: " in out.decode()
    assert len(read_back(parse_target(f"embedded:{tmp_path / 'idx'}"))) == taken

    again = indexer(*command)
    assert again.code == 0, again.err
    assert f"resuming at record {taken + 1:,}" in again.err
    assert f"read {count:,}   indexed {count:,}" in again.out
    back = read_back(parse_target(f"embedded:{tmp_path / 'idx'}"))
    assert len(back) == count
    ends = [run["exit_code"] for run in json.loads(indexer("status", "--json").out)["runs"]]
    assert ends == [0, 130]


def catches(pid: int, number: int) -> bool:
    """Whether a process handles this signal itself."""
    return _has(pid, "SigCgt", number)


def ignores(pid: int, number: int) -> bool:
    return _has(pid, "SigIgn", number)


def _has(pid: int, what: str, number: int) -> bool:
    [signals] = re.findall(rf"^{what}:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
    return bool(int(signals, 16) >> (number - 1) & 1)


def test_an_interrupt_while_starting(tmp_path: Path) -> None:
    """Ctrl-C before anything was begun: no words of Python's."""
    read, write = os.pipe()
    try:
        process = start("load", "-", "--target", "embedded:idx", cwd=tmp_path, stdin=read, stderr=subprocess.PIPE)
        until = time.monotonic() + PATIENCE
        while not catches(process.pid, signal.SIGINT) and time.monotonic() < until:
            time.sleep(0.02)  # Python itself has not begun: nobody could answer
        time.sleep(0.3)
        for _ in range(60):  # where it was reading already, the second one that it sees ends it at once
            process.send_signal(signal.SIGINT)
            time.sleep(1.0)
            if process.poll() is not None:
                break
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        os.close(read)
        os.close(write)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_an_interrupt_where_python_cannot_raise_it() -> None:
    program = """
import indexer.cli.main
class Interrupted:
    def __del__(self):
        raise KeyboardInterrupt
indexer.cli.main.cli.invoke = lambda _: Interrupted() is None
indexer.cli.main.main()
"""
    done = subprocess.run([sys.executable, "-c", program, "doctor"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")
