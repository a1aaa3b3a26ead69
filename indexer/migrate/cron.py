"""What a site's cron table and shell scripts run of VuFind's import."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TIME = re.compile(r"\s*((?:[\d*/,\-A-Za-z]+\s+){5}|@(?:hourly|daily|weekly|monthly|midnight)\s+)(.*)")
_NAMED = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0"}
_NAMED["@monthly"] = "0 0 1 * *"
STAYS = {
    "sitemap": "sitemaps",
    "index-alphabetic-browse": "the alphabetical browse index",
    "index_reserves": "course reserves",
    "expire_": "expired searches and sessions",
    "scheduled_alerts": "alerts",
    "webcrawl": "the index of web pages",
    "cssBuilder": "style sheets",
}
OURS = {
    "harvest_oai": "harvest",
    "batch-import-xsl": "xsl",
    "batch-import-marc-auth": "authority",
    "batch-import-marc": "marc",
    "batch-delete": "batch-delete",
    "import-marc-auth": "authority",
    "import-marc": "marc",
    "import-csv": "csv",
    "import-xsl": "xsl",
    "optimize": "optimize",
    "deletes": "delete",
    "suppressed": "suppressed",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One call: what it does (a value of OURS, or "stays"), its arguments, when it runs, and where that stands."""

    does: str
    arguments: tuple[str, ...]
    cron: str
    where: str
    text: str


def steps(file: Path, *, name: str = "") -> list[Step]:
    """The calls in a cron table or a shell script, in their order."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found: list[Step] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        timed = _TIME.fullmatch(line)
        when = _NAMED.get(timed[1].strip(), " ".join(timed[1].split())) if timed else ""
        found += _calls(timed[2] if timed else line, when, f"{name or file}:{number}")
    return found


def _arguments(words: list[str]) -> Iterator[str]:
    """Without options, and without what follows where its output goes."""
    for word in words:
        if re.match(r"[0-9&]?>", word):
            return
        if not word.startswith("-"):
            yield word


def _calls(text: str, when: str, where: str) -> Iterator[Step]:
    for part in re.split(r"&&|\|\||;|\|", text):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            words = part.split()
        for position, word in enumerate(words):
            program = word.rpartition("/")[2]
            kind = next(
                (does for key, does in OURS.items() if program.removesuffix(".php").removesuffix(".sh") == key), ""
            )
            if not kind and any(key in program for key in STAYS):
                kind = "stays"
            if kind:
                yield Step(kind, tuple(_arguments(words[position + 1 :])), when, where, part.strip())
                break
