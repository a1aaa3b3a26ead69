"""The one way from what a format emits to what a sink takes."""

import difflib
import functools
from enum import Enum

from indexer.derive import copies
from indexer.model.documents import Fields
from indexer.model.errors import RecordError
from indexer.model.schema import Schema, biblio, bundled

RULES_VERSION = 1  # raise it when the same record gives other fields than before
MAX_REMEMBERED = 10_000  # names of dynamic fields: records choose them, memory stays flat


def complete(fields: Fields) -> Fields:
    """The whole document: `id` first, every field in its schema's shape, the copied fields filled at the end.

    `fields` are a format's, in emission order, with `id`. Left out: values for copied fields and `_version_` (which
    would be a claim about the live document), and fields without a value. A lone string becomes a list where the
    schema holds several values, a list of one a string where it holds one. `fields` itself is not changed.

    Raises RecordError for a field that the schema does not know, several values where it holds one, and a value that
    is neither a string nor a list.
    """
    schema = biblio()
    shapes = _shapes(schema)
    multi, left_out = Shape.MULTI, Shape.LEFT_OUT  # looking them up takes as long as all else in the loop
    document: Fields = {"id": ""}
    for name, value in fields.items():
        shape = shapes.get(name) or _shape(name, schema)
        if shape is left_out:
            continue
        if isinstance(value, str):
            document[name] = [value] if shape is multi else value
        elif not isinstance(value, list):
            raise RecordError(f"holds {type(value).__name__}, not text", field=name)
        elif value:
            document[name] = _only(name, value) if shape is Shape.SINGLE else value
    document.update(copies.fill(document))
    return document


def derive_version() -> str:
    """What the derived fields depend on besides the record: our rules, and the ICU behind work keys and title_sort."""
    import icu  # lazily: this is asked for once a run

    return f"{RULES_VERSION}+icu{icu.ICU_VERSION}"


def _only(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise RecordError(f"holds one value, and this record gives {len(values)}", field=name)
    return values[0]


class Shape(Enum):
    """What becomes of a field's value."""

    SINGLE = 1
    MULTI = 2
    LEFT_OUT = 3
    AS_IT_COMES = 4


@functools.lru_cache(8)
def _shapes(schema: Schema) -> dict[str, Shape]:
    """Field name -> shape; grows with the other fields that are met."""
    shapes = {field.name: Shape.MULTI if field.multi else Shape.SINGLE for field in schema}
    return shapes | dict.fromkeys((*copies.filled(), "_version_"), Shape.LEFT_OUT)


def _shape(name: str, schema: Schema) -> Shape:
    """The shape of a field that the schema does not name: a dynamic one, one of ours that a schema of others does not
    have, or an error.
    """
    field = schema.field(name)
    if field is not None:
        shape = Shape.MULTI if field.multi else Shape.SINGLE
    elif schema.open:
        shape = Shape.AS_IT_COMES
    elif schema.alone and bundled().field(name) is not None:
        shape = Shape.LEFT_OUT
    else:
        near = difflib.get_close_matches(name, schema.fields, n=1)
        hint = f"; the nearest is {near[0]!r}" if near else ""
        raise RecordError(f"the schema has no such field{hint}", field=name)
    if len(_shapes(schema)) < MAX_REMEMBERED:
        _shapes(schema)[name] = shape
    return shape
