"""The delete guard in `sync`: deletions are held until all of them are known, then sent, or left where they are.

What is held is a dead letter of the stage `held`: a later version of its record takes it away as it takes any letter
away, `dead-letters list` shows it, `replay` sends it, `drop` forgets it. So nothing is lost while a person decides.
"""

from contextlib import closing

from indexer.config import Config
from indexer.jobs.deletions import batches, titled
from indexer.jobs.resend import send_letters
from indexer.jobs.results import Deletion
from indexer.jobs.session import Session
from indexer.model.books import Account
from indexer.model.documents import Delete
from indexer.model.records import Fault
from indexer.pipeline import delete_guard
from indexer.pipeline.run import Plan
from indexer.pipeline.transform_all import transform_all
from indexer.pipeline.workers import Prepared
from indexer.state import dead_letters


def foreseen(session: Session, plan: Plan, max_share: float) -> tuple[list[Deletion], str]:
    """The documents that would go, were these dumps loaded: by deletions in them, or held before. And
    why those would be held, "" where they would not. Reads the dumps and tells of those that cannot be; nothing is sent
    or remembered.
    """
    there = session.index.count()
    if not there:
        return [], ""
    ids = dict.fromkeys(id for _, id in dead_letters.held(session.store, session.target_id))
    with closing(transform_all(plan)) as derived:
        for chunk in derived:
            for item, result in chunk:
                if isinstance(item, Fault) and not item.raw:
                    session.fault(item)
                elif isinstance(result, Delete):
                    ids[result.id] = None
                elif isinstance(result, Prepared):
                    ids.pop(result.write.id, None)
    going = list(titled(session.index, ids))
    stopped = delete_guard.holds(len(going), there, max_share)
    return going, delete_guard.too_many(len(going), there, max_share) if stopped else ""


def let_through(session: Session, config: Config, max_share: float) -> None:
    """Sends all deletions that are held, those of earlier runs too; or none, where they would take more documents than
    may go at once. The run's summary says which.
    """
    letters = dead_letters.held(session.store, session.target_id)
    summary = session.summary
    if not letters:  # later versions took away what was held
        summary.account.let_through(Account())
        return
    there = session.index.count()
    gone = sum(len(session.index.get(batch)) for batch in batches(dict.fromkeys(id for _, id in letters)))
    if delete_guard.holds(gone, there, max_share):
        summary.held = gone
        session.reporter.trouble(
            delete_guard.too_many(gone, there, max_share),
            advice="They are held, everything else is loaded. indexer sync --dry-run names them; where they are to go,"
            f"\nindexer sync --max-share {delete_guard.enough(gone, there):.2f} lets them through; indexer "
            "dead-letters drop forgets them.",
        )
        return
    sent = send_letters(session, [letter for letter, _ in letters], config)
    if not summary.interrupted:
        summary.account.let_through(sent)
