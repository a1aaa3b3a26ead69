"""How a run ended: all that is told of it afterwards, and its exit code."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from indexer.model.books import Account
from indexer.model.build import Work
from indexer.model.errors import ExitCode
from indexer.model.reasons import kind as kind_of
from indexer.model.records import Record

KEPT_KINDS = 1000  # of warnings


class Example(NamedTuple):
    """A warning as it is, the place of its record, and the id of its document."""

    text: str
    where: str
    id: str


@dataclass(slots=True)
class Summary:
    """How a run ended. `exit_code` is what the process should end with. `warnings` counts what could not be made of
    records whose documents are loaded all the same, by kind, and `examples` has of each kind one as it is, with its
    record and document; `retries` the requests that were tried again; `held` the
    documents whose deletion the delete guard has stopped; `missing`, for `sync`, the records of its sources that are
    not in the index, those of earlier runs too. `faulty` are the files that were not read, or not to their end.
    `after_failed`: the load is well, what was to follow is not. `build`: how a build on a cluster goes.
    """

    account: Account = field(default_factory=Account)
    warnings: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    interrupted: bool = False
    retries: int = 0
    held: int = 0
    missing: int = 0
    after_failed: bool = False
    faulty: list[str] = field(default_factory=list)
    examples: dict[str, Example] = field(default_factory=dict)
    build: Work | None = None

    def warn(self, warning: str, record: Record, id: str) -> None:
        """One warning more of its kind; beyond so many kinds, of the others."""
        kind = kind_of(warning)
        if kind not in self.warnings:
            if len(self.warnings) >= KEPT_KINDS:
                kind = "others"
            self.examples.setdefault(kind, Example(warning, str(record.position), id))
        self.warnings[kind] += 1

    def add(self, part: "Summary") -> None:
        """What a further part of the run came to, but for its books: how those are added, the part decides."""
        self.warnings.update(part.warnings)
        self.examples = part.examples | self.examples
        self.seconds += part.seconds
        self.interrupted |= part.interrupted
        self.retries += part.retries
        self.held += part.held
        self.missing += part.missing
        self.after_failed |= part.after_failed
        self.faulty += part.faulty
        self.build = part.build or self.build

    @property
    def exit_code(self) -> ExitCode:
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.held:
            return ExitCode.VERIFICATION
        if (
            self.account.total.rejected
            or self.missing
            or self.account.faults
            or self.account.open_sources
            or self.after_failed
        ):
            return ExitCode.REJECTED
        return ExitCode.OK
