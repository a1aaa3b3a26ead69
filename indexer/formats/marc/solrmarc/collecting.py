"""How the values of a field are collected: `unique`, `first`, `sort`, and which records they drop or delete."""

import functools
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from indexer.formats.marc.solrmarc.formatting import Change
from indexer.formats.marc.solrmarc.syntax import Step

Compare = Callable[[str, str], int]

_RECORD = {
    "DeleteRecordIfFieldEmpty": ("empty", "delete"),
    "DeleteRecordIfFieldNotEmpty": ("filled", "delete"),
    "SkipRecordIfFieldEmpty": ("empty", "skip"),
    "SkipRecordIfFieldNotEmpty": ("filled", "skip"),
}
WORDS = frozenset({"unique", "notunique", "first", "notfirst", "all", "sort", "normalize", "unnormalize", *_RECORD})


@dataclass(frozen=True, slots=True)
class Collector:
    """`empty` and `filled` say what becomes of a record for which the field has no values, or some: delete, skip."""

    unique: bool
    take: str = "all"
    sort: tuple[str, str] | None = None
    form: Literal["", "NFC", "NFD"] = ""
    empty: str = ""
    filled: str = ""


def collector(steps: Sequence[Step], *, unique: bool) -> Collector:
    """What these steps ask for. Raises ValueError for a `sort` that is none."""
    made = Collector(unique)
    for step in steps:
        match step.name:
            case "unique" | "notunique":
                made = replace(made, unique=step.name == "unique")
            case "first" | "notfirst" | "all":
                made = replace(made, take=step.name)
            case "normalize" | "unnormalize":
                made = replace(made, form="NFC" if step.name == "normalize" else "NFD")
            case "sort":
                made = replace(made, sort=_sort(step))
            case _:
                when, what = _RECORD[step.name]
                made = replace(made, empty=what) if when == "empty" else replace(made, filled=what)
    return made


def changes(collector: Collector) -> list[tuple[str, Change]]:
    """What is done with the values, each with a word for it."""
    found: list[tuple[str, Change]] = []
    unique, sort, form = collector.unique, collector.sort, collector.form
    if form != "" and (unique or sort):
        found.append((f"in the form {form}", lambda values: [unicodedata.normalize(form, value) for value in values]))
    if unique and not sort and collector.take != "first":
        found.append(("each once", _each_once))
    if sort:
        found.append((f"sorted by {sort[0]}, {sort[1]}ending", _sorted(*sort, unique=unique)))
    if collector.take == "first":
        found.append(("the first", lambda values: list(values[:1])))
    if collector.take == "notfirst":
        found.append(("all but the first", lambda values: list(values[1:])))
    return found


def _each_once(values: Sequence[str]) -> list[str]:
    return list(values) if len(values) < 2 else list(dict.fromkeys(values))


def _sort(step: Step) -> tuple[str, str]:
    if len(step.parameters) < 2:
        raise ValueError("sort wants its two parameters: what to sort by (str, num, length) and asc or desc")
    by, direction = step.parameters[:2]
    if by not in ("str", "num", "length"):
        raise ValueError(f"sort({by}, {direction}): values are sorted by str, num or length")
    if direction not in ("asc", "desc"):
        raise ValueError(f"sort({by}, {direction}): the direction is asc or desc")
    return by, direction


def _sorted(by: str, direction: str, *, unique: bool) -> Change:
    """Sorted; with `unique`, of values that sort alike the first one alone, whatever else tells them apart."""
    compare: Compare = {"str": _by_text, "num": natural, "length": _by_length}[by]
    turned: Compare = compare if direction == "asc" else lambda left, right: compare(right, left)
    key = functools.cmp_to_key(turned)

    def change(values: Sequence[str]) -> list[str]:
        ordered = sorted(values, key=key)
        if not unique:
            return ordered
        return [value for place, value in enumerate(ordered) if not place or turned(ordered[place - 1], value)]

    return change


def _units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _by_text(left: str, right: str) -> int:
    """By UTF-16 units, as Java compares."""
    if left.isascii() and right.isascii():
        return (left > right) - (left < right)
    first, second = _units(left), _units(right)
    return (first > second) - (first < second)


def _by_length(left: str, right: str) -> int:
    return len(_units(left)) - len(_units(right))


def natural(left: str, right: str) -> int:
    """Numbers within texts by their value, all else in capitals; white space counts for nothing."""
    one, two = 0, 0
    while True:
        one, two = _past_space(left, one), _past_space(right, two)
        a, b = left[one : one + 1], right[two : two + 1]
        if _is_digit(a) and _is_digit(b):
            compare = _fraction if "0" in (a, b) else _number
            if result := compare(_digits(left, one), _digits(right, two)):
                return result
        if not a and not b:
            return 0
        a, b = a.upper()[:1] or "\0", b.upper()[:1] or "\0"
        if a != b:
            return -1 if a < b else 1
        one, two = one + 1, two + 1


def _past_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace() and text[place] not in "\xa0\u2007\u202f\x85":
        place += 1
    return place


def _is_digit(char: str) -> bool:
    return bool(char) and unicodedata.category(char) == "Nd"


def _digits(text: str, place: int) -> str:
    end = place
    while end < len(text) and _is_digit(text[end]):
        end += 1
    return text[place:end]


def _number(left: str, right: str) -> int:
    """The longer one is the greater."""
    if len(left) != len(right):
        return len(left) - len(right)
    return (left > right) - (left < right)


def _fraction(left: str, right: str) -> int:
    """Digit by digit from the left, as behind a point."""
    return (left > right) - (left < right)
