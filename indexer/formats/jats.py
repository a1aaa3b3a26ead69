"""Journal articles in JATS and in NLM's DTDs before it: single articles, archives of them, OAI-PMH's `pmc` and `nlm`.

What is chosen where the format leaves a choice:
- the id is the number in PubMed Central (`pmc-...`), else the PMID (`pmid-...`, as the profile `pubmed` has it), else
  the DOI (`doi-...`); a harvest's identifier goes before all of them.
- `title` is the title with its subtitle; titles in other languages, those of translations included, are `title_alt`.
- `description` is the abstract, its sections as `TITLE: text`; another one (a summary, a translation) only where there
  is no abstract.
- `topic` holds the keywords of all groups and the journal's subjects; the heading under which the journal printed the
  article ("Research Article") is a `genre`.
- the year is that of the issue, printed before electronic, before that of the article by itself.

The profile `nlm_ojs` makes the document of VuFind's stylesheet nlm_ojs.xsl of the same reading (`_as_stylesheet`).
"""

import html.entities
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from indexer.formats import languages, xml
from indexer.formats.harvest import as_harvested, identify
from indexer.formats.jats_text import Element, body_text, local, text
from indexer.formats.jats_xml import Article, joined_title, read
from indexer.formats.profiles import Profile
from indexer.model.documents import Draft, Fields
from indexer.model.errors import RecordError
from indexer.model.records import Record

_DOI_SAFE = "/:;()[],.@!$&'*+=~-_"
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*;)")
_ROOT = re.compile(rb"<[A-Za-z_][\w.:-]*(?=[\s/>])")
_PREFIXES = {
    b"xlink": b"http://www.w3.org/1999/xlink",
    b"mml": b"http://www.w3.org/1998/Math/MathML",
    b"xsi": b"http://www.w3.org/2001/XMLSchema-instance",
    b"ali": b"http://www.niso.org/schemas/ali/1.0/",
    b"xi": b"http://www.w3.org/2001/XInclude",
    b"oasis": b"http://www.niso.org/standards/z39-96/ns/oasis-exchange/table",
}
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})

# Dates of the issue, then of the article; others only where there is none of these, the archive's own last.
_DATES = ("ppub", "collection", "epub-ppub", "pub", "epub")
_ARCHIVES_DATES = ("pmc-release", "nihms-submitted")

_BEHIND = {"title_sort": ("title_full", "title_sub")}


def document(record: Record, profile: Profile) -> Draft:
    """The document of one article, without copied fields.

    Raises RecordError where the XML cannot be read, is not an article, or has no number to make an id of.
    """
    repairs: list[str] = []
    root = parse(record.raw, repairs)
    found = read(root)
    identifier, missing = identify(_own_id(found), record, profile)
    if not identifier.strip():
        raise RecordError("no article-id of the type pmc, pmid or doi to make it of", field="id")
    options = profile.options
    stylesheet = options["rules"] == "nlm_ojs"
    if stylesheet:
        _as_stylesheet(found, root)
    words = xml.all_text(root, before="".join(missing)) if stylesheet else _all_words(identifier, found)
    fields = _fields(found, profile, {"id": identifier, **_marked(profile), "allfields": [words]})
    if options["fulltext"] and (full := body_text(root)):
        fields["fulltext"] = full
    if options["fullrecord"]:
        for part in [part for part in root if local(part) == "body"]:
            root.remove(part)
        fields["fullrecord"] = as_harvested(root, missing)
    full = _full_title(found)
    titles = ([full] if full else []) if stylesheet else None  # not of translated ones then
    return Draft(fields | profile.constants, titles=titles, behind=_BEHIND, repairs=repairs)


def check_options(options: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the options of a profile, as (option, what), or None."""
    if options["rules"] not in ("jats", "nlm_ojs"):
        return "rules", f"is {options['rules']!r}, neither jats nor nlm_ojs"
    return None


def parse(raw: bytes, repairs: list[str] | None = None) -> Element:
    """The article. What its DTD declares is known without it: names of characters (&nbsp;, &alpha;), and namespaces."""
    mended: list[str] = []
    try:
        root = xml.parse(raw, mended)
    except RecordError:
        named = _declared(_ENTITY.sub(_character, raw))
        if named == raw:
            raise
        return xml.parse(named, repairs)
    return xml.parse(_ENTITY.sub(_character, raw), repairs) if mended else root


def _declared(raw: bytes) -> bytes:
    """The record with the declarations of those prefixes that its DTD declares and it does not."""
    missing = b"".join(
        b' xmlns:%s="%s"' % (prefix, uri)
        for prefix, uri in _PREFIXES.items()
        if b"xmlns:%s=" % prefix not in raw and re.search(rb"[<\s]%s:\w" % prefix, raw)
    )
    return _ROOT.sub(lambda match: match[0] + missing, raw, count=1) if missing else raw


def _character(match: re.Match[bytes]) -> bytes:
    name = match[1].decode()
    characters = html.entities.html5.get(name) if name not in _XML_ENTITIES else None
    return b"".join([b"&#%d;" % ord(one) for one in characters]) if characters else match[0]


def _own_id(found: Article) -> str:
    """The identifier that a harvester put in, else the id of the first number that an article of this kind has."""
    numbers = (("pmc-", found.pmc), ("pmid-", found.pmid), ("doi-", found.doi))
    return found.harvested or next((prefix + number for prefix, number in numbers if number), "")


def _fields(found: Article, profile: Profile, start: Fields) -> Fields:
    """The fields in emission order behind those of `start`, empty ones left out, up to the addresses."""
    topics = list(dict.fromkeys([*(word for group in found.keywords for word in group), *found.subjects]))
    title = _full_title(found)
    year = _year(found)
    pages = found.page_range or "-".join(dict.fromkeys([page for page in (found.first_page, found.last_page) if page]))
    issue = f"({found.issue})" if found.issue else ""
    place = " ".join(part for part in (found.volume, issue) if part)
    stylesheet = profile.options["rules"] == "nlm_ojs"
    reference = "" if stylesheet else ": ".join(part for part in (place, pages or found.elocation) if part)
    fields: Fields = {
        "container_title": found.journal or next(iter(found.abbreviations), ""),
        "container_volume": found.volume,
        "container_issue": found.issue,
        "container_start_page": found.first_page or found.elocation,
        "container_reference": reference,
        "language": [_language(found.language)] if found.language else [],
        "format": profile.constants.get("format", []),
        "issn": list(found.issns),
        "isbn": list(found.isbns),
        "topic": topics,
        "topic_facet": topics,
        "genre": list(found.headings),
        "genre_facet": list(found.headings),
        "description": _description(found),
        "author2": found.editors,
        "author": found.persons,
        "author_corporate": found.groups,
        "title": title,
        "title_short": found.title or title,
        "title_full": title,
        "title_sub": found.subtitle if found.title else "",
        "title_alt": found.other_titles,
        "publisher": list(found.publishers),
        "publishDate": [year] if year else [],
        "url": _urls(found),
        "doi_str_mv": [found.doi] if found.doi else [],
        "pmid_str": found.pmid,
        "pmc_str": f"PMC{found.pmc}" if found.pmc else "",
        "license_str_mv": list(found.licences),
    }
    head = profile.constants.keys() - {"format"}
    constants: Fields = {name: value for name, value in profile.constants.items() if name in head}
    return start | constants | {name: value for name, value in fields.items() if value and name not in head}


def _marked(profile: Profile) -> Fields:
    return {name: value for name, value in profile.constants.items() if name == "record_format"}


def _full_title(found: Article) -> str:
    return joined_title(found.title, found.subtitle)


def _language(code: str) -> str:
    """The name for a language tag: its region and script do not count."""
    code = code.strip()
    known = code.partition("-")[0].lower()
    name = languages.name(known)
    return name if name != known else code


def _description(found: Article) -> str:
    abstracts = [found.abstract, found.translated_abstract, *found.other_abstracts]
    return " ".join(next(filter(None, abstracts), []))


def _year(found: Article) -> str:
    for kind in _DATES:
        if kind in found.years:
            return found.years[kind]
    others = [year for kind, year in found.years.items() if kind not in _ARCHIVES_DATES]
    return next(iter([*others, *found.years.values()]), "")


def _urls(found: Article) -> list[str]:
    """The pages of PubMed Central and of the DOI, then the article's own; relative ones are names of files."""
    urls = [f"https://www.ncbi.nlm.nih.gov/pmc/articles/PMC{found.pmc}/"] if found.pmc else []
    urls += [f"https://doi.org/{quote(found.doi, safe=_DOI_SAFE)}"] if found.doi else []
    return list(dict.fromkeys([*urls, *(uri for uri in found.uris if "://" in uri)]))


def _all_words(identifier: str, found: Article) -> str:
    """allfields: the words that a searcher would type, without the text of the body."""
    pieces = [identifier, found.title, found.subtitle, *found.other_titles, *found.abstract, *found.translated_abstract]
    pieces += [section for abstract in found.other_abstracts for section in abstract]
    pieces += found.searched
    pieces += [found.journal, *found.abbreviations, *found.publishers]
    pieces += [word for group in found.keywords for word in group]
    pieces += [*found.subjects, *found.headings]
    pieces += [found.pmid, f"PMC{found.pmc}" if found.pmc else "", found.doi, *found.issns, *found.isbns, _year(found)]
    return " ".join(piece for piece in pieces if piece)


def _as_stylesheet(found: Article, root: Element) -> None:
    """Leaves what VuFind's nlm_ojs.xsl takes: the first paragraphs of the abstracts, the first group of keywords and
    every subject, the year of the collection, the addresses in reverse order, and of the numbers those of the journal.

    Not kept from it: a translated title that is empty gives no `title_alt`, an article without a language no
    `language`, and the titles in its reference list are none of its own.
    """
    paragraphs = [next(iter(_paragraphs(root, name)), "") for name in ("abstract", "trans-abstract")]
    translated = f" ABSTRACT Translated: {paragraphs[1]}" if paragraphs[1] else ""
    found.abstract = [paragraphs[0] + translated] if any(paragraphs) else []
    found.translated_abstract, found.other_abstracts = [], []
    found.keywords = found.keywords[:1]
    found.subjects = {**found.headings, **found.subjects}
    found.headings = {}
    found.subtitle, found.other_titles = "", found.other_titles[:1]
    found.years = {kind: year for kind, year in found.years.items() if kind == "collection"}
    found.pmid = found.pmc = found.doi = found.elocation = ""
    found.uris.reverse()
    found.licences, found.isbns = {}, {}


def _paragraphs(root: Element, name: str) -> list[str]:
    """The paragraphs of every element of this name in the front matter."""
    abstracts = [part for front in root if local(front) == "front" for part in front.iter() if local(part) == name]
    return [text(part) for abstract in abstracts for part in abstract.iter() if local(part) == "p"]
