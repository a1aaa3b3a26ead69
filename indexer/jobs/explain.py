"""`explain`: each field of one document, the rule that wrote it, its input and the steps between."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from indexer.config import Config
from indexer.derive.tracking import DATES
from indexer.formats.explain import explain, explain_dates
from indexer.formats.provenance import Explained
from indexer.jobs.load import plan_for
from indexer.model.documents import Delete
from indexer.model.errors import ConfigError, IndexerError
from indexer.model.logs import get_logger
from indexer.model.records import Fault, Record
from indexer.observe.audience import NOBODY, Audience
from indexer.pipeline.pool import Item
from indexer.pipeline.run import Plan
from indexer.pipeline.transform_all import transform_all
from indexer.pipeline.workers import Failed, Prepared


@dataclass(frozen=True, slots=True)
class ExplainResult:
    """The document `id`, made of the record at `record` by `profile`: its `fields`; or `deletes`, where the record says
    that there is to be none.
    """

    id: str
    record: str
    profile: str
    fields: Sequence[Explained]
    deletes: bool = False


@dataclass(slots=True)
class Search:
    """What was met on the way to the record: how many records, and the id of the first document."""

    read: int = 0
    example: str = ""


def explain_document(
    paths: Sequence[str],
    *,
    id: str,
    field: str | None = None,
    config: Config,
    profile_name: str | None = None,
    audience: Audience = NOBODY,
) -> ExplainResult:
    """Every field of the document, or the one that is named, from the first record in these dumps that is of this id.
    Raises IndexerError where there is none, ConfigError for a field that it does not have.
    """
    plan = plan_for(paths, config, profile_name, connections=1)
    search = Search()
    record = _find(id, plan, search, audience)
    if record is None:
        raise IndexerError(
            f"no record makes the document {id!r}; {search.read:,} were read",
            advice=f"Ids here are like {search.example!r}." if search.example else "",
        )
    profile = plan.spec.profiles[record.source][record.format]
    where = str(record.position)
    fields = explain(record, profile, id)
    if isinstance(fields, Delete):
        return ExplainResult(id, where, profile.name, [], deletes=True)
    if config.settings.load.dates:
        fields += explain_dates(record, {explained.name: explained.value for explained in fields})
    chosen = [explained for explained in fields if field in (None, explained.name)]
    if not chosen:
        has = f"It has: {', '.join(explained.name for explained in fields)}."
        raise ConfigError(
            f"{where}: its document has no field {field!r}",
            advice="Documents get it with load.dates = true, when they are sent." if field in DATES else has,
        )
    return ExplainResult(id, where, profile.name, chosen)


def _find(id: str, plan: Plan, search: Search, audience: Audience) -> Record | None:
    """The first record of which this document is made, or which deletes it.

    Raises IndexerError for a record of this id that cannot become a document.
    """
    with closing(transform_all(plan)) as derived:
        before: Item | None = None
        for chunk in derived:
            for item, result in chunk:
                search.read += isinstance(item, Record) and item is not before
                before = item
                if isinstance(item, Fault):
                    _tell(item, audience)
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
    return None


def _tell(fault: Fault, audience: Audience) -> None:
    if audience.warn is not None:
        audience.warn(f"{fault.position}: {fault.reason}")
    else:
        get_logger().warning("file_fault", file=fault.position.file, reason=fault.reason, advice=fault.advice)
