"""Loads library record dumps into search engines as VuFind biblio documents.

For programs: `transform`, `load`, `sync`, `reindex`, `verify`, `search`, `configure`; to look at what there is:
`status`, `dead_letters`, `generations`, `diff`, `explain` (indexer.api). Of the derived fields alone: `work_keys`,
`title_sort`, `author_sort` (indexer.derive). They are imported when they are first asked for.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from indexer.api import (
        configure,
        dead_letters,
        diff,
        explain,
        generations,
        load,
        reindex,
        search,
        status,
        sync,
        transform,
        verify,
    )
    from indexer.derive.authors import author_sort
    from indexer.derive.titles import title_sort
    from indexer.derive.work_keys import work_keys

__all__ = [
    "author_sort",
    "configure",
    "dead_letters",
    "diff",
    "explain",
    "generations",
    "load",
    "reindex",
    "search",
    "status",
    "sync",
    "title_sort",
    "transform",
    "verify",
    "work_keys",
]

_WHERE = dict.fromkeys(__all__, "indexer.api") | {
    "author_sort": "indexer.derive.authors",
    "title_sort": "indexer.derive.titles",
    "work_keys": "indexer.derive.work_keys",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'indexer' has no attribute {name!r}")
