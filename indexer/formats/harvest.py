"""What a harvester puts at the start of a record: the identifier and the datestamp of its OAI-PMH header.

VuFindHarvest writes both into the record, as its first two elements; an OAI-PMH answer has them beside it. Both are to
give the same document.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from lxml import etree

from indexer.formats.profiles import Profile, make_id
from indexer.model.records import Record

_TAGS = ("identifier", "datestamp")


def identify(inside: str, record: Record, profile: Profile) -> tuple[str, list[str]]:
    """The document's id, and what a harvester would have put in that is not there yet: identifier, datestamp.

    `inside` is the identifier that stands in the record, used where there is no header; without either the id is empty.
    """
    header = record.header
    if header is None or not header.identifier:
        return make_id(profile, inside), []
    identifier = make_id(profile, header.identifier)
    there = inside in (identifier, header.identifier)
    return identifier, [] if there else [identifier, *([header.datestamp] if header.datestamp else [])]


def as_harvested(root: etree._Element, missing: Sequence[str]) -> str:
    """A record as XML, with what is missing of what a harvester puts behind its first tag."""
    put_in = "".join([f"<{tag}>{escape(value)}</{tag}>" for tag, value in zip(_TAGS, missing, strict=False)])
    if put_in and root.text is None and not len(root):
        root.text = ""  # <dc></dc>, not <dc/>: there is a tag to put it behind
    start, bracket, rest = etree.tostring(root, encoding="unicode", with_tail=False).partition(">")
    return start + bracket + put_in + rest
