"""`schema build`, `check` and `install`."""

import json
from contextlib import closing, suppress
from pathlib import Path

from indexer.config import Config
from indexer.engines import compile as compiler
from indexer.engines import registry
from indexer.engines.registry import open_index
from indexer.jobs.state import open_state
from indexer.model.errors import ExitCode
from indexer.model.targets import Target
from indexer.pipeline import bulk_settings
from indexer.state import lock, saved_settings
from indexer.state.generations import live_index
from indexer.state.lock import LockedError
from indexer.state.store import is_absent


def build(*, check: bool, copy_fields_into: Path | None) -> int:
    if copy_fields_into is None:
        changed = compiler.build(write=not check)
    else:
        changed = compiler.build_copying(copy_fields_into, write=not check)
    for file in changed:
        print(f"{'differs from biblio.toml' if check else 'written'}: {file}")
    if not changed:
        print("the compiled schemas are those of biblio.toml")
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
        if not files and not differences:
            print(f"{target} has the schema of biblio.toml")
    # a core with copyField rules of its own (VuFind's) differs, and takes our documents all the same
    return ExitCode.REJECTED if files or any(row.blocking for row in differences) else ExitCode.OK


def install(*, config: Config) -> int:
    target = config.target()
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
