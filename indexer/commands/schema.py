"""`schema build`, `check` and `install`."""

import json

from indexer.config import Config
from indexer.errors import ExitCode
from indexer.schema import compile as compiler
from indexer.schema import install as installer


def build(*, check: bool) -> int:
    changed = compiler.build(write=not check)
    for file in changed:
        print(f"{'differs from biblio.toml' if check else 'written'}: {file}")
    if not changed:
        print("the compiled schemas are those of biblio.toml")
    return ExitCode.REJECTED if check and changed else ExitCode.OK


def check(*, config: Config, as_json: bool) -> int:
    files = compiler.build(write=False)
    target = config.target()
    differences = installer.check_target(target)
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
    for line in installer.install(config.target()):
        print(line)
    return ExitCode.OK
