"""How each target is doing, as the state knows it."""

import os
from datetime import UTC, datetime

from indexer.model.books import Account, Books
from indexer.model.records import Position
from indexer.state import dead_letters, lock, progress, run_reports, runs
from indexer.state import generations as states
from indexer.state.dead_letters import DeadLetter
from indexer.state.overview import age, overviews
from indexer.state.store import Store
from indexer.state.tables import generations


def run(store: Store, command: str, exit_code: int, *, target: str = "t", books: Books | None = None) -> int:
    number = runs.start(store, command=command, target=target, derive_version="1")
    account = Account({"pmc": books} if books else {})
    runs.finish(store, number, account, exit_code=exit_code, seconds=2.0, retries=1)
    return number


def test_the_last_run_of_each_command_and_the_last_good_one(store: Store) -> None:
    assert overviews(store) == []
    run(store, "sync", 0, books=Books(read=4, indexed=4))
    run(store, "sync", 3)
    run(store, "dead-letters replay", 0)
    run(store, "sync --dry-run", 0)  # says nothing of the index
    run(store, "sync", 1, target="another")
    runs.start(store, command="sync", target="t", derive_version="1")  # under way, or killed
    other, mine = overviews(store)
    assert (other.target, other.refreshed, other.good) == ("another", None, {})
    assert [(each.command, each.exit_code) for each in mine.last] == [("dead-letters replay", 0), ("sync", 3)]
    assert mine.good["sync"].books == {"pmc": Books(read=4, indexed=4)}
    assert mine.good["sync"].rate == 2.0
    assert mine.refreshed == mine.good["sync"].started
    assert age(mine.refreshed, datetime.now(UTC)) < 60


def test_the_first_load_is_told_while_it_runs(store: Store) -> None:
    def filling() -> str | None:
        [mine] = overviews(store)
        return mine.filling.command if mine.filling else None

    run(store, "schema install", 0)
    run(store, "sync", 3)  # the target was not there yet
    assert filling() is None
    with lock.hold(store, "t", command="sync"):
        assert filling() == "sync"
        run(store, "load", 1)  # which came to its end
        assert filling() is None


def test_dead_letters_and_generations_are_those_of_the_target(store: Store) -> None:
    number = run(store, "sync", 1)
    letter = DeadLetter("s", None, "", None, Position("f", 1), "read", "why", None, b"<", (number, 1))
    for url in ("t", "t#g1", "t#g1x"):
        target_id = progress.open_target(store, url, identity="", documents_in_index=0)
        with store.begin() as connection:
            dead_letters.put(connection, [letter], target_id=target_id, derive="1")
    assert overviews(store)[0].dead_letters == 1
    with store.begin() as connection:
        for name, state, documents in (("g1", "former", None), ("g2", "live", 7)):
            row = {"target": "t", "name": name, "state": state, "made": name, "documents": documents}
            connection.execute(generations.insert().values(**row))
    (mine,) = overviews(store)
    assert mine.dead_letters == 0  # those of g2, which is live
    assert [(row.name, row.state, row.documents) for row in mine.generations] == [
        ("g2", "live", 7),
        ("g1", "former", None),
    ]


def test_what_was_loaded_into_another_generation_does_not_count(store: Store) -> None:
    run(store, "sync", 0)
    states.begin(store, "t", "g1", "building")
    states.switch(store, "t", "g1")
    with store.begin() as connection:
        connection.execute(generations.update().values(promoted="2099-01-01T00:00:00Z"))
    (mine,) = overviews(store)
    assert mine.live is not None
    assert mine.refreshed is None
    with store.begin() as connection:
        connection.execute(generations.update().values(promoted=mine.good["sync"].finished))
    assert overviews(store)[0].refreshed == mine.good["sync"].started


def test_of_a_reindex_and_its_loads_the_last_run_is_the_reindex(store: Store) -> None:
    whole = runs.start(store, command="reindex", target="t", derive_version="1")
    run(store, "reindex load", 0)
    runs.finish(store, whole, Account(), exit_code=0)
    assert [each.command for each in overviews(store)[0].last] == ["reindex", "reindex load"]


def test_what_runs_is_what_holds_a_lock(store: Store) -> None:
    run(store, "sync", 0)
    with lock.hold(store, "t", command="sync"), lock.hold(store, "t#g1", command="reindex"):
        (mine,) = overviews(store)
        assert {holder.command for holder in mine.running} == {"sync", "reindex"}
        assert {holder.pid for holder in mine.running} == {os.getpid()}
    assert overviews(store)[0].running == []


def test_the_build_that_is_under_way_is_told(store: Store) -> None:
    run(store, "reindex", 0)
    assert overviews(store)[0].build is None
    number = runs.start(store, command="reindex", target="t", derive_version="1")
    assert overviews(store)[0].build is None
    run_reports.put(store, number, {"build": {"stages": []}})
    assert overviews(store)[0].build == {"stages": []}
    runs.finish(store, number, Account({}), exit_code=0, seconds=2.0, retries=1)
    assert overviews(store)[0].build is None
