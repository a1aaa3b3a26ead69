"""A stream of bytes looked at through a window: memory stays flat however large the stream."""

from collections.abc import Iterable, Iterator

RECORD_LIMIT = 64 << 20  # bytes; what is larger than this is not one record of a bibliographic dump
KEPT_OF_OVERSIZED = 64 << 10  # bytes of an oversized record that go into its Fault


class StreamError(Exception):
    """The stream cannot be read any further. `reason` completes the sentence "FILE: ..."; `advice` says what to do."""

    def __init__(self, reason: str, *, advice: str = "", early: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.early = early  # bytes are missing: say after which record


class Stream:
    """Chunks of bytes that can be peeked at before they are taken.

    A StreamError that turns up while peeking is raised when the bytes before it have been taken.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._head = b""
        self._error: StreamError | None = None

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes without taking them; fewer at the end of the stream."""
        parts = [self._head]
        held = len(self._head)
        while held < size and self._error is None:
            try:
                chunk = next(self._chunks)
            except StopIteration:
                break
            except StreamError as error:
                self._error = error
                break
            parts.append(chunk)
            held += len(chunk)
        self._head = b"".join(parts)
        return self._head[:size]

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        if self._error is not None:
            raise self._error
        return next(self._chunks)

    def read(self, size: int) -> bytes:
        """Take exactly `size` bytes; fewer at the end of the stream. Meant for small sizes: headers."""
        self.peek(size)
        if self._error is not None and len(self._head) < size:
            raise self._error
        taken, self._head = self._head[:size], self._head[size:]
        return taken

    def take(self, size: int) -> Iterator[bytes]:
        """Take `size` bytes chunk by chunk; they may end early."""
        while size > 0:
            chunk = next(self, b"")
            if not chunk:
                return
            if len(chunk) > size:
                self._head = chunk[size:] + self._head
                chunk = chunk[:size]
            size -= len(chunk)
            yield chunk


class Window:
    """`data[pos:]` is what has been read and not yet given; `base` is the stream's offset of `data[0]`.

    `more()` moves what is left to the front, so positions that are to outlive it are counted from `pos`.
    The stream's own error ends the data like its end does; it is kept in `error` for the reader to tell.
    """

    __slots__ = ("_chunks", "base", "data", "ended", "error", "limit", "pos")

    def __init__(self, chunks: Iterable[bytes], *, offset: int = 0, limit: int | None = None) -> None:
        self._chunks = iter(chunks)
        self.data = b""
        self.pos = 0
        self.base = offset
        self.ended = False
        self.error: StreamError | None = None
        self.limit = RECORD_LIMIT if limit is None else limit

    @property
    def offset(self) -> int:
        """The stream's offset of `pos`."""
        return self.base + self.pos

    @property
    def held(self) -> int:
        """How many bytes are at hand from `pos` on."""
        return len(self.data) - self.pos

    def more(self) -> bool:
        """Drop what is before `pos` and read on: at least as much as is left. False when nothing came."""
        if self.ended:
            return False
        left = self.data[self.pos :]
        wanted = max(len(left), 1)
        parts = [left]
        got = 0
        while got < wanted:
            try:
                chunk = next(self._chunks)
            except StopIteration:
                self.ended = True
                break
            except StreamError as error:
                self.error = error
                self.ended = True
                break
            parts.append(chunk)
            got += len(chunk)
        self.base += self.pos
        self.pos = 0
        self.data = b"".join(parts)
        return got > 0

    def fill(self, size: int) -> bytes:
        """Return up to `size` bytes from `pos` on, reading what is needed; fewer at the end."""
        while self.held < size and self.more():
            pass
        return self.data[self.pos : self.pos + size]

    def prepend(self, data: bytes) -> None:
        """Let `data` stand before `pos`, as what is read next. Offsets of what is behind stay as they are."""
        self.base = self.offset - len(data)
        self.data = data + self.data[self.pos :]
        self.pos = 0

    def skip_to(self, needle: bytes) -> bool:
        """Move `pos` behind the next `needle`, dropping what is before it. False (and all dropped): there is none."""
        while True:
            found = self.data.find(needle, self.pos)
            if found >= 0:
                self.pos = found + len(needle)
                return True
            self.pos = max(self.pos, len(self.data) - len(needle) + 1)
            if not self.more():
                self.pos = len(self.data)
                return False
