"""JSON lines: a document a line, a deletion as {"delete":{"id":"..."}}; plain, gzip (.gz) or Zstandard (.zst).

A file is written as PATH.part and gets its name when it is committed: what is called PATH is the whole of a finished
run. A further run goes on with the same lines (PATH becomes PATH.part again), one after a kill with PATH.part, less
the piece of a line at its end. Each batch is one gzip member or Zstandard frame, so that what was acknowledged can be
read whatever happens next; readers see one stream. The last line about an id is the one that counts.
"""

import gzip
import io
import os
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import zstandard

from indexer.engines.base import Action, Durable, Found, Outcome, Query
from indexer.engines.query import stored_fields
from indexer.model.documents import Delete, Fields
from indexer.model.errors import ConfigError, PermanentError
from indexer.model.targets import Target

INDEXED, DELETED = Outcome("indexed"), Outcome("deleted")
CHUNK = 1 << 20  # bytes
ZSTANDARD_LEVEL = 3
GZIP_LEVEL = 6


class JsonLinesSink:
    """A file, or standard output for the path `-`."""

    durable: Durable = "never"

    def __init__(self, target: Target) -> None:
        self._target = target
        self._standard_output = target.path == "-"
        self._path = Path(target.path)
        self._part = self._path.with_name(self._path.name + ".part")
        self._file: BinaryIO | None = None
        self._lock = threading.Lock()
        if self._path.suffix in (".bz2", ".xz", ".zip"):
            raise ConfigError(f"{target}: JSON lines are not written as {self._path.suffix}", advice="Use .gz or .zst.")

    def __str__(self) -> str:
        return str(self._target)

    @property
    def omit(self) -> frozenset[str]:
        return frozenset()

    def check(self, *, to_write: bool = False) -> None:
        if self._standard_output:
            return
        folder = self._path.parent
        if self._path.is_dir():
            raise PermanentError(f"{self._target}: this is a folder", advice="Name a file in it.")
        if not folder.is_dir():
            raise PermanentError(f"{self._target}: there is no folder {folder}", advice="Make it, or name another.")
        if not os.access(folder, os.W_OK):
            raise PermanentError(f"{self._target}: {folder} is not writable", advice="Change its rights.")
        if self._path.exists() and self._part.exists():
            raise PermanentError(
                f"{self._target}: {self._part} of a run that was cut short is there too",
                advice="Both hold documents: move one of the two away, and run the same command again.",
            )

    def identity(self) -> str:
        return ""

    def push(self, batch: Sequence[Action]) -> list[Outcome]:
        lines = [_line(action) for action in batch]
        lines.append(b"")  # for the last line's end
        data = _compress(self._path, b"\n".join(lines))
        with self._lock:
            self._guard(lambda: self._write(data))
        return [DELETED if isinstance(action, Delete) else INDEXED for action in batch]

    def commit(self) -> None:
        with self._lock:
            self._guard(self._finish)

    def get(self, ids: Sequence[str]) -> dict[str, Fields]:
        wanted = set(ids)
        found: dict[str, Fields] = {}
        for id, fields in self._lines():
            if id in wanted:
                found.pop(id, None)
                if fields is not None:
                    found[id] = stored_fields(fields)
        return found

    def count(self) -> int:
        return len(self._visible())

    def ids(self) -> Iterator[str]:
        yield from self._visible()

    def search(self, query: Query) -> Found:
        raise ConfigError(
            f"{self._target}: JSON lines cannot be searched",
            advice="Load them into an index: indexer load FILE --target embedded:PATH",
        )

    def close(self) -> None:
        with self._lock:
            if self._file is not None and not self._standard_output:
                self._file.close()
            self._file = None

    def _write(self, data: bytes) -> None:
        if self._file is None:
            self._file = sys.stdout.buffer if self._standard_output else self._open()
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._file.flush()

    def _open(self) -> BinaryIO:
        if self._part.exists():
            with self._part.open("r+b") as file:
                file.truncate(_whole(self._part))
        elif self._path.exists():
            self._path.rename(self._part)
        # Without a buffer: what a full disk did not take must not come up again when the file is closed.
        return self._part.open("ab", buffering=0)

    def _finish(self) -> None:
        if self._file is None and (self._standard_output or self._path.exists()):
            return
        if self._standard_output:
            sys.stdout.buffer.flush()
            return
        file = self._file or self._open()
        os.fsync(file.fileno())
        file.close()
        self._file = None
        self._part.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name is on disk, too
        finally:
            os.close(folder)

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BrokenPipeError:
            # The reader has gone, as `| head` does. What Python still holds for it would fail once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise
        except OSError as error:
            raise PermanentError(
                f"{self._target}: {error.strerror}",
                advice="Run the same command again when there is room."
                + ("" if self._target.path == "-" else " What is in the file already stays."),
            ) from None

    def _visible(self) -> dict[str, None]:
        ids: dict[str, None] = {}
        for id, fields in self._lines():
            if fields is None:
                ids.pop(id, None)
            else:
                ids[id] = None
        return ids

    def _lines(self) -> Iterator[tuple[str, Fields | None]]:
        """(id, fields) of the finished file's lines, None for a deletion."""
        if self._standard_output:
            raise ConfigError("what went to standard output cannot be read back", advice="Give a file: jsonl:PATH")
        if not self._path.exists():
            return
        with _reader(self._path) as lines:
            for number, line in enumerate(lines, 1):
                try:
                    row = orjson.loads(line)
                    deleted = row["delete"]["id"] if set(row) == {"delete"} else None
                    yield (row["id"], row) if deleted is None else (deleted, None)
                except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                    raise PermanentError(f"{self._path} line {number:,}: not a document: {error}") from None


def _line(action: Action) -> bytes:
    """Without its end: to put those between all lines at once saves a copy of each."""
    if isinstance(action, Delete):
        return b'{"delete":{"id":' + orjson.dumps(action.id) + b"}}"
    return action.body


def _compress(path: Path, data: bytes) -> bytes:
    if path.suffix == ".gz":
        return gzip.compress(data, GZIP_LEVEL, mtime=0)
    if path.suffix == ".zst":
        return zstandard.ZstdCompressor(level=ZSTANDARD_LEVEL).compress(data)
    return data


def _reader(path: Path) -> Any:
    """A context manager over the file's lines as bytes."""
    if path.suffix == ".gz":
        return gzip.open(path)
    if path.suffix == ".zst":
        stream = zstandard.ZstdDecompressor().stream_reader(path.open("rb"), read_across_frames=True, closefd=True)
        return io.BufferedReader(stream, CHUNK)
    return path.open("rb")


def _whole(part: Path) -> int:
    """How many bytes at the beginning of PATH.part are whole lines (plain), members (gzip) or frames (Zstandard)."""
    suffix = part.with_suffix("").suffix
    if suffix not in (".gz", ".zst"):
        return _whole_lines(part)
    fresh: Callable[[], Any] = zstandard.ZstdDecompressor().decompressobj
    if suffix == ".gz":
        fresh = partial(zlib.decompressobj, wbits=31)
    whole = position = 0
    frame: Any = None
    rest = b""
    with part.open("rb") as file:
        while chunk := rest or file.read(CHUNK):
            frame = frame or fresh()
            try:
                frame.decompress(chunk)
            except (zlib.error, zstandard.ZstdError):
                break
            rest = frame.unused_data if frame.eof else b""
            position += len(chunk) - len(rest)
            if frame.eof:
                whole, frame = position, None
    return whole


def _whole_lines(part: Path) -> int:
    end = part.stat().st_size
    with part.open("rb") as file:
        while end:
            start = max(0, end - CHUNK)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            end = start
    return 0
