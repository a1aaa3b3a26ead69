"""A stylesheet, compiled once a process, with all that it may ask for: functions, maps, parameters, files beside it."""

import functools
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from lxml import etree

from indexer.formats import php_ini, python_file
from indexer.formats.xslt import functions
from indexer.formats.xslt.functions import FUNCTIONS, PHP_FUNCTIONS, Elements, Given, NotHere
from indexer.model.errors import ConfigError

XSL = "{http://www.w3.org/1999/XSL/Transform}"
PHP = "http://php.net/xsl"
MAPS = "translation_maps"

_CALL = re.compile(r"\bfunction(?:String)?\s*\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*([,)])")
_MAP = re.compile(r"mapString['\"]\s*,(?:[^'\"]|'[^']*'\s*,)*?['\"]([^'\"]+)['\"]\s*\)")
DEPTH = 1000  # of templates that call each other


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function in a stylesheet: where it stands, by which name, and the map that it names."""

    file: str
    line: int
    name: str
    map: str = ""


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """`transform` turns a record into the tree that the stylesheet makes of it; `made_in` says where a field is made:
    name -> file, line and template. `files` are all that it was read from.
    """

    path: Path
    transform: etree.XSLT
    parameters: Mapping[str, Any]
    made_in: Mapping[str, list[str]]
    files: tuple[Path, ...]


class _Files(etree.Resolver):
    """Lets a stylesheet read what lies in or below `folder`, and nothing else, over no network."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def resolve(self, system_url: str | None, _public_id: str | None, context: Any) -> Any:  # type: ignore[override]
        path = _path(system_url or "")
        if path is None or not path.is_relative_to(self.folder):
            raise NotHere(f"{system_url} is not a file in {self.folder} or below")
        return self.resolve_filename(str(path), context)  # type: ignore[attr-defined]


def _path(url: str) -> Path | None:
    if url.startswith("file:"):
        url = re.sub(r"^file:(//(?:localhost)?)?", "", url)
    return None if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", url) else Path(url).resolve()


def load(options: Mapping[str, Any]) -> Stylesheet:
    """The stylesheet that these options of a profile name. Raises ConfigError naming file and line for what is wrong in
    it, or asked for and not there: all functions that nobody has are named at once.
    """
    named = tuple(options.get(key, "") for key in ("stylesheet", "properties", "functions"))
    return _load(
        *named,
        tuple(options.get("maps", ())),
        tuple(sorted(options.get("parameters", {}).items())),
        tuple(map(changed, named)),
    )


def changed(path: str) -> int:
    """When a file was changed last: a process that lives long sees what is new."""
    try:
        return os.stat(path).st_mtime_ns if path else 0
    except OSError:
        return 0


def digest(options: Mapping[str, Any]) -> str:
    """What the documents depend on besides their records: another one when any of the files changes."""
    found = hashlib.blake2b(repr(sorted(options.items())).encode(), digest_size=16)
    for file in load(options).files:
        found.update(file.read_bytes() + b"\0")
    return found.hexdigest()


def missing(options: Mapping[str, Any]) -> list[Call]:
    """The calls of functions that nobody has, of those that a site may write itself."""
    trees, _ = _opened(options.get("stylesheet", ""), options.get("properties", ""))
    calls = [call for file, tree in trees for call in _calls(file, tree)]
    return [call for call in calls if call.name not in {**PHP_FUNCTIONS, **FUNCTIONS, "VuFind::mapString": None}]


def missing_maps(options: Mapping[str, Any]) -> list[Call]:
    """The calls that name a translation map which is not there. `options` are a profile's table, or its options."""
    trees, _ = _opened(options.get("stylesheet", ""), options.get("properties", ""))
    where = _map_folders(trees[0][0], options.get("options", options).get("maps", ()))
    return [call for file, tree in trees for call in _calls(file, tree) if call.map and not _map_file(where, call.map)]


def _map_folders(stylesheet: Path, named: Sequence[str]) -> list[Path]:
    return [*map(Path, named)] or [stylesheet.parent / MAPS, stylesheet.parent.parent / MAPS]


def _folder(path: Path) -> Path:
    """What a stylesheet may read in: its own folder; of `import/xsl/` the one above, where its maps are."""
    return (path.parent.parent if path.parent.name == "xsl" else path.parent).resolve()


@functools.lru_cache(maxsize=64)
def _load(
    stylesheet: str,
    properties: str,
    own: str,
    maps: tuple[str, ...],
    given: tuple[tuple[str, str], ...],
    _changed: tuple[int, ...],
) -> Stylesheet:
    trees, parameters = _opened(stylesheet, properties)
    path, tree = trees[0]
    known = {**PHP_FUNCTIONS, **FUNCTIONS, **(own_functions(Path(own)) if own else {})}
    where = _map_folders(path, maps)
    calls = [call for file, each in trees for call in _calls(file, each)]
    _check(calls, known, where, bool(own))
    known["VuFind::mapString"] = map_string(where)
    transform = _compile(path, tree, known)
    files = [Path(named) for named in (properties, own) if named] + [file for file, _ in trees]
    files += [found for call in calls if call.map and (found := _map_file(where, call.map)) is not None]
    values = {key: etree.XSLT.strparam(value) for key, value in {**parameters, **dict(given)}.items()}
    return Stylesheet(path, transform, values, _made_in(trees), tuple(dict.fromkeys(files)))


def _opened(stylesheet: str, properties: str) -> tuple[list[tuple[Path, etree._ElementTree]], dict[str, str]]:
    """The stylesheet that is named, or that the properties name, with those that it includes; and their parameters."""
    parameters: dict[str, str] = {}
    if properties:
        named, parameters = _properties(Path(properties))
        stylesheet = stylesheet or str(_beside(Path(properties), named))
    if not stylesheet:
        raise ConfigError("names neither a stylesheet nor properties that name one")
    path = Path(stylesheet)
    resolver = _Files(_folder(path))
    tree = _parse(path, resolver)
    return [(path, tree), *_included(path, tree, resolver)], parameters


def _properties(file: Path) -> tuple[str, dict[str, str]]:
    """The name of the stylesheet in VuFind's import file, and the parameters that it gives it."""
    try:
        sections = php_ini.parse(file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: byte {error.start + 1:,} is not UTF-8") from None
    name = sections.get("General", {}).get("xslt", "")
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{file}: [General] has no xslt, which names the stylesheet")
    parameters = sections.get("Parameters", {})
    return name, {key: value for key, value in parameters.items() if isinstance(value, str)}


def _beside(file: Path, name: str) -> Path:
    """The stylesheet of this name, where VuFind has it beside an import file."""
    folders = (file.parent / "xsl", file.parent)
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if found is None:
        raise ConfigError(f"{file}: there is no stylesheet {name} in {' or '.join(map(str, folders))}")
    return found


def _parse(path: Path, resolver: etree.Resolver) -> etree._ElementTree:
    # DTDs of stylesheets declare names of characters, and no more: entities of the document itself are expanded by
    # libxml2 within its own bounds, files and networks are out of reach
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities="internal", huge_tree=False)  # type: ignore[arg-type]
    parser.resolvers.add(resolver)
    try:
        return etree.parse(str(path), parser)
    except OSError:
        raise ConfigError(f"{path}: there is no such stylesheet, or it cannot be read") from None
    except etree.XMLSyntaxError as error:
        raise ConfigError(f"{path}:{error.lineno}: is not well-formed XML: {error.msg}") from None


def _included(
    path: Path, tree: etree._ElementTree, resolver: _Files, seen: tuple[Path, ...] = ()
) -> Iterator[tuple[Path, etree._ElementTree]]:
    """The stylesheets that it imports and includes, theirs too."""
    for element in tree.iter(f"{XSL}import", f"{XSL}include"):
        other = (path.parent / element.get("href", "")).resolve()
        if other in (*seen, path.resolve()):
            continue
        if not other.is_relative_to(resolver.folder):
            raise ConfigError(f"{path}:{element.sourceline}: {element.get('href')} lies outside of {resolver.folder}")
        inner = _parse(other, resolver)
        yield other, inner
        yield from _included(other, inner, resolver, (*seen, path.resolve()))


def _calls(path: Path, tree: etree._ElementTree) -> Iterator[Call]:
    for element in tree.iter(etree.Element):
        prefixes = [prefix for prefix, space in element.nsmap.items() if space == PHP and prefix]
        for expression in map(str, element.attrib.values()):
            for prefix in prefixes:
                if f"{prefix}:function" not in expression:
                    continue
                named = iter(_MAP.findall(expression))
                for match in _CALL.finditer(expression):
                    name = _short(match[1] or match[2])
                    line = cast("int | None", element.sourceline) or 1
                    yield Call(str(path), line, name, next(named, "") if name.endswith("::mapString") else "")


def _short(name: str) -> str:
    """A method without the namespace of its class, which stands there where truncate_custom_class is false."""
    return name.rpartition("\\")[2] if "::" in name else name


def _check(calls: list[Call], known: Mapping[str, Callable[..., Any]], where: list[Path], own: bool) -> None:
    lines = []
    for call in calls:
        if call.name == "VuFindSitemap::getDocument":
            lines.append(f"{call.file}:{call.line}: {call.name} {functions.NETWORK}")
        elif call.name not in known and call.name != "VuFind::mapString":
            lines.append(f"{call.file}:{call.line}: there is no function {call.name}")
        elif call.map and _map_file(where, call.map) is None:
            folders = " or ".join(map(str, where))
            lines.append(f"{call.file}:{call.line}: there is no translation map {call.map} in {folders}")
    if lines:
        what = "the file of your own functions" if own else "a Python file that `functions` names"
        missing = any("there is no function" in line for line in lines)
        raise ConfigError("\n".join(lines), advice=f"Write functions that are missing into {what}." if missing else "")


def own_functions(path: Path) -> dict[str, Callable[..., Any]]:
    """The functions of a Python file, and those of its classes as `Class::name`."""
    found: dict[str, Callable[..., Any]] = {}
    for name, thing in python_file.run(path, "functions").items():
        if isinstance(thing, type):
            found |= {f"{name}::{key}": _plain(getattr(thing, key)) for key in vars(thing) if not key.startswith("_")}
        else:
            found[name] = _plain(thing)
    return found


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a site's own gets texts, and lists of texts for node sets."""

    def called(*given: Given) -> Any:
        return function(*(functions.values(one) if isinstance(one, list) else one for one in given))

    return called


def _map_file(where: list[Path], name: str) -> Path | None:
    if "/" in name or "\\" in name:
        return None
    return next((folder / name for folder in where if (folder / name).is_file()), None)


def map_string(where: list[Path]) -> Callable[[Given, Given], str]:
    """VuFind's mapString with the maps of these folders, each looked for and read once."""

    @functools.lru_cache(maxsize=256)
    def table(name: str) -> dict[str, str]:
        path = _map_file(where, name)
        if path is None:
            raise NotHere(f"there is no translation map {name}")
        pairs = (line.partition("=") for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
        return {key.strip(): label.strip() for key, equals, label in pairs if equals}

    def label_of(given: Given, name: Given) -> str:
        text = functions.text(given)
        return table(functions.text(name)).get(text, text)

    return label_of


def _compile(path: Path, tree: etree._ElementTree, known: Mapping[str, Callable[..., Any]]) -> etree.XSLT:
    def call(_context: object, name: Given, *given: Given) -> Any:
        called = _short(functions.text(name))
        if called not in known:
            raise NotHere(f"there is no function {called}")
        try:
            return _as_xpath(known[called](*given))
        except NotHere as error:
            raise NotHere(f"{called}: {error}") from None
        except Exception as error:  # noqa: BLE001 - a site's own function may raise anything
            raise NotHere(f"{called} failed: {type(error).__name__}: {error}") from None

    def call_with_texts(context: object, name: Given, *given: Given) -> Any:
        return call(context, name, *map(functions.text, given))

    extensions = {(PHP, "function"): call, (PHP, "functionString"): call_with_texts}
    access = etree.XSLTAccessControl(  # type: ignore[call-arg]
        read_file=True, write_file=False, create_dir=False, read_network=False, write_network=False
    )
    try:
        etree.XSLT.set_global_max_depth(DEPTH)  # type: ignore[attr-defined]
        return etree.XSLT(tree, extensions=extensions, access_control=access)
    except (etree.XSLTParseError, NotHere) as error:
        raise ConfigError(f"{path}{reason(error)}") from None


def _as_xpath(given: Any) -> Any:
    """What a function gave in XPath's terms; elements stand in one that holds them, as a document does."""
    if given is None:
        return ""
    if isinstance(given, bool | str | float):
        return given
    if isinstance(given, int):
        return float(given)
    if isinstance(given, list) and all(isinstance(one, str) for one in given):  # of a function of one's own
        given = Elements("part", given)
    if isinstance(given, Elements):
        root = etree.Element("document")
        for one in given.texts:
            etree.SubElement(root, given.name).text = one
        return [root]
    if isinstance(given, etree._Element):
        return [given]
    raise NotHere(f"gave {type(given).__name__}, which XPath does not know")


def reason(error: Exception) -> str:
    """What went wrong, with the line of the stylesheet where that is known, to stand behind a file's name."""
    if isinstance(error, etree.XSLTError) and (entries := [entry for entry in error.error_log if entry.message]):
        line = next((f":{entry.line}" for entry in entries if entry.line), "")
        return f"{line}: {'; '.join(dict.fromkeys(entry.message.strip() for entry in entries[:3]))}"
    return f": {error}"


def _made_in(trees: list[tuple[Path, etree._ElementTree]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, tree in trees:
        for element in tree.iter("field"):
            template = next(element.iterancestors(f"{XSL}template"), None)
            if template is None:
                continue
            named = template.get("match") or template.get("name") or ""
            name = element.get("name", "")
            found.setdefault(name, []).append(f"{path.name}:{element.sourceline}, template {named}")
    return found
