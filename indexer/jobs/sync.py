"""`sync`: what is new or changed in the configured sources, into the target. The scheduled job."""

import os
from collections.abc import Collection, Sequence
from dataclasses import replace

from indexer import sources
from indexer.config import Config
from indexer.engines.registry import require_index
from indexer.jobs import after
from indexer.jobs.fields import fitted
from indexer.jobs.harvest_sources import harvest_sources, planned
from indexer.jobs.pending_deletions import foreseen, let_through
from indexer.jobs.plan import Dump, chosen, dumps, is_as_it_was, part, plan_for_sources
from indexer.jobs.resend import send_again
from indexer.jobs.results import SyncResult
from indexer.jobs.session import Session, open_session
from indexer.model.settings import SourceSettings
from indexer.observe.audience import Audience
from indexer.pipeline.run import Plan
from indexer.pipeline.summary import Summary
from indexer.sources import processed


def sync(
    names: Collection[str] = (),
    *,
    config: Config,
    dry_run: bool = False,
    force: bool = False,
    max_share: float | None = None,
    audience: Audience,
) -> SyncResult:
    """What is new or changed in these sources, all without a name. `max_share` of the documents may be deleted at once,
    delete.max_share where it is None.
    """
    from indexer.state import dead_letters

    target = config.target()
    require_index(target, "{} cannot be kept up to date", advice="Write one with indexer load.")
    after.check(config)
    plan = plan_for_sources(config, names, whole=False)
    connections = config.settings.load.connections
    command = "sync --dry-run" if dry_run else "sync"
    with open_session(target, config, command=command, audience=audience, connections=connections) as session:
        if not dry_run and harvest_sources(config, names, session):
            plan = plan_for_sources(config, names, whole=False)
        plan = plan.omitting(session.sink.omit)
        empty = nothing_yet(session, plan, chosen(config, names))
        plan = replace(plan, files={file: source for file, source in plan.files.items() if file not in empty})
        share = config.settings.delete.max_share if max_share is None else max_share
        hold = share < 1 and session.index.count() > 0  # an empty index loses nothing
        new, summary = catch_up(session, plan, config, dry_run=dry_run, force=force, hold=hold)
        if not dry_run and not summary.interrupted:
            send_again(session, config)
        if not dry_run and not summary.interrupted:
            let_through(session, config, share)
        if not dry_run:
            session.check_all_there()
            summary.missing = dead_letters.count(session.store, session.target_id, plan.spec.profiles)
        if not dry_run:
            after.after_commit(session, config, "sync")
        going, stopped = foreseen(session, part(plan, new, config), share) if dry_run else ([], "")
        moving = {source.name for source in chosen(config, names) if source.move_processed}
        if moving and not dry_run and not summary.interrupted:
            _move(session, [dump for dump in dumps(plan) if dump.source in moving])
    return SyncResult(
        target=str(target),
        summary=summary,
        dry_run=dry_run,
        remembered=True,
        report=None if dry_run else session.reporter.page,
        files={name: [dump.file for dump in new if dump.source == name] for name in plan.spec.profiles},
        empty=empty,
        asked=planned(config, names) if dry_run else {},
        deletions=going,
        stopped=stopped,
    )


def catch_up(
    session: Session, plan: Plan, config: Config, *, dry_run: bool = False, force: bool = False, hold: bool = False
) -> tuple[list[Dump], Summary]:
    """Loads what of the plan's dumps the open index does not have as they are now (`force`: all of them); gives those
    that were read, or (`dry_run`) would be. The plan is one for the open index. `hold`: deletions wait (see
    pipeline/delete_guard.py).
    """
    from indexer.state import dumps as stored_dumps

    plan = fitted(plan, session.sink)
    known = {} if force else stored_dumps.complete(session.store, session.target_id)
    new = news(dumps(plan), known)
    summary = session.summary
    if new and not dry_run and not summary.interrupted:
        if session.building:
            signatures = {dump.key: dump.signature for dump in new if dump.signature}
            stored_dumps.begin(session.store, session.target_id, signatures)
        else:
            stored_dumps.forget(session.store, session.target_id, [dump.key for dump in new])
        session.load(replace(part(plan, new, config), hold_deletions=hold), force=force)
        stored_dumps.mark_complete(session.store, session.target_id, _read_well(new, summary))
    return new, summary


def nothing_yet(session: Session, plan: Plan, configured: Sequence[SourceSettings]) -> dict[str, str]:
    """The folders of these sources that are there and hold no file, each with its source: dumps are still to come.
    Where the index has read dumps of one before, its disk may be away: that is a fault, as is a path that is not there.
    """
    from indexer.state import dumps as stored_dumps

    empty = {
        path: source.name
        for source in configured
        for path in source.paths
        if path in plan.files and sources.is_empty_folder(path)
    }
    known = stored_dumps.touched(session.store, session.target_id) if empty else {}
    return {
        path: name
        for path, name in empty.items()
        if not any(source == name and file.startswith(f"{sources.lasting(path)}/") for source, file in known)
    }


def news(dumps: Sequence[Dump], known: dict[tuple[str, str], str]) -> list[Dump]:
    """The dumps to read: of each source those from the first on that is not known as it is now. What follows it may
    hold later versions of the same records, and is to win over it again.
    """
    begun: set[str] = set()
    new = []
    for dump in dumps:
        if not dump.signature or known.get(dump.key) != dump.signature:
            begun.add(dump.source)
        if dump.source in begun:
            new.append(dump)
    return new


def _read_well(new: Sequence[Dump], summary: Summary) -> dict[tuple[str, str], str]:
    """The dumps that were read to their end. None where a run that was resumed met a fault before: which file it was
    is not known any more, and reading all of them again costs nothing but time.
    """
    if summary.interrupted or summary.account.faults != len(summary.faulty):
        return {}
    return {
        dump.key: dump.signature
        for dump in new
        if dump.signature and not any(_is_of(fault, sources.shown(dump.file)) for fault in summary.faulty)
    }


def _move(session: Session, dumps: Sequence[Dump]) -> None:
    """Moves those that are loaded to processed/: those of this run, and any that an earlier one could not move."""
    from indexer.state import dumps as stored_dumps

    known = stored_dumps.complete(session.store, session.target_id)
    for dump in dumps:
        if known.get(dump.key) != dump.signature or processed.is_inside(dump.file) or os.path.islink(dump.file):
            continue  # a link that leads on from its folder would lead nowhere from another
        if not is_as_it_was(dump):
            continue  # it was written anew meanwhile: the next run reads it
        try:
            now = processed.move(dump.file)
        except OSError as error:
            session.reporter.trouble(
                f"{sources.shown(dump.file)}: cannot be moved to processed/: {error.strerror or error}",
                advice="It is loaded, and is not read again. Let this user write there: the next run moves it.",
            )
            continue
        stored_dumps.moved(session.store, source=dump.source, file=dump.key[1], to=sources.lasting(now))


def _is_of(fault: str, file: str) -> bool:
    """Whether a fault is of this file or of a member of the archive that it is."""
    return fault == file or fault.startswith(f"{file}!")
