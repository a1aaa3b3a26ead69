"""MARC-8 to Unicode, by the code tables of the Library of Congress as pymarc carries them.

https://www.loc.gov/marc/specifications/speccharmarc8.html. Sets may be designated as G0 or G1, whatever half their
table is printed for; a mark that combines stands before its letter in MARC-8 and behind it in Unicode. The result is
not normalised: letters and their marks stay apart, as in what marc4j and SolrMarc make of such records.
"""

import codecs
import functools
import re
import unicodedata
from collections.abc import Iterable

from pymarc.marc8_mapping import CODESETS, ODD_MAP

ASCII, ANSEL, EACC = 0x42, 0x45, 0x31
UNDEFINED = "\ufffe"  # what codecs.charmap_decode takes for "no such character"
NOT_IN_UNICODE = "\u3013"  # the geta mark: how East Asian print shows a character that it does not have

_ESCAPE = re.compile(rb"\x1b(?:(\$[(),-]?|[(),-])!?([1-4BENQS])|([bgps]))")
# A set other than ASCII, or a line of small characters, and the way back, as each subfield has to have it.
_THERE_AND_BACK = re.compile(rb"\x1b(?:(?:\$[(),-]?|[(),-])!?[1-4ENQS]|[bgp])[^\x1b\x1d-\x1f]+\x1b(?:\(B|s)")
_EACC = re.compile(rb"([\x21-\x7e]{3})|([\xa1-\xfe]{3})|([\x21-\x7e]{1,2})|.", re.S)
_COMBINING = "".join({chr(code) for table in CODESETS.values() for code, mark in table.values() if mark})
_BEFORE_LETTER = re.compile(
    f"([{re.escape(_COMBINING)}]+)(&#x[0-9A-Fa-f]{{2,6}};|[^{re.escape(_COMBINING)}])", re.S
)  # a reference stands for a letter that MARC-8 has not
# The halves of the ligature and of the double tilde, which pymarc's table has: the Library of Congress maps their first
# ones to the marks over two letters, and their second ones to nothing.
_WHOLE = {0xFE20: "\u0361", 0xFE21: None, 0xFE22: "\u0360", 0xFE23: None}
_HALVES = re.compile("[\ufe20-\ufe23]")

_HIGH = re.compile(rb"(?=([\x80-\xff])(&#x|.?))", re.S)
_UNDEFINED = frozenset(
    bytes([byte]) for byte in range(0x80, 0x100) if byte not in CODESETS[ANSEL] and byte not in (0x88, 0x89, 0x8D, 0x8E)
)
_ACCENTS = frozenset(
    {b"\xe1", b"\xe2", b"\xe5", b"\xe8"}
)  # grave, acute, macron, umlaut; Latin-1 often has ã in front of o
_VOWELS = frozenset(bytes([vowel]) for vowel in b"aeiouyAEIOUY")
# What may bear a mark: a letter of ASCII or ANSEL (ø, ơ), one that a reference names or another set has.
_BEARERS = frozenset(
    {b"&#x", b"\x1b"}
    | {bytes([byte]) for byte in range(0x80) if chr(byte).isalpha()}
    | {
        bytes([byte])
        for byte in range(0xA1, 0xBE)
        if byte in CODESETS[ANSEL] and unicodedata.category(chr(CODESETS[ANSEL][byte][0])) in ("Lu", "Ll")
    }
)
_MARKS = frozenset(bytes([byte]) for byte in range(0xE0, 0xFF) if bytes([byte]) not in _UNDEFINED)
# Two letters of Latin-1 that languages have in a row, and no letter has as marks: the same one twice (French "créée",
# Finnish), and those of Portuguese, Spanish, French, Nordic languages, Estonian and Hungarian. Other marks in a row are
# those of one letter, as in Vietnamese and in romanised Sanskrit.
_LETTERS_IN_A_ROW = (
    "çã çè çé çê çë çí çî çó çô çõ çö çú çû éç ñé ñí ñó ñú áñ éñ íñ óñ úñ áð æð éð íð óð öð úð ðé ðí ðó ðö ðú áþ éþ íþ "
    "óþ þé þí þó þö þú äö åä åö öä öå æø åø øæ øå äõ õä õö öõ éê éî éï éô îé ïé ëé áé áí áó éí éó éö íé íó öé óé óí úé"
)
_IN_A_ROW = frozenset(_LETTERS_IN_A_ROW.encode("latin-1").split(b" ")) | {mark * 2 for mark in _MARKS}
_C1 = {0x88: "\x98", 0x89: "\x9c", 0x8D: "\u200d", 0x8E: "\u200c"}  # non-sorting begin and end, joiner, non-joiner


def to_unicode(data: bytes) -> tuple[str, str]:
    """Return (text, what is wrong with it or "") of one subfield or control field, which begins in ASCII and ANSEL.

    Bytes that no designated set has are read as Latin-1, escape characters that designate nothing are left out.
    """
    g0, g1 = ASCII, ANSEL
    parts: list[str] = []
    problems: list[str] = []
    at = 0
    for escape in _ESCAPE.finditer(data):
        parts.append(_run(data[at : escape.start()], g0, g1, problems))
        at = escape.end()
        half, final, custom = escape.groups()
        if custom:
            g0 = ASCII if custom == b"s" else custom[0]
        elif half[-1:] in b")-":
            g1 = final[0]
        else:
            g0 = final[0]
    parts.append(_run(data[at:], g0, g1, problems))
    text = _BEFORE_LETTER.sub(r"\2\1", "".join(parts))
    if _HALVES.search(text):
        text = text.translate(_WHOLE)
    return text, problems[0] if problems else ""


def is_designated(data: bytes) -> bool:
    """Whether the escape sequences of bytes that are all ASCII make MARC-8 of them, and no stray escape character."""
    return _THERE_AND_BACK.search(data) is not None


def weigh(parts: Iterable[bytes]) -> int:
    """Whether these texts are rather MARC-8 (more than 0) or Latin-1 (less), where one of the two they must be.

    What tells them apart: Latin-1 has letters where MARC-8 has nothing, or marks and behind them no letter; MARC-8 has
    accents right in front of the vowels that bear them, where Latin-1 would have two vowels in a row. Several marks
    may stand in front of one letter.
    """
    weight = 0
    for data in parts:
        for found in _HIGH.finditer(data):
            byte, behind = found[1], found[2]
            if byte in _UNDEFINED:
                weight -= 1
            elif byte in _MARKS and behind not in _BEARERS:
                weight -= behind not in _MARKS or byte + behind in _IN_A_ROW
            elif byte in _ACCENTS and behind in _VOWELS:
                weight += 1
    return weight


def _run(data: bytes, g0: int, g1: int, problems: list[str]) -> str:
    """The characters of bytes between two escape sequences."""
    if EACC in (g0, g1):
        return "".join(_east_asian(match, g0, g1, problems) for match in _EACC.finditer(data))
    table = _table(g0, g1)
    text, _ = codecs.charmap_decode(data, "replace", table)
    if "\ufffd" in text:
        try:
            codecs.charmap_decode(data, "strict", table)
        except UnicodeDecodeError as error:
            problems.append(wrong(error, "MARC-8"))
            text, _ = codecs.charmap_decode(data, AS_LATIN1, table)
    return text


def _east_asian(match: re.Match[bytes], g0: int, g1: int, problems: list[str]) -> str:
    """A character of three bytes, or a byte that belongs to the other half or to none."""
    low, high, cut = match.groups()
    if cut and g0 == EACC:
        problems.append(f"0x{cut.hex().upper()} is no whole character of the East Asian set of MARC-8. Read as ASCII")
    code = low if g0 == EACC else high if g1 == EACC else None
    if code is None:  # three bytes of the half that is no EACC, or one
        return _run(match.group(), ASCII if g0 == EACC else g0, ANSEL if g1 == EACC else g1, problems)
    value = int.from_bytes(bytes(byte & 0x7F for byte in code))
    found = CODESETS[EACC].get(value)
    if found is not None:
        return chr(found[0])
    if value in ODD_MAP:
        return chr(ODD_MAP[value])
    problems.append(f"0x{code.hex().upper()} is not in the East Asian set of MARC-8. Shown as {NOT_IN_UNICODE}")
    return NOT_IN_UNICODE


@functools.cache
def _table(g0: int, g1: int) -> str:
    """The 256 characters of two designated sets of single bytes."""
    table = [chr(byte) if byte <= 0x20 or byte == 0x7F else UNDEFINED for byte in range(256)]
    table[0x1B] = UNDEFINED
    for byte, character in _C1.items():
        table[byte] = character
    for half, name in ((0x00, g0), (0x80, g1)):
        for byte, (code, _) in CODESETS[name].items():
            if byte & 0x7F > 0x20:
                table[byte & 0x7F | half] = chr(code)
    return "".join(table)


def wrong(error: UnicodeDecodeError, encoding: str) -> str:
    """Say which byte could not be read in the encoding that was expected, and how it is read instead."""
    byte = error.object[error.start]
    if byte == 0x1B:
        return f"an escape character that designates no set of {encoding}. Left out"
    return f"byte 0x{byte:02X} is not {encoding}. Read as {'Windows-1252' if byte < 0xA0 else 'Latin-1'}"


def _as_latin1(error: UnicodeError) -> tuple[str, int]:
    """Latin-1, and Windows-1252 where that has letters and signs and Latin-1 control characters."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end].replace(b"\x1b", b"")
    return "".join(_WINDOWS.get(byte, chr(byte)) for byte in bad), error.end


_WINDOWS = {byte: character for byte in range(0x80, 0xA0) if (character := bytes([byte]).decode("cp1252", "ignore"))}
AS_LATIN1 = "indexer.as_latin1"
codecs.register_error(AS_LATIN1, _as_latin1)
