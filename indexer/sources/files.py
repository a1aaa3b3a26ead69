"""Find the files that the user named, and read them chunk by chunk."""

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from indexer.engines.registry import is_index
from indexer.model.urls import is_remote
from indexer.sources import processed
from indexer.sources.window import StreamError

CHUNK = 256 << 10  # bytes
STDIN = "-"
# What stands beside dumps on download servers and is none; and what VuFindHarvest leaves beside its files.
_SIDE_FILES = (".md5", ".sha1", ".sha256", ".sha512", ".asc", ".sig", "last_harvest.txt", "last_state.txt")
_UNFINISHED = (".part", ".tmp", ".bak", "~")  # what is still being fetched, and what editors keep of before


def is_no_file(path: str) -> bool:
    """Whether a path is no file of this machine: standard input, an index, or a URL (see `remote`)."""
    return path == STDIN or is_index(path) or is_remote(path)


def expand(paths: Sequence[str], *, with_processed: bool = False) -> tuple[list[str], list[str]]:
    """Return (files, missing): what the paths stand for, in order, and those that stand for nothing.

    A path is a file, the URL of an index (which is not looked at here), a folder (all files in it and below, in sorted
    order; hidden files, checksums, signatures, READMEs, backups and unfinished downloads are left out), a glob pattern
    (`**` goes into folders), or `-` for standard input. A file is named as the user named it: `dumps/` gives
    `dumps/a.xml`. One that is named twice stands once, at its last place: the index comes out the same.

    A file that was moved to `processed/` keeps its place in a folder's order (see `processed.order`). `with_processed`
    finds those of a file and of a pattern as well.
    """
    files: list[str] = []
    missing: list[str] = []
    for path in paths:
        before = len(files)
        for each in _found(path, with_processed):
            if not is_no_file(each) and os.path.isdir(each):
                files.extend(_walk(each, ()))
            elif is_no_file(each) or os.path.exists(each):
                files.append(each)
        if len(files) == before:
            missing.append(path)
    last = {path if is_no_file(path) else os.path.abspath(path): number for number, path in enumerate(files)}
    return [files[number] for number in sorted(last.values())], missing


def _found(path: str, with_processed: bool) -> list[str]:
    if is_no_file(path) or os.path.isdir(path):
        return [path]
    literal = os.path.lexists(path)
    found = [path] if literal else sorted(glob.glob(path, recursive=True))
    if with_processed:
        found += processed.matching(glob.escape(path) if literal or not glob.has_magic(path) else path)
        found.sort(key=processed.order)
    return found


def _walk(folder: str, above: tuple[tuple[int, int], ...]) -> Iterator[str]:
    """`above`: device and inode of the folders we are in, so that a symbolic link to one of them ends there."""
    try:
        status = os.stat(folder)
        paths = processed.listed(folder)
    except OSError:
        yield folder  # opening it says why it cannot be read
        return
    here = (status.st_dev, status.st_ino)
    if here in above:
        return
    for path in paths:
        name = os.path.basename(path)
        if name.startswith("."):
            continue
        if os.path.isdir(path):
            yield from _walk(path, (*above, here))
        elif not is_aside(name) and not _is_device(path):
            yield path


def is_aside(name: str) -> bool:
    """Whether a name in a folder is that of something that stands beside dumps."""
    return name.endswith(_SIDE_FILES) or name.lower().startswith("readme") or name.lower().endswith(_UNFINISHED)


def is_of_a_mac(name: str) -> bool:
    """Whether a member of an archive is what a Mac puts beside files: their resource forks, how a window looked."""
    *folders, last = name.split("/")
    return "__MACOSX" in folders or last == ".DS_Store" or last.startswith("._")


def _is_device(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False  # a dangling link: opening it says so
    return not stat.S_ISREG(mode)


def is_empty_folder(path: str) -> bool:
    """Whether a path is a folder that is there and holds no files; one that cannot be looked into is not known to."""
    return not is_no_file(path) and os.path.isdir(path) and bool(expand([path])[1])


def why_missing(path: str) -> str:
    """Say in words what became of a path that stands for no file."""
    if os.path.isdir(path):
        return "the folder holds no files"
    if glob.has_magic(path):
        return "no file matches this pattern"
    return "there is no such file or folder"


def total_bytes(paths: Sequence[str]) -> int | None:
    """Return the size of all files that the paths stand for, in bytes as stored; None where one has no known size."""
    total = 0
    for path in expand(paths)[0]:
        try:
            status = os.stat(path) if not is_no_file(path) else None
        except OSError:
            continue
        if status is None or not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            return None
        total += status.st_size if stat.S_ISREG(status.st_mode) else 0
    return total


@dataclass(slots=True)
class Meter:
    """Counts the bytes read from one file, and tells `progress` of them."""

    progress: Callable[[int], None] | None = None
    taken: int = 0

    def add(self, size: int) -> None:
        """`size` bytes were read."""
        self.taken += size
        if self.progress is not None and size:
            self.progress(size)


def chunks(path: str, meter: Meter, start: int = 0) -> Iterator[bytes]:
    """Give the bytes of a file, from `start` on, or of standard input, as they are stored. Raises StreamError."""
    try:
        if path == STDIN:
            while chunk := sys.stdin.buffer.read(CHUNK):
                meter.add(len(chunk))
                yield chunk
            return
        with open(processed.where(path), "rb", buffering=0) as file:
            if start:
                file.seek(start)
            while chunk := file.read(CHUNK):
                meter.add(len(chunk))
                yield chunk
    except OSError as error:
        raise unreadable(error, meter) from error


def unreadable(error: OSError, meter: Meter) -> StreamError:
    """The operating system's own words for why a file cannot be read (any further)."""
    reason = f"cannot be read: {error.strerror or error}"
    advice = "Mend that and run the same command; the other files are not concerned."
    return StreamError(reason, advice=advice, early=meter.taken > 0)
