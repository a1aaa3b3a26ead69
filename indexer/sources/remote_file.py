"""A file that lies elsewhere, as its finder, its readers and those who remember it know it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from indexer.model.errors import TransientError
from indexer.sources.files import is_aside

Pause = Callable[[TransientError, float], None]


@dataclass(frozen=True, slots=True)
class Remote:
    """A file that lies elsewhere. `url` may hold secrets; `mark` is its ETag or date, "" where the server gives none:
    then nothing tells it from another one. `ca_file` is that of the authority which signed the server's certificate,
    None for the usual ones. `trouble` and `advice`: why there is no file to read.
    """

    url: str = field(repr=False)
    size: int | None = None
    mark: str = ""
    ca_file: str | None = None
    trouble: str = ""
    advice: str = ""

    @property
    def signature(self) -> str:
        """What it is known by, as a whole; "" where nothing tells it from another one."""
        return f"{self.size} {self.mark}" if self.mark else ""


def is_wanted(name: str) -> bool:
    """Whether a name in a folder is that of a dump."""
    return bool(name) and not name.startswith(".") and not is_aside(name)
