"""`indexer serve` as a command: it says where it listens, serves, and ends when it is told to."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import indexer
from indexer.cli.main import cli
from indexer.config import Config
from indexer.engines.registry import install, parse_target
from indexer.model.errors import ConfigError, PermanentError
from indexer.web import processes
from indexer.web.processes import run_in
from indexer.web.server import serve
from tests.conftest import PATIENCE, ROOT


@pytest.mark.parametrize("number", [1, 2])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, number: int) -> None:
    target = f"embedded:{tmp_path / 'index'}"
    indexer.load(ROOT / "samples/seed_oai_dc.xml", profile="pmc", config=_config(tmp_path, target))
    command = [sys.executable, "-m", "indexer", "serve", "--target", target, "--port", "0"]
    command += ["--processes", str(number)]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert found is not None
        with urllib.request.urlopen(f"{found[0]}api/v1/search?lookfor=thrombocytopenia", timeout=PATIENCE) as answer:
            assert b'"resultCount": 1' in answer.read()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == (number if number > 1 else 0)
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=PATIENCE)
        assert (process.returncode, complaints) == (0, "")
        assert not any(Path(f"/proc/{child}").exists() for child in children)
    finally:
        process.kill()


def _config(folder: Path, target: str) -> Config:
    return indexer.configure(target=target, state=f"sqlite:///{folder / 'state.db'}", reports="")


def test_it_listens_on_this_machine_alone_unless_it_is_told_otherwise() -> None:
    defaults = {parameter.name: parameter.default for parameter in cli.commands["serve"].params}
    assert defaults["host"] == "127.0.0.1"


def test_what_cannot_be_served(tmp_path: Path) -> None:

    with pytest.raises(ConfigError, match="cannot be searched"):
        serve(parse_target(f"jsonl:{tmp_path}/x.jsonl"), host="127.0.0.1", port=0, say=click.echo)
    with pytest.raises(PermanentError, match="there is no index"):
        serve(parse_target(f"embedded:{tmp_path}/nothing"), host="127.0.0.1", port=0, say=click.echo)
    target = parse_target(f"embedded:{tmp_path}/index")
    install(target)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigError, match="cannot listen") as caught:
        serve(target, host="127.0.0.1", port=taken.getsockname()[1], say=click.echo)
    assert "--port" in caught.value.advice


def test_staff_are_served_by_one_process(tmp_path: Path) -> None:
    """What they set going is known to the process that does it."""
    target = parse_target(f"embedded:{tmp_path}/index")
    config = _config(tmp_path, str(target))
    with pytest.raises(ConfigError, match="one process"):
        serve(target, host="127.0.0.1", port=0, say=click.echo, config=config, staff=True, processes=2)


def test_a_process_that_ends_at_once_is_told_and_one_that_dies_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PermanentError, match="ended at once, with 3"):
        run_in(2, lambda: os._exit(3))
    monkeypatch.setattr(processes, "SHORTEST_LIFE", 0.0)
    told = tmp_path / "lives"

    def live() -> None:
        with told.open("a") as file:
            file.write("x")
        if told.read_text() == "xxx":
            os.kill(os.getppid(), signal.SIGTERM)
            signal.pause()
        os._exit(4)

    run_in(1, live)
    assert told.read_text() == "xxx"


def test_a_process_that_is_told_to_end_before_it_works_does_not_go_on_as_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork, waits = os.fork, iter([0.3, 1.5])  # so the second one is told to end while it waits

    def slowly() -> int:
        seconds, parent = next(waits), os.getpid()
        try:
            child = fork()
            if child == 0:
                time.sleep(seconds)
        except BaseException:
            if os.getpid() == parent:
                raise
            (tmp_path / "went on").touch()
            os._exit(9)  # nothing may come back into pytest
        return child

    monkeypatch.setattr(os, "fork", slowly)
    with pytest.raises(PermanentError, match="ended at once, with 3"):
        run_in(2, lambda: os._exit(3))
    assert not (tmp_path / "went on").exists()


def test_its_help_says_what_it_shows() -> None:
    said = CliRunner().invoke(cli, ["serve", "--help"]).output
    assert "--host" in said
    assert "--staff-header-file" in said
    assert "change nothing" in said
