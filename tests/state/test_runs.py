"""Runs and their books."""

from indexer.model.books import Account, Books
from indexer.model.records import Position
from indexer.state import dead_letters, progress, run_reports, runs
from indexer.state.dead_letters import DeadLetter
from indexer.state.store import Store


def test_a_run_is_remembered_with_its_books(store: Store) -> None:
    first = runs.start(store, command="load", target="t", derive_version="1")
    second = runs.start(store, command="load", target="u", derive_version="2")
    books = Books(read=5, indexed=1, unchanged=1, deleted=1, filtered=1, rejected=1)
    runs.finish(
        store,
        second,
        Account({"pubmed": books, "ojs": Books(read=1, indexed=1)}),
        exit_code=1,
        message="why",
        seconds=2.5,
        retries=3,
    )
    found = runs.last(store)
    assert [run.id for run in found] == [second, first]
    assert found[0].books == {"pubmed": books, "ojs": Books(read=1, indexed=1)}
    assert (found[0].exit_code, found[0].message, found[0].target) == (1, "why", "u")
    assert (found[0].seconds, found[0].retries) == (2.5, 3)
    assert found[0].finished is not None
    assert found[0].started <= found[0].finished
    assert (found[1].exit_code, found[1].finished, found[1].books) == (None, None, {})
    assert [run.id for run in runs.last(store, 1)] == [second]


def test_a_run_that_was_killed_is_told_from_one_that_ended(store: Store) -> None:
    def start(target: str) -> int:
        return runs.start(store, command="load", target=target, derive_version="1")

    assert not runs.before_was_killed(store, start("t"))
    start("u")
    after = start("t")
    assert runs.before_was_killed(store, after)
    runs.finish(store, after, Account(), exit_code=3)
    assert not runs.before_was_killed(store, start("t"))


def test_what_is_built_beside_the_live_index_is_no_run_before(store: Store) -> None:
    def start(command: str) -> int:
        return runs.start(store, command=command, target="t", derive_version="1")

    start(runs.REINDEX)  # the whole, which runs around its loads
    assert not runs.before_was_killed(store, start(runs.BUILDING))
    assert not runs.before_was_killed(store, start("sync"))
    assert runs.before_was_killed(store, start(runs.BUILDING))
    assert runs.before_was_killed(store, start("sync"))


def test_its_dead_letters_are_counted(store: Store) -> None:
    run_id = runs.start(store, command="load", target="t", derive_version="1")
    target_id = progress.open_target(store, "t", identity="", documents_in_index=0)
    letter = DeadLetter("s", None, "", None, Position("f", 1), "read", "why", None, b"<", (run_id, 1))
    with store.begin() as connection:
        dead_letters.put(connection, [letter], target_id=target_id, derive="1")
    assert runs.last(store)[0].dead_letters == 1


def test_what_a_run_tells_of_itself_is_kept_and_that_of_long_ago_forgotten(store: Store) -> None:
    first = runs.start(store, command="load", target="t", derive_version="1")
    assert run_reports.read(store, first) is None
    run_reports.put(store, first, {"seconds": 1})
    run_reports.put(store, first, {"seconds": 2, "command": "lädt"})
    found = run_reports.read(store, first)
    assert found is not None
    assert found[1] == {"seconds": 2, "command": "lädt"}
    for _ in range(run_reports.KEPT):
        last = runs.start(store, command="load", target="t", derive_version="1")
    run_reports.put(store, last, {})
    assert run_reports.read(store, first) is None
    assert run_reports.read(store, last) is not None
