"""What a field specification says, as data, and how it is written.

`text` writes a specification as a property file has it: reading that gives the same specification.
"""

import re
from dataclasses import dataclass

_BARE = re.compile(r'[^,() \\"\t\f\r\n]+')
_TO_QUOTE = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"'}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a condition. `what` is `$a`, `ind1` or `[7-10]`, of the field at hand, or where `tag` is there
    of any field with that tag. `operator` is one of `= != ~ contains < >`; the last two are startsWith and endsWith."""

    tag: str
    what: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Both:
    left: "Condition"
    right: "Condition"


@dataclass(frozen=True, slots=True)
class Either:
    left: "Condition"
    right: "Condition"


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Condition"


Condition = Comparison | Both | Either | Not


@dataclass(frozen=True, slots=True)
class Part:
    """A tag with its subfields (`ab`, `[a-c]`, `[^c]`, empty for all), positions (`[7-10]`) and condition.

    `LNK` before the tag asks for the 880 that is linked to it.
    """

    tag: str
    codes: str = ""
    position: str = ""
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Parts in braces, with one condition for all."""

    parts: tuple[Part, ...]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Fields:
    """Values of fields and subfields."""

    parts: tuple[Part | Group, ...]


@dataclass(frozen=True, slots=True)
class Constants:
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole record: `FullRecordAsXML`, `json2`, ..."""

    word: str


@dataclass(frozen=True, slots=True)
class AllFields:
    """Every field whose tag is matched by a regular expression; empty for all."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Date:
    word: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function: `custom`, `java`, `script`, or bare. `owner` is the class or the script file, where one is named."""

    kind: str
    owner: str
    name: str
    parameters: tuple[str, ...]


Extractor = Fields | Constants | Whole | AllFields | Date | Call


@dataclass(frozen=True, slots=True)
class Step:
    """What comes behind a comma: a map, a way to format, a way to collect. `name` is empty for a map of the file
    itself, `(map.x)`; `custom` says that it is custom_map, `owner` which class that names."""

    name: str
    parameters: tuple[str, ...] = ()
    custom: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    extractor: Extractor
    steps: tuple[Step, ...] = ()


def text(spec: Spec) -> str:
    """How this specification is written."""
    return ", ".join([_extractor(spec.extractor), *map(step_text, spec.steps)])


def step_text(step: Step) -> str:
    """How one step is written."""
    given = _parameters(step.parameters)
    if step.custom:
        return f"custom_map({' '.join(filter(None, (step.owner, step.name)))}{given})"
    return step.name + given


def _extractor(extractor: Extractor) -> str:
    match extractor:
        case Fields(parts):
            return ":".join(_part(part) for part in parts)
        case Constants(values):
            return " | ".join(map(quoted, values))
        case AllFields(pattern):
            return f"fields({pattern})" if pattern else "fields"
        case Call("", owner, name, parameters):
            return f"{owner}::{name}{_parameters(parameters)}" if owner else name + _parameters(parameters)
        case Call(kind, owner, name, parameters):
            return f"{kind}{f'({owner})' if owner else ''}, {name}{_parameters(parameters)}"
        case Whole(word) | Date(word):
            return word


def _part(part: Part | Group) -> str:
    if isinstance(part, Group):
        return f"{{{':'.join(map(_part, part.parts))}}} ? {condition_text(part.condition)}"
    tested = f" ? {condition_text(part.condition)}" if part.condition is not None else ""
    apart = " " if part.tag == "LNK" else ""  # LNK 245a: subfields 2, 4, 5 and a of all that is linked
    return f"{part.tag}{apart}{part.codes}{part.position}{tested}"


def condition_text(condition: Condition) -> str:
    """How a condition is written; parentheses stand wherever there is more than one test."""
    match condition:
        case Comparison(tag, what, operator, value):
            return f"{tag}{what} {operator} {quoted(value)}"
        case Both(left, right):
            return f"({condition_text(left)} & {condition_text(right)})"
        case Either(left, right):
            return f"({condition_text(left)} | {condition_text(right)})"
        case Not(inner):
            return f"(!{condition_text(inner)})"


def _parameters(parameters: tuple[str, ...]) -> str:
    return (
        f"({', '.join(value if _BARE.fullmatch(value) else quoted(value) for value in parameters)})"
        if parameters
        else ""
    )


def quoted(value: str) -> str:
    """A string in its quotation marks."""
    return '"' + "".join(_TO_QUOTE.get(char, char) for char in value) + '"'
