"""Authors, to sort by and by surname first."""

from collections.abc import Sequence

SUFFIXES = frozenset({"jr", "sr", "dr", "mrs", "ii", "iii", "iv"})


def author_sort(authors: Sequence[str]) -> str | None:
    """The first author; None where there is none or its name is blank (then no later one stands in for it)."""
    return authors[0] if authors and authors[0].strip(" \t\r\n") else None


def inverted(name: str) -> str:
    """A name with its surname first: the last word, a comma, the rest. One that is so already, or a single word, stays.

    A comma shows that it is so already, but for the one before a suffix: "John Smith, Jr." is "Smith, John, Jr.".
    """
    *start, last = name.split(",")
    if not start:
        return _turned(name)
    if last.replace(".", "").replace(" ", "").lower() not in SUFFIXES or len(start) > 1:
        return name
    return f"{_turned(start[0])}, {last.strip()}"


def _turned(name: str) -> str:
    *given, surname = name.split() or [""]
    return f"{surname}, {' '.join(given)}" if given else name
