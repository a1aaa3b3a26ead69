"""Sends again what the target refused for a reason of its own: no person has to tell `sync` that it is well by now."""

from collections.abc import Sequence
from dataclasses import replace

from indexer.config import Config
from indexer.jobs.dead_letters import chunks
from indexer.jobs.plan import fingerprint_key, limits
from indexer.jobs.session import Session, stopping
from indexer.model.books import Account
from indexer.pipeline.replay import replay
from indexer.pipeline.summary import Summary
from indexer.pipeline.target_fault import names_no_document
from indexer.state import dead_letters


def send_again(session: Session, config: Config) -> None:
    """The dead letters of earlier runs whose reason names no document: such as there are from a target that was set up
    wrongly and refused a few. They count in the books of the run.
    """
    refused = dead_letters.refused(session.store, session.target_id, before=session.reporter.run_id)
    letters = [letter for letter, document, reason in refused if names_no_document(reason, [document])]
    if not letters:
        return
    sent = send_letters(session, letters, config)
    session.summary.account.add(sent)
    session.reporter.say(
        f"sent again what the target had refused: {sent.total.read - sent.total.rejected:,} of {len(letters):,} came "
        "through"
    )


def send_letters(session: Session, letters: Sequence[int], config: Config) -> Account:
    """Tries these letters again as a part of the run; gives the books of that, which are for the caller to add. Once it
    is told to stop, the run counts as interrupted.
    """
    part = Summary()
    try:
        with stopping(session.reporter) as stop:
            replay(
                chunks(session.store, letters),
                session.sink,
                session.run_state(),
                profile=None,
                fingerprint_key=fingerprint_key(config.settings.load),
                limits=limits(config.settings.load, connections=config.settings.load.connections),
                events=replace(session.reporter.events(), counted=lambda _: None),  # the books are of the whole run
                stop=stop,
                summary=part,
            )
    finally:
        session.summary.add(part)
    return part.account
