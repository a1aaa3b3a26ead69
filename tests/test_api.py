"""What programs call: results and errors, nothing printed, and a process that is as it was."""

import csv
import gc
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import indexer
from indexer.api import Audience, Config
from indexer.model.errors import ConfigError, ExitCode
from tests.conftest import ROOT

SAMPLE = str(ROOT / "samples/seed_oai_dc.xml")
ARTICLES = str(ROOT / "samples/pubmed20n0014_slice.xml.gz")


def configured(folder: Path, **values: Any) -> Config:
    state = f"sqlite:///{folder / 'state.db'}"
    return indexer.configure(target=f"embedded:{folder / 'index'}", state=state, reports="", **values)


def process() -> list[object]:
    """What a caller would notice of us."""
    return [
        gc.get_threshold(),
        csv.field_size_limit(),
        list(warnings.filters),
        dict(os.environ),
        [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        logging.getLogger().handlers[:],
        sys.excepthook,
        sys.unraisablehook,
    ]


def test_documents_are_made_as_they_are_asked_for() -> None:
    documents = indexer.transform(ARTICLES)
    first = next(iter(documents))
    assert first["id"] == "pmid-399297"
    assert documents.books.total.read == 1
    assert len(list(documents)) == 1685
    assert documents.books.sources["pubmed"].counts()["indexed"] == 1685
    assert documents.rejected == []


def test_what_is_rejected_and_deleted_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "records.xml"
    broken.write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation/></PubmedArticle>"
        "<DeleteCitation><PMID>5</PMID></DeleteCitation></PubmedArticleSet>"
    )
    documents = indexer.transform([broken])
    assert list(documents) == []
    assert documents.deleted == ["pmid-5"]
    assert [one.where for one in documents.rejected] == [f"{broken} record 1"]
    assert documents.rejected[0].reason
    assert documents.books.total.closed


def test_a_load_its_result_and_a_search(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = process()
    config = configured(tmp_path)
    result = indexer.load(SAMPLE, profile="pmc", config=config)
    assert result.exit_code == ExitCode.OK
    assert result.books["pmc"].indexed == result.total.read == 1
    assert indexer.load(SAMPLE, profile="pmc", config=config).total.unchanged == 1
    found = indexer.search(config.target(), "mesenchymal").found
    assert [hit.id for hit in found.hits] == ["pubmed-5443306"]
    assert capfd.readouterr() == ("", "")
    assert process() == before


def test_worker_processes_leave_the_caller_as_it_was(tmp_path: Path) -> None:
    before = process()
    result = indexer.load(ARTICLES, config=configured(tmp_path, load__workers=2))
    assert result.total.indexed == 1685
    assert process() == before


def test_sync_verify_and_reindex(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "indexer.toml"
    file.write_text(
        f'target = "embedded:{tmp_path / "index"}"\nstate = "sqlite:///{tmp_path / "state.db"}"\nreports = ""\n'
        f'[[source]]\nname = "seed"\nprofile = "pmc"\npaths = ["{SAMPLE}"]\n'
    )
    config = indexer.configure(file)
    first = indexer.sync(config)
    assert (first.exit_code, list(first.files["seed"])) == (ExitCode.OK, [SAMPLE])
    assert not indexer.sync(config).files["seed"]
    assert indexer.verify(config).passed
    built = indexer.reindex(config, adopt=True)
    assert built.promoted
    assert built.books["seed"].indexed == 1
    assert capfd.readouterr() == ("", "")


def test_errors_are_raised(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        indexer.load(tmp_path / "absent.xml", config=configured(tmp_path))
    with pytest.raises(ConfigError) as caught:
        indexer.configure(load__worker=2)
    assert "load.workers" in caught.value.message + caught.value.advice


def test_loads_in_threads_of_their_own(tmp_path: Path) -> None:
    def one(name: str) -> int:
        folder = tmp_path / name
        folder.mkdir()
        return indexer.load(ARTICLES, config=configured(folder, load__workers=1)).total.indexed

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(one, ["a", "b"])) == [1685, 1685]


def test_a_load_is_stopped_by_its_audience(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    result = indexer.load(ARTICLES, config=configured(tmp_path), audience=Audience(stop=stop))
    assert result.summary.interrupted
    assert result.exit_code == ExitCode.INTERRUPTED


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    program = "import indexer, sys; print(sorted(name for name in sys.modules if name.startswith('indexer.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_runs(tmp_path: Path) -> None:
    """The examples of docs/api.md, one after the other, as they stand."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    (tmp_path / "indexer.toml").write_text(
        'target = "embedded:var/nightly"\n[[source]]\nname = "articles"\nprofile = "pubmed"\n'
        'paths = ["samples/pubmed20n0014_slice.xml.gz"]\n'
    )
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/api.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 6
    for block in blocks:
        done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{block}\n{done.stderr}"


def test_other_rules_send_what_they_made_differently_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configured(tmp_path)
    indexer.load(SAMPLE, config=config)
    monkeypatch.setattr("indexer.jobs.session.derive_version", lambda: "of another release")
    again = indexer.load(SAMPLE, config=config).total
    assert (again.read, again.unchanged, again.indexed) == (1, 1, 0)
    monkeypatch.setattr("indexer.derive.stage.title_sort", lambda title, *, style: f"{style} {title}")
    assert indexer.load(SAMPLE, config=config).total.indexed == 1
