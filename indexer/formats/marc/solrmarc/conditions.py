"""What stands behind `?`: whether a field is taken."""

import re
from collections.abc import Callable

from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.solrmarc.java import expression
from indexer.formats.marc.solrmarc.syntax import Both, Comparison, Condition, Either, Not
from indexer.formats.marc.specs import is_control

Holds = Callable[[MarcRecord, MarcField], bool]
LEADER, NUMBER = "000", "001"


class PositionError(ValueError):
    """What cannot be compared, such as positions that a fixed field is too short for: SolrMarc loses the whole field of
    the document then."""


def compile_condition(condition: Condition) -> Holds:
    """The function that says whether a condition holds. Raises ValueError for a regular expression that is none."""
    match condition:
        case Not(inner):
            holds = compile_condition(inner)
            return lambda record, field: not holds(record, field)
        case Both(left, right):
            first, second = compile_condition(left), compile_condition(right)
            return lambda record, field: first(record, field) and second(record, field)
        case Either(left, right):
            first, second = compile_condition(left), compile_condition(right)
            return lambda record, field: first(record, field) or second(record, field)
        case Comparison():
            return _test(condition)


def fields_of(record: MarcRecord, tag: str) -> list[MarcField]:
    """The fields of a tag; `000` is the leader, and of several 001 only the last one counts."""
    if tag == NUMBER:
        return record.by_tag.get(tag, [])[-1:]
    return [MarcField(LEADER, leader_of(record))] if tag == LEADER else record.by_tag.get(tag, [])


def leader_of(record: MarcRecord) -> str:
    """The leader; its ninth position says UTF-8, which the text is in by now."""
    return f"{record.leader[:9]}a{record.leader[10:]}"


def _test(test: Comparison) -> Holds:
    if test.what.startswith("$"):
        one = _subfield(test)
    elif test.what.startswith("ind"):
        one = _indicator(test)
    else:
        one = _position(test)
    if not test.tag:
        return lambda record, field: one(field)
    tag = test.tag
    return lambda record, field: True in [one(each) for each in fields_of(record, tag)]


def _compare(operator: str, value: str) -> Callable[[str], bool]:
    if operator == "~":
        pattern: re.Pattern[str] = expression(value)
        return lambda text: pattern.fullmatch(text) is not None
    made: dict[str, Callable[[str], bool]] = {
        "=": lambda text: text == value,
        "!=": lambda text: text != value,
        "contains": lambda text: value in text,
        "<": lambda text: text.startswith(value),
        ">": lambda text: text.endswith(value),
    }
    return made[operator]


def _subfield(test: Comparison) -> Callable[[MarcField], bool]:
    code = test.what[1]
    compare = _compare(test.operator, test.value)
    if test.operator == "!=":  # holds where none is equal, and where there is none
        return lambda field: (
            not is_control(field.tag) and all(compare(text) for c, text in field.subfields if c == code)
        )
    return lambda field: any(compare(text) for c, text in field.subfields if c == code)


def _indicator(test: Comparison) -> Callable[[MarcField], bool]:
    """Compared with the first character of the value; `<` and `>` are less and greater here."""
    if test.operator == "~":
        pattern = expression(test.value)
        return lambda field: not is_control(field.tag) and pattern.fullmatch(_ind(field, test.what)) is not None
    if test.operator == "contains":
        return lambda field: False
    if not test.value:
        return _no_character
    value = test.value[0]
    compare: Callable[[str], bool] = {
        "=": lambda text: text == value,
        "!=": lambda text: text != value,
        "<": lambda text: text < value,
        ">": lambda text: text > value,
    }[test.operator]
    return lambda field: not is_control(field.tag) and compare(_ind(field, test.what))


def _no_character(field: MarcField) -> bool:
    if is_control(field.tag):
        return False
    raise PositionError("an indicator is compared with a character, and the text is empty")


def _ind(field: MarcField, what: str) -> str:
    return field.ind1 if what == "ind1" else field.ind2


def _position(test: Comparison) -> Callable[[MarcField], bool]:
    start, _, last = test.what.strip("[]").partition("-")
    begin, end = int(start), int(last or start) + 1
    if max(begin, end) > 1 << 31:
        raise ValueError(f"{test.what}: there are no such positions")
    compare = _compare(test.operator, test.value)

    def holds(field: MarcField) -> bool:
        text = field.value
        if not is_control(field.tag) or len(text) < begin:
            return False
        if end > len(text) or end < begin:
            raise PositionError(f"{field.tag} has {len(text)} characters, and {test.what} is compared")
        return compare(text[begin:end])

    return holds
