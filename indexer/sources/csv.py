"""Tables as text: CSV (RFC 4180) and TSV. Each row becomes a record, the header (an empty line without one) before it.

Rows are told apart by their quotes alone: a quoted cell may hold line ends. What the cells are, the format says.
"""

import codecs
import re
from collections.abc import Iterator

from indexer.model.records import Fault, Record
from indexer.sources.record_factory import RecordFactory
from indexer.sources.window import KEPT_OF_OVERSIZED, Window
from indexer.sources.xml import show

QUOTED_LIMIT = 1 << 20  # bytes of a quoted cell; a quote that is not closed by then begins none

# Cells begin behind one of these. No option of a profile reaches here, so all that are in use count.
_DELIMITERS = rb",;\t|^~"
_END_OR_QUOTE = re.compile(rb'\n|(?<=[%s])"' % _DELIMITERS)
_QUOTED = re.compile(rb'"[^"]*(?:""[^"]*)*"(?=[%s\r\n]|\Z)' % _DELIMITERS)
_QUOTED_CELL = re.compile(rb'"[^"]*"')
_NOTHING = re.compile(rb'[%s"\s]*' % _DELIMITERS)
_RETURN = re.compile(rb"\r(?!\n|\Z)")
# Several cells, or one name: a table without rows is an empty one, a sentence is an error message of a server.
_HEADER = re.compile(rb'.*[%s].*|\s*"?[\w.:\x80-\xff-]+"?\s*' % _DELIMITERS, re.DOTALL)
_ONE_CELL = re.compile(rb"[\w -]*")
_END_OF_FILE = b"\x1a"  # of old programs
_EXCELS_HINT = re.compile(rb'"?sep=.?"?', re.IGNORECASE)


def records(window: Window, place: RecordFactory) -> Iterator[Record | Fault]:
    """Give each row below the first as a record: the header, a newline, the row; where the profile says that there is
    no header, also the first. Rows without a value are left out, and those that repeat the header: tables that were put
    together have one each, and a byte-order mark.
    """
    header = None if place.header else b""
    told = False
    while (end := _end_of_row(window)) is not None:
        offset, line = window.offset, window.data[window.pos : end]
        row = line.rstrip(b"\r\n")
        window.pos = end
        if row.endswith(_END_OF_FILE) and not window.fill(1):
            row = row.rstrip(_END_OF_FILE)
        if len(line) > window.limit:
            problem = f"is larger than {window.limit >> 20} MiB: only its beginning is kept"
            yield place.reject(problem, row[:KEPT_OF_OVERSIZED], offset)
            if not line.endswith(b"\n"):
                window.skip_to(b"\n")
        elif _NOTHING.fullmatch(row) or (header is None and _EXCELS_HINT.fullmatch(row)):
            continue
        elif header is None and _RETURN.search(_QUOTED_CELL.sub(b"", row)):
            yield place.fault(
                "the rows of this table end in carriage returns alone",
                "Save it with line ends of Unix or Windows. Nothing of it was indexed.",
            )
            return
        elif header is None:
            header = row
        elif row == header and not _ONE_CELL.fullmatch(row):  # which may be a value as well
            told = True
        else:
            told = True
            yield place.record("csv", header + b"\n" + row, offset)
    if header is not None and not told and window.error is None and not _HEADER.fullmatch(header):
        yield place.fault(
            f"is no table: its first line is {show(header)!r}, and no row follows",
            "A table begins with a row that names its columns. A server may have answered with an error message.",
        )


def _end_of_row(window: Window) -> int | None:
    """The index behind the row that starts at `pos`, its line end included; None where there is none, or not all of it.

    A quote that is never closed, or whose closing one stands inside a cell, is a character like others: then the row
    ends with its line.
    """
    while window.fill(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
        window.pos += len(codecs.BOM_UTF8)
    while True:
        found = _search(window)
        if found is not None:
            return found
        if window.held > window.limit:
            return _end_of_line(window) or len(window.data)
        if window.ended:
            return len(window.data) if window.held and window.error is None else None
        window.more()


def _search(window: Window) -> int | None:
    """The end of the row in what is at hand; None: more of the stream has to be seen."""
    data, at = window.data, window.pos
    quote = data[at : at + 1] == b'"'
    while True:
        if not quote:
            match = _END_OR_QUOTE.search(data, at)
            if match is None:
                return None
            if match.group() == b"\n":
                return match.end()
            at = match.start()
        cell = _QUOTED.match(data, at, at + QUOTED_LIMIT)
        seen = len(data) > at + QUOTED_LIMIT or window.ended
        if (cell is None or cell.end() == len(data)) and not seen:
            return None
        if cell is None:
            return _end_of_line(window)
        at, quote = cell.end(), False


def _end_of_line(window: Window) -> int | None:
    end = window.data.find(b"\n", window.pos)
    return end + 1 if end >= 0 else None
