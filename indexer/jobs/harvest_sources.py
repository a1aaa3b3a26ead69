"""Brings here what the live servers among the sources have new, before their dumps are listed."""

import threading
import time
from collections.abc import Collection

from indexer.config import Config
from indexer.harvest import run
from indexer.harvest.folder import folder_of
from indexer.harvest.server import Server
from indexer.jobs.plan import chosen, retry_policy
from indexer.jobs.session import Session, stopping
from indexer.model.errors import SourceError, TransientError
from indexer.model.records import Fault, Position
from indexer.model.settings import SourceSettings
from indexer.pipeline.run import counting_pauses

SAID_EVERY = 10.0  # seconds


def harvest_sources(config: Config, names: Collection[str], session: Session) -> bool:
    """Whether there are live servers among the sources; each has been asked for what is new.

    One that could not be harvested to the end is told as a fault: what came of it before, and all other sources, can be
    loaded. Once it is told to stop, the run counts as interrupted.
    """
    servers = [source for source in chosen(config, names) if source.oai]
    if not servers:
        return False
    with stopping(session.reporter) as stop:
        for source in servers:
            try:
                _harvest(source, config, session, stop)
            except (SourceError, TransientError) as error:
                if not stop.is_set():
                    session.fault(Fault(source.name, Position(source.name), error.message, error.advice))
    session.summary.interrupted = stop.is_set()
    return True


def planned(config: Config, names: Collection[str]) -> dict[str, str]:
    """What each server is going to be asked for, in words; nothing is asked."""
    return {
        source.name: run.plan(source.oai, folder_of(config.settings.harvest, source.name))
        for source in chosen(config, names)
        if source.oai
    }


def _harvest(source: SourceSettings, config: Config, session: Session, stop: threading.Event) -> None:
    name, oai, reporter, said = source.name, source.oai, session.reporter, time.monotonic()
    if oai is None or stop.is_set():
        return

    def progress(records: int, of: int | None) -> None:
        nonlocal said
        reporter.harvested(name, records, of)
        if not reporter.audience.quiet and time.monotonic() - said >= SAID_EVERY:
            said = time.monotonic()
            reporter.say(f"{name}: {records:,} {f'of {of:,} ' if of else ''}records harvested")

    server = Server(oai.url, config.source_credentials() if oai.credentials else None)
    try:
        run.harvest(
            oai,
            server,
            folder_of(config.settings.harvest, name),
            retry=retry_policy(config.settings.load),
            callbacks=run.Callbacks(
                progress=progress,
                warning=lambda text: reporter.say(f"{name}: {text}"),
                flaw=lambda text, advice: session.fault(Fault(name, Position(name), text, advice)),
                pause=counting_pauses(session.summary, reporter.events().paused),
            ),
            stop=stop,
        )
    finally:
        server.close()
