"""Reads one article in NLM's journal article DTDs (2.x, 3.0) and in their successor JATS (NISO Z39.96, 1.0 to 1.4).

Tags are looked at without their namespace: archives have none, OAI-PMH answers and OJS put the whole article into one.
Only the front matter is walked. What an article says about others (the reference list, a reviewed product, related
articles, responses to it) is never read, so that none of their titles, names and numbers is taken for its own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from indexer.formats.jats_text import IN_GROUPS, IN_TITLES, Element, local, text
from indexer.model.errors import RecordError

Names = dict[str, None]  # an ordered set

XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_PMC = re.compile(r"(?:PMC)?(\d+)", re.IGNORECASE)
_DOI_START = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)

_HEADINGS = frozenset({"heading", "overline", "leader", "display-channel", "article-type", "toc-heading"})
_NOT_NAMED = ("review", "referee", "member", "collaborator", "non-byline", "investigator")  # in a contributor's type
_OTHER_KEYWORDS = ("abbr", "related-object", "mechanism")  # beginnings of kwd-group-type that are no keywords


@dataclass(slots=True)
class Article:
    """What the walk found, white space normalised; empty where the article has nothing.

    `keywords` has a list for each group. `subjects` are those of the journal's own scheme, `headings` the sections of
    its contents pages. `years` maps the kind of a date (ppub, epub, collection, pmc-release, ...) to its year.
    `harvested` is the identifier that a harvester has put in front.
    """

    harvested: str = ""
    language: str = ""
    pmid: str = ""
    pmc: str = ""
    doi: str = ""
    title: str = ""
    subtitle: str = ""
    other_titles: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    abstract: list[str] = field(default_factory=list)
    other_abstracts: list[list[str]] = field(default_factory=list)
    translated_abstract: list[str] = field(default_factory=list)
    keywords: list[list[str]] = field(default_factory=list)
    subjects: Names = field(default_factory=dict)
    headings: Names = field(default_factory=dict)
    journal: str = ""
    abbreviations: Names = field(default_factory=dict)
    issns: Names = field(default_factory=dict)
    isbns: Names = field(default_factory=dict)
    publishers: Names = field(default_factory=dict)
    volume: str = ""
    issue: str = ""
    first_page: str = ""
    last_page: str = ""
    page_range: str = ""
    elocation: str = ""
    years: dict[str, str] = field(default_factory=dict)
    licences: Names = field(default_factory=dict)
    uris: list[str] = field(default_factory=list)
    searched: Names = field(default_factory=dict)


Reader = Callable[[Element, Article], None]


def read(root: Element) -> Article:
    """What one article says. Raises RecordError for an element that is no article, or one without article-meta."""
    if local(root) in ("book", "book-part-wrapper", "book-part"):
        raise RecordError("is a book or a part of one in BITS, and this profile reads articles")
    if local(root) != "article":
        raise RecordError(f"<{local(root)}> is not an article of JATS")
    found = Article(language=root.get(XML_LANG, ""))
    meta = False
    for part in root:
        name = local(part)
        if name == "identifier":
            found.harvested = found.harvested or text(part)
        elif name == "front":
            meta = meta or any(local(child) == "article-meta" for child in part)
            _FRONT(part, found)
        elif name == "sub-article" and part.get("article-type") == "translation":
            _TRANSLATION(part, found)
    if not meta:
        raise RecordError("the article has no front matter (article-meta), which says what it is")
    return found


def _into(readers: dict[str, Reader]) -> Reader:
    """A reader that hands each child to the reader for its name; others are not looked at."""
    find = readers.get

    def walk(element: Element, found: Article) -> None:
        for child in element:
            if (reader := find(local(child))) is not None:
                reader(child, found)

    return walk


def _one(name: str) -> Reader:
    """A reader that keeps the first text that is not empty."""

    def keep(element: Element, found: Article) -> None:
        if not getattr(found, name):
            setattr(found, name, text(element))

    return keep


def _many(name: str) -> Reader:
    """A reader that adds the text to an ordered set."""

    def add(element: Element, found: Article) -> None:
        if value := text(element):
            getattr(found, name)[value] = None

    return add


def _journal_id(element: Element, found: Article) -> None:
    """The abbreviated title that PubMed or the ISO gives a journal; other ids of it are codes."""
    if element.get("journal-id-type") in ("nlm-ta", "iso-abbrev"):
        _many("abbreviations")(element, found)


def _article_id(element: Element, found: Article) -> None:
    kind, value = element.get("pub-id-type"), text(element)
    if kind in ("pmc", "pmcid"):
        number = _PMC.fullmatch(value)
        found.pmc = found.pmc or (number[1] if number else "")
    elif kind == "pmid":
        found.pmid = found.pmid or (value if value.isascii() and value.isdecimal() else "")
    elif kind == "doi":
        found.doi = found.doi or _DOI_START.sub("", value, count=1)
    elif kind in ("publisher-id", "pii", "manuscript") and value:
        found.searched[value] = None


def _subject_group(element: Element, found: Article) -> None:
    """A group of subjects and those in it; numbers are codes of the publisher."""
    target = found.headings if element.get("subj-group-type") in _HEADINGS else found.subjects
    for subject in element.iter():
        if local(subject) in ("subject", "compound-subject") and (value := text(subject)) and not value.isdecimal():
            target[value] = None


def _title(element: Element, found: Article) -> None:
    found.title = found.title or text(element, IN_TITLES)


def _subtitle(element: Element, found: Article) -> None:
    found.subtitle = joined_title(found.subtitle, text(element, IN_TITLES))


def _other_title(element: Element, found: Article) -> None:
    if value := text(element, IN_TITLES):
        found.other_titles.append(value)


def _other_subtitle(element: Element, found: Article) -> None:
    if found.other_titles:
        found.other_titles[-1] = joined_title(found.other_titles[-1], text(element, IN_TITLES))


def joined_title(title: str, subtitle: str) -> str:
    """A title with its subtitle behind a colon, where it does not end with a mark of its own."""
    if not title or not subtitle:
        return title or subtitle
    return f"{title} {subtitle}" if title.endswith((":", "?", "!", ".", "–", "—")) else f"{title}: {subtitle}"


def _contributors(element: Element, found: Article) -> None:
    """One contrib-group; a contributor without a type has the group's, and is an author where that has none."""
    group = element.get("content-type", "").removesuffix("s")
    for part in element:
        if local(part) == "contrib":
            _contributor(part, part.get("contrib-type") or group, found)
        elif local(part) in ("aff", "aff-alternatives", "on-behalf-of"):
            _many("searched")(part, found)


def _contributor(element: Element, kind: str, found: Article) -> None:
    """Authors and collaborations; editors, translators and the like. Who reviewed the article is searched only, and so
    are the members of a collaboration, wherever they are listed, and the other forms of a name.
    """
    kind = kind.lower()
    persons, groups = found.persons, found.groups
    if element.get("rid") or any(word in kind for word in _NOT_NAMED):
        persons, groups = [], []
    elif kind and "author" not in kind and kind not in ("collab", "group", "person"):
        persons = groups = found.editors
    for part in element:
        name = local(part)
        if name in ("name-alternatives", "collab-alternatives"):
            for other in list(part)[1:]:
                found.searched[
                    _person(other) if local(other) in ("name", "string-name") else text(other, IN_GROUPS)
                ] = None
            part, name = next(((child, local(child)) for child in part), (part, name))
        if name in ("name", "string-name"):
            if person := _person(part):
                persons.append(person)
                found.searched[person] = None
        elif name == "collab":
            if group := text(part, IN_GROUPS):
                groups.append(group)
                found.searched[group] = None
            for member in _members(part):
                found.searched[member] = None
        elif name in ("aff", "aff-alternatives", "on-behalf-of"):
            _many("searched")(part, found)


def _members(collaboration: Element) -> Iterator[str]:
    """The persons of a collaboration that names its own."""
    for element in collaboration.iter():
        if local(element) in ("name", "string-name") and (person := _person(element)):
            yield person


def _person(element: Element) -> str:
    """A name as "Surname, Given Names, Suffix", or as it is written where its parts are not told apart."""
    parts = {local(part): text(part) for part in element}
    if not parts.get("surname"):
        return parts.get("given-names") or text(element, IN_TITLES)
    return ", ".join([part for name in ("surname", "given-names", "suffix") if (part := parts.get(name))])


def _abstract(element: Element, found: Article) -> None:
    """The article's own abstract; highlights, summaries and graphical ones are others."""
    if element.get("abstract-type") or found.abstract:
        if others := _sections(element):
            found.other_abstracts.append(others)
    else:
        found.abstract = _sections(element)


def _translated_abstract(element: Element, found: Article) -> None:
    if found.translated_abstract:
        found.other_abstracts.append(_sections(element))
    else:
        found.translated_abstract = _sections(element)


def _sections(element: Element) -> list[str]:
    """The paragraphs of an abstract, those of a section as one behind its title. Its own title is left out."""
    found = []
    for part in element:
        name = local(part)
        if name == "sec":
            title = " ".join([text(child) for child in part if local(child) == "title"]).rstrip(" :.")
            words = " ".join(_sections(part))
            found.append(f"{title}: {words}" if title and words else title or words)
        elif name not in ("title", "label", "object-id", "kwd-group", "sec-meta"):
            found.append(text(part))
    return [section for section in found if section]


def _keywords(element: Element, found: Article) -> None:
    if element.get("kwd-group-type", "").lower().startswith(_OTHER_KEYWORDS):
        return
    keywords = []
    for part in element:
        name = local(part)
        if name in ("kwd", "nested-kwd"):
            keywords.append(text(part))
        elif name == "compound-kwd":
            keywords.append(" / ".join([text(piece) for piece in part]))
        elif name == "unstructured-kwd-group":
            keywords += [word.strip() for word in re.split("[,;]", text(part))]
    found.keywords.append([keyword for keyword in keywords if keyword])


def _date(element: Element, found: Article) -> None:
    """The year of a date, by its kind: pub-type before JATS 1.1, then date-type and publication-format."""
    kind = element.get("pub-type")
    if kind is None:
        kind = element.get("date-type", "pub")
        if kind == "pub":
            kind = {"print": "ppub", "electronic": "epub", "online": "epub"}.get(
                element.get("publication-format", ""), kind
            )
    for part in element:
        if local(part) in ("year", "string-date") and (year := _YEAR.search(part.get("iso-8601-date") or text(part))):
            found.years.setdefault(kind, year[0])
            return


def _licence(element: Element, found: Article) -> None:
    """The address of a licence: its own, NISO's license_ref, or a Creative Commons one that its text links to."""
    own = element.get(XLINK_HREF)
    links = [text(part) for part in element.iter() if local(part) == "license_ref"]
    if not own and not links:
        links = [href for part in element.iter() if "creativecommons.org" in (href := part.get(XLINK_HREF) or "")][:1]
    for link in [own or "", *links]:
        if link.strip():
            found.licences[link.strip()] = None


def _uri(element: Element, found: Article) -> None:
    if href := (element.get(XLINK_HREF) or text(element)).strip():
        found.uris.append(href)


_SEARCHED = _many("searched")
_GRANT: dict[str, Reader] = {"funding-source": _SEARCHED, "award-id": _SEARCHED}
_TRANSLATED: dict[str, Reader] = {"trans-title": _other_title, "trans-subtitle": _other_subtitle}
_JOURNAL = _into(
    {
        "journal-id": _journal_id,
        "journal-title": _one("journal"),
        "abbrev-journal-title": _many("abbreviations"),
        "journal-title-group": _into(
            {"journal-title": _one("journal"), "abbrev-journal-title": _many("abbreviations")},
        ),
        "issn": _many("issns"),
        "issn-l": _many("issns"),
        "isbn": _many("isbns"),
        "publisher": _into({"publisher-name": _many("publishers")}),
    }
)
_ARTICLE = _into(
    {
        "article-id": _article_id,
        "article-categories": _into({"subj-group": _subject_group}),
        "title-group": _into(
            {
                "article-title": _title,
                "subtitle": _subtitle,
                "trans-title-group": _into(_TRANSLATED),
                "alt-title": _SEARCHED,
                **_TRANSLATED,
            }
        ),
        "contrib-group": _contributors,
        "aff": _SEARCHED,
        "aff-alternatives": _into({"aff": _SEARCHED}),
        "abstract": _abstract,
        "trans-abstract": _translated_abstract,
        "kwd-group": _keywords,
        "pub-date": _date,
        "volume": _one("volume"),
        "issue": _one("issue"),
        "isbn": _many("isbns"),
        "fpage": _one("first_page"),
        "lpage": _one("last_page"),
        "page-range": _one("page_range"),
        "elocation-id": _one("elocation"),
        "self-uri": _uri,
        "permissions": _into({"license": _licence, "license_ref": _licence}),
        "funding-group": _into({"award-group": _into(_GRANT), **_GRANT}),
        "conference": _into({"conf-name": _SEARCHED}),
    }
)
_FRONT = _into({"journal-meta": _JOURNAL, "article-meta": _ARTICLE})
_STUB: dict[str, Reader] = {
    "title-group": _into({"article-title": _other_title, "subtitle": _other_subtitle}),
}
_TRANSLATION = _into({"front-stub": _into(_STUB), "front": _into({"article-meta": _into(_STUB)})})
