"""Tries dead letters again: the same derivation, sink, books and memory as a load."""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace

from indexer import sources
from indexer.derive.tracking import Change
from indexer.engines.base import Action, Outcome, Writer
from indexer.formats.profiles import Profile, bundled
from indexer.formats.registry import default_profiles
from indexer.model.books import HELD
from indexer.model.documents import Delete
from indexer.model.errors import ConfigError, IndexerError, TransientError
from indexer.model.records import Record
from indexer.model.schema import biblio
from indexer.pipeline.ledger import Entry, Ledger
from indexer.pipeline.pool import Apart
from indexer.pipeline.push import Limits, Pusher
from indexer.pipeline.run import Events, counting_pauses
from indexer.pipeline.run_state import RunState
from indexer.pipeline.summary import Summary
from indexer.pipeline.workers import Failed, Filtered, Prepared, Result, Split, TransformSpec, results_of, transform
from indexer.state import dead_letters
from indexer.state.dead_letters import DeadLetter

Row = dead_letters.StoredLetter
Token = tuple[Entry, Row, Record, bytes | None]


def replay(
    chunks: Iterable[Sequence[Row]],
    sink: Writer,
    run_state: RunState,
    *,
    profile: Profile | None,
    fingerprint_key: str,
    limits: Limits,
    events: Events,
    stop: threading.Event,
    summary: Summary,
) -> Summary:
    """Sends the records of these letters (of `dead_letters.find`, in its order, some at a time), read with
    `profile` or, where that is None, as they were read before.

    What comes through leaves the store; what fails stays with one more attempt and the new reason. A letter of a
    document of which the index got a later version is gone by then (RunState.confirm); where its id was not known, it
    stays if the index holds another version, for it may be older. Once `stop` is set no further letter is begun.
    Raises what the sink raises.
    """
    started = time.monotonic()
    replaying = _Replay(sink, run_state, profile, fingerprint_key, limits, events, stop, summary)
    summary.account = replaying.ledger.account
    try:
        for rows in chunks:
            if stop.is_set():
                summary.interrupted = True
                break
            replaying.take(rows)
        replaying.finish()
    except TransientError:
        if not stop.is_set():
            raise
        summary.interrupted = True
    except KeyboardInterrupt:
        replaying.leave()
        raise
    finally:
        replaying.close()
        summary.seconds = time.monotonic() - started
        events.counted(summary.account)
    return summary


class _Replay:
    def __init__(
        self,
        sink: Writer,
        run_state: RunState,
        profile: Profile | None,
        fingerprint_key: str,
        limits: Limits,
        events: Events,
        stop: threading.Event,
        summary: Summary,
    ) -> None:
        self.ledger = Ledger()
        paused = counting_pauses(summary, events.paused)
        self._sink = sink
        self._run_state = run_state
        self._profile = profile
        self._fingerprint_key = fingerprint_key
        self._schema = biblio().with_live(getattr(sink, "live", None))
        self._events = events
        self._pusher: Pusher[Token] = Pusher(sink, limits, on_answer=self._answered, on_pause=paused, stop=stop)
        self._apart = Apart()
        self._finished = False
        self._left = False
        self._waiting: Counter[int] = Counter()  # letters of records with several documents: those that are not in yet
        self._failed: set[int] = set()  # and those of which one failed

    def take(self, rows: Sequence[Row]) -> None:
        results = [(row, record, each) for row in rows for record, each in self._transform(row)]
        held = self._run_state.held([_id_of(each) for row, _, each in results if not _is_known(row, each)])
        results = [(row, record, _in_doubt(row, each, held)) for row, record, each in results]
        unchanged = self._run_state.unchanged(
            (_id_of(each), each.fingerprint if isinstance(each, Prepared) else None)
            for _, _, each in results
            if isinstance(each, Prepared | Delete)
        )
        parts = Counter(row.id for row, _, _ in results)
        self._waiting.update(parts)
        for row, record, each in results:
            entry = self.ledger.take(row.file, row.ordinal, row.source, parts[row.id])
            if isinstance(each, Failed):
                self._keep(entry, row, record, each)
            elif isinstance(each, Filtered):
                self._resolve(entry, row, "filtered")
            elif isinstance(each, Delete):
                self._push(each, (entry, row, record, None))
            elif each.write.id in unchanged:
                self._run_state.confirm(each.write.id, _overtakes(row, entry))
                self._resolve(entry, row, "unchanged")
            else:
                self._push(each.write, (entry, row, record, each.fingerprint), each.change)
        self._run_state.store(self.ledger)

    def finish(self) -> None:
        self._pusher.commit()
        self._run_state.store(self.ledger, committed=True)
        self._finished = True

    def leave(self) -> None:
        """Ends at once, as far as that can be done."""
        self._pusher.leave()
        self._left = True

    def close(self) -> None:
        """Ends the threads. After an error the letters that were in flight stay, and are told as in flight."""
        self._apart.close()
        if self._finished:
            self._pusher.close()
            return
        with suppress(IndexerError):
            if not self._left:
                self._pusher.abandon()
            self._run_state.store(self.ledger)
        self.ledger.drop_unfinished()

    def _transform(self, row: Row) -> list[tuple[Record, Result]]:
        record, made = self._made(row)
        found = results_of(made)
        if row.stage == HELD and isinstance(made, Split):  # this deletion waited, and no other document of the record
            found = tuple(each for each in found if isinstance(each, Delete) and each.id == row.document_id)
        return [(record, each) for each in found or (Filtered("its record deletes it no more"),)]

    def _made(self, row: Row) -> tuple[Record, Result | Split]:
        record = dead_letters.record(row)
        if not record.format:
            again = _split(row, self._profile)
            if again is None:
                return record, Failed("read", row.reason)
            record = again
        profile = self._profile or _stored_profile(row, record.format)
        spec = TransformSpec(
            {record.source: {record.format: profile}},
            self._sink.omit,
            self._fingerprint_key,
            dates=self._run_state.dates is not None,
            schema=self._schema,
        )
        # what failed there may end this process, too
        return record, self._apart.transform(record, spec) if row.stage == "derive" else transform(record, spec)

    def _push(self, action: Action, token: Token, change: Change | None = None) -> None:
        self._pusher.add(self._run_state.dated(action, change, self._pusher.wait_for), token)

    def _answered(self, answers: list[tuple[Action, Token, Outcome]], seconds: float) -> None:
        self._events.answered(len(answers), seconds)
        for action, (entry, row, record, fingerprint), outcome in answers:
            if outcome.status == "rejected":
                self._run_state.refuse(action.id)
                self._keep(entry, row, record, Failed("index", outcome.reason, action.id))
            else:
                self._run_state.acknowledge(action.id, fingerprint, _overtakes(row, entry))
                self._resolve(entry, row, outcome.status)
        self._run_state.store(self.ledger)

    def _resolve(self, entry: Entry, row: Row, column: str) -> None:
        self.ledger.settle(entry, column)
        self._waiting[row.id] -= 1
        if not self._waiting[row.id] and row.id not in self._failed:
            self._run_state.resolve(row.id)

    def _keep(self, entry: Entry, row: Row, record: Record, failed: Failed) -> None:
        self.ledger.settle(entry, "rejected")
        self._waiting[row.id] -= 1
        if row.id in self._failed:  # another document of the record did, and its letter says so
            return
        self._failed.add(row.id)
        profile = self._profile or (_stored_profile(row, record.format) if record.format else None)
        letter = DeadLetter(
            source=row.source,
            profile=asdict(profile) if profile is not None else None,
            format=row.format,
            document_id=failed.document_id or row.document_id,
            position=record.position,
            stage=failed.stage,
            reason=failed.reason,
            header=record.header,
            raw=row.raw,
            arrival=row.arrival,
            id=row.id,
        )
        self._run_state.keep_dead_letter(letter)
        self._events.rejected(letter, "")


def _id_of(result: Result) -> str:
    return result.write.id if isinstance(result, Prepared) else result.id if isinstance(result, Delete) else ""


def _overtakes(row: Row, entry: Entry) -> tuple[int, int]:
    """The last letter that one of its documents takes away: of several, not its own, which waits for all of them."""
    return row.arrival if entry.parts == 1 else (row.run_id, row.sequence - 1)


def _is_known(row: Row, result: Result) -> bool:
    """Whether later versions of the document would have taken this letter away."""
    return not isinstance(result, Prepared | Delete) or row.document_id == _id_of(result)


def _in_doubt(row: Row, result: Result, held: dict[str, bytes]) -> Result:
    """A record whose id was not known when it failed may be older than what the index holds by now."""
    id = _id_of(result)
    if _is_known(row, result) or id not in held or (isinstance(result, Prepared) and held[id] == result.fingerprint):
        return result
    return Failed(
        row.stage,
        f"the index holds another version of {id}, and this one may be older; load {row.file} again to settle it",
    )


def _split(row: Row, profile: Profile | None) -> Record | None:
    """The record in bytes that made no sense before; None where they still make none."""
    with tempfile.NamedTemporaryFile(prefix="indexer-") as file:
        file.write(row.raw)
        file.flush()
        found = list(sources.read([file.name], source=row.source, format=profile.format if profile else None))
    if len(found) != 1 or not isinstance(found[0], Record):
        return None
    return replace(found[0], position=dead_letters.record(row).position)


def _stored_profile(row: Row, format: str) -> Profile:
    """The profile as it was when the record failed; the format's own where none was known."""
    stored = dead_letters.profile(row)
    if stored is not None:
        return stored
    known = default_profiles().get(format)
    if known is None:
        raise ConfigError(f"dead letter {row.id} has no profile", advice="Name one with --profile.")
    return bundled()[known]
