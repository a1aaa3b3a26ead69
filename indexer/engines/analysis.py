"""Which words a text holds: the index's own analysis, to tell on every engine what a search met in a record."""

import functools

from indexer.engines.embedded.schema import WORD, analyzers, fold
from indexer.engines.query import parse_words
from indexer.model.schema import biblio

__all__ = ["WORD", "stem", "stems_of"]


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    return " ".join(analyzers()[True].analyze(fold(word)))


def stems_of(text: str) -> frozenset[str]:
    """The words of a query, as they are in the index."""
    words = [match[0] for clause in parse_words(text) or () for match in WORD.finditer(clause.text)]
    return frozenset(stem(word) for word in words if word.lower() not in biblio().stop_words) - {""}
