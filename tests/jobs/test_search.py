"""What `search` prints of a document, and the filters it takes."""

from pathlib import Path

import orjson
import pytest

from indexer import config
from indexer.cli.render import search as render
from indexer.engines.base import Write
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.jobs.search import search
from indexer.model.documents import Fields
from indexer.model.errors import ConfigError


def settings(folder: Path) -> config.Config:
    return config.load(None, flags={"target": f"embedded:{folder / 'idx'}"}, environ={})


def fill(folder: Path, *documents: Fields) -> None:
    sink = EmbeddedSink(folder / "idx", create=True)
    sink.check()
    sink.push([Write(str(fields["id"]), orjson.dumps(fields)) for fields in documents])
    sink.commit()
    sink.close()


def shown(folder: Path, capsys: pytest.CaptureFixture[str], text: str, *filters: str) -> list[str]:
    wanted = tuple(map(render.filter_of, filters))
    render.search(text, search(text, target=settings(folder).target(), limit=5, filters=wanted), as_json=False)
    return capsys.readouterr().out.splitlines()


def test_a_hit_is_two_lines_whatever_the_record_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing that a terminal would obey, no line breaks, no title that fills the screen."""
    title = "A\x1b[31m red\n title " + "word " * 40
    fill(tmp_path, {"id": "1", "title": title, "author": [f"Author {n}" for n in range(5)], "publishDate": ["1999"]})
    counted, first, second = shown(tmp_path, capsys, "red")
    assert counted == '1 record matches "red"'
    assert first.startswith("  1  A [31m red title word")
    assert first.endswith("...")
    assert len(first) < 100
    assert second == "     Author 0; Author 1; Author 2 +2 · 1999 · 1"


def test_filters_are_exact_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(
        tmp_path,
        {"id": "1", "title": "One", "format": ["Article"]},
        {"id": "2", "title": "Two", "format": ["Article", "Online"]},
        {"id": "3"},
    )
    assert shown(tmp_path, capsys, "*")[0] == '3 records match "*"'
    assert shown(tmp_path, capsys, "*", "format=Online")[:2] == ['1 record matches "*"', "  1  Two"]
    assert any("(no title)" in line for line in shown(tmp_path, capsys, "*"))
    with pytest.raises(ConfigError, match="is not FIELD=VALUE"):
        shown(tmp_path, capsys, "*", "format")
