"""Configuration files as PHP reads them (parse_ini_file), which is what VuFind's import files are."""

import re

from indexer.model.errors import ConfigError

Section = dict[str, str | list[str] | dict[str, str]]

_SECTION = re.compile(r"\[([^\[\]]*)\]\s*(?:[;#].*)?")
_PAIR = re.compile(r"([^=\[\]\s;#\"][^=\[\]\"]*?)\s*(?:\[([^\[\]]*)\])?\s*=\s*(.*)")
_QUOTED = re.compile(r"(\"(?:\\.|[^\"\\])*\"|'[^']*')\s*(?:;.*)?")
_WORDS = {"true": "1", "on": "1", "yes": "1", "false": "", "off": "", "no": "", "none": "", "null": ""}


def parse(text: str, name: str) -> dict[str, Section]:
    """Section -> key -> value; `key[]` several times is a list, `key[name]` a table. What stands before any section is
    in the section "". Words for truth are "1" and "", as PHP has them.

    `name` is the file's, for errors. Raises ConfigError naming file and line for what is neither a section nor a pair.
    """
    sections: dict[str, Section] = {"": {}}
    section = sections[""]
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in ";#":
            continue
        if heading := _SECTION.fullmatch(stripped):
            section = sections.setdefault(heading[1].strip(), {})
            continue
        pair = _PAIR.fullmatch(stripped)
        if pair is None:
            raise ConfigError(f"{name}:{number}: {stripped[:60]!r} is neither [section] nor key = value")
        _put(section, pair[1].strip(), pair[2], _value(pair[3], name, number))
    return sections


def _put(section: Section, key: str, inside: str | None, value: str) -> None:
    known = section.get(key)
    if inside is None:
        section[key] = value
    elif inside:
        table = known if isinstance(known, dict) else {}
        section[key] = {**table, inside.strip("\"'"): value}
    else:
        section[key] = [*(known if isinstance(known, list) else []), value]


def _value(raw: str, name: str, number: int) -> str:
    raw = raw.strip()
    if raw[:1] in ("'", '"'):
        quoted = _QUOTED.fullmatch(raw)
        if quoted is None:
            raise ConfigError(f"{name}:{number}: a quotation mark has no end, or something stands behind it")
        inner = quoted[1][1:-1]
        return re.sub(r'\\(["\\])', r"\1", inner) if raw[0] == '"' else inner
    plain = raw.partition(";")[0].rstrip()
    return _WORDS.get(plain.lower(), plain)
