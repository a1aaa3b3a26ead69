"""Reads one PubMed record: a `PubmedArticle`, `PubmedBookArticle`, `MedlineCitation` or `BookDocument` element.

The element is walked once, by tag, without XPath: most of a large load is spent here. Where there are many, children
are taken as a list (`element[:]`), which takes lxml less than to iterate over them. Elements are those of NLM's DTD
(https://dtd.nlm.nih.gov/ncbi/pubmed/); what stands inside citations of other articles (ReferenceList,
CommentsCorrectionsList) is never read, so their PMIDs and DOIs cannot be taken for the article's own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from indexer.model.errors import RecordError

Element = etree._Element
Names = dict[str, None]  # an ordered set

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_RUN_OF_SPACE = re.compile(r"[ \t\r\n]+")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_PMC = re.compile(r"(?:PMC)?(\d+)", re.IGNORECASE)


# What NLM puts where an article has no title, or none in English.
_NO_TITLE = re.compile(
    r"\[(?:(?:not|title not|no title|no english title) available|no title|untitled|in process citation)\.?\]\.?"
    r"|not available\.",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Citation:
    """What the walk found, whitespace normalised; empty where the record has nothing."""

    pmid: str = ""
    title: str = ""
    vernacular_title: str = ""
    book_title: str = ""
    languages: Names = field(default_factory=dict)
    persons: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    book_persons: list[str] = field(default_factory=list)
    book_groups: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    searched_names: Names = field(default_factory=dict)
    abstract: list[str] = field(default_factory=list)
    other_abstract: list[str] = field(default_factory=list)
    topics: Names = field(default_factory=dict)
    subjects: Names = field(default_factory=dict)
    places: Names = field(default_factory=dict)
    searched: list[str] = field(default_factory=list)
    types: Names = field(default_factory=dict)
    journal: str = ""
    abbreviations: Names = field(default_factory=dict)
    volume: str = ""
    issue: str = ""
    pages: str = ""
    first_page: str = ""
    year: str = ""
    other_year: str = ""
    publisher: str = ""
    edition: str = ""
    series: str = ""
    issns: Names = field(default_factory=dict)
    isbns: Names = field(default_factory=dict)
    dois: Names = field(default_factory=dict)
    pmcs: Names = field(default_factory=dict)
    publisher_ids: Names = field(default_factory=dict)


Reader = Callable[[Element, Citation], None]


def read(root: Element) -> Citation:
    """What one record says. Raises RecordError for an element that is no PubMed record."""
    if root.tag not in _RECORDS:
        raise RecordError(f"<{root.tag}> is not a PubMed record")
    found = Citation()
    _RECORDS[root.tag](root, found)
    for name in ("title", "vernacular_title", "book_title"):
        if (title := getattr(found, name)) and _NO_TITLE.fullmatch(title):
            setattr(found, name, "")
    return found


def _text(element: Element) -> str:
    """The text of an element with that of its markup (i, sub, MathML ...), runs of XML white space as one space."""
    text = _marked_up(element) if len(element) else element.text
    if not text:
        return ""
    if "\n" in text or "  " in text or "\t" in text or "\r" in text:
        text = _RUN_OF_SPACE.sub(" ", text)
    return text.strip(" ")


def _marked_up(element: Element) -> str:
    """The text of an element that has others in it; white space between MathML's elements means nothing there."""
    math = element.tag.startswith(_MATHML)
    parts = [element.text or ""]
    for child in element:
        parts.append(_marked_up(child))
        parts.append(child.tail or "")
    return "".join([part.strip(" \t\r\n") for part in parts] if math else parts)


def _into(readers: dict[str, Reader]) -> Reader:
    """A reader that hands each child whose tag is in `readers` to its reader; others are not looked at."""
    find = readers.get

    def walk(element: Element, found: Citation) -> None:
        for child in element[:]:  # type: ignore[index]
            if (reader := find(child.tag)) is not None:
                reader(child, found)

    return walk


def _one(name: str) -> Reader:
    """A reader that keeps the first text that is not empty."""

    def keep(element: Element, found: Citation) -> None:
        if not getattr(found, name):
            setattr(found, name, _text(element))

    return keep


def _many(name: str) -> Reader:
    """A reader that adds the text to an ordered set, or to a list."""

    def add(element: Element, found: Citation) -> None:
        text = _text(element)
        if text:
            values = getattr(found, name)
            if isinstance(values, dict):
                values[text] = None
            else:
                values.append(text)

    return add


def _book_title(element: Element, found: Citation) -> None:
    found.book_title = _text(element)


def _author(element: Element, found: Citation) -> None:
    _name(element, found, found.persons, found.groups)


def _book_author_list(element: Element, found: Citation) -> None:
    """The authors or editors of a whole book."""
    editors = element.get("Type") == "editors"
    for author in element:
        if author.tag == "Author":
            if editors:
                _name(author, found, found.editors, found.editors)
            else:
                _name(author, found, found.book_persons, found.book_groups)


def _investigator(element: Element, found: Citation) -> None:
    _name(element, found, [], [])


def _subject_person(element: Element, found: Citation) -> None:
    """A person whom the article is about (PersonalNameSubject)."""
    persons: list[str] = []
    _name(element, found, persons, persons)
    for person in persons:
        found.topics[person] = found.subjects[person] = None


def _name(element: Element, found: Citation, persons: list[str], groups: list[str]) -> None:
    """One name as "LastName, ForeName, Suffix" (Initials without ForeName), or a group's, and its affiliations."""
    last = fore = initials = suffix = group = ""
    affiliations: list[str] = []
    for part in element[:]:  # type: ignore[index]
        tag = part.tag
        if tag == "LastName":
            last = _text(part)
        elif tag == "ForeName":
            fore = _text(part)
        elif tag == "Initials":
            initials = _text(part)
        elif tag == "Suffix":
            suffix = _text(part).removeprefix("<Suffix>").removesuffix("</Suffix>")  # tags that NLM escaped by mistake
        elif tag == "CollectiveName":
            group = _text(part)
        elif tag == "AffiliationInfo":
            affiliations += [_text(line) for line in part if line.tag == "Affiliation"]
        elif tag == "Affiliation":  # before 2015
            affiliations.append(_text(part))
    person = ", ".join([text for text in (last, fore or initials, suffix) if text])
    valid = element.get("ValidYN") != "N"
    if person:
        found.searched_names[person] = None
        if valid:
            persons.append(person)
    if group:
        found.searched_names[group] = None
        if valid:
            groups.append(group)
    for affiliation in affiliations:
        if affiliation:
            found.searched_names[affiliation] = None


def _abstract(element: Element, found: Citation) -> None:
    found.abstract += _sections(element)


def _other_abstract(element: Element, found: Citation) -> None:
    if not found.other_abstract:
        found.other_abstract += _sections(element)


def _sections(element: Element) -> list[str]:
    sections = []
    for part in element:
        if part.tag == "AbstractText":
            text = _text(part)
            label = part.get("Label", "").strip()
            if text and label and label.upper() != "UNLABELLED":
                text = f"{label}: {text}"
            if text:
                sections.append(text)
    return sections


def _headings(element: Element, found: Citation) -> None:
    """The MeshHeadings of a list, each a descriptor and its qualifiers: a third of what is read of most records."""
    topics, subjects = found.topics, found.subjects
    for heading in element[:]:  # type: ignore[index]
        if heading.tag != "MeshHeading":
            continue
        descriptor = ""
        for part in heading[:]:  # type: ignore[index]
            text, tag = _text(part), part.tag
            if not text:
                continue
            if tag == "DescriptorName":
                descriptor = text
                topics[text] = None
                if part.get("Type") == "Geographic":
                    found.places[text] = None
            elif tag == "QualifierName":
                topics[f"{descriptor} / {text}" if descriptor else text] = None
            else:
                continue
            subjects[text] = None


def _topic(element: Element, found: Citation) -> None:
    text = _text(element)
    if text:
        found.topics[text] = found.subjects[text] = None


def _publication_date(element: Element, found: Citation) -> None:
    found.year = found.year or _year(element)


def _other_date(element: Element, found: Citation) -> None:
    """The date of the electronic article, or of a contribution to a book."""
    found.other_year = found.other_year or _year(element)


def _year(element: Element) -> str:
    """The first year of a date: its Year, or what MedlineDate begins with ("1998 Dec-1999 Jan", "Spring 2003")."""
    for part in element:
        if part.tag in ("Year", "MedlineDate"):
            year = _YEAR.search(_text(part))
            if year:
                return year[0]
    return ""


def _article_id(element: Element, found: Citation) -> None:
    """A DOI, PMC id or publisher's id, from PubmedData (IdType) or from ELocationID (EIdType)."""
    text = _text(element)
    kind = element.get("IdType") or element.get("EIdType")
    if not text or element.get("ValidYN") == "N":
        return
    if kind == "doi":
        if text.lower() not in {doi.lower() for doi in found.dois}:  # DOIs do not differ by case
            found.dois[text] = None
    elif kind == "pmc":
        number = _PMC.fullmatch(text)
        if number:
            found.pmcs[f"PMC{number[1]}"] = None
    elif kind != "pubmed":
        found.publisher_ids[text] = None


_SEARCHED = _many("searched")
_PAGINATION: dict[str, Reader] = {
    "MedlinePgn": _one("pages"),
    "StartPage": _one("first_page"),
}
_JOURNAL: dict[str, Reader] = {
    "ISSN": _many("issns"),
    "Title": _one("journal"),
    "ISOAbbreviation": _many("abbreviations"),
    "JournalIssue": _into({"Volume": _one("volume"), "Issue": _one("issue"), "PubDate": _publication_date}),
}
# what an article and a chapter of a book have in common
_WORK: dict[str, Reader] = {
    "ArticleTitle": _one("title"),
    "VernacularTitle": _one("vernacular_title"),
    "Pagination": _into(_PAGINATION),
    "Language": _many("languages"),
    "AuthorList": _into({"Author": _author}),
    "InvestigatorList": _into({"Investigator": _investigator}),
    "Abstract": _abstract,
    "OtherAbstract": _other_abstract,
    "GrantList": _into({"Grant": _into({"GrantID": _SEARCHED, "Agency": _SEARCHED})}),
    "KeywordList": _into({"Keyword": _topic}),
    "ELocationID": _article_id,
}
_ARTICLE: dict[str, Reader] = {
    **_WORK,
    "Journal": _into(_JOURNAL),
    "ArticleDate": _other_date,
    "PublicationTypeList": _into({"PublicationType": _many("types")}),
    "DataBankList": _into({"DataBank": _into({"AccessionNumberList": _into({"AccessionNumber": _SEARCHED})})}),
}
_CITATION: dict[str, Reader] = {
    "PMID": _one("pmid"),
    "Article": _into(_ARTICLE),
    "MedlineJournalInfo": _into({"MedlineTA": _many("abbreviations"), "ISSNLinking": _many("issns")}),
    "ChemicalList": _into({"Chemical": _into({"NameOfSubstance": _SEARCHED})}),
    "MeshHeadingList": _headings,
    "SupplMeshList": _into({"SupplMeshName": _topic}),
    "GeneSymbolList": _into({"GeneSymbol": _SEARCHED}),
    "PersonalNameSubjectList": _into({"PersonalNameSubject": _subject_person}),
    "OtherAbstract": _other_abstract,
    "KeywordList": _into({"Keyword": _topic}),
    "InvestigatorList": _into({"Investigator": _investigator}),
}
_BOOK: dict[str, Reader] = {
    "BookTitle": _book_title,
    "PubDate": _publication_date,
    "AuthorList": _book_author_list,
    "Publisher": _into({"PublisherName": _one("publisher")}),
    "Volume": _one("volume"),
    "Edition": _one("edition"),
    "CollectionTitle": _one("series"),
    "Isbn": _many("isbns"),
    "ELocationID": _article_id,
}
_BOOK_DOCUMENT: dict[str, Reader] = {
    **_WORK,
    "PMID": _one("pmid"),
    "Book": _into(_BOOK),
    "PublicationType": _many("types"),
    "ContributionDate": _other_date,
    "ArticleIdList": _into({"ArticleId": _article_id}),
}
_DATA: dict[str, Reader] = {"ArticleIdList": _into({"ArticleId": _article_id})}
_RECORDS: dict[str, Reader] = {
    "PubmedArticle": _into({"MedlineCitation": _into(_CITATION), "PubmedData": _into(_DATA)}),
    "PubmedBookArticle": _into({"BookDocument": _into(_BOOK_DOCUMENT), "PubmedBookData": _into(_DATA)}),
    "MedlineCitation": _into(_CITATION),
    "BookDocument": _into(_BOOK_DOCUMENT),
}
