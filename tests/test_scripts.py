"""The scripts around the code: what they say when something is missing, and that they stop only what is theirs."""

import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import click
import pytest

from indexer.cli.main import cli
from tests.conftest import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = (
    "scripts/servers",
    "scripts/venv",
    "scripts/test",
    "scripts/demo",
    "scripts/bench",
    "scripts/stack-test",
    ".ci/run",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A checkout of its own, in a folder with a space in its name, with the scripts and nothing else."""
    folder = tmp_path / "a checkout"
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copy(ROOT / "requirements-dev.lock", folder)
    yield folder
    for place in (folder / ".servers").glob("*"):
        if place.is_symlink():  # root's servers keep their files outside of a folder that is not open to all
            shutil.rmtree(place.resolve().parent)


def load_servers(checkout: Path) -> ModuleType:
    loader = SourceFileLoader("servers", str(checkout / "scripts/servers"))
    spec = importlib.util.spec_from_loader("servers", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def servers(checkout: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(checkout / "scripts/servers"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, check=False)


def program(folder: Path, name: str, *lines: str) -> None:
    """Put a bash script into a folder that a test has on its PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(["#!/bin/bash", *lines, ""]))
    (folder / name).chmod(0o755)


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that some other program started."""
    sleeping = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "-Dindexer.server=other-solr"])
    yield sleeping
    sleeping.kill()
    sleeping.wait()


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    if (ROOT / script).read_text().startswith("#!/bin/bash"):
        subprocess.run(["bash", "-n", str(ROOT / script)], check=True)


# ---- servers


@pytest.mark.parametrize("arguments", [[], ["restart"], ["start", "mysql"]])
def test_servers_without_a_known_command_or_kind_say_how(arguments: list[str], checkout: Path) -> None:
    done = servers(checkout, *arguments)
    assert done.returncode == 2
    assert "scripts/servers start|stop|status [KIND]" in done.stderr
    assert "KIND: solr, solrcloud (version 9), solr10" in done.stderr


def test_servers_that_do_not_run(checkout: Path) -> None:
    status = servers(checkout, "status")
    assert (status.returncode, status.stdout.count("not running")) == (3, 5)
    assert servers(checkout, "url", "solr").returncode == 1
    assert servers(checkout, "stop").returncode == 0


def test_a_pid_file_that_names_another_process_is_stale(checkout: Path, process: "subprocess.Popen[bytes]") -> None:
    for kind in ("solr", "elasticsearch"):
        (checkout / ".servers" / kind).mkdir(parents=True)
        (checkout / ".servers" / kind / "pid").write_text(str(process.pid))
        (checkout / ".servers" / kind / "url").write_text("http://127.0.0.1:1")
    assert servers(checkout, "url", "solr").returncode == 1
    assert servers(checkout, "stop", "solr", "elasticsearch").returncode == 0
    assert process.poll() is None, "stopped a process that is not ours"
    assert not (checkout / ".servers/solr/pid").exists()


@pytest.mark.parametrize("content", ["", "abc", "99999999"])
def test_a_pid_file_that_names_no_process_is_stale(content: str, checkout: Path) -> None:
    (checkout / ".servers/solr").mkdir(parents=True)
    (checkout / ".servers/solr/pid").write_text(content)
    assert load_servers(checkout).pid_of("solr") is None


def test_stop_ends_our_process_by_its_pid_file(checkout: Path) -> None:
    module = load_servers(checkout)
    ours = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", module.marker("solr")])
    (checkout / ".servers/solr").mkdir(parents=True)
    (checkout / ".servers/solr/pid").write_text(str(ours.pid))
    while module.pid_of("solr") is None:  # until the fork has become the program
        time.sleep(0.01)
    assert servers(checkout, "stop", "solr").returncode == 0
    assert ours.wait(PATIENCE) == -signal.SIGTERM


class Clock:
    """Time that passes only while somebody sleeps; `tick` is called with each new second."""

    def __init__(self, tick: Callable[[float], None]) -> None:
        self.now, self._tick = 0.0, tick

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self._tick(self.now)


@pytest.mark.parametrize("silent_after", [None, 1500])
def test_a_slow_server_is_waited_for_while_its_log_grows(
    silent_after: int | None,
    checkout: Path,
    process: "subprocess.Popen[bytes]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = load_servers(checkout)
    folder = checkout / ".servers/opensearch"
    folder.mkdir(parents=True)
    (folder / "ports").write_text("1 2")

    def tick(now: float) -> None:
        if now % 100 == 0 and not (silent_after and now > silent_after):
            with (folder / "log").open("a") as log:
                log.write(f"second {now:.0f}\n")

    clock = Clock(tick)
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "is_ready", lambda kind, base: clock.now >= 2000)
    if silent_after is None:
        module.wait("opensearch", {"opensearch": process})
        assert clock.now == 2000
        return
    with pytest.raises(module.Problem, match="opensearch does not answer, and has been silent for 180 seconds") as gone:
        module.wait("opensearch", {"opensearch": process})
    assert 1680 < clock.now < 1682
    assert str(gone.value).endswith(
        "its log is .servers/opensearch/log:\n" + "".join(f"    second {second}\n" for second in range(100, 1600, 100))
    )


def test_a_server_that_ends_is_not_waited_for(
    checkout: Path, process: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    module = load_servers(checkout)
    (checkout / ".servers/opensearch").mkdir(parents=True)
    (checkout / ".servers/opensearch/ports").write_text("1 2")
    monkeypatch.setattr(module, "is_ready", lambda kind, base: False)
    process.kill()
    process.wait()
    with pytest.raises(module.Problem, match="opensearch ended with exit code -9"):
        module.wait("opensearch", {"opensearch": process})


def test_two_checkouts_have_different_markers(checkout: Path) -> None:
    assert load_servers(checkout).marker("solr") != load_servers(ROOT).marker("solr")


def test_ports_are_kept_while_they_are_free(checkout: Path) -> None:
    module = load_servers(checkout)
    (checkout / ".servers/solr").mkdir(parents=True)
    first = module.free_ports("solr", 2)
    assert module.free_ports("solr", 2) == first
    with module.socket.socket() as taken:
        taken.bind(("127.0.0.1", first[1]))
        taken.listen()
        assert set(module.free_ports("solr", 2)).isdisjoint(first)


def test_without_maven_and_docker_it_says_what_is_needed(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin", "nothing")
    done = servers(checkout, "start", "elasticsearch", PATH=str(tmp_path / "bin"), XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == "elasticsearch needs mvn and a JDK 21 or newer (JAVA_HOME names one), or docker compose\n"


def test_without_maven_it_asks_docker_compose(checkout: Path, tmp_path: Path) -> None:
    bin, log = tmp_path / "bin", tmp_path / "asked"
    program(
        bin,
        "docker",
        f'printf "%s\\n" "$*" >>{shlex.quote(str(log))}',
        '[[ $* != *" port "* ]] || echo 127.0.0.1:32768',
    )
    environment = {"PATH": str(bin), "XDG_CACHE_HOME": str(tmp_path)}
    started = servers(checkout, "start", "solrcloud", **environment)
    assert started.returncode == 0, started.stderr
    assert started.stdout.startswith("solrcloud      http://127.0.0.1:32768/solr  in docker compose project indexer-")
    assert servers(checkout, "url", "solrcloud", **environment).stdout == "http://127.0.0.1:32768/solr\n"
    servers(checkout, "stop", "solrcloud", **environment)
    asked = log.read_text()
    assert " up -d --wait --wait-timeout 180 solrcloud solrcloud2\n" in asked
    assert " rm -s -f -v solrcloud solrcloud2\n" in asked
    assert servers(checkout, "url", "solrcloud", **environment).returncode == 1


def test_without_maven_it_shows_what_docker_compose_said(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin", "docker", '[[ $* != *" up "* ]] || { echo "no space left on device" >&2; exit 1; }')
    done = servers(checkout, "start", "solr", PATH=str(tmp_path / "bin"), XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == "solr did not start, see .servers/solr/log:\n    no space left on device\n"


@pytest.mark.long
def test_a_killed_server_comes_back_where_it_was_with_its_data(checkout: Path) -> None:
    configset = checkout / "schemas/solr/biblio"
    shutil.copytree(ROOT / "schemas/solr/biblio", configset)
    try:
        assert servers(checkout, "start", "solr").returncode == 0
        url = servers(checkout, "url", "solr").stdout.strip()
        core = f"{url}/admin/cores?action=CREATE&name=kept&configSet=biblio"
        assert urllib.request.urlopen(core, timeout=60).status == 200
        pid = (checkout / ".servers/solr/pid").read_text()
        os.kill(int(pid), signal.SIGKILL)
        while servers(checkout, "url", "solr").returncode == 0:
            time.sleep(0.1)
        again = servers(checkout, "start", "solr")
        assert again.returncode == 0, again.stderr
        assert servers(checkout, "url", "solr").stdout.strip() == url
        assert (checkout / ".servers/solr/pid").read_text() != pid
        assert urllib.request.urlopen(f"{url}/kept/select?q=*:*", timeout=60).status == 200
    finally:
        assert servers(checkout, "stop", "solr").returncode == 0


# ---- the fixtures that name the servers


@pytest.mark.parametrize(("ci", "result"), [("", "SKIPPED"), ("true", "ERROR")])
def test_without_a_server_tests_skip_and_fail_in_continuous_integration(ci: str, result: str, checkout: Path) -> None:
    (checkout / "tests").mkdir()
    shutil.copy(ROOT / "tests/conftest.py", checkout / "tests")
    (checkout / "tests/test_it.py").write_text("def test_it(solr_url): pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(checkout / "tests")]
    done = subprocess.run(
        command, cwd=checkout, capture_output=True, text=True, env=os.environ | {"CI": ci}, check=False
    )
    assert re.search(rf"^{result}.*no Solr: scripts/servers start solr$", done.stdout, re.MULTILINE), done.stdout
    assert (done.returncode == 0) == (not ci)


# ---- the virtual environment, the tests and the demo


def test_an_old_python_is_named(checkout: Path, tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    for tool in ("dirname", "cat", "cksum", "bash"):
        (bin / tool).parent.mkdir(exist_ok=True)
        (bin / tool).symlink_to(shutil.which(tool) or tool)
    program(bin, "python3", '[ "$1" = --version ] && { echo Python 3.9.2; exit 0; }', "exit 1")
    done = subprocess.run([str(checkout / "scripts/demo")], env={"PATH": str(bin)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("no Python 3.11 or newer on the PATH: python3 is Python 3.9.2.\n")


def test_a_python_without_ensurepip_is_named(checkout: Path, tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    program(bin, "python3", "[[ $* != *ensurepip* ]] || exit 1", f'exec {shlex.quote(sys.executable)} "$@"')
    for tool in ("dirname", "cat", "cksum", "bash"):
        (bin / tool).symlink_to(shutil.which(tool) or tool)
    done = subprocess.run([str(checkout / "scripts/demo")], env={"PATH": str(bin)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"at {bin}/python3 cannot make virtual environments: ensurepip is missing" in done.stderr
    assert "apt-get install python3-venv" in done.stderr


def test_test_refuses_an_unknown_argument() -> None:
    done = subprocess.run([str(ROOT / "scripts/test"), "units"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "usage: scripts/test [unit|full|coverage]\n")


def test_demo_runs_commands_and_samples_that_there_are() -> None:
    lines = [line for line in (ROOT / "scripts/demo").read_text().splitlines() if line.startswith("run ")]
    assert len(lines) == 4
    for line in lines:
        name, *words = shlex.split(line)[1:]
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        context = command.make_context(name, list(words))
        for path in context.params.get("paths", ()):
            assert (ROOT / path).is_file(), path


@pytest.mark.long
def test_demo_on_a_fresh_clone_with_an_empty_home(tmp_path: Path) -> None:
    clone, home = tmp_path / "clone", tmp_path / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INDEXER_")}
    for _ in range(2):
        done = subprocess.run(
            [str(clone / "scripts/demo")],
            env=environment | {"HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1,685" in done.stdout
        assert "books closed" in done.stdout
        assert 'did you mean "intravenous infusion"?' in done.stdout
