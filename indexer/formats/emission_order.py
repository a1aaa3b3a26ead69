"""In which order an importer emitted the fields of a document that another index gives back.

A dump may give its fields in any order (Solr's staff view sorts them by name), and the order of emission decides the
order of the values in copied fields. A copied field that the dump holds still tells it: its values are those of its
sources, one source after the other.
"""

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from indexer.derive import copies
from indexer.model.schema import Schema, biblio

Values = Mapping[str, list[str]]


def explain(copied: Sequence[str], sources: Collection[str], fields: Values) -> list[str] | None:
    """The order of `sources` in which their values, one source after the other, are the values `copied`.

    None where no order is. Where several are, the one nearest to the order of `sources`.
    """
    if not sources:
        return [] if not copied else None
    for name in sources:
        values = fields[name]
        if list(copied[: len(values)]) == values:
            rest = explain(copied[len(values) :], [other for other in sources if other != name], fields)
            if rest is not None:
                return [name, *rest]
    return None


def copied_fields(fields: Values) -> dict[str, list[str]]:
    """The copied fields that an index of ours would store for `fields`, and for each its sources among them, in order.

    Those whose sources are not stored themselves are left out: nothing in a dump explains them.
    """
    found = {}
    for target, sources in _copies(biblio()).items():
        there = [name for name in fields if name in sources]
        if there or target in fields:
            found[target] = there
    return found


@functools.lru_cache(8)
def _copies(schema: Schema) -> dict[str, frozenset[str]]:
    """Stored copied field -> its sources, where all of them are stored."""
    sources = {target: schema.fields[target].copied_from for target in copies.filled() if schema.fields[target].stored}
    return {
        target: frozenset(names) for target, names in sources.items() if all(schema.fields[n].stored for n in names)
    }


def recovered(fields: Values) -> list[str]:
    """The names of `fields` in emission order, as far as its copied fields tell it; else in the order given."""
    chains = []
    for target, sources in copied_fields(fields).items():
        order = explain(fields.get(target, []), sources, fields) if len(sources) > 1 else None
        if order is not None:
            chains.append(order)
    names = list(fields)
    if all(names.index(earlier) < names.index(later) for chain in chains for earlier, later in pairwise(chain)):
        return names
    return _in_order(names, chains)


def _in_order(names: list[str], chains: Iterable[Sequence[str]]) -> list[str]:
    """`names` with the members of each chain in its order, everything else moved as little as may be."""
    before: dict[str, set[str]] = {}
    for chain in chains:
        for earlier, later in pairwise(chain):
            before.setdefault(later, set()).add(earlier)
    waiting = list(names)
    ordered: list[str] = []
    placed: set[str] = set()
    while waiting:
        # chains that contradict each other leave the order as it was
        free = next((name for name in waiting if before.get(name, placed) <= placed), waiting[0])
        waiting.remove(free)
        ordered.append(free)
        placed.add(free)
    return ordered
