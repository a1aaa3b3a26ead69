"""`status`: the last runs and their books."""

import json
from typing import Any

from indexer.config import Config
from indexer.engine.account import COLUMNS
from indexer.errors import ExitCode
from indexer.state import runs
from indexer.state.store import Store, is_absent, shown_url

ENDS = {
    ExitCode.OK: "all well",
    ExitCode.REJECTED: "finished, with problems",
    ExitCode.USAGE: "wrong settings",
    ExitCode.TARGET: "the target failed",
    ExitCode.INTERRUPTED: "interrupted",
}


def status(*, config: Config, as_json: bool) -> int:
    found: list[dict[str, Any]] = []
    if not is_absent(config.settings.state):  # to look is not to make
        store = Store(config.settings.state)
        try:
            found = runs.last(store)
        finally:
            store.close()
    shown = shown_url(config.settings.state)
    if as_json:
        print(json.dumps({"state": shown, "runs": found}, ensure_ascii=False, indent=2))
        return ExitCode.OK
    if not found:
        print(f"no run yet · {shown}")
    for run in found:
        code = run["exit_code"]
        end = "still running, or killed" if code is None else f"{ENDS.get(code, 'ended')} (exit {code})"
        print(f"{run['started']}  {run['command']}  {end}  {run['target']}")
        for source, books in run["books"].items():
            columns = "  ".join(f"{column} {books[column]:,}" for column in COLUMNS if books[column])
            print(f"    {source}  {columns}")
        if run["message"]:
            print(f"    {run['message']}")
    return ExitCode.OK
