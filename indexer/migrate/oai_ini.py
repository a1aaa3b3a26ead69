"""VuFindHarvest's oai.ini: each section a source."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexer.formats.php_ini import Section
from indexer.migrate import php
from indexer.migrate.table import Item, Verdict

DONE_ANYWAY: dict[str, str] = {
    "combineRecords": "files with one record and with many are read alike",
    "combineRecordsTag": "wrappers of any name are read",
}
ANOTHER_WAY: dict[str, str] = {
    "sanitize": "what XML forbids is replaced, with a warning in the document",
    "harvestedIdLog": "`indexer status` and the run report say what came",
    "badXMLLog": "`indexer dead-letters` keeps what could not be read",
    "verbose": "the log's level is `log.level`",
    "timeout": "an answer may take 60 s, and is asked for again where none comes",
    "autosslca": "the authorities of the system count",
    "stopAfter": "a harvest goes to its end, and goes on where it was stopped",
}
NEEDS_YOU: dict[str, str] = {
    "globalSearch": "records are read as the server sends them; do it in the stylesheet",
    "globalReplace": "see globalSearch",
    "sanitizeRegex": "what XML forbids is replaced; nothing else is",
    "injectSetName": "names of sets are not asked for; `inject_set` puts their setSpec in",
    "injectHeaderElements": "the header's identifier, datestamp and setSpec can be put in, no others",
    "sslcapath": "name one file in source_credentials.ca_file",
}
_TAGS = {"injectId": "inject_id", "injectDate": "inject_date", "injectSetSpec": "inject_set"}
_GRANULARITIES = {"YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"}


@dataclass(frozen=True, slots=True)
class Harvest:
    """One section: what its source and its profile say, and what became of each line. `prefix` is the metadata's."""

    name: str
    prefix: str
    oai: list[dict[str, Any]]
    profile: dict[str, Any]
    options: dict[str, str]
    items: list[Item]
    credentials: dict[str, str] = field(default_factory=dict)


def harvest(name: str, section: Section, file: str, last: str = "") -> Harvest:
    """One section of oai.ini; `last` is when it was last harvested, as VuFindHarvest wrote it down, "" for never."""
    where = f"{file} [{name}]"
    items: list[Item] = []

    def note(key: str, verdict: Verdict, remark: str = "") -> None:
        items.append(Item(where, key, verdict, remark))

    prefix = _text(section.get("metadataPrefix")) or "oai_dc"
    asked: dict[str, Any] = {"url": _text(section.get("url")), "metadata_prefix": prefix}
    sets = [one for one in _texts(section.get("set")) if one]
    profile: dict[str, Any] = {}
    options: dict[str, str] = {}
    credentials: dict[str, str] = {}
    for key in ("injectId", "injectDate"):  # a record gets nothing put in that is not asked for
        options[_TAGS[key]] = ""
    if last:
        asked["from"] = last
    search, replace_by = _texts(section.get("idSearch")), _texts(section.get("idReplace"))
    if old := _text(section.get("idPrefix")):
        search, replace_by = [f"~^{re.escape(old)}~", *search], ["", *replace_by]  # re.escape knows ~
        note("idPrefix", "taken over", "as id_search")
    for key, value in section.items():
        match key:
            case "url" if asked["url"]:
                note(key, "taken over")
            case "metadataPrefix" | "from":
                note(key, "taken over")
            case "set":
                note(key, "taken over", f"{len(sets)} sources, one a set" if len(sets) > 1 else "")
            case "idSearch" | "idReplace" | "idPrefix":
                pass
            case "injectId" | "injectDate" | "injectSetSpec":
                tag = _text(value)
                options[_TAGS[key]] = tag
                note(key, "taken over", "" if tag else "not put in")
            case "dateGranularity":
                stated = _text(value)
                if stated in _GRANULARITIES:
                    asked["granularity"] = stated
                note(key, "taken over" if stated in (*_GRANULARITIES, "auto", "") else "needs you")
            case "httpUser" | "httpPass":
                asked["credentials"] = True
                credentials[key] = _text(value)
                note(key, "with a remark", "INDEXER_SOURCE_USERNAME and INDEXER_SOURCE_PASSWORD in the environment")
            case "sslcafile":
                credentials[key] = _text(value)
                note(key, "taken over", "source_credentials.ca_file")
            case "sslverifypeer":
                bad = "certificates are checked always; name the authority in source_credentials.ca_file"
                note(key, *(("taken over", "") if _text(value) else ("needs you", bad)))
            case _ if key in DONE_ANYWAY:
                note(key, "taken over", DONE_ANYWAY[key])
            case _ if key in ANOTHER_WAY:
                note(key, "with a remark", ANOTHER_WAY[key])
            case _ if key in NEEDS_YOU and not any(_texts(value)):
                note(key, "taken over", "not done")
            case _:
                note(key, "needs you", NEEDS_YOU.get(key, "not known here"))
    if from_ := _text(section.get("from")):
        asked.setdefault("from", from_)
    if search or replace_by:
        _expressions(search, replace_by, profile, note)
    return Harvest(
        name, prefix, [{**asked, "set": one} for one in sets] or [asked], profile, options, items, credentials
    )


def _expressions(search: list[str], replace_by: list[str], profile: dict[str, Any], note: Any) -> None:
    replace_by = [*replace_by, *[""] * len(search)][: len(search)]
    try:
        profile["id_search"] = [php.expression(each) for each in search]
        profile["id_replace"] = [php.replacement(each) for each in replace_by]
        note("idSearch, idReplace", "taken over")
    except ValueError as error:
        profile.clear()
        note("idSearch, idReplace", "needs you", str(error))


def last_harvest(folder: Path) -> str:
    """When VuFindHarvest last asked (last_harvest.txt in its folder): a day or a time in UTC, "" for never."""
    try:
        text = (folder / "last_harvest.txt").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    if re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", text):
        return text
    if text.isdigit():  # seconds since 1970, as older versions wrote
        return datetime.fromtimestamp(int(text), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(each) for each in value] if isinstance(value, Iterable) and not isinstance(value, dict) else []
