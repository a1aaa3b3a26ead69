"""What programs get of the runs and of how the targets are doing."""

from pathlib import Path

import pytest

from indexer.config import Config, load
from indexer.harvest.folder import Notes, folder_of
from indexer.jobs.status import list_runs, list_sources, show_run, status
from indexer.jobs.sync import sync
from indexer.model.errors import ConfigError
from indexer.observe.audience import Audience


def test_to_look_makes_no_state(settings: Config, tmp_path: Path) -> None:
    nothing = status(config=settings)
    assert (list(nothing.runs), list(nothing.targets)) == ([], [])
    assert not (tmp_path / "state.db").exists()


def test_runs_and_targets(loaded: Config) -> None:
    found = status(config=loaded)
    [run] = found.runs
    assert (run.command, run.exit_code, run.dead_letters) == ("load", 1, 2)
    assert run.books["solr_json"].counts()["indexed"] == 2
    assert run.rate == run.books["solr_json"].read / run.seconds
    [target] = found.targets
    assert (target.target, target.dead_letters, target.refreshed) == (str(loaded.target()), 2, None)
    assert found.state.endswith("state.db")
    assert target.lag(found.time) is None


def test_runs_page_by_page_and_one_of_them(loaded: Config) -> None:
    for _ in range(2):
        sync(config=loaded, audience=Audience())
    third, second, first = list_runs(config=loaded)
    assert [run.command for run in (third, second, first)] == ["sync", "sync", "load"]
    assert list(list_runs(config=loaded, limit=1)) == [third]
    assert list(list_runs(config=loaded, limit=1, before=third.id)) == [second]
    assert list(list_runs(config=loaded, target="embedded:other")) == []
    assert show_run(first.id, config=loaded) == first
    with pytest.raises(ConfigError, match="there is no run 99"):
        show_run(99, config=loaded)


def test_sources_before_and_after_they_are_read(settings: Config, tmp_path: Path) -> None:
    [before] = list_sources(config=settings)
    assert (before.name, before.profile, before.dumps, before.last) == ("books", "solr_json", 0, None)
    assert not (tmp_path / "state.db").exists()
    sync(config=settings, audience=Audience())
    [after] = list_sources(config=settings)
    assert (after.dumps, after.url, after.harvest, list(after.paths)) == (1, None, None, [str(tmp_path / "dumps")])
    assert after.last is not None
    assert (after.last.command, after.last.books["books"].read) == ("sync", 4)


def test_how_far_a_live_server_was_harvested(settings: Config, tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text(
        f'target = "embedded:{tmp_path / "index"}"\nstate = "sqlite:///{tmp_path / "state.db"}"\n'
        f'harvest = "{tmp_path / "harvest"}"\n[[source]]\nname = "journal"\nprofile = "ojs"\n'
        'oai = { url = "http://127.0.0.1:9/oai" }\n'
    )
    config = load(file, flags={}, environ={})
    [never] = list_sources(config=config)
    assert (never.url, never.harvest, list(never.paths)) == ("http://127.0.0.1:9/oai", None, [])
    folder = folder_of(config.settings.harvest, "journal")
    with folder.held():
        folder.note(Notes(url="http://127.0.0.1:9/oai", metadata_prefix="oai_dc", harvested="2026-11-30", pages=3))
    [harvested] = list_sources(config=config)
    assert harvested.harvest is not None
    assert (harvested.harvest.harvested, harvested.harvest.pages) == ("2026-11-30", 3)
