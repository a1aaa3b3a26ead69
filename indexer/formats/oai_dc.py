"""Dublin Core as OAI-PMH carries it (oai_dc), by the rules of VuFind's stylesheet ojs.xsl and sites' variants of it.

Kept from XPath 1.0 and that stylesheet: the value of several elements is the first one's; a value is blank when it
has nothing but space, tab, CR and LF (a no-break space is something); titles, description, publisher and url are
taken raw, names and subjects with their white space normalised; an element that is there and empty gives an empty
value where the stylesheet asks for length or presence only (language, topic, description, dates, url).

Records come as VuFindHarvest leaves them, with the identifier and the datestamp of the OAI-PMH header put in as the
first two elements, or bare with that header beside them: both give the same document.
"""

from lxml import etree

from indexer.derive.authors import author_sort
from indexer.derive.dates import year
from indexer.derive.titles import PHP_WHITE_SPACE, strip_articles, title_fields
from indexer.derive.work_keys import work_keys
from indexer.documents import Fields
from indexer.errors import RecordError
from indexer.formats import languages, xml
from indexer.formats.profiles import Profile, make_id
from indexer.records import Record

OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
DC = "{http://purl.org/dc/elements/1.1/}"
TITLE, CREATOR, SUBJECT, DESCRIPTION, PUBLISHER, DATE, TYPE, IDENTIFIER, LANGUAGE = TAGS = tuple(
    DC + name
    for name in ["title", "creator", "subject", "description", "publisher", "date", "type", "identifier", "language"]
)
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BLANK = " \t\r\n"

Elements = dict[str, list[str]]  # tag -> the string values of its elements, raw, in document order


def document(record: Record, profile: Profile) -> Fields:
    """The document of one oai_dc record, in the stylesheet's emission order, without copied fields.

    Raises RecordError where the XML cannot be read, is not oai_dc, or has no identifier.
    """
    root = xml.parse(record.raw)
    if root.tag != OAI_DC:
        raise RecordError(f"the record is <{etree.QName(root).localname}>, not oai_dc:dc")
    elements, inside = _read(root, profile.options["id_tag"])
    identifier, missing = _identify(inside, record, profile)
    constants = profile.constants
    fields: Fields = {"id": identifier}
    if "record_format" in constants:
        fields["record_format"] = constants["record_format"]
    fields["allfields"] = [xml.all_text(root, before=missing)]
    fields.update([constant for constant in constants.items() if constant[0] != "format"])
    _describe(fields, elements, profile)
    if any_title := [value for value in elements[TITLE] if value.strip(BLANK)]:
        _entitle(fields, any_title, root, profile)
    _publish(fields, elements, profile)
    trimmed = strip_articles(any_title[0]) if any_title else ""
    if keys := work_keys(any_title, elements[CREATOR], trimmed_titles=(trimmed,)):
        fields["work_keys_str_mv"] = keys
    for name in constants.keys() & fields.keys() - {"format"}:  # a constant wins over what the record says
        fields[name] = constants[name]
    return fields


def _read(root: etree._Element, id_tag: str) -> tuple[Elements, str]:
    """The values of the Dublin Core elements, and that of the first element with the qualified name `id_tag`.

    Where the record has a default namespace, the identifier that a harvester put in first looks like Dublin Core's
    own; it is left out of those, so that it does not become the url.
    """
    elements: Elements = {tag: [] for tag in TAGS}
    local = id_tag.rpartition(":")[2]
    identifier: str | None = None
    for child in root:
        tag: str = child.tag
        value = xml.text(child) if len(child) else child.text or ""
        if identifier is None and tag.endswith(local) and _qualified_name(child) == id_tag:
            identifier = value
            if not child.prefix and child.getprevious() is None:
                continue
        values = elements.get(tag)
        if values is not None:
            values.append(value)
    return elements, identifier or ""


def _qualified_name(element: etree._Element) -> str:
    """The element's name as it stands in the record, prefix included (XPath's name())."""
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _identify(inside: str, record: Record, profile: Profile) -> tuple[str, str]:
    """The document's id, and what a harvester would have put at the start of the record and is not there yet."""
    header = record.header
    if header is not None and header.identifier:
        identifier = make_id(profile, header.identifier)
        there = inside in (identifier, header.identifier)
        return identifier, "" if there else identifier + (header.datestamp or "")
    identifier = make_id(profile, inside)
    if not identifier.strip():
        tag = profile.options["id_tag"]
        raise RecordError(f"no element <{tag}> and no OAI-PMH header to take the id from", field="id")
    return identifier, ""


def _describe(fields: Fields, elements: Elements, profile: Profile) -> None:
    """language, topic, format, author: what comes before the titles."""
    if codes := [value for value in elements[LANGUAGE] if value]:
        fields["language"] = [languages.iso639_1(code.strip(PHP_WHITE_SPACE)) for code in codes]
    if topics := [xml.normalize_space(value) for value in elements[SUBJECT] if value]:
        fields["topic"] = topics
        if profile.options["topic_facet"]:
            fields["topic_facet"] = topics
    formats = profile.constants.get("format", [])
    formats = [formats] if isinstance(formats, str) else formats
    if profile.options["type_to_format"]:
        formats = formats + [xml.normalize_space(value) for value in elements[TYPE] if value.strip(BLANK)]
    if formats:
        fields["format"] = formats
    creators = [xml.normalize_space(value) for value in elements[CREATOR]]
    if names := [name for name in creators if name]:
        fields["author"] = names
        if first := author_sort(creators):
            fields["author_sort"] = first


def _entitle(fields: Fields, titles: list[str], root: etree._Element, profile: Profile) -> None:
    """The title fields, from all titles that are not blank."""
    title, others = titles[0], titles[1:]
    if preferred := profile.options["preferred_lang"]:
        tagged = [(child.get(XML_LANG), xml.text(child)) for child in root.iterchildren(TITLE)]
        tagged = [(lang, value) for lang, value in tagged if value.strip(BLANK)]
        if wanted := [value for lang, value in tagged if lang == preferred]:
            title = wanted[0]
            others = [value for lang, value in tagged if lang is not None and lang != preferred]
    fields.update(title_fields(title, "legacy" if profile.title_sort == "legacy" else "current"))
    if others:
        fields["title_alt"] = others


def _publish(fields: Fields, elements: Elements, profile: Profile) -> None:
    """description, publisher, dates, url: what comes after the titles."""
    if elements[DESCRIPTION]:
        fields["description"] = elements[DESCRIPTION][0]
    publisher = next((value for value in elements[PUBLISHER] if value.strip(BLANK)), None)
    if publisher is not None:
        fields["publisher"] = [publisher]
    if elements[DATE]:
        fields["publishDate"] = [year(elements[DATE][0])]
        fields["publishDateSort"] = year(elements[DATE][0])
    urls = [value for value in elements[IDENTIFIER] if value.strip(BLANK)]
    if not profile.options["all_urls"]:
        urls = urls[:1] or [""] * bool(elements[IDENTIFIER])
    if urls:
        base = profile.options["relative_url_base"]
        fields["url"] = [base + value if value.startswith("/") else value for value in urls]
