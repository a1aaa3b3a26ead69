"""Read MARC records in ISO 2709, as they should be and as they are.

https://www.loc.gov/marc/specifications/specrecstruc.html. A record is a leader of 24 bytes, a directory of 12 bytes a
field (tag, length, start), and the fields, each with its terminator. What is sound costs one decoding and two splits;
what is not is read by whichever of directory and terminators still makes sense, and noted.
"""

import re
import unicodedata
from collections.abc import Callable
from struct import Struct

from indexer.errors import RecordError
from indexer.formats.marc import marc8
from indexer.formats.marc.record import MarcField, MarcRecord

LEADER = 24
ENTRY = 12
FIELD_END, RECORD_END, DELIMITER = b"\x1e", b"\x1d", b"\x1f"
BLANK = " "

# A leader in front of the first entry of a directory. Only lengths and what follows can be told from other text.
START = re.compile(rb"[0-9 ]{5}[\x20-\x7e]{7}[0-9 ]{5}[\x20-\x7e]{7}(?=[0-9A-Za-z]{3}[0-9]{9}|\x1e)")
_STARTS = Struct("7x5s")  # of an entry
_SUBFIELDS = re.compile("\x1f(.)([^\x1f]*)", re.S)
_ODD_SUBFIELD = re.compile("\x1f(?![!-~])")
_INDICATORS = re.compile(r"[0-9a-z #|]{2}")

Decode = Callable[[bytes], tuple[str, str]]


def parse(raw: bytes) -> MarcRecord:
    """Read one record; see `indexer.formats.marc.reader.parse`."""
    warnings: list[str] = []
    if not START.match(raw):
        raw = _from_leader(raw, warnings)
    base = raw.find(FIELD_END, LEADER) + 1
    if not base:
        raise RecordError("MARC: no field terminator (0x1E) after the leader: there is no directory to read")
    if not (raw[12:17].isdigit() and int(raw[12:17]) == base):
        warnings.append(f"leader: the base address is {_shown(raw[12:17])}, and the fields begin at {base}")
    if not (raw[:5].isdigit() and int(raw[:5]) == len(raw)):
        warnings.append(f"leader: the length is {_shown(raw[:5])}, and the record has {len(raw):,} bytes")
    ending = len(raw)
    if raw.endswith(RECORD_END):
        ending -= 1
    else:
        warnings.append("the record has no terminator (0x1D)")
    if raw.endswith(FIELD_END, base, ending):
        ending -= 1
    elif ending > base:
        warnings.append("the last field has no terminator (0x1E)")
    data = raw[base:ending]
    directory = raw[LEADER : base - 1]
    if len(directory) % ENTRY:
        warnings.append(f"directory: {len(directory):,} bytes are not entries of {ENTRY}")
        directory = directory[: len(directory) // ENTRY * ENTRY]
    leader = raw[:LEADER].decode("latin-1")
    tags, data = _in_order(directory, data, warnings)
    if not tags:
        raise RecordError("MARC: the record has no fields")
    return record(leader, _fields(tags, data, leader, warnings), warnings)


def record(leader: str, fields: list[MarcField], warnings: list[str]) -> MarcRecord:
    """Put the fields together for look-ups."""
    by_tag: dict[str, list[MarcField]] = {}
    for field in fields:
        found = by_tag.get(field.tag)
        if found is None:
            by_tag[field.tag] = [field]
        else:
            found.append(field)
    return MarcRecord(leader, fields, by_tag, warnings)


def _from_leader(raw: bytes, warnings: list[str]) -> bytes:
    """The record without the few stray bytes before its leader; the first leader there is wins."""
    found = START.search(raw, 0, 4 * LEADER)
    if found is not None:
        warnings.append(f"{_shown(raw[: found.start()])} before the leader. Left out")
        return raw[found.start() :]
    if len(raw) < LEADER:
        raise RecordError(f"MARC: {len(raw)} bytes are no record: a leader alone has {LEADER}")
    warnings.append(f"leader: {_shown(raw[:LEADER])} is not as ISO 2709 has it")
    return raw


def _in_order(directory: bytes, data: bytes, warnings: list[str]) -> tuple[list[str], bytes]:
    """Return the tags, and the fields with a terminator between them, both in the order of the directory."""
    text = directory.decode("latin-1")
    tags = [text[at : at + 3] for at in range(0, len(text), ENTRY)]
    chunks = data.split(FIELD_END)
    starts = []
    at = 0
    for chunk in chunks:
        starts.append(at)
        at += len(chunk) + 1
    try:
        told = [int(start) for (start,) in _STARTS.iter_unpack(directory)]
    except ValueError:
        told = []
    if told == starts:
        return tags, data
    if sorted(told) == starts:  # fields may stand in another order than their entries
        found = dict(zip(starts, chunks, strict=True))
        return tags, FIELD_END.join(found[start] for start in told)
    if len(tags) == len(chunks):
        warnings.append("directory: its entries are not where the fields are. Read field by field, in order")
        return tags, data
    return _salvaged(text, data, warnings)


def _salvaged(directory: str, data: bytes, warnings: list[str]) -> tuple[list[str], bytes]:
    """The fields that the directory still points at, where it and the terminators do not even count the same."""
    tags: list[str] = []
    chunks: list[bytes] = []
    taken = 0
    for at in range(0, len(directory), ENTRY):
        tag, length, start = directory[at : at + 3], directory[at + 3 : at + 7], directory[at + 7 : at + 12]
        if not (_digits(length) and _digits(start)) or int(start) >= len(data):
            warnings.append(f"directory: the entry {directory[at : at + ENTRY]!r} points at no field. Left out")
            continue
        first, end = int(start), int(start) + int(length)
        if end - 1 == len(data) or data[end - 1 : end] == FIELD_END:
            chunk = data[first : end - 1]
            if FIELD_END in chunk:
                warnings.append(f"{tag}: a field terminator (0x1E) stands in the field. Left out")
                chunk = chunk.replace(FIELD_END, b"")
        else:
            ending = data.find(FIELD_END, first, end)
            chunk = data[first : ending if ending >= 0 else end]
            warnings.append(f"{tag}: the field does not end where the directory says")
        taken += len(chunk)
        if taken > 2 * len(data):
            raise RecordError("MARC: the entries of the directory point at the same bytes again and again")
        tags.append(tag)
        chunks.append(chunk)
    return tags, FIELD_END.join(chunks)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _fields(tags: list[str], data: bytes, leader: str, warnings: list[str]) -> list[MarcField]:
    text = _whole(data, leader, warnings)
    if text is None or _ODD_SUBFIELD.search(text):
        decode = _utf8_or_latin1 if text is not None or leader[9] == "a" else _utf8_or_marc8
        chunks = data.split(FIELD_END)
        return [_repaired(tag, chunk, decode, warnings) for tag, chunk in zip(tags, chunks, strict=True)]
    fields = []
    subfields = _SUBFIELDS.findall
    for tag, value in zip(tags, text.split("\x1e"), strict=True):
        if tag[:2] != "00" and value[2:3] == "\x1f" and value[:1] != "\x1f":
            fields.append(MarcField(tag, "", value[0], value[1], subfields(value)))
        elif tag[:2] == "00" and "\x1f" not in value:
            fields.append(MarcField(tag, value))
        else:
            fields.append(_repaired(tag, value.encode(), _utf8_or_latin1, warnings))
    return fields


def _whole(data: bytes, leader: str, warnings: list[str]) -> str | None:
    """All fields in one decoding; None where each subfield has to be looked at.

    Text in MARC-8 is not valid UTF-8 by chance, except where it is ASCII: so a leader that does not say UTF-8 is not
    believed where the bytes do.
    """
    says_utf8 = leader[9] == "a"
    if b"\x1b" in data and not says_utf8:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if not says_utf8 and not text.isascii():
        warnings.append("leader says MARC-8, and the record is UTF-8. Read as UTF-8")
    return text


def _repaired(tag: str, chunk: bytes, decode: Decode, warnings: list[str]) -> MarcField:
    """A field that needs a look at each of its parts."""
    first, *rest = chunk.split(DELIMITER)
    head = _decoded(first, decode, tag, warnings)
    if tag[:2] == "00":
        if not rest:
            return MarcField(tag, head)
        warnings.append(f"{tag}: a control field with subfields. Read as the text of its first one")
        return MarcField(tag, _decoded(rest[0][1:], decode, tag, warnings))
    if not rest:
        warnings.append(f"{tag}: has no subfields. Read as $a")
        indicators = head[:2] if _INDICATORS.match(head) else ""
        return _data_field(tag, indicators, [("a", head[len(indicators) :])])
    if len(head) != 2:
        warnings.append(f"{tag}: has {len(head)} characters for its two indicators")
    subfields = [_subfield(part, decode, tag, warnings) for part in rest if part]
    if len(subfields) < len(rest):
        warnings.append(f"{tag}: a subfield with neither code nor text. Left out")
    return _data_field(tag, head, subfields)


def _data_field(tag: str, indicators: str, subfields: list[tuple[str, str]]) -> MarcField:
    indicators += BLANK * 2
    return MarcField(tag, "", indicators[0], indicators[1], subfields)


def _subfield(part: bytes, decode: Decode, tag: str, warnings: list[str]) -> tuple[str, str]:
    """A subfield's code and text; a code that is a letter with a mark stands for the letter."""
    if 0x21 <= part[0] <= 0x7E:
        code = chr(part[0])
        return code, _decoded(part[1:], decode, f"{tag} ${code}", warnings)
    text = _decoded(part, decode, tag, warnings)
    code, text = text[:1], text[1:]
    plain = unicodedata.normalize("NFKD", code)[:1]
    read = plain if "!" <= plain <= "~" else code
    warnings.append(f"{tag}: {code!r} is not a subfield code" + (f". Read as ${read}" if read != code else ""))
    return read or BLANK, text


def _decoded(data: bytes, decode: Decode, where: str, warnings: list[str]) -> str:
    text, problem = decode(data)
    if problem:
        warnings.append(f"{where}: {problem}")
    return text


def _utf8_or_latin1(data: bytes) -> tuple[str, str]:
    try:
        return data.decode(), ""
    except UnicodeDecodeError as error:
        said, instead = marc8.wrong(error, "UTF-8").split(". ")
        return data.decode("utf-8", marc8.AS_LATIN1), f"{said}; leader says UTF-8. {instead}"


def _utf8_or_marc8(data: bytes) -> tuple[str, str]:
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii"), ""
    if b"\x1b" not in data:
        try:
            return data.decode(), "is UTF-8; leader says MARC-8. Read as UTF-8"
        except UnicodeDecodeError:
            pass  # it is what the leader says
    return marc8.to_unicode(data)


def _shown(data: bytes) -> str:
    return ascii(data[:LEADER].decode("latin-1"))
