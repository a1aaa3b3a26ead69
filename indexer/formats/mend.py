"""Mends what keeps XML and JSON from being read and costs no meaning, as harvesters and browsers do.

Characters that XML 1.0 has no place for (section 2.2), raw or as references, become spaces; the named characters of
HTML become themselves; an ampersand that begins no reference is one, and so is a `<` that begins no tag (`p < 0.05`).
All else stays as it is, and may cost the record.
"""

import html.entities
import re
import sys
from typing import Any

SHOWN = 5  # of one kind

_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
# Of what XML forbids, what ISO 2709 and character sets with escape sequences have a use for stays.
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x1B), 0x1C, 0x1D])
_CONTROL = re.compile(b"[%s]" % re.escape(_CONTROLS))
# In comments and CDATA sections nothing is a reference.
_SECTIONS = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_SECTION = re.compile(rb"<!--|<!\[CDATA\[")
_MARKUP = re.compile(
    rb"(?P<declaration>(?<=.)<\?xml\s[^<>]*\?>)"
    rb"|&#(?P<high>55[2-9]\d\d|56[0-2]\d\d|563[01]\d|xD[89AB][0-9A-F]{2});"
    rb"&#(?P<low>563[2-9]\d|56[4-9]\d\d|57[0-2]\d\d|573[0-3]\d|5734[0-3]|xD[C-F][0-9A-F]{2});"
    rb"|&#(?P<number>\d+|x[0-9A-F]+);|&(?P<name>[A-Za-z][A-Za-z0-9]*;)",
    re.S | re.I,
)
# What XML takes for the beginning of a reference is none of these, whether it is known or not.
_BARE = re.compile(rb"&(?!(?:[A-Za-z_:][\w.:-]{0,60}|#\d{1,60}|#[xX][0-9A-Fa-f]{1,60});)[A-Za-z0-9]{0,12}")
_NO_TAG = re.compile(rb"<(?![A-Za-z_:/!?\x80-\xff])[^<>&]{0,12}|>(?<=\]\]>)")  # or the end of a section that none is
_WRITTEN = {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;"}
_XML = frozenset({b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"})
_JSON_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_JSON_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.S)
# An escape: of a character beyond the first plane, which are two; of half of one; or another one.
_JSON_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u(?P<half>[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.S
)
_JSON_BREAK = re.compile("[\t\n\r]")  # between values they are blanks, in a string they have no place


class _Repairs:
    """What was mended, by kind."""

    def __init__(self) -> None:
        self.characters: dict[str, None] = {}
        self.names: dict[str, None] = {}
        self.ampersands: dict[str, None] = {}
        self.angles: dict[str, None] = {}
        self.declarations = 0

    def space(self, match: re.Match[str]) -> str:
        """Takes the place of one that is not allowed."""
        self.characters[f"U+{ord(match[0]):04X}"] = None
        return " "

    def space_of_bytes(self, match: re.Match[bytes]) -> bytes:
        """The same for one in UTF-8."""
        self.characters[f"U+{ord(match[0].decode()):04X}"] = None
        return b" "

    def told(self) -> list[str]:
        kinds: list[tuple[str, dict[str, None]]] = [
            ("characters that XML does not allow were replaced by spaces", self.characters),
            ("named characters of HTML were replaced by themselves", self.names),
            ("ampersands that begin no reference were kept", self.ampersands),
            ("angle brackets that begin no tag were kept", self.angles),
        ]
        told = [f"{what}: {_some(found)}" for what, found in kinds if found]
        return [*told, *(["an XML declaration inside of the record was left out"] if self.declarations else [])]


def xml(raw: bytes) -> tuple[bytes, list[str]]:
    """The record with all that can be mended, and what that was in words."""
    repairs = _Repairs()
    raw = _FORBIDDEN.sub(repairs.space_of_bytes, raw)
    parts = _parts(raw)
    parts[::2] = [_MARKUP.sub(lambda match: _reference(match, repairs), part) for part in parts[::2]]
    parts[::2] = [_BARE.sub(lambda match: _kept(match, repairs.ampersands), part) for part in parts[::2]]
    parts[::2] = [_NO_TAG.sub(lambda match: _kept(match, repairs.angles), part) for part in parts[::2]]
    return b"".join(parts), repairs.told()


def _kept(match: re.Match[bytes], found: dict[str, None]) -> bytes:
    """A character of markup that is text here."""
    found[f"'{match.group().decode('utf-8', 'replace').rstrip()}'"] = None
    return _WRITTEN[match.group()[:1]] + match.group()[1:]


def _parts(raw: bytes) -> list[bytes]:
    """Markup and text in turns with comments and CDATA sections. What never ends is none of these."""
    parts: list[bytes] = []
    kept = at = 0
    endless: set[bytes] = set()
    while match := _SECTION.search(raw, at):
        at, opening = match.end(), match.group()
        end = -1 if opening in endless else raw.find(_SECTIONS[opening], at)
        if end < 0:
            endless.add(opening)
            continue
        at = end + len(_SECTIONS[opening])
        parts += raw[kept : match.start()], raw[match.start() : at]
        kept = at
    return [*parts, raw[kept:]]


def _reference(match: re.Match[bytes], repairs: _Repairs) -> bytes:
    kind, found = match.lastgroup, match.group()
    if kind == "declaration":
        repairs.declarations += 1
        return b""
    if kind == "low":  # half of a character is none; the other half follows
        high, low = _code(match["high"]), _code(match["low"])
        return b"&#%d;" % (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    if kind == "number":
        code = _code(match["number"])
        if code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF:
            return found.lower()  # HTML has &#XE9; too, XML has not
        repairs.characters[f"U+{code:04X}" if code <= 0x10FFFF else found.decode()[:20]] = None
        return b" "
    characters = html.entities.html5.get(match["name"].decode()) if match["name"] not in _XML else None
    if characters is None:
        return found
    repairs.names[found.decode()] = None
    return b"".join([b"&#%d;" % ord(one) for one in characters])


def _code(digits: bytes) -> int:
    if len(digits) > 10:
        return sys.maxsize  # of no character
    return int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)


def json(text: str) -> tuple[str, list[str]]:
    """The same for the control characters that JSON has no place for (RFC 8259 section 7), and for escapes of half a
    character, which no text can hold.
    """
    repairs = _Repairs()

    def escape(match: re.Match[str]) -> str:
        if match["half"] is None:
            return match[0]
        repairs.characters[f"U+{match['half'].upper()}"] = None
        return " "

    text = _JSON_ESCAPE.sub(escape, _JSON_FORBIDDEN.sub(repairs.space, text))
    text = _JSON_STRING.sub(lambda match: _JSON_BREAK.sub(repairs.space, match[0]), text)
    return text, [one.replace("XML", "JSON") for one in repairs.told()]


def controls(data: bytes) -> tuple[bytes, list[str]]:
    """Spaces for the control characters of ISO 2709's fields that XML has no place for: the same record may come in
    either. Cheap where there are none.
    """
    if len(data.translate(None, _CONTROLS)) == len(data):
        return data, []
    repairs = _Repairs()

    return _CONTROL.sub(repairs.space_of_bytes, data), repairs.told()


def values(value: Any, depth: int = 10) -> tuple[Any, list[str]]:
    """The same for what was read of JSON, which may have all of them as escapes; as deep as fields of records are."""
    repairs = _Repairs()

    def plain(value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return _JSON_FORBIDDEN.sub(repairs.space, value)
        if isinstance(value, list) and depth:
            return [plain(one, depth - 1) for one in value]
        return (
            {key: plain(one, depth - 1) for key, one in value.items()} if isinstance(value, dict) and depth else value
        )

    return plain(value, depth), repairs.told()


def _some(found: dict[str, None]) -> str:
    kinds = list(found)
    return ", ".join(kinds[:SHOWN]) + (f" and {len(kinds) - SHOWN:,} more" if len(kinds) > SHOWN else "")
