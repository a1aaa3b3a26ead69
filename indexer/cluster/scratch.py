"""The folder that driver and workers share: results of tasks, each there as a whole or not at all.

Values are MessagePack, compressed; nothing that is read here is ever executed. A value in several `blocks` is read
block by block.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import fsspec
import msgpack
import zstandard

from indexer.model.errors import ConfigError

LEVEL = 1  # the fastest: scratch is read twice and thrown away


@dataclass(frozen=True, slots=True)
class Scratch:
    """`url` is a folder, or the URL of one as fsspec takes it (s3://bucket/scratch). Credentials are never in it: each
    process has its own. Raises ConfigError where it cannot be read or written.
    """

    url: str

    def at(self, name: str) -> "Scratch":
        """The folder of this name in it."""
        return Scratch(f"{self.url.rstrip('/')}/{name}")

    def write(self, name: str, blocks: Sequence[Any]) -> int:
        """Writes a value in blocks; gives how many bytes that took. The table of the blocks stands at the end."""
        bodies = [zstandard.compress(msgpack.packb(block), LEVEL) for block in blocks]
        table = msgpack.packb([len(body) for body in bodies])
        data = b"".join([*bodies, table, len(table).to_bytes(4, "big")])
        with self._guard("written"):
            files, path = self._files(name)
            if "file" in files.protocol:  # S3 shows a file once it is whole, and would make a bucket
                files.makedirs(path.rpartition("/")[0], exist_ok=True)
                part = f"{path}.{uuid.uuid4().hex}.part"
                files.pipe_file(part, data)
                files.mv(part, path)
            else:
                files.pipe_file(path, data)
        return len(data)

    def blocks(self, name: str, wanted: Sequence[int] | None = None) -> Iterator[Any]:
        """The blocks of a value, or those of these numbers."""
        with self._guard("read"):
            files, path = self._files(name)
            with files.open(path, "rb", block_size=1 << 22) as stream:
                end = stream.seek(0, 2)
                stream.seek(end - 4)
                size = int.from_bytes(stream.read(4), "big")
                stream.seek(end - 4 - size)
                lengths = msgpack.unpackb(stream.read(size))
                starts = [sum(lengths[:number]) for number in wanted] if wanted is not None else []
                stream.seek(0)
                for number, length in enumerate(lengths) if wanted is None else zip(wanted, starts, strict=True):
                    if wanted is not None:
                        stream.seek(length)
                        length = lengths[number]
                    yield msgpack.unpackb(zstandard.decompress(stream.read(length)), strict_map_key=False)

    def read(self, name: str) -> Any:
        """The only block of a value."""
        return next(self.blocks(name))

    def has(self, name: str) -> bool:
        with self._guard("read"):
            files, path = self._files(name)
            return bool(files.exists(path))

    def folders(self, beginning: str) -> list[str]:
        """The names of the folders in it that begin so."""
        with self._guard("read"):
            files, path = self._files("")
            found = files.ls(path, detail=False, refresh=True) if files.exists(path) else []
        names = [str(each).rstrip("/").rpartition("/")[2] for each in found]
        return sorted(name for name in names if name.startswith(beginning))

    def remove(self) -> None:
        """All of it."""
        with self._guard("removed"):
            files, path = self._files("")
            if files.exists(path):
                files.rm(path, recursive=True)

    def _files(self, name: str) -> tuple[Any, str]:
        files, path = fsspec.core.url_to_fs(self.url, use_listings_cache=False)  # others write there, too
        return files, f"{path.rstrip('/')}/{name}" if name else path.rstrip("/")

    def _guard(self, verb: str) -> "_Guard":
        return _Guard(self.url, verb)


@dataclass(frozen=True, slots=True)
class _Guard:
    url: str
    verb: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, ImportError):
            raise ConfigError(
                f"cluster.scratch {self.url}: {error}", advice="pip install 'indexer[s3]' for S3, on every host."
            ) from None
        if isinstance(error, Exception):  # each file system has errors of its own, and a damaged value has others
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise ConfigError(
                f"cluster.scratch {self.url}: cannot be {self.verb}: {why}",
                advice="Every host of the cluster must read and write it, and have room. Mend that and run the same "
                "command again:\nit goes on with the parts that are left.",
            ) from None
