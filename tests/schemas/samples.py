"""One document with a value in every field of the schema and in one field of every dynamic pattern."""

from indexer.model.documents import Fields
from indexer.model.schema import Field, biblio

_VALUES = {
    "string": ["Wert", "ценность"],
    "text": ["Infusions of umbilical cord cells", "a second text"],
    "textProper": ["Wang, Xiaohua", "Żółć, Ōe"],
    "textFacet": ["Thrombocytopenia.", "Smith, J."],
    "textSpell": ["umbilical cord", "thrombocytopenia"],
    "textSpellShingle": ["umbilical cord", "immune thrombocytopenia"],
    "isn": ["0-306-40615-2 (pbk.)", "2049-3630"],
    "callnumberSearch": ["QA 76.9 .D3", "616.15"],
    "text_autocomplete": ["umbilical"],
    "geo": ["ENVELOPE(-5.5, 10, 52.25, 48)", "ENVELOPE(1, 2, 4, 3)"],
    "date": ["2023-11-22T10:20:30Z", "1999-12-31T23:59:59Z"],
    "boolean": ["true"],
}


def everything(id_: str) -> Fields:
    """The document, as the loader would send it: strings for single-valued fields, lists for the others."""
    fields: Fields = {"id": id_}
    for field in biblio():
        if field.name not in ("id", "_version_"):
            fields[field.name] = _value(field)
    for field in biblio().dynamic:
        if field.type != "random":
            fields[field.name.replace("*", "sample")] = _value(field)
    return fields


def _value(field: Field) -> str | list[str]:
    values = _VALUES[field.type]
    return values if field.multi else values[0]
