"""Files that lie elsewhere: found, told from what they were before without being read, and read as a stream.

A stream that breaks off for a reason that may pass goes on at the byte where it broke; that the file is still the one
that was begun, its ETag or date says. HTTP is in `http`, S3 in `s3`: what both give and raise is here.
"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from types import ModuleType

from indexer.engines.retry import reading_wait
from indexer.model.errors import PermanentError, TargetError, TransientError
from indexer.model.urls import public
from indexer.sources.files import Meter
from indexer.sources.remote_file import Pause, Remote
from indexer.sources.window import StreamError

MAX_DEPTH = 20  # folders below each other
GOES_ON = "The other files are not concerned, and the same command reads this one."


def find(url: str, ca_file: str | None = None) -> dict[str, Remote]:
    """The files that a URL stands for, in order, by the names that may be shown.

    A URL that ends in a slash is a folder: all files in it and below, but for those that stand beside dumps. `*`, `**`
    and `[...]` in the path make a pattern (in s3 also `?`). With nothing found, one entry that says why.
    Raises ConfigError for a URL that is wrong in itself.
    """
    transport = _transport(url)
    transport.check(url)
    base, pattern = _base(url)
    try:
        if not pattern and not url.endswith("/"):
            found = [transport.look(url, ca_file)]
        else:
            depth = len(pattern) if pattern and "**" not in pattern else MAX_DEPTH
            below = transport.walk(base, ca_file, depth)
            found = [file for path, file in below if not pattern or matches(path.split("/"), pattern)]
    except TargetError as error:
        return {public(url): Remote(url, trouble=error.message, advice=error.advice or GOES_ON)}
    if not found:
        why = "no file matches this pattern" if pattern else "the folder holds no files"
        return {public(url): Remote(url, trouble=why, advice="Check the URL; the other files are not concerned.")}
    return {public(each.url): each for each in found}


def chunks(remote: Remote, meter: Meter, pause: Pause) -> Iterator[bytes]:
    """The bytes of the file as they lie there. `pause` waits before it is asked for again. Raises StreamError."""
    name, stream = public(remote.url), _transport(remote.url).stream
    at = failed = 0
    while True:
        try:
            for chunk in stream(remote, at):
                at += len(chunk)
                failed = 0
                meter.add(len(chunk))
                yield chunk
            return
        except PermanentError as error:
            raise StreamError(error.message, advice=error.advice or GOES_ON, early=at > 0) from None
        except TransientError as error:
            wait = reading_wait(error, failed)
            if wait is None:
                reason = f"{error.message}; given up after {failed + 1} tries"
                raise StreamError(reason, advice=error.advice or GOES_ON, early=at > 0) from None
            pause(TransientError(f"{name}: {error.message}", advice=error.advice), wait)
            failed += 1


def _transport(url: str) -> ModuleType:
    from indexer.sources import http, s3  # they bring their clients along, which most commands do without

    return s3 if url.startswith("s3:") else http


def _base(url: str) -> tuple[str, list[str]]:
    """The folder that a pattern begins with, and its parts below that; the URL itself and [] where it is none."""
    web = url.startswith("http")
    start = url.find("/", url.index("//") + 2)
    path = url[start:].partition("?")[0] if web else url[start:]  # a ? in s3 is a character of a pattern
    magic = re.search(r"[*\[]" if web else r"[*?\[]", path) if start > 0 else None
    if magic is None:
        return url, []
    folder = path[: path.rindex("/", 0, magic.start()) + 1]
    return url[:start] + folder, path[len(folder) :].split("/")


def matches(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether the parts of a path match those of a glob pattern: `**` stands for any number of folders."""
    if not pattern or not path:
        return not pattern and not path
    if pattern[0] == "**":
        return len(pattern) == 1 or any(matches(path[skip:], pattern[1:]) for skip in range(len(path)))
    return fnmatchcase(path[0], pattern[0]) and matches(path[1:], pattern[1:])
