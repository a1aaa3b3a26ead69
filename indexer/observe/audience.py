"""Who follows a job: what is shown while it goes on, and whether their signals stop it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from indexer.observe.progress import Mute, Progress


def ignore(_text: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Audience:
    """By default nobody: nothing is shown, and no signal is taken.

    `progress` is made for each run; `quiet`: only problems are told. `say` takes the lines of a job that is several
    runs, `complain` those among them that are problems; `warn` what is beside the result, as a state that was upgraded
    (None: it is logged). `signals`: Ctrl-C and SIGTERM finish what is in flight; else
    `stop` does, once it is set.
    """

    progress: Callable[[], Progress] = Mute
    quiet: bool = True
    say: Callable[[str], None] = ignore
    complain: Callable[[str], None] = ignore
    warn: Callable[[str], None] | None = None
    signals: bool = False
    stop: threading.Event = field(default_factory=threading.Event)


NOBODY: Final = Audience()  # for what only reads: it runs nothing that could be stopped
