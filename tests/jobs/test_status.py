"""What programs get of the runs and of how the targets are doing."""

from pathlib import Path

from indexer.config import Config
from indexer.jobs.status import status


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
