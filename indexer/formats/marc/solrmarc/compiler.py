"""From a specification to the functions that make its values of a record."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from indexer.formats.marc import specs
from indexer.formats.marc.solrmarc import collecting, tables
from indexer.formats.marc.solrmarc.extraction import RAW, compile_all_fields, compile_fields
from indexer.formats.marc.solrmarc.formatting import Change, Format, flags_of, with_patterns
from indexer.formats.marc.solrmarc.syntax import AllFields, Call, Constants, Date, Fields, Spec, Step, Whole, step_text
from indexer.formats.marc.solrmarc.whole import whole_record

_LAYOUT = frozenset({"join", "separate", "format", "substring"})
_MAP_FILES = (".properties", ".xml", ".XML", ".yaml", ".yml")
_CUSTOM_MAP = "custom_map"
_MAX_NUMBER = 1 << 31


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a specification finds what it names: functions by their call, maps by their entries, functions that map.
    Each raises ValueError for what is not there."""

    call: Callable[[Call], specs.Extract]
    entries: Callable[[str], dict[str, str]]
    own_entries: Callable[[str], dict[str, str]]
    map_function: Callable[[Step], Change]


@dataclass(frozen=True, slots=True)
class Compiled:
    """`extract`, then `steps`, gives the values; `passed_over` are words that mean nothing to SolrMarc."""

    extract: specs.Extract
    steps: tuple[tuple[str, Change], ...]
    collector: collecting.Collector
    passed_over: tuple[str, ...] = ()


def compile_spec(spec: Spec, sources: Sources, *, unique: bool = True) -> Compiled:
    """The functions of a specification. Raises ValueError for what SolrMarc refuses."""
    collected = [step for step in spec.steps if _is_collecting(step)]
    match spec.extractor:
        case Fields() | AllFields():
            collector = collecting.collector(collected, unique=unique)
            return _fields(spec.extractor, spec.steps, collector, sources)
        case Constants(values):
            extract: specs.Extract = lambda record: list(values)  # noqa: E731
        case Whole(word):
            extract = whole_record(word)
        case Date(word):
            extract = _date(word)
        case Call() as call:
            extract = sources.call(call)
    steps = []
    for step in spec.steps:
        if is_map(step):
            steps.append((f"translated by {step_text(step)}", _map(step, sources)))
        elif not _is_collecting(step) and not _is_formatting(step):
            raise ValueError(f"{step_text(step)!r} is neither a map nor a way to collect values")
    collector = collecting.collector(collected, unique=False)
    return Compiled(extract, (*steps, *collecting.changes(collector)), collector)


def _fields(
    extractor: Fields | AllFields, steps: Sequence[Step], collector: collecting.Collector, sources: Sources
) -> Compiled:
    """Fields are cleaned, cut and looked up subfield by subfield; what stands behind `join` is looked up afterwards."""
    given = [step for step in steps if not _is_collecting(step)]
    places = [place for place, step in enumerate(given) if _is(step, "join")]
    before = [step for place, step in enumerate(given) if is_map(step) and (not places or place < places[0])]
    after = [step for place, step in enumerate(given) if is_map(step) and places and place > places[-1]]
    for step in given[places[-1] :] if places else ():
        if not is_map(step) and not _is_formatting(step):
            raise ValueError(f"{step_text(step)!r} behind join is neither a map nor a way to format")
    maps = tuple(_map(step, sources) for step in before)
    flags = frozenset(
        flag for step in given if not _is_layout(step) and not is_map(step) for flag in flags_of(step.name)
    )
    unknown = tuple(
        step_text(step) for step in given if not _is_layout(step) and not is_map(step) and not flags_of(step.name)
    )

    def formatted(format: Format) -> Format:
        format = replace(format, flags=format.flags | flags, maps=maps)
        for step in given:
            if _is_layout(step):
                format = _laid_out(format, step)
        return format

    steps_after = [(f"translated by {step_text(step)}", _map(step, sources)) for step in after]
    if isinstance(extractor, AllFields):
        extract = compile_all_fields(extractor, replace(formatted(RAW), maps=()))
    else:
        extract = compile_fields(extractor, formatted)
    return Compiled(extract, (*steps_after, *collecting.changes(collector)), collector, unknown)


def _laid_out(format: Format, step: Step) -> Format:
    match step.name:
        case "join":
            return replace(format, separate=False, separator=(*step.parameters, format.separator)[0])
        case "separate":
            return replace(format, separate=True)
        case "format":
            return with_patterns(format, step.parameters)
    return replace(format, cut=_cut(step))


def _cut(step: Step) -> tuple[int, int | None]:
    """The two places of substring. Raises ValueError for what are none."""
    if not step.parameters:
        raise ValueError("substring wants the place where it begins, and may have that where it ends")
    numbers: list[int] = []
    for given in step.parameters[:2]:
        if given == "toEnd" and numbers:
            continue
        sign, digits = (given[0], given[1:]) if given[:1] in ("+", "-") and given[:1] else ("", given)
        if not (digits.isascii() and digits.isdigit()) or int(digits) >= _MAX_NUMBER:
            raise ValueError(f"{step_text(step)}: {given!r} is not a number")
        numbers.append(-int(digits) if sign == "-" else int(digits))
    if len(numbers) == 1:
        return numbers[0], None
    start, end = numbers
    if start < 0 or end < 0 or start > end:
        raise ValueError(f"{step_text(step)}: it ends before it begins")
    return start, end


def _is(step: Step, name: str) -> bool:
    return step.name == name and not step.custom


def _is_collecting(step: Step) -> bool:
    return step.name in collecting.WORDS and not step.custom


def _is_layout(step: Step) -> bool:
    return step.name in _LAYOUT and not step.custom


def _is_formatting(step: Step) -> bool:
    """By its exact name: behind a function or a constant SolrMarc takes nothing else, and does nothing with it."""
    exact = ("cleanEach", "cleanEnd", "clean", "stripAccent", "stripPunct", "stripInd1", "stripInd2", "stripInd")
    more = ("toUpper", "toLower", "titleSortUpper", "titleSortLower", "untrimmed", "toTitleCase")
    return _is_layout(step) or (step.name in (*exact, *more) and not step.custom)


def is_map(step: Step) -> bool:
    """Whether a step looks values up."""
    return (
        step.custom
        or step.name in ("", "map", "filter")
        or step.name.endswith(_MAP_FILES)
        or step.name.startswith(_CUSTOM_MAP)
        or _is_map_function(step.name)
    )


def _is_map_function(name: str) -> bool:
    owner, separator, function = name.rpartition("::")
    if separator:
        *packages, cls = owner.split(".")
        lower = all(part.isascii() and part.isalpha() and part.islower() for part in packages)
        if not lower or not cls[:1].isupper() or not cls.replace("_", "a").isalnum():
            return False
    rest = next((function.removeprefix(start) for start in ("map", "filter") if function.startswith(start)), "")
    return rest.isascii() and rest.isalnum()


def _map(step: Step, sources: Sources) -> Change:
    if step.name.startswith(_CUSTOM_MAP) and not step.custom:  # so it is read behind getX without parameters
        if len(step.parameters) < 2:
            raise ValueError(
                f"{step_text(step)}: behind a bare function custom_map wants a class and a function, with ','"
            )
        step = Step(step.parameters[1], step.parameters[2:], custom=True, owner=step.parameters[0])
    if step.custom or _is_map_function(step.name):
        return sources.map_function(step)
    if step.name in ("map", "filter"):
        if not step.parameters:
            raise ValueError(f'{step.name} wants what it maps, such as {step.name}("a=>b")')
        parts = list(step.parameters)
        if len(parts) == 1:
            parts = parts[0].split("||")
        return tables.from_patterns(_inline(parts), filtering=step.name == "filter")
    try:
        if not step.name:
            return tables.from_entries(sources.own_entries(step.parameters[0]))
        entries = sources.entries(step.name)
        return tables.from_entries(tables.section(entries, step.parameters[0]) if step.parameters else entries)
    except ValueError as error:
        raise ValueError(f"{step_text(step)}: {error}") from None


def _inline(parts: Sequence[str]) -> list[str]:
    """The pairs of `map(...)`: the backslashes of the pattern are taken out once, those of the replacement are not."""
    made = []
    for part in parts:
        pattern, arrow, output = part.partition("=>")
        made.append(f"{tables.unescaped(pattern.rstrip(' '))}=>{output.lstrip(' ')}" if arrow else part)
    return made


def _date(word: str) -> specs.Extract:
    """The time of indexing; the date of publication is none yet, to SolrMarc as to us: getFirstDate gives one."""
    if word.lower() not in ("daterecordindexed", "index_date"):
        return lambda record: []
    now = datetime.datetime.now().astimezone().strftime("%Y%m%d%H%M")
    return lambda record: [now]
