"""Archives of small files."""

import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path


def zipped(path: Path, members: Sequence[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)


def tarred(path: Path, members: Sequence[tuple[str, bytes]]) -> None:
    """One whose name ends with / is a folder."""
    with tarfile.open(path, "w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            archive.addfile(info, io.BytesIO(content))
