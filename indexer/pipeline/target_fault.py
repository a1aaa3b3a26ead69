"""Tells a target that takes nothing from documents that are at fault, where the engine blames each document.

An alias without an index to write to, a collection that is read-only: the engine answers for each document, as if that
were to blame. What is known of each engine is in its sink. Of what is not known there, this holds: when all documents
that were sent are refused with the same words, and these name no document and no field, it is the target.
"""

import re
import threading
from collections.abc import Iterable, Sequence

from indexer.engines.base import Action, Outcome
from indexer.model.errors import PermanentError
from indexer.model.schema import biblio
from indexer.pipeline.bisect import Send, probe

SAME_CAUSE = 10  # documents in a row: of fewer it is said only where a deletion is refused so, too

#: Words about one document: its id or content, as the engines quote it.
OF_DOCUMENT = re.compile(r"pars(e|ing)_exception|strict_dynamic_mapping|\[doc=|\bfield\b|\bdocument\b", re.IGNORECASE)


def names_no_document(words: str, ids: Iterable[str]) -> bool:
    """Whether an engine's words are about none of these documents, and about no content of one."""
    if OF_DOCUMENT.search(words) or biblio().field(words.partition(":")[0]) is not None:
        return False
    return not any(re.search(rf"(?<!\w){re.escape(id)}(?!\w)", words) for id in ids)


class Refusals:
    """Those that came in a row, over all requests and connections."""

    def __init__(self) -> None:
        self._words = ""
        self._count = 0
        self._lock = threading.Lock()

    def weigh(self, batch: Sequence[Action], outcomes: Sequence[Outcome], send: Send) -> None:
        """Raises PermanentError when the outcomes of a request say that the target takes nothing."""
        words = {outcome.reason if outcome.status == "rejected" else "" for outcome in outcomes}
        refused = words.pop() if len(words) == 1 else ""
        if refused and not names_no_document(refused, (action.id for action in batch)):
            refused = ""
        with self._lock:
            self._count = len(batch) + (self._count if refused == self._words else 0) if refused else 0
            self._words = refused
            certain = self._count >= SAME_CAUSE
        if refused and (certain or probe(send) == Outcome("rejected", refused)):
            raise PermanentError(
                f"every document is refused with the same words, which name none: {refused}",
                advice="That is taken for the state of the index or of what is before it, and no record counts as "
                "rejected. Mend it, and run\nthe same command again: it goes on from there.",
            )
