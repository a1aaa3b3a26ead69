"""Finds records of known formats inside of elements that are none: answers of search services, and wrappers of any name
around each record or around all.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from indexer.formats.registry import format_named, of_root
from indexer.sources import marc
from indexer.sources.window import Window
from indexer.sources.xml import NOTHING, Piece, Scanner, Tag, declare, namespace, namespaces

# Elements that hold records, whatever their namespace.
WRAPPERS = frozenset({b"collection", b"records", b"recordset", b"modsCollection", b"list", b"set"})
LOOKED_AT = 20  # records


class Found(NamedTuple):
    """A record in another element: complete in itself, and where it begins there."""

    format: str
    raw: bytes
    at: int
    problem: str = ""


class Nesting:
    """The elements that are open, outermost first, and the namespaces that are declared in them."""

    def __init__(self, inherited: Mapping[bytes, bytes] | None = None) -> None:
        self.open: list[Tag] = []
        self._inherited = [dict(inherited or {})]

    @property
    def inherited(self) -> Mapping[bytes, bytes]:
        return self._inherited[-1]

    def enter(self, tag: Tag) -> None:
        if not tag.empty:
            self.open.append(tag)
            self._inherited.append({**self.inherited, **namespaces(tag.raw)})

    def leave(self, tag: Tag) -> None:
        """An end tag closes what was opened by its name, and whatever is open in that."""
        depth = next((at for at in range(len(self.open) - 1, -1, -1) if self.open[at].name == tag.name), None)
        if depth is not None:
            del self.open[depth:]
            del self._inherited[depth + 1 :]


def format_of(
    tag: Tag,
    data: bytes,
    at: int,
    inherited: Mapping[bytes, bytes],
    wanted: str | None,
    elements: tuple[bytes, ...] = (),
) -> str | None:
    """The format of the record that this start tag, which stands at `at`, begins; None: it begins none that is known.

    `wanted` is the profile's, which decides where the content does not; where it names the elements that are its
    records, these are, and no others.
    """
    local = tag.local
    if elements:
        return wanted if local in elements else None
    space = namespace(tag.name, {**inherited, **namespaces(tag.raw)})
    known = of_root(space, local)
    if known == "marc" and local != b"record":
        return None
    if known is not None and local not in WRAPPERS:
        return known
    if marc.XML_START.match(data, at):  # in no namespace, or in the one of what is around
        return "marc"
    named = format_named(wanted) if wanted else None
    return wanted if named is not None and local in named.records else None


def inside(
    raw: bytes, inherited: Mapping[bytes, bytes], wanted: str | None, elements: tuple[bytes, ...] = ()
) -> Iterator[Found]:
    """Each record of a known format in these bytes, however deep."""
    nesting = Nesting(inherited)
    scanner = Scanner(Window([raw]), NOTHING, nests="records")
    for tag in scanner.tags():
        if tag.closing:
            nesting.leave(tag)
            continue
        format = format_of(tag, scanner.window.data, scanner.window.pos, nesting.inherited, wanted, elements)
        if format is None:
            nesting.enter(tag)
            continue
        piece = scanner.element(tag) or Piece(tag.raw, tag.offset)
        yield Found(format, declare(piece.raw, tag.raw, nesting.inherited), piece.offset, piece.problem)


class Place(NamedTuple):
    """Where the records of a file are: each in an element of the name `unit`, or (`listed`) named so themselves."""

    unit: bytes
    listed: bool


def place_of(start: bytes, *, whole: bool, wanted: str | None, elements: tuple[bytes, ...] = ()) -> Place | None:
    """Where the records of a file are that begins with `start`, and has a root that is none (`whole`: that is all).

    By what most of the first ones say: one of them may be damaged, and others seem to stand in it.
    """
    nesting = Nesting()
    scanner = Scanner(Window([start]), NOTHING)
    records: list[Tag] = []
    parents: list[Tag] = []
    for tag in scanner.tags():
        if tag.closing:
            nesting.leave(tag)
            continue
        if nesting.open and format_of(tag, start, tag.offset, nesting.inherited, wanted, elements) is not None:
            if records and records[-1] in nesting.open:
                nesting.leave(records[-1])  # it has no end
            records.append(tag)
            parents.append(nesting.open[-1])
            if len(records) == LOOKED_AT:
                break
        nesting.enter(tag)
    if not records:
        return None
    around = Counter(parent.name for parent, count in Counter(parents).items() if count == 1)
    name, often = around.most_common(1)[0] if around else (b"", 0)
    alone = len(records) == 1 and whole and name.rpartition(b":")[2] not in WRAPPERS
    if often * 2 >= len(records) and (often > 1 or alone):
        return Place(name, False)
    return Place(Counter(tag.name for tag in records).most_common(1)[0][0], True)
