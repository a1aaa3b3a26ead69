"""Dublin Core as OAI-PMH carries it (oai_dc), by the rules of VuFind's stylesheets and sites' variants of them.

VuFind has a stylesheet for each kind of repository (ojs, dspace, gsdl, intech, ndltd, archivesspace); they differ in
what they emit, in which order, and in a few rules. Here the order is an option and each of those rules is one.

Kept from XPath 1.0 and those stylesheets: the value of several elements is the first one's; a value is blank when it
has nothing but space, tab, CR and LF (a no-break space is something); titles, description, publisher and url are
taken raw, names and subjects with their white space normalised; an element that is there and empty gives an empty
value where the stylesheet asks for length or presence only (language, topic, description, dates, url).

Records come as VuFindHarvest leaves them, with the identifier and the datestamp of the OAI-PMH header put in as the
first two elements, or bare with that header beside them: both give the same document.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from indexer.derive.authors import inverted
from indexer.derive.dates import best_date, earliest_year, year
from indexer.derive.titles import PHP_WHITE_SPACE
from indexer.formats import languages, xml
from indexer.formats.harvest import as_harvested, identify
from indexer.formats.profiles import Profile
from indexer.model.documents import Draft, Fields
from indexer.model.errors import Dropped, RecordError
from indexer.model.records import Record

OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
DC = "{http://purl.org/dc/elements/1.1/}"
NAMES = ["title", "creator", "subject", "description", "publisher", "date", "type", "identifier", "language"]
NAMES += ["contributor", "format", "relation"]
TAGS = [DC + name for name in NAMES]
TITLE, CREATOR, SUBJECT, DESCRIPTION, PUBLISHER, DATE, TYPE, IDENTIFIER, LANGUAGE, CONTRIBUTOR, FORMAT, RELATION = TAGS
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BLANK = " \t\r\n"

Elements = dict[str, list[str]]  # tag -> the string values of its elements, raw, in document order
Emitter = Callable[[Fields, Elements, Profile, etree._Element], None]


def document(record: Record, profile: Profile) -> Draft:
    """The document of one oai_dc record, in the profile's emission order, without copied fields.

    Raises RecordError where the XML cannot be read, is not oai_dc, or has no identifier, and Dropped where the profile
    asks for a url and there is none.
    """
    repairs: list[str] = []
    root = xml.parse(record.raw, repairs)
    options = profile.options
    if root.tag == "dc" and options["without_namespace"]:
        _as_dublin_core(root, options["id_tag"])
    elif root.tag != OAI_DC:
        raise RecordError(f"the record is <{etree.QName(root).localname}>, not oai_dc:dc")
    elements, inside = _read(root, options["id_tag"])
    identifier, missing = identify(inside, record, profile)
    if not identifier.strip():
        tag = options["id_tag"]
        raise RecordError(f"no element <{tag}> and no OAI-PMH header to take the id from", field="id")
    constants = profile.constants
    fields: Fields = {"id": identifier}
    if "record_format" in constants:
        fields["record_format"] = constants["record_format"]
    if options["fullrecord"]:
        fields["fullrecord"] = as_harvested(root, missing)
    fields["allfields"] = [xml.all_text(root, before="".join(missing))]
    fields.update([constant for constant in constants.items() if constant[0] != "format"])
    for name in options["order"]:
        EMITTERS[name](fields, elements, profile, root)
    if options["drop_without_url"] and not fields.get("url"):
        raise Dropped("none of its identifiers is a URL")
    for name in constants.keys() & fields.keys() - {"format"}:  # a constant wins over what the record says
        fields[name] = constants[name]
    # of the titles as they come and the creators as they stand, blank ones among them
    return Draft(fields, titles=_titles(elements), authors=elements[CREATOR], repairs=repairs)


def check_options(options: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the options of a profile, as (option, what), or None."""
    for name in options["order"]:
        if name not in EMITTERS:
            return "order", f"names {name!r}, which is none of: {', '.join(EMITTERS)}"
    if options["languages"] not in ("iso639_1", "marc"):
        return "languages", f"is {options['languages']!r}, neither iso639_1 nor marc"
    return None


def _as_dublin_core(root: etree._Element, id_tag: str) -> None:
    """Put the elements that are in no namespace into Dublin Core's; not the id that a harvester put in first."""
    for number, child in enumerate(root):
        if isinstance(child.tag, str) and child.tag[:1] != "{" and (number or child.tag != id_tag):
            child.tag = DC + child.tag


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
        if identifier is None and tag.endswith(local) and xml.qualified_name(child) == id_tag:
            identifier = value
            if not child.prefix and child.getprevious() is None:
                continue
        values = elements.get(tag)
        if values is not None:
            values.append(value)
    return elements, identifier or ""


def _language(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    if codes := [value.strip(PHP_WHITE_SPACE) for value in elements[LANGUAGE] if value]:
        if profile.options["languages"] == "marc":
            fields["language"] = [languages.marc(code) or code for code in codes]
        else:
            fields["language"] = [languages.iso639_1(code) for code in codes]


def _topic(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    subjects = [value for value in elements[SUBJECT] if value]
    if separators := profile.options["topic_separators"]:
        subjects = [part for subject in subjects for part in _parts(subject, separators)]
    if subjects:
        fields["topic"] = topics = [xml.normalize_space(subject) for subject in subjects]
        if profile.options["topic_facet"]:
            fields["topic_facet"] = topics


def _parts(subject: str, separators: list[str]) -> list[str]:
    """A subject split at the first of the separators that it has."""
    separator = next((separator for separator in separators if separator in subject), None)
    if separator is None:
        return [subject] if subject.strip(BLANK) else []
    return [part for part in subject.split(separator) if part.strip(BLANK)]


def _format(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    options = profile.options
    formats = profile.constants.get("format", [])
    formats = [formats] if isinstance(formats, str) else formats
    types = [xml.normalize_space(value) for value in elements[TYPE] if value.strip(BLANK)]
    if words := options["type_words"]:
        found = [kind for word, kind in words.items() if types and word in types[0]]
        found += [xml.normalize_space(value) for value in elements[FORMAT] if value.strip(BLANK)]
        formats = found[:1] + formats
    if options["type_to_format"]:
        formats = formats + (types[:1] if options["first_type_only"] else types)
    if formats:
        fields["format"] = formats


def _author(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    creators = [xml.normalize_space(value) for value in elements[CREATOR]]
    if profile.options["invert_names"]:
        creators = [inverted(name) for name in creators]
    if names := [name for name in creators if name]:
        fields["author"] = names
        if not creators[0]:
            fields["author_sort"] = []  # then no later one stands in for it


def _author2(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    names = [name for value in elements[CONTRIBUTOR] if (name := xml.normalize_space(value))]
    if profile.options["invert_names"]:
        names = [inverted(name) for name in names]
    if names:
        fields["author2"] = names if profile.options["all_contributors"] else names[:1]


def _titles(elements: Elements) -> list[str]:
    return [value for value in elements[TITLE] if value.strip(BLANK)]


def _preferred(profile: Profile, root: etree._Element) -> tuple[str, list[str]] | None:
    """The title in the preferred language, and those that are tagged with another."""
    preferred = profile.options["preferred_lang"]
    if not preferred:
        return None
    tagged = [(child.get(XML_LANG), xml.text(child)) for child in root.iterchildren(TITLE)]
    tagged = [(lang, value) for lang, value in tagged if value.strip(BLANK)]
    wanted = [value for lang, value in tagged if lang == preferred]
    return (wanted[0], [value for lang, value in tagged if lang not in (None, preferred)]) if wanted else None


def _title(fields: Fields, elements: Elements, profile: Profile, root: etree._Element) -> None:
    if titles := _titles(elements):
        title, _others = _preferred(profile, root) or (titles[0], [])
        fields["title"] = title


def _title_alt(fields: Fields, elements: Elements, profile: Profile, root: etree._Element) -> None:
    _chosen, others = _preferred(profile, root) or ("", _titles(elements)[1:])
    if others:
        fields["title_alt"] = others


def _description(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    if descriptions := elements[DESCRIPTION]:
        fields["description"] = _joined(descriptions, profile.options["join_descriptions"])


def _publisher(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    if publishers := [value for value in elements[PUBLISHER] if value.strip(BLANK)]:
        fields["publisher"] = [_joined(publishers, profile.options["join_publishers"])]


def _joined(values: list[str], joint: str) -> str:
    """All values, trimmed, with the joint between them; without a joint the first, as it is."""
    return joint.join([value.strip(PHP_WHITE_SPACE) for value in values]) if joint else values[0]


def _publish_date(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    if dates := elements[DATE]:
        best = profile.options["best_date"]
        fields["publishDate"] = [best_date(dates) if best else year(dates[0])]
        if best:
            fields["publishDateSort"] = earliest_year(dates)


def _url(fields: Fields, elements: Elements, profile: Profile, _root: etree._Element) -> None:
    options = profile.options
    urls = [value for value in elements[IDENTIFIER] if value.strip(BLANK) and value.startswith(options["url_prefix"])]
    if resolver := options["urn_resolver"]:
        urls = [value if "://" in value else resolver + value for value in urls if "://" in value or "urn:" in value]
    if not options["all_urls"]:
        urls = urls[:1] or [""] * bool(elements[IDENTIFIER])
    if urls:
        base = options["relative_url_base"]
        fields["url"] = [base + value if value.startswith("/") else value for value in urls]


def _doi(fields: Fields, elements: Elements, _profile: Profile, _root: etree._Element) -> None:
    if dois := _behind("doi:", elements[IDENTIFIER]):
        fields["doi_str_mv"] = dois


def _isbn(fields: Fields, elements: Elements, _profile: Profile, _root: etree._Element) -> None:
    if isbns := _behind("ISBN:", elements[RELATION]):
        fields["isbn"] = isbns


def _behind(start: str, values: list[str]) -> list[str]:
    """What follows `start` in those values that begin with it."""
    return [rest for value in values if value.startswith(start) and (rest := value[len(start) :].strip(BLANK))]


# What the option `order` may name: a field, and with it those that are made of the same elements.
EMITTERS: dict[str, Emitter] = {
    "language": _language,
    "topic": _topic,  # and topic_facet
    "format": _format,
    "author": _author,
    "author2": _author2,
    "title": _title,
    "title_alt": _title_alt,
    "description": _description,
    "publisher": _publisher,
    "publishDate": _publish_date,
    "url": _url,
    "doi_str_mv": _doi,
    "isbn": _isbn,
}
