"""How a record was made, for staff: the rule and the input of each field, and the record itself in a form to read.

Both come out of `fullrecord`, where the importer put the original. Where it did not, only the dump has it: origin.py,
for staff.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from indexer.formats.explain import explain
from indexer.formats.marc.reader import parse
from indexer.formats.profiles import bundled
from indexer.formats.provenance import Explained, Rule
from indexer.formats.registry import default_profiles, of_root
from indexer.model.documents import Delete, Fields
from indexer.model.errors import RecordError
from indexer.model.records import Position, Record
from indexer.web.record import LONGEST_SHOWN, first

MARC = "marc"
INPUTS = 20  # of a rule, and values of a field, that are shown
LONGEST_INPUT = 500


@dataclass(frozen=True, slots=True)
class Made:
    """A field: its rules, each with what it took, the first of the values that they give, and whether these are what
    the index has.
    """

    name: str
    rules: tuple[Rule, ...]
    values: list[str]
    same: bool


def original(fields: Fields) -> Record | None:
    """The record that the importer kept, or None."""
    text = first(fields, "fullrecord")
    if not text:
        return None
    raw = text.encode()
    format = MARC
    if raw.lstrip().startswith(b"<"):
        root = _root(raw)
        if root is None:
            return None
        name = etree.QName(root)
        format = of_root((name.namespace or "").encode(), name.localname.encode()) or ""
    return Record("", format, raw, Position("fullrecord"))


def made(fields: Fields, record: Record) -> tuple[str, list[Made]]:
    """The profile that the record's format has, and what it makes of each field; [] where it makes none.

    A profile of one's own is not known here: `same` tells where it must have had another rule.
    """
    profile = bundled().get(default_profiles().get(record.format, ""))
    if profile is None:
        return "", []
    try:
        found = explain(record, profile)
    except RecordError:
        return profile.name, []
    if isinstance(found, Delete):
        return profile.name, []
    return profile.name, compared(fields, found)


def compared(fields: Fields, found: Sequence[Explained]) -> list[Made]:
    """What a profile makes of each field, against what the index has; a field that it does not make has no rules."""
    rules = {each.name: tuple(_cut(rule) for rule in each.rules) for each in found}
    gives = {each.name: _listed(each) for each in found}
    made = []
    for name in sorted(fields):
        has = _values(fields, name)
        values = gives.get(name, has)
        shown = [value[:LONGEST_INPUT] for value in values[:INPUTS]]
        made.append(Made(name, rules.get(name, ()), shown, values == has))
    return made


def readable(record: Record) -> str:
    """MARC as a line a field, XML with its elements below each other, anything else as it is."""
    if record.format == MARC:
        try:
            return _marc_text(record.raw)[:LONGEST_SHOWN]
        except RecordError:
            pass
    root = _root(record.raw)
    if root is None:
        return record.raw.decode(errors="replace")[:LONGEST_SHOWN]
    etree.indent(root)
    return str(etree.tostring(root, encoding="unicode"))[:LONGEST_SHOWN]


def _marc_text(raw: bytes) -> str:
    record = parse(raw)
    lines = [f"LDR    {record.leader}"]
    for field in record.fields:
        text = field.value or " ".join(f"${code} {value}" for code, value in field.subfields)
        lines.append(f"{field.tag} {field.ind1}{field.ind2} {text}")
    return "\n".join(lines)


def _root(raw: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True, recover=False)
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _cut(rule: Rule) -> Rule:
    return Rule(rule.text, _short(rule.inputs), _short(rule.steps), rule.values)


def _short(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name[:LONGEST_INPUT], value[:LONGEST_INPUT]) for name, value in pairs[:INPUTS]]


def _listed(explained: Explained) -> list[str]:
    return [explained.value] if isinstance(explained.value, str) else list(explained.value)


def _values(fields: Fields, name: str) -> list[str]:
    value = fields[name]
    return [value] if isinstance(value, str) else value
