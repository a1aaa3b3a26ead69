"""Tells people, the log and the state what happens in a run."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.config import Config
from indexer.engines import registry as engines
from indexer.formats import registry as formats
from indexer.formats.version import derive_version
from indexer.model.books import Account
from indexer.model.errors import ConfigError, ExitCode, IndexerError, TransientError
from indexer.model.logs import get_logger
from indexer.model.records import Fault, Record
from indexer.observe import page, report
from indexer.observe.audience import Audience
from indexer.observe.live import Live
from indexer.observe.noted import Rejections
from indexer.observe.timeline import Timeline
from indexer.pipeline.run import Events
from indexer.pipeline.summary import Summary

if TYPE_CHECKING:  # they bring the database along, which transform does without
    from indexer.state.dead_letters import DeadLetter
    from indexer.state.store import Store

SHOWN_PROBLEMS = 10  # of records, and of files
KEPT_PROBLEMS = 100  # in the report


class Reporter:
    """A context for one run: leaves it finished in the state, however it ends. `target` is its URL as users know it.

    `summary` is filled by the run, and only read here.
    """

    def __init__(
        self, config: Config, store: "Store | None", *, audience: Audience, command: str, target: str, summary: Summary
    ) -> None:
        settings = config.settings.log
        self.summary = summary
        self.audience = audience
        self.progress = audience.progress()
        self.run_id = 0
        if store is not None:
            from indexer.state import runs

            self.run_id = runs.start(store, command=command, target=target, derive_version=derive_version())
        self._log = get_logger().bind(command=command, target=target)
        self._store = store
        self._for_machines = settings.format == "json"
        self._rejections = self._faults = 0
        self._command, self.target = command, target
        self._reports = Path(config.settings.reports) if store and config.settings.reports else None
        self._started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._clock = time.monotonic()
        self._timeline = Timeline()
        self._rejected_by_kind = Rejections()
        self._size: int | None = None  # of the dumps, in bytes, and how much of them was read
        self._read = 0
        self._looked = 0.0  # when the books were put into the timeline
        self._waits_for = ""
        self._live = Live(store, self.run_id, self._as_json) if store is not None else None
        self._problems: list[str] = []
        self._ended: int | None = None
        self.page: Path | None = None

    def __enter__(self) -> "Reporter":
        self._log.info("run_started")
        for problem in (*formats.problems(), *engines.problems()):
            self._log_problem("extension_left_out", reason=problem)
            self.say(problem)
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.progress.stop()
        if self._rejections > SHOWN_PROBLEMS:
            self.say(f"... and {self._rejections - SHOWN_PROBLEMS:,} more rejected")
        if self._faults > SHOWN_PROBLEMS:
            self.say(f"... and {self._faults - SHOWN_PROBLEMS:,} more files were not read, or not to the end")
        code = self.summary.exit_code
        message = ""
        if isinstance(error, IndexerError):
            code, message = error.exit_code, error.message
        elif isinstance(error, KeyboardInterrupt):
            code, message = ExitCode.INTERRUPTED, "ended at once by an interrupt"
            self.say(message)
        elif error is not None:
            code, message = ExitCode.REJECTED, repr(error)
        account = self.summary.account
        faults = report.unread(account.faults) if account.faults else ""
        held = report.held(self.summary.held)
        kept = "; ".join(filter(None, [message or faults, held, report.in_flight(account)]))
        flying = account.in_flight.total()
        sources = {source: books.counts() for source, books in account.sources.items()}
        ended = {"exit_code": int(code), "message": message, "in_flight": flying, "sources": sources}
        self._log.info("run_finished", **ended, **account.total.counts())
        if account.open_sources:
            self._log.error("books_do_not_close", sources=account.open_sources)
        if message:
            self._problems.append(message)
        self._timeline.count(time.monotonic() - self._clock, account)
        self._ended = int(code)
        self._write_report()
        if self._live is not None:
            self._live.end()
        if error is not None and account.sources:
            where = f"{self.target} · report {self.page}" if self.page else self.target
            for line in report.lines(self.summary, target=where, remembered=self._store is not None):
                self.say(line)
        if self._store is not None:
            from indexer.state import runs

            runs.finish(
                self._store,
                self.run_id,
                account,
                exit_code=code,
                message=kept,
                seconds=time.monotonic() - self._clock,
                retries=self.summary.retries,
            )

    def events(self) -> Events:
        return Events(
            rejected=self._rejected,
            fault=self._fault,
            advanced=self._advanced,
            counted=self._counted,
            resumed=self._resumed,
            answered=self._answered,
            paused=self._paused,
            warned=self._warned,
        )

    def starts(self, size: int | None) -> None:
        """So many bytes of dumps are going to be read; None where that is not known."""
        self._size = size
        self.progress.start(size)

    def _as_json(self) -> dict[str, Any]:
        """All that there is to tell of the run, as it is now."""
        elapsed = time.monotonic() - self._clock
        data = report.as_json(self.summary, target=self.target) | {
            "run": self.run_id,
            "command": self._command,
            "started": self._started,
            "exit_code": self._ended,
            "problems": list(self._problems),
            "rejected": self._rejected_by_kind.as_json(),
            "timeline": self._timeline.series(),
        }
        if self._ended is None:
            data |= {
                "seconds": round(elapsed, 3),
                "bytes": self._size,
                "bytes_read": self._read,
                "waits_for": self._waits_for,
            }
        return data

    def _write_report(self) -> None:
        if self._reports is None:
            return
        try:
            self.page = page.write(self._reports, self._as_json())
        except ConfigError as error:  # the run is as it is, and its own error is the one to tell
            self._log_problem("report_failed", reason=error.message)
            self.say(error.message)
            self._advise(error.advice)

    def _advanced(self, size: int) -> None:
        self._read += size
        self.progress.advance(size)

    def _answered(self, documents: int, seconds: float) -> None:
        self._waits_for = ""
        self._timeline.add(time.monotonic() - self._clock, documents, seconds)

    def _counted(self, account: Account) -> None:
        elapsed = time.monotonic() - self._clock
        if elapsed - self._looked >= self._timeline.width:
            self._looked = elapsed
            self._timeline.count(elapsed, account)
        self.progress.update(account)

    def _resumed(self, file: str, items: int) -> None:
        self._log.info("resumed", file=file, items=items)
        self.say(f"resuming at record {items + 1:,} ({file})")

    def _rejected(self, letter: "DeadLetter", advice: str) -> None:
        self._rejections += 1
        self._rejected_by_kind.add(letter)
        self._log_problem(
            "record_rejected",
            source=letter.source,
            record=str(letter.position),
            id=letter.document_id,
            stage=letter.stage,
            reason=letter.reason,
        )
        if self._rejections <= SHOWN_PROBLEMS:
            named = f" ({letter.document_id})" if letter.document_id else ""
            self.say(f"{letter.position}{named}: {letter.reason}")
            self._advise(advice)

    def _fault(self, fault: Fault) -> None:
        self._faults += 1
        self._log_problem("file_fault", file=fault.position.file, reason=fault.reason, advice=fault.advice)
        if len(self._problems) < KEPT_PROBLEMS:
            self._problems.append(f"{fault.position.file}: {fault.reason}")
        if self._faults <= SHOWN_PROBLEMS:
            self.say(f"{fault.position.file}: {fault.reason}")
            self._advise(fault.advice)

    def _warned(self, record: Record, id: str, warnings: list[str]) -> None:
        for warning in warnings:
            self._log.info("metadata_warning", record=str(record.position), id=id, warning=warning)

    def _paused(self, error: TransientError, seconds: float) -> None:
        self._timeline.pause(time.monotonic() - self._clock, seconds)
        self._waits_for = error.message
        self._log_problem("paused", reason=error.message, seconds=round(seconds, 1))
        self.say(f"{error.message}; trying again in {seconds:.0f} s")

    def trouble(self, message: str, *, advice: str) -> None:
        """Something beside the records and files that are read did not work, and the run is well all the same."""
        self._log_problem("trouble", reason=message, advice=advice)
        self._problems.append(message)
        self.say(message)
        self._advise(advice)

    def harvested(self, source: str, records: int, of: int | None) -> None:
        """A page came from a live server: so many records of its list are here."""
        self._log.info("page_harvested", source=source, records=records, of=of)

    def stopping(self) -> None:
        """Told to stop: what is in flight is finished first."""
        self._log.info("stopping")
        self.say("finishing the batches in flight ... once more to end at once")

    def _log_problem(self, event: str, **fields: object) -> None:
        """A warning for machines; people who read a log on the console are told in words as well."""
        (self._log.warning if self._for_machines else self._log.info)(event, **fields)

    def _advise(self, advice: str) -> None:
        for line in advice.splitlines():
            self.say(f"  {line}")

    def say(self, text: str) -> None:
        """A line for people; machines get the log."""
        if not self._for_machines:
            self.progress.say(text)
