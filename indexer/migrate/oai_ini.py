"""VuFindHarvest's oai.ini: each section a source."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from indexer.formats.php_ini import Section
from indexer.migrate import php
from indexer.migrate.table import Item, Verdict

DONE_ANYWAY: dict[str, str] = {
    "combineRecords": "files with one record and with many are read alike",
    "combineRecordsTag": "wrappers of any name are read",
}
ANOTHER_WAY: dict[str, str] = {
    "sanitize": "what XML forbids is replaced, with a warning in the document",
    "autosslca": "the authorities of the system count",
    "harvestedIdLog": "`indexer status` and the run report say what came",
    "badXMLLog": "`indexer dead-letters` keeps what could not be read",
    "verbose": "the log's level is `log.level`",
    "timeout": "an answer may take 60 s, and is asked for again where none comes",
    "stopAfter": "a harvest goes to its end, and goes on where it was stopped",
    # VuFindHarvest takes both of its command line alone, over whatever stands here
    "from": "has no effect with harvest_oai.php, and has none here",
    "until": "has no effect with harvest_oai.php, and has none here",
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
_FORBIDDEN_IN_XML = "/[^\\x{0009}\\x{000a}\\x{000d}\\x{0020}-\\x{D7FF}\\x{E000}-\\x{FFFD}]+/u"  # VuFindHarvest's own


class Access(NamedTuple):
    """What a server is shown, and what its certificate is checked against."""

    user: str = ""
    password: str = ""
    ca_file: str = ""


NO_ACCESS = Access()


@dataclass(frozen=True, slots=True)
class Harvest:
    """One section: what its source and its profile say, and what became of each line. `prefix` is the metadata's."""

    name: str
    prefix: str
    oai: list[dict[str, Any]]
    profile: dict[str, Any]
    options: dict[str, str]
    items: list[Item]


def access(section: Section) -> Access:
    """What this section's server gets: a user counts with a password alone, as VuFindHarvest has it."""
    user, password = _text(section.get("httpUser")), _text(section.get("httpPass"))
    return Access(*((user, password) if user and password else ("", "")), _text(section.get("sslcafile")))


def access_of(sections: Iterable[Section]) -> Access:
    """What `source_credentials` are: those of the first server that asks for any. They are shown to no other one."""
    return next((each for each in map(access, sections) if each != NO_ACCESS), NO_ACCESS)


def harvest(name: str, section: Section, file: str, last: str = "", *, granted: bool = True) -> Harvest:
    """One section of oai.ini; `last` is when it was last harvested, as VuFindHarvest wrote it down, "" for never.
    `granted`: whether `source_credentials` are this server's; else they are not shown to it.
    """
    where = f"{file} [{name}]"
    items: list[Item] = []

    def note(key: str, verdict: Verdict, remark: str = "") -> None:
        items.append(Item(where, key, verdict, remark))

    prefix = _text(section.get("metadataPrefix")) or "oai_dc"
    asked: dict[str, Any] = {"url": _text(section.get("url")), "metadata_prefix": prefix}
    sets = [one for one in _texts(section.get("set")) if one]
    profile: dict[str, Any] = {}
    options = {"inject_id": "", "inject_date": ""}  # what is not named is not put in
    shown = access(section)
    if last:
        asked["from"] = last
    if granted and shown != NO_ACCESS:
        asked["credentials"] = True
    search, replace_by = _pairs(section)
    if old := _text(section.get("idPrefix")):
        search, replace_by = [f"~^{re.escape(old)}~", *search], ["", *replace_by]  # re.escape knows ~
        note("idPrefix", "taken over", "as id_search")
    for key, value in section.items():
        match key:
            case "url" if asked["url"]:
                note(key, "taken over")
            case "metadataPrefix":
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
            case "httpUser" | "httpPass" if not shown.user:
                note(key, "with a remark", "VuFindHarvest sends a user with a password alone, and here is one of both")
            case "httpUser" | "httpPass" | "sslcafile" if not granted:
                remark = "source_credentials are those of another server: a configuration of its own for this one"
                note(key, "needs you", remark)
            case "httpUser" | "httpPass":
                note(key, "with a remark", "INDEXER_SOURCE_USERNAME and INDEXER_SOURCE_PASSWORD in the environment")
            case "sslcafile":
                note(key, "taken over", "source_credentials.ca_file" if shown.ca_file else "")
            case "sslverifypeer":
                bad = "certificates are checked always; name the authority in source_credentials.ca_file"
                note(key, *(("taken over", "") if _text(value) else ("needs you", bad)))
            case _ if key in DONE_ANYWAY:
                note(key, "taken over", DONE_ANYWAY[key])
            case _ if not any(_texts(value)) or (key == "sanitizeRegex" and _texts(value) == [_FORBIDDEN_IN_XML]):
                note(key, "taken over")
            case _ if key in ANOTHER_WAY:
                note(key, "with a remark", ANOTHER_WAY[key])
            case _:
                note(key, "needs you", NEEDS_YOU.get(key, "not known here"))
    if search or replace_by:
        _expressions(search, replace_by, profile, note)
    return Harvest(name, prefix, [{**asked, "set": one} for one in sets] or [asked], profile, options, items)


def _pairs(section: Section) -> tuple[list[str], list[str]]:
    """idSearch with idReplace: one text of the latter stands for all expressions, of several a missing one is empty."""
    search, by = _texts(section.get("idSearch")), section.get("idReplace")
    return search, [by] * len(search) if isinstance(by, str) else _texts(by)


def _expressions(search: list[str], replace_by: list[str], profile: dict[str, Any], note: Any) -> None:
    replace_by = [*replace_by, *[""] * len(search)][: len(search)]  # as preg_replace does it
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
