"""What a person sees while a run goes on: a bar on a terminal, a plain line now and then elsewhere, or nothing.

All of it goes to standard error; standard output is for results.
"""

import sys
import time
from typing import Protocol

from indexer.model.books import Account

LINE_EVERY = 10.0  # seconds between two plain lines


class Progress(Protocol):
    def start(self, total_bytes: int | None) -> None: ...

    def advance(self, size: int) -> None:
        """`size` more bytes of the dumps, as they lie on disk, were read."""
        ...

    def update(self, account: Account) -> None: ...

    def say(self, text: str) -> None:
        """A line that stays."""
        ...

    def stop(self) -> None: ...


class Mute:
    """Says nothing: for programs, which get the results."""

    def start(self, total_bytes: int | None) -> None:
        pass

    def advance(self, size: int) -> None:
        pass

    def update(self, account: Account) -> None:
        pass

    def say(self, text: str) -> None:
        pass

    def stop(self) -> None:
        pass


class Silent(Mute):
    """Says only what must be said."""

    def say(self, text: str) -> None:
        print(text, file=sys.stderr)


class Lines(Silent):
    """For logs and pipes: one line every few seconds."""

    def __init__(self) -> None:
        self._total: int | None = None
        self._read = 0
        self._started = self._said = time.monotonic()

    def start(self, total_bytes: int | None) -> None:
        self._total = total_bytes
        self._started = self._said = time.monotonic()

    def advance(self, size: int) -> None:
        self._read += size

    def update(self, account: Account) -> None:
        now = time.monotonic()
        if now - self._said < LINE_EVERY:
            return
        self._said = now
        total = account.total
        rate = total.read / (now - self._started)
        percent = f"{100 * self._read / self._total:.0f}% " if self._total else ""
        rejected = f"  {total.rejected:,} rejected" if total.rejected else ""
        self.say(f"{percent}{total.read:,} records  {rate:,.0f}/s{rejected}")


class Bar:
    """For terminals: percent by bytes read, records, rate, time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._console = Console(stderr=True, highlight=False)
        self._bar = RichProgress(
            TaskProgressColumn(),
            BarColumn(),
            TextColumn("{task.fields[counts]}"),
            TextColumn("ETA"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            refresh_per_second=4,
        )
        self._started = self._shown = time.monotonic()

    def start(self, total_bytes: int | None) -> None:
        self._task = self._bar.add_task("load", total=total_bytes, counts="")
        self._started = time.monotonic()
        self._bar.start()

    def advance(self, size: int) -> None:
        self._bar.advance(self._task, size)

    def update(self, account: Account) -> None:
        now = time.monotonic()
        if now - self._shown < 0.25:
            return
        self._shown = now
        total = account.total
        rejected = f"  [red]{total.rejected:,} rejected[/red]" if total.rejected else ""
        rate = total.read / max(now - self._started, 0.001)
        self._bar.update(self._task, counts=f"{total.read:,} records  {rate:,.0f}/s{rejected}")

    def say(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)

    def stop(self) -> None:
        self._bar.stop()


def choose(*, quiet: bool, json_log: bool) -> Progress:
    """A bar only where a person is looking; machines read JSON log lines instead."""
    if quiet or json_log:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()
