"""Field specs, `245ab:246a`, with the meaning that SolrMarc gives them, compiled to functions over a record.

A spec is one or more parts joined by `:`. A part is a tag, then subfield codes (`245ab`, a range `245[a-z]`, none for
all subfields of the field), then positions (`008[35-37]`, `099a[0]`, counted from 0, inclusive). `000` is the leader.

- Fields come in record order, whatever the order of the parts, control fields first; but where one tag stands in
  several parts, the parts are taken one after the other.
- One subfield code gives a value for each occurrence; several codes, or none, give one value a field: its matching
  subfields in record order, joined.
- Every value is trimmed, an empty one is none.
- `LNK245ab` are the 880 that are linked to a 245: those whose $6 begins with it.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from indexer.formats.marc.record import MarcField, MarcRecord

Extract = Callable[[MarcRecord], list[str]]
_Append = Callable[[MarcField, list[str]], None]

JAVA_SPACE = "".join(map(chr, range(33)))  # what Java's trim() takes off; a no-break space is something
LEADER = "000"
LINKED = "880"
REMEMBERED = 200  # characters

_PART = re.compile(r"(?:(LNK)(?=\d{3}))?([0-9A-Za-z]{3})((?:[0-9a-z]|\[[a-z]-[a-z]\])*)(?:\[(\d+)(?:-(\d+))?\])?")
_RANGE = re.compile(r"\[([a-z])-([a-z])\]")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a spec. `codes` is empty for all subfields; `each` says that every subfield is a value of its own;
    `start` and `end` cut every value, None where it stays whole. `linked` is the tag to which an 880 has to belong."""

    tag: str
    codes: frozenset[str]
    each: bool
    start: int | None = None
    end: int | None = None
    linked: str = ""


def parse(spec: str) -> tuple[Part, ...]:
    """The parts of a spec. Raises ValueError, saying what is wrong, where it is not one."""
    return tuple(_part(text.strip(), spec) for text in spec.split(":"))


def _part(text: str, spec: str) -> Part:
    found = _PART.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} in {spec!r} is not a field spec: a tag of three characters, subfield codes, and positions in "
            "square brackets where only a part of the value is wanted, as in 245ab, 008[35-37] or 050a[0]"
        )
    link, tag, codes, first, last = found.groups()
    codes = _RANGE.sub(lambda span: "".join(map(chr, range(ord(span[1]), ord(span[2]) + 1))), codes)
    if codes and is_control(tag):
        raise ValueError(f"{text!r} in {spec!r}: {tag} is a control field and has no subfields")
    if link and is_control(tag):
        raise ValueError(f"{text!r} in {spec!r}: no field is linked to a control field")
    tag, linked = (LINKED, tag) if link else (tag, "")
    if first is None:
        return Part(tag, frozenset(codes), len(codes) == 1, linked=linked)
    start, end = int(first), int(last or first) + 1
    if end <= start:
        raise ValueError(f"{text!r} in {spec!r}: the last position comes before the first")
    return Part(tag, frozenset(codes), len(codes) == 1, start, end, linked)


def is_control(tag: str) -> bool:
    """Whether fields of this tag are control fields, which come first."""
    return tag.startswith("00")


def trim(text: str) -> str:
    """As Java trims: everything up to U+0020 at both ends."""
    if text and (text[0] <= " " or text[-1] <= " "):
        return text.strip(JAVA_SPACE)
    return text


def joined(field: MarcField, codes: frozenset[str] | str, separator: str = " ") -> str:
    """The subfields with these codes, in record order, trimmed and joined; empty ones are left out."""
    return separator.join(
        [text for code, value in field.subfields if code in codes and (text := trim(value))],
    )


def remembered(function: Callable[[str], str]) -> Callable[[str], str]:
    """`function` with a bounded memory for texts that recur in a dump; long ones are not kept."""
    known = functools.lru_cache(maxsize=1 << 14)(function)

    @functools.wraps(function)
    def run(text: str) -> str:
        return known(text) if len(text) <= REMEMBERED else function(text)

    return run


def compile_spec(spec: str, *, join: str = " ") -> Extract:
    """The function from a record to the values of this spec, in a new list, not yet free of duplicates.

    `join` stands between the subfields of one value. Raises ValueError for a spec that is not one.
    """
    parts = parse(spec)
    tags = [part.tag for part in parts]
    if len(parts) == 1 or len(set(tags)) < len(tags) or LEADER in tags:
        return one_after_the_other([(part.tag, _append(part, join)) for part in parts])
    return in_record_order({part.tag: _append(part, join) for part in parts})


def one_after_the_other(parts: list[tuple[str, _Append]]) -> Extract:
    """The function that takes the fields of each tag in turn."""

    def extract(record: MarcRecord) -> list[str]:
        values: list[str] = []
        get = record.by_tag.get
        for tag, append in parts:
            for field in get(tag, ()):
                append(field, values)
        return values

    def extract_of_one_tag(record: MarcRecord) -> list[str]:
        values: list[str] = []
        for field in record.by_tag.get(tag, ()):
            append(field, values)
        return values

    def with_leader(record: MarcRecord) -> list[str]:
        leader = {LEADER: [MarcField(LEADER, record.leader)]}
        return extract(MarcRecord(record.leader, record.fields, record.by_tag | leader, record.warnings))

    if any(tag == LEADER for tag, _ in parts):
        return with_leader
    if len(parts) != 1:
        return extract
    tag, append = parts[0]  # as most specs are
    return extract_of_one_tag


def in_record_order(appends: dict[str, _Append]) -> Extract:
    """The function that takes the fields of all these tags in the order of the record, control fields first."""

    tags = frozenset(appends)
    mixed = len({is_control(tag) for tag in tags}) == 2
    get = appends.get

    def extract(record: MarcRecord) -> list[str]:
        values: list[str] = []
        present = tags & record.by_tag.keys()
        if len(present) == 1:
            (tag,) = present
            append = appends[tag]
            for field in record.by_tag[tag]:
                append(field, values)
        elif present:
            fields = record.fields
            if mixed:
                fields = sorted(fields, key=lambda field: not is_control(field.tag))
            for field in fields:
                found = get(field.tag)
                if found is not None:
                    found(field, values)
        return values

    return extract


def _append(part: Part, join: str) -> _Append:
    """The function that appends the values of one field."""
    append = _append_whole(part, join)
    if part.linked:
        append = linked_to(part.linked, append)
    if part.start is None:
        return append
    cut = slice(part.start, part.end)
    enough = part.end or 0

    def append_cut(field: MarcField, values: list[str]) -> None:
        whole: list[str] = []
        if field.subfields:
            append(field, whole)
        else:
            whole = [field.value]  # positions of a control field count from its very first character
        values += [text for value in whole if len(value) >= enough and (text := trim(value[cut]))]

    return append_cut


def linked_to(tag: str, append: _Append) -> _Append:
    """Of an 880 only those whose first $6 begins with this tag."""

    def append_linked(field: MarcField, values: list[str]) -> None:
        link = next((text for code, text in field.subfields if code == "6"), None)
        if link is not None and link.startswith(tag):
            append(field, values)

    return append_linked


def _append_whole(part: Part, join: str) -> _Append:
    codes = part.codes

    def append_value(field: MarcField, values: list[str]) -> None:
        if text := trim(field.value):
            values.append(text)

    def append_each(field: MarcField, values: list[str]) -> None:
        for found, value in field.subfields:
            if found == code and (text := trim(value)):
                values.append(text)

    def append_joined(field: MarcField, values: list[str]) -> None:
        if text := joined(field, codes, join):
            values.append(text)

    def append_all(field: MarcField, values: list[str]) -> None:
        if text := join.join([text for _, value in field.subfields if (text := trim(value))]):
            values.append(text)

    if is_control(part.tag):
        return append_value
    if part.each:
        (code,) = codes
        return append_each
    return append_joined if codes else append_all
