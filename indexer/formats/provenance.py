"""What is told of where a field of a document came from."""

from dataclasses import dataclass, field

from indexer.model.documents import Value

Named = tuple[str, str]  # where or how, and the value there


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that wrote a field: what it takes from the record, what came of it, and what happened between.

    `values` are None where the rule is the only one: then they are the field's.
    """

    text: str
    inputs: list[Named] = field(default_factory=list)
    steps: list[Named] = field(default_factory=list)
    values: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    name: str
    value: Value
    rules: list[Rule]
