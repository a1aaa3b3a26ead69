"""The whole record in one value: FullRecordAsMARC, XML, JSON, JSON2, Text and Fields."""

from html import escape

import orjson

from indexer.formats.marc.reader import escaped_beyond_latin1, fullrecord
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.solrmarc.conditions import leader_of
from indexer.formats.marc.solrmarc.extraction import every_field
from indexer.formats.marc.specs import Extract, is_control

_LONGEST = 99_999  # of a record, and 9,999 of a field: what is longer has nines, and is read without its lengths


def whole_record(word: str) -> Extract:
    """The function for one of the words. Raises ValueError for one that is none."""
    word = word.lower().removeprefix("fullrecordas")
    forms = {
        "raw": as_marc,
        "marc": as_marc,
        "xml": as_xml,
        "json2": lambda record: fullrecord(record) + "\n",
        "json": as_json,
        "text": as_text,
    }
    found = next((form for name, form in forms.items() if word.startswith(name)), None)
    if found is not None:
        form = found
        return lambda record: [form(record)]
    if word.startswith("fields"):
        return lambda record: [f"000 {leader_of(record)}", *map(_line, _in_order(record))]
    raise ValueError(f"FullRecordAs{word} is none: there are MARC, XML, JSON, JSON2, Text and Fields")


def as_text(record: MarcRecord) -> str:
    """A line a field, `<br/>` after each."""
    return "".join(f"{line}\n" for line in (f"LEADER {leader_of(record)}", *map(_line, _in_order(record)))).replace(
        "\n", "<br/>"
    )


def _line(field: MarcField) -> str:
    if is_control(field.tag):
        return f"{field.tag} {field.value}"
    return f"{field.tag} {field.ind1}{field.ind2}" + "".join(f"${code}{text}" for code, text in field.subfields)


def as_xml(record: MarcRecord) -> str:
    """MARCXML, a collection of one."""
    parts = [f"<leader>{leader_of(record)}</leader>"]
    for field in _in_order(record):
        if is_control(field.tag):
            parts.append(f'<controlfield tag="{field.tag}">{escape(field.value, quote=False)}</controlfield>')
        else:
            subfields = "".join(
                f'<subfield code="{code}">{escape(text, quote=False)}</subfield>' for code, text in field.subfields
            )
            parts.append(
                f'<datafield tag="{field.tag}" ind1="{field.ind1}" ind2="{field.ind2}">{subfields}</datafield>'
            )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><collection xmlns="http://www.loc.gov/MARC21/slim"><record>'
        f"{''.join(parts)}</record></collection>"
    )


def as_json(record: MarcRecord) -> str:
    """MARC-JSON, which is no JSON: its labels have no quotation marks."""
    control = ",".join(
        f'{{ tag : "{field.tag}", data : {_json(field.value)} }}'
        for field in _in_order(record)
        if is_control(field.tag)
    )
    data = ",".join(
        f'{{tag : "{field.tag}", ind : {_json(field.ind1 + field.ind2)},subfield :['
        + ",".join(f"{{ code : {_json(code)}, data : {_json(text)} }}" for code, text in field.subfields)
        + "]}"
        for field in _in_order(record)
        if not is_control(field.tag)
    )
    return f"{{leader:{_json(leader_of(record))},controlfield:[{control}]datafield :[{data}]}}\n"


def _json(text: str) -> str:
    return escaped_beyond_latin1(orjson.dumps(text).decode())


def as_marc(record: MarcRecord) -> str:
    """ISO 2709 in UTF-8, the lengths counted anew."""
    directory, data, start = "", "", 0
    for field in _in_order(record):
        if is_control(field.tag):
            text = field.value + "\x1e"
        else:
            text = field.ind1 + field.ind2 + "".join(f"\x1f{code}{value}" for code, value in field.subfields) + "\x1e"
        length = len(text.encode("utf-8", "surrogatepass"))
        directory += f"{field.tag}{min(length, 9999):04}{min(start, _LONGEST):05}"
        data += text
        start += length
    base = 24 + len(directory) + 1
    leader = leader_of(record)
    leader = f"{min(base + start + 1, _LONGEST):05}{leader[5:12]}{min(base, _LONGEST):05}{leader[17:]}"
    return f"{leader}{directory}\x1e{data}\x1d"


def _in_order(record: MarcRecord) -> list[MarcField]:
    """Control fields first, without the leader."""
    return list(every_field(record))[1:]
