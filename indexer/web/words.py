"""Which words of a text a search has found: by the analysis of the index, the same for every engine."""

import re

from markupsafe import Markup, escape

from indexer.engines.analysis import WORD, stem

SNIPPET = 240  # characters of an abstract that are shown
LONGEST = 20_000  # characters of a text in which words are looked for


def marked(text: str, stems: frozenset[str]) -> Markup:
    """The text as HTML, with the words that were looked for in <mark>."""
    if not stems:
        return escape(text)
    pieces: list[Markup] = []
    end = 0
    for match in WORD.finditer(text[:LONGEST]):
        if stem(match[0]) in stems:
            pieces += [escape(text[end : match.start()]), Markup("<mark>{}</mark>").format(match[0])]
            end = match.end()
    return Markup("").join([*pieces, escape(text[end:])])


def snippet(text: str, stems: frozenset[str]) -> Markup | None:
    """The place of a longer text where the first of the words stands, or None where there is none."""
    for match in WORD.finditer(text[:LONGEST]):
        if stem(match[0]) in stems:
            start = max(0, match.start() - SNIPPET // 3)
            if start:
                start = text.find(" ", start, match.start()) + 1 or start
            piece = text[start : start + SNIPPET]
            before, after = "… " if start else "", " …" if start + SNIPPET < len(text) else ""
            if after:
                piece = re.sub(r"\s+\S*$", "", piece)
            return Markup("{}{}{}").format(before, marked(piece, stems), after)
    return None
