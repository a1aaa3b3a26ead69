"""Documents field by field: what a load would change, and which rule wrote what."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from indexer.cli.render.text import print_json
from indexer.formats.explain import as_json as field_as_json
from indexer.formats.provenance import Explained
from indexer.jobs.changes import Changes, Kind
from indexer.jobs.diff import DiffResult
from indexer.jobs.explain import ExplainResult
from indexer.model.documents import Value
from indexer.model.errors import ExitCode
from indexer.observe.report import counted

WIDTH = 100  # characters of a value of diff that are printed; --json has them all
INPUTS = 8  # of a rule that are printed; --json has them all
NAME = 50  # characters of what an input or a step is called
KINDS: tuple[tuple[Kind, str], ...] = (
    ("added", "would be added"),
    ("changed", "would change"),
    ("deleted", "would be deleted"),
)


def diff(result: DiffResult, *, as_json: bool) -> int:
    if as_json:
        found = result.changes
        print_json(
            {
                "target": result.target,
                "documents": dict(found.documents),
                "rejected": found.rejected,
                "fields": [asdict(field) for field in found.fields],
            }
        )
    else:
        print("\n".join(changes(result.changes, result.target)))
    return ExitCode.OK


def explain(result: ExplainResult, *, as_json: bool) -> int:
    where = f"{result.record} · profile {result.profile}"
    if result.deletes:
        print(f"{where}\ndeletes {result.id}")
    elif as_json:
        fields = [field_as_json(field) for field in result.fields]
        print_json({"record": result.record, "profile": result.profile, "id": result.id, "fields": fields})
    else:
        print(where)
        width = max(shutil.get_terminal_size().columns, 60) if sys.stdout.isatty() else 0
        print("\n".join(_cut(line, width) for field in result.fields for line in _field(field)))
    return ExitCode.OK


def changes(found: Changes, target: str) -> Iterator[str]:
    """What a load would change, in lines."""
    documents = found.documents
    counts = [f"{documents[kind]:,} {words}" for kind, words in KINDS if documents.get(kind)]
    total = counted(sum(documents.values()), "document")
    yield f"{total} against {target}: {', '.join(counts) or 'nothing would change'}"
    if found.rejected:
        yield f"{found.rejected:,} records make no document: indexer load --dry-run says why"
    for field in found.fields:
        yield ""
        yield f"{field.name}   {counted(field.count, 'document')}   {field.profile}: {field.rule}"
        for example in field.examples:
            yield f"  {example.id}"
            yield f"    - {_shown(example.before)}"
            yield f"    + {_shown(example.after)}"


def _shown(value: Value | None) -> str:
    if value is None:
        return "(not there)"
    text = " | ".join([value] if isinstance(value, str) else value)
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _field(explained: Explained) -> Iterator[str]:
    """A field in words: its values, then each rule with its input and steps."""
    yield ""
    values = [explained.value] if isinstance(explained.value, str) else explained.value
    yield explained.name
    for value in values:
        yield f"    {value}"
    for rule in explained.rules:
        yield f"  rule  {rule.text}"
        yield from _pairs("from", rule.inputs)
        yield from _pairs("step", rule.steps)
        if rule.values is not None and len(explained.rules) > 1:
            yield from _pairs("gave", [("", value) for value in rule.values])


def _pairs(label: str, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    shown = [(_cut(name, NAME), value) for name, value in pairs[:INPUTS]]
    width = max((len(name) for name, _ in shown), default=0)
    for number, (name, value) in enumerate(shown):
        yield f"  {label if not number else '':4}  {name:<{width}}  {value}"
    if len(pairs) > INPUTS:
        yield f"        ... and {len(pairs) - INPUTS:,} more"


def _cut(line: str, width: int) -> str:
    line = " ".join(line.splitlines()) if line else line
    return line if not width or len(line) <= width else line[: width - 1] + "…"
