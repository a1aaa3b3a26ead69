"""What was harvested of one source: its pages, numbered in the order in which they came, and how far the harvest is.

    00000001.xml.gz ...   the answers that hold records, as they came
    .harvest.json         the notes: what was asked for, until when it is complete, and the list that is being read
    .page, .lock          the answer that is on its way, and the lock of the process that harvests

A page is on disk, whole, before the notes go past it: a kill between the two asks for that page again and puts it in
the same place. Only its owner can look into the folder.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.model.errors import ConfigError, SourceError

_PAGE = re.compile(r"\d{8,}\.xml\.gz")
ROOM = 256 << 20  # bytes that are left free on the disk: a list without an end must not fill it


class Listing(BaseModel):
    """A list that is being read. `since` is what was sent as `from`, "" for none; `begun` the server's date of its
    first page, "" before that came; `token` what to ask with next, "" for the beginning of the list. `size` is
    how many records the server says there are (it may guess), 0 where it does not say. `expires` is when the token
    does, by our clock, "" where the server does not say; `failed` how many runs had no answer to it.

    `first` is the number of its first page, 0 before that came. `again` is the number of the page of the list before
    this one, or of the former reading of this one, that the next page is compared with; 0 once one was another.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: str = ""
    begun: str = ""
    token: str = ""
    records: int = 0
    size: int = 0
    expires: str = ""
    failed: int = 0
    first: int = 0
    again: int = 0


class Notes(BaseModel):
    """`harvested` is the server's date up to which everything is here, "" before the first list was read to its end.
    `pages` is the number of the last page, `first` that of the first one of the last list. `granularity` and `deleted`
    are what the server says of itself.
    `broken` counts the runs in which the list that is being read broke off. `short` says in words why what is here may
    not be all: a list broke off too often, and what was behind that place never came.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    metadata_prefix: str
    set: str = ""
    granularity: str = ""
    deleted: str = ""
    harvested: str = ""
    pages: int = 0
    first: int = 0
    broken: int = 0
    short: str = ""
    listing: Listing | None = None


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path / ".page"
        self._notes = path / ".harvest.json"

    def pages(self) -> list[str]:
        """The pages in their order; none where nothing was harvested yet."""
        try:
            names = sorted(filter(_PAGE.fullmatch, os.listdir(self.path)), key=_number)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ConfigError(f"{self.path}: {error.strerror}", advice="It holds what was harvested.") from None
        return [str(self.path / name) for name in names]

    def notes(self) -> Notes | None:
        """None before the first harvest. Raises SourceError for notes that nobody can read."""
        try:
            return Notes.model_validate_json(self._notes.read_bytes())
        except FileNotFoundError:
            return None
        except (ValidationError, OSError):
            raise SourceError(
                f"{self._notes}: cannot be read",
                advice="Move its folder away: the next sync harvests everything anew.",
            ) from None

    def last_number(self) -> int:
        pages = self.pages()
        return _number(os.path.basename(pages[-1])) if pages else 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """The folder is there, and this process the only one that harvests into it. Raises SourceError."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise SourceError(
                f"{self.path}: {error.strerror}", advice="Name a place that can be written with harvest."
            ) from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise SourceError(f"{self.path}: another process harvests into it", advice="Run one of them.") from None
            yield
        finally:
            os.close(lock)

    def keep(self, number: int) -> None:
        """Makes the answer that came the page of this number; the answer itself is on disk by now."""
        os.replace(self.part, self.page(number))

    def note(self, notes: Notes) -> None:
        """Writes the notes down, all of them or none."""
        new = self._notes.with_suffix(".new")
        try:
            with open(new, "wb") as file:
                file.write(notes.model_dump_json(indent=1).encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self._notes)
        except OSError as error:
            raise SourceError(f"{new}: {error.strerror}", advice="What was harvested before is safe.") from None

    def check_room(self) -> None:
        """Raises SourceError where the disk is nearly full."""
        free = shutil.disk_usage(self.path).free
        if free < ROOM:
            raise SourceError(
                f"{self.path}: only {free >> 20:,} MiB are free on its disk: stopped before it is full",
                advice="Make room, or name another place with harvest. The next sync goes on from there.",
            )

    def page(self, number: int) -> Path:
        """The file of the page of this number."""
        return self.path / f"{number:08}.xml.gz"


def folder_of(harvest: str, source: str) -> Folder:
    """The folder of a source, which may be named like no file can be."""
    name = quote(source, safe=" ")
    return Folder(Path(harvest) / (f"%2E{name[1:]}" if name.startswith(".") else name))


def _number(name: str) -> int:
    return int(name.partition(".")[0])
