"""What a signal does while a target is loaded into."""

import os
import signal
from typing import cast

from indexer.jobs.session import stopping
from indexer.observe.audience import Audience
from indexer.observe.reporter import Reporter
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
