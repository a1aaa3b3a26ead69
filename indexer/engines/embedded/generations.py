"""Generations of an embedded index: a folder each, and a file that names the live one.

Everything is made under a name that begins with a dot and then renamed, or renamed to such a name and then removed: a
kill leaves nothing that could be taken for a generation, and the next call removes what it left.
"""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

from indexer.engines.embedded.folder import (
    GENERATIONS,
    INDEX,
    META,
    faults,
    generation_folder,
    has_index,
    install,
    is_ours,
    live_name,
    point,
    sync_folder,
)
from indexer.engines.embedded.schema import Layout
from indexer.engines.embedded.sink import EmbeddedSink
from indexer.engines.generations import adopts_nothing, is_live, is_taken, no_room, not_adopted, not_there
from indexer.model.generation import check_name, is_name
from indexer.model.schema import biblio
from indexer.model.targets import Target

_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)  # of file systems that have no hard links

_PLAIN = ".plain"  # the index that was adopted, on its way out


class EmbeddedGenerations:
    """A GenerationStore (engines.generations) over the folder of an embedded target."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._folder = Path(target.path)

    def live(self) -> str | None:
        return live_name(self._folder)

    def is_plain(self) -> bool:
        return self.live() is None and is_ours(self._folder, Layout(biblio())) and has_index(self._folder)

    def there(self) -> list[str]:
        try:
            with faults(self._folder, "cannot be read", but=(FileNotFoundError, NotADirectoryError)):
                names = os.listdir(self._folder / GENERATIONS)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(filter(is_name, names))

    def make(self, name: str) -> Target:
        home = self._home(name)
        is_ours(self._folder, Layout(biblio()))  # raises for a folder that is somebody else's
        with faults(self._folder, "a generation cannot be made"):
            self.mend()
            if name not in self.there():
                beginning = home.with_name(f".{name}")
                install(beginning)
                _rename(beginning, home)
        return self.target(name)

    def target(self, name: str) -> Target:
        if check_name(name) not in self.there():
            raise not_there(self._target, name)
        return replace(self._target, path=str(self._home(name)))

    def promote(self, name: str) -> None:
        sink = EmbeddedSink(self.target(name).path)
        sink.check()
        sink.close()
        if self.is_plain():
            raise not_adopted(self._target)
        with faults(self._folder, "cannot be switched"):
            self.mend()
            if self.live() != name:
                point(self._folder, name)

    def adopt(self, name: str) -> None:
        """Files of an index never change but for two that are replaced: the generation shares them by hard links, so
        that the index is whole in both places until the switch, and takes no room.
        """
        home = self._home(name)
        if self.live() == name:
            self.mend()
            return
        if not self.is_plain():
            raise adopts_nothing(self._target)
        writer = EmbeddedSink(self._folder)
        try:
            writer.push([])  # holds the index's lock: nobody else writes to it, or has what he writes left behind
            with faults(self._folder, "cannot be adopted"):
                self.mend()
                if home.exists():
                    self._forget(home)
                beginning = home.with_name(f".{name}")
                _link(self._folder, beginning)
                _rename(beginning, home)
                point(self._folder, name)
        finally:
            writer.close()
        self.mend()

    def drop(self, name: str) -> None:
        home = self._home(name)
        if self.live() == name:
            raise is_live(self._target, name)
        with faults(self._folder, "a generation cannot be removed"):
            self.mend()
            if home.exists():
                self._remove(home)

    def trouble(self) -> list[str]:
        with faults(self._folder, "cannot be read"):
            disk = shutil.disk_usage(self._folder if self._folder.exists() else self._folder.absolute().parent)
        if no_room(disk.free, disk.total):
            return [f"the disk of {self._folder} is nearly full: {disk.free / 1e9:.1f} GB are free"]
        return []

    def hides(self) -> bool:
        return False

    def close(self) -> None:
        """There is nothing open."""

    def _home(self, name: str) -> Path:
        return generation_folder(self._folder, check_name(name))

    def _forget(self, home: Path) -> None:
        """What an adoption left that was killed before the switch: the plain index may have changed since."""
        if (home / META).read_bytes() != (self._folder / META).read_bytes():
            raise is_taken(self._target, home.name)
        self._remove(home)

    def _remove(self, home: Path) -> None:
        """First out of the way in one step: half of an index is never found under a generation's name."""
        gone = home.with_name(f".{home.name}")
        _rename(home, gone)
        shutil.rmtree(gone)

    def mend(self) -> None:
        """Removes what a kill has left: a generation half made or half removed, and the plain index once adopted."""
        with faults(self._folder, "what is left over cannot be removed"):
            folder = self._folder / GENERATIONS
            for name in os.listdir(folder) if folder.is_dir() else []:
                if name == _PLAIN or (name.startswith(".") and is_name(name[1:])):
                    shutil.rmtree(folder / name)
            if self.live() is None:
                return
            (self._folder / META).unlink(missing_ok=True)
            if (self._folder / INDEX).exists():
                self._remove_plain()

    def _remove_plain(self) -> None:
        folder = self._folder / GENERATIONS
        folder.mkdir(exist_ok=True)
        gone = folder / _PLAIN
        _rename(self._folder / INDEX, gone)
        shutil.rmtree(gone)


def _rename(old: Path, new: Path) -> None:
    old.rename(new)
    sync_folder(new.parent)


def _link(plain: Path, beginning: Path) -> None:
    """The plain index as a second folder that shares its files, without the locks that lie there."""
    index = beginning / INDEX
    index.mkdir(parents=True)
    for path in sorted((plain / INDEX).iterdir()):
        if not path.name.endswith(".lock"):
            _link_file(path, index / path.name)
    shutil.copyfile(plain / META, beginning / META)
    sync_folder(index)
    sync_folder(beginning)


def _link_file(path: Path, new: Path) -> None:
    try:
        new.hardlink_to(path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copyfile(path, new)
