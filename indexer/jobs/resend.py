"""Sends again what the target refused for a reason of its own: no person has to tell `sync` that it is well by now."""

from dataclasses import replace

from indexer.config import Config
from indexer.jobs.dead_letters import chunks
from indexer.jobs.load import limits, made_by
from indexer.jobs.session import Session, stopping
from indexer.pipeline.replay import replay
from indexer.pipeline.run import Summary
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
    sent = Summary()
    with stopping(session.reporter) as stop:
        replay(
            chunks(session.store, letters),
            session.sink,
            session.run_state(),
            profile=None,
            derive_version=made_by(config.settings.load),
            limits=limits(config.settings.load, connections=config.settings.load.connections),
            events=replace(session.reporter.events(), counted=lambda _: None),  # the books are those of the whole run
            stop=stop,
            summary=sent,
        )
    summary = session.reporter.summary
    summary.account.add(sent.account)
    summary.interrupted = summary.interrupted or sent.interrupted
    summary.seconds += sent.seconds
    total = sent.account.total
    session.reporter.say(
        f"sent again what the target had refused: {total.read - total.rejected:,} of {len(letters):,} came through"
    )
