"""`indexer serve` as a command: it says where it listens, serves, and ends when it is told to."""

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
from indexer.web.server import serve
from tests.conftest import PATIENCE, ROOT


@pytest.mark.parametrize(("number", "ending"), [(1, signal.SIGTERM), (2, signal.SIGTERM), (2, signal.SIGKILL)])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, number: int, ending: signal.Signals) -> None:
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
        with urllib.request.urlopen(f"{found[0]}staff/runs", timeout=PATIENCE) as answer:
            assert b"load" in answer.read()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == (number + 1 if number > 1 else 0)  # and Python's own, which looks after them
        process.send_signal(ending)
        _, complaints = process.communicate(timeout=PATIENCE)
        assert (process.returncode, complaints) == (-ending if ending == signal.SIGKILL else 0, "")
        until = time.monotonic() + PATIENCE
        while any(Path(f"/proc/{child}").exists() for child in children):
            assert time.monotonic() < until, "it left a process behind"
            time.sleep(0.05)
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


def test_its_help_says_what_it_shows() -> None:
    said = CliRunner().invoke(cli, ["serve", "--help"]).output
    assert "--host" in said
    assert "--staff-header-file" in said
    assert "change nothing" in said
