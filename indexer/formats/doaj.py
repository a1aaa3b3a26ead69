"""Articles of the Directory of Open Access Journals (metadataPrefix oai_doaj), by the rules of VuFind's doaj.xsl.

Kept from it: the journal is a `series`, and the date of publication stands in both of its fields as it is, uncut. The
schema is at https://doaj.org/static/doaj/doajArticles.xsd; its `record` is read like a `doajArticle`.
"""

from lxml import etree

from indexer.derive.titles import PHP_WHITE_SPACE
from indexer.formats import languages, xml
from indexer.formats.harvest import identify
from indexer.formats.profiles import Profile
from indexer.model.documents import Draft, Fields
from indexer.model.errors import RecordError
from indexer.model.records import Record

Elements = dict[str, list[str]]  # name without namespace -> the string values of its elements, in document order


def document(record: Record, profile: Profile) -> Draft:
    """The document of one article, without copied fields.

    Raises RecordError where the XML cannot be read, is not an article of DOAJ, or has no identifier.
    """
    repairs: list[str] = []
    root = xml.parse(record.raw, repairs)
    name = etree.QName(root).localname
    if name not in ("doajArticle", "record"):
        raise RecordError(f"the record is <{name}>, not doajArticle")
    found = _read(root)
    identifier, missing = identify(next(iter(found.get("identifier", [])), ""), record, profile)
    if not identifier.strip():
        raise RecordError("no element <identifier> and no OAI-PMH header to take the id from", field="id")
    titles = [title for title in found.get("title", []) if title.strip()]
    constants = profile.constants
    fields: Fields = {"id": identifier}
    if "record_format" in constants:
        fields["record_format"] = constants["record_format"]
    fields["allfields"] = [xml.all_text(root, before="".join(missing))]
    fields.update({name: value for name, value in constants.items() if name != "format"})
    fields.update({name: value for name, value in _described(found, titles, profile).items() if value})
    return Draft(fields | constants, repairs=repairs)


def _read(root: etree._Element) -> Elements:
    """All values below the root by the names of their elements, those of authors and keywords included."""
    found: Elements = {}
    for element in root.iterdescendants():
        found.setdefault(etree.QName(element).localname, []).append(xml.text(element))
    return found


def _normalised(found: Elements, name: str) -> list[str]:
    return [value for text in found.get(name, []) if (value := xml.normalize_space(text))]


def _described(found: Elements, titles: list[str], profile: Profile) -> Fields:
    """The fields in emission order, those without a value among them."""
    codes = [code.strip(PHP_WHITE_SPACE) for code in found.get("language", []) if code]
    date = next(iter(_normalised(found, "publicationDate")), "")
    url = next(iter(_normalised(found, "fullTextUrl")), "")
    return {
        "language": [languages.marc(code) or code for code in codes],
        "format": profile.constants.get("format", []),
        "author": _normalised(found, "name"),
        "title": titles[0] if titles else "",
        "title_alt": titles[1:],
        "publisher": _normalised(found, "publisher")[:1],
        "series": _normalised(found, "journalTitle")[:1],
        "issn": _normalised(found, "issn")[:1] + _normalised(found, "eissn")[:1],
        "publishDate": [date] if date else [],
        "publishDateSort": date,
        "description": next(iter(_normalised(found, "abstract")), ""),
        "topic": _normalised(found, "keyword"),
        "url": [url if "://" in url else f"http://{url}"] if url else [],
    }
