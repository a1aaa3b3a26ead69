"""Turn what a file is encoded in into UTF-8, which the splitters and formats read."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.sources.window import Stream, StreamError

_XML_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Python codecs that are character encodings of files, by how their names begin.
_KNOWN = ("iso8859", "latin", "cp", "koi8", "gb", "big5", "euc", "shift_jis", "iso2022", "mac", "hz", "tis", "johab")
_HEAD = 1024
_LONGEST_START = 1 << 20  # bytes of white space and byte-order marks that are looked through for what begins behind
_MARKS = re.compile(rb"(?:[ \t\r\n]*\xef\xbb\xbf)*(?:[ \t\r\n]+(?=<))?")
_SPACE_AND_MARKS = re.compile(rb"[ \t\r\n\xef\xbb\xbf]*")
_TEXT = re.compile(rb"[\t\r\n -~]")
_SHOWN = 64  # bytes at the beginning that tell whether every other one is zero


def as_utf8(stream: Stream) -> tuple[Iterator[bytes], int, bool]:
    """Return (chunks in UTF-8, offset of the first of their bytes in the file, whether offsets are the file's).

    A byte-order mark decides, else an XML declaration (XML 1.0 appendix F), else it is UTF-8, which is passed on
    unread. Of several marks, as programs put them together of files that each have one, the first counts, and white
    space between them and before `<` is passed over. Bytes that the encoding does not have are never replaced in
    silence: they are passed on behind a byte 0xFF, which no UTF-8 has, so that the one record that holds them fails.
    Raises StreamError for an unknown encoding, and for UTF-16 that does not say so and is not XML or JSON.
    """
    for bom, name in _BOMS[1:]:
        if stream.peek(_HEAD).startswith(bom):
            stream.read(len(bom))
            return _transcoded(stream, name), 0, False
    start = _skip_marks(stream)
    head = stream.peek(_HEAD)
    if name := _unmarked(head):
        return _transcoded(stream, name), 0, False
    declared = _XML_DECLARATION.match(head)
    name = _codec(declared.group(1).decode("ascii", "replace")) if declared and not start.marked else "utf-8"
    if name == "utf-8":
        return stream, start.size, True
    return _transcoded(stream, name), 0, False


@dataclass(frozen=True, slots=True)
class _Start:
    """What stood before the content: `marked`: a byte-order mark of UTF-8 among it."""

    size: int
    marked: bool


def _skip_marks(stream: Stream) -> _Start:
    size = _HEAD
    while True:
        head = stream.peek(size)
        blank = _SPACE_AND_MARKS.match(head)
        if blank is None or blank.end() < len(head) or len(head) < size or size >= _LONGEST_START:
            break
        size *= 4
    marks = _MARKS.match(head)
    skipped = stream.read(marks.end()) if marks else b""
    return _Start(len(skipped), codecs.BOM_UTF8 in skipped)


def _unmarked(head: bytes) -> str:
    """UTF-16 without its mark, which is told by the zero bytes of XML and JSON; "" for what is something else."""
    shown = head[:_SHOWN]
    zeros = [shown[at::2].count(0) * 10 >= len(shown[at::2]) * 7 for at in (0, 1)]
    text = shown.replace(b"\0", b"")
    if len(shown) < 4 or zeros[0] == zeros[1] or len(_TEXT.findall(text)) * 2 < len(text):
        return ""
    name = "utf-16-be" if zeros[0] else "utf-16-le"
    if text.lstrip()[:1] in (b"<", b"{", b"["):
        return name
    raise StreamError(
        "seems to be UTF-16 without a byte-order mark: every other byte is zero",
        advice="Save it as UTF-8, or with a byte-order mark. Nothing of it was indexed.",
        early=False,
    )


def _codec(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        name = ""
    # Whoever declares UTF-16 and writes "<?xml" in single bytes did not write UTF-16; ASCII is a part of UTF-8.
    if name in ("utf-8", "utf-8-sig", "ascii") or name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    if not name.startswith(_KNOWN):
        raise StreamError(
            f"the XML declaration names the encoding {declared!r}, which is not known",
            advice="Correct the declaration, or convert the file to UTF-8. Nothing of it was indexed.",
            early=False,
        )
    return name


def _transcoded(stream: Stream, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)(errors=_PASS_ON)
    begun = False
    for chunk in stream:
        text = decoder.decode(chunk)
        if not begun:  # more marks than the one that was taken
            text = text.lstrip("\ufeff")
            begun = text != ""
        if text:
            yield text.encode("utf-8", "surrogateescape")
    text = decoder.decode(b"", final=True)
    if text:
        yield text.encode("utf-8", "surrogateescape")


def _pass_on(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "\udcff" + "".join(chr(0xDC00 | byte) if byte >= 0x80 else chr(byte) for byte in bad), error.end


_PASS_ON = "indexer.pass_on"  # noqa: S105 - the name of an error handler
codecs.register_error(_PASS_ON, _pass_on)
