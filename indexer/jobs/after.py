"""What follows a commit that changed something: the index is optimized where that is due, and a command of the user's
own is run (`[after] commit`). The load is done by then: what goes wrong here is told, and takes nothing back.
"""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from indexer.config import Config
from indexer.engines.registry import engine_of
from indexer.jobs.session import Session
from indexer.model.books import Account
from indexer.model.errors import IndexerError
from indexer.model.targets import Target
from indexer.observe import report
from indexer.state import runs

AFTER_REINDEX = "after-reindex"
STDERR_LINES = 5  # the last ones are told of a command that failed

Trouble = Callable[[str, str], None]  # what did not work, and what is to be done


def after_commit(session: Session, config: Config, command: str) -> None:
    """Of a run into the live index; `command` is what the user typed."""
    summary = session.reporter.summary
    if session.building or summary.interrupted:
        return

    def trouble(message: str, advice: str) -> None:
        session.reporter.trouble(message, advice=advice)
        summary.after_failed = True

    target = config.target()
    if _is_due(config, session):
        _optimize(target, session.reporter.say, trouble)
    if _changed(summary.account):
        told = report.as_json(summary, target=str(target)) | {"command": command}
        run_command(config, told, session.reporter.say, trouble)


def after_reindex(
    target: Target, config: Config, account: Account, generation: str, *, say: Callable[[str], None], trouble: Trouble
) -> None:
    """Once another generation is live."""
    if config.settings.solr.optimize == AFTER_REINDEX:
        _optimize(target, say, trouble)
    books = {name: each.counts() for name, each in account.sources.items()}
    told = {"target": str(target), "command": "reindex", "generation": generation, "books": books}
    run_command(config, told, say, trouble)


def run_command(config: Config, told: dict[str, Any], say: Callable[[str], None], trouble: Trouble) -> None:
    """Runs `after.commit`, if there is one, without a shell, with `told` as JSON on its standard input."""
    command, seconds = config.settings.after.commit, config.settings.after.seconds
    if not command:
        return
    name = f"after.commit {command[0]}"
    try:
        child = subprocess.Popen(  # noqa: S603 - the user's own command, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # ended with all that it has started
        )
    except OSError as error:
        trouble(f"{name}: cannot be run: {error.strerror or error}", _ADVICE)
        return
    try:
        _, errors = child.communicate(json.dumps(told, ensure_ascii=False).encode() + b"\n", timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(child)
        trouble(f"{name}: was not done after {seconds:g} s, and is ended", f"{_ADVICE} after.seconds gives it longer.")
        return
    except BaseException:
        _end(child)
        raise
    if child.returncode:
        how = f"exit {child.returncode}" if child.returncode > 0 else f"signal {-child.returncode}"
        lines = errors.decode("utf-8", "replace").strip().splitlines()[-STDERR_LINES:]
        trouble(f"{name}: ended with {how}{': ' if lines else ''}{' / '.join(lines)}", _ADVICE)
    else:
        say(f"{name}: done")


_ADVICE = "What was loaded is in the index. Run the command by hand once it is mended."


def _end(child: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def _changed(account: Account) -> bool:
    total = account.total
    return total.indexed + total.deleted > 0


def _optimize(target: Target, say: Callable[[str], None], trouble: Trouble) -> None:
    optimize = engine_of(target).optimize
    if optimize is None:
        return
    say(f"{target}: optimizing")
    try:
        optimize(target)
    except IndexerError as error:
        trouble(f"{target}: was not optimized: {error.message}", "What was loaded is in the index, and is found.")


def _is_due(config: Config, session: Session) -> bool:
    """Whether the time that `solr.optimize` names has come since the run before this one ended."""
    cron = config.settings.solr.optimize
    if cron in ("never", AFTER_REINDEX) or engine_of(config.target()).optimize is None:
        return False
    from indexer.jobs.triggers import cron_trigger

    before = runs.finished_before(session.store, session.reporter.target, session.reporter.run_id)
    if before is None:
        return False
    due = cron_trigger("solr.optimize", cron).get_next_fire_time(None, datetime.fromisoformat(before))
    return due is not None and due <= datetime.now(UTC)


def check(config: Config) -> None:
    """Raises ConfigError for a `solr.optimize` that is neither a word nor a time."""
    cron = config.settings.solr.optimize
    if cron not in ("never", AFTER_REINDEX):
        from indexer.jobs.triggers import cron_trigger

        cron_trigger("solr.optimize", cron)
