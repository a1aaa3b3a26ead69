"""What a run knows of earlier runs, and stores for later ones: fingerprints, checkpoints, dead letters.

Everything here is stored after the engine's acknowledgement and never before: fingerprints and checkpoints of a batch
go into the state in one transaction. Where an engine's acknowledgement does not survive a crash (the embedded index),
they wait for the commit. What is remembered of a document is forgotten before another version of it is sent: if we
are killed then, nobody knows which of the two the index holds.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from indexer import sources
from indexer.derive.tracking import Change
from indexer.engines.base import Action, Durable
from indexer.pipeline.dates import Dates
from indexer.pipeline.ledger import Entry, Ledger, Settled
from indexer.sources.files import STDIN, is_no_file
from indexer.sources.remote_file import Remote
from indexer.state import dead_letters, progress
from indexer.state.dead_letters import DeadLetter
from indexer.state.progress import Checkpoint
from indexer.state.store import Store

SIGNED_BYTES = 1 << 16  # of a dump's head and tail


class RunState:
    """`signatures` holds each dump's in the order in which they are read, "" for those that cannot be resumed (standard
    input, an index). `durable` is the sink's: where it is "never", the run writes all anew, and nothing of it is
    remembered. `dates` are those that documents get on their way, None where they get none.
    """

    def __init__(
        self,
        store: Store,
        *,
        target_id: int,
        run_id: int,
        derive_version: str,
        signatures: dict[str, str],
        skip_unchanged: bool,
        durable: Durable,
        dates: Dates | None = None,
    ) -> None:
        self.dates = dates
        self._store = store
        self._target_id = target_id
        self._run_id = run_id
        self._derive_version = derive_version
        self._signatures = signatures
        self._skip_unchanged = skip_unchanged
        self._durable = durable
        self._begun = dict.fromkeys(signatures, run_id)
        self._under_way: Counter[str] = Counter()  # how many versions of an id are not answered yet
        self._changed: dict[str, bytes] = {}  # acknowledged, not yet stored
        self._letters: list[DeadLetter] = []
        self._done: list[int] = []  # letters whose record came through
        self._overtaken: dict[str, tuple[int, int]] = {}
        self._letter_files, self._letter_ids = dead_letters.known(store, target_id)

    @property
    def waits(self) -> bool:
        """Whether acknowledgements are stored only after a commit."""
        return self._durable == "committed"

    def resume(self, ledger: Ledger) -> None:
        """Lets the ledger begin where the last unfinished run ended.

        That run's dumps must be among these, and those that it finished or began must come first and be read by the
        same rules: what follows a dump that starts over is to win over it, and so starts over too. What is to be sent
        though it is unchanged starts over as a whole.
        """
        if not self._skip_unchanged:
            progress.drop_checkpoints(self._store, self._target_id)
            return
        marks = progress.read_checkpoints(self._store, self._target_id)
        going = marks.keys() <= set(map(sources.lasting, self._signatures))
        resumed = []
        for file, signature in self._signatures.items():
            mark = marks.get(sources.lasting(file))
            going = going and mark is not None and bool(signature) and mark.signature == signature
            if not going or mark is None:
                break
            ledger.resume(file, Settled(mark.items, mark.finished, mark.account))
            self._begun[file] = mark.begun
            resumed.append(mark.file)
            going = mark.finished
        if marks.keys() - set(resumed):
            progress.drop_checkpoints(self._store, self._target_id, but=resumed)

    def unchanged(self, versions: Iterable[tuple[str, bytes | None]]) -> set[str]:
        """The ids of which the index holds the very documents that are to be sent: (id, fingerprint) in their order,
        None for a deletion. All others count as under way from here on, until `acknowledge` or `refuse`.
        """
        if self._durable == "never":
            return set()
        wanted: dict[str, list[bytes | None]] = {}
        for id, mark in versions:
            wanted.setdefault(id, []).append(mark)
        stored = progress.fingerprints(self._store, self._target_id, list(wanted)) if wanted else {}
        same = set()
        for id, marks in wanted.items():
            holds = self._changed.get(id) or stored.get(id)
            if self._skip_unchanged and holds and not self._under_way[id] and set(marks) == {holds}:
                same.add(id)
            else:
                self._under_way[id] += len(marks)
                self._changed.pop(id, None)
        doubtful = [id for id in stored if id not in same]
        if doubtful:
            with self._store.begin() as connection:
                progress.forget(connection, self._target_id, doubtful)
        if self.dates is not None:
            self.dates.look_up([id for id in wanted if id not in same])
        return same

    def arrival(self, entry: Entry) -> tuple[int, int]:
        """When an item of this run came along, among those of all runs."""
        return (self._run_id, entry.sequence)

    def held(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The fingerprints of those of these documents that the index holds for sure."""
        if not ids or self._durable == "never":
            return {}
        known = progress.fingerprints(self._store, self._target_id, ids)
        return known | {id: self._changed[id] for id in ids if id in self._changed}

    def dated(self, action: Action, change: Change | None, wait_for: Callable[[str], None]) -> Action:
        """What to send: a document with its dates, where it gets any. They hang on what became of the version before
        it, which `wait_for(id)` waits for.
        """
        if self.dates is None:
            return action
        wait_for(action.id)
        return self.dates.stamp(action, change)

    def acknowledge(self, id: str, fingerprint: bytes | None, arrival: tuple[int, int]) -> None:
        """The engine has this document, or (None) has it no more; `moment` says when its record came along."""
        if self._durable != "never" and not self._arrived(id) and fingerprint is not None:
            self._changed[id] = fingerprint
        if self.dates is not None:
            self.dates.acknowledge(id)
        self.confirm(id, arrival)

    def confirm(self, id: str, arrival: tuple[int, int]) -> None:
        """The index is as the record of this moment wants it: what failed before it is overtaken."""
        if id in self._letter_ids:
            self._overtaken[id] = max(arrival, self._overtaken.get(id, arrival))

    def refuse(self, id: str) -> None:
        """The engine took no document under this id: it holds what it held."""
        self._arrived(id)
        if self.dates is not None:
            self.dates.refuse(id)

    def keep_dead_letter(self, letter: DeadLetter, entry: Entry | None = None) -> None:
        """Keeps a record that failed; `entry` is the run's, for one that was just read."""
        if entry is not None:
            file = sources.lasting(entry.file) + letter.position.file[len(sources.shown(entry.file)) :]
            letter = replace(letter, position=replace(letter.position, file=file), arrival=self.arrival(entry))
        self._letters.append(letter)
        if letter.document_id is not None:
            self._letter_ids.add(letter.document_id)

    def resolve(self, letter_id: int) -> None:
        """The record of this letter came through."""
        self._done.append(letter_id)

    def store(self, ledger: Ledger, *, committed: bool = False) -> None:
        """Stores what was acknowledged, and how far the dumps are settled, in one transaction."""
        if self.waits and not committed:
            return
        moved = {file: settled for file, settled in ledger.moved().items() if file in self._signatures}
        dated = self.dates is not None and self.dates.unstored
        if moved or self._changed or self._letters or self._done or self._overtaken or dated:
            self._write(moved)
        ledger.keep()

    def finish(self) -> None:
        """The run came to the end of all its dumps: nothing is left to resume."""
        progress.drop_checkpoints(self._store, self._target_id)

    def _write(self, moved: dict[str, Settled]) -> None:
        with self._store.begin() as connection:
            target_id = self._target_id
            dead_letters.put(connection, self._letters, target_id=target_id, derive=self._derive_version)
            for id, arrival in self._overtaken.items():
                dead_letters.overtake(connection, target_id=target_id, document_id=id, arrival=arrival)
            dead_letters.drop(connection, self._done)
            progress.remember(connection, target_id, self._changed)
            if self.dates is not None:
                self.dates.put(connection)
            progress.put_checkpoints(connection, target_id, self._marks(moved))
            for file in self._read_again(moved):
                dead_letters.forget_file(
                    connection, target_id=target_id, file=sources.lasting(file), before=self._begun[file]
                )
        if self.dates is not None:
            self.dates.unstored = {}
        self._changed = {}
        self._letters = []
        self._done = []
        self._overtaken = {}

    def _arrived(self, id: str) -> bool:
        """One version of this id was answered; gives whether another one is still under way."""
        self._under_way[id] -= 1
        if self._under_way[id] > 0:
            return True
        del self._under_way[id]
        return False

    def _marks(self, moved: dict[str, Settled]) -> list[Checkpoint]:
        return [
            Checkpoint(
                sources.lasting(file),
                self._signatures[file],
                settled.items,
                settled.finished,
                self._begun[file],
                settled.account,
            )
            for file, settled in moved.items()
            if self._signatures[file] and self._durable != "never"
        ]

    def _read_again(self, moved: dict[str, Settled]) -> list[str]:
        """Dumps that were read to their end without a fault, and of which there are older letters."""
        if not self._letter_files:
            return []
        named: set[str] = set()
        for file in self._letter_files:
            parts = file.split("!")
            named.update("!".join(parts[:end]) for end in range(1, len(parts) + 1))
        return [
            file
            for file, settled in moved.items()
            if settled.finished and not settled.account.faults and file != STDIN and sources.lasting(file) in named
        ]


def signatures(rules: Mapping[str, str], far: Mapping[str, object] = MappingProxyType({})) -> dict[str, str]:
    """Dump -> what its checkpoint is good for: this very file, read by its `rules` (profile, schema, derivation).

    `far` holds the `Remote` of each file that lies elsewhere. "" for what is no file: it cannot be resumed.
    """
    found = dict.fromkeys(rules, "")
    for file, by in rules.items():
        digest = hashlib.blake2b(by.encode(), digest_size=16)
        remote = far.get(file)
        if isinstance(remote, Remote) and remote.signature:
            digest.update(remote.signature.encode())
            found[file] = digest.hexdigest()
        if is_no_file(file) or not Path(file).is_file():
            continue
        try:
            with open(file, "rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                digest.update(b"%d" % size)
                digest.update(stream.read(SIGNED_BYTES))
                stream.seek(max(0, size - SIGNED_BYTES))
                digest.update(stream.read(SIGNED_BYTES))
                digest.update(b"%d" % os.fstat(stream.fileno()).st_mtime_ns)
        except OSError:
            continue  # reading it will say why
        found[file] = digest.hexdigest()
    return found
