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
from indexer.jobs.fields import schema_of
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError, ExitCode
from indexer.model.schema import biblio
from indexer.model.targets import Target
from indexer.observe.audience import Audience
from indexer.pipeline import bulk_settings
from indexer.state import lock, saved_settings
from indexer.state.generations import live_index
from indexer.state.lock import LockedError
from indexer.state.store import is_absent


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The `files` that were not as the `schema` says (biblio.toml, with or without fields of one's own): they were
    written, or (`checked`) only looked at.
    """

    files: Sequence[str]
    checked: bool
    schema: str = "biblio.toml"

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.REJECTED if self.checked and self.files else ExitCode.OK


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What is not as biblio.toml says: of our own compiled `files`, and in the target's schema. `own_fields`: how many
    a target has whose own schema is the only one that counts; None for others.
    """

    target: str
    files: Sequence[str]
    differences: Sequence[Difference]
    own_fields: int | None = None

    @property
    def exit_code(self) -> ExitCode:
        # a core with copyField rules of its own (VuFind's) differs, and takes our documents all the same
        blocked = self.files or any(difference.blocking for difference in self.differences)
        return ExitCode.REJECTED if blocked else ExitCode.OK


def build(*, config: Config, check: bool = False, copy_fields: bool = False, out: Path | None = None) -> BuildResult:
    """Compiles into schemas/; with fields of one's own (schema.extra), or copyField rules, into a folder `out`. `check`
    writes nothing.
    """
    extra = config.settings.fields if config.settings.fields != "live" and config.settings.fields.extra else None
    if copy_fields:
        changed = compiler.build_copying(out or Path("biblio-copy-fields"), write=not check)
    elif extra:
        changed = compiler.build_extended(out or Path("biblio-extra"), write=not check)
    elif out is not None:
        raise ConfigError("--out is for --copy-fields, and for a schema with fields of your own (schema.extra)")
    else:
        changed = compiler.build(write=not check)
    return BuildResult(changed, check, f"biblio.toml with {extra.extra}" if extra else "biblio.toml")


def check(*, config: Config) -> CheckResult:
    files = compiler.build(write=False)
    target = config.target()
    differences = registry.differences(target)
    own_fields = None
    if biblio().alone:
        with closing(open_index(target)) as sink:
            sink.check()
            own_fields = len(schema_of(sink).fields)
    return CheckResult(str(target), files, differences, own_fields)


def install(*, config: Config, audience: Audience) -> Sequence[str]:
    """Puts the schema on the target; gives what was done, a line each, which the audience is told, too."""
    target = config.target()
    if biblio().alone:
        raise ConfigError(
            f"{target}: schema = 'live' is for a target that has a schema of its own: nothing is installed"
        )
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
