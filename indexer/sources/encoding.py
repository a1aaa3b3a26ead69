"""Turn what a file is encoded in into UTF-8, which the splitters and formats read."""

import codecs
import re
from collections.abc import Iterator

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


def as_utf8(stream: Stream) -> tuple[Iterator[bytes], int, bool]:
    """Return (chunks in UTF-8, offset of the first of their bytes in the file, whether offsets are the file's).

    A byte-order mark decides, else an XML declaration (XML 1.0 appendix F), else it is UTF-8, which is passed on
    unread. Bytes that the encoding does not have are never replaced in silence: they are passed on behind a byte 0xFF,
    which no UTF-8 has, so that the one record that holds them fails. Raises StreamError for an unknown encoding.
    """
    head = stream.peek(_HEAD)
    for bom, name in _BOMS:
        if head.startswith(bom):
            stream.read(len(bom))
            return (stream, len(bom), True) if name == "utf-8" else (_transcoded(stream, name), 0, False)
    for start, name in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"), (b"{\0", "utf-16-le"), (b"\0{", "utf-16-be")):
        if head.startswith(start):
            return _transcoded(stream, name), 0, False
    declared = _XML_DECLARATION.match(head)
    name = _codec(declared.group(1).decode("ascii", "replace")) if declared else "utf-8"
    if name == "utf-8":
        return stream, 0, True
    return _transcoded(stream, name), 0, False


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
    for chunk in stream:
        text = decoder.decode(chunk)
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
