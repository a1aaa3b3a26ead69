"""title_sort as VuFind's MARC route makes it (SolrMarc's title_sort_lower), and the non-filing characters of a title.

The order of the steps and the accent table are not those of the XSL route (derive.titles): trailing punctuation goes
first, letters with marks lose them one by one, and ligatures and `ß` stay.
"""

import re
import unicodedata

from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.specs import trim

MAX_ROUNDS = 500  # so much punctuation at the end is damage, and taking it off would take minutes
NONFILING_FIRST = frozenset({"130", "630", "730", "740"})  # the first indicator counts the characters
NONFILING_SECOND = frozenset({"222", "240", "242", "243", "245", "440", "830"})  # the second does

_SEPARATORS = (",", "/", ";", ":")
_MARKS = re.compile("[\u0300-\u036f]+")
_ASCII_PUNCTUATION = {code: " " for code in range(33, 127) if not chr(code).isalnum()}
# ASCII's signs are punctuation as well, those of other scripts are none.
_UNICODE_PUNCTUATION = "".join(
    re.escape(char) for char in map(chr, range(0x80, 0x10000)) if unicodedata.category(char).startswith("P")
)
_PUNCTUATION = re.compile(f"[ !-/:-@\\[-`{{-~{_UNICODE_PUNCTUATION}]+")
_SPACES = re.compile(" {2,}")
_PERIOD_TO_DROP = re.compile(  # behind two letters or digits, which may bear a mark each, or another sign
    "(?:[a-zA-Z0-9_][\u0300-\u036f]?[a-zA-Z0-9_][\u0300-\u036f]?|[^\\W\\d_]{2}|[!-/:-@\\[-`{-~])\\.\\Z"
)

# Latin letters that Unicode does not decompose, with the letter they are sorted as.
_FOLDED = str.maketrans(
    "ĐđĦħŁłØøŦŧƀƁɓƂƃƇƈƊɖɗƋƌƑƒƓɠƗɨƘƙƚƝɲƟƤƥƫƬƭƮʈƲʋƳƴƵƶȤȥɕȡǥɦʝȴɫɬɭɱƞȵɳʠɼɽʂȶʐʑǤȠ",
    "DdHhLlOoTtbBbBbCcDddDdFfGgIiKklNnOPptTtTtVvYyZzZzcdghjllllmnnnqrrstzzGN",
)


def nonfiling(field: MarcField) -> int:
    """How many characters at the head of `$a` are passed over in filing."""
    if field.tag in NONFILING_SECOND:
        indicator = field.ind2
    elif field.tag in NONFILING_FIRST:
        indicator = field.ind1
    else:
        return 0
    return int(indicator) if indicator.isascii() and indicator.isdigit() else 0


def filed(field: MarcField, codes: str) -> list[str]:
    """The subfields with these codes, in record order, `$a` without its non-filing characters; empty ones left out."""
    skipped = nonfiling(field)
    texts = [trim(value[skipped:] if code == "a" else value) for code, value in field.subfields if code in codes]
    return [text for text in texts if text]


def title_sort(record: MarcRecord) -> str:
    """The form by which the title sorts: 245 abkp."""
    for field in record.by_tag.get("245", ()):
        words = [sort_form(text) for text in filed(field, "abkp")]
        if found := " ".join(word for word in words if word):
            return found
    return ""


def sort_form(text: str) -> str:
    """One subfield of title_sort."""
    text = clean_data(text)
    if text.isascii():
        if text.isprintable():  # no white space but blanks
            return " ".join(text.translate(_ASCII_PUNCTUATION).split()).lower()
        return trim(_SPACES.sub(" ", text.translate(_ASCII_PUNCTUATION))).lower()
    return trim(without_punctuation(without_accents(text))).lower()


def without_accents(text: str) -> str:
    """Letters without their marks, and those that Unicode does not take apart as the letter that they look like."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text)).translate(_FOLDED)


def without_punctuation(text: str) -> str:
    """One space for all punctuation and spaces that stand together."""
    return _PUNCTUATION.sub(" ", text)


def clean_data(text: str) -> str:
    """Trailing catalogue punctuation (ISBD) off, until nothing changes: `, / ; :`, a period that ends no initial and
    no `Jr.` or `Sr.`, and outer square brackets. As derive.titles.clean_data, but with every script's letters.
    """
    for _ in range(MAX_ROUNDS):
        before = text
        text = trim(text)
        if text.endswith(_SEPARATORS):
            text = text[:-1].rstrip(" ")
        if text.endswith(".") and not text.endswith(("Jr.", "Sr.")) and _PERIOD_TO_DROP.search(text[-5:]):
            text = text[:-1]
        text = _without_outer_brackets(text)
        if not text or text == before:
            break
    return text


def _without_outer_brackets(text: str) -> str:
    text = trim(text)
    if "[" not in text and "]" not in text:
        return text
    opens, closes = text.count("["), text.count("]")
    first, last = text.startswith("["), text.endswith("]")
    if first and last and opens == closes == 1:
        text = text[1:-1]
    elif first and not closes:
        text = text[1:]
    elif last and not opens:
        text = text[:-1]
    return trim(text)
