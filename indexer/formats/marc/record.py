"""A MARC record as the mapping sees it, whatever it was read from: ISO 2709, MARCXML or MARC-in-JSON."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class MarcField:
    """A control field (`value`, no subfields) or a data field (indicators and `subfields`: (code, text) in order)."""

    tag: str
    value: str = ""
    ind1: str = " "
    ind2: str = " "
    subfields: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class MarcRecord:
    """`fields` in record order; `by_tag` the same, for look-ups. `warnings` says what was repaired in reading."""

    leader: str
    fields: list[MarcField]
    by_tag: dict[str, list[MarcField]]
    warnings: list[str]
