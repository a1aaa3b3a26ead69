"""Read one MARC record from what a source gives: ISO 2709, MARCXML or MARC-in-JSON; and write MARC-in-JSON.

Text is given as it stands in the record: it is neither trimmed nor normalised.
"""

import re
from typing import Any

import orjson
from lxml import etree

from indexer.formats import mend, xml
from indexer.formats.marc import iso2709
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.model.errors import RecordError

TRIMMED = (
    7  # blanks that a leader may have lost at either end: where its length, its last three places or 4500 would be
)
WARNINGS = 25  # of one record; what is broken in every field is not told for every field
SHOWN = 60  # characters of a field that is left out
_IN_FRONT = "has text in front of its subfields. Read as $a"  # as of ISO 2709

_CONTROL_ESCAPE = re.compile(rb"\\(?:u00[01]|[bf])")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def parse(raw: bytes) -> MarcRecord:
    """Read one record; the first byte tells what it is in.

    What can be read is read, and `warnings` says what had to be repaired. Raises RecordError where nothing can be:
    no directory, no fields, XML or JSON that is not well-formed or no MARC record.
    """
    first = iso2709.written_in(raw)
    if first == b"<":
        record = _from_xml(raw)
    elif first == b"{":
        record = _from_json(raw)
    else:
        record = iso2709.parse(raw)
    if len(record.warnings) > WARNINGS:
        left = len(record.warnings) - WARNINGS
        record.warnings[WARNINGS:] = [f"and {left:,} more"]
    return record


def fullrecord(record: MarcRecord) -> str:
    """The record as MARC-in-JSON, compact, which VuFind reads from its field `fullrecord`.

    leader/09 says UTF-8, which the text is in by now. https://github.com/marc4j/marc4j/wiki/MARC-in-JSON-Description
    Equal to SolrMarc's to the byte: the order of the keys, the last 001 where there are several, escapes for what
    is not in Latin-1.
    """
    leader = record.leader[:9] + "a" + record.leader[10:]
    fields = [
        {field.tag: field.value}
        if not field.subfields and (field.tag[:2] == "00" or field.value)
        else {
            field.tag: {
                "subfields": [{code: text} for code, text in field.subfields],
                "ind1": field.ind1,
                "ind2": field.ind2,
            }
        }
        for field in record.fields
    ]
    numbers = record.by_tag.get("001", [])
    if len(numbers) > 1:
        fields = [{"001": numbers[-1].value}, *(field for field in fields if "001" not in field)]
    return escaped_beyond_latin1(orjson.dumps({"leader": leader, "fields": fields}).decode())


def escaped_beyond_latin1(text: str) -> str:
    """JSON with escapes for what is not in Latin-1, as SolrMarc writes it."""
    if text.isascii():
        return text
    escaped = text.encode("latin-1", "backslashreplace")
    if b"\\U" in escaped:  # beyond the first plane, which JSON writes as two
        escaped = _ASTRAL.sub(_surrogates, text).encode("latin-1", "backslashreplace")
    return escaped.decode("latin-1")


def _surrogates(match: re.Match[str]) -> str:
    """A character beyond the first plane, as JSON escapes it."""
    units = match[0].encode("utf-16-be").hex()
    return f"\\u{units[:4]}\\u{units[4:]}"


def _leader(given: str, warnings: list[str]) -> str:
    """A leader of 24 characters. Programs indent it and trim its blanks, which is no damage: of one that ends as all do
    they are missing at its head, else at its end.
    """
    leader = given if len(given) == iso2709.LEADER else given.strip()
    missing = iso2709.LEADER - len(leader)
    if not leader:
        warnings.append("has no leader")
    elif missing < 0 or missing > TRIMMED:
        warnings.append(f"leader: has {len(leader)} characters, not {iso2709.LEADER}")
    elif missing and leader.endswith("4500"):
        return leader.rjust(iso2709.LEADER)
    return leader[: iso2709.LEADER].ljust(iso2709.LEADER)


def _from_xml(raw: bytes) -> MarcRecord:
    """MARCXML (https://www.loc.gov/standards/marcxml/), in its namespace or in none."""
    warnings: list[str] = []
    root = xml.parse(raw, warnings)
    if _local(root) != "record":
        raise RecordError(f"MARCXML: <{_local(root)}> is not a MARC record")
    fields: list[MarcField] = []
    leader = ""
    for element in root:
        name = _local(element)
        tag = _tag(element.get("tag", ""))
        if name == "datafield":
            fields.append(_data_field(element, tag, warnings))
        elif name == "controlfield":
            fields.append(_control_field(tag, xml.text(element), warnings))
        elif name == "leader":
            leader = xml.text(element)
        elif tag:  # what else may stand there is a harvester's, such as the identifier that it puts into the record
            warnings.append(f"{tag}: <{name}> is no field of a MARC record. Left out")
    fields = _with_tags(fields, warnings)
    if not fields:
        raise RecordError("MARCXML: the record has no fields")
    return iso2709.record(_leader(leader, warnings), fields, warnings)


def _tag(given: str) -> str:
    """A tag of three places: where a program took it for a number, 8 is 008."""
    return given.rjust(3, "0") if len(given) < 3 and given.isdigit() else given


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _data_field(element: etree._Element, tag: str, warnings: list[str]) -> MarcField:
    subfields = []
    others = 0
    head = element.text or ""
    for child in element:
        if _local(child) == "subfield":
            subfields.append((child.get("code", ""), xml.text(child)))
        else:
            others += 1
        if child.tail and not child.tail.isspace():
            warnings.append(f"{tag}: has text between its subfields. Read as $a")
            subfields.append(("a", child.tail.strip()))
    if others:
        warnings.append(f"{tag}: holds elements that are no subfields. Left out")
    if head and not head.isspace():
        warnings.append(f"{tag}: {_IN_FRONT}")
        subfields.insert(0, ("a", head.strip()))
    return _checked(tag, element.get("ind1", " "), element.get("ind2", " "), subfields, warnings)


def _control_field(tag: str, text: str, warnings: list[str]) -> MarcField:
    """A field of text alone, which one with the tag of a data field should not be."""
    if not (tag.isdigit() and tag[:2] != "00" and text.strip()):
        return MarcField(tag, text)
    warnings.append(f"{tag}: {_IN_FRONT}")
    return MarcField(tag, "", " ", " ", [("a", text)])


def _with_tags(fields: list[MarcField], warnings: list[str]) -> list[MarcField]:
    """The fields that have a tag. One of more than three places is none, and no rule reads it."""
    if all(0 < len(field.tag) < 4 for field in fields):
        return fields
    kept = []
    for field in fields:
        if 0 < len(field.tag) < 4:
            kept.append(field)
            continue
        text = field.value or " ".join(text for _, text in field.subfields)
        named = f"{field.tag!r} is no tag" if field.tag else "a field has no tag"
        warnings.append(f"{named}. Left out: {text[:SHOWN]!r}")
    return kept


def _checked(tag: str, ind1: str, ind2: str, subfields: list[tuple[str, str]], warnings: list[str]) -> MarcField:
    """A data field whose parts may be of any length; with the tag of a control field it is one."""
    if tag[:2] == "00" and tag != "009" and subfields:  # 009 is local, and a data field in some places
        warnings.append(f"{tag}: a control field with subfields. Read as the text of its first one")
        return MarcField(tag, subfields[0][1])
    if len(ind1) != 1 or len(ind2) != 1:
        warnings.append(f"{tag}: the indicators are {ind1!r} and {ind2!r}")
        ind1, ind2 = (ind1 + " ")[0], (ind2 + " ")[0]
    if not subfields:
        warnings.append(f"{tag}: has no subfields")
    if any(len(code) != 1 for code, _ in subfields):
        warnings.append(f"{tag}: the subfield codes are {', '.join(repr(code) for code, _ in subfields)}")
        subfields = [((code + " ")[0], text) for code, text in subfields]
    return MarcField(tag, "", ind1, ind2, subfields)


def _from_json(raw: bytes) -> MarcRecord:
    """MARC-in-JSON, as pymarc, marc4j and File_MARC write it, or MARC-HASH; by itself or in an object of FOLIO's."""
    warnings: list[str] = []
    try:
        parsed = _loaded(raw, warnings)
    except orjson.JSONDecodeError as error:
        raise RecordError(f"MARC-in-JSON: {error}") from None
    record = _within(parsed, warnings)
    given = record["fields"] if record is not None else None
    if record is None or not given:
        raise RecordError("MARC-in-JSON: the record has no list of fields")
    if _CONTROL_ESCAPE.search(raw):
        given, mended = mend.values(given)
        warnings += mended
    fields: list[MarcField] = []
    for item in given:
        if isinstance(item, list):
            fields.append(_hashed_field(item, warnings))
            continue
        if not isinstance(item, dict):
            raise RecordError(f"MARC-in-JSON: {str(item)[:40]!r} is not a field")
        for tag, value in item.items():
            fields.append(_json_field(_tag(tag), value, warnings))
    fields = _with_tags(fields, warnings)
    if not fields:
        raise RecordError("MARC-in-JSON: the record has no fields")
    leader = _leader(_text(record.get("leader")), warnings)
    if parsed is not record and (parsed.get("state") == "DELETED" or parsed.get("deleted") is True):
        leader = f"{leader[:5]}d{leader[6:]}"  # FOLIO's word
    return iso2709.record(leader, fields, warnings)


def _loaded(raw: bytes, warnings: list[str]) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        mended, told = mend.json(raw.decode("utf-8", "surrogateescape"))
        if not told:
            raise
        value = orjson.loads(mended.encode("utf-8", "surrogateescape"))
        warnings += told
        return value


def _within(value: Any, warnings: list[str], depth: int = 4) -> dict[str, Any] | None:
    """The object with the fields: this one, or one in it (parsedRecord.content, which may also be JSON in a text)."""
    if isinstance(value, str) and value[:1] == "{":
        try:
            value = _loaded(value.encode(), warnings)
        except orjson.JSONDecodeError:
            return None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("fields"), list):
        return value
    found = (_within(inner, warnings, depth - 1) for inner in value.values()) if depth else ()
    return next((inner for inner in found if inner is not None), None)


def _hashed_field(item: list[Any], warnings: list[str]) -> MarcField:
    """A field of MARC-HASH: [tag, text] or [tag, indicator, indicator, [[code, text], ...]]."""
    tag = _tag(_text(item[0])) if item else ""
    if len(item) == 2:
        return _control_field(tag, _text(item[1]), warnings)
    if len(item) != 4 or not isinstance(item[3], list):
        raise RecordError(f"MARC-in-JSON: {str(item)[:40]!r} is not a field")
    parts = [part for part in item[3] if isinstance(part, list) and len(part) == 2]
    if len(parts) < len(item[3]):
        warnings.append(f"{tag}: its subfields are not a list of pairs")
    subfields = [(_text(code), _text(text)) for code, text in parts]
    return _checked(tag, _text(item[1]), _text(item[2]), subfields, warnings)


def _json_field(tag: str, value: Any, warnings: list[str]) -> MarcField:
    if not isinstance(value, dict):
        return _control_field(tag, _text(value), warnings)
    given = value.get("subfields")
    parts = [part for part in given if isinstance(part, dict)] if isinstance(given, list) else []
    if not isinstance(given, list) or len(parts) < len(given):
        warnings.append(f"{tag}: its subfields are not a list of objects")
    subfields = [(code, _text(text)) for part in parts for code, text in part.items()]
    return _checked(tag, _text(value.get("ind1", " ")), _text(value.get("ind2", " ")), subfields, warnings)


def _text(value: Any) -> str:
    """A value as text: numbers are written as such by some programs."""
    if isinstance(value, str):
        return value
    try:
        return "" if value is None else orjson.dumps(value).decode()
    except orjson.JSONEncodeError as error:
        raise RecordError(f"MARC-in-JSON: {error}") from None
