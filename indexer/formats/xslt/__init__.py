"""Records by a stylesheet of one's own: XSLT 1.0, with the functions that VuFind's stylesheets call.

A stylesheet gets one record at a time, as VuFindHarvest writes it (its identifier and datestamp put in), and makes
`<add><doc><field name="...">` of it, one or several documents; `<delete><id>` deletes. What documents of every format
get (copied fields, dates) they get from here on.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from xml.sax.saxutils import escape

from lxml import etree

from indexer.formats import xml
from indexer.formats.profiles import Profile, make_id
from indexer.formats.provenance import Rule
from indexer.formats.xslt.functions import NotHere
from indexer.formats.xslt.stylesheet import Stylesheet, digest, load, reason
from indexer.model.documents import Delete, Draft, Fields
from indexer.model.errors import ConfigError, Dropped, RecordError
from indexer.model.records import Header, Record

TRACKED = ("first_indexed", "last_indexed")

__all__ = ["check_options", "depends_on", "document", "rules_of"]


def document(record: Record, profile: Profile) -> Sequence[Draft | Delete]:
    """The fields of each document that the stylesheet makes of the record, in the order in which it makes them; a
    constant of the profile wins over them.

    Raises RecordError where the XML cannot be read, the stylesheet fails or makes something else than documents, and
    Dropped where it makes nothing.
    """
    repairs: list[str] = []
    root = xml.parse(_injected(record, profile), repairs)
    found = _documents(_transformed(load(profile.options), root))
    if not found:
        raise Dropped("the stylesheet makes no document of it")
    return [_made(each, profile, repairs) for each in found]


def _made(made: etree._Element, profile: Profile, repairs: Sequence[str]) -> Draft | Delete:
    if made.tag != "doc":
        deleted = make_id(profile, xml.text(made).strip())
        if made.tag != "id":
            raise RecordError(f"the stylesheet deletes by <{made.tag}>, and only <id> can be done here")
        if not deleted:
            raise RecordError("the stylesheet deletes something without an id", field="id")
        return Delete(deleted)
    fields = _fields(made)
    ids = fields.get("id", [])
    if len(ids) > 1:
        raise RecordError(f"the stylesheet gives it {len(ids)} ids", field="id")
    fields["id"] = make_id(profile, "".join(ids))
    for name in TRACKED:  # what `getFirstIndexed` leaves to load.dates
        if fields.get(name) == [""]:
            del fields[name]
    return Draft({**fields, **profile.constants}, computed=(), repairs=repairs)


def check_options(options: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the options of a profile, as (option, what), or None."""
    try:
        load(options)
    except ConfigError as error:
        advice = f"\n{error.advice}" if error.advice else ""
        return ("properties" if options["properties"] else "stylesheet"), error.message + advice
    return None


def depends_on(options: Mapping[str, Any]) -> str:
    """What the documents depend on besides their records, as a digest."""
    return digest(options)


def rules_of(_record: Record, profile: Profile) -> dict[str, list[Rule]]:
    """Field -> where in the stylesheet it is made, for `explain`."""
    return {name: [Rule(place) for place in places] for name, places in load(profile.options).made_in.items()}


def _injected(record: Record, profile: Profile) -> bytes:
    """The record with what a harvester puts in behind its first tag, where that is not in it yet."""
    raw, options = record.raw, profile.options
    if record.header is None or not record.header.identifier:
        return raw
    put_in = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in _said(record.header, profile) if tag and text)
    tag = options["inject_id"]
    end = raw.find(b">", _root_at(raw))
    if not put_in or end < 0 or raw[end + 1 :].lstrip().startswith(f"<{tag}>".encode()):
        return raw
    if raw[end - 1 : end] == b"/":
        name = raw[_root_at(raw) + 1 : end - 1].split(None, 1)[0]
        return raw[: end - 1] + b">" + put_in.encode() + b"</" + name + b">" + raw[end + 1 :]
    return raw[: end + 1] + put_in.encode() + raw[end + 1 :]


def _root_at(raw: bytes) -> int:
    """Where the root's tag begins: behind the declaration, comments and processing instructions."""
    at = raw.find(b"<")
    while at >= 0 and raw[at + 1 : at + 2] in (b"?", b"!"):
        closing = b"-->" if raw.startswith(b"<!--", at) else b">"
        end = raw.find(closing, at)
        at = raw.find(b"<", end) if end >= 0 else -1
    return at


def _said(header: Header, profile: Profile) -> list[tuple[str, str]]:
    options = profile.options
    said = [
        (options["inject_id"], make_id(profile, header.identifier or "")),
        (options["inject_date"], header.datestamp or ""),
    ]
    return said + [(options["inject_set"], name) for name in header.sets]


def _transformed(stylesheet: Stylesheet, root: etree._Element) -> etree._Element | None:
    try:
        result = stylesheet.transform(root, **stylesheet.parameters)
    except (NotHere, etree.XSLTError, etree.XMLSyntaxError, OSError) as error:
        raise RecordError(f"{stylesheet.path.name}{reason(error)}") from None
    return cast("etree._Element | None", result.getroot())


def _documents(root: etree._Element | None) -> list[etree._Element]:
    """The documents, and what stands in the deletions, in the order in which they stand."""
    if root is None:
        return []
    each = root.iter("doc", "delete")
    return [part for found in each for part in ([found] if found.tag == "doc" else found.iterchildren(etree.Element))]


def _fields(doc: etree._Element) -> Fields:
    fields: dict[str, list[str]] = {}
    for child in doc.iterchildren(etree.Element):  # not comments
        name = child.get("name", "")
        if child.tag != "field" or not name:
            raise RecordError(f"the stylesheet puts <{child.tag}> into a document where <field name=...> belongs")
        fields.setdefault(name, []).append(xml.text(child))
    return dict(fields)
