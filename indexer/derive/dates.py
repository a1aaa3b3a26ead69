"""Dates of publication, as years to show and to sort by."""

from collections.abc import Sequence


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
    cut = [year(date) for date in publish_dates]
    years = [value for value in cut if len(value) == 4 and value.isascii() and value.isdigit()]
    return min(years) if years else cut[0]
