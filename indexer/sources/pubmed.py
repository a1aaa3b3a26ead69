"""PubMed and MEDLINE XML (https://dtd.nlm.nih.gov/ncbi/pubmed/out/): baseline, update files and efetch answers."""

import re
from collections.abc import Iterator

from indexer.model.records import Fault, Header, Record
from indexer.sources.record_factory import RecordFactory
from indexer.sources.window import Window
from indexer.sources.xml import Scanner, show, text
from indexer.sources.xml_faults import faults_at_end, loose_text

RECORDS = frozenset({b"PubmedArticle", b"PubmedBookArticle"})
SETS = frozenset({b"PubmedArticleSet", b"PubmedBookArticleSet", b"MedlineCitationSet"})
ROOTS = SETS | RECORDS | {b"MedlineCitation", b"DeleteCitation"}

_START = re.compile(rb"<(?:PubmedArticle|PubmedBookArticle|MedlineCitation|DeleteCitation)(?=[\s/>])")
_IN_ARTICLE = re.compile(rb"<(?:PubmedArticle|PubmedBookArticle|DeleteCitation)(?=[\s/>])")


def records(window: Window, place: RecordFactory, root: bytes) -> Iterator[Record | Fault]:
    """Give each article, and a tombstone for each PMID of a DeleteCitation.

    A MedlineCitation is a record in a MedlineCitationSet only: elsewhere it is a part of one.
    """
    starts = RECORDS | {b"MedlineCitation"} if root.startswith(b"MedlineCitation") else RECORDS
    scanner = Scanner(window, _START if b"MedlineCitation" in starts else _IN_ARTICLE)
    expected = SETS | {b"DeleteCitation", b"DeleteDocument", root}
    deleting = False
    for tag in scanner.tags():
        if scanner.loose is not None:
            yield from loose_text(scanner, place)
        if tag.name in starts and not tag.closing:
            piece = scanner.element(tag)
        elif deleting and tag.name == b"PMID" and not tag.closing:
            piece = scanner.element(tag)
            if piece is not None and not piece.problem:
                yield _tombstone(piece.raw, piece.offset, place)
                continue
        elif tag.name in expected and tag.name not in starts:
            if tag.name.startswith(b"Delete"):
                deleting = not tag.closing and not tag.empty
            continue
        else:
            piece = scanner.stray(tag)
        if piece is None:
            break
        if piece.problem:
            yield place.reject(piece.problem, piece.raw, piece.offset)
        else:
            yield place.record("pubmed", piece.raw, piece.offset)
    yield from faults_at_end(scanner, place)


def _tombstone(raw: bytes, offset: int, place: RecordFactory) -> Record | Fault:
    try:
        pmid = text(raw[raw.index(b">") + 1 : max(raw.rfind(b"</"), 0)])
    except ValueError as error:
        return place.reject(f"a PMID to be deleted: {error}", raw, offset)
    if not pmid.isdecimal():
        return place.reject(f"the PMID to be deleted is {show(raw)}", raw, offset)
    return place.record("pubmed", b"", offset, Header(identifier=pmid, deleted=True))
