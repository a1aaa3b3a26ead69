"""Dates of publication, as years to show and to sort by."""

import re
from collections.abc import Sequence

_YEARS = re.compile(r"[0-9]{4}(?:-[0-9]{4})?")
_YEAR = re.compile(r"[12][0-9]{3}")
_DIGITS = re.compile(r"[0-9]{1,4}")


def year(date: str) -> str:
    """The first four characters of a date, whatever they are: VuFind's XSL route cuts and does not look."""
    return date[:4]


def publish_date_sort(publish_dates: Sequence[str]) -> str | None:
    """The value of `publishDateSort` for these values of `publishDate`; None without any.

    One date is cut as the XSL route cuts it. Of several the earliest year counts, as in the MARC route; where none
    begins with a year of four digits, the first.
    """
    if not publish_dates:
        return None
    if len(publish_dates) == 1:
        return year(publish_dates[0])
    cut = [year(date) for date in publish_dates]
    years = [value for value in cut if len(value) == 4 and value.isascii() and value.isdigit()]
    return min(years) if years else cut[0]


def best_date(dates: Sequence[str]) -> str:
    """The first of one or more dates that is just a year or a range of two (`1998`, `1998-2001`), else the first."""
    return next((date for date in dates if _YEARS.fullmatch(date)), dates[0])


def earliest_year(dates: Sequence[str]) -> str:
    """The earliest year from 1000 to 2999 that stands anywhere in the dates.

    Where there is none the longest run of up to four digits stands in for it, and without digits the empty string.
    """
    years = [found for date in dates for found in _YEAR.findall(date)]
    return min(years) if years else max((run for date in dates for run in _DIGITS.findall(date)), key=len, default="")
