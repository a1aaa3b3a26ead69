"""What stands beside the records of a list in XML: a message of the program that wrote it, and what services say of
their answers, which is passed over.
"""

import re

from indexer.sources.xml import Piece, Tag, show, text

_MESSAGE = re.compile(rb"(?:error|diagnostic|exception|fault)s?(?:list)?", re.IGNORECASE)
_NOTHING_SAID = frozenset({"false", "no", "none", "null", "ok", "error", "errors", "success", "successful"})
# Of an answer or of a whole file: who sent it and when, the request, counts, schemas, positions, facets, pages.
_HARMLESS = re.compile(
    rb"about|head(?:er)?|info(?:rmation)?|meta|identify|version|request|responseHeader|query|params?|parameters?|"
    rb"schema|template|echoed\w*|extra\w*|result(?:set|count)\w*|total\w*|number\w*|facet\w*|sort\w*|scan\w*|timing|"
    rb"debug|explain|page|paging|pagination|links?|resumptionToken|stat(?:us|istics|s)|summary|sender|source|provider",
    re.IGNORECASE,
)
_TAG = re.compile(rb"<[^<>]*>")


def is_message(tag: Tag) -> bool:
    """Whether an element of this name holds what went wrong."""
    return _MESSAGE.fullmatch(tag.local) is not None


def is_harmless(tag: Tag) -> bool:
    """Whether an element of this name says something of the records around it."""
    return _HARMLESS.fullmatch(tag.local) is not None


def said_in(piece: Piece) -> str:
    """The words of a message; "" where it is the number of errors, or says that there are none."""
    content = b" ".join(_TAG.sub(b" ", piece.raw).split())
    try:
        said = text(content)
    except ValueError:
        said = show(content, 400)
    return show(said.encode(), 200) if says_something(said) else ""


def says_something(message: str) -> bool:
    """Whether a message tells of a fault: "no error" and "0 OK" do not."""
    return any(word not in _NOTHING_SAID and not word.isdecimal() for word in re.findall(r"\w+", message.lower()))
