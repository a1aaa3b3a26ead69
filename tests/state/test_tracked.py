"""When documents came into a target, on each database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from indexer.derive.tracking import Tracked
from indexer.state import generations, progress, tracked
from indexer.state.store import Store

FAR = 253_402_300_799  # seconds, in the year 9999
DOCUMENTS = {"a": Tracked(1, 2, 3), "b": Tracked(1, FAR, None), "c": Tracked(-5, 2, 0, deleted=9)}


def test_they_come_back_and_are_overwritten(store: Store) -> None:
    target_id = tracked.open_target(store, "solr+http://host/solr/biblio")
    with store.begin() as connection:
        tracked.put(connection, target_id, DOCUMENTS)
        tracked.put(connection, target_id, {})
    assert tracked.find(store, target_id, ["a", "b", "c", "nobody"]) == DOCUMENTS
    assert tracked.find(store, target_id, []) == {}
    later = {"a": Tracked(1, 7, 8, deleted=9), "c": replace(DOCUMENTS["c"], deleted=None)}
    with store.begin() as connection:
        tracked.put(connection, target_id, later)
    assert tracked.find(store, target_id, list(DOCUMENTS)) == {**DOCUMENTS, **later}


def test_two_loads_that_store_the_same_documents_do_not_block_each_other(store: Store) -> None:
    target_id = tracked.open_target(store, "one")
    ids = [f"{number:03}" for number in range(300)]

    def stored(order: list[str]) -> None:
        for round in range(10):
            with store.begin() as connection:
                tracked.put(connection, target_id, {id: Tracked(1, round, 3) for id in order})

    with ThreadPoolExecutor(2) as threads:
        for ended in [threads.submit(stored, ids), threads.submit(stored, ids[::-1])]:
            ended.result()
    assert tracked.find(store, target_id, ids) == dict.fromkeys(ids, Tracked(1, 9, 3))


def test_each_target_has_its_own(store: Store) -> None:
    one, other = tracked.open_target(store, "one"), tracked.open_target(store, "other")
    assert one != other
    assert tracked.open_target(store, "one") == one
    with store.begin() as connection:
        tracked.put(connection, one, DOCUMENTS)
    assert tracked.find(store, other, list(DOCUMENTS)) == {}


def test_they_outlive_the_index_and_its_generations(store: Store) -> None:
    target_id = tracked.open_target(store, "one")
    with store.begin() as connection:
        tracked.put(connection, target_id, DOCUMENTS)
    for number, name in enumerate(("g1", "g2")):
        generations.begin(store, "one", name, "building")
        progress.open_target(store, generations.index_name("one", name), identity=str(number), documents_in_index=0)
        generations.forget(store, "one", name)
    progress.open_target(store, "one", identity="another", documents_in_index=0)
    assert tracked.open_target(store, "one") == target_id
    assert tracked.find(store, target_id, list(DOCUMENTS)) == DOCUMENTS


def test_documents_are_marked_as_deleted_once(store: Store) -> None:
    target_id, other = tracked.open_target(store, "one"), tracked.open_target(store, "other")
    with store.begin() as connection:
        tracked.put(connection, target_id, DOCUMENTS)
        tracked.put(connection, other, DOCUMENTS)
    tracked.mark_deleted(store, "one", ["a", "c", "nobody"])
    tracked.mark_deleted(store, "nowhere", ["a"])
    tracked.mark_deleted(store, "one", [])
    found = tracked.find(store, target_id, [*DOCUMENTS, "nobody"])
    assert found.keys() == DOCUMENTS.keys()
    assert found["a"].deleted
    assert (found["b"], found["c"]) == (DOCUMENTS["b"], DOCUMENTS["c"])
    assert tracked.find(store, other, list(DOCUMENTS)) == DOCUMENTS
