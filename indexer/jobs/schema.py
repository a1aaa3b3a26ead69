"""`schema build`, `check` and `install`."""

import json
from contextlib import closing, suppress
from pathlib import Path

from indexer.config import Config
from indexer.engines import compile as compiler
from indexer.engines import registry
from indexer.engines.registry import open_index
from indexer.jobs.fields import schema_of
from indexer.jobs.state import open_state
from indexer.model.errors import ConfigError, ExitCode
from indexer.model.schema import biblio
from indexer.model.targets import Target
from indexer.pipeline import bulk_settings
from indexer.state import lock, saved_settings
from indexer.state.generations import live_index
from indexer.state.lock import LockedError
from indexer.state.store import is_absent


def build(*, config: Config, check: bool, copy_fields: bool, out: Path | None) -> int:
    """Compiles into schemas/; with fields of one's own (schema.extra), or copyField rules, into a folder `out`."""
    extra = config.settings.fields if config.settings.fields != "live" and config.settings.fields.extra else None
    if copy_fields:
        changed = compiler.build_copying(out or Path("biblio-copy-fields"), write=not check)
    elif extra:
        changed = compiler.build_extended(out or Path("biblio-extra"), write=not check)
    elif out is not None:
        raise ConfigError("--out is for --copy-fields, and for a schema with fields of your own (schema.extra)")
    else:
        changed = compiler.build(write=not check)
    schema = f"biblio.toml with {extra.extra}" if extra else "biblio.toml"
    for file in changed:
        print(f"{f'differs from {schema}' if check else 'written'}: {file}")
    if not changed:
        print(f"the compiled schemas are those of {schema}")
    return ExitCode.REJECTED if check and changed else ExitCode.OK


def check(*, config: Config, as_json: bool) -> int:
    files = compiler.build(write=False)
    target = config.target()
    differences = registry.differences(target)
    if as_json:
        print(json.dumps({"files": files, "target": [str(row) for row in differences]}, ensure_ascii=False, indent=2))
    else:
        for file in files:
            print(f"differs from biblio.toml: {file}")
        for row in differences:
            print(f"{target}: {row}")
        if biblio().alone:
            with closing(open_index(target)) as sink:
                sink.check()
                print(f"{target} has a schema of its own with {len(schema_of(sink).fields)} fields")
        elif not files and not differences:
            print(f"{target} has the schema of biblio.toml")
    # a core with copyField rules of its own (VuFind's) differs, and takes our documents all the same
    return ExitCode.REJECTED if files or any(row.blocking for row in differences) else ExitCode.OK


def install(*, config: Config) -> int:
    target = config.target()
    if biblio().alone:
        raise ConfigError(
            f"{target}: schema = 'live' is for a target that has a schema of its own: nothing is installed"
        )
    for line in registry.install(target):
        print(line)
    if not is_absent(config.settings.state):
        _put_back(target, config)
    return ExitCode.OK


def _put_back(target: Target, config: Config) -> None:
    """Settings that a killed load has left on the index; a load that is running has changed them for itself."""
    with closing(open_state(config)) as store, suppress(LockedError):
        name = live_index(store, str(target))
        if saved_settings.read(store, name) is None:
            return
        with lock.hold(store, str(target), command="schema install"), closing(open_index(target)) as sink:
            bulk_settings.put_back(sink, store, name, say=lambda line: print(f"{target}: {line}"))
