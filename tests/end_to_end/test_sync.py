"""`sync`: the scheduled job reads what is new or changed, in the order of each source's dumps, and nothing else."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from tests.conftest import ROOT
from tests.end_to_end.conftest import Indexer, read_back
from tests.end_to_end.syncing import SAMPLE, configure, counts, kill_a_sync, page, titles

SEED = ROOT / "tests/data/seed/oai_dc_record.xml"


def test_what_is_new_is_loaded_and_nothing_else_is_opened(indexer: Indexer, target: Target, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    shutil.copy(SEED, tmp_path / "seed.xml")
    ojs = "name = 'journal'\nprofile = 'ojs'\npaths = ['dumps']"
    configure(tmp_path, ojs, "name = 'pmc'\nprofile = 'pmc'\npaths = ['seed.xml']", target=str(target))
    assert target.kind == "embedded" or indexer("schema", "install").code == 0

    first = indexer("sync")
    assert first.code == 0, first.err
    assert "journal   1 new file\n" in first.out
    assert "books closed" in first.out

    (tmp_path / "dumps/1.xml").chmod(0)  # nobody needs to read it again
    second = indexer("sync")
    assert second.code == 0, second.err
    assert "journal   nothing new\npmc       nothing new\n" in second.out

    page(tmp_path / "dumps/2.xml", ("b", "two"), ("a", ""), ("c", "two"))
    third = indexer("sync", "--json")
    assert counts(third, "journal") == {"read": 3, "indexed": 2, "deleted": 1}
    assert json.loads(third.out)["files"] == {"journal": ["dumps/2.xml"], "pmc": []}
    found = read_back(target)
    assert {id: found[id]["title"] for id in found if id in "abc"} == {"b": "two", "c": "two"}
    assert "pubmed-5443306" in found


def test_what_follows_a_changed_dump_is_read_again_and_wins(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    page(tmp_path / "dumps/1.xml", ("a", "old"))
    page(tmp_path / "dumps/2.xml", ("a", "new"), ("b", "same"))
    page(tmp_path / "dumps/0.xml", ("z", "first"))
    assert indexer("sync").code == 0
    page(tmp_path / "dumps/1.xml", ("a", "changed, and older all the same"), ("c", "added"))
    again = indexer("sync", "--json")
    assert json.loads(again.out)["files"] == {"j": ["dumps/1.xml", "dumps/2.xml"]}
    assert titles(tmp_path) == {"z": "first", "a": "new", "b": "same", "c": "added"}


def pubmed(path: Path, *articles: tuple[int, str], deleted: tuple[int, ...] = ()) -> Path:
    """A file as PubMed ships them: (PMID, title) each, and the PMIDs of its DeleteCitation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = "".join(
        f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle></Article>"
        "</MedlineCitation></PubmedArticle>"
        for pmid, title in articles
    )
    gone = "".join(f"<PMID>{pmid}</PMID>" for pmid in deleted)
    body += f"<DeleteCitation>{gone}</DeleteCitation>" if gone else ""
    path.write_bytes(gzip.compress(f"<PubmedArticleSet>{body}</PubmedArticleSet>".encode()))
    return path


def test_update_files_of_pubmed_win_over_the_baseline_in_the_order_of_their_numbers(
    indexer: Indexer, tmp_path: Path
) -> None:
    configure(tmp_path, "name = 'p'\nprofile = 'pubmed'\npaths = ['pubmed/baseline/', 'pubmed/updatefiles/']")
    update = tmp_path / "pubmed/updatefiles"
    pubmed(tmp_path / "pubmed/baseline/pubmed25n0001.xml.gz", (1, "old"), (2, "old"), (3, "old"))
    pubmed(tmp_path / "pubmed/baseline/pubmed25n1274.xml.gz", (4, "old"), (5, "old"))
    pubmed(update / "pubmed25n1277.xml.gz", (2, "1277"), (6, "1277"))
    pubmed(update / "pubmed25n1275.xml.gz", (1, "1275"), (2, "1275"), deleted=(4, 3))
    (update / "pubmed25n1275.xml.gz.md5").write_text("MD5(pubmed25n1275.xml.gz)= 0\n")
    assert indexer("sync").code == 0
    before = {"1": "1275", "2": "1277", "5": "old", "6": "1277"}
    assert {id.rpartition("-")[2]: title for id, title in titles(tmp_path).items()} == before

    pubmed(update / "pubmed25n1276.xml.gz", (2, "1276"), (3, "1276"), deleted=(6,))  # it came late
    late = indexer("sync", "--json")
    assert [Path(file).name[9:13] for file in json.loads(late.out)["files"]["p"]] == ["1276", "1277"]
    assert {id.rpartition("-")[2]: title for id, title in titles(tmp_path).items()} == {**before, "3": "1276"}

    pubmed(update / "pubmed25n1278.xml.gz", deleted=(1,))
    assert counts(indexer("sync", "--json"), "p") == {"read": 1, "deleted": 1}


def test_other_rules_read_everything_and_send_what_differs(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    assert indexer("sync").code == 0
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']\nconstants = { institution = 'Ours' }")
    assert counts(indexer("sync", "--json"), "j") == {"read": 2, "indexed": 2}
    assert indexer("sync").out.startswith("j   nothing new\n")
    assert counts(indexer("sync", "--force", "--json"), "j") == {"read": 2, "indexed": 2}


def test_an_empty_folder_is_a_source_whose_dumps_are_still_to_come(indexer: Indexer, tmp_path: Path) -> None:
    """As the compose stack starts: Docker makes ./dumps where it is not there."""
    (tmp_path / "dumps/later").mkdir(parents=True)
    (tmp_path / "dumps/README").write_text("put dumps here")
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps/']")
    for flags in ([], ["--force"], ["--dry-run"]):
        empty = indexer("sync", *flags)
        assert (empty.code, empty.err) == (0, "")
        assert empty.out.startswith("j   nothing new\n  dumps/ is empty: nothing there yet\n")
    assert json.loads(indexer("sync", "--json").out)["files"] == {"j": []}
    page(tmp_path / "dumps/later/1.xml", ("a", "one"))
    assert indexer("sync").code == 0
    assert titles(tmp_path) == {"a": "one"}


def test_a_folder_that_has_lost_its_dumps_or_is_not_there_is_a_fault(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps', 'dumsp']")
    loaded = page(tmp_path / "dumps/1.xml", ("a", "one"))
    misspelt = indexer("sync")
    assert misspelt.code == ExitCode.REJECTED
    assert "dumsp: there is no such file or folder" in misspelt.err
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    assert indexer("sync").code == 0
    loaded.unlink()  # as if a disk were away
    away = indexer("sync")
    assert away.code == ExitCode.REJECTED
    assert "dumps: the folder holds no files" in away.err
    assert titles(tmp_path) == {"a": "one"}


def test_a_dry_run_names_the_files_and_remembers_nothing(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    for _ in range(2):
        dry = indexer("sync", "--dry-run")
        assert dry.out == "j   1 new file\n  dumps/1.xml\ndry run: nothing was sent\n"
    assert indexer("sync").code == 0
    assert titles(tmp_path) == {"a": "one"}


def test_a_dump_at_fault_is_read_again_and_the_others_are_not(indexer: Indexer, tmp_path: Path) -> None:
    whole = SAMPLE.read_bytes()
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    (tmp_path / "cut.xml.gz").write_bytes(whole[: len(whole) // 2])
    configure(
        tmp_path,
        "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']",
        "name = 'pubmed'\nprofile = 'pubmed'\npaths = ['cut.xml.gz']",
    )
    for _ in range(2):
        ended = indexer("sync", "--json")
        assert ended.code == ExitCode.REJECTED
        assert json.loads(ended.out)["files"]["pubmed"] == ["cut.xml.gz"]
        assert "ends early" in ended.err
    assert json.loads(ended.out)["files"]["j"] == []
    (tmp_path / "cut.xml.gz").write_bytes(whole)
    mended = indexer("sync", "--json")
    assert mended.code == 0
    assert counts(mended, "pubmed")["read"] == 1685
    assert indexer("sync").code == 0


def test_an_index_that_was_made_anew_is_filled_again(indexer: Indexer, tmp_path: Path) -> None:
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    assert indexer("sync").code == 0
    shutil.rmtree(tmp_path / "index")
    assert counts(indexer("sync", "--json"), "j") == {"read": 1, "indexed": 1}
    assert titles(tmp_path) == {"a": "one"}


def test_killed_at_any_moment_the_next_one_ends_as_one_that_was_not(indexer: Indexer, tmp_path: Path) -> None:
    for number in range(4):
        page(tmp_path / f"dumps/{number}.xml", *((f"{n}", f"{number} {n}") for n in range(number, 1500)))
    configure(tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']")
    for pause in (0.4, 0.8, 1.2):
        kill_a_sync(tmp_path, pause)
    ended = indexer("sync", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["books_closed"]
    assert titles(tmp_path) == {str(n): f"{min(n, 3)} {n}" for n in range(1500)}
    assert indexer("sync").out.startswith("j   nothing new\n")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "no source is configured"),
        ("name = 'j'\npaths = ['-']", "standard input cannot be a source of a scheduled job"),
        ("name = 'j'\npaths = ['a.xml']\n[[source]]\nname = 'k'\npaths = ['a.xml']", "belongs to two sources"),
    ],
)
def test_what_cannot_be_synced_is_said_before_anything_is_opened(
    indexer: Indexer, tmp_path: Path, table: str, said: str
) -> None:
    page(tmp_path / "a.xml", ("a", "one"))
    configure(tmp_path, *([table] if table else []))
    ended = indexer("sync")
    assert ended.code == ExitCode.USAGE
    assert said in ended.err
    assert not (tmp_path / "index").exists()


def test_a_source_that_is_not_there_is_named(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, "name = 'journal'\npaths = ['dumps']")
    ended = indexer("sync", "jurnal")
    assert ended.code == ExitCode.USAGE
    assert "there is no source 'jurnal'" in ended.err
    assert "journal" in ended.err


def test_nothing_new_is_not_well_while_records_are_missing(indexer: Indexer, tmp_path: Path) -> None:
    """A record that was rejected is told by each sync of its source, until it is mended or forgotten."""
    (tmp_path / "good").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "good/1.jsonl").write_text('{"id":"a","title":"A"}')
    (tmp_path / "bad/1.jsonl").write_text('{"id":"b","title":"B","first_indexed":"yesterday"}')
    sources = [f"name = '{name}'\nprofile = 'solr_json'\npaths = ['{name}']" for name in ("good", "bad")]
    configure(tmp_path, *sources)
    for _ in range(2):
        ended = indexer("sync")
        assert ended.code == ExitCode.REJECTED
        assert "1 record of the sources is not in the index, and why: indexer dead-letters list" in ended.out
    assert "bad    nothing new" in ended.out
    assert json.loads(indexer("sync", "--json").out)["missing"] == 1
    assert indexer("sync", "good").code == 0
    assert indexer("sync", "--dry-run").code == 0
    assert indexer("dead-letters", "drop", "--all").code == 0
    assert indexer("sync").code == 0
