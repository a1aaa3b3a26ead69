"""Years and names of publication, out of 260 and 264, as SolrMarc reads them."""

import re
from collections.abc import Sequence

from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.rules import once
from indexer.formats.marc.specs import joined, remembered, trim

# SolrMarc refuses a year after the next one by the clock. A document must not depend on the day it is made on, so
# here the year after the record's own last change counts, and for older records this one.
LATEST_YEAR = 2027

_BRACKETED = re.compile(r"\[((?:1[0-9]|20)[0-9]{2})\]")
_CORRECTED = re.compile(r"i\.e\.,? ((?:1[0-9]|20)[0-9]{2})")
_AFTER_BRACKET = re.compile(r"\[((?:1[0-9]|20)[0-9]{2})")
_BEFORE_CHRIST = re.compile(r"[0-9] [Bb]\.?[Cc]\.?")
_YEAR = re.compile(r"(?:1[0-9]|20)[0-9]{2}")
_LETTER_L = re.compile(r"l[0-9]{3}")
_HALF_BRACKETED = re.compile(r"\[(1[0-9]|20)\]([0-9]{2})")
_UNKNOWN = re.compile(r"((?:1[0-9]|20)[0-9])[-?]")


@once
def publication_dates(record: MarcRecord) -> list[str]:
    """publishDate: the year of every 260 $c, then of the 264 $c of publications, or else of copyrights."""
    found = dict.fromkeys(
        year
        for field in (*record.by_tag.get("260", ()), *_publications(record, "c"))
        for code, text in field.subfields
        if code == "c" and (year := clean_date(text, record))
    )
    return list(found)


def first_publication_date(record: MarcRecord) -> str:
    """publishDateSort: the earliest of them."""
    return min(publication_dates(record), key=int, default="")


def publishers(record: MarcRecord) -> list[str]:
    """publisher: 260 $b, then 264 $b of publications, or else of copyrights; their punctuation stays."""
    fields = (*record.by_tag.get("260", ()), *_publications(record, "b"))
    return list(dict.fromkeys(name for field in fields if (name := joined(field, "b"))))


def _publications(record: MarcRecord, code: str) -> Sequence[MarcField]:
    """The 264 of publication (second indicator 1) that have this subfield; without any, those of copyright (4)."""
    fields = record.by_tag.get("264", ())
    for kind in "14":
        if found := [f for f in fields if f.ind2 == kind and any(c == code and trim(v) for c, v in f.subfields)]:
            return found
    return ()


def clean_date(text: str, record: MarcRecord) -> str:
    """The year that a date of publication names, four digits, or the empty string."""
    year = _year(text)
    return "" if year and int(year) > LATEST_YEAR and int(year) > _last_change(record) + 1 else year


@remembered
def _year(text: str) -> str:
    found = _BRACKETED.search(text) or _CORRECTED.search(text) or _AFTER_BRACKET.search(text)
    if found:
        return found[1]
    if _BEFORE_CHRIST.search(text):
        return ""
    if found := _YEAR.search(text):
        return found[0]
    if found := _LETTER_L.search(text):
        return "1" + found[0][1:]
    if found := _HALF_BRACKETED.search(text):
        return found[1] + found[2]
    if found := _UNKNOWN.search(text):
        return found[1] + "0"
    return ""


def _last_change(record: MarcRecord) -> int:
    """The year of the record's last change (005), 0 where it does not tell."""
    for field in record.by_tag.get("005", ()):
        if field.value[:4].isascii() and field.value[:4].isdigit():
            return int(field.value[:4])
    return 0
