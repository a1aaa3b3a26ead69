"""A harvest in this process, and what came of it."""

import threading
from dataclasses import dataclass, field
from typing import Any

from indexer import sources
from indexer.engines.retry import RetryPolicy
from indexer.harvest import run
from indexer.harvest.folder import Folder
from indexer.harvest.server import Server
from indexer.model.records import Fault, Record
from indexer.model.settings import OaiSettings
from indexer.model.targets import Credentials
from tests.harvest.oai_server import Repository

BEFORE = "2021-05-01T00:00:00Z"
ALL = [f"r{number}" for number in range(35)]


@dataclass
class Harvester:
    """Harvests a repository into a folder; `pauses`, `warnings` and `flaws` are what was told meanwhile."""

    repository: Repository
    folder: Folder
    credentials: Credentials | None = None
    seconds: float = 20
    tries: int = 100
    stop: threading.Event = field(default_factory=threading.Event)
    pauses: list[float] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    sizes: list[tuple[int, int | None]] = field(default_factory=list)

    def __call__(self, **asked: Any) -> None:
        settings = OaiSettings.model_validate({"url": self.repository.url, **asked})
        asks = Server(settings.url, self.credentials)
        try:
            run.harvest(
                settings,
                asks,
                self.folder,
                retry=RetryPolicy(self.seconds, self.tries, first_wait=0.001),
                callbacks=run.Callbacks(
                    progress=lambda records, of: self.sizes.append((records, of)),
                    warning=self.warnings.append,
                    flaw=lambda text, _advice: self.flaws.append(text),
                    pause=lambda _error, seconds: self.pauses.append(seconds),
                ),
                stop=self.stop,
            )
        finally:
            asks.close()

    def records(self) -> list[Record | Fault]:
        return list(sources.read(self.folder.pages(), source="s"))

    def ids(self) -> list[str]:
        return [_id(record) for record in self.records()]


def _id(record: Record | Fault) -> str:
    assert isinstance(record, Record)
    assert record.header is not None
    return str(record.header.identifier) + ("-" if record.header.deleted else "")
