"""What a load would change in an index: by document, and by field and the rule that writes it."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from indexer.engines.base import Index
from indexer.formats.explain import explain
from indexer.jobs.compare import Last, Sample, differing, last_of
from indexer.model.documents import Delete, Value
from indexer.model.records import Record
from indexer.pipeline.pool import Item
from indexer.pipeline.run import Plan
from indexer.pipeline.transform_all import transform_all
from indexer.pipeline.workers import Failed, Result

EXAMPLES = 3  # kept of each field

Kind = Literal["added", "changed", "deleted", "unchanged"]


@dataclass(frozen=True, slots=True)
class Change:
    """How one field of one document changes; None where it is not there."""

    id: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of the documents of one profile: `rule` is what `explain` says of it, `count` in how many documents it
    changes.
    """

    name: str
    profile: str
    rule: str
    count: int
    examples: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Changes:
    """`documents` counts them by what becomes of them, `rejected` are records that make no document. The `fields` that
    change in most documents come first.
    """

    documents: Mapping[Kind, int]
    fields: Sequence[FieldChange]
    rejected: int


ProfileField = tuple[str, str]  # profile and field
Fate = tuple[Kind, tuple[ProfileField, ...]]  # what becomes of a document, and which of its fields change


def changes(
    plan: Plan,
    sink: Index,
    *,
    id: str | None = None,
    sample: Sample | None = None,
    stop: threading.Event | None = None,
) -> Changes:
    """Reads every dump of the plan and holds what is made of it against the index behind `sink`: all of it, the
    document `id`, or a sample.

    Once `stop` is set no further record is read, and what was read by then is compared. Of several versions of a
    document the last one counts. Held in memory are the ids that change, no documents. Raises
    what reading the dumps and the engine raise.
    """
    collected = _Collected(plan, sink)
    versions: dict[str, tuple[Last, Record]] = {}
    with closing(transform_all(plan)) as derived:
        for chunk in derived:
            if stop is not None and stop.is_set():
                break
            if id is None and sample is None:
                collected.compare({key: (last, record) for key, last, record in _versions(chunk, collected)})
                continue
            for key, last, record in _versions(chunk, collected):
                if sample is not None:
                    sample.offer(key, last)
                if key == id or sample is not None:
                    versions[key] = (last, record)
            if sample is not None:
                kept = dict(sample.items())
                versions = {key: version for key, version in versions.items() if key in kept}
    collected.compare(versions)
    return collected.result()


def _versions(
    chunk: Sequence[tuple[Item, Result | None]], collected: "_Collected"
) -> Iterator[tuple[str, Last, Record]]:
    for item, result in chunk:
        collected.rejected += isinstance(result, Failed)
        version = last_of(result)
        if version is not None and isinstance(item, Record):
            yield (*version, item)


class _Collected:
    """What is known so far: of each id that changes how, and examples."""

    def __init__(self, plan: Plan, sink: Index) -> None:
        self.rejected = 0
        self._plan = plan
        self._sink = sink
        self._fates: dict[str, Fate] = {}
        self._same: dict[Fate, Fate] = {}  # one object for all documents that change alike
        self._rules: dict[ProfileField, str] = {}
        self._examples: dict[ProfileField, list[Change]] = {}

    def compare(self, versions: Mapping[str, tuple[Last, Record]]) -> None:
        there = self._sink.get(list(versions)) if versions else {}
        for id, (last, record) in versions.items():
            has = there.get(id)
            if last.body is None:
                self._keep(id, ("deleted" if has is not None else "unchanged", ()))
            elif has is None:
                self._keep(id, ("added", ()))
            else:
                wanted = last.fields()
                names = differing(wanted, has, self._sink.omit, self._plan.spec.schema)
                profile = self._plan.spec.profile_of(record)
                places = tuple((profile.name if profile else "", name) for name in names)
                self._keep(id, ("changed" if names else "unchanged", places))
                for place in places:
                    self._example(place, Change(id, has.get(place[1]), wanted.get(place[1])), record)

    def result(self) -> Changes:
        documents: Counter[Kind] = Counter()
        counts: Counter[ProfileField] = Counter()
        for kind, places in self._fates.values():
            documents[kind] += 1
            counts.update(places)
        fields = [
            FieldChange(name, profile, rule, counts[profile, name], self._shown((profile, name)))
            for (profile, name), rule in self._rules.items()
            if counts[profile, name]
        ]
        return Changes(documents, sorted(fields, key=lambda change: -change.count), self.rejected)

    def _shown(self, place: ProfileField) -> list[Change]:
        """Of documents of which a later version is as it was nothing is shown."""
        return [change for change in self._examples[place] if self._fates[change.id][0] == "changed"][:EXAMPLES]

    def _keep(self, id: str, fate: Fate) -> None:
        self._fates[id] = self._same.setdefault(fate, fate)

    def _example(self, place: ProfileField, change: Change, record: Record) -> None:
        if place not in self._rules:
            self._rules[place] = self._rule(place[1], change.id, record)
        kept = [other for other in self._examples.get(place, []) if other.id != change.id]
        if len(kept) < 2 * EXAMPLES:
            kept.append(change)
        self._examples[place] = kept

    def _rule(self, name: str, id: str, record: Record) -> str:
        profile = self._plan.spec.profile_of(record)
        explained = explain(record, profile, id) if profile is not None else []
        if isinstance(explained, Delete):
            return ""
        rules = [rule.text for field in explained if field.name == name for rule in field.rules]
        return "; ".join(dict.fromkeys(rules)) or "no rule writes it any more"
