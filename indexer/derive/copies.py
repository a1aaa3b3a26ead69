"""Copied fields: what Solr's copyField rules would add to a document, added here for every engine alike.

Solr takes the field names in the order in which they first appear, and for each its rules, and appends all of its
values: so emission order, not the order of the rules, decides the order of the values of `spellingShingle` or
`author_facet`. A copy is never copied again.

One rule is left to the engines: `format` to `allfields`. `allfields` is also what importers emit themselves, and the
source of `spelling`; were it appended to, `spelling` rebuilt from our own output would hold the formats too, a second
rebuild would append them a second time, and so would a Solr that has the rule. So `allfields` in a document is always
what the importer emitted, and `allfields_unstemmed` (which is nothing but a copy) holds the formats as well.
"""

import functools

from indexer.model.documents import Fields
from indexer.model.schema import Schema, biblio


def filled() -> frozenset[str]:
    """The fields that `fill` makes: the targets of copies that are not also sources of copies."""
    return _filled(biblio())


@functools.lru_cache(8)
def _filled(schema: Schema) -> frozenset[str]:
    return frozenset(schema.copy_targets - schema.copies.keys())


def fill(fields: Fields, schema: Schema) -> Fields:
    """The copies that the schema asks for of `fields` (in emission order, their own copies left out already): target ->
    value, a new dict.

    A single-valued target takes the first value copied to it.
    """
    made: dict[str, list[str]] = {}
    single: dict[str, str] = {}
    plan = _plan(schema)
    for name, value in fields.items():
        targets = plan.get(name)
        if targets is None:
            continue
        values = value if isinstance(value, list) else [value]
        for target, multi in targets:
            if not multi:
                single.setdefault(target, values[0])
            elif target in made:
                made[target] += values
            else:
                made[target] = values.copy()
    return {**single, **made}


@functools.lru_cache(8)
def _plan(schema: Schema) -> dict[str, tuple[tuple[str, bool], ...]]:
    """Source -> its targets, each with whether it holds several values."""
    plan = {
        source: tuple((target, schema.fields[target].multi) for target in targets if target in _filled(schema))
        for source, targets in schema.copies.items()
    }
    return {source: targets for source, targets in plan.items() if targets}
