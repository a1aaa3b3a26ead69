"""The folder of an embedded index, and which index of it is live.

    PATH/meta.json              whose folder it is, and what was indexed how
    PATH/index/                 Tantivy's
    PATH/live                   names the live generation, where there are generations; replaced in one step
    PATH/generations/NAME/      a folder like PATH for each of them, with a meta.json and an index

With PATH/live, a meta.json and an index beside it are left over and nobody's.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import tantivy

from indexer.engines.embedded.schema import FORMAT, Layout
from indexer.model.errors import PermanentError
from indexer.model.generation import is_name
from indexer.model.schema import biblio

PRODUCT = "indexer embedded index"
META = "meta.json"
INDEX = "index"
LIVE = "live"
GENERATIONS = "generations"
# What may lie in a folder that has no index yet; a new volume of Docker has a lost+found.
IGNORED = {META, f"{META}.tmp", LIVE, f"{LIVE}.tmp", GENERATIONS, "lost+found"}


def install(path: str | Path) -> list[str]:
    """Makes the folder ready to load into; what is there stays. Returns a line for each thing it made.

    Raises PermanentError: the folder holds other files or an index of another version, or cannot be written.
    """
    folder, layout = live_folder(Path(path)), Layout(biblio())
    made = []
    with faults(folder, "cannot be made"):
        if not is_ours(folder, layout):
            folder.mkdir(parents=True, exist_ok=True)
            meta = _meta(layout) | {"identity": uuid.uuid4().hex}
            write_whole(folder / META, json.dumps(meta, indent=2) + "\n")
            made.append(f"made {folder / META}")
        if not has_index(folder):
            (folder / INDEX).mkdir(exist_ok=True)
            tantivy.Index(layout.tantivy_schema(), str(folder / INDEX), reuse=True)
            made.append(f"made {folder / INDEX}")
    return made


@contextlib.contextmanager
def faults(folder: Path, what: str, *, but: tuple[type[OSError], ...] = ()) -> Iterator[None]:
    """Tantivy raises ValueError and RuntimeError for whatever the disk does: a person reads which folder it was."""
    try:
        yield
    except but:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        if "writer was killed" in reason:  # Tantivy's thread met the fault and took its words with it
            reason = "the writing thread stopped, as it does when the disk is full"
        raise PermanentError(
            f"embedded:{folder}: {what}: {reason}",
            advice="Look at the permissions and the free space of that folder. What was committed before is kept.",
        ) from error


def has_index(folder: Path) -> bool:
    return (folder / INDEX / "meta.json").is_file()


def is_ours(folder: Path, layout: Layout) -> bool:
    """Whether the folder is one of ours, of this version; False when it is absent or empty. Raises PermanentError."""
    try:
        with faults(folder, "cannot be read", but=(FileNotFoundError, NotADirectoryError)):
            text = (folder / META).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        foreign = sorted(set(os.listdir(folder)) - IGNORED) if folder.is_dir() else []
        if foreign:
            raise PermanentError(
                f"embedded:{folder}: this folder holds other files ({', '.join(foreign[:3])})",
                advice="Name a folder that is new or empty. Nothing was changed.",
            ) from None
        return False
    except NotADirectoryError:
        raise PermanentError(
            f"embedded:{folder}: this is a file, not a folder", advice="Name a folder that is new or empty."
        ) from None
    try:
        meta = json.loads(text)
    except json.JSONDecodeError:
        meta = None
    if not isinstance(meta, dict) or meta.get("product") != PRODUCT:
        raise PermanentError(
            f"embedded:{folder}: its meta.json is not of an embedded index of ours",
            advice="Name a folder that is new or empty. Nothing was changed.",
        )
    wanted = _meta(layout)
    other = [name for name in ("format", "schema") if meta.get(name) != wanted[name]]
    with faults(folder, "cannot be read"):
        if not other and has_index(folder) and not tantivy.Index.is_compatible(str(folder / INDEX)):
            other = ["tantivy"]
    if other:
        differences = "; ".join(f"{name} {meta.get(name)}, here {wanted[name]}" for name in other)
        raise PermanentError(
            f"embedded:{folder}: the index was made by another version ({differences})",
            advice="Load into a new folder, or remove this one and load again. Nothing was changed.",
        )
    return True


def live_name(folder: Path) -> str | None:
    """The live generation of the folder, or None where it has none. Raises PermanentError."""
    try:
        with faults(folder, "cannot be read", but=(FileNotFoundError, NotADirectoryError)):
            name = (folder / LIVE).read_text(encoding="utf-8", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not is_name(name):
        raise PermanentError(
            f"embedded:{folder}: its file {LIVE!r} names no generation",
            advice=f"Write the name of one of the folders in {folder / GENERATIONS} into it. Nothing was changed.",
        )
    return name


def live_folder(folder: Path) -> Path:
    """Where the live index lies: in a generation's folder, or in the folder itself. Raises PermanentError."""
    name = live_name(folder)
    return folder if name is None else generation_folder(folder, name)


def generation_folder(folder: Path, name: str) -> Path:
    return folder / GENERATIONS / name


def point(folder: Path, name: str) -> None:
    """Makes a generation the live one, in one step: whoever opens the folder finds the former or the new one."""
    write_whole(folder / LIVE, f"{name}\n")


def write_whole(path: Path, text: str) -> None:
    """In one step, on the disk when it returns: a reader finds the whole file or none (or the former one)."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Brings the names in a folder on the disk: files moved or linked there are there after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _meta(layout: Layout) -> dict[str, str | int]:
    return {"product": PRODUCT, "format": FORMAT, "schema": layout.fingerprint, "tantivy": version("tantivy")}
