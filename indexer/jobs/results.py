"""What jobs give back: facts, for programs and for the command line, which prints them (cli/render/)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from indexer.engines.base import Found
from indexer.jobs.verification import Check
from indexer.model.books import Account, Books
from indexer.model.errors import ExitCode
from indexer.pipeline.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """How a load ended. `report` is the page that tells of it, None where none is written. `remembered`: the state
    keeps the rejected records, and how far it came.
    """

    target: str
    summary: Summary
    dry_run: bool = False
    remembered: bool = False
    report: Path | None = None

    @property
    def exit_code(self) -> ExitCode:
        """What the command line ends with: 0 where all is well."""
        return self.summary.exit_code

    @property
    def books(self) -> Mapping[str, Books]:
        """Source -> its books: read = indexed + unchanged + deleted + filtered + rejected."""
        return self.summary.account.sources

    @property
    def total(self) -> Books:
        return self.summary.account.total

    @property
    def warnings(self) -> Mapping[str, int]:
        """What could not be made of records whose documents are loaded all the same: kind -> how often."""
        return self.summary.warnings

    @property
    def unread(self) -> int:
        """Files that were not read, or not to their end."""
        return self.summary.account.faults


class Deletion(NamedTuple):
    """A document that would go."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult(LoadResult):
    """`files` are the dumps that were read, or with `dry_run` would be, by source; `empty` the folders whose dumps are
    still to come, with their sources; `asked` what each live server would be asked for. `deletions` are those that
    would go, and `stopped` why they would be held, "" if they would not.
    """

    files: Mapping[str, Sequence[str]]
    empty: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    deletions: Sequence[Deletion] = ()
    stopped: str = ""

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.VERIFICATION if self.stopped else self.summary.exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionResult(LoadResult):
    """`count` of the index's `documents` were to go, and `missing` of the ids that were named are of none. With
    `dry_run` they are `deletions`, and `stopped` says why they would not be deleted, "" if they would.
    """

    count: int
    documents: int
    missing: int = 0
    deletions: Sequence[Deletion] = ()
    stopped: str = ""

    @property
    def exit_code(self) -> ExitCode:
        if self.dry_run:
            return ExitCode.VERIFICATION if self.stopped else ExitCode.OK
        return self.summary.exit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What holds of an index, and what does not."""

    target: str
    checks: Sequence[Check]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.OK if self.passed else ExitCode.VERIFICATION


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexResult:
    """How a re-index ended: the generation that was built, whether it is live now, which one was live before, and which
    were dropped.
    """

    target: str
    generation: str
    promoted: bool
    former: str | None
    checks: Sequence[Check]
    account: Account
    dropped: Sequence[str]
    exit_code: ExitCode

    @property
    def books(self) -> Mapping[str, Books]:
        return self.account.sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """`found` is what the query finds; `shown` the same, or what its suggestion finds where it finds nothing."""

    found: Found
    shown: Found
