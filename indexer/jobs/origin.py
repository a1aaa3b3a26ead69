"""Where a document of the live index came from: what the state knows of it, and its record in the sources' dumps."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from indexer import sources
from indexer.config import Config
from indexer.formats import to_document
from indexer.formats.explain import explain
from indexer.formats.provenance import Explained
from indexer.jobs.plan import plan_for_sources
from indexer.jobs.state import open_state
from indexer.model.documents import Delete, Document
from indexer.model.errors import ConfigError, RecordError
from indexer.model.records import Record
from indexer.observe.audience import NOBODY
from indexer.pipeline.run import Plan
from indexer.state.history import History, history
from indexer.state.store import is_absent

SECONDS = 5.0  # that dumps are read for
MOST_BYTES = 200_000_000  # of the dumps, as they are stored


@dataclass(frozen=True, slots=True)
class InDump:
    """What reading the dumps gave: the record, and what its profile makes of it; without a record, whether that is for
    none of the dumps has it (`whole`), or they were read in part only. `read`: records.
    """

    record: Record | None = None
    profile: str = ""
    fields: Sequence[Explained] = ()
    whole: bool = True
    read: int = 0


def history_of(id: str, *, config: Config) -> History:
    """What the state knows of the document; nothing where there is no state."""
    if is_absent(config.settings.state):
        return History([], None, None, [])
    with closing(open_state(config, NOBODY)) as store:
        return history(store, str(config.target()), id)


def find_in_dumps(id: str, *, config: Config, seconds: float = SECONDS, most: int = MOST_BYTES) -> InDump:
    """Looks for the document's record in the files of the configured sources, the newest first, as long and as far as
    that is bounded. Of records that do not hold the end of the id no document is made: there are too many.
    """
    try:
        plan = plan_for_sources(config, whole=False)
    except ConfigError:  # no source is configured, or one is wrong: `sync` says so
        return InDump(whole=False)
    reading = _Reading(time.monotonic() + seconds, most)
    hint = "".join(re.findall(r"[A-Za-z0-9]+", id)[-1:]).encode()
    for record in reading.records(plan):
        identifier = record.header.identifier or "" if record.header else ""
        profile = plan.spec.profiles[record.source].get(record.format)
        if profile is None or (hint not in record.raw and hint not in identifier.encode()):
            continue
        try:
            if _id_of(to_document(record, profile)) == id:
                found = explain(record, profile)
                return InDump(record, profile.name, [] if isinstance(found, Delete) else found, read=reading.read)
        except RecordError:
            continue  # one that is rejected is none that the index has
    return InDump(whole=reading.whole, read=reading.read)


def _id_of(made: Document | Delete) -> str:
    return made.id if isinstance(made, Delete) else str(made.fields.get("id", ""))


class _Reading:
    """Reads dumps, the newest first, until the time is up or so many bytes are read."""

    def __init__(self, until: float, most: int) -> None:
        self._until = until
        self._left = most
        self.read = 0
        self.whole = True

    def records(self, plan: Plan) -> Iterator[Record]:
        here = [file for file in plan.files if Path(file).is_file()]
        self.whole = len(here) == len(plan.files)
        for file in sorted(here, key=lambda file: -Path(file).stat().st_mtime):
            source = plan.files[file]
            stream = sources.read(
                [file],
                source=source,
                format=plan.spec.format_of(source),
                elements=plan.spec.elements_of(source),
                header=plan.spec.has_header(source),
                progress=self._took,
            )
            for item in stream:
                if time.monotonic() > self._until or self._left < 0:
                    self.whole = False
                    return
                self.read += 1
                if isinstance(item, Record):
                    yield item

    def _took(self, size: int) -> None:
        self._left -= size
