"""What is remembered of documents, dumps and dead letters, and when it is not."""

import os
from pathlib import Path

import pytest

from indexer.engines.base import Durable
from indexer.model.records import Position
from indexer.pipeline.ledger import Ledger
from indexer.pipeline.run_state import RunState, signatures
from indexer.state import dead_letters, progress
from indexer.state.dead_letters import DeadLetter
from tests.pipeline.loading import TARGET, Desk, Dump, write


def remembering(desk: Desk, *, durable: Durable = "acknowledged", skip: bool = True) -> RunState:
    return RunState(
        desk.store,
        target_id=progress.open_target(desk.store, TARGET, identity="", documents_in_index=10**6),
        run_id=1,
        derive_version="1",
        signatures={},
        skip_unchanged=skip,
        durable=durable,
    )


def know(desk: Desk, run_state: RunState, id: str, mark: bytes) -> None:
    assert run_state.unchanged([(id, mark)]) == set()
    run_state.acknowledge(id, mark, (1, 1))
    run_state.store(Ledger(), committed=True)


def test_only_what_the_index_holds_for_sure_is_unchanged(desk: Desk) -> None:
    run_state = remembering(desk)
    know(desk, run_state, "x", b"A")
    assert run_state.unchanged([("x", b"A")]) == {"x"}
    assert run_state.unchanged([("y", b"A")]) == set()
    assert remembering(desk, skip=False).unchanged([("x", b"A")]) == set()


@pytest.mark.parametrize("versions", [[b"A", b"B", b"A"], [b"B", b"A"], [None, b"A"], [b"A", None]])
def test_of_several_versions_in_one_go_all_are_sent(desk: Desk, versions: list[bytes | None]) -> None:
    run_state = remembering(desk)
    know(desk, run_state, "x", b"A")
    assert run_state.unchanged([("x", mark) for mark in versions]) == set()
    for mark in versions[:-1]:
        run_state.acknowledge("x", mark, (1, 1))
        run_state.store(Ledger())
        assert run_state.held(["x"]) == {}  # the last version is still under way
    run_state.acknowledge("x", versions[-1], (1, 1))
    assert run_state.held(["x"]) == ({"x": versions[-1]} if versions[-1] else {})


def test_what_is_under_way_is_forgotten_first(desk: Desk) -> None:
    run_state = remembering(desk)
    know(desk, run_state, "x", b"A")
    run_state.unchanged([("x", b"B")])
    # we are killed here: the index may hold A or B
    again = remembering(desk)
    assert again.unchanged([("x", b"A")]) == set()


def test_a_refused_version_leaves_the_older_one_in_the_index(desk: Desk) -> None:
    run_state = remembering(desk)
    know(desk, run_state, "x", b"A")
    run_state.unchanged([("x", b"bad")])
    run_state.refuse("x")
    assert run_state.unchanged([("x", b"bad")]) == set()
    run_state.refuse("x")
    know(desk, run_state, "x", b"A")
    assert run_state.unchanged([("x", b"A")]) == {"x"}


def test_nothing_is_stored_before_a_commit_where_that_is_what_lasts(desk: Desk) -> None:
    run_state = remembering(desk, durable="committed")
    run_state.unchanged([("x", b"A")])
    run_state.acknowledge("x", b"A", (1, 1))
    run_state.store(Ledger())
    assert run_state.unchanged([("x", b"A")]) == {"x"}  # in this run the index has it
    assert remembering(desk).unchanged([("x", b"A")]) == set()
    run_state.store(Ledger(), committed=True)
    assert remembering(desk).unchanged([("x", b"A")]) == {"x"}


def test_nothing_is_remembered_of_what_every_run_writes_anew(desk: Desk) -> None:
    run_state = remembering(desk, durable="never")
    know(desk, run_state, "x", b"A")
    assert run_state.unchanged([("x", b"A")]) == set()
    assert remembering(desk).held(["x"]) == {}


BROKEN: Dump = [("a", "one"), ("b", "broken"), ("c", "bad"), ("d", "broken")]


def test_letters_name_their_dump_from_anywhere(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [file] = write(tmp_path / "d", [BROKEN])
    monkeypatch.chdir(tmp_path / "d")
    desk.load(["./f0.xml"])
    monkeypatch.chdir(tmp_path)
    desk.load(["d/f0.xml"])
    rows = dead_letters.find(desk.store)
    assert {(row.file, row.ordinal, row.document_id, row.attempts) for row in rows} == {
        (file, 2, "b", 2),
        (file, 3, "c", 2),
        (file, 4, "d", 2),
    }
    assert {letter.position.file for letter in desk.rejected} == {"./f0.xml", "d/f0.xml"}  # as the user named it


def test_a_dump_that_was_read_again_keeps_only_what_still_fails(desk: Desk, tmp_path: Path) -> None:
    files = write(tmp_path, [BROKEN, [("e", "broken")]])
    desk.load(files)
    write(tmp_path, [[("a", "one"), ("b", "two"), ("x", "one"), ("d", "broken")], [("e", "broken")]])
    desk.load(files[:1])
    assert desk.letters() == {(files[0], 4), (files[1], 1)}


def test_letters_stay_until_their_dump_was_read_to_its_end(desk: Desk, tmp_path: Path) -> None:
    files = write(tmp_path, [BROKEN])
    desk.load(files)
    content = Path(files[0]).read_bytes()
    Path(files[0]).write_bytes(content[: content.index(b"<identifier>c")])  # the file was cut short
    desk.load(files)
    assert desk.letters() == {(files[0], 2), (files[0], 3), (files[0], 4)}


def test_letters_of_standard_input_are_nobody_elses(desk: Desk) -> None:
    letter = DeadLetter("s", None, "", None, Position("-", 1), "read", "why", None, b"<", (1, 1))
    desk.load([])
    with desk.store.begin() as connection:
        target_id = progress.open_target(desk.store, TARGET, identity="1", documents_in_index=0)
        dead_letters.put(connection, [letter], target_id=target_id, derive="1")
    run_state = RunState(
        desk.store,
        target_id=target_id,
        run_id=2,
        derive_version="1",
        signatures={"-": ""},
        skip_unchanged=True,
        durable="acknowledged",
    )
    ledger = Ledger()
    run_state.resume(ledger)
    ledger.settle(ledger.take("-", 1, "s"), "indexed")
    ledger.pass_end("-")
    run_state.store(ledger)
    assert desk.letters() == {("-", 1)}
    assert progress.read_checkpoints(desk.store, target_id) == {}


def test_a_later_version_takes_letters_away_and_an_earlier_one_does_not(desk: Desk, tmp_path: Path) -> None:
    files = write(
        tmp_path, [[("a", "broken"), ("a", "one"), ("b", "one"), ("b", "bad"), ("c", "bad"), ("c", "deleted")]]
    )
    desk.load(files)
    assert desk.letters() == {(files[0], 4)}
    desk.load(write(tmp_path / "later", [[("b", "one")]]))  # unchanged: what failed is overtaken all the same
    assert desk.letters() == set()


def test_a_signature_is_of_this_very_file_and_these_rules(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"x" * 200_000)
    files = [str(path), "-", str(tmp_path / "nowhere"), str(tmp_path)]
    first = signatures(dict.fromkeys(files, "rules"))
    assert list(first) == files
    assert [bool(signature) for signature in first.values()] == [True, False, False, False]
    assert signatures(dict.fromkeys(files, "rules")) == first
    assert signatures(dict.fromkeys(files, "other"))[str(path)] != first[str(path)]
    status = path.stat()
    for content in (b"y" + b"x" * 199_999, b"x" * 199_999 + b"y", b"x" * 200_001):
        path.write_bytes(content)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert signatures(dict.fromkeys(files, "rules"))[str(path)] != first[str(path)]
    path.write_bytes(b"x" * 200_000)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert signatures(dict.fromkeys(files, "rules")) == first
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1000))
    assert signatures(dict.fromkeys(files, "rules")) != first
