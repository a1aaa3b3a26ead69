"""Authors, to sort by."""

from collections.abc import Sequence


def author_sort(authors: Sequence[str]) -> str | None:
    """The first author; None where there is none or its name is blank (then no later one stands in for it)."""
    return authors[0] if authors and authors[0].strip(" \t\r\n") else None
