"""Which words of a text a search has found: by the analysis of the index, the same for every engine."""

import functools
import re

from markupsafe import Markup, escape

from indexer.engines.analysis import WORD, stem

SNIPPET = 240  # characters of an abstract that are shown
LONGEST = 20_000  # characters of a text in which words are looked for


def marked(text: str, stems: frozenset[str]) -> Markup:
    """The text as HTML, with the words that were looked for in <mark>."""
    pieces: list[str] = []
    end = 0
    for match in _words(text, stems).finditer(text[:LONGEST]) if stems else ():
        if stem(match[0]) in stems:
            pieces += [escape(text[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
            end = match.end()
    rest = escape(text[end:])
    return Markup("".join([*pieces, rest])) if pieces else rest  # noqa: S704 - each piece of the text is escaped


def snippet(text: str, stems: frozenset[str]) -> Markup | None:
    """The place of a longer text where the first of the words stands, or None where there is none."""
    for match in _words(text, stems).finditer(text[:LONGEST]):
        if stem(match[0]) in stems:
            start = max(0, match.start() - SNIPPET // 3)
            if start:
                start = text.find(" ", start, match.start()) + 1 or start
            piece = text[start : start + SNIPPET]
            before, after = "… " if start else "", " …" if start + SNIPPET < len(text) else ""
            if after:
                piece = re.sub(r"\s+\S*$", "", piece)
            return Markup(before) + marked(piece, stems) + Markup(after)  # noqa: S704 - no markup in these two
    return None


def _words(text: str, stems: frozenset[str]) -> re.Pattern[str]:
    """What finds the words to look at in a text: all, or of plain ASCII those that begin as one of the stems does.

    A page looks at thousands of words, and stemming never changes the first letter of one.
    """
    return _beginning(frozenset(each[0] for each in stems)) if text.isascii() else WORD


@functools.lru_cache(maxsize=1_000)
def _beginning(letters: frozenset[str]) -> re.Pattern[str]:
    plain = "".join(sorted(re.escape(each + each.upper()) for each in letters if each.isascii() and each.isalnum()))
    return re.compile(f"(?<![A-Za-z0-9])[{plain}][A-Za-z0-9]*" if plain else r"(?!)")
