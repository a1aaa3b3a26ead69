"""The words that a MARC mapping is written in: `field`, `add`, `remove`, `drop`, `delete`, `mapping`, and the rules
`marc`, `constant`.

A mapping is a Python file of such calls, run once a process; `vufind.py` is the bundled one. An institution's own file
stands on it (`mapping(base="vufind")`, which is also what a file gets that does not say) and changes what it names.
A rule is what `marc` or `constant` gives, or a plain function from a record to its values.
"""

import contextlib
import difflib
import functools
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from pathlib import Path
from typing import TypeVar

from indexer.derive import copies
from indexer.formats import python_file
from indexer.formats.marc import maps, specs
from indexer.formats.marc.record import MarcRecord
from indexer.model.errors import ConfigError, RecordError
from indexer.model.schema import Schema, biblio, bundled

Values = Iterable[str] | str | None
Function = Callable[[MarcRecord], Values]

Result = TypeVar("Result")

Run = Callable[[MarcRecord], Sequence[str]]
Change = Callable[[Sequence[str]], list[str]]

BUNDLED = "vufind"


@dataclass(frozen=True, slots=True)
class Rule:
    """One source of values. `text` is how it is written, `run` gives the values of a record.

    `run` is `extract` and then each of the `steps` (what it is called, and what it makes of the values), to be told one
    by one. `spec` is the field spec of what is extracted, empty where a function looks for itself.
    """

    text: str
    run: Run
    extract: Run
    steps: tuple[tuple[str, Change], ...] = ()
    spec: str = ""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of the document: its rules in order, `run` all of them at once. `multi` is the schema's word."""

    name: str
    multi: bool
    rules: tuple[Rule, ...]
    run: Run


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether a record is left out, or deleted."""

    test: Callable[[MarcRecord], bool]

    def holds(self, record: MarcRecord) -> bool:
        try:
            return self.test(record)
        except Exception as error:  # noqa: BLE001 - any function of a mapping: whether the record is wanted is not known
            raise RecordError(f"whether the mapping drops it is not known: {error or type(error).__name__}") from None


@dataclass(slots=True)
class FieldRules:
    """A whole mapping: fields in emission order. `own` are the fields that a file of the user's made or changed,
    `decided` those that SolrMarc's files did, for which no constant stands in,
    `dropped` and `deleted` say which records make no document, or a deletion,
    `files` all that was read for it: itself, those it stands on, tables, `remarks` what was read and means nothing."""

    name: str
    folder: Path
    fields: dict[str, FieldRule] = attribute(default_factory=dict)
    own: set[str] = attribute(default_factory=set)
    decided: set[str] = attribute(default_factory=set)
    dropped: list["Condition"] = attribute(default_factory=list)
    deleted: list["Condition"] = attribute(default_factory=list)
    files: list[Path] = attribute(default_factory=list)
    remarks: list[str] = attribute(default_factory=list)
    based: bool = False


_under_way: list[FieldRules] = []
_one_at_a_time = threading.RLock()  # a process may derive in several threads


def mapping(base: str | None = BUNDLED) -> None:
    """Says what this file stands on: "vufind", another file beside it, or None for nothing. Comes before any field."""
    current = _current()
    if current.based:
        raise ValueError("mapping() comes once, before the first field")
    current.based = True
    if base is None:
        return
    file = "" if base == BUNDLED else str(current.folder / base)
    if file and any(file == str(below.folder / below.name) for below in _under_way):
        raise ValueError(f"{base} stands on itself")
    _stand_on(current, load(file))


def _stand_on(current: FieldRules, below: FieldRules) -> None:
    current.fields.update(below.fields)
    current.own |= below.own
    current.decided |= below.decided
    current.dropped += below.dropped
    current.deleted += below.deleted
    current.files += below.files
    current.remarks += below.remarks


def field(
    name: str, *rules: Rule | Function, translate: str | Mapping[str, str] | None = None, first: bool = False
) -> None:
    """Makes the field of the values of all these rules, in order, instead of what the base makes of it.

    `translate` is a table: the name of a bundled one, a .tsv file beside the mapping, or a dict. `first` keeps the
    first value alone. Raises ValueError for a name that the schema does not have.
    """
    current = _based()
    check_name(name)
    if not rules:
        raise ValueError(f"field({name!r}) has no rule: give it one, such as marc('245a'), or use remove({name!r})")
    made = tuple(_rule(rule, translate) for rule in rules)
    _put(current, name, made, first)


def add(name: str, *rules: Rule | Function, translate: str | Mapping[str, str] | None = None) -> None:
    """Appends the values of these rules, those that are not there yet, to what the base makes of the field."""
    current = _based()
    check_name(name)
    before = current.fields[name].rules if name in current.fields else ()
    _put(current, name, (*before, *(_rule(rule, translate) for rule in rules)), unique=True)


def remove(*names: str) -> None:
    """Leaves these fields out. Raises ValueError for a field that the mapping does not make."""
    current = _based()
    for name in names:
        if name not in current.fields:
            raise ValueError(f"remove({name!r}): the mapping does not make it. {_nearest(name, current.fields)}")
        del current.fields[name]
        current.own.discard(name)


def drop(*rules: Rule | Function, values: Collection[str] = ()) -> None:
    """Leaves out each record of which one of these rules gives one of `values`, or without `values` any value at all.

    It counts as filtered. What the index has of it stays there; `delete` takes that out.
    """
    _based().dropped.append(_condition("drop", rules, values))


def delete(*rules: Rule | Function, values: Collection[str] = ()) -> None:
    """As `drop`, and deletes the record's document: for what was there and is suppressed since."""
    _based().deleted.append(_condition("delete", rules, values))


def marc(
    spec: str,
    *,
    first: bool = False,
    notfirst: bool = False,
    unique: bool = True,
    join: str = " ",
    translate: str | Mapping[str, str] | None = None,
    patterns: Sequence[tuple[str, str]] = (),
) -> Rule:
    r"""The values of a field spec such as `245ab:246a` or `008[35-37]` (module specs).

    In this order: extracted (`join` between the subfields of a value), rewritten by `patterns` (pairs of a regular
    expression and a replacement such as `\1`; what matches none is dropped), translated, freed of duplicates unless
    `unique=False`, cut to the `first` or to all but it.
    """
    options = [
        f"{name}={value!r}"
        for name, value, default in (
            ("first", first, False),
            ("notfirst", notfirst, False),
            ("unique", unique, True),
            ("join", join, " "),
            ("translate", translate if not isinstance(translate, Mapping) else "{...}", None),
            ("patterns", list(patterns), []),
        )
        if value != default
    ]
    steps: list[tuple[str, Change]] = []
    if patterns:
        steps.append(("rewritten by patterns", maps.pattern_translator(patterns)))
    if translate is not None:
        steps.append(_translated(translate))
    if unique and not first:
        steps.append(("each once", _without_duplicates))
    if first:
        steps.append(("the first", _first))
    if notfirst:
        steps.append(("all but the first", _all_but_first))
    text = f"marc({', '.join([repr(spec), *options])})"
    return made_rule(text, specs.compile_spec(spec, join=join), *steps, spec=spec)


def constant(*values: str) -> Rule:
    """The same values for every record."""
    return made_rule(f"constant({', '.join(map(repr, values))})", lambda record: list(values))


def once(function: Callable[[MarcRecord], Result]) -> Callable[[MarcRecord], Result]:
    """Remembers what `function` made of the record at hand, for functions that several fields ask."""
    last: tuple[MarcRecord, Result] | None = None

    @functools.wraps(function)
    def remembered(record: MarcRecord) -> Result:
        nonlocal last
        known = last
        if known is None or known[0] is not record:
            last = known = (record, function(record))
        return known[1]

    return remembered


def load(path: str = "") -> FieldRules:
    """Runs a mapping file, once a process for a schema; the empty path is the bundled mapping. `mappings.load` is for
    all kinds.

    Raises ConfigError naming the file and the line for whatever is wrong in it.
    """
    return compiled(path, biblio())


@functools.lru_cache(64)
def compiled(path: str, schema: Schema) -> FieldRules:
    return check_id(executed(path), path or BUNDLED)


def check_id(made: FieldRules, file: str) -> FieldRules:
    """The mapping. Raises ConfigError for one that makes no id."""
    if "id" not in made.fields:
        raise ConfigError(
            f"{file}: makes no id", advice="Every document needs one: field('id', marc('001', first=True))."
        )
    return made


def executed(path: str, below: FieldRules | None = None) -> FieldRules:
    """What a Python file makes, on top of the files before it where there are any."""
    file = Path(path) if path else Path(__file__).with_name(f"{BUNDLED}.py")
    made = FieldRules(file.name, file.parent, files=[file])
    with _one_at_a_time:
        if below is not None:
            made.based = True
            _stand_on(made, below)
        python_file.run(file, "mapping", advice=ADVICE, within=_building(made))
    if not path:
        made.own.clear()
    return made


ADVICE = "Nothing was sent. docs/mapping.md shows how a mapping is written."


@contextlib.contextmanager
def _building(made: FieldRules) -> Iterator[None]:
    _under_way.append(made)
    try:
        yield
    finally:
        _under_way.pop()


def _current() -> FieldRules:
    if not _under_way:
        raise ValueError("this is a word of MARC mappings: it belongs in the file that a profile names as its mapping")
    return _under_way[-1]


def _based() -> FieldRules:
    current = _current()
    if not current.based:
        mapping()
    return current


def _put(current: FieldRules, name: str, rules: tuple[Rule, ...], first: bool = False, unique: bool = False) -> None:
    run = rules[0].run if len(rules) == 1 else _all_of(rules)
    if unique:
        run = _then(run, _without_duplicates)
    if first:
        run = _then(run, _first)
    schema = biblio()
    known = schema.field(name)
    multi = schema.open if known is None else known.multi  # how many a field of others holds, its index says
    current.fields[name] = FieldRule(name, multi, rules, run)
    current.own.add(name)
    current.decided.discard(name)


def _condition(word: str, rules: tuple[Rule | Function, ...], values: Collection[str]) -> Condition:
    if not rules:
        raise ValueError(f"{word}() has no rule: give it one, such as {word}(marc('998e'), values=['n'])")
    if isinstance(values, str):
        raise ValueError(f"{word}(..., values={values!r}): is one text. Write values=[{values!r}]")
    made = [_rule(rule, None) for rule in rules]
    wanted = frozenset(values)

    def test(record: MarcRecord) -> bool:
        """One of the rules gives a value: one of those that are wanted, where there are any."""
        found = [value for rule in made for value in rule.run(record)]
        return not wanted.isdisjoint(found) if wanted else bool(found)

    return Condition(test)


def _rule(rule: Rule | Function, translate: str | Mapping[str, str] | None) -> Rule:
    if not isinstance(rule, Rule):
        if not callable(rule):
            raise ValueError(
                f"{rule!r} is not a rule: write marc({rule!r}), constant({rule!r}) or the name of a function"
            )
        rule = made_rule(getattr(rule, "__name__", repr(rule)), _values(rule))
    if translate is None:
        return rule
    named = _translated(translate)
    return made_rule(
        f"{rule.text} {named[0]}", rule.extract, *rule.steps, named, ("each once", _without_duplicates), spec=rule.spec
    )


def made_rule(text: str, extract: Run, *steps: tuple[str, Change], spec: str = "") -> Rule:
    """A rule of what is extracted and the steps that its values go through."""
    run = extract
    for _, change in steps:
        run = _then(run, change)
    return Rule(text, run, extract, steps, spec)


def _translated(translate: str | Mapping[str, str]) -> tuple[str, Change]:
    name = translate if isinstance(translate, str) else "a table"
    return f"translated by {name}", _translator(translate)


def _values(function: Function) -> Run:
    """A plain function's values as a list: it may also give one text, or None for none."""

    @functools.wraps(function)
    def run(record: MarcRecord) -> Sequence[str]:
        found = function(record)
        if isinstance(found, list):
            return found
        if isinstance(found, str):
            return [found] if found else []
        return [] if found is None else list(found)

    return run


def _translator(translate: str | Mapping[str, str]) -> maps.Translate:
    if isinstance(translate, Mapping):
        return maps.translator(translate)
    if translate.endswith(".tsv"):
        table = _current().folder / translate
        _current().files.append(table)
        return maps.translator(maps.read(table))
    if translate.endswith(maps.MAP_FILES):
        table = _current().folder / translate
        _current().files.append(table)
        return maps.translator(maps.entries(table))
    if translate not in maps.bundled():
        raise ValueError(f"there is no table {translate!r}. {_nearest(translate, maps.bundled())}")
    return maps.translator(maps.table(translate))


def check_name(name: str) -> None:
    """Raises ValueError for a field that a mapping cannot make."""
    schema = biblio()
    ours = (
        bool(_under_way)
        and _under_way[-1].files[0] == Path(__file__).with_name(f"{BUNDLED}.py")
        and bundled().takes(name)
    )
    if not schema.takes(name) and not ours:
        raise ValueError(f"the schema has no field {name!r}. {_nearest(name, schema.fields)}")
    if name in copies.filled() or name == "_version_":
        raise ValueError(f"{name} is filled by the loader or the engine, a mapping cannot make it")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"The nearest is {near[0]!r}." if near else ""


def _all_of(rules: Sequence[Rule]) -> specs.Extract:
    def run(record: MarcRecord) -> list[str]:
        return [value for rule in rules for value in rule.run(record)]

    return run


def _then(run: Run, change: Change) -> Run:
    def changed(record: MarcRecord) -> list[str]:
        values = run(record)
        return change(values) if values else []

    return changed


def _without_duplicates(values: Sequence[str]) -> list[str]:
    return list(values) if len(values) < 2 else list(dict.fromkeys(values))


def _first(values: Sequence[str]) -> list[str]:
    return list(values[:1])


def _all_but_first(values: Sequence[str]) -> list[str]:
    return list(values[1:])
