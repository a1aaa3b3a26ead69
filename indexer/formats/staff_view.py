"""Reads a VuFind record page that was saved or copied as text: the stored fields that its staff view lists.

The staff view prints the fields sorted by name, each as `name value` with further values on the lines below:

    author Wang, Xiaohua
    Yin, Xiaoguang
    format Online

A value may itself begin with a word that is a field's name ("title insurance", "url shorteners"). The names must
rise through the page, and the copied fields that a staff view also shows must hold the values of their sources: the
reading that fits both is taken. What stands before the first field (the page as readers see it, in any language) is
passed over.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import chain, pairwise

from indexer.formats.emission_order import copied_fields, explain
from indexer.model.errors import RecordError
from indexer.model.schema import biblio

_NAME = re.compile(r"([A-Za-z_][\w-]*)(?=[ \t]|$)", re.ASCII)
_TRIES = 2_000  # readings of one page, about half a second
_LINES = 500_000  # lines in all of them, so that a large text costs no more

Fields = dict[str, list[str]]
Start = tuple[str, int]  # a field's name, and the line that it begins


def read(text: str) -> Fields:
    """Field name -> values, in the order of the page; the engine's own fields (`_version_`) included.

    Raises RecordError where the text holds no staff view.
    """
    lines = [line.strip(" \t\r") for line in text.split("\n")]
    starts = [
        (match[1], number)
        for number, line in enumerate(lines)
        if (match := _NAME.match(line)) and biblio().field(match[1]) is not None
    ]
    fields = _most_likely(lines, starts)
    if "id" not in fields:
        raise RecordError("is neither JSON, nor a <doc>, nor a record page with a staff view (no line begins with id)")
    return fields


def _most_likely(lines: Sequence[str], starts: Sequence[Start]) -> Fields:
    """The first reading without doubts, else the least doubtful; names that begin a line should rather be fields."""
    names = {name for name, _ in starts}
    waiting: list[tuple[int, int, int, list[Start], frozenset[Start]]] = []
    seen: set[frozenset[Start]] = set()
    limit = min(_TRIES, _LINES // len(lines) + 1)

    def consider(values: frozenset[Start]) -> None:
        if values not in seen and len(seen) < limit:
            seen.add(values)
            chosen = _rising([start for start in starts if start not in values])
            doubts = _doubts(_fields(lines, chosen))
            heappush(waiting, (2 * doubts + len(names) - len(chosen), len(seen), doubts, chosen, values))

    consider(frozenset())
    best = waiting[0]  # nothing taken for a value
    while waiting and len(seen) < limit:
        reading = heappop(waiting)
        best = min(best, reading)
        _, _, doubts, chosen, values = reading
        if not doubts:
            break
        for start in chosen:
            consider(values | {start})
    return _fields(lines, best[3])


def _rising(starts: Sequence[Start]) -> list[Start]:
    """The longest choice of starts whose names rise; of equally long ones, one with early lines."""
    tails: list[str] = []
    ends: list[int] = []  # for each length, the start that ends the choice
    previous: list[int | None] = []
    for number, (name, _) in enumerate(starts):
        length = bisect_left(tails, name)
        previous.append(ends[length - 1] if length else None)
        if length == len(tails):
            tails.append(name)
            ends.append(number)
        elif name < tails[length]:
            tails[length] = name
            ends[length] = number
    chosen = []
    at = ends[-1] if ends else None
    while at is not None:
        chosen.append(starts[at])
        at = previous[at]
    return chosen[::-1]


def _fields(lines: Sequence[str], starts: Sequence[Start]) -> Fields:
    """The values of each field: the rest of its first line, and the lines up to the next field that are not blank."""
    fields = {}
    for (name, number), (_, end) in pairwise([*starts, ("", len(lines))]):
        values = [line for line in lines[number + 1 : end] if line]
        first = lines[number][len(name) :].lstrip(" \t")
        fields[name] = [first, *values] if first or not values else values
    return fields


def _doubts(fields: Fields) -> int:
    """How much speaks against a reading: no id, more values than the schema has room for, copies that are missing, and
    values that only a copy or only its sources have.
    """
    schema = biblio()
    doubts = 0 if "id" in fields else len(fields)
    for name, values in fields.items():
        field = schema.field(name)
        if field is not None and not field.multi:
            doubts += len(values) - 1
    for target, sources in copied_fields(fields).items():
        if explain(fields.get(target, []), sources, fields) is None:
            copied, own = Counter(fields.get(target)), Counter(chain.from_iterable(fields[name] for name in sources))
            doubts += 1 + (copied - own).total() + (own - copied).total()
    return doubts
