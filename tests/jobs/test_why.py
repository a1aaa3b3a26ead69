"""`why` as the terminal shows it."""

from contextlib import closing
from pathlib import Path

import pytest

import indexer
from indexer.cli.render import why as render
from indexer.config import Config
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.jobs.why import why
from indexer.testing.browsing import CATALOGUE
from indexer.testing.documents import write


@pytest.fixture
def config(tmp_path: Path) -> Config:
    with closing(EmbeddedSink(tmp_path / "index", create=True)) as sink:
        sink.check()
        sink.push([write(each, sink) for each in CATALOGUE])
        sink.commit()
    return indexer.configure(target=f"embedded:{tmp_path / 'index'}", state=f"sqlite:///{tmp_path}/s.db", reports="")


def test_reasons_line_by_line(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    result = why("tea cultivaton", "b1", config=config, type="Title", filters=[("format", "Online")])
    render.why(result, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('b1 is not found by "tea cultivaton" (Title): 0 others are')
    assert lines[1].startswith("  tea: found (")
    assert "  cultivaton: NOT in what a search of the type Title looks at" in lines
    assert '    most like it in the record: "cultivation"' in lines
    assert "  filter format=Online: EXCLUDES it, the record has Book" in lines


def test_a_record_that_is_not_there(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    render.why(why("tea", "gone\x1b[31m", config=config), as_json=False)
    out = capsys.readouterr().out
    assert "is not in the index" in out
    assert "no dead letter has this id" in out
    assert "\x1b" not in out


def test_a_record_that_was_rejected(loaded: Config, capsys: pytest.CaptureFixture[str]) -> None:
    render.why(why("two", "b", config=loaded), as_json=False)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "b is not in the index"
    assert second.startswith("  dead letter 1: title: holds one value")
