"""Everything that can go wrong, in families that decide the exit code and what is safe to do next.

`RecordError` and `Dropped` concern one record; the others stop the run. A message says what happened and where,
`advice` what to do next; neither ever holds a credential.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a scheduler reads."""

    OK = 0
    REJECTED = 1  # finished; some records or files were not loaded
    USAGE = 2  # the command line or the configuration is wrong; nothing was sent
    TARGET = 3  # the target, the state, or an index that is read, is not reachable, or refused
    LOCKED = 4  # another run holds the lock
    VERIFICATION = 5  # verification failed; nothing was promoted
    INTERRUPTED = 130


class IndexerError(Exception):
    """Stops the run with a message for a person: never shown as a traceback."""

    exit_code = ExitCode.REJECTED

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class ConfigError(IndexerError):
    """The command line, indexer.toml or the environment is wrong."""

    exit_code = ExitCode.USAGE


class StateError(ConfigError):
    """The state's database does not answer (any more), or its disk is full: it may be well again without us."""

    exit_code = ExitCode.TARGET


class TargetError(IndexerError):
    """The target cannot take what we send. `nothing_sent`: its advice says already that nothing was."""

    exit_code = ExitCode.TARGET

    def __init__(self, message: str, *, advice: str = "", nothing_sent: bool = False) -> None:
        super().__init__(message, advice=advice)
        self.nothing_sent = nothing_sent


class TransientError(TargetError):
    """A fault of a whole request that may be gone on the next try: connection, time-out, 429, 503.

    `retry_after` is the engine's own wish in seconds, or None. `busy`: it says itself that this is not the time (408,
    429, 503), so that no request is to blame.
    """

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        nothing_sent: bool = False,
        retry_after: float | None = None,
        busy: bool = False,
    ) -> None:
        super().__init__(message, advice=advice, nothing_sent=nothing_sent)
        self.retry_after = retry_after
        self.busy = busy


class PermanentError(TargetError):
    """What no retry will mend: 401, a missing index, a schema without our fields, another product."""


class NotThere(PermanentError):
    """There is no such core, collection, index, folder or path."""


class SourceError(IndexerError):
    """An index that is read is not reachable (any more), or refuses."""

    exit_code = ExitCode.TARGET


class RecordError(Exception):
    """This one record cannot become a document; its neighbours can.

    `field` names the document field or source element at fault, where there is one; `document_id` is set where the
    record's id was known by then.
    """

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.document_id: str | None = None


class Dropped(Exception):
    """This record is left out on purpose (counted as filtered); the argument is the reason."""
