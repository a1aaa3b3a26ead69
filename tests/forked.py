"""The command in a child of the test's process: as a user runs it, without the second that Python takes to begin.

For tests that have no thread of their own, which a child would not have.
"""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from indexer.cli import main
from tests.end_to_end.conftest import Ended


def forked(folder: Path, work: Callable[[], int | None]) -> Ended:
    """Does the work in a child, in this folder; gives its exit code and what it printed."""
    child = os.fork()
    if child == 0:
        _work(folder, work)
    _, status = os.waitpid(child, 0)
    out, err = ((folder / name).read_text(encoding="utf-8") for name in (".out", ".err"))
    assert "Traceback" not in err, err
    return Ended(os.waitstatus_to_exitcode(status), out, err)


def command(folder: Path, *args: str | Path) -> Ended:
    """Runs `indexer` with these arguments."""

    def work() -> None:
        sys.argv = ["indexer", *map(str, args)]
        main.main()

    return forked(folder, work)


def _work(folder: Path, work: Callable[[], int | None]) -> NoReturn:
    os.chdir(folder)
    code = 1
    with open(".out", "w", encoding="utf-8") as sys.stdout, open(".err", "w", encoding="utf-8") as sys.stderr:
        try:
            code = work() or 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001 - nothing may come back into pytest
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
