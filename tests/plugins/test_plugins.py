"""Formats and engines that installed distributions bring: what docs/extend.md shows, installed by pip and used."""

import json
import shutil
import site
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

HERE = Path(__file__).parent
SAMPLE = HERE / "indexer-mods/sample.xml"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(folder: Path, *distributions: str) -> Path:
    """The Python of a new environment that sees the project and what it needs, with the distributions installed."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    ask = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    shared = "".join(f"import site; site.addsitedir({path!r})\n" for path in site.getsitepackages())
    (packages / "shared.pth").write_text(shared)
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "-q",
        "--no-deps",
        "--no-build-isolation",
    ]
    subprocess.run(
        [*install, *(str(HERE / name) for name in distributions)], check=True, capture_output=True, text=True
    )
    return python


def runner(python: Path, folder: Path) -> Run:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(python), "-m", "indexer", *arguments], cwd=folder, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environment(tmp_path_factory.mktemp("environment"), "indexer-mods", "indexer-sqlite")


@pytest.fixture
def indexer(python: Path, tmp_path: Path) -> Run:
    return runner(python, tmp_path)


def test_a_format_is_recognised_and_read_by_its_profile(indexer: Run) -> None:
    done = indexer("transform", str(SAMPLE))
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["id"] == "tea-1"
    assert first["title_sort"] == "infusion of tea"
    assert first["author_facet"] == ["Müller, Jürgen"]  # copied fields are made as for every format
    assert first["record_format"] == "mods"
    assert second["id"] == "tea-2"


def test_a_format_in_load_sync_and_explain(indexer: Run, tmp_path: Path) -> None:
    done = indexer("load", str(SAMPLE), "--target", "embedded:index", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["books"]["mods"]["indexed"] == 2
    told = indexer("explain", str(SAMPLE), "--id", "tea-1", "--field", "author")
    assert "the first part of each personal name" in told.stdout
    assert "Müller, Jürgen" in told.stdout
    (tmp_path / "indexer.toml").write_text(
        f'target = "embedded:other"\n[[source]]\nname = "library"\nprofile = "ours"\npaths = ["{SAMPLE}"]\n'
        '[profile.ours]\nbase = "mods"\nid_prefix = "lib-"\n'
    )
    done = indexer("sync")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lib-tea-1" in indexer("search", "infusion").stdout


def test_an_engine_takes_loads_and_says_what_it_cannot_do(indexer: Run, tmp_path: Path) -> None:
    (tmp_path / "indexer.toml").write_text(
        f'target = "sqlite:documents.db"\n[[source]]\nname = "library"\nprofile = "mods"\npaths = ["{SAMPLE}"]\n'
    )
    for command in (["load", str(SAMPLE)], ["sync"], ["schema", "check"], ["verify"], ["status"]):
        done = indexer(*command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    assert "sqlite:documents.db" in done.stdout
    for command, why in (
        (["reindex"], "an SQLite file has no generations: reindex is not possible here"),
        (["generations"], "an SQLite file has no generations"),
        (["search", "tea"], "an SQLite file cannot be searched"),
        (["schema", "install"], "an SQLite file gets no schema from here"),
    ):
        done = indexer(*command)
        assert done.returncode == 2, f"{command}: {done.stdout}{done.stderr}"
        assert f"sqlite:documents.db: {why}" in done.stderr
        assert "Traceback" not in done.stderr


def test_an_engine_passes_the_suite_in_its_own_project(python: Path, tmp_path: Path) -> None:
    shutil.copytree(HERE / "indexer-sqlite/tests", tmp_path / "tests")
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "tests"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


def test_what_is_broken_or_takes_a_name_is_left_out_with_a_line(tmp_path: Path) -> None:
    run = runner(environment(tmp_path / "environment", "indexer-mods", "indexer-broken"), tmp_path)
    done = run("load", str(SAMPLE), "--target", "embedded:index")
    assert done.returncode == 0, done.stderr
    told = done.stdout + done.stderr
    for line in (
        "format 'marc' of indexer-broken 0.1 is left out: there is a format of that name",
        "format 'tei' of indexer-broken 0.1 is left out: No module named 'indexer_broken.no_such_module'",
        "engine 'solr' of indexer-broken 0.1 is left out: there is an engine of that name",
        "engine 'typesense' of indexer-broken 0.1 is left out:",
    ):
        assert told.count(line) == 1, told
    assert "Traceback" not in told


def test_the_page_shows_these_files_as_they_are() -> None:
    page = (ROOT / "docs/extend.md").read_text()
    for name in (
        "indexer-mods/pyproject.toml",
        "indexer-mods/indexer_mods/mods.py",
        "indexer-mods/indexer_mods/mods.toml",
        "indexer-sqlite/pyproject.toml",
        "indexer-sqlite/indexer_sqlite/__init__.py",
        "indexer-sqlite/indexer_sqlite/sink.py",
        "indexer-sqlite/tests/test_sqlite.py",
    ):
        assert f"\n{(HERE / name).read_text()}```" in page, name
