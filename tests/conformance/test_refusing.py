"""Our engines against the suite that every engine has to pass."""

import pytest

from indexer.engines.base import Index
from indexer.testing.documents import document
from indexer.testing.refusing import *  # noqa: F403
from indexer.testing.writing import INDEXED, push


def test_two_values_where_the_schema_has_one(engine: Index, kind: str) -> None:
    if kind in ("elasticsearch", "opensearch"):
        pytest.skip("their fields all take several values")
    good, bad = document("good", "Good"), document("bad", "Bad", record_format=["a", "b"])
    outcomes = push(engine, [good, bad])
    assert outcomes[0] == INDEXED
    assert outcomes[1].status == "rejected"
