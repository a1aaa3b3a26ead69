"""What a load would make of every record of a plan, with nothing sent and nothing remembered."""

from collections.abc import Generator, Iterator
from contextlib import closing

from indexer import sources
from indexer.pipeline.pool import Item, derive
from indexer.pipeline.run import Plan
from indexer.pipeline.workers import Result, Split, results_of


def transform_all(plan: Plan) -> Generator[list[tuple[Item, Result | None]], None, None]:
    """Every record and fault of the plan's dumps in their order, in chunks, each record with what is made of it, and
    once for each of several documents: of several versions of a document the last one is what the index is to hold.

    Close it where it is left early: it may have worker processes. Raises what `sources.read` and `derive` raise.
    """
    with closing(derive(_items(plan), plan.spec, workers=plan.workers, apart=plan.apart)) as derived:
        for chunk in derived:
            yield [(item, each) for item, made in chunk for each in _each(made)]


def _each(made: Result | Split | None) -> tuple[Result | None, ...]:
    return results_of(made) or (None,)


def _items(plan: Plan) -> Iterator[Item]:
    for file, source in plan.files.items():
        yield from sources.read(
            [file],
            source=source,
            format=plan.spec.format_of(source),
            elements=plan.spec.elements_of(source),
            header=plan.spec.has_header(source),
            harvested=source in plan.spec.harvested,
            locations=plan.locations,
        )
