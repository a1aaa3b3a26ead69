"""`delete` and `sweep`: documents that are to go, by their ids, or because no source has them any more.

Both find out first which documents that would be, ask the delete guard whether that is too many, and then go the way
of a load: what is remembered of the documents goes with them.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from indexer.config import Config
from indexer.engines.base import Index
from indexer.engines.registry import require_index
from indexer.formats.profiles import Profile
from indexer.formats.registry import DELETE
from indexer.jobs import after
from indexer.jobs.fields import fitted
from indexer.jobs.plan import plan_for_sources, plan_of
from indexer.jobs.results import Deletion, DeletionResult
from indexer.jobs.session import Session, open_session
from indexer.model.documents import Delete
from indexer.model.errors import ConfigError
from indexer.model.records import Fault, Record
from indexer.observe.audience import Audience
from indexer.pipeline import delete_guard
from indexer.pipeline.delete_guard import DeleteGuardError
from indexer.pipeline.idset import IdSet
from indexer.pipeline.pool import Item
from indexer.pipeline.transform_all import transform_all
from indexer.pipeline.workers import Failed, Prepared, Result

AT_ONCE = 200  # ids that the engine is asked for


def delete(
    ids: Iterable[str],
    *,
    config: Config,
    dry_run: bool = False,
    max_share: float | None = None,
    audience: Audience,
) -> DeletionResult:
    """Documents with these ids. `max_share` of the documents may go at once, delete.max_share where it is None. Raises
    DeleteGuardError where they are more, and what opening and loading the target raise.
    """
    with _gathering("delete", config, dry_run=dry_run, audience=audience) as doomed, IdSet() as seen:
        missing = 0
        for batch in batches(ids):
            new = seen.without(list(dict.fromkeys(batch)))
            seen.add(new)
            there = doomed.session.index.get(new) if new else {}
            missing += len(new) - len(there)
            doomed.add([id for id in new if id in there])
        return _carry_out(doomed, config, dry_run=dry_run, max_share=max_share, missing=missing)


def sweep(
    *, config: Config, dry_run: bool = False, max_share: float | None = None, audience: Audience
) -> DeletionResult:
    """Documents that no source of indexer.toml has any more, as far as their dumps tell."""
    plan_for_sources(config)  # says what is wrong with them before anything is opened
    with _gathering("sweep", config, dry_run=dry_run, audience=audience) as doomed, IdSet() as held:
        # now that nobody brings documents of other dumps
        plan = fitted(plan_for_sources(config), doomed.session.sink)
        with closing(transform_all(plan)) as derived:
            for chunk in derived:
                _keep(chunk, held)
        for batch in batches(doomed.session.index.ids()):
            doomed.add(held.without(batch))
        return _carry_out(doomed, config, dry_run=dry_run, max_share=max_share)


def _keep(chunk: Sequence[tuple[Item, Result | None]], held: IdSet) -> None:
    """Into `held` goes what these records are in the index, from it what they delete. Raises DeleteGuardError where
    nobody knows that: a document whose record cannot be read is not one that no source has.
    """
    kept: dict[str, bool] = {}
    for item, result in chunk:
        if isinstance(item, Fault):
            raise _unsure(str(item.position), item.reason)
        if isinstance(result, Prepared):
            kept[result.write.id] = True
        elif isinstance(result, Delete):
            kept[result.id] = False
        elif isinstance(result, Failed):
            # a stylesheet may make other documents of it, too, than the one that its header names
            if result.document_id is None or (isinstance(item, Record) and item.format == "xslt"):
                raise _unsure(str(getattr(item, "position", "")), result.reason)
            kept[result.document_id] = True
    held.add(id for id, there in kept.items() if there)
    held.discard(id for id, there in kept.items() if not there)


def _unsure(place: str, reason: str) -> DeleteGuardError:
    return DeleteGuardError(
        f"{place}: {reason}",
        advice="A sweep has to know all that the sources have: what is in there alone would be deleted. Mend it, or "
        "take it out of its source.\nNothing was deleted.",
    )


class _Doomed:
    """The ids of the documents that are to go, in a file that a load reads as it reads VuFindHarvest's."""

    def __init__(self, session: Session, command: str, path: Path) -> None:
        self.session = session
        self.command = command
        self.path = path
        self.count = 0
        path.touch()

    def add(self, ids: Sequence[str]) -> None:
        for id in ids:
            if "\n" in id or id.encode() != id.encode().strip():
                raise ConfigError(
                    f"the id {id!r} has white space around it, or a line end in it: it stands in no list of ids",
                    advice="Delete it with the engine's own means. Nothing was deleted.",
                )
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{id}\n" for id in ids)
        self.count += len(ids)

    def documents(self) -> Iterator[Deletion]:
        for batch in self._batches():
            yield from titled(self.session.index, batch)

    def note(self, target: str) -> None:
        """A source may have them still: a re-index is not to bring them back."""
        from indexer.state import deletions

        for batch in self._batches():
            deletions.note(self.session.store, target, batch)

    def _batches(self) -> Iterator[list[str]]:
        with self.path.open(encoding="utf-8", newline="\n") as file:
            yield from batches(line.rstrip("\n") for line in file)


@contextmanager
def _gathering(command: str, config: Config, *, dry_run: bool, audience: Audience) -> Iterator[_Doomed]:
    target = config.target()
    require_index(target, "nothing can be deleted from {}")
    connections = config.settings.load.connections
    named = f"{command} --dry-run" if dry_run else command
    with (
        open_session(target, config, command=named, audience=audience, connections=connections) as session,
        tempfile.TemporaryDirectory(prefix="indexer-") as folder,
    ):
        yield _Doomed(session, command, Path(folder) / f"{command}.delete")


def _carry_out(
    doomed: _Doomed, config: Config, *, dry_run: bool, max_share: float | None, missing: int = 0
) -> DeletionResult:
    """Lists the documents (`dry_run`), or deletes them; `missing` ids are of none."""
    target, session = str(config.target()), doomed.session
    share = config.settings.delete.max_share if max_share is None else max_share
    there, count = session.index.count(), doomed.count
    stopped = delete_guard.too_many(count, there, share) if delete_guard.holds(count, there, share) else ""
    result = DeletionResult(
        target=target,
        summary=session.summary,
        dry_run=dry_run,
        remembered=True,
        count=count,
        documents=there,
        missing=missing,
    )
    if dry_run:
        return replace(result, deletions=list(doomed.documents()), stopped=stopped)
    if stopped:
        raise DeleteGuardError(
            stopped,
            advice=f"Nothing was deleted. indexer {doomed.command} --dry-run lists them; where they are to go, say how "
            f"many may: --max-share {delete_guard.enough(count, there):.2f}.",
        )
    if count:
        profile = Profile(doomed.command, format=DELETE)
        files, profiles = {str(doomed.path): doomed.command}, {doomed.command: {DELETE: profile}}
        plan = plan_of(files, profiles, config.settings.load, config.settings.load.connections, {})
        if doomed.command == "delete":
            doomed.note(target)
        session.load(plan)
        after.after_commit(session, config, doomed.command)
    return result


def titled(sink: Index, ids: Iterable[str]) -> Iterator[Deletion]:
    """Those of these documents that are there."""
    for batch in batches(ids):
        there = sink.get(batch)
        for id in batch:
            if id in there:
                title = there[id].get("title", "")
                yield Deletion(id, title if isinstance(title, str) else "; ".join(title))


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """Ids, as many at once as the engine is asked for."""
    left = iter(ids)
    while batch := list(islice(left, AT_ONCE)):
        yield batch
