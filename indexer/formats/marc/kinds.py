"""What kind of thing a record describes: the codes behind `format`, and `illustrated`.

The codes are looked up in data/formats.tsv, which says what they are called; MARC 21 names the positions of the leader,
006, 007 and 008 that are read here.
"""

from indexer.formats.marc import maps
from indexer.formats.marc.record import MarcRecord
from indexer.formats.marc.specs import trim

_BY_007 = {
    "a": {"d": "Atlas", "": "Map"},
    "c": {
        "a": "TapeCartridge",
        "b": "ChipCartridge",
        "c": "DiscCartridge",
        "f": "TapeCassette",
        "h": "TapeReel",
        "j": "FloppyDisk",
        "m": "CDROM",
        "o": "CDROM",
        "r": "",  # remote: said by other means, or every record with a link would be one
        "": "Software",
    },
    "d": {"": "Globe"},
    "f": {"": "Braille"},
    "g": {"c": "Filmstrip", "d": "Filmstrip", "f": "Filmstrip", "o": "Filmstrip", "t": "Transparency", "": "Slide"},
    "h": {"": "Microfilm"},
    "k": {
        "c": "Collage",
        "d": "Drawing",
        "e": "Painting",
        "f": "Print",
        "g": "Photonegative",
        "h": "Photo",
        "i": "Picture",
        "j": "Print",
        "k": "Poster",
        "l": "Drawing",
        "n": "Chart",
        "o": "FlashCard",
        "p": "Postcard",
        "v": "Photo",
        "": "Photo",
    },
    "m": {"f": "VideoCassette", "r": "Filmstrip", "": "MotionPicture"},
    "o": {"": "Kit"},
    "q": {"": "MusicalScore"},
    "r": {"": "SensorImage"},
    "s": {"d": "SoundDisc", "s": "SoundCassette", "": "SoundRecording"},
    "v": {"c": "VideoCartridge", "d": "VideoDisc", "f": "VideoCassette", "r": "VideoReel", "": "Video"},
}
_NO_BOOK_007 = frozenset("gkmv")
_NO_BOOK_06 = frozenset("efgijkr")
_ILLUSTRATIONS = frozenset("abcdefghijklmop")

_translate = maps.translator(maps.table("formats"))


def formats(record: MarcRecord) -> list[str]:
    """format: what the codes are called, each once."""
    return list(dict.fromkeys(_translate(dict.fromkeys(codes(record)))))


def codes(record: MarcRecord) -> list[str]:
    """The codes of a record's formats, the general ones first; a code may come twice."""
    by_tag = record.by_tag
    leader = record.leader.lower().ljust(8)
    kind, level = leader[6], leader[7]
    fixed = _fixed(record)
    found = ["GovernmentDocument"] if "086" in by_tag else []
    if "502" in by_tag:
        found.append("Thesis")
    if _is_electronic(record, kind):
        found.append("Electronic")
    if "111" in by_tag or "711" in by_tag:
        found.append("ConferenceProceeding")
    descriptions = [field.value.lower() for field in by_tag.get("007", ())]
    video = _is_video(record)
    if video:
        found += ["Video", "VideoOnline"] if _is_online(record) else ["Video"]
    for description in descriptions:
        found += _physical(description)
    could_be_book = not video and not any(description[:1] in _NO_BOOK_007 for description in descriptions)
    if not video:
        found += _by_type(kind, fixed, descriptions, thesis="Thesis" in found)
        could_be_book = could_be_book and kind not in _NO_BOOK_06 and (kind != "m" or fixed[26] in "dimuz")
    found += _by_level(level, kind, fixed, record, could_be_book, conference="ConferenceProceeding" in found)
    if found:
        return found
    if level in "cd":  # a collection, or a part of one
        return ["Kit"]
    return ["Text"] if kind == "a" else ["Unknown"]


def _fixed(record: MarcRecord) -> str:
    """The first 008, blanks after its end."""
    fields = record.by_tag.get("008")
    return (fields[0].value.lower() if fields else "").ljust(40)


def _physical(description: str) -> list[str]:
    """What one 007 says."""
    category, kind = description[:1], description[1:2]
    found = ["Video"] if category == "v" else []
    if description[:2] == "vd" and description[4:5] == "s":
        return [*found, "BRDisc"]
    names = _BY_007.get(category)
    if names is not None and (name := names.get(kind, names[""])):
        found.append(name)
    return found


def _by_type(kind: str, fixed: str, descriptions: list[str], *, thesis: bool) -> list[str]:
    """What leader/06, the type of record, says, with 008 for more."""
    name = ""
    if kind in "cd":
        name = "MusicalScore"
    elif kind in "ef":
        name = {"d": "Globe", "e": "Atlas"}.get(fixed[25], "Map")
    elif kind == "g":
        name = _projected(fixed, descriptions)
    elif kind == "i":
        name = "SoundRecording"
    elif kind == "j":
        name = "MusicRecording"
    elif kind == "k":
        name = {"l": "Drawing", "n": "Chart", "o": "FlashCard"}.get(fixed[33], "")
        if not name and not any(description[:1] == "k" for description in descriptions):
            name = "Image"
    elif kind == "m":
        name = _COMPUTER_FILES.get(fixed[26], "")
    elif kind in "op":
        name = "Kit"
    elif kind == "r":
        name = "PhysicalObject"
    elif kind == "t" and not thesis:
        name = "Manuscript"
    return [name] if name else []


_COMPUTER_FILES = {
    "a": "DataSet",
    "b": "Software",
    "c": "Image",
    "e": "DataSet",
    "f": "Font",
    "g": "VideoGame",
    "h": "SoundRecording",
    "i": "InteractiveMultimedia",
}


def _projected(fixed: str, descriptions: list[str]) -> str:
    """Leader/06 g: 008/33 says what is projected, 008/34 by which technique."""
    name = {"f": "Filmstrip", "t": "Transparency", "m": "MotionPicture", "v": "Video"}.get(fixed[33], "")
    if not name and fixed[34] in "acluz":  # animation, live action, both, unknown, other: it moves
        return "MotionPicture"
    if name or any(description[:1] in ("g", "m", "v") for description in descriptions):
        return name
    return "ProjectedMedium"


def _by_level(
    level: str, kind: str, fixed: str, record: MarcRecord, could_be_book: bool, *, conference: bool
) -> list[str]:
    """What leader/07, the bibliographic level, says."""
    name = ""
    if level == "a":
        part = any(code == "g" for field in record.by_tag.get("773", ()) for code, _ in field.subfields)
        name = "Article" if part else "BookComponentPart"
    elif level == "b":
        name = "SerialComponentPart"
    elif level == "i":
        name = "PhysicalIntegratingResource"
        if kind == "a" and fixed[21] in "hw":
            name = "Website"
        elif kind == "a" and fixed[22] in "oqs":
            name = "OnlineIntegratingResource"
    elif level == "m" and could_be_book:
        online = (kind in "at" and fixed[23] in "oqs") or kind == "m"
        name = "eBook" if online else "Book"
    elif level == "s":
        name = {"n": "Newspaper", "p": "Journal"}.get(fixed[21], "") if kind == "a" else ""
        if not name and not conference:
            name = "Serial"
    return [name] if name else []


def _is_electronic(record: MarcRecord, kind: str) -> bool:
    if kind == "m" or _is_online(record):
        return True
    titles = record.by_tag.get("245", ())
    return any(
        code == "h" and "[electronic resource]" in text.lower() for field in titles for code, text in field.subfields
    )


def _is_online(record: MarcRecord) -> bool:
    """Whether a 338 says so, in RDA's list of carriers."""
    return _has_term(record, "338", "online resource", "cr", "rdacarrier")


def _is_video(record: MarcRecord) -> bool:
    """Whether a 336 says so, in RDA's list of contents."""
    return _has_term(record, "336", "two-dimensional moving image", "tdi", "rdacontent")


def _has_term(record: MarcRecord, tag: str, term: str, code: str, source: str) -> bool:
    for field in record.by_tag.get(tag, ()):
        said = {(name, trim(text)) for name, text in field.subfields}
        if ("2", source) in said and (("a", term) in said or ("b", code) in said):
            return True
    return False


def illustrated(record: MarcRecord) -> str:
    """illustrated: by the codes of 008 and 006 of a text, or by a word in 300 $b."""
    by_tag = record.by_tag
    if record.leader[6:7].lower() == "a":
        for field in by_tag.get("008", ()):
            if not _ILLUSTRATIONS.isdisjoint(field.value[18:22].lower()):
                return "Illustrated"
        for field in by_tag.get("006", ()):
            if not _ILLUSTRATIONS.isdisjoint(field.value[1:5].lower()):
                return "Illustrated"
    for field in by_tag.get("300", ()):
        for code, text in field.subfields:
            if code == "b" and any(word in text.lower() for word in ("ill.", "illus.", "illustrations")):
                return "Illustrated"
    return "Not Illustrated"
