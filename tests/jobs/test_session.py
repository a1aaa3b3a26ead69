"""How a target is opened, and what a signal does while it is loaded into."""

import os
import signal
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from indexer.engines.preflight import NOTHING_SENT
from indexer.jobs.session import reported_if_refused, stopping
from indexer.model.errors import PermanentError, TransientError
from indexer.observe.audience import Audience
from indexer.observe.reporter import Reporter
from indexer.state import runs
from indexer.state.store import Store
from tests.conftest import PATIENCE


class Printing:
    """Somebody who is told while a line is being printed: Python lets no other line in."""

    audience = Audience(signals=True)

    def stopping(self) -> None:
        raise RuntimeError("reentrant call inside <_io.BufferedWriter name='<stderr>'>")


def test_a_signal_in_the_midst_of_a_line_stops_all_the_same() -> None:
    with stopping(cast(Reporter, Printing())) as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(PATIENCE)


@pytest.mark.parametrize(
    "error",
    [
        PermanentError("closed", advice=f"Open it. {NOTHING_SENT}", nothing_sent=True),
        TransientError("not reached", advice="Is it up?"),
        PermanentError("no such index"),
    ],
)
def test_a_target_that_refuses_is_told_and_that_nothing_was_sent_once(
    error: PermanentError | TransientError, tmp_path: Path
) -> None:
    with closing(Store(f"sqlite:///{tmp_path / 'state.db'}")) as store:
        with pytest.raises(type(error)), reported_if_refused(store, "load", "embedded:x"):
            raise error
        [run] = runs.last(store)
    assert error.advice.count(NOTHING_SENT) == 1
    assert error.advice.endswith(NOTHING_SENT)
    assert (run.command, run.exit_code, run.message) == ("load", 3, error.message)
