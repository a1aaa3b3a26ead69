"""Records for other programs: RIS, BibTeX, CSV, COinS, schema.org, Atom. Pure."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote_plus
from xml.etree import ElementTree as ET

from indexer.model.documents import Fields
from indexer.web.record import first, page_of, title, values, web_address, year

# What a format is in RIS, in BibTeX, in schema.org and in COinS; the first that a record has counts.
KINDS = {
    "Journal": ("JFULL", "misc", "Periodical", "journal"),
    "Article": ("JOUR", "article", "ScholarlyArticle", "article"),
    "Thesis": ("THES", "phdthesis", "Thesis", "dissertation"),
    "Dissertation": ("THES", "phdthesis", "Thesis", "dissertation"),
    "Book": ("BOOK", "book", "Book", "book"),
    "Map": ("MAP", "misc", "Map", "document"),
}
OTHER = ("GEN", "misc", "CreativeWork", "document")
ATOM = "http://www.w3.org/2005/Atom"
CSV_FIELDS = ("id", "title", "author", "format", "language", "publisher", "publishDate", "topic", "isbn", "issn", "url")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")


def kind_of(fields: Fields) -> tuple[str, str, str, str]:
    formats = values(fields, "format")
    return next((kind for name, kind in KINDS.items() if name in formats), OTHER)


def doi(fields: Fields) -> str:
    for text in values(fields, "doi_str_mv", "url"):
        if found := re.search(r"10\.\d{4,9}/\S+", text):
            return found[0]
    return ""


def people(fields: Fields) -> list[str]:
    return values(fields, "author", "author_corporate", "author2")


def ris(found: Iterable[Fields]) -> str:
    """RIS as reference managers read it: lines of `XX  - value`, and records that end with ER."""
    lines: list[str] = []
    for fields in found:
        pairs = [("TY", kind_of(fields)[0]), ("TI", title(fields))]
        pairs += [("AU", name) for name in people(fields)]
        pairs += [("T2", first(fields, "container_title")), ("VL", first(fields, "container_volume"))]
        pairs += [("IS", first(fields, "container_issue")), ("SP", first(fields, "container_start_page"))]
        pairs += [("PB", first(fields, "publisher")), ("PY", year(fields)), ("LA", first(fields, "language"))]
        pairs += [("ET", first(fields, "edition")), ("SN", first(fields, "isbn", "issn")), ("DO", doi(fields))]
        pairs += [("KW", subject) for subject in values(fields, "topic")]
        pairs += [("AB", first(fields, "description"))]
        pairs += [("UR", url) for url in values(fields, "url") if web_address(url)]
        pairs += [("ID", first(fields, "id"))]
        lines += [f"{tag}  - {' '.join(text.split())}" for tag, text in pairs if text]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines)


_BIBTEX = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_"}
)


def bibtex(found: Iterable[Fields]) -> str:
    """BibTeX in UTF-8, as biber and modern BibTeX read it."""
    entries = []
    for fields in found:
        pairs = [("title", title(fields)), ("author", " and ".join(people(fields)))]
        pairs += [("journal", first(fields, "container_title")), ("volume", first(fields, "container_volume"))]
        pairs += [("number", first(fields, "container_issue")), ("publisher", first(fields, "publisher"))]
        pairs += [("year", year(fields)), ("edition", first(fields, "edition")), ("isbn", first(fields, "isbn"))]
        pairs += [("issn", first(fields, "issn")), ("doi", doi(fields)), ("language", first(fields, "language"))]
        pairs += [("url", next((url for url in values(fields, "url") if web_address(url)), ""))]
        lines = [f"  {name} = {{{' '.join(text.split()).translate(_BIBTEX)}}}" for name, text in pairs if text]
        key = re.sub(r"[^A-Za-z0-9_:.-]", "_", first(fields, "id")) or "record"
        entries.append(f"@{kind_of(fields)[1]}{{{key},\n" + ",\n".join(lines) + "\n}\n")
    return "\n".join(entries)


def csv_table(found: Iterable[Fields]) -> str:
    """A row a record. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_FIELDS)
    for fields in found:
        cells = ["; ".join(values(fields, name)) for name in CSV_FIELDS]
        writer.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells])
    return out.getvalue()


def coins(fields: Fields) -> str:
    """A ContextObject in the title of a span (OpenURL 1.0), by which reference managers find a record in a page."""
    kind = kind_of(fields)[3]
    format_ = {"article": "journal", "journal": "journal", "book": "book", "dissertation": "dissertation"}.get(
        kind, "dc"
    )
    pairs = [("url_ver", "Z39.88-2004"), ("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{format_}")]
    pairs += [("rfr_id", "info:sid/indexer")]
    if kind == "article":
        pairs += [("rft.genre", "article"), ("rft.atitle", title(fields))]
        pairs += [("rft.jtitle", first(fields, "container_title")), ("rft.volume", first(fields, "container_volume"))]
        pairs += [("rft.issue", first(fields, "container_issue")), ("rft.spage", first(fields, "container_start_page"))]
    elif kind in ("book", "journal"):
        pairs += [("rft.genre", kind), (f"rft.{'btitle' if kind == 'book' else 'jtitle'}", title(fields))]
    else:
        pairs += [("rft.title", title(fields))]
    pairs += [("rft.creator" if format_ == "dc" else "rft.au", name) for name in people(fields)]
    pairs += [("rft.date", year(fields)), ("rft.isbn", first(fields, "isbn")), ("rft.issn", first(fields, "issn"))]
    pairs += [("rft_id", f"info:doi/{doi(fields)}" if doi(fields) else "")]
    return "&".join([f"{name}={quote_plus(text[:500])}" for name, text in pairs if text])


def json_ld(fields: Fields, url: str) -> str:
    """schema.org for search engines, safe inside a script element."""
    told: dict[str, Any] = {"@context": "https://schema.org", "@type": kind_of(fields)[2], "@id": url, "url": url}
    told |= {"name": title(fields), "author": [{"@type": "Person", "name": name} for name in values(fields, "author")]}
    told |= {"datePublished": year(fields), "inLanguage": first(fields, "language")}
    told |= {"publisher": first(fields, "publisher"), "description": first(fields, "description")[:5_000]}
    told |= {"keywords": values(fields, "topic"), "isbn": first(fields, "isbn"), "issn": first(fields, "issn")}
    told |= {"sameAs": [each for each in values(fields, "url") if web_address(each)]}
    if host := first(fields, "container_title"):
        told["isPartOf"] = {"@type": "Periodical", "name": host}
    text = json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def atom(found: Sequence[Fields], *, base: str, self_url: str, html_url: str, name: str) -> bytes:
    """An Atom feed (RFC 4287). Its dates are those of the index, else the year of publication."""
    feed = ET.Element("feed", {"xmlns": ATOM})
    dates = [_updated(fields) for fields in found]
    _sub(feed, "title", name)
    _sub(feed, "id", base + self_url)
    _sub(feed, "updated", max(dates, default="1970-01-01T00:00:00Z"))
    ET.SubElement(feed, "link", {"rel": "self", "href": base + self_url, "type": "application/atom+xml"})
    ET.SubElement(feed, "link", {"rel": "alternate", "href": base + html_url, "type": "text/html"})
    for fields, date in zip(found, dates, strict=True):
        entry = ET.SubElement(feed, "entry")
        _sub(entry, "title", title(fields))
        _sub(entry, "id", base + page_of(first(fields, "id")))
        _sub(entry, "updated", date)
        ET.SubElement(entry, "link", {"href": base + page_of(first(fields, "id"))})
        for person in people(fields)[:20] or ["-"]:
            _sub(ET.SubElement(entry, "author"), "name", person)
        if text := first(fields, "description"):
            _sub(entry, "summary", text[:2_000])
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _updated(fields: Fields) -> str:
    date = first(fields, "last_indexed", "first_indexed")
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", date):
        return date
    return f"{year(fields) or '1970'}-01-01T00:00:00Z"


def _sub(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _CONTROL.sub(" ", text)
