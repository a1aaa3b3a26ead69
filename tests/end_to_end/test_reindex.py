"""`reindex` and its switch: a new generation beside the live one, which stays as it was until the new one is good."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from indexer.cli import main
from indexer.engines.base import Write
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.jobs import reindex
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from indexer.pipeline.run import Plan
from indexer.state import lock
from indexer.state.generations import index_name
from indexer.state.store import Store
from tests.conftest import PATIENCE
from tests.end_to_end.conftest import Ended, Indexer, read_back
from tests.end_to_end.reindexing import JOURNAL, failed, listed, titles, told
from tests.end_to_end.syncing import configure, page
from tests.forked import command, forked


@pytest.fixture
def indexer(tmp_path: Path) -> Indexer:
    return lambda *args: command(tmp_path, *args)


def test_built_beside_promoted_and_back(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    first = told(indexer("reindex", "--json"))
    assert first["promoted"]
    assert first["former"] is None
    assert titles(tmp_path) == {"a": "one", "b": "one"}

    page(tmp_path / "dumps/2.xml", ("b", "two"), ("c", "two"))
    second = indexer("reindex")
    assert second.code == 0, second.err
    assert "beside" in second.out
    assert "indexer rollback goes back to it" in second.out
    assert titles(tmp_path) == {"a": "one", "b": "two", "c": "two"}
    [new, old] = listed(indexer)
    assert listed(indexer) == {new: "live", old: "former"}
    assert old == first["generation"]

    back = indexer("rollback")
    assert back.code == 0, back.err
    assert f"{old} is live, with 2 documents" in back.out
    assert "1 dump of the sources is not in it: indexer sync" in back.out
    assert titles(tmp_path) == {"a": "one", "b": "one"}
    assert told(indexer("sync", "--json"))["files"] == {"j": ["dumps/2.xml"]}
    assert titles(tmp_path) == {"a": "one", "b": "two", "c": "two"}
    assert told(indexer("promote", new, "--json"))["live"] == new
    assert indexer("sync").out.startswith("j   nothing new\n")


def test_the_word_may_be_given_once_and_for_all(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    assert indexer("sync").code == 0
    with (tmp_path / "indexer.toml").open("a") as settings:
        settings.write("[rebuild]\nadopt = true\n")
    adopted = indexer("reindex")
    assert adopted.code == 0, adopted.err
    assert "adopted" in adopted.out


def test_an_index_that_was_there_is_adopted_with_a_word(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    assert indexer("sync").code == 0
    refused = indexer("reindex")
    assert refused.code == ExitCode.USAGE
    assert "indexer reindex --adopt" in refused.err
    assert titles(tmp_path) == {"a": "one"}
    assert "indexer reindex --adopt" in indexer("generations").out

    report = told(indexer("reindex", "--adopt", "--json"))
    assert report["promoted"]
    assert listed(indexer) == {report["generation"]: "live", report["former"]: "former"}
    assert indexer("sync").out.startswith("j   nothing new\n")
    assert indexer("rollback").code == 0
    assert indexer("sync").out.startswith("j   nothing new\n")  # what was known of the index is known of the generation


def test_what_does_not_hold_is_not_promoted_and_the_next_call_goes_on(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    whole = [(f"{n}", f"title {n}") for n in range(40)]
    page(tmp_path / "dumps/1.xml", *whole)
    live = told(indexer("reindex", "--json"))["generation"]
    before = titles(tmp_path)

    page(tmp_path / "dumps/1.xml", *whole[:20])
    report = told(indexer("reindex", "--json"), ExitCode.VERIFICATION)
    assert not report["promoted"]
    assert failed(report) == {"size"}
    assert titles(tmp_path) == before
    assert listed(indexer) == {report["generation"]: "failed", live: "live"}
    refused = indexer("promote", report["generation"])
    assert refused.code == ExitCode.VERIFICATION
    assert "is failed" in refused.err
    quiet = indexer("reindex", "--quiet")
    assert quiet.code == ExitCode.VERIFICATION
    assert quiet.out.startswith("  FAILED  size ")  # and not what holds
    assert f"{report['generation']} was NOT promoted; {live} is live as before\n" in quiet.out
    assert "verify.shrink" in quiet.out

    page(tmp_path / "dumps/1.xml", *whole, ("new", "new"))
    mended = told(indexer("reindex", "--json"))
    assert mended["generation"] != report["generation"]  # which was built from what is in no source any more
    assert listed(indexer) == {mended["generation"]: "live", live: "former"}
    assert titles(tmp_path) == {**before, "new": "new"}


def test_ready_is_promoted_by_hand_and_what_is_too_much_goes(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    names = [told(indexer("reindex", "--json", "--keep", "3"))["generation"]]
    assert indexer("promote").code == ExitCode.USAGE
    for _ in range(2):
        report = told(indexer("reindex", "--no-promote", "--json"))
        assert not report["promoted"]
        names.append(report["generation"])
        assert listed(indexer)[names[-1]] == "ready"
        assert told(indexer("promote", "--json")) == {
            "target": "embedded:index", "live": names[-1], "former": names[-2], "documents": 1, "behind": 0
        }  # fmt: skip
    assert listed(indexer) == {names[2]: "live", names[1]: "former", names[0]: "former"}
    assert indexer("prune", names[2]).code == ExitCode.USAGE
    assert told(indexer("prune", "--json"))["removed"] == [names[0]]
    assert listed(indexer) == {names[2]: "live", names[1]: "former"}
    assert indexer("rollback").code == 0
    assert "there is no generation" in indexer("promote", "g20200101t000000").err


def test_what_was_deleted_by_hand_is_not_brought_back(indexer: Indexer, tmp_path: Path) -> None:
    """But by a source that has it anew since."""
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"), ("c", "one"))
    first = told(indexer("reindex", "--json"))["generation"]
    assert indexer("delete", "a", "b", "--max-share", "1").code == 0
    assert indexer("verify").code == 0
    page(tmp_path / "dumps/2.xml", ("b", "two"))
    assert indexer("sync").code == 0
    second = told(indexer("reindex", "--json"))["generation"]
    assert titles(tmp_path) == {"b": "two", "c": "one"}
    assert indexer("delete", "c", "--max-share", "1").code == 0
    assert told(indexer("rollback", "--json")) == {
        "target": "embedded:index", "live": first, "former": second, "documents": 1, "behind": 0
    }  # fmt: skip
    assert titles(tmp_path) == {"b": "two"}


def test_a_promotion_that_is_refused_deletes_nothing_again(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    ready = told(indexer("reindex", "--no-promote", "--json"))["generation"]
    assert indexer("sync").code == 0  # into an index that is no generation
    assert indexer("delete", "a", "--max-share", "1").code == 0
    refused = indexer("promote", ready)
    assert refused.code == ExitCode.TARGET
    assert "Nothing was changed" in refused.err

    def work() -> None:
        print(sorted(read_back(Target("embedded", path=f"index/generations/{ready}"))))

    assert forked(tmp_path, work).out == "['a', 'b']\n"
    assert titles(tmp_path) == {"b": "one"}


def test_the_rejected_records_are_those_of_the_live_generation(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    dump = page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    dump.write_text(dump.read_text().replace("<dc:title", "<dc:broken", 1))
    for _ in range(2):
        assert told(indexer("reindex", "--json"), ExitCode.REJECTED)["promoted"]
    [letter] = json.loads(indexer("dead-letters", "list", "--json").out)["dead_letters"]
    assert letter["target"] == "embedded:index"
    assert indexer("rollback").code == 0
    [former] = json.loads(indexer("dead-letters", "list", "--json").out)["dead_letters"]
    assert former["id"] != letter["id"]
    other = indexer("dead-letters", "replay", str(letter["id"]))
    assert other.code == ExitCode.USAGE
    assert "is not live. Nothing was changed" in other.err
    assert indexer("dead-letters", "replay", "--all").code == ExitCode.REJECTED


def test_what_comes_during_the_build_is_in_it_and_a_load_that_runs_is_waited_for(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    assert command(tmp_path, "reindex").code == 0
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "indexer", "reindex"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    with closing(Store(f"sqlite:///{tmp_path}/var/state.db")) as store:
        assert process.stdout is not None
        with lock.hold(store, "embedded:index", command="sync"):
            said = next(line for line in process.stdout if line.startswith("waiting: embedded:index is in use: 'sync'"))
            page(tmp_path / "dumps/2.xml", ("b", "two"), ("c", "two"))
            second = command(tmp_path, "reindex")
            assert second.code == ExitCode.LOCKED, said
            assert command(tmp_path, "rollback").code == ExitCode.LOCKED
        rest, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "catching up: 1 dump\n" in rest
    assert titles(tmp_path) == {"a": "one", "b": "two", "c": "two"}
    assert command(tmp_path, "sync").out.startswith("j   nothing new\n")


def test_a_dump_that_comes_after_the_last_look_is_for_the_next_sync(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))

    def work() -> None:
        verified = reindex._Job._verified

        def later(self: reindex._Job, read: Plan) -> bool:
            page(tmp_path / "dumps/2.xml", ("b", "two"))
            return verified(self, read)

        reindex._Job._verified = later  # type: ignore[method-assign]
        sys.argv = ["indexer", "reindex"]
        main.main()

    ended = forked(tmp_path, work)
    assert ended.code == 0, ended.out
    assert titles(tmp_path) == {"a": "one"}
    assert told(command(tmp_path, "sync", "--json"))["files"] == {"j": ["dumps/2.xml"]}


def test_a_generation_that_a_reindex_may_take_up_is_left_to_it(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    for args in (["--no-promote"], [], ["--no-promote"]):
        assert command(tmp_path, "reindex", *args).code == 0
    states = listed(lambda *args: command(tmp_path, *args))
    [ready] = [name for name, state in states.items() if state == "ready"]
    with (
        closing(Store(f"sqlite:///{tmp_path}/var/state.db")) as store,
        lock.hold(store, index_name("embedded:index", ""), command="reindex"),
    ):
        for args in (["promote"], ["promote", ready], ["prune", ready]):
            refused = command(tmp_path, *args)
            assert refused.code == ExitCode.LOCKED, refused.out
            assert "'reindex'" in refused.err
    assert command(tmp_path, "promote").code == 0
    with (
        closing(Store(f"sqlite:///{tmp_path}/var/state.db")) as store,
        lock.hold(store, index_name("embedded:index", ""), command="reindex"),
    ):
        assert command(tmp_path, "rollback").code == 0  # to go back must be possible at any time


def test_a_state_that_was_lost_learns_which_generation_is_live(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    for _ in range(2):
        assert command(tmp_path, "reindex").code == 0
    [live, former] = listed(lambda *args: command(tmp_path, *args))
    for path in (tmp_path / "var").glob("state.db*"):
        path.unlink()
    assert told(command(tmp_path, "sync", "--json"))["books"]["j"]["indexed"] == 2
    assert listed(lambda *args: command(tmp_path, *args)) == {live: "live", former: "unknown"}
    refused = command(tmp_path, "promote", former)
    assert refused.code == ExitCode.VERIFICATION
    assert "is not in the state" in refused.err
    assert command(tmp_path, "reindex").code == 0  # without a word of adopting
    assert command(tmp_path, "rollback").code == 0
    assert command(tmp_path, "sync").out.startswith("j   nothing new\n")  # what the first one sent is known of it
    assert command(tmp_path, "prune", former).code == 0


def test_interrupted_it_goes_on(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", *((f"{n}", f"title {n}") for n in range(20_000)))
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "indexer", "reindex", "--json"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    while "building" not in (listed_anyhow := command(tmp_path, "generations").out) and process.poll() is None:
        time.sleep(0.05)
    while process.poll() is None and not list(tmp_path.glob("index/generations/*/index/*.store")):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitCode.INTERRUPTED, listed_anyhow
    report = json.loads(out)
    assert not report["promoted"]
    read = report["books"]["j"]["read"]
    assert 0 < read < 20_000
    ended = command(tmp_path, "reindex", "--json")
    again = told(ended)
    assert again["generation"] == report["generation"]
    assert f"resuming at record {read + 1:,}" in ended.err
    assert again["books"]["j"]["read"] == 20_000
    assert len(titles(tmp_path)) == 20_000


def test_stopped_while_it_waits_for_a_load_it_says_so(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    assert command(tmp_path, "reindex").code == 0
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "indexer", "reindex"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with closing(Store(f"sqlite:///{tmp_path}/var/state.db")) as store, lock.hold(store, "embedded:index", command="x"):
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith("waiting: "))
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitCode.INTERRUPTED
    assert error == "interrupted: indexer generations shows what is live; indexer reindex goes on from there\n"
    assert "reindex  interrupted" in command(tmp_path, "status").out
    assert told(command(tmp_path, "reindex", "--json"))["promoted"]


def test_too_many_rejected_records_are_a_reason_not_to_promote(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL + "\n[load]\nerror_budget = { count = 0 }")
    dump = page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    assert command(tmp_path, "reindex").code == 0
    dump.write_text(dump.read_text().replace("<dc:title", "<dc:broken", 1))
    ended = command(tmp_path, "reindex")
    assert ended.code == ExitCode.VERIFICATION
    assert "more than load.error_budget" in ended.err
    assert titles(tmp_path) == {"a": "one", "b": "one"}


def test_where_two_sources_make_one_document_the_next_call_reads_them_in_their_order(tmp_path: Path) -> None:
    configure(
        tmp_path, "name = 'j'\nprofile = 'ojs'\npaths = ['dumps']", "name = 'k'\nprofile = 'ojs'\npaths = ['other']"
    )
    page(tmp_path / "dumps/1.xml", ("a", "of j"), ("b", "of j"))
    page(tmp_path / "other/1.xml", ("a", "of k"))
    generation = told(command(tmp_path, "reindex", "--no-promote", "--json"))["generation"]
    page(tmp_path / "dumps/2.xml", ("a", "of j, and new"))
    report = told(command(tmp_path, "reindex", "--json"), ExitCode.VERIFICATION)
    assert failed(report) == {"sample"}
    mended = told(command(tmp_path, "reindex", "--json"))
    assert mended["generation"] == generation
    assert titles(tmp_path) == {"a": "of k", "b": "of j"}


def while_building(folder: Path, change: Callable[[], object], *, times: int = 1) -> Ended:
    """A re-index, in which `change` comes when the new generation is built, so many times, and is not verified yet."""

    def work() -> None:
        load, left = reindex._Job._load, [change] * times

        def changed(self: reindex._Job, what: str, *, last: bool = False) -> Plan | None:
            plan = load(self, what, last=last)
            if not last and left:
                left.pop()()
            return plan

        reindex._Job._load = changed  # type: ignore[method-assign]
        sys.argv = ["indexer", "reindex"]
        main.main()

    return forked(folder, work)


def test_what_a_dump_lost_during_the_build_is_not_in_it(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    page(tmp_path / "dumps/2.xml", ("c", "one"))

    def change() -> None:
        page(tmp_path / "dumps/1.xml", ("a", "another"))
        (tmp_path / "dumps/2.xml").unlink()

    ended = while_building(tmp_path, change)
    assert ended.code == 0, ended.out + ended.err
    assert "dropped: what it was built from has changed since" in ended.out
    assert titles(tmp_path) == {"a": "another"}
    assert list(listed(lambda *args: command(tmp_path, *args)).values()) == ["live"]


def test_dumps_that_never_stay_as_they_are_are_told(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    ended = while_building(tmp_path, lambda: page(tmp_path / "dumps/1.xml", ("a", "one more" * 2)), times=9)
    assert ended.code == 0, ended.out + ended.err
    assert ended.out.count("dropped: what it was built from has changed since") == 1
    assert "dumps go on changing while they are read" in ended.out
    assert titles(tmp_path) == {"a": "one more" * 2}


def test_a_source_that_is_away_for_a_while_costs_no_generation(tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    ended = while_building(tmp_path, lambda: (tmp_path / "dumps").rename(tmp_path / "away"))
    assert ended.code == ExitCode.TARGET, ended.out + ended.err
    assert "dumps: is not there" in ended.err
    assert "is kept: run indexer reindex again" in ended.err
    (tmp_path / "away").rename(tmp_path / "dumps")
    again = command(tmp_path, "reindex")
    assert again.code == 0, again.err
    assert "goes on" in again.out
    assert titles(tmp_path) == {"a": "one"}


def without_b(indexer: Indexer, folder: Path) -> None:
    """A live generation of a dump with a and b, of which b was deleted by hand."""
    configure(folder, JOURNAL)
    page(folder / "dumps/1.xml", ("a", "one"), ("b", "one"))
    assert indexer("reindex").code == 0
    assert indexer("delete", "b", "--max-share", "1").code == 0


def test_what_was_deleted_by_hand_stays_so_when_the_rules_change(indexer: Indexer, tmp_path: Path) -> None:
    without_b(indexer, tmp_path)
    configure(tmp_path, f"{JOURNAL}\nconstants = {{ collection = ['C'] }}")
    assert indexer("reindex").code == 0
    assert indexer("sync").out.startswith("j   nothing new\n")
    assert titles(tmp_path) == {"a": "one"}


def test_a_new_dump_that_is_written_anew_is_not_forgotten_for_a_deletion(indexer: Indexer, tmp_path: Path) -> None:
    without_b(indexer, tmp_path)
    page(tmp_path / "dumps/2.xml", ("e", "two"), ("f", "two"))
    first = told(indexer("reindex", "--no-promote", "--json"))["generation"]
    page(tmp_path / "dumps/2.xml", ("e", "two"))
    assert told(indexer("reindex", "--json"))["generation"] != first
    assert titles(tmp_path) == {"a": "one", "e": "two"}


def test_a_dump_that_is_moved_during_the_build_was_read(tmp_path: Path) -> None:
    configure(tmp_path, f"{JOURNAL}\nmove_processed = true")
    page(tmp_path / "dumps/1.xml", ("a", "one"))

    def move() -> None:
        (tmp_path / "dumps/processed").mkdir()
        (tmp_path / "dumps/1.xml").rename(tmp_path / "dumps/processed/1.xml")

    ended = while_building(tmp_path, move)
    assert ended.code == 0, ended.out + ended.err
    assert "dropped" not in ended.out
    assert titles(tmp_path) == {"a": "one"}


def test_what_a_broken_dump_left_is_not_promoted_without_it(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"))
    wrong = page(tmp_path / "dumps/2.xml", ("b", "one"), ("c", "one"))
    wrong.write_bytes(wrong.read_bytes()[:-200])
    report = told(indexer("reindex", "--json"), ExitCode.VERIFICATION)
    assert failed(report) == {"sources"}
    wrong.unlink()
    mended = told(indexer("reindex", "--json"))
    assert mended["generation"] != report["generation"]
    assert titles(tmp_path) == {"a": "one"}


def test_a_generation_that_was_changed_behind_our_back_is_sent_again(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"))
    report = told(indexer("reindex", "--no-promote", "--json"))

    def change() -> None:
        with closing(EmbeddedSink(tmp_path / "index/generations" / report["generation"])) as sink:
            sink.push([Write("a", b'{"id":"a","title":"changed"}')])
            sink.commit()

    assert forked(tmp_path, change).code == 0
    assert failed(told(indexer("reindex", "--json"), ExitCode.VERIFICATION)) == {"sample"}
    mended = told(indexer("reindex", "--json"))
    assert mended["generation"] == report["generation"]
    assert titles(tmp_path) == {"a": "one", "b": "one"}


def test_what_failed_its_checks_does_not_outlive_its_dumps(indexer: Indexer, tmp_path: Path) -> None:
    configure(tmp_path, JOURNAL, "name = 'k'\nprofile = 'ojs'\npaths = ['other']")
    page(tmp_path / "dumps/1.xml", ("a", "of j"), ("b", "of j"))
    page(tmp_path / "other/1.xml", ("a", "of k"))
    first = told(indexer("reindex", "--no-promote", "--json"))["generation"]
    page(tmp_path / "dumps/2.xml", ("a", "of j, and new"))
    assert failed(told(indexer("reindex", "--json"), ExitCode.VERIFICATION)) == {"sample"}
    page(tmp_path / "dumps/1.xml", ("a", "of j"))
    mended = told(indexer("reindex", "--json"))
    assert mended["generation"] != first
    assert titles(tmp_path) == {"a": "of k"}


def test_a_new_dump_brings_back_what_was_deleted_by_hand_whatever_reads_it_first(
    indexer: Indexer, tmp_path: Path
) -> None:
    configure(tmp_path, JOURNAL)
    page(tmp_path / "dumps/1.xml", ("a", "one"), ("b", "one"), ("c", "one"))
    assert indexer("reindex").code == 0
    assert indexer("delete", "b", "c", "--max-share", "1").code == 0
    page(tmp_path / "dumps/2.xml", ("b", "two"))
    assert indexer("reindex").code == 0
    assert titles(tmp_path) == {"a": "one"}
    assert told(indexer("sync", "--json"))["files"] == {"j": ["dumps/2.xml"]}
    assert titles(tmp_path) == {"a": "one", "b": "two"}
