"""A VuFind installation (its `local` folder over the core) as a configuration of ours.

What is read: config.ini (which index), oai.ini and the harvest folders, import.properties and the MARC mappings that it
names, the import files of stylesheets, cron tables and scripts. Mappings and stylesheets are named by path, not copied.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.formats import php_ini
from indexer.migrate import cron, import_properties, oai_ini, stubs
from indexer.migrate.table import Item
from indexer.migrate.toml import document
from indexer.model.errors import ConfigError

PREFIXES = {"oai_dc": "ojs", "marc21": "marc", "marcxml": "marc", "marc": "marc", "oai_doaj": "doaj", "nlm": "nlm_ojs"}
MARC_TAGS = ("marc21", "marcxml", "marc", "MARC21", "oai_marc")
SYNCED = ("harvest", "xsl", "marc", "csv", "batch-delete")
SCRIPTS = ("*.sh", "*cron*", "cron/*", "cron.d/*")


@dataclass(frozen=True, slots=True)
class Migration:
    """The texts to be written, by file name, and the table: what became of each line."""

    files: dict[str, str]
    items: list[Item]
    sources: list[str]


@dataclass(slots=True)
class _Installation:
    """`core` is VuFind's folder, `local` the site's over it."""

    core: Path
    local: Path
    items: list[Item] = field(default_factory=list)
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: list[dict[str, Any]] = field(default_factory=list)

    def find(self, *names: str) -> Path | None:
        """The file of one of these names, the site's own first."""
        return next(
            (base / name for name in names for base in (self.local, self.core) if (base / name).is_file()), None
        )

    def shown(self, path: Path) -> str:
        for base in (self.local, self.core):
            if path.is_relative_to(base):
                return str(path.relative_to(base if base == self.core else base.parent))
        return str(path)

    def note(self, where: str, what: str, verdict: Any, remark: str = "") -> None:
        self.items.append(Item(where, what, verdict, remark))


def read(core: Path, *, local: Path | None = None, crontab: Path | None = None) -> Migration:
    """What is there, as texts of ours. Raises ConfigError where the folder is no VuFind installation."""
    core = core.resolve()
    here = _Installation(core, (local or core / "local").resolve())
    if not (core / "import").is_dir() and not (here.local / "import").is_dir():
        raise ConfigError(
            f"{core}: there is no folder import in it", advice="Name the folder that VuFind is installed in."
        )
    steps = _steps(here, crontab)
    settings: dict[str, Any] = {"target": _target(here)}
    dates = _marc(here, steps)
    dates = _harvests(here, steps) or dates
    if ca_file := oai_ini.access_of(_sections(here).values()).ca_file:
        settings["source_credentials"] = {"ca_file": ca_file}
    dates = _csv(here, steps) or dates
    if dates:
        settings["load"] = {"dates": True}
    if when := _schedule(here, steps):
        settings["schedule"] = {"cron": when}
    settings["profile"] = here.profiles
    settings["source"] = here.sources
    written = stubs.text(_missing(here), [here.local, here.core / "module", here.core / "import"], here.shown)
    files = {"indexer.toml": document(settings), **({"site_functions.py": written} if written else {})}
    return Migration(files, here.items, [str(source["name"]) for source in here.sources])


def _steps(here: _Installation, crontab: Path | None) -> list[cron.Step]:
    files = [crontab] if crontab is not None else []
    for pattern in SCRIPTS:
        files += sorted(path for path in here.local.glob(pattern) if path.is_file())
        files += sorted(path for path in here.local.glob(f"*/{pattern}") if path.is_file())
    steps = [step for file in dict.fromkeys(files) for step in cron.steps(file, name=here.shown(file))]
    for step in steps:
        match step.does:
            case "stays":
                here.note(step.where, step.text, "stays with VuFind")
            case "optimize":
                here.note(
                    step.where, step.text, "with a remark", "[solr] optimize, where spelling dictionaries need it"
                )
            case "authority":
                here.note(step.where, step.text, "needs you", 'a configuration of its own, with schema = "live"')
            case "suppressed":
                remark = "stays in the cron table with --outfile=FILE, and `indexer delete --file FILE` behind it"
                here.note(step.where, step.text, "with a remark", remark)
            case "delete":
                here.note(step.where, step.text, "with a remark", f"a cron line of its own: `{_delete(step)}`")
            case "harvest" if options := re.findall(r"\s(--[A-Za-z]+)", step.text):
                remark = f"{', '.join(options)}: not asked for here; what they say belongs into the [[source]]"
                here.note(step.where, step.text, "needs you", remark)
            case "batch-delete" if "--id-prefix" in step.text:
                here.note(step.where, step.text, "needs you", "`sync` does it, with id_prefix in the profile")
            case _ if any("$" in argument for argument in step.arguments):
                remark = "what it reads is told while it runs: put that into a [[source]], and `indexer sync` does it"
                here.note(step.where, step.text, "needs you", remark)
            case _:
                here.note(step.where, step.text, "taken over", "`indexer sync` does it")
    return steps


def _delete(step: cron.Step) -> str:
    """The command that does what a call of util/deletes.php does."""
    file = step.arguments[0] if step.arguments else "FILE"
    prefix = re.search(r"--id-prefix[= ]\s*(\S+)", step.text)
    return f"indexer delete --file {file}" + (f" --id-prefix {prefix[1]}" if prefix else "")


def _target(here: _Installation) -> str:
    """The URL of the index that config.ini names."""
    files = [base / "config/vufind/config.ini" for base in (here.local, here.core)]
    url = _ini_value(files, "Index", "url") or "http://localhost:8983/solr"
    core = _ini_value(files, "Index", "default_core") or "biblio"
    here.note("config.ini [Index]", "url, default_core", "taken over", f"solr+{url}/{core}")
    return f"solr+{url.rstrip('/')}/{core}"


def _ini_value(files: Iterable[Path], section: str, key: str) -> str:
    """One value of a large file of which nothing else is read."""
    for file in files:
        if not file.is_file():
            continue
        inside = False
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            stripped = line.strip()
            if stripped.startswith("["):
                inside = stripped.startswith(f"[{section}]")
            elif inside and (found := re.match(rf"{key}(?:\[\])?\s*=\s*\"?([^\";]+)", stripped)):
                return found[1].strip()
    return ""


def _marc(here: _Installation, steps: list[cron.Step]) -> bool:
    """The catalogue: its mappings, and its dumps where a script says which; whether dates are tracked."""
    importing = here.find("import/import.properties")
    names = import_properties.value(importing, "solr.indexer.properties") if importing else ""
    mappings = [
        path for name in re.split(r"[,;\s]+", names) if name and (path := here.find(f"import/{name}")) is not None
    ]
    if importing is not None:
        missing = [name for name in re.split(r"[,;\s]+", names) if name and here.find(f"import/{name}") is None]
        verdict = "needs you" if missing else "taken over"
        remark = f"there is no {', '.join(missing)}" if missing else "mapping, by path"
        here.note(here.shown(importing), "solr.indexer.properties", verdict, remark)
        here.items += import_properties.items(importing, here.shown(importing))
    paths = _marc_paths(here, steps)
    if not mappings:
        return False
    here.profiles["catalogue"] = {"base": "marc", "mapping": [str(path) for path in mappings]}
    harvested = any(str(each.get("metadataPrefix", "")) in MARC_TAGS for each in _sections(here).values())
    if paths:
        here.sources.append({"name": "catalogue", "profile": "catalogue", "paths": paths})
    elif not harvested:
        here.note(
            "MARC", "dumps of the catalogue", "needs you", "[[source]] catalogue: its paths; no script names them"
        )
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in mappings)
    return bool(re.search(r"^\s*(first|last)_indexed\s*\+?=.*get(First|Last)Indexed", text, re.M))


def _marc_paths(here: _Installation, steps: list[cron.Step]) -> list[str]:
    paths = []
    for step in steps:
        if step.does == "marc" and step.arguments:
            argument = step.arguments[-1]
            if argument in _sections(here) or "$" in argument:  # a source already, or known to the script alone
                continue
            folder = _harvest_folder(here, argument)
            paths.append(str(folder) if folder is not None else argument)
    return list(dict.fromkeys(paths))


def _harvest_folder(here: _Installation, name: str) -> Path | None:
    return next(
        (base / "harvest" / name for base in (here.local, here.core) if (base / "harvest" / name).is_dir()), None
    )


def _harvests(here: _Installation, steps: list[cron.Step]) -> bool:
    """The sections of oai.ini, and the harvest folders that no section names; whether dates are tracked."""
    file, sections = _oai_ini(here), _sections(here)
    by_folder = {
        step.arguments[0]: step.arguments[1] for step in steps if step.does == "xsl" and len(step.arguments) > 1
    }
    dates = False
    shown = oai_ini.access_of(sections.values())
    ini = here.shown(file) if file is not None else ""
    for name, section in (_ini_sections(file) if file is not None else {}).items():
        if name not in sections:
            if section:
                keys = ", ".join(section)
                remark = "of no server: a harvest is a section with its url"
                here.note(f"{ini} [{name}]", keys, "needs you", remark)
            continue
        folder = _harvest_folder(here, name)
        last = oai_ini.last_harvest(folder) if folder else ""
        granted = oai_ini.access(section) == shown
        made = oai_ini.harvest(name, section, ini, last, granted=granted)
        here.items += made.items
        profile = _profile(here, name, made.prefix, by_folder.get(name, ""))
        if not profile:
            continue
        own = made.options if profile.get("format") == "xslt" else {}
        if made.profile or own or "base" not in profile or len(profile) > 1:
            options = {**profile.pop("options", {}), **own}
            here.profiles[name] = {**profile, **made.profile, **({"options": options} if options else {})}
        dates = dates or _tracks(profile)
        used = name if name in here.profiles else profile["base"]
        if folder is not None:
            here.sources.append({"name": name, "profile": used, "paths": [str(folder)], "move_processed": True})
        for number, asked in enumerate(made.oai, 1):
            suffix = "" if folder is None and len(made.oai) == 1 else f"-{number}" if len(made.oai) > 1 else "-live"
            here.sources.append({"name": f"{name}{suffix}", "profile": used, "oai": asked})
        if folder is not None and "from" in made.oai[0]:
            here.note(here.shown(folder), "last_harvest.txt", "taken over", f"from = {made.oai[0]['from']!r}")
    for name, properties in by_folder.items():  # what is put there by other means than a harvest
        folder = _harvest_folder(here, name)
        if name in sections or folder is None or not (profile := _profile(here, name, "", properties)):
            continue
        here.profiles[name] = profile
        here.sources.append({"name": name, "profile": name, "paths": [str(folder)], "move_processed": True})
        dates = dates or _tracks(profile)
    return dates


def _oai_ini(here: _Installation) -> Path | None:
    return here.find("harvest/oai.ini", "config/vufind/oai.ini")


def _sections(here: _Installation) -> dict[str, php_ini.Section]:
    """The harvests of oai.ini, by their names."""
    file = _oai_ini(here)
    found = _ini_sections(file) if file is not None else {}
    return {name: section for name, section in found.items() if name and section.get("url")}


def _ini_sections(file: Path) -> dict[str, php_ini.Section]:
    return php_ini.parse(file.read_text(encoding="utf-8", errors="replace"), str(file))


def _profile(here: _Installation, name: str, prefix: str, properties: str) -> dict[str, Any]:
    """What reads the records of a harvest: the import file that a script names with it, or one of its name, else the
    bundled profile for such metadata.
    """
    where = f"harvest/{name}"
    if prefix in MARC_TAGS:
        base = "catalogue" if "catalogue" in here.profiles else "marc"
        here.note(where, "records", "taken over", f"profile {base}")
        return {"base": base}
    found = here.find(
        *([f"import/{properties}"] if properties else [f"import/{each}.properties" for each in (name, name.lower())])
    )
    if found is not None:
        said = "as a script says" if properties else "by its name; no script says so"
        here.note(where, here.shown(found), "taken over" if properties else "with a remark", said)
        return {"format": "xslt", "properties": str(found), **_stylesheet(here, found)}
    if properties:
        here.note(where, properties, "needs you", "there is no such import file")
    base = PREFIXES.get(prefix, "")
    remark = f"no script says which import file reads it; now it is the bundled profile {base}"
    here.note(
        where,
        "records",
        "with a remark" if base else "needs you",
        remark if base else f"no bundled profile reads {prefix}: the source is left out",
    )
    return {"base": base} if base else {}


def _stylesheet(here: _Installation, properties: Path) -> dict[str, Any]:
    """Where the stylesheet and its maps are, for an import file that does not lie beside them."""
    named = _ini_sections(properties)
    name = named.get("General", {}).get("xslt", "")
    stylesheet = here.find(f"import/xsl/{name}") if isinstance(name, str) and name else None
    maps = [base / "import" / "translation_maps" for base in (here.local, here.core)]
    having = [str(folder) for folder in maps if folder.is_dir()]
    beside = stylesheet is not None and stylesheet.parent.parent == properties.parent
    if stylesheet is None or (beside and having in ([], [str(properties.parent / "translation_maps")])):
        return {}
    return {"stylesheet": str(stylesheet), "options": {"maps": having}}


def _tracks(profile: Mapping[str, Any]) -> bool:
    file = profile.get("properties")
    if not file:
        return False
    sections = _ini_sections(Path(file))
    return bool(sections.get("Parameters", {}).get("change_tracking_date_tag_name"))


def _csv(here: _Installation, steps: list[cron.Step]) -> bool:
    """The tables that a script imports, and import files for tables that none names; whether dates are tracked."""
    tables: dict[Path, list[str]] = {}
    for step in steps:
        if step.does == "csv" and len(step.arguments) > 1 and "$" not in "".join(step.arguments):
            ini = here.find(f"import/{step.arguments[1]}")
            if ini is None:
                here.note(step.where, step.arguments[1], "needs you", "there is no such import file")
            else:
                tables.setdefault(ini, []).append(step.arguments[0])
    for ini in sorted((here.local / "import").glob("*.ini")):
        if re.search(r"^\s*\[(Column|Field)\s*:", ini.read_text(encoding="utf-8", errors="replace"), re.M | re.I):
            tables.setdefault(ini, [])
    for ini, paths in tables.items():
        name = ini.stem
        here.profiles[name] = {"format": "csv", "properties": str(ini)}
        if paths:
            here.note(here.shown(ini), "columns, fields, callbacks", "taken over", f"profile {name} reads it as it is")
            here.sources.append({"name": name, "profile": name, "paths": paths})
        else:
            remark = f"profile {name} reads it as it is; no script says which tables: [[source]] with its paths"
            here.note(here.shown(ini), "tables", "needs you", remark)
    dates = r"^\s*callback.*get(First|Last)Indexed"
    return any(re.search(dates, ini.read_text(encoding="utf-8", errors="replace"), re.M) for ini in tables)


def _schedule(here: _Installation, steps: list[cron.Step]) -> str:
    times = [step.cron for step in steps if step.cron and step.does in SYNCED]
    if not times:
        here.note(
            "cron",
            "when it runs",
            "needs you",
            "no cron table was found: [schedule] cron = ..., or name it with --cron",
        )
        return ""
    if len(set(times)) > 1:
        here.note(
            "cron",
            f"{len(set(times))} times",
            "with a remark",
            f"one `sync` does all: at the first of them, {times[0]}",
        )
    return times[0]


def _missing(here: _Installation) -> list[stubs.Missing]:
    """The functions that mappings and stylesheets call and nobody has; the profiles that need them name their file."""
    found: list[stubs.Missing] = []
    for profile in here.profiles.values():
        of_format = {"xslt": _of_stylesheet, "csv": _of_table}.get(profile.get("format", ""), _of_mapping)
        wanted = of_format(here, profile)
        if wanted:
            profile["functions"] = "site_functions.py"
        found += wanted
    places: dict[str, list[str]] = {}
    for each in found:
        places.setdefault(each.name, []).append(each.place.partition(": ")[0])
    for name, where in places.items():
        here.note("site_functions.py", name, "needs you", f"a stub; called in {', '.join(dict.fromkeys(where))}")
    return found


def _of_stylesheet(here: _Installation, profile: Mapping[str, Any]) -> list[stubs.Missing]:
    from indexer.formats.xslt.stylesheet import missing, missing_maps

    try:
        calls = missing(profile)
        for call in missing_maps(profile):
            here.note(f"{here.shown(Path(call.file))}:{call.line}", call.map, "needs you", "there is no such map")
    except ConfigError as error:
        here.note(profile["properties"], "stylesheet", "needs you", error.message)
        return []
    return [stubs.Missing(call.name, f"{here.shown(Path(call.file))}:{call.line}") for call in calls]


def _of_table(here: _Installation, profile: Mapping[str, Any]) -> list[stubs.Missing]:
    from indexer.formats.csv_ini import missing

    file = Path(profile["properties"])
    try:
        return [stubs.Missing(each.name, f"{here.shown(file)}:{each.line}") for each in missing(file)]
    except ConfigError as error:
        here.note(here.shown(file), "columns", "needs you", error.message)
        return []


def _of_mapping(here: _Installation, profile: Mapping[str, Any]) -> list[stubs.Missing]:
    """Also says what else is wrong with the lines, and which fields of the site's own they fill."""
    from indexer.formats.marc.solrmarc.loader import survey

    paths = [Path(path) for path in profile.get("mapping", ())]
    if not paths:
        return []
    try:
        found = survey(paths)
    except ConfigError as error:
        here.note("MARC", "mapping", "needs you", error.message)
        return []
    wrong = len({each.problem for each in found.missing}) + len(found.problems)
    names = ", ".join(path.name for path in paths)
    here.note(names, f"{found.lines - wrong} of {found.lines} lines", "taken over", "as they stand")
    for problem in found.problems:
        where, name, what = problem.split(": ", 2)
        here.note(_shown_place(here, where), name, "needs you", f"{what}; no load begins before this line is mended")
    unseen = [here.local] if not any(path.is_relative_to(here.local) for path in paths) else []
    if any("no such map" in problem for problem in found.problems):
        unseen += [here.core] if not any(path.parent == here.core / "import" for path in paths) else []
    for base in unseen:
        if (folder := base / "import" / "translation_maps").is_dir():
            remark = "maps are looked for beside mappings: put a properties file, if an empty one, beside this folder"
            here.note(here.shown(folder), "translation maps", "needs you", f"{remark}, and name it in `mapping`")
    if found.unknown:
        fields = ", ".join(sorted(found.unknown))
        remark = "fields of the site's own: taken where the index has them; [schema] extra defines them elsewhere"
        here.note(names, fields, "with a remark", remark)
    return [
        stubs.Missing(
            each.name,
            f"{here.shown(each.file)}:{each.line}: {each.field} calls {each.name}({', '.join(each.parameters)})",
            first="value" if each.maps else "record",
            owner=each.owner,
        )
        for each in found.missing
    ]


def _shown_place(here: _Installation, where: str) -> str:
    file, colon, line = where.partition(":")
    return here.shown(Path(file)) + colon + line
