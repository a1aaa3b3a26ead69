"""`schema build`, `check` and `install`."""

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from indexer.config import Config
from indexer.engines import compile as compiler
from indexer.engines import registry
from indexer.engines.base import Difference
from indexer.engines.registry import open_index
from indexer.jobs.state import open_state
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from indexer.observe.audience import Audience
from indexer.pipeline import bulk_settings
from indexer.state import lock, saved_settings
from indexer.state.generations import live_index
from indexer.state.lock import LockedError
from indexer.state.store import is_absent


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The `files` that were not as biblio.toml says: they were written, or (`checked`) only looked at."""

    files: Sequence[str]
    checked: bool

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.REJECTED if self.checked and self.files else ExitCode.OK


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What is not as biblio.toml says: of our own compiled `files`, and in the target's schema."""

    target: str
    files: Sequence[str]
    differences: Sequence[Difference]

    @property
    def exit_code(self) -> ExitCode:
        # a core with copyField rules of its own (VuFind's) differs, and takes our documents all the same
        blocked = self.files or any(difference.blocking for difference in self.differences)
        return ExitCode.REJECTED if blocked else ExitCode.OK


def build(*, check: bool = False, copy_fields_into: Path | None = None) -> BuildResult:
    """Compiles biblio.toml for every engine; or into a Solr configset in that folder, whose copyField rules fill the
    copied fields. `check` writes nothing.
    """
    if copy_fields_into is None:
        return BuildResult(compiler.build(write=not check), check)
    return BuildResult(compiler.build_copying(copy_fields_into, write=not check), check)


def check(*, config: Config) -> CheckResult:
    files = compiler.build(write=False)
    target = config.target()
    return CheckResult(str(target), files, registry.differences(target))


def install(*, config: Config, audience: Audience) -> Sequence[str]:
    """Puts the schema on the target; gives what was done, a line each, which the audience is told, too."""
    target = config.target()
    lines = registry.install(target)
    for line in lines:
        audience.say(line)
    if not is_absent(config.settings.state):
        _put_back(target, config, audience)
    return lines


def _put_back(target: Target, config: Config, audience: Audience) -> None:
    """Settings that a killed load has left on the index; a load that is running has changed them for itself."""
    with closing(open_state(config, audience)) as store, suppress(LockedError):
        name = live_index(store, str(target))
        if saved_settings.read(store, name) is None:
            return
        with lock.hold(store, str(target), command="schema install"), closing(open_index(target)) as sink:
            bulk_settings.put_back(sink, store, name, say=partial(_say_of, target, audience))


def _say_of(target: Target, audience: Audience, line: str) -> None:
    audience.say(f"{target}: {line}")
