"""What tests change in the process that builds."""

import errno
import itertools
import os
from collections.abc import Sequence
from typing import Any

import pytest
from fsspec.implementations.local import LocalFileSystem

from indexer.cluster import cut, driver, scheduler
from indexer.cluster.cut import Part
from indexer.cluster.derive import derive
from indexer.cluster.scratch import Scratch
from indexer.engines.base import Action, Outcome, Write
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.pipeline.workers import TransformSpec


def small_parts(patch: pytest.MonkeyPatch) -> None:
    """Files of more than 4 kB are cut, into parts of seven records or some: so a few records make many parts."""
    patch.setattr(cut, "WHOLE", 4000)
    patch.setattr(cut, "PART_BYTES", 3000)
    patch.setattr(cut, "PART_RECORDS", 7)


def large_ids(patch: pytest.MonkeyPatch) -> None:
    """An id takes a megabyte, so that there are several partitions of a few."""
    patch.setattr(driver, "BYTES_OF_AN_ID", 1 << 20)


def impatient(patch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a scheduler, or for workers."""
    patch.setattr(scheduler, "CONNECT_SECONDS", 1)
    patch.setattr(scheduler, "COME_UP_SECONDS", 1)


def refusing(patch: pytest.MonkeyPatch) -> None:
    """An embedded index that takes no version from 230 on."""
    push = EmbeddedSink.push

    def pushed(self: EmbeddedSink, actions: Sequence[Action]) -> list[Outcome]:
        bad = [isinstance(action, Write) and b" of 23" in action.body for action in actions]
        good = iter(push(self, [action for action, is_bad in zip(actions, bad, strict=True) if not is_bad]))
        return [
            Outcome("rejected", f"document {action.id} is bad") if is_bad else next(good)
            for action, is_bad in zip(actions, bad, strict=True)
        ]

    patch.setattr(EmbeddedSink, "push", pushed)


def never_derived(patch: pytest.MonkeyPatch) -> None:
    """Whoever derives a part fails."""
    patch.setattr(driver, "derive", None)


def other_rules_each_time(patch: pytest.MonkeyPatch) -> None:
    """Each process has rules of its own."""
    patch.setattr(scheduler, "derive_version", iter("abcdef").__next__)


def dying_at_commit(patch: pytest.MonkeyPatch) -> None:
    """The process dies instead of a late commit."""
    commit, calls = EmbeddedSink.commit, itertools.count(1)
    patch.setattr(EmbeddedSink, "commit", lambda self: os._exit(9) if next(calls) == 30 else commit(self))


def dying_before_resolving(patch: pytest.MonkeyPatch) -> None:
    """The process dies once all parts are derived."""
    patch.setattr(driver._Job, "_resolve", lambda *_: os._exit(9))


def full_scratch(patch: pytest.MonkeyPatch, after: int = 80) -> None:
    """The disk is full after some results."""
    write, calls = LocalFileSystem.pipe_file, itertools.count(1)

    def written(self: LocalFileSystem, path: str, value: bytes, **named: Any) -> Any:
        if next(calls) > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        return write(self, path, value, **named)

    patch.setattr(LocalFileSystem, "pipe_file", written)


def dying_worker(patch: pytest.MonkeyPatch) -> None:
    """The worker that derives a part first dies of it."""
    patch.setattr(driver, "derive", dying_once)


def dying_once(part: Part, number: int, scratch: Scratch, spec: TransformSpec, partitions: int) -> dict[str, Any]:
    """Ends the worker that does this first."""
    try:
        os.close(os.open(f"{scratch.url}/died", os.O_CREAT | os.O_EXCL))
        os._exit(9)
    except FileExistsError:
        return derive(part, number, scratch, spec, partitions)
