"""Language codes to English names, as the `language` field holds them; the tables beside name their sources."""

import functools
from pathlib import Path


def iso639_1(code: str) -> str:
    """The name for a two-letter code. One that is not in the list, or not in lower case, comes back as it is."""
    return _table("iso639_1").get(code, code)


def marc(code: str) -> str | None:
    """The name for a three-letter code of MARC or ISO 639-2, None for one that is not in the list."""
    return _table("marc").get(code)


def name(code: str) -> str:
    """The name for a code of either kind, the code itself where it is in neither list."""
    return marc(code) or iso639_1(code)


@functools.cache
def _table(which: str) -> dict[str, str]:
    lines = Path(__file__).with_name(f"languages_{which}.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if not line.startswith("#"))
