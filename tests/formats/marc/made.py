"""Make MARC records by hand, as the mapping sees them, and profiles for them."""

from typing import Any

from indexer.formats.marc import from_marc
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.profiles import resolve
from indexer.model.documents import Fields

LEADER = "00000nam a2200000 a 4500"


def marc_record(*lines: str, leader: str = LEADER) -> MarcRecord:
    """A record of lines `245 10 $aTitle $bRest` (blanks as #) and `001 value`; `leader` is whole or begins at 06."""
    fields = []
    for line in lines:
        tag, _, rest = line.partition(" ")
        if tag.startswith("00"):
            fields.append(MarcField(tag, rest))
            continue
        indicators, _, text = rest.partition(" $")
        indicators = indicators.replace("#", " ")
        subfields = [(part[0], part[1:]) for part in text.split(" $")]
        fields.append(MarcField(tag, "", indicators[0], indicators[1], subfields))
    by_tag: dict[str, list[MarcField]] = {}
    for field in fields:
        by_tag.setdefault(field.tag, []).append(field)
    if len(leader) < 24:
        leader = LEADER[:6] + leader + LEADER[6 + len(leader) :]
    return MarcRecord(leader, fields, by_tag, [])


def document(record: MarcRecord, **profile: Any) -> Fields:
    """Its document, by the profile `marc` with these keys over it."""
    made = from_marc(record, resolve("marc", {"marc": profile} if profile else {}))
    assert isinstance(made, dict)
    return made


def listed(value: str | list[str] | None) -> list[str]:
    """A field's value as a list, none as an empty one."""
    return [value] if isinstance(value, str) else value or []
