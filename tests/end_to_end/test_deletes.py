"""`delete` and `sweep`: what goes, what is remembered of it, and what the delete guard stops."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from indexer.cli import main
from indexer.cli.options import named_ids
from indexer.formats.marc.solrmarc.whole import as_marc
from indexer.jobs import deletions
from indexer.model.errors import ConfigError, ExitCode
from indexer.model.targets import Target
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.syncing import SAMPLE, SOURCE, configure, counts, numbered, page, titles
from tests.forked import command, forked
from tests.formats.marc.made import marc_record


@pytest.fixture
def loaded(indexer: Indexer, tmp_path: Path) -> Path:
    """A hundred documents, of two dumps, in an embedded index; the folder of the dumps."""
    page(tmp_path / "dumps/1.xml", *numbered(60))
    page(tmp_path / "dumps/2.xml", *numbered(40, 60))
    configure(tmp_path, SOURCE)
    assert indexer("sync").code == 0
    return tmp_path / "dumps"


def state_of(indexer: Indexer) -> dict[str, Any]:
    runs: list[dict[str, Any]] = json.loads(indexer("status", "--json").out)["runs"]
    return runs[0]


def test_ids_are_listed_first_and_then_deleted(indexer: Indexer, loaded: Path) -> None:
    (loaded.parent / "ids.txt").write_text("n0002\n\n  n0001 \nnowhere\n")
    dry = indexer("delete", "n0001", "--file", "ids.txt", "--dry-run")
    assert dry.code == 0, dry.err
    assert sorted(dry.out.splitlines()[:2]) == ["n0001  title 1", "n0002  title 2"]
    assert (
        "2 of 100 documents would be deleted · embedded:index\n"
        "1 id belongs to no document\ndry run: nothing was deleted\n" in dry.out
    )
    assert len(titles(loaded.parent)) == 100
    done = indexer("delete", "n0001", "--file", "ids.txt", "--json")
    assert done.code == 0, done.err
    assert counts(done, "delete") == {"read": 2, "deleted": 2}
    assert json.loads(done.out)["missing"] == 1
    assert len(titles(loaded.parent)) == 98


def test_ids_of_marc_records_and_a_prefix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [as_marc(marc_record(*fields)).encode() for fields in (("001  7 ",), ("245 00 $aNone",), ("001 8",))]
    (tmp_path / "gone.mrc").write_bytes(b"".join(records))
    (tmp_path / "gone.xml").write_text(
        '<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000dam a2200000 a 4500</leader>'
        '<controlfield tag="001">9</controlfield></record></collection>'
    )
    (tmp_path / "gone.txt").write_text(" 10\n")
    assert list(named_ids(["6"], str(tmp_path / "gone.mrc"), "x.")) == ["x.6", "x.7", "x.8"]
    assert "record 2 has no 001: left out" in capsys.readouterr().err
    assert list(named_ids([], str(tmp_path / "gone.xml"), "x.")) == ["x.9"]
    assert list(named_ids([], str(tmp_path / "gone.txt"), "x.")) == ["x.10"]
    (tmp_path / "gone.html").write_text("<html><p>moved</p></html>")
    with pytest.raises(ConfigError, match=r"gone\.html: .*this is an HTML page"):
        list(named_ids([], str(tmp_path / "gone.html")))


@pytest.mark.parametrize(
    "target",
    ["solr", "solrcloud", "elasticsearch", "opensearch"],
    indirect=True,
)
@pytest.mark.long
def test_every_engine_deletes_and_is_swept(indexer: Indexer, target: Target, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", *numbered(30))
    configure(tmp_path, SOURCE, target=str(target))
    assert indexer("schema", "install").code == 0
    assert indexer("sync").code == 0
    assert counts(indexer("delete", "n0001", "n0002", "nowhere", "--json"), "delete") == {"read": 2, "deleted": 2}
    page(tmp_path / "dumps/1.xml", *numbered(29))
    assert counts(indexer("sweep", "--json"), "sweep") == {"read": 1, "deleted": 1}
    assert sorted(read_back(target)) == [id for id, _ in numbered(29) if id not in ("n0001", "n0002")]


@pytest.mark.long
def test_what_was_deleted_by_hand_comes_back_when_its_record_is_read_again(indexer: Indexer, loaded: Path) -> None:
    assert indexer("delete", "n0001").code == 0
    assert state_of(indexer)["books"]["delete"]["deleted"] == 1
    assert indexer("sync").out.startswith("j   nothing new\n")
    assert "n0001" not in titles(loaded.parent)
    assert counts(indexer("load", "dumps/1.xml", "--profile", "ojs", "--json"), "ojs")["indexed"] == 1
    assert "n0001" in titles(loaded.parent)


def test_too_many_are_stopped_and_let_through_on_the_operators_word(indexer: Indexer, loaded: Path) -> None:
    (loaded.parent / "ids.txt").write_text("".join(f"{id}\n" for id, _ in numbered(20)))
    dry = indexer("delete", "--file", "ids.txt", "--dry-run", "--json")
    assert dry.code == ExitCode.VERIFICATION
    told = json.loads(dry.out)
    assert (len(told["delete"]), told["documents"]) == (20, 100)
    stopped = indexer("delete", "--file", "ids.txt")
    assert stopped.code == ExitCode.VERIFICATION
    assert "20 of 100 documents (20.0%) would be deleted, more than delete.max_share (5.0%)" in stopped.err
    assert "--max-share 0.21" in stopped.err
    assert len(titles(loaded.parent)) == 100
    assert state_of(indexer)["exit_code"] == ExitCode.VERIFICATION
    assert (
        indexer("delete", "--file", "-", "--max-share", "0.21", stdin=(loaded.parent / "ids.txt").read_bytes()).code
        == 0
    )
    assert len(titles(loaded.parent)) == 80


def test_sweep_deletes_what_no_source_has_any_more(indexer: Indexer, loaded: Path) -> None:
    page(loaded / "2.xml", *numbered(35, 60), ("n0000", ""))  # four ids are gone, one is deleted there and then
    dry = indexer("sweep", "--dry-run")
    assert dry.code == 0, dry.err
    listed = [f"n{n:04}  title {n}" for n in (0, 95, 96, 97, 98, 99)]
    assert sorted(dry.out.splitlines()[:6]) == listed
    assert "6 of 100 documents" in dry.out
    assert counts(indexer("sweep", "--json"), "sweep") == {"read": 6, "deleted": 6}
    assert sorted(titles(loaded.parent)) == [id for id, _ in numbered(94, 1)]
    assert indexer("sweep").out == "nothing to delete\n"


@pytest.mark.long
def test_sweep_stops_where_a_source_lost_much(indexer: Indexer, loaded: Path) -> None:
    page(loaded / "2.xml", *numbered(5, 60))
    stopped = indexer("sweep")
    assert stopped.code == ExitCode.VERIFICATION
    assert "35 of 100 documents (35.0%) would be deleted" in stopped.err
    assert len(titles(loaded.parent)) == 100


@pytest.mark.parametrize(
    "fault", ["broken record", *(pytest.param(fault, marks=pytest.mark.long) for fault in ("cut", "gone"))]
)
def test_nothing_is_swept_where_a_source_cannot_be_read(indexer: Indexer, loaded: Path, fault: str) -> None:
    page(loaded / "1.xml", *numbered(55))
    if fault == "cut":
        (loaded / "2.xml").write_bytes((loaded / "2.xml").read_bytes()[:-40])
    elif fault == "gone":
        shutil.rmtree(loaded)
    else:
        page(loaded / "2.xml", *numbered(39, 60), ("", "no id"))
    ended = indexer("sweep", "--max-share", "1")
    assert ended.code == ExitCode.VERIFICATION
    assert "A sweep has to know all that the sources have" in ended.err
    assert len(titles(loaded.parent)) == 100


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "no ids were named"),
        (["--file", "nowhere.txt"], "nowhere.txt: cannot be read: No such file or directory"),
        (["--file", "latin.txt"], "latin.txt: line 2 is not UTF-8"),
        (["a", "--target", "jsonl:x.jsonl"], "nothing can be deleted"),
        (["a", "--max-share", "5"], "--max-share"),
    ],
)
def test_what_cannot_be_deleted_is_said(indexer: Indexer, tmp_path: Path, args: list[str], said: str) -> None:
    (tmp_path / "latin.txt").write_bytes(b"a\n\xe9\n")
    ended = indexer("delete", *args)
    assert ended.code == ExitCode.USAGE
    assert said in ended.err


@pytest.mark.long
def test_sweep_reads_what_was_moved_to_processed(indexer: Indexer, tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "1.xml.gz")
    configure(tmp_path, "name = 'p'\nprofile = 'pubmed'\npaths = ['*.xml.gz']\nmove_processed = true")
    assert indexer("sync").code == 0
    assert (tmp_path / "processed/1.xml.gz").is_file()
    assert indexer("sweep").out == "nothing to delete\n"


def test_what_comes_while_a_sweep_begins_is_in_a_source(tmp_path: Path) -> None:
    configure(tmp_path, SOURCE)
    page(tmp_path / "dumps/1.xml", *numbered(30))
    assert command(tmp_path, "sync").code == 0

    def work() -> None:
        gathering = deletions._gathering

        def late(*args: Any, **options: Any) -> Any:
            page(tmp_path / "dumps/2.xml", ("new", "new"))
            subprocess.run([sys.executable, "-m", "indexer", "sync", "--quiet"], check=True)
            return gathering(*args, **options)

        deletions._gathering = late
        sys.argv = ["indexer", "sweep", "--json"]
        main.main()

    swept = forked(tmp_path, work)
    assert swept.code == 0, swept.err
    assert "new" in titles(tmp_path)
