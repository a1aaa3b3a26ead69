"""What reasons and warnings have in common, whichever record they are of."""

import re

FIELD = re.compile(r"[a-z][a-z0-9_-]*: ")
# The names of encodings and forms have digits that are no particulars.
PARTICULAR = re.compile(
    r"""\b(MARC-8|UTF-8|Latin-1|Windows-1252|ISO 2709)\b|'[^']*'|"[^"]*"|\[[^\]]*\]|\b(?=\w*\d)[\w.:,-]*\w"""
)


def kind(reason: str) -> str:
    """A reason or a warning without what is particular to one record: equal for all that have the same cause."""
    field = FIELD.match(reason)
    start = field.end() if field else 0
    return reason[:start] + PARTICULAR.sub(lambda found: found[1] or "…", reason[start:].partition("\n")[0])
