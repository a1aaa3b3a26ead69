"""Our engines against the suite that every engine has to pass."""

import importlib

import pytest

from indexer.engines.base import Index
from indexer.testing import reading
from indexer.testing.reading import *  # noqa: F403


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page holds ten documents."""
    for module in ("embedded", "elastic", "solr"):
        monkeypatch.setattr(importlib.import_module(f"indexer.engines.{module}.sink"), "PAGE", 10)
    monkeypatch.setattr(importlib.import_module("indexer.engines.embedded.sink"), "ADDRESSES", 20)


def test_pages_are_of_their_size(index: Index) -> None:
    assert [len(page) for page, _ in index.pages()] == [10, 10, 5]


def test_a_mark_goes_on_behind_its_page(index: Index, kind: str) -> None:  # type: ignore[no-redef]
    if kind == "embedded":
        pytest.skip("has no faults that pass, and so none to go on behind")
    reading.test_a_mark_goes_on_behind_its_page(index)
