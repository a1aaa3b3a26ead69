"""The version of what makes documents out of records, computed from what that is."""

import functools
import hashlib
import importlib.metadata
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from indexer.formats.registry import GROUP
from indexer.model.schema import schemas_folder

PACKAGE = Path(__file__).resolve().parents[1]
RULES = (PACKAGE / "derive", PACKAGE / "formats", schemas_folder() / "biblio.toml")
KINDS = (".py", ".toml", ".tsv")


@functools.cache
def derive_version() -> str:
    """What documents depend on besides their records: the rules and tables that they are made by, word for word, the
    distributions that bring formats, Python's Unicode (lower case), and ICU (work keys, title_sort).

    Where it differs, dumps are read again; which documents are sent again, their fingerprints say. The same in every
    installation of one version: files count by their content, not by where they lie and when they were put there.
    """
    import icu  # lazily: this is asked for once a run

    rules = digest(RULES, brought())
    return f"{rules}+unicode{unicodedata.unidata_version}+icu{icu.ICU_VERSION}"


def digest(roots: Iterable[Path], others: Iterable[str] = ()) -> str:
    """Of the files below these folders, or of these files, each by its name and content."""
    found = hashlib.blake2b(digest_size=6)
    for root in roots:
        files = [root] if root.is_file() else [path for path in root.rglob("*") if path.suffix in KINDS]
        for name, path in sorted((path.relative_to(root.parent).as_posix(), path) for path in files):
            content = path.read_bytes()
            found.update(f"{name} {len(content)}\n".encode())
            found.update(content)
    found.update("\n".join(others).encode())
    return found.hexdigest()


def brought() -> list[str]:
    """The distributions that bring formats, with their versions."""
    points = importlib.metadata.entry_points(group=GROUP)
    return sorted({f"{point.dist.name} {point.dist.version}" for point in points if point.dist is not None})
