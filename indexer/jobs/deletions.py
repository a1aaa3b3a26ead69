"""`delete` and `sweep`: documents that are to go, by their ids, or because no source has them any more.

Both find out first which documents that would be, hold their number against the brake, and then go the way of a load:
what is remembered of the documents goes with them.
"""

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from indexer.config import Config
from indexer.engines.base import Index
from indexer.engines.registry import require_index
from indexer.formats.profiles import Profile
from indexer.formats.registry import DELETE
from indexer.jobs import after
from indexer.jobs.fields import fitted
from indexer.jobs.load import plan_of
from indexer.jobs.plan import plan_for_sources
from indexer.jobs.session import Session, open_session
from indexer.model.documents import Delete
from indexer.model.errors import ConfigError, ExitCode
from indexer.model.records import Fault
from indexer.observe import report
from indexer.observe.audience import Audience
from indexer.pipeline import delete_guard
from indexer.pipeline.delete_guard import DeleteGuardError
from indexer.pipeline.idset import IdSet
from indexer.pipeline.pool import Item
from indexer.pipeline.transform_all import transform_all
from indexer.pipeline.workers import Failed, Prepared, Result
from indexer.sources.files import STDIN

AT_ONCE = 200  # ids that the engine is asked for


def delete(
    ids: Sequence[str],
    *,
    file: str | None,
    config: Config,
    dry_run: bool,
    max_share: float | None,
    as_json: bool,
    audience: Audience,
) -> int:
    """Documents with these ids, and with those of the file (one a line; - is standard input)."""
    if not ids and file is None:
        raise ConfigError("no ids were named", advice="Name them, or a file with one a line: --file FILE.")
    with _gathering("delete", config, dry_run=dry_run, audience=audience) as list_, IdSet() as seen:
        missing = 0
        for some in batches(_named(ids, file)):
            new = seen.without(list(dict.fromkeys(some)))
            seen.add(new)
            there = list_.session.index.get(new) if new else {}
            missing += len(new) - len(there)
            list_.add([id for id in new if id in there])
        return _carry_out(list_, config, dry_run=dry_run, max_share=max_share, as_json=as_json, missing=missing)


def sweep(*, config: Config, dry_run: bool, max_share: float | None, as_json: bool, audience: Audience) -> int:
    """Documents that no source of indexer.toml has any more, as far as their dumps tell."""
    plan_for_sources(config)  # says what is wrong with them before anything is opened
    with _gathering("sweep", config, dry_run=dry_run, audience=audience) as list_, IdSet() as held:
        # now that nobody brings documents of other dumps
        plan = fitted(plan_for_sources(config), list_.session.sink)
        with closing(transform_all(plan)) as derived:
            for chunk in derived:
                _keep(chunk, held)
        for some in batches(list_.session.index.ids()):
            list_.add(held.without(some))
        return _carry_out(list_, config, dry_run=dry_run, max_share=max_share, as_json=as_json)


def _keep(chunk: Sequence[tuple[Item, Result | None]], held: IdSet) -> None:
    """Into `held` goes what these records are in the index, from it what they delete. Raises BrakeError where nobody
    knows that: a document whose record cannot be read is not one that no source has.
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
            if result.document_id is None:
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


class _List:
    """The ids of the documents that are to go, in a file that a load reads as it reads VuFindHarvest's."""

    def __init__(self, session: Session, command: str, path: Path, *, quiet: bool) -> None:
        self.session = session
        self.command = command
        self.path = path
        self.quiet = quiet
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

    def documents(self) -> Iterator[tuple[str, str]]:
        """(id, title) of each."""
        for some in self._ids():
            yield from titled(self.session.index, some)

    def note(self, target: str) -> None:
        """A source may have them still: a re-index is not to bring them back."""
        from indexer.state import deletions

        for some in self._ids():
            deletions.note(self.session.store, target, some)

    def _ids(self) -> Iterator[list[str]]:
        with self.path.open(encoding="utf-8", newline="\n") as file:
            yield from batches(line.rstrip("\n") for line in file)


@contextmanager
def _gathering(command: str, config: Config, *, dry_run: bool, audience: Audience) -> Iterator[_List]:
    target = config.target()
    require_index(target, "nothing can be deleted from {}")
    connections = config.settings.load.connections
    named = f"{command} --dry-run" if dry_run else command
    with (
        open_session(target, config, command=named, audience=audience, connections=connections) as session,
        tempfile.TemporaryDirectory(prefix="indexer-") as folder,
    ):
        yield _List(session, command, Path(folder) / f"{command}.delete", quiet=audience.quiet)


def _carry_out(
    list_: _List, config: Config, *, dry_run: bool, max_share: float | None, as_json: bool, missing: int = 0
) -> int:
    """Says which documents (`dry_run`), or deletes them; `missing` ids are of none."""
    target, session = str(config.target()), list_.session
    share = config.settings.delete.max_share if max_share is None else max_share
    there = session.index.count()
    stopped = delete_guard.too_many(list_.count, there, share) if delete_guard.holds(list_.count, there, share) else ""
    if dry_run:
        listing: dict[str, object] = {"target": target, "dry_run": True, "documents": there, "stopped": stopped}
        if as_json:
            listed = [{"id": id, "title": title} for id, title in list_.documents()]
            print(json.dumps({**listing, "delete": listed, "missing": missing}, ensure_ascii=False, indent=2))
        else:
            for id, title in list_.documents():
                print(f"{id}  {title}".rstrip())
            print(f"{list_.count:,} of {there:,} documents would be deleted · {target}")
            if missing:
                print(_missing(missing))
            print("dry run: nothing was deleted" + (f"; it would be stopped: {stopped}" if stopped else ""))
        return ExitCode.VERIFICATION if stopped else ExitCode.OK
    if stopped:
        raise DeleteGuardError(
            stopped,
            advice=f"Nothing was deleted. indexer {list_.command} --dry-run lists them; where they are to go, say how "
            f"many may: --max-share {delete_guard.enough(list_.count, there):.2f}.",
        )
    summary = session.reporter.summary
    if list_.count:
        profile = Profile(list_.command, format=DELETE)
        files, profiles = {str(list_.path): list_.command}, {list_.command: {DELETE: profile}}
        plan = plan_of(files, profiles, config.settings.load, config.settings.load.connections, {})
        if list_.command == "delete":
            list_.note(target)
        summary = session.load(plan)
        after.after_commit(session, config, list_.command)
    if as_json:
        print(json.dumps({**report.as_json(summary, target=target), "missing": missing}, ensure_ascii=False, indent=2))
    elif not list_.quiet:
        print("\n".join(report.lines(summary, target=target, remembered=True)) if list_.count else "nothing to delete")
        if missing:
            print(_missing(missing))
    return summary.exit_code


def _missing(ids: int) -> str:
    return "1 id is of no document" if ids == 1 else f"{ids:,} ids are of no document"


def _named(ids: Sequence[str], file: str | None) -> Iterator[str]:
    """The ids that were named, and those of the file. Raises ConfigError where it cannot be read, or is no text."""
    yield from ids
    if file is None:
        return
    try:
        with sys.stdin.buffer if file == STDIN else open(file, "rb") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    id = line.strip().decode()
                except UnicodeDecodeError:
                    raise ConfigError(f"{file}: line {number:,} is not UTF-8", advice="Nothing was deleted.") from None
                if id:
                    yield id
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}", advice="Nothing was deleted.") from None


def titled(sink: Index, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(id, title) of those of these documents that are there."""
    for some in batches(ids):
        there = sink.get(some)
        for id in some:
            if id in there:
                title = there[id].get("title", "")
                yield id, title if isinstance(title, str) else "; ".join(title)


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """Ids, as many at once as the engine is asked for."""
    left = iter(ids)
    while some := list(islice(left, AT_ONCE)):
        yield some
