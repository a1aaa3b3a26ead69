"""Read MARC records in ISO 2709, as they should be and as they are.

https://www.loc.gov/marc/specifications/specrecstruc.html. A record is a leader of 24 bytes, a directory of 12 bytes a
field (tag, length, start), and the fields, each with its terminator. What is sound costs one decoding and two splits;
what is not is read by whichever of directory and terminators still makes sense, and noted.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import accumulate
from struct import Struct

from indexer.formats import mend
from indexer.formats.marc import marc8
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.model.errors import RecordError

LEADER = 24
ENTRY = 12
FIELD_END, RECORD_END, DELIMITER = b"\x1e", b"\x1d", b"\x1f"
BLANK = " "
UNNAMED = 100
ID = "001"

# A leader in front of the first entry of a directory; its letters tell it from digits of a directory.
START = re.compile(rb"[0-9 ]{5}[a-zA-Z ][a-zA-Z][\x20-\x7e]{5}[0-9 ]{5}[\x20-\x7e]{7}(?=[0-9A-Za-z ]{3}[0-9]{9}|\x1e)")
# A directory that is one, behind 24 bytes of whatever kind: then these are the leader, and no other is looked for.
DIRECTORY = re.compile(rb"[^\x1d-\x1f]{24}(?:[^\x1d-\x1f]{3}[0-9]{9})+\x1e")
_ENTRIES = re.compile(rb"(?:[0-9A-Za-z ]{3}[0-9]{9})+\x1e")
MISSED = 4  # bytes that a leader may have too few or too many, for a directory behind it to be found
_STARTS = Struct("7x5s")  # of an entry
_SUBFIELDS = re.compile("\x1f(.)([^\x1f]+)", re.S)
_ODD_SUBFIELD = re.compile("\x1f(?![!-~])")
_INDICATORS = re.compile(r"[0-9a-z #|]{2}")

# Character references that a program left in a record: XML's entities, where the first ampersand of a subfield begins
# one of whatever name (SolrMarc's rule, which spares most addresses); in MARC-8 those that stand for what it has not,
# https://www.loc.gov/marc/specifications/speccharucs.html.
_ENTITY = re.compile("&(amp|lt|gt|quot|apos);")
_ESCAPED = re.compile("[^&]*&[a-z]*;")
_REFERENCE = re.compile(rb"&(?:amp|lt|gt|quot|apos|#x[0-9A-Fa-f]{2,6});")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_NUMERIC = re.compile("&#x([0-9A-Fa-f]{2,6});")

Decode = Callable[[bytes], tuple[str, str]]


def written_in(raw: bytes) -> bytes:
    """Which form of MARC a record is in: b"<" for MARCXML, b"{" for MARC-in-JSON, else ISO 2709, which may have a few
    stray bytes of any kind before its leader.
    """
    if raw[:1].isdigit():
        return b""
    first = raw[:256].lstrip()[:1]
    return first if first in (b"<", b"{") and not START.search(raw, 0, 4 * LEADER) else b""


def parse(raw: bytes) -> MarcRecord:
    """Read one record; see `indexer.formats.marc.reader.parse`."""
    warnings: list[str] = []
    if not START.match(raw) or (raw[20:LEADER] != b"4500" and (raw.find(FIELD_END) - LEADER) % ENTRY):
        if DIRECTORY.match(raw):
            _tell_of_leader(raw[:LEADER], warnings)
        else:
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
    data, mended = mend.controls(raw[base:ending])
    warnings += mended
    directory = raw[LEADER : base - 1]
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


def leader_at(raw: bytes) -> int:
    """Where the leader is, without telling of what is wrong: behind a few stray bytes, else at the start."""
    if START.match(raw) or DIRECTORY.match(raw):
        return 0
    return next((found.start() for found in START.finditer(raw, 0, 4 * LEADER) if is_leader(raw, found.start())), 0)


def is_leader(raw: bytes, at: int) -> bool:
    """Whether what looks like a leader here is one, and no piece of a leader or directory that looks alike: its address
    is that of the fields, or it ends as all of them do.
    """
    if raw[at + 20 : at + 24] == b"4500":
        return True
    address = raw[at + 12 : at + 17].strip()
    end = at + int(address) - 1 if address.isdigit() else -1
    return end > at and raw.find(FIELD_END, at, end + 1) == end


def _tell_of_leader(leader: bytes, warnings: list[str]) -> None:
    """Name the places of a leader that hold what none holds; wrong numbers are told of by themselves."""
    odd = [
        f"{at:02} holds {chr(leader[at])!a}"
        for at in range(5, 12)
        if not (chr(leader[at]).isalnum() or leader[at] == 0x20)
        or leader[at] > 0x7E
        or (at == 6 and leader[at] == 0x20)
    ]
    if odd:
        warnings.append(f"leader: {', '.join(odd)}")


def _from_leader(raw: bytes, warnings: list[str]) -> bytes:
    """The record without the few stray bytes before its leader; where none is found, the first bytes are the leader."""
    for found in START.finditer(raw, 0, 4 * LEADER):
        start = found.start()
        if is_leader(raw, start):
            warnings.append(f"{_shown(raw[:start])} before the leader. Left out")
            return raw[start:]
    if raw[20:LEADER] == b"4500":
        return raw  # it is the directory's first entry that is broken
    entries = raw.find(FIELD_END) % ENTRY
    entries += LEADER if entries <= MISSED else LEADER - ENTRY
    if abs(entries - LEADER) <= MISSED and _ENTRIES.match(raw, entries):
        head = raw[:entries]
        warnings.append(f"leader: has {len(head)} bytes, not {LEADER}")
        length = head[: len(head) - len(head.lstrip(b"0123456789"))]
        return length[:5].rjust(5, b"0") + head[len(length) :].ljust(LEADER - 5)[: LEADER - 5] + raw[entries:]
    if len(raw) < LEADER:
        raise RecordError(f"MARC: {len(raw)} bytes are not a record: a leader alone has {LEADER}")
    warnings.append(f"leader: {_shown(raw[:LEADER])} and the directory behind it are not as ISO 2709 has them")
    return raw


def _in_order(directory: bytes, data: bytes, warnings: list[str]) -> tuple[list[str], bytes]:
    """Return the tags, and the fields with a terminator between them, both in the order of the directory."""
    text = directory.decode("latin-1")
    whole = len(text) // ENTRY * ENTRY
    tags = [text[at : at + 3] for at in range(0, whole, ENTRY)]
    chunks = data.split(FIELD_END)
    *starts, _ = accumulate(map((1).__add__, map(len, chunks)), initial=0)  # one for each terminator
    try:
        told = [int(start) for (start,) in _STARTS.iter_unpack(directory)] if whole == len(text) else []
    except ValueError:
        told = []
    if told == starts:
        return tags, data
    if sorted(told) == starts:  # fields may stand in another order than their entries
        found = dict(zip(starts, chunks, strict=True))
        return tags, FIELD_END.join(found[start] for start in told)
    if whole == len(text) and len(tags) == len(chunks):
        warnings.append("directory: its entries are not where the fields are. Read field by field, in order")
        return tags, data
    found_tags = _by_extent(text, chunks, starts)
    if None not in found_tags:
        odd = (
            f"its entries are not of {ENTRY} bytes each"
            if whole < len(text)
            else "has more entries than there are fields"
        )
        warnings.append(f"directory: {odd}")
        return [tag for tag in found_tags if tag is not None], data
    entries = [text[at : at + ENTRY] for at in range(0, whole, ENTRY)]
    if 2 * sum(tag is None for tag in found_tags) < len(chunks) and (whole < len(text) or not told):
        warnings.append("directory: has no entry for some of the fields. Left out")
        kept = [(tag, chunk) for tag, chunk in zip(found_tags, chunks, strict=True) if tag is not None]
        return [tag for tag, _ in kept], FIELD_END.join(chunk for _, chunk in kept)
    return _salvaged(entries, data, warnings)


def _by_extent(directory: str, chunks: list[bytes], starts: list[int]) -> list[str | None]:
    """The tag of each field, found by its length and start, which are more than four and five digits where a record is
    larger than a directory can say; None where no entry names them.
    """
    tags: list[str | None] = []
    begins: list[int] = []  # of the entries that were found
    lost: list[tuple[int, int, str]] = []  # which field, where its entry should begin, and what that should say
    at = 0
    for chunk, start in zip(chunks, starts, strict=True):
        if len(lost) > UNNAMED:  # nothing of this directory is sound, and each search goes through all of it
            tags.append(None)
            continue
        extent = f"{len(chunk) + 1:04}{start:05}"
        found = directory.find(extent, at + 3)
        tag = _of_digits(directory[at:found]) if found == at + 4 else directory[found - 3 : found]
        if found < 0 or not (tag is None or (tag.isascii() and tag.isalnum())):
            lost.append((len(tags), at, extent))
            tags.append(None)
            continue
        tags.append(tag)
        begins.append(found - 3)
        at = found + len(extent)
    if len(lost) == 1:
        field, begin, extent = lost[0]
        end = next((entry for entry in begins if entry > begin), len(directory))
        tags[field] = _torn(directory[begin:end], extent)
    return tags


def _of_digits(longer: str) -> str | None:
    """The tag that got one byte, or has one behind it, where only one of digits can have been there."""
    tags = {longer[:at] + longer[at + 1 :] for at in range(len(longer))} - {"000"}
    found = [tag for tag in tags if tag.isascii() and tag.isdigit()]
    return found[0] if len(found) == 1 else None


def _torn(entry: str, extent: str) -> str | None:
    """The tag of an entry whose length and start lost one digit or got one byte, and which says the rest of them."""
    tag, told = entry[:3], entry[3:]
    longer, shorter = (told, extent) if len(told) > len(extent) else (extent, told)
    sound = (
        extent not in entry  # else it is the tag that lost something
        and len(longer) == len(shorter) + 1
        and any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    )
    return tag if sound and tag.isascii() and tag.isalnum() else None


def _salvaged(entries: list[str], data: bytes, warnings: list[str]) -> tuple[list[str], bytes]:
    """The fields that the directory still points at, where it and the terminators do not even count the same.

    Some programs count characters where they should count bytes, so both are tried.
    """
    sound = []
    for entry in entries:
        if not (entry.isascii() and entry[3:].isdigit() and entry[:3].replace(" ", "0").isalnum()):
            break  # what stands behind a broken entry need not begin where an entry does
        sound.append((entry[:3], int(entry[7:]), int(entry[7:]) + int(entry[3:7])))
    text, encoding = data.decode("latin-1"), "latin-1"
    if not data.isascii():
        try:
            counted = data.decode()
        except UnicodeDecodeError:
            counted = text
        if _fitting(sound, counted) > _fitting(sound, text):
            text, encoding = counted, "utf-8"
    if len(sound) < len(entries) or any(start >= len(text) for _, start, _ in sound):
        warnings.append("directory: holds entries that point at no field. Left out")
    tags: list[str] = []
    chunks: list[str] = []
    taken = 0
    for tag, start, end in sound:
        if start >= len(text):
            continue
        ending = end - 1
        exact = ending == len(text) or text[ending : ending + 1] == "\x1e"
        if tag == ID and not (exact and (start == 0 or text[start - 1] == "\x1e")):
            warnings.append(f"{tag}: the field is not where the directory says. Left out")
            continue  # a piece of another field makes no id
        if not exact:
            warnings.append(f"{tag}: the field does not end where the directory says")
            ending = text.find("\x1e", start, end)
            ending = end if ending < 0 else ending
        chunk = text[start:ending]
        if "\x1e" in chunk:
            warnings.append(f"{tag}: a field terminator (0x1E) stands in the field. Left out")
            chunk = chunk.replace("\x1e", "")
        taken += len(chunk)
        if taken > 2 * len(text):
            raise RecordError("MARC: the entries of the directory point at the same bytes again and again")
        tags.append(tag)
        chunks.append(chunk)
    return tags, "\x1e".join(chunks).encode(encoding)


def _fitting(entries: list[tuple[str, int, int]], text: str) -> int:
    """How many entries end where a field does."""
    return sum(end == len(text) + 1 or text[end - 1 : end] == "\x1e" for _, _, end in entries)


def _fields(tags: list[str], data: bytes, leader: str, warnings: list[str]) -> list[MarcField]:
    text = _whole(data, leader, warnings)
    if text is None or _ODD_SUBFIELD.search(text):
        decode = _utf8_or_latin1 if text is not None else _decoder(data, leader, warnings)
        chunks = data.split(FIELD_END)
        fields = [_repaired(tag, chunk, decode, warnings) for tag, chunk in zip(tags, chunks, strict=True)]
    else:
        fields = _split(tags, text, warnings)
    if b"&" in data and _REFERENCE.search(data):
        _unescape(fields, leader, warnings)
    return fields


def _split(tags: list[str], text: str, warnings: list[str]) -> list[MarcField]:
    """The fields of text whose parts are all as they should be. Subfields of no length are none, as in SolrMarc."""
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
    if b"\x1b" in data and (not says_utf8 or _is_escaped(data)):
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if not says_utf8 and not text.isascii():
        warnings.append("leader says MARC-8, and the record is UTF-8. Read as UTF-8")
    return text


def _is_escaped(data: bytes) -> bool:
    """Whether this is ASCII but for what escape sequences of MARC-8 make of it, which in UTF-8 have no meaning."""
    return data.isascii() and marc8.is_designated(data)


def _repaired(tag: str, chunk: bytes, decode: Decode, warnings: list[str]) -> MarcField:
    """A field that needs a look at each of its parts."""
    first, *rest = chunk.split(DELIMITER)
    head = _decoded(first, decode, tag, warnings)
    if tag[:2] == "00":
        if not rest:
            return MarcField(tag, head)
        if not head.strip():  # as danMARC has it
            warnings.append(f"{tag}: a control field with subfields. Read as the text of its first one")
            return MarcField(tag, _decoded(rest[0][1:], decode, tag, warnings))
        warnings.append(f"{tag}: a subfield delimiter (0x1F) stands in the field. Read as a blank")
        return MarcField(tag, _decoded(chunk.replace(DELIMITER, b" "), decode, tag, warnings))
    subfields = [_subfield(part, decode, tag, warnings) for part in rest if len(part) > 1]
    if not all(rest):
        warnings.append(f"{tag}: a subfield with neither code nor text. Left out")
    if len(head) > 2:
        warnings.append(f"{tag}: has text in front of its subfields. Read as $a")
        indicators = head[:2] if _INDICATORS.match(head) else ""
        subfields.insert(0, ("a", head[len(indicators) :]))
        head = indicators
    elif len(head) < 2:
        warnings.append(f"{tag}: has {len(head)} characters for its two indicators")
    if not subfields and not rest:
        warnings.append(f"{tag}: has no subfields")
    head += BLANK * 2
    return MarcField(tag, "", head[0], head[1], subfields)


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


def _decoder(data: bytes, leader: str, warnings: list[str]) -> Decode:
    """How a record is read that is not all UTF-8: as its leader says, unless the bytes speak against it."""
    says_utf8 = leader[9] == "a"
    weight = marc8.weigh(part for part in re.split(b"[\x1e\x1f]", data) if not _is_utf8(part))
    if says_utf8:
        if weight <= 0 and not _is_escaped(data):
            return _utf8_or_latin1
        warnings.append("leader says UTF-8, and the record is MARC-8. Read as MARC-8")
    elif weight < 0 and b"\x1b" not in data:
        warnings.append("leader says MARC-8, and the record is Latin-1. Read as Latin-1")
        return _as_latin1
    return _utf8_or_marc8


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as_latin1(data: bytes) -> tuple[str, str]:
    return data.decode("utf-8", marc8.AS_LATIN1), ""


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


def _unescape(fields: list[MarcField], leader: str, warnings: list[str]) -> None:
    """Put the characters in place of the references to them."""
    found = False
    for field in fields:
        for at, (code, text) in enumerate(field.subfields):
            if "&" not in text:
                continue
            plain = text
            if _ESCAPED.match(text):
                plain = _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)
                found = found or plain != text
            if leader[9] != "a":
                plain = _NUMERIC.sub(_referred, plain)
            if plain != text:
                field.subfields[at] = (code, plain)
    if found:
        warnings.append("holds entities of XML, such as &amp;. Read as the characters that they stand for")


def _referred(match: re.Match[str]) -> str:
    """The character that a numeric reference names; one that names none, or one that no text holds, stays."""
    code = int(match[1], 16)
    known = 0xA0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if known or 0x20 <= code < 0x7F else match[0]


def _shown(data: bytes) -> str:
    return ascii(data[:LEADER].decode("latin-1"))
