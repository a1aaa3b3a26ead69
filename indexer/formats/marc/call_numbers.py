"""Library of Congress and Dewey call numbers: what to show, what to facet by, and keys that sort as shelves do.

In a key every number is preceded by the count of its digits (`QA 276.9`, then `QA 3276`), so that text sorts as
numbers do. The forms are SolrMarc's, so that an index can hold records of both.
"""

import functools
import math
import re
import struct
from collections.abc import Iterable
from decimal import Decimal

from indexer.formats.marc import maps
from indexer.formats.marc.record import MarcRecord
from indexer.formats.marc.rules import once
from indexer.formats.marc.specs import Extract, compile_spec

_lc_numbers = compile_spec("099ab:090ab:050ab")
_lc_classes = compile_spec("090a:050a")
_dewey_numbers = compile_spec("082a:083a")

_LC = re.compile(r"\s*([A-Za-z]+)\s*(?:(\d+)(\.\d+)?)?(.*)\Z", re.DOTALL)
_NOT_LC = frozenset("IOWXY")  # capitals that no class of the Library of Congress begins with
_CLASS_SUFFIX = re.compile(r"\s*\d+[A-Za-z]*\s*(?=\.?[A-Za-z]\d)")  # such as a date: 1970 in T796.7 1970.L1 B36
_WORD = re.compile(r"\s*(?:[A-Za-z](?!\d)|[^\W\d_A-Za-z])")
_LETTERS = re.compile(r"\s*([A-Za-z]+)")
_TOKEN = re.compile(  # a cutter or a word | the digits of a number | what stands right behind them
    r"([A-Z]\d+|[A-Z]+?(?=[A-Z]\d|[^A-Z]|\Z))|(\d+)((?:\.+\d+)*\.*[A-Z]*(?!\d))"
)
_CUTTER = re.compile(r"[A-Z]\d")
_FIRST_CUTTER = re.compile(r"\.?(?=[A-Z]\d)")
_DEWEY = re.compile(r"\s*(\d+)(\.\d+)?(.*)\Z", re.DOTALL)
_DEWEY_CUTTER = re.compile(r"\s*\.?([A-Z]\d{1,3}[A-Z]*)")
_DEWEY_TOKEN = re.compile(r"(\d+)(\.[.\d]*)?|([A-Z]+)|[^A-Z\d]+")  # a number | a word | what stands between
_SPACES = re.compile(" {2,}")


def callnumber_label(record: MarcRecord) -> str | None:
    """callnumber-label: the class of the first LC number, up to its first period."""
    number = _first(_lc_classes(record))
    return None if number is None else label_of(number)


def label_of(number: str) -> str:
    """What a call number begins with, up to its first period."""
    period = number.find(".")
    return (number[:period] if period > 0 else number).upper()


def callnumber_subject(record: MarcRecord) -> str | None:
    """callnumber-subject: the letters of its class, before they are looked up."""
    number = _first(_lc_classes(record))
    letters = _LETTERS.match(number) if number is not None else None
    return letters[1].upper() if letters is not None else None


def callnumber_sort(record: MarcRecord) -> str | None:
    """callnumber-sort: the key of the first valid LC number, else of the first."""
    numbers = _lc_numbers(record)
    number = next(filter(is_lc, numbers), _first(numbers))
    return None if number is None else lc_key(number)


def is_lc(number: str) -> bool:
    """Whether this is an LC call number: letters of a class, then the number of a class."""
    found = _LC.match(number)
    return found is not None and found[2] is not None and found[1][0] not in _NOT_LC


def lc_key(number: str) -> str:
    """The key by which an LC call number sorts: `PR9199.3.R5269 2001` is `PR 49199.3 R5269 42001`."""
    found = _LC.match(number)
    if found is None:
        return _tokens(number.upper())
    letters, digits, decimal, rest = found.groups()
    whole = f"{letters.upper()} {len(digits)}{digits}{decimal or ''}" if digits else letters.upper()
    suffix = _CLASS_SUFFIX.match(rest)
    if suffix is not None:
        after = f"{_tokens(suffix[0].upper())} {_tokens(rest[suffix.end() :].upper())}"
    else:
        after = _tokens(rest.upper())
        if word := _WORD.match(rest):
            apart = not word[0].isascii() and _CUTTER.match(after)  # a letter that is left out, and no part of that
            after = ("_ " if apart else "_") + after
    return f"{whole} {after}" if after else whole


def _tokens(text: str) -> str:
    """Words, numbers and cutters with a space between them, the rest left out. The period in front of the first cutter
    belongs to no number."""
    if "." in text and (cutter := _FIRST_CUTTER.search(text)) is not None:
        text = f"{text[: cutter.start()]} {text[cutter.end() :]}"
    return " ".join([word or _counted(digits) + rest for word, digits, rest in _TOKEN.findall(text)])


def _counted(digits: str) -> str:
    """A number after the count of its digits, leading zeros left out; zero alone has no count."""
    digits = digits.lstrip("0")
    return f"{len(digits)}{digits}" if digits else "0"


@functools.lru_cache(maxsize=64)
def valid_dewey(numbers: Extract) -> Extract:
    """The function that gives those of the numbers that Dewey's rules know, each once."""
    return once(lambda record: [number for number in dict.fromkeys(numbers(record)) if _DEWEY.match(number)])


_valid_dewey = valid_dewey(_dewey_numbers)


def dewey_full(record: MarcRecord) -> list[str]:
    """dewey-full: the valid numbers in capitals, without spaces."""
    return dewey_searchable(_valid_dewey(record))


def dewey_searchable(numbers: Iterable[str]) -> list[str]:
    """Numbers in capitals, without spaces."""
    return list(dict.fromkeys("".join(number.split()).upper() for number in numbers))


def dewey_sort(record: MarcRecord) -> str | None:
    """dewey-sort: the key of the first valid number: `016.658/07 s` is `216.658 17 S`."""
    number = _first(_valid_dewey(record))
    return None if number is None else dewey_key(number)


def dewey_key(number: str) -> str:
    """The key by which a number sorts, a valid one or another."""
    found = _DEWEY.match(number)
    if found is None:
        return _dewey_rest(number)
    digits, decimal, rest = found.groups()
    if not rest:
        return f"{_counted(digits)}{decimal or ''} "
    cutter = _DEWEY_CUTTER.match(rest)
    after = ""
    if cutter is not None:
        rest = rest[cutter.end() :]
        after = f"{cutter[1]} " if rest else cutter[1]
    return f"{_counted(digits)}{decimal or ''} {_dewey_rest(rest, after)}"


def _dewey_rest(rest: str, after: str = "") -> str:
    """What stands behind the class, word by word; `after` stands before it."""
    for number, decimals, letters in _DEWEY_TOKEN.findall(rest.upper()):
        after += f" {_counted(number)}{decimals}" if number else letters or " "
    return _SPACES.sub(" ", after).removeprefix(" ")


def dewey_hundreds(record: MarcRecord) -> list[str]:
    return _dewey_classes(record, 100)


def dewey_tens(record: MarcRecord) -> list[str]:
    return _dewey_classes(record, 10)


def dewey_ones(record: MarcRecord) -> list[str]:
    return _dewey_classes(record, 1)


def _dewey_classes(record: MarcRecord, unit: int) -> list[str]:
    """What the classes of the valid numbers are called, rounded down to hundreds, tens or ones."""
    return [] if "082" not in record.by_tag and "083" not in record.by_tag else _labels(_valid_dewey(record), unit)


def _labels(numbers: Iterable[str], unit: int) -> list[str]:
    labels = maps.table("dewey")
    numbered = [found[1].lstrip("0") for number in numbers if (found := _DEWEY.match(number))]
    classes = [f"{int(digits or '0') // unit * unit:03}" for digits in numbered if len(digits) <= 3]
    return list(dict.fromkeys(labels[name] for name in classes if name in labels))


def dewey_rounded(number: str, unit: float) -> str:
    """The class of a valid number, rounded down to hundreds, tens, ones or a part of one, with three digits before the
    point. Reckoned in numbers of 32 bits, as VuFind does."""
    found = _DEWEY.match(number)
    value, unit = _single(float(found[1] + (found[2] or "")) if found is not None else 0.0), _single(unit)
    rounded = _single(math.floor(_single(value / unit)) * unit)
    shortest = next(text for digits in range(1, 18) if _single(float(text := f"{rounded:.{digits}g}")) == rounded)
    whole, _, decimals = f"{Decimal(shortest):f}".partition(".")
    return f"{whole.rjust(3, '0')}.{decimals}" if decimals else whole.rjust(3, "0")


def _single(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", min(value, 1e37)))[0])


def _first(values: list[str]) -> str | None:
    return values[0] if values else None
