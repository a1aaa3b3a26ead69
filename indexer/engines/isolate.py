"""Finds the bad documents of a batch which the engine refuses as a whole."""

from collections.abc import Callable, Sequence

from indexer.engines.base import Action, Outcome


class Refused(Exception):
    """The engine refused a whole request because of what is in it; the argument is its reason."""


def isolate(batch: Sequence[Action], send: Callable[[Sequence[Action]], list[Outcome]]) -> list[Outcome]:
    """Sends the batch; while it is refused, each half of it, so that exactly the bad ones come out as rejected.

    The halves are `[:n // 2]` and `[n // 2:]`: together they are the batch, whatever its length. What was written
    before the refusal is written again, with the same result. Returns one outcome per action, in order.
    """
    if not batch:
        return []
    try:
        return send(batch)
    except Refused as refusal:
        if len(batch) == 1:
            return [Outcome("rejected", str(refusal))]
    middle = len(batch) // 2
    return isolate(batch[:middle], send) + isolate(batch[middle:], send)
