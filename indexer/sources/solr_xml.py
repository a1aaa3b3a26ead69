"""Solr's XML: update messages (<add>, <delete>) and answers of its XML response writer."""

import re
from collections.abc import Iterator

from indexer.model.records import Fault, Header, Record
from indexer.sources import incomplete
from indexer.sources.record_factory import RecordFactory
from indexer.sources.window import Window
from indexer.sources.xml import Piece, Scanner, text
from indexer.sources.xml_faults import faults_at_end, loose_text

ROOTS = frozenset({b"add", b"update", b"delete", b"response", b"doc"})

_DOC = re.compile(rb"<doc(?=[\s/>])")
_RESULT = re.compile(rb"""\sname\s*=\s*["']([^"']*)["']""")


def records(window: Window, place: RecordFactory, root: bytes) -> Iterator[Record | Fault]:
    """Give each <doc> (its children in it), and a tombstone for each <id> in a <delete>.

    Of an answer only the main result counts, not those of moreLikeThis or the expanded ones.
    """
    update = root != b"response"
    scanner = Scanner(window, _DOC, nests="records")
    deleting = False
    wanted = update
    answered = False
    missing: list[str] = []
    for tag in scanner.tags():
        if scanner.loose is not None:
            yield from loose_text(scanner, place)
        if tag.name == b"doc" and not tag.closing and wanted:
            piece = scanner.element(tag)
        elif tag.name == b"result" and not update:
            if name := _RESULT.search(tag.raw):  # what a broken record holds has none
                wanted = name.group(1) == b"response"
                answered = answered or wanted
            continue
        elif not update and incomplete.may_say(tag):
            piece = scanner.element(tag)
            if piece is not None and not piece.problem:
                if said := incomplete.in_xml(tag, piece):
                    missing.append(said)
                continue
        elif tag.name == b"delete":
            deleting = not tag.closing and not tag.empty
            continue
        elif deleting and not tag.closing and tag.name in (b"id", b"query"):
            piece = scanner.element(tag)
            if piece is not None and not piece.problem:
                yield _tombstone(piece, place)
                continue
        elif scanner.is_foreign(tag, root) or (
            update and tag.name not in (b"add", b"update", b"commit", b"optimize", b"collection", root)
        ):
            piece = scanner.stray(tag)
        else:
            continue
        if piece is None:
            break
        if piece.problem:
            yield place.reject(piece.problem, piece.raw, piece.offset)
        else:
            yield place.record("solr_json", piece.raw, piece.offset)
    if missing and answered and window.error is None:
        yield incomplete.told(missing, place)
    yield from faults_at_end(scanner, place)


def _tombstone(piece: Piece, place: RecordFactory) -> Record | Fault:
    raw = piece.raw
    if raw.startswith(b"<query"):
        return place.reject(
            "a delete by query is not carried out", raw, piece.offset, "Deletes are taken by id: <delete><id>."
        )
    content = raw[raw.index(b">") + 1 : max(raw.rfind(b"</"), 0)]
    try:
        value = text(content)
    except ValueError as error:
        return place.reject(f"the id to be deleted: {error}", raw, piece.offset)
    if not value:
        return place.reject("the id to be deleted is empty", raw, piece.offset)
    return place.record("delete", value.encode(), piece.offset, Header(identifier=value, deleted=True))
