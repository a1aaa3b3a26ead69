"""`explain`: each field of one document, the rule that wrote it, its input and the steps between."""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.config import Config
from indexer.derive.tracking import DATES
from indexer.formats.explain import as_json, explain, explain_dates
from indexer.formats.provenance import Explained
from indexer.jobs.load import plan_for
from indexer.model.documents import Delete
from indexer.model.errors import ConfigError, ExitCode, IndexerError
from indexer.model.records import Fault, Record
from indexer.pipeline.run import Plan
from indexer.pipeline.transform_all import transform_all
from indexer.pipeline.workers import Failed, Prepared

INPUTS = 8  # of a rule that are printed; --json has them all
NAME = 50  # characters of what an input or a step is called


@dataclass(slots=True)
class Search:
    """What was met on the way to the record: how many records, and the id of the first document."""

    read: int = 0
    example: str = ""


def run(
    paths: Sequence[str], *, id: str, name: str | None, config: Config, profile_name: str | None, as_json_: bool
) -> int:
    plan = plan_for(paths, config, profile_name, connections=1)
    search = Search()
    record = _find(id, plan, search)
    if record is None:
        raise IndexerError(
            f"no record here makes the document {id!r}; {search.read:,} were read",
            advice=f"Ids here are like {search.example!r}." if search.example else "",
        )
    profile = plan.spec.profiles[record.source][record.format]
    found = explain(record, profile)
    where = f"{record.position} · profile {profile.name}"
    if isinstance(found, Delete):
        print(f"{where}\ndeletes {found.id}")
        return ExitCode.OK
    if config.settings.load.dates:
        found += explain_dates(record, {each.name: each.value for each in found})
    shown = [each for each in found if name in (None, each.name)]
    if not shown:
        has = f"It has: {', '.join(each.name for each in found)}."
        raise ConfigError(
            f"{record.position}: its document has no field {name!r}",
            advice="Documents get it with load.dates = true, when they are sent." if name in DATES else has,
        )
    if as_json_:
        told: dict[str, Any] = {"record": str(record.position), "profile": profile.name, "id": id}
        print(json.dumps({**told, "fields": [as_json(each) for each in shown]}, ensure_ascii=False, indent=2))
    else:
        print(where)
        width = max(shutil.get_terminal_size().columns, 60) if sys.stdout.isatty() else 0
        print("\n".join(_cut(line, width) for each in shown for line in _lines(each)))
    return ExitCode.OK


def _find(id: str, plan: Plan, search: Search) -> Record | None:
    """The first record of which this document is made, or which deletes it.

    Raises IndexerError for a record of this id that cannot become a document.
    """
    derived = transform_all(plan)
    try:
        for chunk in derived:
            for item, result in chunk:
                search.read += isinstance(item, Record)
                if isinstance(item, Fault):
                    print(f"{item.position}: {item.reason}", file=sys.stderr)
                elif isinstance(item, Record):
                    if isinstance(result, Failed) and result.document_id == id:
                        raise IndexerError(f"{item.position}: rejected: {result.reason}")
                    its_id = (
                        result.write.id
                        if isinstance(result, Prepared)
                        else result.id
                        if isinstance(result, Delete)
                        else ""
                    )
                    search.example = search.example or its_id
                    if its_id == id:
                        return item
    finally:
        derived.close()
    return None


def _lines(explained: Explained) -> Iterator[str]:
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
