"""The derive version: another one when a rule changes, the same wherever and whenever we were installed."""

import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import icu
import pytest

from indexer.formats import version
from indexer.formats.version import RULES, derive_version, digest


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of what makes documents, put there now."""
    for root in RULES:
        put = shutil.copytree if root.is_dir() else shutil.copy
        put(root, tmp_path / root.name)
    return tmp_path


def of(folder: Path) -> str:
    return digest([folder / root.name for root in RULES])


def test_a_copy_has_the_same(rules: Path) -> None:
    (rules / "formats/__pycache__").mkdir(exist_ok=True)
    (rules / "formats/__pycache__/jats.cpython-399.pyc").write_bytes(b"x")
    assert of(rules) == digest(RULES)


@pytest.mark.parametrize(
    "file",
    ["derive/titles.py", "formats/languages_marc.tsv", "formats/jats.toml", "formats/marc/vufind.py", "biblio.toml"],
)
def test_a_rule_that_changes_gives_another(rules: Path, file: str) -> None:
    before = of(rules)
    with (rules / file).open("a") as stream:
        stream.write("\n")
    assert of(rules) != before


def test_a_rule_that_moves_or_goes_gives_another(rules: Path) -> None:
    before = of(rules)
    (rules / "derive/dates.py").rename(rules / "derive/years.py")
    moved = of(rules)
    (rules / "derive/years.py").unlink()
    assert len({before, moved, of(rules)}) == 3


def test_what_it_is_made_of() -> None:
    rules, unicode, library = derive_version().split("+")
    assert rules == digest(RULES, version.brought())
    assert (unicode, library) == (f"unicode{unicodedata.unidata_version}", f"icu{icu.ICU_VERSION}")


def test_a_format_from_outside_counts() -> None:
    assert digest([], ["indexer-mods 1.0"]) != digest([], ["indexer-mods 1.1"])


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """Commands that make no document do not pay for it."""
    code = "import sys, indexer.cli.main; print('indexer.formats.version' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
