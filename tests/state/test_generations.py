"""What is remembered of generations, on each database."""

from contextlib import ExitStack

from indexer.state import deletions, dumps, generations, lock, progress, saved_settings
from indexer.state.generations import index_name, live_index, split_name
from indexer.state.lock import LockedError
from indexer.state.store import Store

URL = "solr+http://host/solr/biblio"
FIRST, SECOND = "g20261128t134501", "g20261128t134502"


def states(store: Store) -> dict[str, str]:
    return {each.name: each.state for each in generations.known(store, URL)}


def test_one_is_live_and_the_one_before_it_is_a_former_one(store: Store) -> None:
    assert live_index(store, URL) == URL
    generations.begin(store, URL, FIRST, "building")
    generations.begin(store, URL, SECOND, "building")
    generations.mark(store, URL, FIRST, "ready", documents=7)
    generations.switch(store, URL, FIRST)
    assert states(store) == {FIRST: "live", SECOND: "building"}
    generations.switch(store, URL, SECOND)
    generations.switch(store, URL, SECOND)
    assert states(store) == {FIRST: "former", SECOND: "live"}
    assert live_index(store, URL) == index_name(URL, SECOND)
    assert {each.documents for each in generations.known(store, URL)} == {7, None}
    generations.switch(store, URL, None)
    assert states(store) == {FIRST: "former", SECOND: "former"}
    generations.switch(store, URL, "g20261128t134503")  # which another state has made
    assert live_index(store, URL) == f"{URL}#g20261128t134503"
    assert states(store).pop("g20261128t134503") == "live"


def test_what_is_forgotten_leaves_nothing(store: Store) -> None:
    generations.begin(store, URL, FIRST, "building")
    number = progress.open_target(store, index_name(URL, FIRST), identity="one", documents_in_index=0)
    other = progress.open_target(store, index_name(URL, SECOND), identity="two", documents_in_index=0)
    for target_id in (number, other):
        dumps.mark_complete(store, target_id, {("source", "file"): "signature"})
        with store.begin() as connection:
            progress.remember(connection, target_id, {"a": b"mark"})
    generations.forget(store, URL, FIRST)
    assert states(store) == {}
    assert progress.find_target(store, index_name(URL, FIRST)) is None
    assert (dumps.complete(store, number), progress.count(store, number)) == ({}, 0)
    assert (len(dumps.complete(store, other)), progress.count(store, other)) == (1, 1)


def test_what_is_known_of_a_plain_index_is_carried_over_once(store: Store) -> None:
    number = progress.open_target(store, URL, identity="before", documents_in_index=0)
    with store.begin() as connection:
        progress.remember(connection, number, {"a": b"mark"})
    saved_settings.write(store, URL, {"refresh_interval": "1s"})
    for _ in range(2):
        generations.carry_over(store, URL, FIRST, identity="after")
    name = index_name(URL, FIRST)
    assert progress.open_target(store, name, identity="after", documents_in_index=1) == number
    assert progress.count(store, number) == 1
    assert saved_settings.read(store, name) == {"refresh_interval": "1s"}
    assert saved_settings.read(store, URL) is None


def test_names_of_indexes() -> None:
    assert split_name(index_name(URL, FIRST)) == (URL, FIRST)
    assert split_name(URL) == (URL, "")
    assert split_name("embedded:in#dex") == ("embedded:in#dex", "")


def test_deletions_are_noted_once_and_struck(store: Store) -> None:
    deletions.note(store, URL, ["b", "a"])
    deletions.note(store, URL, ["b", "c"])
    deletions.note(store, f"{URL}2", ["z"])
    deletions.strike(store, URL, ["a", "never"])
    assert deletions.noted(store, URL) == ["b", "c"]


def test_a_lock_is_waited_for(store: Store) -> None:
    told: list[str] = []
    with ExitStack() as other:
        other.enter_context(lock.hold(store, URL, command="sync"))

        def waiting(error: LockedError) -> None:
            told.append(error.message)
            other.close()

        with lock.hold(store, URL, command="reindex", wait=60, waiting=waiting):
            assert len(told) == 1
            assert "'sync'" in told[0]
