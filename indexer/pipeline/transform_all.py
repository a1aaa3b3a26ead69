"""What a load would make of every record of a plan, with nothing sent and nothing remembered."""

from collections.abc import Generator, Iterator

from indexer import sources
from indexer.pipeline.pool import Item, derive
from indexer.pipeline.run import Plan
from indexer.pipeline.workers import Result


def transform_all(plan: Plan) -> Generator[list[tuple[Item, Result | None]], None, None]:
    """Every record and fault of the plan's dumps in their order, in chunks, each record with what is made of it: of
    several versions of a document the last one is what the index is to hold.

    Close it where it is left early: it may have worker processes. Raises what `sources.read` and `derive` raise.
    """
    return derive(_items(plan), plan.spec, workers=plan.workers)


def _items(plan: Plan) -> Iterator[Item]:
    for file, source in plan.files.items():
        yield from sources.read(
            [file],
            source=source,
            format=plan.spec.format_of(source),
            elements=plan.spec.elements_of(source),
            header=plan.spec.has_header(source),
            locations=plan.locations,
        )
