"""What programs get of generations and of switches between them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.config import Config
from indexer.jobs.generation_state import NotPromotedError
from indexer.jobs.generations import list_generations, promote, prune, rollback
from indexer.jobs.reindex import reindex
from indexer.model.errors import ConfigError
from indexer.observe.audience import Audience

Told = tuple[list[str], Callable[..., Audience]]


def build(settings: Config, *, promoted: bool = True) -> str:
    return reindex(config=settings, promote=promoted, adopt=True, audience=Audience()).generation


def test_there_are_none_and_then_one_is_live(settings: Config) -> None:
    assert list(list_generations(config=settings).generations) == []
    name = build(settings)
    listed = list_generations(config=settings)
    assert not listed.plain
    assert [(row.name, row.state, row.documents) for row in listed.generations] == [(name, "live", 2)]


def test_an_index_that_is_no_generation(loaded: Config) -> None:
    listed = list_generations(config=loaded)
    assert (listed.plain, list(listed.generations)) == (True, [])


def test_there_and_back(settings: Config, tmp_path: Path) -> None:
    first = build(settings)
    with pytest.raises(ConfigError, match="no generation is ready"):
        promote(config=settings)
    (tmp_path / "dumps/2.jsonl").write_text('{"id":"d"}\n')
    second = build(settings, promoted=False)
    there = promote(config=settings)
    assert (there.live, there.former, there.documents, there.behind, there.switched) == (second, first, 3, 0, True)
    back = rollback(config=settings)
    assert (back.live, back.former, back.documents, back.behind) == (first, second, 2, 1)
    again = promote(first, config=settings)
    assert (again.switched, again.live, again.former) == (False, first, first)


def test_pruning_tells_of_each(settings: Config, told: Told) -> None:
    lines, audience = told
    first, second = build(settings), build(settings)
    with pytest.raises(ConfigError, match="is live: it stays"):
        prune([second], config=settings)
    assert list(prune(config=settings, audience=audience()).removed) == []
    assert list(prune([first], config=settings, audience=audience()).removed) == [first]
    assert lines == [f"{first}   removed"]
    assert [row.name for row in list_generations(config=settings).generations] == [second]


def test_one_that_is_not_finished_is_not_promoted(settings: Config, tmp_path: Path) -> None:
    build(settings)
    (tmp_path / "dumps/1.jsonl").write_text('{"id":"a"}\n')  # loses half of the documents
    failed = build(settings)
    with pytest.raises(NotPromotedError, match="is failed: it was not promoted"):
        promote(failed, config=settings)
