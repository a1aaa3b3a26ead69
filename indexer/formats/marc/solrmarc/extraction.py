"""From fields and subfields to values, as a field specification says."""

from collections.abc import Callable, Iterable, Sequence

from indexer.formats.marc import titles
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.solrmarc.conditions import LEADER, NUMBER, Holds, compile_condition, fields_of, leader_of
from indexer.formats.marc.solrmarc.formatting import Format, cleaner, code_set, cut
from indexer.formats.marc.solrmarc.java import expression
from indexer.formats.marc.solrmarc.syntax import AllFields, Condition, Fields, Group, Part
from indexer.formats.marc.specs import LINKED, Extract, in_record_order, is_control, linked_to, one_after_the_other

Append = Callable[[MarcField, list[str]], None]
Formatted = Callable[[Format], Format]

_MAX_POSITION = 1 << 31
RAW = Format(False, "", tag="%tag ", indicators="%1%2", subfields={"*": " $%sf %d", " ": " %d"})  # of fields()


def compile_fields(fields: Fields, formatted: Formatted) -> Extract:
    """The function from a record to the values of these parts. `formatted` puts the steps of the specification into the
    format of a part."""
    parts = [
        (part, condition)
        for each in fields.parts
        for part, condition in (
            [(one, each.condition) for one in each.parts] if isinstance(each, Group) else [(each, each.condition)]
        )
    ]
    appends = [(_tag(part), _linked(part, _append_part(part, formatted)), condition) for part, condition in parts]
    tags = [tag for tag, _, _ in appends]
    repeated = len(set(tags)) < len(tags)
    if tags == [NUMBER] and appends[0][2] is None:
        return _of_the_last(appends[0][1])
    if all(condition is None for _, _, condition in appends) and LEADER not in tags and NUMBER not in tags:
        if repeated or len(tags) == 1:
            return one_after_the_other([(tag, append) for tag, append, _ in appends])
        return in_record_order({tag: append for tag, append, _ in appends})
    return _with_conditions([(tag, append, _holds(condition)) for tag, append, condition in appends], repeated)


def compile_all_fields(extractor: AllFields, format: Format) -> Extract:
    """The function that writes out every field whose tag a pattern matches, `fields(6[0-9][0-9])`."""
    pattern = expression(extractor.pattern or "...")
    control, data = _append_control(format), _append_formatted(None, False, format)

    def extract(record: MarcRecord) -> list[str]:
        values: list[str] = []
        for field in every_field(record):
            if pattern.fullmatch(field.tag):
                (control if is_control(field.tag) else data)(field, values)
        return values

    return extract


def _of_the_last(append: Append) -> Extract:
    def extract(record: MarcRecord) -> list[str]:
        values: list[str] = []
        for field in fields_of(record, NUMBER):
            append(field, values)
        return values

    return extract


def every_field(record: MarcRecord) -> Iterable[MarcField]:
    """The leader as a field, the control fields, the others: the order in which SolrMarc sees them."""
    yield MarcField(LEADER, leader_of(record))
    yield from fields_of(record, NUMBER)
    yield from (field for field in record.fields if is_control(field.tag) and field.tag != NUMBER)
    yield from (field for field in record.fields if not is_control(field.tag))


def _tag(part: Part) -> str:
    return LINKED if part.tag.startswith("LNK") else part.tag


def _linked(part: Part, append: Append) -> Append:
    """Of an 880 those that are linked to the tag that the part names."""
    return linked_to(part.tag[3:], append) if part.tag.startswith("LNK") else append


def _holds(condition: Condition | None) -> Holds | None:
    return None if condition is None else compile_condition(condition)


def _with_conditions(parts: Sequence[tuple[str, Append, Holds | None]], repeated: bool) -> Extract:
    """In record order by the first part with the tag, or where a tag stands in several parts, one after the other."""
    wanted = {tag for tag, _, _ in parts}
    rounds = [[part] for part in parts] if repeated else [list(parts)]

    def extract(record: MarcRecord) -> list[str]:
        values: list[str] = []
        if LEADER not in wanted and wanted.isdisjoint(record.by_tag):
            return values
        fields = [field for field in every_field(record) if field.tag in wanted]
        for group in rounds:
            by_tag = {tag: (append, holds) for tag, append, holds in group}
            for field in fields:
                found = by_tag.get(field.tag)
                if found is not None and (found[1] is None or found[1](record, field)):
                    found[0](field, values)
        return values

    return extract


def _append_part(part: Part, formatted: Formatted) -> Append:
    if is_control(part.tag):
        return _append_control(formatted(Format(True, cut=_span(part))))
    each = len(part.codes) == 1
    format = formatted(Format(each, "" if each else " ", cut=_span(part)))
    codes = code_set(part.codes) if part.codes else None
    negated = part.codes.startswith("[^")
    plain = not (format.maps or format.template or format.tag or format.indicators or format.subfields)
    if plain and format.cut is None and "stripInd" not in format.flags and not negated:
        return _append_plain(codes, format)
    return _append_formatted(codes, negated, format)


def _span(part: Part) -> tuple[int, int | None] | None:
    """`[7-10]` as the places where it begins and ends; numbers that are no positions ask for nothing."""
    if not part.position:
        return None
    start, _, last = part.position.strip("[]").partition("-")
    if max(int(start), int(last or start)) >= _MAX_POSITION:
        return None
    return int(start), int(last or start) + 1


def _append_plain(codes: frozenset[str] | None, format: Format) -> Append:
    """The common case: cleaned, and put together or not."""
    clean, separator = cleaner(format.flags), format.separator
    end = titles.clean_data if "cleanEnd" in format.flags else None

    def append_each(field: MarcField, values: list[str]) -> None:
        for code, value in field.subfields:
            if (codes is None or code in codes) and (text := clean(value)):
                if end is not None:
                    text = end(text)
                if text:
                    values.append(text)

    def append_joined(field: MarcField, values: list[str]) -> None:
        texts = [clean(value) for code, value in field.subfields if codes is None or code in codes]
        text = separator.join(texts)
        if end is not None:
            text = end(text)
        if text:
            values.append(text)

    return append_each if format.separate else append_joined


def _prepare(format: Format) -> Callable[[MarcField, str, str], Sequence[str]]:
    """The function from one subfield to what stands for it: cleaned, cut, looked up."""
    clean, strip, span, maps = cleaner(format.flags), "stripInd" in format.flags, format.cut, format.maps

    def prepared(field: MarcField, code: str, text: str) -> Sequence[str]:
        if strip and code == "a":
            text = text[titles.nonfiling(field) :]
        if span is not None:
            text = cut(text, span)
        text = clean(text)
        values: Sequence[str] = [text] if text else ()
        for change in maps:
            values = change(values)
        return values

    return prepared


def _append_control(format: Format) -> Append:
    prepared, end = _prepare(format), "cleanEnd" in format.flags
    separate = format.separate and not format.template
    start = "" if "%tag" in format.template else format.tag

    def append(field: MarcField, values: list[str]) -> None:
        made = start.replace("%tag", field.tag)
        for text in prepared(field, "", field.value):
            made += _shown(format, " ", field, text)
            if separate and made:
                _add(made, end, values)
                made = ""
        if not separate:
            _add(_without_codes(made) if format.template else made, end, values)

    return append


def _append_formatted(codes: frozenset[str] | None, negated: bool, format: Format) -> Append:
    """The whole of what can be asked for."""
    prepared, end, template, separator = _prepare(format), "cleanEnd" in format.flags, format.template, format.separator
    separate = format.separate and not template
    joined = not format.separate and not template

    def append(field: MarcField, values: list[str]) -> None:
        made = _head(format, field)
        count = 0
        for code, value in field.subfields:
            if codes is not None and (code in codes) == negated:
                continue
            if joined and count:
                made += separator
            for text in prepared(field, code, value):
                text = _shown(format, code, field, text)
                made = made.replace(f"${code}", text, 1) if template else made + text
                if separate and made:
                    _add(made, end, values)
                    made = ""
            count += 1
        if template:
            _add(_without_codes(made), end, values)
        elif joined:
            _add(made, end, values)

    return append


def _head(format: Format, field: MarcField) -> str:
    made = format.template
    if "%tag" in made:
        made = made.replace("%tag", field.tag, 1)
    else:
        made += format.tag.replace("%tag", field.tag)
    if "%1" in format.template or "%2" in format.template:
        return made.replace("%1", field.ind1, 1).replace("%2", field.ind2, 1)
    return made + format.indicators.replace("%1", field.ind1).replace("%2", field.ind2)


def _shown(format: Format, code: str, field: MarcField, text: str) -> str:
    """One subfield by its pattern, where it has one."""
    pattern = format.subfields.get(code, format.subfields.get("*"))
    if pattern is None:
        return text
    first, second = (" ", " ") if is_control(field.tag) else (field.ind1, field.ind2)
    shown = pattern.replace(f"${code}", "%d").replace("%tag", field.tag).replace("%1", first).replace("%2", second)
    return shown.replace("%sf", code).replace("%d", text)


def _without_codes(text: str) -> str:
    """A template without the subfields that the field does not have."""
    parts = text.split("$")
    kept = [
        part[1:] if part[:1].isascii() and (part[:1].islower() or part[:1].isdigit()) else f"${part}"
        for part in parts[1:]
    ]
    return parts[0] + "".join(kept)


def _add(text: str, end: bool, values: list[str]) -> None:
    if text and end:
        text = titles.clean_data(text)
    if text:
        values.append(text)
