"""Dumps that are written down as actions, and loads of them into a scripted index with a real state."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from hypothesis import strategies as st

from indexer.engines.retry import RetryPolicy
from indexer.formats import profiles
from indexer.model.books import Account
from indexer.model.records import Fault
from indexer.pipeline.dates import Dates
from indexer.pipeline.push import Limits
from indexer.pipeline.run import Budget, Events, Plan, run
from indexer.pipeline.run_state import RunState, signatures
from indexer.pipeline.summary import Summary
from indexer.pipeline.workers import TransformSpec
from indexer.state import dead_letters, progress, runs, tracked
from indexer.state.dead_letters import DeadLetter
from indexer.state.store import Store
from tests.pipeline.scripted import ScriptedSink

#: One record: what is said of an id. A title, "bad" (the index rejects it), "deleted", or "broken" (no document).
Line = tuple[str, str]
Dump = list[Line]

LINES = st.tuples(st.sampled_from("abcde"), st.sampled_from(["one", "two", "bad", "deleted", "broken"]))
DUMPS = st.lists(st.lists(LINES, min_size=1, max_size=12), min_size=1, max_size=3)

TARGET = "scripted:"
NO_BUDGET = Budget(10**6, 1)
LIMITS = Limits(connections=2, batch_documents=2, batch_bytes=1 << 20, retry=RetryPolicy(60, first_wait=0.001))
DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def write(folder: Path, dumps: Sequence[Dump]) -> list[str]:
    """The dumps as files of OAI-PMH records: f0.xml, f1.xml, ..."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, dump in enumerate(dumps):
        path = folder / f"f{number}.xml"
        body = "".join(_record(id, what) for id, what in dump)
        path.write_text(
            f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{body}</ListRecords></OAI-PMH>'
        )
        files.append(str(path))
    return files


def _record(id: str, what: str) -> str:
    if what == "deleted":
        return f'<record><header status="deleted"><identifier>{id}</identifier></header></record>'
    root = "oai_dc:other" if what == "broken" else "oai_dc:dc"
    title = f'<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">{what}</dc:title>'
    return (
        f"<record><header><identifier>{id}</identifier></header><metadata>"
        f'<{root} xmlns:oai_dc="{DC}">{title}</{root}></metadata></record>'
    )


@dataclass
class Applied:
    """What an index, its dead letters and the books are to be after the dumps were applied record by record."""

    documents: dict[str, str] = field(default_factory=dict)
    letters: set[tuple[str, int]] = field(default_factory=set)
    settled: dict[str, str] = field(default_factory=dict)  # id -> its last effective line
    read: int = 0
    written: int = 0
    deleted: int = 0
    rejected: int = 0


def applied(files: Sequence[str], dumps: Sequence[Dump]) -> Applied:
    result = Applied()
    by_id: dict[str, set[tuple[str, int]]] = {}
    for file, dump in zip(files, dumps, strict=True):
        for ordinal, (id, what) in enumerate(dump, 1):
            result.read += 1
            if what in ("bad", "broken"):
                result.rejected += 1
                by_id.setdefault(id, set()).add((file, ordinal))
                continue
            by_id.pop(id, None)
            result.settled[id] = what
            if what == "deleted":
                result.deleted += 1
                result.documents.pop(id, None)
            else:
                result.written += 1
                result.documents[id] = what
    result.letters = set().union(*by_id.values())
    return result


@dataclass
class Desk:
    """A state and an index, and what their runs told."""

    store: Store
    sink: ScriptedSink
    resumed: list[tuple[str, int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rejected: list[DeadLetter] = field(default_factory=list)

    def load(
        self,
        files: Sequence[str],
        *,
        rules: str = "",
        force: bool = False,
        budget: Budget = NO_BUDGET,
        stop_at: int | None = None,
        stop_in_pause: bool = False,
        limits: Limits = LIMITS,
        workers: int = 1,
        profile: str | profiles.Profile | None = "ojs",
        summary: Summary | None = None,
        dates: bool = False,
    ) -> Summary:
        """One run, as `indexer load` makes it. From `stop_at` records on, or when a request
        is put off, it is told to stop."""
        stop = threading.Event()

        def counted(account: Account) -> None:
            if stop_at is not None and account.total.read >= stop_at:
                stop.set()

        named = profiles.resolve(profile, {}) if isinstance(profile, str) else profile
        source = named.name if named else ""
        known = {named.format: named, "delete": named} if named else dict(profiles.bundled())
        run_id = runs.start(self.store, command="load", target=TARGET, derive_version="1")
        target_id = progress.open_target(
            self.store, TARGET, identity=self.sink.identity(), documents_in_index=self.sink.count()
        )
        run_state = RunState(
            self.store,
            target_id=target_id,
            run_id=run_id,
            derive_version="1",
            signatures=signatures(dict.fromkeys(files, rules)),
            skip_unchanged=not force,
            durable=self.sink.durable,
            dates=Dates(self.store, tracked.open_target(self.store, TARGET)) if dates else None,
        )
        events = Events(
            rejected=lambda letter, _advice: self.rejected.append(letter),
            fault=self.faults.append,
            advanced=lambda _size: None,
            counted=counted,
            resumed=lambda file, items: self.resumed.append((file, items)),
            answered=lambda _documents, _seconds: None,
            paused=lambda _error, _seconds: stop.set() if stop_in_pause else None,
        )
        plan = Plan(
            files=dict.fromkeys(files, source),
            spec=TransformSpec({source: known}, set(), rules, dates),
            workers=workers,
            limits=limits,
            budget=budget,
        )
        summary = summary or Summary()
        try:
            return run(plan, self.sink, run_state, events=events, stop=stop, summary=summary)
        finally:
            runs.finish(self.store, run_id, summary.account, exit_code=0)

    def documents(self) -> dict[str, str]:
        """Id -> title of what the index holds."""
        return {id: orjson.loads(body)["title"] for id, body in self.sink.documents.items()}

    def letters(self) -> set[tuple[str, int]]:
        """(file, ordinal) of the dead letters."""
        return {(row.file, row.ordinal) for row in dead_letters.find(self.store)}

    def sent(self) -> list[str]:
        """The ids that were sent since the index was last restarted, in order."""
        return [action.id for batch in self.sink.batches for action in batch]
