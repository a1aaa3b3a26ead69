"""What a load would change in an index: by document, and by field and the rule that writes it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class FieldChange:
    """One field of the documents of one profile: `rule` is what `explain` says of it, `count` in how many documents it
    changes.
    """

    name: str
    profile: str
    rule: str
    count: int = 0
    examples: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class Changes:
    """`documents` counts them by what becomes of them, `rejected` are records that make no document."""

    documents: Counter[Kind] = field(default_factory=Counter)
    fields: list[FieldChange] = field(default_factory=list)
    rejected: int = 0


ProfileField = tuple[str, str]  # profile and field
Found = tuple[Kind, tuple[ProfileField, ...]]


def changes(plan: Plan, sink: Index, *, id: str | None = None, sample: Sample | None = None) -> Changes:
    """Reads every dump of the plan and holds what is made of it against the index behind `sink`: all of it, the
    document `id`, or a sample.

    Of several versions of a document the last one counts. Held in memory are the ids that change, no documents. Raises
    what reading the dumps and the engine raise.
    """
    told = _Collected(plan, sink)
    versions: dict[str, tuple[Last, Record]] = {}
    with closing(transform_all(plan)) as derived:
        for chunk in derived:
            if id is None and sample is None:
                told.compare({each: (last, record) for each, last, record in _versions(chunk, told)})
                continue
            for each, last, record in _versions(chunk, told):
                if sample is not None:
                    sample.offer(each, last)
                if each == id or sample is not None:
                    versions[each] = (last, record)
            if sample is not None:
                kept = dict(sample.items())
                versions = {each: version for each, version in versions.items() if each in kept}
    told.compare(versions)
    return told.result()


def _versions(chunk: Sequence[tuple[Item, Result | None]], told: "_Collected") -> Iterator[tuple[str, Last, Record]]:
    for item, result in chunk:
        told.rejected += isinstance(result, Failed)
        version = last_of(result)
        if version is not None and isinstance(item, Record):
            yield (*version, item)


class _Collected:
    """What is known so far: of each id that changes how, and examples."""

    def __init__(self, plan: Plan, sink: Index) -> None:
        self.rejected = 0
        self._plan = plan
        self._sink = sink
        self._found: dict[str, Found] = {}
        self._same: dict[Found, Found] = {}  # one object for all documents that change alike
        self._fields: dict[ProfileField, FieldChange] = {}

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
        for kind, places in self._found.values():
            documents[kind] += 1
            for place in places:
                self._fields[place].count += 1
        for each in self._fields.values():
            each.examples = [one for one in each.examples if self._found[one.id][0] == "changed"][:EXAMPLES]
        fields = sorted((each for each in self._fields.values() if each.count), key=lambda each: -each.count)
        return Changes(documents, fields, self.rejected)

    def _keep(self, id: str, found: Found) -> None:
        self._found[id] = self._same.setdefault(found, found)

    def _example(self, place: ProfileField, change: Change, record: Record) -> None:
        kept = self._fields.get(place)
        if kept is None:
            kept = self._fields[place] = FieldChange(place[1], place[0], self._rule(place[1], record))
        kept.examples = [one for one in kept.examples if one.id != change.id]
        if len(kept.examples) < 2 * EXAMPLES:
            kept.examples.append(change)

    def _rule(self, name: str, record: Record) -> str:
        profile = self._plan.spec.profile_of(record)
        explained = explain(record, profile) if profile is not None else []
        if isinstance(explained, Delete):
            return ""
        rules = [rule.text for each in explained if each.name == name for rule in each.rules]
        return "; ".join(dict.fromkeys(rules)) or "no rule writes it any more"
