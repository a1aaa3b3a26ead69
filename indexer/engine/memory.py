"""What a run knows of earlier runs, and stores for later ones: fingerprints, checkpoints, dead letters.

Everything here is stored after the engine's acknowledgement and never before: fingerprints and checkpoints of a batch
go into the state in one transaction. Where an engine's acknowledgement does not survive a crash (the embedded index),
they wait for the commit.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from indexer.engine.ledger import Ledger, Settled
from indexer.state import dead_letters, progress
from indexer.state.dead_letters import DeadLetter
from indexer.state.progress import Checkpoint
from indexer.state.store import Store

SIGNED_BYTES = 1 << 16  # of a dump's head and tail


class Memory:
    """`signatures` holds each dump's; dumps without one (standard input) cannot be resumed."""

    def __init__(
        self,
        store: Store,
        *,
        target_id: int,
        run_id: int,
        derive_version: str,
        signatures: dict[str, str],
        skip_unchanged: bool,
        wait_for_commit: bool,
    ) -> None:
        self._store = store
        self._target_id = target_id
        self._run_id = run_id
        self._derive_version = derive_version
        self._signatures = signatures
        self._skip_unchanged = skip_unchanged
        self._wait_for_commit = wait_for_commit
        self._changed: dict[str, bytes | None] = {}  # acknowledged, not yet stored
        self._letters: list[DeadLetter] = []
        self._known: dict[str, bytes] = {}
        self._stored: dict[str, tuple[int, bool]] = {}

    @property
    def waits(self) -> bool:
        """Whether acknowledgements are stored only after a commit."""
        return self._wait_for_commit

    def resume(self, ledger: Ledger) -> None:
        """Lets the ledger begin where an unfinished run of the same dumps, profile and rules ended."""
        marks = progress.read_checkpoints(self._store, self._target_id)
        for file, signature in self._signatures.items():
            mark = marks.get(os.path.abspath(file))
            if mark is not None and mark.signature == signature:
                ledger.resume(file, Settled(mark.items, mark.finished, mark.account))
            else:
                with self._store.begin() as connection:
                    dead_letters.forget_file(connection, target_id=self._target_id, file=file)

    def look_up(self, ids: Sequence[str]) -> None:
        """Fetches what is remembered of these ids, for `is_unchanged`."""
        if self._skip_unchanged and ids:
            self._known = progress.fingerprints(self._store, self._target_id, ids)

    def is_unchanged(self, id: str, fingerprint: bytes) -> bool:
        """Whether the index holds this very document. Only for ids of the last `look_up` with nothing in flight."""
        if not self._skip_unchanged:
            return False
        if id in self._changed:
            return self._changed[id] == fingerprint
        return self._known.get(id) == fingerprint

    def acknowledge(self, id: str, fingerprint: bytes | None) -> None:
        """The engine has this document, or (None) has it no more."""
        self._changed[id] = fingerprint

    def bury(self, letter: DeadLetter) -> None:
        self._letters.append(letter)

    def store(self, ledger: Ledger, *, committed: bool = False) -> None:
        """Stores what was acknowledged, and how far the dumps are settled, in one transaction."""
        if self._wait_for_commit and not committed:
            return
        marks = self._marks(ledger)
        if not (marks or self._changed or self._letters):
            return
        with self._store.begin() as connection:
            dead_letters.put(
                connection,
                self._letters,
                target_id=self._target_id,
                run_id=self._run_id,
                derive=self._derive_version,
            )
            progress.remember(connection, self._target_id, self._changed)
            progress.put_checkpoints(connection, self._target_id, marks)
        # what was looked up before is overtaken by what was just stored
        self._known.update((id, mark) for id, mark in self._changed.items() if mark is not None)
        for id, mark in self._changed.items():
            if mark is None:
                self._known.pop(id, None)
        self._changed = {}
        self._letters = []

    def finish(self) -> None:
        """The run came to the end of all its dumps: nothing is left to resume."""
        progress.drop_checkpoints(self._store, self._target_id, list(map(os.path.abspath, self._signatures)))

    def _marks(self, ledger: Ledger) -> list[Checkpoint]:
        marks = []
        for file, settled in ledger.settled.items():
            reached = (settled.items, settled.finished)
            if file in self._signatures and self._stored.get(file) != reached:
                self._stored[file] = reached
                path = os.path.abspath(file)  # the same dump, from whichever folder it is named
                marks.append(Checkpoint(path, self._signatures[file], settled.items, settled.finished, settled.account))
        return marks


def signatures(files: Iterable[str], *, rules: str) -> dict[str, str]:
    """Dump -> what its checkpoint is good for: this very file, read by these `rules` (profile, schema, derivation)."""
    found = {}
    for file in files:
        if file == "-" or not Path(file).is_file():
            continue
        digest = hashlib.blake2b(rules.encode(), digest_size=16)
        with open(file, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            digest.update(b"%d" % size)
            digest.update(stream.read(SIGNED_BYTES))
            stream.seek(max(0, size - SIGNED_BYTES))
            digest.update(stream.read(SIGNED_BYTES))
            digest.update(b"%d" % os.fstat(stream.fileno()).st_mtime_ns)
        found[file] = digest.hexdigest()
    return found
