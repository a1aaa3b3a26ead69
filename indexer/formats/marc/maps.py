"""Translation maps: what a code or a value in the record is called in the document.

A map is a table of two columns, tab between them, UTF-8; lines that begin with `#` are comments. What is not in it is
dropped, unless it has a line `__DEFAULT`. `null` drops a value too, and `|` in a label makes several values of one.
The bundled ones lie in the folder `data`, each naming its source at its head.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from indexer.formats import xml
from indexer.formats.marc.solrmarc import java
from indexer.model.errors import RecordError

Translate = Callable[[Iterable[str]], list[str]]

DATA = Path(__file__).with_name("data")
LANGUAGES = Path(__file__).parents[1] / "languages_marc.tsv"
DEFAULT = "__DEFAULT"
MAP_FILES = (".properties", ".yaml", ".yml", ".xml")

_DOCTYPE = re.compile(r"<!DOCTYPE properties [^>\[]*>")


@functools.cache
def table(name: str) -> dict[str, str]:
    """The bundled table of this name, such as `formats`; `languages` are MARC's three-letter codes."""
    if name == "languages":
        return read(LANGUAGES)
    return read(DATA / f"{name}.tsv")


def bundled() -> list[str]:
    """The names of the bundled tables."""
    return sorted(["languages", *(path.stem for path in DATA.glob("*.tsv"))])


def read(path: Path) -> dict[str, str]:
    """Reads a table; a later line for the same code wins. Raises OSError, and ValueError naming file and line."""
    found = {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start + 1:,} is not UTF-8") from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        code, tab, label = line.partition("\t")
        if not tab:
            raise ValueError(f"{path}:{number}: has no tab between a code and what it is called")
        found[code.strip()] = label.strip()
    return found


def entries(path: Path) -> dict[str, str]:
    """The entries of a map as SolrMarc and VuFind have it: `.properties`, `.yaml`, or `.xml` of Java's. Properties that
    are not UTF-8 are Latin-1 (`is_utf8`), as Java had them and older installations still do.

    Raises ValueError, saying what is wrong.
    """
    try:
        latin1 = path.suffix == ".properties" and not is_utf8(path)
        text = path.read_text(encoding="latin-1" if latin1 else "utf-8-sig")
        if path.suffix in (".yaml", ".yml"):
            return _yaml(text)
        return _java_xml(text) if path.suffix.lower() == ".xml" else java.properties(text)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start + 1:,} is not UTF-8") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecordError) as error:
        raise ValueError(f"{path}: {error}") from None


def is_utf8(path: Path) -> bool:
    """Raises OSError."""
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def _yaml(text: str) -> dict[str, str]:
    """Keys and texts; a list makes several values of one. All is text: `no` is Norwegian, and 010 no number."""
    import yaml  # lazily: few have such maps

    try:
        found = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - BaseLoader makes nothing but texts, lists and mappings
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise ValueError("is not a mapping of keys to texts")
    made = {}
    for key, value in found.items():
        values = value if isinstance(value, list) else [value]
        if not isinstance(key, str) or not all(isinstance(each, str) for each in values):
            raise ValueError(f"{str(key)[:40]!r}: has neither a text nor a list of texts")
        made[key] = "|".join(values)
    return made


def _java_xml(text: str) -> dict[str, str]:
    root = xml.parse(_DOCTYPE.sub("", text, count=1).encode())
    return {entry.get("key", ""): entry.text or "" for entry in root.iter("entry")}


def translator(labels: Mapping[str, str]) -> Translate:
    """The function that looks values up in a table, exactly as they are."""
    made = {code: _several(label) for code, label in labels.items()}
    other = made.pop(DEFAULT, made.pop("", ()))

    def translate(values: Iterable[str]) -> list[str]:
        return [label for value in values for label in made.get(value, other)]

    return translate


def _several(label: str) -> tuple[str, ...]:
    return () if label in ("", "null") else tuple(filter(None, (part.strip() for part in label.split("|"))))


def pattern_translator(patterns: Sequence[tuple[str, str]]) -> Translate:
    r"""The function that rewrites values by regular expressions and replacements (Python's, groups as `\1`).

    Every pattern that is found in a value gives one; a value in which none is found is dropped. Raises ValueError for
    an expression that does not compile.
    """
    compiled = []
    for expression, replacement in patterns:
        try:
            pattern = re.compile(expression)
            pattern.sub(replacement, "")
        except (re.error, IndexError) as error:
            raise ValueError(f"{expression!r} -> {replacement!r} is not a regular expression: {error}") from None
        compiled.append((pattern, replacement))

    def translate(values: Iterable[str]) -> list[str]:
        return [
            found.expand(replacement)
            for value in values
            for pattern, replacement in compiled
            if (found := pattern.search(value)) is not None
        ]

    return translate
