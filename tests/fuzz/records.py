"""Real records of every kind, one by one, as they stand in dumps."""

import csv
import gzip
import io
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from indexer.formats.marc import reader
from indexer.formats.marc.record import MarcRecord
from tests.fuzz.load import load

DATA = Path(__file__).parent.parent / "data"
LARGEST = 24_000  # bytes: small ones, many inputs


def _small(records: list[bytes]) -> list[bytes]:
    return [record for record in records if len(record) <= LARGEST][:40]


@cache
def articles() -> list[bytes]:
    pattern = re.compile(rb"<PubmedArticle>.*?</PubmedArticle>", re.S)
    slice = gzip.decompress((DATA / "pubmed/pubmed21n1298_slice.xml.gz").read_bytes())
    return _small(pattern.findall((DATA / "pubmed/varied.xml").read_bytes())[:20] + pattern.findall(slice))


@cache
def iso2709() -> list[bytes]:
    """Sound ones: what is odd in itself may well be read otherwise beside others."""
    lc = gzip.decompress((DATA / "marc/lc_booksall_2016_sample.mrc.gz").read_bytes()).split(b"\x1d")[:-1][::80]
    files = [*sorted((DATA / "marc/marc8").iterdir()), DATA / "marc/pymarc/marc.dat"]
    other = [record for file in files for record in file.read_bytes().split(b"\x1d")[:-1]]
    return _small([record + b"\x1d" for record in other[:14] + lc])


@cache
def _marc() -> list[MarcRecord]:
    return [reader.parse(raw) for raw in iso2709()]


@cache
def marc_in_json() -> list[bytes]:
    return [reader.fullrecord(record).encode() for record in _marc()]


@cache
def marcxml() -> list[bytes]:
    return [_as_xml(record).encode() for record in _marc()]


def _as_xml(record: MarcRecord) -> str:
    lines = ["<record>", f"  <leader>{escape(record.leader[:9] + 'a' + record.leader[10:])}</leader>"]
    for field in record.fields:
        if not field.subfields:
            lines.append(f'  <controlfield tag="{field.tag}">{escape(field.value)}</controlfield>')
            continue
        lines.append(f'  <datafield tag="{field.tag}" ind1="{field.ind1}" ind2="{field.ind2}">')
        lines += [f"    <subfield code={quoteattr(code)}>{escape(text)}</subfield>" for code, text in field.subfields]
        lines.append("  </datafield>")
    return _NO_XML.sub("", "\n".join([*lines, "</record>"]))


_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@cache
def harvested() -> list[bytes]:
    """Dublin Core as VuFindHarvest leaves it."""
    golden = (DATA / "golden/oai_dc_documents.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line)["xml"].encode() for line in golden]
    whole = [xml for xml in found if xml.startswith(b"<oai_dc:dc") and b"<identifier>" in xml]
    return _small([(DATA / "seed/oai_dc_record.xml").read_bytes().strip(), *whole])


@cache
def oai() -> list[bytes]:
    content = (DATA / "sources/pyoai_erasmus_listrecords_16.xml").read_bytes()
    return _small(re.findall(rb"<record>.*?</record>", content, re.S))


@cache
def journal_articles() -> list[bytes]:
    """Whole front and back matter; the bodies cut down to their first paragraphs."""
    found = []
    for file in sorted((DATA / "jats").glob("*.gz")):
        (article,) = re.findall(rb"<article[\s>].*</article>", gzip.decompress(file.read_bytes()), re.S)
        front = re.sub(
            rb"<body>.*</body>", b"<body><sec><title>T</title><p>Text.</p></sec></body>", article, flags=re.S
        )
        found += [front, re.sub(rb"<back>.*</back>", b"", front, flags=re.S)]
    return _small(found)


@cache
def documents() -> list[Mapping[str, list[str] | str]]:
    """Documents as an index holds them: a real one, and others made of records of all kinds."""
    articles_set = b"<PubmedArticleSet>" + b"".join(articles()[:8]) + b"</PubmedArticleSet>"
    files = {"1": articles_set, "2": b"".join(iso2709()[:8]), "3": b"".join(harvested()[:8])}
    made = [outcome for outcome in load(files, "oai_dc")[0] if outcome[0] == "document"]
    seed = json.loads((DATA / "seed/document.json").read_bytes())
    return [{"id": seed["id"], **seed}, *(json.loads(body) for _, _, body in made)]  # one program begins them alike


@cache
def json_documents() -> list[bytes]:
    return _small(
        [json.dumps(document, ensure_ascii=number % 2 == 0).encode() for number, document in enumerate(documents())]
    )


@cache
def solr_documents() -> list[bytes]:
    found = []
    for document in documents():
        fields = [
            (name, value)
            for name, values in document.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        lines = [f"<field name={quoteattr(name)}>{escape(str(value))}</field>" for name, value in fields]
        found.append(_NO_XML.sub("", "\n".join(["<doc>", *lines, "</doc>"])).encode())
    return _small(found)


COLUMNS = ["id", "title", "author", "publishDate", "topic", "description"]


@cache
def rows() -> list[bytes]:
    found = []
    for document in documents():
        out = io.StringIO()
        cells = [document.get(name, "") for name in COLUMNS]
        csv.writer(out, lineterminator="").writerow([cell[0] if isinstance(cell, list) else cell for cell in cells])
        found.append(out.getvalue().encode())
    return _small(found)


@cache
def pages() -> list[bytes]:
    """Record pages with their staff view: a real one, and views of other documents."""
    found = [(DATA / "seed/record_page.txt").read_bytes()]
    for document in documents()[1:]:
        lines = ["A title, and what else is on a page", "_version_ 1783238549214068736"]
        for name in sorted(document):
            value = document[name]
            lines.append(f"{name} " + "\n".join(value if isinstance(value, list) else [value]))
        found.append("\n".join(lines).encode())
    return _small(found)
