"""Property files to the rules of a mapping: stacked as SolrMarc stacks them, and all that is wrong told at once."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from indexer.formats import python_file
from indexer.formats.marc import maps, rules
from indexer.formats.marc.record import MarcRecord
from indexer.formats.marc.solrmarc import files, functions, tables
from indexer.formats.marc.solrmarc.compiler import Compiled, Sources, compile_spec
from indexer.formats.marc.solrmarc.formatting import Change
from indexer.formats.marc.solrmarc.parser import SpecError, parse
from indexer.formats.marc.solrmarc.syntax import Call, Step
from indexer.formats.marc.specs import Extract
from indexer.model.errors import ConfigError, RecordError
from indexer.model.schema import biblio, in_use

MAPS = "translation_maps"
_ADVICE = "Nothing was sent. docs/solrmarc.md has the grammar."
_TOO_MANY = 1000  # problems that one message tells

Python = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line, made into a rule. `delete` and `skip` say whether a record is to be deleted, or left out, for it."""

    operator: str
    rule: rules.Rule
    delete: Callable[[MarcRecord], bool] | None = None
    skip: Callable[[MarcRecord], bool] | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A function that nobody has: what is called where. `owner` is the class or the script file that the line names."""

    name: str
    owner: str
    parameters: tuple[str, ...]
    file: Path
    line: int
    field: str
    maps: bool
    problem: str


class _NoFunction(ValueError):
    """`maps`: it gets values instead of the record."""

    def __init__(self, called: Call | Step, name: str, *, maps: bool = False) -> None:
        what = f"{name!r} that maps" if maps else repr(name)
        super().__init__(f'there is no function {what}. Write one in Python and name its file: functions = "..."')
        self.name, self.owner, self.parameters, self.maps = name, called.owner, called.parameters, maps


@dataclass(slots=True)
class _State:
    """What was read so far. `keys` are what stands before the sign, in the order in which it came first."""

    folders: list[Path]
    python: Python
    keys: dict[str, list[_Entry]] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[str, list[Missing]] = field(default_factory=dict)
    maps: dict[str, str] = field(default_factory=dict)
    unique: bool = True
    read: dict[Path, dict[str, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    values: dict[tuple[str, bool], Extract] = field(default_factory=dict)


def add_files(made: rules.FieldRules, paths: Sequence[Path], python: Python) -> None:
    """Puts these files on top of what a mapping makes already: `=` replaces a field, `+=` and its kin extend it.

    Raises ConfigError that names file, line, column and field of everything that is wrong in them.
    """
    folders = list(dict.fromkeys(path.parent for path in reversed(paths)))  # what comes later is the nearer one
    state = _State(folders, python)
    before = dict(made.fields)
    for path in paths:
        made.files.append(path)
        _read(path, state)
    told = [problem for problems in state.problems.values() for problem in problems]
    if told:
        more = [f"... and {len(told) - _TOO_MANY} more"] if len(told) > _TOO_MANY else []
        raise ConfigError("\n".join([*told[:_TOO_MANY], *more]), advice=_ADVICE)
    made.files += state.read
    made.remarks += state.remarks
    _fold(made, before, state)


@dataclass(frozen=True, slots=True)
class Survey:
    """What property files ask for that is not here. `unknown` are fields that the schema has not, `problems` what else
    is wrong with lines, `lines` how many there are."""

    missing: list[Missing]
    unknown: list[str]
    problems: list[str]
    lines: int


def survey(paths: Sequence[Path], python: Python | None = None) -> Survey:
    """Reads files for what is missing in them, and makes no mapping. A field that the schema has not may be one that
    the index has, and is no problem here. Raises ConfigError for a file that cannot be read."""
    state = _State(list(dict.fromkeys(path.parent for path in reversed(paths))), python or {})
    with in_use(replace(biblio(), open=True)):
        lines = sum(_read(path, state) for path in paths)
    missing = [each for found in state.missing.values() for each in found]
    fields = list(dict.fromkeys(name for names in [*state.keys, *state.missing] for name in names.split(",")))
    unknown = [name for name in fields if not biblio().takes(name)]
    known = {each.problem for each in missing}
    problems = [each for found in state.problems.values() for each in found if each not in known]
    return Survey(missing, unknown, problems, lines)


def functions_of(made: rules.FieldRules, path: str) -> Python:
    """The functions of a Python file of the site's, by name; none for the empty path."""
    if not path:
        return {}
    file = Path(path)
    made.files.append(file)
    return python_file.run(file, "functions", advice=_ADVICE)


def _text(path: Path) -> str:
    raw = python_file.read_bytes(path, rules.ADVICE)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: byte {error.start + 1:,} is not UTF-8", advice=_ADVICE) from None


def _read(path: Path, state: _State) -> int:
    """Reads one file, of so many lines; what is wrong with one is forgotten when a later one replaces it."""
    found = files.read(_text(path), unique=state.unique)
    state.unique = found.unique
    state.maps |= found.maps
    state.values.clear()  # made with the maps of the files before
    state.remarks += [f"{path}:{number}: {what}" for number, what in found.passed_over]
    for line in found.lines:
        where = f"{path}:{line.number}"
        extends = line.operator != "="
        if not extends:
            state.problems.pop(line.names, None)
            state.missing.pop(line.names, None)
        try:
            entry = _entry(line, path, state)
        except SpecError as error:
            _tell(state, line.names, f"{where}:{line.column + error.column + 1}: {line.names}: {error}")
            continue
        except _NoFunction as error:
            problem = f"{where}: {line.names}: {error}"
            called = (error.name, error.owner, error.parameters, path, line.number, line.names, error.maps, problem)
            state.missing.setdefault(line.names, []).append(Missing(*called))
            _tell(state, line.names, problem)
            continue
        except ValueError as error:
            _tell(state, line.names, f"{where}: {line.names}: {error}")
            continue
        if extends and line.names in state.keys:
            state.keys[line.names].append(entry)
        else:
            state.keys[line.names] = [entry]
    return len(found.lines)


def _tell(state: _State, names: str, problem: str) -> None:
    state.problems.setdefault(names, []).append(problem)


def _entry(line: files.Line, path: Path, state: _State) -> _Entry:
    spec = parse(line.text)
    for name in line.names.split(","):
        rules.check_name(name)
    place = f"{path.name}:{line.number}"
    sources = _sources(state, place, line.unique)
    compiled = compile_spec(spec, sources, unique=line.unique)
    state.remarks += [
        f"{path}:{line.number}: {word!r} is not a known way to format: it is ignored" for word in compiled.passed_over
    ]
    if isinstance(spec.extractor, Call) and spec.extractor.name in functions.TRACKED:
        state.remarks.append(f"{path}:{line.number}: {line.names} is filled by the loader, with load.dates = true")
    shown = f"{place}: {line.names} {line.operator} {line.text.strip()}"
    extract = compiled.extract
    if (
        line.names == "fullrecord"
    ):  # as the bundled mapping has it: without the line break that SolrMarc puts at its end
        extract = _without_line_break(extract)
    rule = rules.made_rule(shown, extract, *compiled.steps, spec=line.text.strip())
    if "," in line.names:
        rule = rules.Rule(rule.text, rules.once(rule.run), rule.extract, rule.steps, rule.spec)
    collector = compiled.collector
    asked = _asked(rule, compiled)
    return _Entry(
        line.operator,
        rule,
        asked("delete") if "delete" in (collector.empty, collector.filled) else None,
        asked("skip") if "skip" in (collector.empty, collector.filled) else None,
    )


def _without_line_break(extract: Extract) -> Extract:
    return lambda record: [value.removesuffix("\n") for value in extract(record)]


def _asked(rule: rules.Rule, compiled: Compiled) -> Callable[[str], Callable[[MarcRecord], bool]]:
    """Whether a record is deleted, or skipped, for the values of a rule."""
    collector = compiled.collector

    def asked(what: str) -> Callable[[MarcRecord], bool]:
        def holds(record: MarcRecord) -> bool:
            filled = bool(rule.run(record))
            if collector.filled and not filled:
                filled = bool(_before_taking(rule, record))
            return (collector.filled if filled else collector.empty) == what

        return holds

    return asked


def _before_taking(rule: rules.Rule, record: MarcRecord) -> Sequence[str]:
    """The values before `notfirst` takes the first away: SolrMarc asks both times."""
    values = rule.extract(record)
    for name, change in rule.steps:
        if values and name != "all but the first":
            values = change(values)
    return values


def _sources(state: _State, place: str, unique: bool) -> Sources:
    own = dict(state.maps)

    def values(text: str) -> Extract:
        """What a specification among the parameters gives, each value once; the same function for the same text."""
        if (text, unique) in state.values:
            return state.values[text, unique]
        try:
            compiled = compile_spec(parse(text), _sources(state, place, unique), unique=unique)
        except SpecError as error:
            raise ValueError(f"{text!r}: {error}") from None
        run = rules.made_rule(text, compiled.extract, *compiled.steps).run
        state.values[text, unique] = found = rules.once(lambda record: list(dict.fromkeys(run(record))))
        return found

    return Sources(
        call=lambda call: _called(call, values, state.python, place),
        entries=lambda name: _entries(name, state),
        own_entries=lambda name: tables.section(own, name),
        map_function=lambda step: _map_function(step, state.python, place),
    )


def _called(call: Call, values: functions.Values, python: Python, place: str) -> Extract:
    """A function of the site's own, else one that comes along."""
    if call.name in python:
        return _own(python[call.name], call, place)
    owner = call.owner if call.kind != "script" else ""
    factory = functions.find(call.name, owner, call.parameters) if call.kind != "script" else None
    if factory is None:
        raise _NoFunction(call, call.name)
    try:
        return factory(values, *call.parameters)
    except ValueError as error:
        raise ValueError(f"{call.name}: {error}") from None


def _own(function: Callable[..., Any], call: Call | Step, place: str) -> Extract:
    """A function of the site's: one that fails costs the record."""
    _check_call(function, call.name, call.parameters)

    def run(record: MarcRecord) -> list[str]:
        try:
            return _listed(function(record, *call.parameters))
        except RecordError:
            raise
        except Exception as error:  # noqa: BLE001 - a function of the site's may raise anything
            raise RecordError(f"{place}: {call.name}: {error or type(error).__name__}") from None

    run.__doc__ = function.__doc__
    return run


def _check_call(function: Callable[..., Any], name: str, parameters: Sequence[str]) -> None:
    try:
        signature = inspect.signature(function)
    except ValueError:  # a function of C, which says nothing of what it takes
        return
    try:
        signature.bind(None, *parameters)
    except TypeError:
        raise ValueError(f"{name}{signature} does not take {len(parameters)} parameters behind the record") from None


def _listed(found: object) -> list[str]:
    if found is None:
        return []
    values = [found] if isinstance(found, str) else list(found)  # type: ignore[call-overload]
    if wrong := next((value for value in values if not isinstance(value, str)), None):
        raise ValueError(f"gives {wrong!r}, and values are texts")
    return values


def _map_function(step: Step, python: Python, place: str) -> Change:
    name = step.name.rpartition("::")[2]
    function = python.get(name)
    if function is None:
        known = functions.find_map(name) if not step.parameters else None
        if known is not None:
            return lambda values: [known(value) for value in values]
        raise _NoFunction(step, name, maps=True)
    _check_call(function, name, step.parameters)

    def change(values: Sequence[str]) -> list[str]:
        try:
            return [made for value in values for made in _listed(function(value, *step.parameters))]
        except Exception as error:  # noqa: BLE001 - a function of the site's may raise anything
            raise RecordError(f"{place}: {name}: {error or type(error).__name__}") from None

    return change


def _entries(name: str, state: _State) -> dict[str, str]:
    """A map of a file in the folder `translation_maps` beside one of the property files."""
    for folder in state.folders:
        path = below(folder / MAPS, name)
        if path in state.read:
            return state.read[path]
        if path.is_file():
            state.read[path] = found = maps.entries(path)
            if not maps.is_utf8(path):
                state.remarks.append(f"{path}: is not UTF-8, and read as Latin-1")
            return found
    looked = ", ".join(str(folder / MAPS) for folder in state.folders)
    raise ValueError(f"there is no such map in {looked}")


def below(folder: Path, name: str) -> Path:
    """The file of this name in a folder. Raises ValueError for a name that leads out of it."""
    path = folder / name
    if "\0" in name or "\\" in name or Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(f"{name!r} leads out of {folder}")
    return path


def _fold(made: rules.FieldRules, before: Mapping[str, rules.FieldRule], state: _State) -> None:
    """The fields of the document, of what stands before the signs: a line may fill several, and several lines one."""
    rules_of: dict[str, list[rules.Rule]] = {}
    runs_of: dict[str, list[tuple[str, rules.Run]]] = {}
    deletes: list[Callable[[MarcRecord], bool]] = []
    skips: list[Callable[[MarcRecord], bool]] = []
    for names, entries in state.keys.items():
        for entry in entries:
            for name in names.split(","):
                base = before.get(name) if entry.operator != "=" and "," not in names else None
                if name not in runs_of:
                    rules_of[name] = list(base.rules) if base is not None else []
                    runs_of[name] = [("+=", base.run)] if base is not None else []
                rules_of[name].append(entry.rule)
                runs_of[name].append((entry.operator, entry.rule.run))
            deletes += [entry.delete] if entry.delete else []
            skips += [entry.skip] if entry.skip else []
    schema = biblio()
    for name, runs in runs_of.items():
        known = schema.field(name)
        multi = schema.open if known is None else known.multi
        made.fields[name] = rules.FieldRule(name, multi, tuple(rules_of[name]), _combined(runs))
        made.own.add(name)
        made.decided.add(name)
    if deletes:
        made.deleted.append(rules.Condition(lambda record: any(test(record) for test in deletes)))
    if skips:  # a deletion counts for more

        def skipped(record: MarcRecord) -> bool:
            return any(test(record) for test in skips) and not any(test(record) for test in deletes)

        made.dropped.append(rules.Condition(skipped))


def _combined(runs: Sequence[tuple[str, rules.Run]]) -> rules.Run:
    """The values of several lines of one field, each as its sign says."""
    if len(runs) == 1:
        return runs[0][1]

    def run(record: MarcRecord) -> list[str]:
        values: list[str] = []
        for operator, one in runs:
            if operator == "?=" and values:
                continue
            if operator == "|=":
                for value in one(record):
                    if value not in values:
                        values.append(value)
            else:
                values += one(record)
        return values

    return run
