"""What programs get of the schema: what differs, and what was done."""

from collections.abc import Callable
from pathlib import Path

from indexer.config import Config
from indexer.jobs.schema import build, check, install
from indexer.model.errors import ExitCode
from indexer.observe.audience import Audience

Told = tuple[list[str], Callable[..., Audience]]


def test_an_index_that_was_installed_has_the_schema(settings: Config, told: Told) -> None:
    lines, audience = told
    done = install(config=settings, audience=audience())
    assert done
    assert lines == list(done)
    result = check(config=settings)
    assert (result.target, list(result.files), list(result.differences)) == (str(settings.target()), [], [])
    assert result.exit_code == ExitCode.OK


def test_a_configset_of_ones_own(settings: Config, tmp_path: Path) -> None:
    looked = build(config=settings, check=True, copy_fields=True, out=tmp_path / "own")
    assert looked.files
    assert looked.exit_code == ExitCode.REJECTED
    assert not (tmp_path / "own").exists()
    written = build(config=settings, copy_fields=True, out=tmp_path / "own")
    assert (list(written.files), written.exit_code) == (list(looked.files), ExitCode.OK)
    assert build(config=settings, check=True, copy_fields=True, out=tmp_path / "own").exit_code == ExitCode.OK
