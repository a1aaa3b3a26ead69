"""Our engines against the suite that every engine has to pass."""

import pytest

from indexer.engines.base import Index
from indexer.model.documents import Delete
from indexer.testing.documents import document
from indexer.testing.writing import *  # noqa: F403
from indexer.testing.writing import push


def test_readers_see_nothing_before_the_commit(kind: str, sink: Index) -> None:
    if kind in ("elasticsearch", "opensearch"):
        pytest.skip("these refresh by themselves once a second")
    push(sink, [document("kept", "Kept")])
    sink.commit()
    push(sink, [document("new", "New")])
    sink.push([Delete("kept")])
    # A file that is being continued is not there for readers until it is whole again.
    assert sink.count() == (0 if kind == "jsonl" else 1)
