"""Tries a request again while its fault may pass: the one policy for what is sent and for what is harvested."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, sleep_using_event

from indexer.model.errors import TransientError

LONGEST_WAIT = 30.0  # seconds

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """For how many `seconds` since it failed first, and how often, a request is tried. `first_wait` is the pause before
    the second try in seconds; it doubles with every further one.
    """

    seconds: float
    tries: int = 100
    first_wait: float = 0.5


def persist(
    once: Callable[[], Answer],
    policy: RetryPolicy,
    *,
    on_pause: Callable[[TransientError, float], None],
    stop: threading.Event,
    hopeless: Callable[[TransientError, int], bool] = lambda _error, _tries: False,
) -> Answer:
    """What `once` returns, when it does so without a TransientError.

    It is given up as the policy says (a pause that would end later than its `seconds` is not begun; a request that
    nobody answered took its time-out before), when `hopeless(error, tries)` says so, and once `stop` is set. Raises the
    last TransientError then, with how long it was tried in its message.
    """
    failed: list[float] = []

    def is_over(state: RetryCallState) -> bool:
        failed.append(time.monotonic())
        late = failed[-1] - failed[0] + state.upcoming_sleep > policy.seconds
        tries = state.attempt_number
        return late or tries >= policy.tries or stop.is_set() or hopeless(_error(state), tries)

    def wait(state: RetryCallState) -> float:
        """What the server's own Retry-After says, but never none; else doubling. With jitter, so that the connections
        do not come back all at once.
        """
        asked = _error(state).retry_after
        doublings = min(state.attempt_number - 1, 20) if asked is None else 0
        longest: float = min(LONGEST_WAIT, policy.first_wait * 2**doublings)
        return (asked or 0) + random.uniform(longest / 2, longest)  # noqa: S311 - jitter, not a secret

    def before_sleep(state: RetryCallState) -> None:
        if state.next_action:
            on_pause(_error(state), state.next_action.sleep)

    retrying = Retrying(
        retry=retry_if_exception_type(TransientError),
        stop=is_over,
        sleep=sleep_using_event(stop),
        wait=wait,
        before_sleep=before_sleep,
        reraise=True,
    )
    try:
        return retrying(once)
    except TransientError as error:
        tried = "1 try" if len(failed) == 1 else f"{len(failed):,} tries in {failed[-1] - failed[0]:.0f} s"
        asked = f" (it asks for {error.retry_after:,.0f} s)" if error.retry_after else ""
        raise TransientError(f"{error.message}; given up after {tried}{asked}", advice=error.advice) from None


#: Seconds between the tries of what is read as a stream, which goes on where it broke off.
READING_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
LONGEST_ASKED = 120.0  # seconds that a server may ask for


def reading_wait(error: TransientError, failed: int) -> float | None:
    """Seconds before a stream that has `failed` so often in a row is asked for again, no less than the server asks for;
    None once it is given up.
    """
    if failed >= len(READING_WAITS):
        return None
    return max(READING_WAITS[failed], min(error.retry_after or 0, LONGEST_ASKED))


def _error(state: RetryCallState) -> TransientError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, TransientError):
        raise TypeError(f"tried again for {error!r}")
    return error
