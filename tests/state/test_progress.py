"""What was acknowledged: fingerprints and checkpoints, and when they are void."""

import pytest

from indexer.model.books import Account, Books
from indexer.state import progress
from indexer.state.progress import Checkpoint, open_target
from indexer.state.store import Store

MARKS = {"a": b"1", "b": b"2", "c": b"\x00\xff"}
CHECKPOINT = Checkpoint("/dumps/a.xml", "signature", 17, False, 3, Account({"pubmed": Books(read=17, indexed=17)}, 1))


def filled(store: Store) -> int:
    target_id = open_target(store, "target", identity="x", documents_in_index=0)
    with store.begin() as connection:
        progress.remember(connection, target_id, MARKS)
        progress.put_checkpoints(connection, target_id, [CHECKPOINT])
    return target_id


def test_fingerprints_come_back(store: Store) -> None:
    target_id = filled(store)
    assert progress.fingerprints(store, target_id, ["a", "c", "nobody"]) == {"a": b"1", "c": b"\x00\xff"}
    assert progress.fingerprints(store, target_id, []) == {}
    with store.begin() as connection:
        progress.remember(connection, target_id, {"a": b"3", "d": b"4"})
        progress.forget(connection, target_id, ["b", "nobody"])
    assert progress.fingerprints(store, target_id, list("abcd")) == {"a": b"3", "c": b"\x00\xff", "d": b"4"}


def test_checkpoints_come_back_whole(store: Store) -> None:
    target_id = filled(store)
    assert progress.read_checkpoints(store, target_id) == {"/dumps/a.xml": CHECKPOINT}
    later = Checkpoint("/dumps/a.xml", "other", 20, True, 4, Account())
    with store.begin() as connection:
        progress.put_checkpoints(
            connection, target_id, [later, Checkpoint("/dumps/b.xml", "s", 1, False, 4, Account())]
        )
    assert progress.read_checkpoints(store, target_id)["/dumps/a.xml"] == later
    progress.drop_checkpoints(store, target_id, but=["/dumps/b.xml"])
    assert list(progress.read_checkpoints(store, target_id)) == ["/dumps/b.xml"]
    progress.drop_checkpoints(store, target_id)
    assert progress.read_checkpoints(store, target_id) == {}


def test_targets_do_not_share(store: Store) -> None:
    target_id = filled(store)
    other = open_target(store, "other", identity="x", documents_in_index=3)
    assert other != target_id
    assert progress.fingerprints(store, other, list(MARKS)) == {}
    assert progress.read_checkpoints(store, other) == {}
    progress.drop_checkpoints(store, other)
    assert open_target(store, "target", identity="x", documents_in_index=3) == target_id
    assert progress.read_checkpoints(store, target_id)


@pytest.mark.parametrize(
    ("identity", "documents", "kept"),
    [
        ("x", 3, True),
        ("x", 4_000, True),
        ("x", 2, False),
        ("x", 0, False),
        ("y", 4_000, False),
    ],
    ids=["as it was", "others put more there", "one is missing", "emptied", "made anew"],
)
def test_an_index_that_is_not_what_it_was(store: Store, identity: str, documents: int, kept: bool) -> None:
    target_id = filled(store)
    assert open_target(store, "target", identity=identity, documents_in_index=documents) == target_id
    assert progress.fingerprints(store, target_id, list(MARKS)) == (MARKS if kept else {})
    assert bool(progress.read_checkpoints(store, target_id)) is kept
    # and from then on it is the one that is known
    assert open_target(store, "target", identity=identity, documents_in_index=documents) == target_id
