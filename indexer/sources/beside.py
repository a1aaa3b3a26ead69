"""What stands beside the records of a file: a message of the program that wrote it, something that may be a record of
another format, and what services say of their answers, which is passed over.
"""

import re
from dataclasses import dataclass, field

from indexer.sources.window import KEPT_OF_OVERSIZED, Window
from indexer.sources.xml import Piece, Tag, show, text

_KEPT = 20  # elements whose content is kept until it shows that they stand in a list of records

_MESSAGE = re.compile(rb"(?:error|diagnostic|exception|fault|warning)s?(?:list)?", re.IGNORECASE)
_NOTHING_SAID = frozenset({"", "false", "no", "none", "null", "ok"})
# Of an answer or of a whole file: who sent it and when, the request, counts, schemas, positions, facets, pages.
_HARMLESS = re.compile(
    rb"about|head(?:er)?|info(?:rmation)?|meta|identify|version|request|responseHeader|query|params?|parameters?|"
    rb"schema|template|echoed\w*|extra\w*|result(?:set|count)\w*|total\w*|number\w*|facet\w*|sort\w*|scan\w*|timing|"
    rb"debug|explain|page|paging|pagination|links?|resumptionToken|stat(?:us|istics|s)|summary|sender|source|provider",
    re.IGNORECASE,
)
_TAG = re.compile(rb"<[^<>]*>")


def is_message(tag: Tag) -> bool:
    """Whether an element of this name holds what went wrong."""
    return _MESSAGE.fullmatch(tag.local) is not None


def is_harmless(tag: Tag) -> bool:
    """Whether an element of this name says something of the records around it."""
    return _HARMLESS.fullmatch(tag.local) is not None


def said_in(piece: Piece) -> str:
    """The words of a message; "" where it is the number of errors, or says that there are none."""
    content = b" ".join(_TAG.sub(b" ", piece.raw).split())
    try:
        said = text(content)
    except ValueError:
        said = show(content, 400)
    return "" if said.isdecimal() or said.lower() in _NOTHING_SAID else show(said.encode(), 200)


@dataclass(slots=True)
class _Level:
    """An element that is open: how many there are right in it, how many of them are records, whether any is at whatever
    depth, and those that may be records of another format.
    """

    tag: Tag
    children: int = 0
    records: int = 0
    holds: bool = False
    others: list[Piece] = field(default_factory=list)


class Beside:
    """Finds the elements with elements in them that stand in a list of records and hold none. Which element is such a
    list shows once `enough` records stand in it (0: none is).
    """

    def __init__(self, enough: int) -> None:
        self._enough = enough
        self._open: list[_Level] = []

    def enter(self, tag: Tag) -> None:
        """An element begins that is no record."""
        if self._open:
            self._open[-1].children += 1
        if not tag.empty:
            self._open.append(_Level(tag))

    def record(self) -> list[Piece]:
        """A record stands right in the innermost element. Gives what stood before it, once it is known for a list."""
        for level in self._open:
            level.holds = True
        if not self._open:
            return []
        here = self._open[-1]
        here.records += 1
        if here.records != self._enough:
            return []
        found, here.others = here.others, []
        return found

    def leave(self, tag: Tag, window: Window) -> list[Piece]:
        """An end tag, `window` on it: it closes what was opened by its name. Gives it, if it stands in such a list."""
        depth = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at].tag.name == tag.name), 0)
        if not depth:  # the root, or none that is open
            return []
        left, parent = self._open[depth], self._open[depth - 1]
        del self._open[depth:]
        if left.holds or not left.children or not self._enough or is_harmless(left.tag):
            return []
        raw = left.tag.raw
        if left.tag.offset >= window.base and len(parent.others) < _KEPT:
            raw = window.data[left.tag.offset - window.base : window.pos + len(tag.raw)][:KEPT_OF_OVERSIZED]
        piece = Piece(raw, left.tag.offset, f"<{show(left.tag.name)}> holds no record of a known format")
        if parent.records >= self._enough:
            return [piece]
        parent.others.append(piece)
        return []
