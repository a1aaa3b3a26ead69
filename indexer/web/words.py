"""Which words of a text a search has found: by the analysis of the index, the same for every engine."""

import functools
import re

from markupsafe import Markup, escape

from indexer.engines.embedded.schema import WORD, analyzers, fold
from indexer.engines.query import parse_words
from indexer.model.schema import biblio

SNIPPET = 240  # characters of an abstract that are shown
LONGEST = 20_000  # characters of a text in which words are looked for


@functools.lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return " ".join(analyzers()[True].analyze(fold(word)))


def stems_of(text: str) -> frozenset[str]:
    """The words of a query, as they are in the index."""
    words = [match[0] for clause in parse_words(text) or () for match in WORD.finditer(clause.text)]
    return frozenset(_stem(word) for word in words if word.lower() not in biblio().stop_words) - {""}


def marked(text: str, stems: frozenset[str]) -> Markup:
    """The text as HTML, with the words that were looked for in <mark>."""
    if not stems:
        return escape(text)
    pieces: list[Markup] = []
    end = 0
    for match in WORD.finditer(text[:LONGEST]):
        if _stem(match[0]) in stems:
            pieces += [escape(text[end : match.start()]), Markup("<mark>{}</mark>").format(match[0])]
            end = match.end()
    return Markup("").join([*pieces, escape(text[end:])])


def snippet(text: str, stems: frozenset[str]) -> Markup | None:
    """The place of a longer text where the first of the words stands, or None where there is none."""
    for match in WORD.finditer(text[:LONGEST]):
        if _stem(match[0]) in stems:
            start = max(0, match.start() - SNIPPET // 3)
            if start:
                start = text.find(" ", start, match.start()) + 1 or start
            piece = text[start : start + SNIPPET]
            before, after = "… " if start else "", " …" if start + SNIPPET < len(text) else ""
            if after:
                piece = re.sub(r"\s+\S*$", "", piece)
            return Markup("{}{}{}").format(before, marked(piece, stems), after)
    return None
