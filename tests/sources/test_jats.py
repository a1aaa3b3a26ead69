import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from indexer.formats import to_document
from indexer.formats.profiles import bundled
from indexer.model.records import Fault, Header, Record
from indexer.sources import read
from tests.sources.reading import DATA, faults, raws, read_bytes, records

ARTICLES = [gzip.decompress(path.read_bytes()) for path in sorted((DATA / "jats").glob("*.nxml.gz"))]


def bare(content: bytes) -> bytes:
    return content[content.index(b"<article ") :].strip()


def article(number: int, title: bytes = b"T") -> bytes:
    ids = b'<article-id pub-id-type="pmc">%d</article-id>' % number
    inside = b"%s<title-group><article-title>%s</article-title></title-group>" % (ids, title)
    return b"<article><front><article-meta>%s</article-meta></front></article>" % inside


def test_real_articles_in_files_of_their_own() -> None:
    found = records(read([str(DATA / "jats" / "*.nxml.gz")], source="jats"))
    assert [r.raw for r in found] == [bare(content) for content in ARTICLES]
    assert {r.format for r in found} == {"jats"}
    assert all(b"<!DOCTYPE" in content for content in ARTICLES)
    assert {to_document(r, bundled()["jats"]).id for r in found} == {"pmc-2329613", "pmc-3585041"}


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_real_articles_in_an_archive(tmp_path: Path, kind: str) -> None:
    packed = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, content in enumerate(ARTICLES):
                archive.writestr(f"J/{number}.nxml", content)
    else:
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            for number, content in enumerate(ARTICLES):
                info = tarfile.TarInfo(f"J/{number}.nxml")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    found = records(read_bytes(tmp_path, packed.getvalue(), f"articles.{kind}"))
    assert [r.raw for r in found] == [bare(content) for content in ARTICLES]


@pytest.mark.parametrize(
    "content",
    [
        b"<pmc-articleset>\n%s\n%s</pmc-articleset>",
        b"<?xml version='1.0'?><!DOCTYPE pmc-articleset><pmc-articleset>%s%s</pmc-articleset>",
        b"<articles>%s%s</articles>",
        b"<collection>%s%s</collection>",
        b"%s\n%s",
        b"<!DOCTYPE article PUBLIC 'x' 'y'>%s<?xml version='1.0'?>\n<!DOCTYPE article PUBLIC 'x' 'y'>\n%s",
    ],
)
def test_several_articles_in_a_file(tmp_path: Path, content: bytes) -> None:
    found = records(read_bytes(tmp_path, content % (article(1), article(2))))
    assert [(r.format, r.raw) for r in found] == [("jats", article(1)), ("jats", article(2))]


def test_an_article_in_a_namespace_of_its_own(tmp_path: Path) -> None:
    raw = article(1).replace(b"<article>", b'<article xmlns="http://example.org/jats">', 1)
    assert [(r.format, r.raw) for r in records(read_bytes(tmp_path, raw))] == [("jats", raw)]
    prefixed = b'<j:article xmlns:j="http://example.org/jats"><j:front/></j:article>'
    assert [(r.format, r.raw) for r in records(read_bytes(tmp_path, prefixed))] == [("jats", prefixed)]


@pytest.mark.parametrize(
    "namespace",
    [
        b"https://jats.nlm.nih.gov/ns/archiving/1.3/",
        b"http://dtd.nlm.nih.gov/2.0/xsd/archivearticle",
        b"http://dtd.nlm.nih.gov/publishing/2.3",
        b"",
    ],
)
def test_articles_in_an_oai_answer(tmp_path: Path, namespace: bytes) -> None:
    inside = bare(ARTICLES[1])
    if namespace:
        inside = inside.replace(b"<article ", b'<article xmlns="%s" ' % namespace, 1)
    answer = (
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>'
        b"oai:pubmedcentral.nih.gov:3585041</identifier><datestamp>2013-03-01</datestamp></header><metadata>%s</metadata>"
        b"</record></ListRecords></OAI-PMH>"
    )
    (found,) = records(read_bytes(tmp_path, answer % inside))
    assert (found.format, found.header) == ("jats", Header("oai:pubmedcentral.nih.gov:3585041", "2013-03-01"))
    document = to_document(found, bundled()["jats"])
    (alone,) = records(read_bytes(tmp_path, ARTICLES[1]))
    assert document == to_document(alone, bundled()["jats"])


def test_what_looks_like_an_article_and_is_none(tmp_path: Path) -> None:
    title = b"a <!-- </article><article> --> <![CDATA[</article>]]> <?x </article>?>"
    raw = article(1, title).replace(b"</front>", b"</front><sub-article><front/></sub-article>")
    found = records(read_bytes(tmp_path, b"<pmc-articleset>%s%s</pmc-articleset>" % (raw, article(2))))
    assert [r.raw for r in found] == [raw, article(2)]


def test_a_broken_article_costs_itself_alone(tmp_path: Path) -> None:
    broken = article(2).removesuffix(b"</article>")
    found = read_bytes(tmp_path, b"<pmc-articleset>%s%s%s</pmc-articleset>" % (article(1), broken, article(3)))
    assert raws(found) == [article(1), article(3)]
    assert [(fault.raw, fault.reason) for fault in faults(found)] == [(broken, "has no end tag </article>")]


def test_an_article_that_ends_early(tmp_path: Path) -> None:
    (fault,) = read_bytes(tmp_path, ARTICLES[0][:5000])
    assert isinstance(fault, Fault)
    assert fault.reason == "has no end tag </article>"
    assert fault.raw == bare(ARTICLES[0][:5000])


def test_an_answer_about_an_article_that_is_not_there_is_a_record_that_fails(tmp_path: Path) -> None:
    reply = b'<Reply Id="1" error="The following PMCID is not available: 1"/>'
    found = read_bytes(tmp_path, b"<pmc-articleset>%s%s</pmc-articleset>" % (reply, article(2)))
    assert [item.raw for item in found if isinstance(item, Record)] == [reply, article(2)]


def test_an_article_of_doaj_is_one_of_doaj(tmp_path: Path) -> None:
    raw = b'<d:doajArticle xmlns:d="http://doaj.org/features/oai_doaj/1.0/"><d:title>T</d:title></d:doajArticle>'
    (found,) = records(read_bytes(tmp_path, raw))
    assert (found.format, found.raw) == ("doaj", raw)
