"""MEDLINE/PubMed XML to documents, as NLM's baseline and update files and E-utilities give it.

What is chosen where the format leaves a choice:
- `author` holds the valid names of the author list; names that NLM marks as published wrongly (ValidYN="N") and the
  investigators of a group are searched (allfields) and not shown as authors.
- `description` is the abstract, its sections as `LABEL: text` joined by a space; another abstract (OtherAbstract) only
  where there is no abstract.
- `topic` holds each MeSH descriptor and `descriptor / qualifier` for each of its qualifiers, then supplementary
  headings, persons as subjects and keywords; `topic_facet` the same with each qualifier as a value of its own.
"""

import re
from urllib.parse import quote

from indexer.formats import languages, xml
from indexer.formats.profiles import Profile, make_id
from indexer.formats.pubmed_xml import Citation, read
from indexer.model.documents import Draft, Fields
from indexer.model.errors import RecordError
from indexer.model.records import Record

_BEHIND = {"author_sort": ("author", "author_corporate", "author2")}
_PAGE_END = re.compile(r"[-–,;]")
_DOI_SAFE = "/:;()[],.@!$&'*+=~-_"


def document(record: Record, profile: Profile) -> Draft:
    """The document of one PubMed record, without copied fields.

    Raises RecordError where the XML cannot be read, is not a PubMed record, or has no PMID.
    """
    repairs: list[str] = []
    found = read(xml.parse(record.raw, repairs))
    if not (found.pmid.isascii() and found.pmid.isdecimal()):
        raise RecordError(
            f"{found.pmid!r} is not a PubMed id" if found.pmid else "the record has none to make its id of",
            field="PMID",
        )
    return Draft(_fields(found, profile), behind=_BEHIND, repairs=repairs)


def _fields(found: Citation, profile: Profile) -> Fields:
    """The fields in emission order; empty ones are left out, and the profile's constants win."""
    identifier = make_id(profile, found.pmid)
    title = found.title or found.vernacular_title or found.book_title
    persons, groups = found.persons, found.groups
    if not persons and not groups:  # a chapter that names no authors has those of its book
        persons, groups = found.book_persons, found.book_groups
    alternatives = [found.vernacular_title] if found.vernacular_title not in ("", title) else []
    described: Fields = {
        "language": [languages.name(code) for code in found.languages],
        "author": persons,
        "author_corporate": groups,
        "author2": found.editors,
        "title": title,
        "title_alt": alternatives,
        "description": " ".join(found.abstract or found.other_abstract),
        "topic": list(found.topics),
        "topic_facet": list(found.subjects),
        "geographic": list(found.places),
        "geographic_facet": list(found.places),
        "genre": list(found.types),
        "genre_facet": list(found.types),
        **_whereabouts(found, title),
    }
    emitted: Fields = {"id": identifier, "allfields": [_all_words(identifier, found)], **profile.constants}
    emitted.update({name: value for name, value in described.items() if value})
    emitted.update(profile.constants)
    return emitted


def _whereabouts(found: Citation, title: str) -> Fields:
    """Where and when it was published, and its numbers and addresses."""
    pubmed = f"https://pubmed.ncbi.nlm.nih.gov/{found.pmid}/"
    urls = [pubmed, *(f"https://www.ncbi.nlm.nih.gov/pmc/articles/{pmc}/" for pmc in found.pmcs)]
    urls += [f"https://doi.org/{quote(doi, safe=_DOI_SAFE)}" for doi in found.dois]
    year = found.year or found.other_year
    book = found.book_title if found.book_title != title else ""
    issue = f"({found.issue})" if found.issue else ""
    place = " ".join(part for part in (found.volume, issue) if part)
    return {
        "container_title": found.journal or next(iter(found.abbreviations), "") or book,
        "container_volume": found.volume,
        "container_issue": found.issue,
        "container_start_page": found.first_page or _PAGE_END.split(found.pages, maxsplit=1)[0].strip(),
        "container_reference": ": ".join(part for part in (place, found.pages) if part),
        "series": [found.series] if found.series else [],
        "edition": found.edition,
        "publisher": [found.publisher] if found.publisher else [],
        "publishDate": [year] if year else [],
        "isbn": list(found.isbns),
        "issn": list(found.issns),
        "url": urls,
        "doi_str_mv": list(found.dois),
        "pmid_str": found.pmid,
        "pmc_str": next(iter(found.pmcs), ""),
    }


def _all_words(identifier: str, found: Citation) -> str:
    """allfields: the words that a searcher would type, without the dates of NLM's own work on the record."""
    pieces = [identifier, found.pmid, found.title, found.vernacular_title, found.book_title]
    pieces += found.abstract or found.other_abstract
    pieces += found.searched_names
    pieces += [found.journal, *found.abbreviations, found.series, found.publisher]
    pieces += found.subjects
    pieces += found.searched
    pieces += found.types
    pieces += [*found.dois, *found.pmcs, *found.publisher_ids, *found.issns, *found.isbns]
    pieces.append(found.year or found.other_year)
    return " ".join(piece for piece in pieces if piece)
