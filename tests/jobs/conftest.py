"""A configuration whose index and state need no server, and a dump of which not all can be loaded."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import config
from indexer.config import Config
from indexer.jobs.load import load
from indexer.observe.audience import Audience

DUMP = b"""\
{"id":"a","title":"one"}
{"id":"b","title":["two","three"]}
{"title":"nobody"}
{"id":"c","title":"four"}
"""
SOURCE = '[[source]]\nname = "books"\nprofile = "solr_json"\npaths = ["{}/dumps"]\n'


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    """One source, of which there is a dump, and nothing loaded yet."""
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps/1.jsonl").write_bytes(DUMP)
    file = tmp_path / "indexer.toml"
    file.write_text(
        f'target = "embedded:{tmp_path / "index"}"\nstate = "sqlite:///{tmp_path / "state.db"}"\nreports = ""\n'
        f"[load]\nworkers = 1\n{SOURCE.format(tmp_path)}"
    )
    return config.load(file, flags={}, environ={})


@pytest.fixture
def loaded(settings: Config, tmp_path: Path) -> Config:
    """The same, with the dump in the index."""
    load([str(tmp_path / "dumps/1.jsonl")], config=settings, profile_name="solr_json", audience=Audience())
    return settings


@pytest.fixture
def told() -> tuple[list[str], Callable[..., Audience]]:
    """What an audience is told, and how to make it."""
    lines: list[str] = []
    return lines, lambda **others: Audience(say=lines.append, complain=lines.append, warn=lines.append, **others)
