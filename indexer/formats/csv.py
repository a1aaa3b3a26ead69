"""Rows of a table (CSV by RFC 4180, TSV) to documents, by a profile that says which column is which field.

One record is the table's header and one row, as they stand in the file. The profile's `columns` names the fields of
each column; without it the columns are named like fields. Only columns that it names go into the document, so that what
a spreadsheet holds beside them stays out of the index. The computed fields are made as for documents of another index.

With `properties` an import file of VuFind's says all of this instead (csv_ini), and nothing is computed besides.
"""

import codecs
import csv
import difflib
import io
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from indexer.formats import csv_ini
from indexer.formats.profiles import Profile, make_id
from indexer.formats.solr_json import Values, draft_of
from indexer.model.documents import Draft
from indexer.model.errors import ConfigError, RecordError
from indexer.model.records import Record
from indexer.model.schema import biblio

DELIMITERS = "\t;,|"
HEADERS = ("names", "none", "skip")

Columns = Mapping[str, str | list[str]]

_QUOTED = re.compile(r'"[^"]*"')

_LIMIT = 1 << 30  # characters of a cell: what a record may hold is bounded where it is read
_limiting = threading.Lock()  # the limit is one for the whole process


def document(record: Record, profile: Profile) -> Draft:
    """The document of one row, without copied fields.

    Raises RecordError where the row is no row of its table (encoding, quotes, number of cells), where a column that the
    profile names is not in the header, and where there is no id.
    """
    if profile.options["properties"]:
        return _imported(record, profile)
    header, row = read(record.raw, profile.options)
    if not any(row[len(header) :]):  # delimiters at the end of the row, as spreadsheets write them
        row = row[: len(header)]
    if len(row) != len(header):
        raise RecordError(f"the row has {len(row)} cells, and the header {len(header)} columns")
    cells = _named(header, row, profile.options["columns"])
    values = _values(cells, profile.options)
    identifier = values.pop("id", [])
    if len(identifier) != 1:
        raise RecordError(f"gives {len(identifier)} ids" if identifier else "the row has none", field="id")
    words = " ".join([cell for _, found in cells for cell in found if cell])
    constants = {name: [value] if isinstance(value, str) else value for name, value in profile.constants.items()}
    start = {"id": [make_id(profile, identifier[0])], "allfields": values.pop("allfields", [words])}
    kept: Values = {**start, **constants, **{name: found for name, found in values.items() if name not in constants}}
    return draft_of(kept)


def _imported(record: Record, profile: Profile) -> Draft:
    said = csv_ini.load(profile.options)
    header, row = _read_imported(record.raw, said)
    values: Values = dict(csv_ini.mapped(said, header, row))
    ids = values.get("id", [])
    if len(ids) != 1:
        raise RecordError(f"gives {len(ids)} ids" if ids else "the row has none", field="id")
    values["id"] = [make_id(profile, ids[0])]
    return Draft({**values, **profile.constants}, computed=())


def _read_imported(raw: bytes, said: csv_ini.Import) -> tuple[list[str], list[str]]:
    """Cells as they are, with commas between; what is no UTF-8 by a mark of its own has the encoding of the file."""
    try:
        text = raw.decode(said.encoding or "utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(f"byte 0x{raw[error.start]:02X} is not {said.encoding or 'UTF-8'}") from None
    try:
        rows = _rows(text, ",")
    except csv.Error as error:
        raise RecordError(f"CSV: {error}") from None
    if len(rows) != 2:
        raise RecordError(f"CSV: {len(rows)} rows where a header and a row are expected")
    return ([cell.strip() for cell in rows[0]] if said.header == "fields" else _numbers(rows[1])), rows[1]


def _numbers(row: list[str]) -> list[str]:
    return [str(number) for number in range(len(row))]


def header_of(options: Mapping[str, Any]) -> str:
    """What the first row is: "names" of the columns, "none" for a row like others, "skip" for one to leave out."""
    return csv_ini.load(options).header if options["properties"] else str(options["header"])


def depends_on(options: Mapping[str, Any]) -> str:
    """What the documents depend on besides their records, as a digest."""
    return csv_ini.digest(options) if options["properties"] else ""


def named_values(record: Record, profile: Profile) -> tuple[Values, Values]:
    """For `indexer explain`: column -> its cells, and field -> the columns that it is made of."""
    cells: Values = {}
    said = csv_ini.load(profile.options) if profile.options["properties"] else None
    header, row = _read_imported(record.raw, said) if said is not None else read(record.raw, profile.options)
    for column, cell in zip(header, row, strict=False):
        cells.setdefault(column, []).append(cell)
    if said is not None:
        return cells, csv_ini.columns_of(said, header)
    columns: Values = {}
    for column, names in profile.options["columns"].items():
        for name in _list(names):
            columns.setdefault(name, []).append(column)
    return cells, columns


def check_options(options: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the options of a profile, as (option, what), or None."""
    if options["properties"]:
        try:
            unknown = _unknown(csv_ini.load(options).fields)
        except ConfigError as error:
            return "properties", error.message + (f"\n{error.advice}" if error.advice else "")
        return ("properties", unknown) if unknown else None
    if options["header"] not in HEADERS:
        return "header", f"is {options['header']!r}; it is one of: {', '.join(HEADERS)}"
    columns = options["columns"]
    if options["header"] != "names" and (wrong := [name for name in columns if not name.isdecimal()]):
        return "columns", f"names {wrong[0]!r}: without a header columns are named by their numbers, from 0"
    names = named_fields(options)
    for option, fields in (("columns", names), ("split", list(options["split"]))):
        if unknown := _unknown(fields):
            return option, unknown
    if columns and "id" not in names:
        return "columns", "names no column for the field id"
    if len(options["delimiter"]) > 1:
        return "delimiter", f"is {options['delimiter']!r}, not one character"
    try:
        codecs.lookup(options["encoding"] or "utf-8")
    except LookupError:
        return "encoding", f"is {options['encoding']!r}, which is not a known encoding"
    if empty := [field for field, separator in options["split"].items() if not separator]:
        return "split", f"gives {empty[0]!r} an empty separator"
    return None


def named_fields(options: Mapping[str, Any]) -> list[str]:
    """The fields that columns go to."""
    if options["properties"]:
        return list(csv_ini.load(options).fields)
    return [name for fields in options["columns"].values() for name in _list(fields)]


def _list(fields: str | list[str]) -> list[str]:
    return [fields] if isinstance(fields, str) else fields


def _unknown(names: Iterable[str]) -> str:
    """Which of the names no column can be put into, in words; "" where there is none."""
    schema = biblio()
    for name in names:
        if schema.made_by_us(name):
            return f"names {name!r}, a field that is made for each record"
        if not schema.takes(name):
            near = difflib.get_close_matches(name, schema.fields, n=1)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            return f"names {name!r}, and the schema has no such field{hint}"
    return ""


def _decoded(raw: bytes, encoding: str) -> str:
    """UTF-8; what is none is in the profile's encoding, where it names one."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        wrong = f"byte 0x{raw[error.start]:02X} is not UTF-8"
        if not encoding:
            raise RecordError(f"{wrong}; the option encoding names another encoding") from None
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise RecordError(f"{wrong}, and byte 0x{raw[error.start]:02X} not {encoding}") from None


def _rows(text: str, delimiter: str) -> list[list[str]]:
    with _limiting:
        before = csv.field_size_limit(_LIMIT)
        try:
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        finally:
            csv.field_size_limit(before)


def read(raw: bytes, options: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The cells of the header and of the row, white space around them taken off."""
    text = _decoded(raw, options["encoding"])
    numbered = options["header"] != "names"
    delimiter = options["delimiter"] or _delimiter(text.partition("\n")[2] if numbered else text)
    try:
        rows = _rows(text, delimiter)
    except csv.Error as error:
        if delimiter != "\t":
            raise RecordError(f"CSV: {error}") from None
        rows = [line.split("\t") for line in text.split("\n")]  # text/tab-separated-values knows no quotes
    if len(rows) != 2:
        raise RecordError(f"CSV: {len(rows)} rows where a header and a row are expected")
    header, row = ([cell.strip() for cell in cells] for cells in rows)
    return (_numbers(row) if numbered else header), row


def _delimiter(text: str) -> str:
    """The delimiter that the header has most of; a comma where it has none."""
    header = _QUOTED.sub("", text.partition("\n")[0])
    return max(DELIMITERS, key=header.count) if any(one in header for one in DELIMITERS) else ","


def _named(header: list[str], row: list[str], columns: Columns) -> list[tuple[str | list[str], list[str]]]:
    """What each column goes to and its cells (several for a name that the header repeats), in the profile's order."""
    cells: dict[str, list[str]] = {}
    for name, cell in zip(header, row, strict=True):
        cells.setdefault(name, []).append(cell)
    if not columns:
        return [(name, found) for name, found in cells.items() if name]
    for name in columns:
        if name not in cells:
            near = difflib.get_close_matches(name, cells, n=1)
            hint = f"; the nearest is {near[0]!r}" if near else f"; it has: {', '.join(cells)}"
            raise RecordError(f"the header has no column {name!r}{hint}")
    return [(fields, cells[name]) for name, fields in columns.items()]


def _values(cells: list[tuple[str | list[str], list[str]]], options: Mapping[str, Any]) -> Values:
    """Field -> values; empty cells are no values."""
    values: Values = {}
    for fields, found in cells:
        for field in _list(fields):
            separator = options["split"].get(field)
            for cell in found:
                parts = [part.strip() for part in cell.split(separator)] if separator else [cell]
                values.setdefault(field, []).extend([part for part in parts if part])
    return {field: found for field, found in values.items() if found}
