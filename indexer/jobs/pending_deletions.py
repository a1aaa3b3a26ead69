"""The brake on the deletions of `sync`: they are held until all of them are known, then sent, or left where they are.

What is held is a dead letter of the stage `held`: a later version of its record takes it away as it takes any letter
away, `dead-letters list` shows it, `replay` sends it, `drop` forgets it. So nothing is lost while a person decides.
"""

from contextlib import closing
from dataclasses import replace

from indexer.config import Config
from indexer.jobs.dead_letters import chunks
from indexer.jobs.deletions import batches, titled
from indexer.jobs.load import limits, made_by
from indexer.jobs.session import Opened, stopping
from indexer.model.books import Account
from indexer.model.documents import Delete
from indexer.model.records import Fault
from indexer.pipeline import delete_guard
from indexer.pipeline.replay import replay
from indexer.pipeline.run import Plan, Summary
from indexer.pipeline.transform_all import rederive
from indexer.pipeline.workers import Marked
from indexer.state import dead_letters


def foreseen(ready: Opened, plan: Plan, max_share: float) -> tuple[list[tuple[str, str]], str]:
    """(id, title) of the documents that would go, were these dumps loaded: by deletions in them, or held before. And
    why those would be held, "" where they would not. Reads the dumps and tells of those that cannot be; nothing is sent
    or remembered.
    """
    there = ready.index.count()
    if not there:
        return [], ""
    ids = dict.fromkeys(id for _, id in dead_letters.held(ready.store, ready.target_id))
    with closing(rederive(plan)) as derived:
        for chunk in derived:
            for item, made in chunk:
                if isinstance(item, Fault) and not item.raw:
                    ready.told.events().fault(item)
                    ready.told.summary.account.faults += 1
                elif isinstance(made, Delete):
                    ids[made.id] = None
                elif isinstance(made, Marked):
                    ids.pop(made.write.id, None)
    going = list(titled(ready.index, ids))
    stopped = delete_guard.holds(len(going), there, max_share)
    return going, delete_guard.too_many(len(going), there, max_share) if stopped else ""


def let_through(ready: Opened, config: Config, max_share: float) -> None:
    """Sends all deletions that are held, those of earlier runs too; or none, where they would take more documents than
    may go at once. The run's summary says which.
    """
    letters = dead_letters.held(ready.store, ready.target_id)
    summary = ready.told.summary
    if not letters:  # later versions took away what was held
        summary.account.let_through(Account())
        return
    there = ready.index.count()
    gone = sum(len(ready.index.get(some)) for some in batches(dict.fromkeys(id for _, id in letters)))
    if delete_guard.holds(gone, there, max_share):
        summary.held = gone
        ready.told.trouble(
            delete_guard.too_many(gone, there, max_share),
            advice="They are held, everything else is loaded. indexer sync --dry-run names them; where they are to go,"
            f"\nindexer sync --max-share {delete_guard.enough(gone, there):.2f} lets them through; indexer "
            "dead-letters drop forgets them.",
        )
        return
    connections = config.settings.load.connections
    sent = Summary()
    with stopping(ready.told) as stop:
        replay(
            chunks(ready.store, [letter for letter, _ in letters]),
            ready.sink,
            ready.memory(),
            profile=None,
            derive_version=made_by(config.settings.load),
            limits=limits(config.settings.load, connections=connections),
            events=replace(ready.told.events(), counted=lambda _: None),  # the books are those of the whole run
            stop=stop,
            summary=sent,
        )
    if sent.interrupted:
        summary.interrupted = True
    else:
        summary.account.let_through(sent.account)
    summary.seconds += sent.seconds
